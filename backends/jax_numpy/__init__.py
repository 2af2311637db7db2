"""The JAX backend: jax.numpy, jax.nn and jax.lax, op by op through XLA."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from tensorcts.backends import reasons
from tensorcts.backends.jax_numpy import elementwise, movements, reductions
from tensorcts.backends.jax_numpy.adapting import DTYPES, Array, native
from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Backend, Capabilities, UnavailableError
from tensorcts.backends.pullbacks import Autodiff
from tensorcts.reference import dtypes
from tensorcts.reference.registry import BACKWARD

OPS: dict[str, Callable[..., Any]] = {
    **movements.CREATION,
    **elementwise.OPS,
    **elementwise.ACTIVATIONS,
    **reductions.OPS,
    **movements.SHAPES,
    **movements.PLACES,
}

LACKING: dict[str, str] = {
    **reasons.of_ops("JAX", OPS, {"swish": "jax.nn.silu has no beta"}),
    **dict.fromkeys(dtypes.HALF_COMPLEX, "JAX has no complex numbers of 32 bits"),
}
"""Why JAX, as far as it is adapted, does not offer what it does not."""

_UNCHECKED = frozenset(
    f"{op}/C3"
    for op in ("take", "gather", "take_along_axis", "embedding", "scatter", "scatter_add",
               "put_along_axis", "index_copy", "index_add")
) | {"astype/C1", "einsum/C1", "tensordot/C1"}  # fmt: skip
"""Indices out of range, which JAX clamps, drops or makes NaN; what else it does not notice."""

_NARROW = ("float16", "bfloat16")

_ADDING = ("index_add", "scatter_add")
"""Ops that add one by one in 16 bits."""

_STORED = ("gelu", "gelu_tanh", "silu", "sigmoid", "log_sigmoid", "mish", "softsign", "elu",
           "celu", "selu", "hardsigmoid", "hardswish", "glu", "leaky_relu", "softmax",
           "log_softmax", "logsumexp", "logaddexp", "logit", "log2", "log10", "sinc", "asin",
           "acos", "asinh", "acosh", "atanh", "sinh", "cosh", "deg2rad", "rad2deg", "xlogy",
           "xlog1py", "linspace", "logspace", "var", "std", "vector_norm", "matrix_norm", "hypot",
           "quantile", "cross", "diff",
           *_ADDING)  # fmt: skip
"""Ops composed of XLA's primitives, each of which rounds its result to 16 bits."""

_PRODUCTS = ("matmul", "einsum", "tensordot", "dot", "vdot", "vecdot", "mv", "bmm")

_FLUSHING = {"flush_subnormals": "all", "flush_subnormals_float64": "all"}
"""On the CPU XLA has the processor take subnormals for zeros; on a GPU ``xla_gpu_ftz`` is off."""


def _operand_bits(platform: str) -> dict[str, int]:
    """What is left of float32 operands, as JAX is set: by default products on a GPU take TF32."""
    exact = jax.config.jax_default_matmul_precision in ("highest", "float32")
    narrow = ("float32", "complex64") if platform == "gpu" and not exact else ()
    orders = ("", BACKWARD, BACKWARD * 2)
    return {f"{op}{o}/{dtype}": 11 for op in _PRODUCTS for o in orders for dtype in narrow}


def _pulled(function: Callable[..., Any], arrays: list[Any], cotangents: list[Any]) -> list[Any]:
    """JAX's pullback is the transpose of the derivative; between conjugates it is the adjoint."""
    _, pullback = jax.vjp(function, *arrays)
    return _conjugates(pullback(_conjugates(cotangents)))


def _conjugates(arrays: Iterable[Array]) -> list[Array]:
    """Of complex arrays; real ones are their own."""
    return [jnp.conj(a) if jnp.iscomplexobj(a) else a for a in arrays]


_AUTODIFF = Autodiff(_pulled, lambda x: jnp.issubdtype(x.dtype, jnp.inexact))


def _opened(platform: str) -> jax.Device:
    try:
        return jax.devices(platform)[0]
    except RuntimeError as error:
        raise UnavailableError(f"jax {jax.__version__} has no {platform!r}: {error}") from error


class JaxBackend(Backend):
    """JAX's eager functions; ``jax:gpu`` and the like name the platform."""

    name = "jax"

    def __init__(self, device: str | None = None) -> None:
        """Take the first device of a platform ("cpu", "gpu", "tpu"); None is the CPU."""
        self._device = _opened(device or "cpu")
        self._ops = {name: self._placed(native(function)) for name, function in OPS.items()}

    def _placed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """On the device, where there is no array that says so."""

        def call(*arrays: Any, **attrs: Any) -> Any:
            with jax.default_device(self._device):
                return function(*arrays, **attrs)

        return call

    @property
    def capabilities(self) -> Capabilities:
        """What the device is and declares."""
        cpu = self._device.platform == "cpu"
        return Capabilities(
            device=cpu_name() if cpu else self._device.device_kind,
            dtypes=DTYPES,
            versions={"jax": jax.__version__, "jaxlib": version("jaxlib")},
            accumulator={f"{op}/{dtype}": dtype for op in _ADDING for dtype in _NARROW},
            operand_bits=_operand_bits(self._device.platform),
            intermediates=frozenset(f"{op}/{dtype}" for op in _STORED for dtype in _NARROW),
            unchecked=_UNCHECKED,
            traits={
                "views": "no",
                **(_FLUSHING if cpu else {}),
                "activation_at_minus_infinity": "nan",
                "softsign_at_infinity": "nan",
                "floor_of_quotient": "rounded",
                "remainder_zero_sign": "dividend",
                "integer_division_by_zero": "any",
                "integer_remainder_by_zero": "any",
                "nan_in_descending_order": "first",
                "scatter_duplicates": "any_of_them",
            },
        )

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """The ops that JAX has a function for."""
        return self._ops

    @property
    def lacking(self) -> Mapping[str, str]:
        """What is not adapted, and the dtypes that JAX has not."""
        return LACKING

    def to_device(self, array: NDArray[Any]) -> Array:
        """A copy: what JAX is given it may keep as its own memory."""
        with jax.enable_x64(True):
            return jax.device_put(np.array(array, order="C"), self._device)

    def to_host(self, array: Any) -> NDArray[Any]:
        """A copy; JAX stores what NumPy lacks as ml_dtypes does."""
        return np.array(array)

    @property
    def differentiates(self) -> bool:
        """By jax.vjp."""
        return True

    def vjp(
        self,
        op: str,
        arrays: Sequence[Any],
        attrs: Mapping[str, Any],
        *cotangents: Sequence[Array],
    ) -> tuple[Array, ...]:
        """By jax.vjp, of the gradient itself for a further order."""
        with jax.default_device(self._device):
            function = partial(OPS[op], **attrs)
            return native(_AUTODIFF.pulled_back)(function, arrays, cotangents)
