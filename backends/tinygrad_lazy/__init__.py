"""The tinygrad backend: methods of its Tensor, each realized at once by a generated kernel."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinygrad import Device, Tensor

from tensorcts.backends import reasons
from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Backend, Capabilities, UnavailableError, UnsupportedError
from tensorcts.backends.pullbacks import Autodiff
from tensorcts.backends.tinygrad_lazy.adapting import BITS, DTYPES, NAMES
from tensorcts.backends.tinygrad_lazy.table import OPS
from tensorcts.reference import dtypes


def _realized(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, computed at once."""

    @functools.wraps(function)
    def call(*arrays: Any, **attrs: Any) -> Any:
        try:
            found = function(*arrays, **attrs)
            for result in found if isinstance(found, tuple) else (found,):
                if result.realize().dtype not in NAMES:
                    raise UnsupportedError(f"tinygrad gives a {result.dtype}")
        except NotImplementedError as error:
            raise UnsupportedError(f"tinygrad: {error}") from error
        return found

    return call


def _pulled(function: Callable[..., Any], arrays: list[Any], cotangents: list[Any]) -> list[Any]:
    """The gradients of all results, added up."""
    pairs = zip(function(*arrays), cotangents, strict=True)
    gradients = [result.gradient(*arrays, gradient=g) for result, g in pairs]
    return [functools.reduce(Tensor.add, each) for each in zip(*gradients, strict=True)]


_AUTODIFF = Autodiff(_pulled, Tensor.is_floating_point)

_DIVIDING = "prod.backward"
"""A gradient that divides the product by each factor (``reduce_gradient`` in mixin/gradient.py)."""

_NARROW = ("float16", "bfloat16")

_STORED = ("celu", "elu", "gelu", "gelu_tanh", "hardsigmoid", "hardswish", "leaky_relu", "rsqrt",
           "sigmoid", "log_sigmoid", "silu", "softsign", "softplus", "mish", "softmax", "softmin",
           "log_softmax", "logsumexp", "logcumsumexp", "logaddexp", "var", "std")  # fmt: skip
"""Ops composed of others, each of which rounds its result to the tensor's 16 bits."""

_ACCUMULATED = ("cumulative_sum", "cumulative_prod", "prod")
"""Ops that accumulate in the tensor's own 16 bits."""

_UNCHECKED = frozenset(f"{op}/C3" for op in ("gather", "scatter", "scatter_add"))
"""Indices out of range, at which nothing is found or written."""


def _opened(name: str) -> str:
    try:
        Tensor([1.0], device=name).add(1).realize()
    except Exception as error:  # each runtime of tinygrad has errors of its own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnavailableError(
            f"tinygrad can't compute on {name!r}: {reason} (on the CPU it needs clang; CC names it)"
        ) from error
    return name


_COMPLEX = "tinygrad has no complex numbers"

LACKING: dict[str, str] = {
    **reasons.of_ops("tinygrad", OPS, {"complexes": _COMPLEX}),
    **dict.fromkeys(dtypes.COMPLEX + dtypes.HALF_COMPLEX, _COMPLEX),
}
"""Why tinygrad, as far as it is adapted, does not offer what it does not."""


class TinygradBackend(Backend):
    """tinygrad's tensors; ``tinygrad:CUDA`` and the like name the device."""

    name = "tinygrad"

    def __init__(self, device: str | None = None) -> None:
        """Open a device by tinygrad's name for it ("CPU", "CL", "CUDA"); None is the CPU."""
        self._device = _opened(device or "CPU")
        self._ops = {name: _realized(function) for name, function in OPS.items()}

    @property
    def capabilities(self) -> Capabilities:
        """What the device is and declares."""
        return Capabilities(
            device=cpu_name() if self._device == "CPU" else f"{Device[self._device].arch}",
            dtypes=frozenset(DTYPES),
            versions={"tinygrad": version("tinygrad")},
            intermediates=frozenset(f"{op}/{dtype}" for op in _STORED for dtype in _NARROW),
            accumulator={f"{op}/{dtype}": dtype for op in _ACCUMULATED for dtype in _NARROW},
            backward_stable=frozenset(f"{_DIVIDING}/{dtype}" for dtype in ("float32", "float64")),
            unchecked=_UNCHECKED,
            traits={
                "views": "no",
                "index_dtype": "int32",
                "activation_at_minus_infinity": "nan",
                "softsign_at_infinity": "nan",
                "cast_out_of_range": "any",
                "floor_division_of_infinity": "quotient",
                "floor_of_quotient": "rounded",
                "remainder_zero_sign": "any",
                "integer_division_by_zero": "raises",
                "integer_remainder_by_zero": "raises",
                "sign_of_nan": "one",
                "lerp_of_infinity": "any",
                "float8_e4m3fn_overflow": "saturate",
                "float8_e5m2_overflow": "saturate",
            },
        )

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """The ops that tinygrad has a method for."""
        return self._ops

    @property
    def lacking(self) -> Mapping[str, str]:
        """What is not adapted, and complex numbers."""
        return LACKING

    def to_device(self, array: NDArray[Any]) -> Tensor:
        """A copy; what NumPy lacks goes as its bits."""
        copy = np.array(array, order="C")
        if (name := dtypes.name_of(copy.dtype)) not in dtypes.EXTENDED:
            return Tensor(copy, device=self._device).realize()
        bits = Tensor(copy.view(BITS[copy.itemsize]), device=self._device)
        return bits.bitcast(DTYPES[name]).realize()

    def to_host(self, array: Any) -> NDArray[Any]:
        """A copy, what NumPy lacks as its bits."""
        name = NAMES[array.dtype]
        if name not in dtypes.EXTENDED:
            return np.array(array.numpy())
        bits = array.bitcast(DTYPES[BITS[array.dtype.itemsize]]).numpy()
        return np.array(bits).view(dtypes.numpy_dtype(name))

    @property
    def differentiates(self) -> bool:
        """By Tensor.gradient."""
        return True

    def vjp(
        self,
        op: str,
        arrays: Sequence[Any],
        attrs: Mapping[str, Any],
        *cotangents: Sequence[Tensor],
    ) -> tuple[Tensor, ...]:
        """By Tensor.gradient, of the gradient itself for a further order."""
        function = functools.partial(OPS[op], **attrs)  # what is realized has no graph
        return _realized(_AUTODIFF.pulled_back)(function, arrays, cotangents)
