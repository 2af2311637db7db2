"""The MLX backend: mlx.core and mlx.nn on the CPU or a GPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from tensorcts.backends import reasons
from tensorcts.backends.mlx_arrays import arrays, elementwise
from tensorcts.backends.mlx_arrays.adapting import DTYPES, Array, name_of, native
from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Backend, Capabilities, UnavailableError
from tensorcts.backends.pullbacks import Autodiff
from tensorcts.reference import dtypes

OPS: dict[str, Callable[..., Any]] = {
    **arrays.CREATION,
    **elementwise.OPS,
    **elementwise.ACTIVATIONS,
    **arrays.REDUCTIONS,
    **arrays.PRODUCTS,
    **arrays.SHAPES,
}

_ON_CPU_ONLY = {"float64"}
_NARROW = ("float16", "bfloat16")

LACKING: dict[str, str] = {
    **reasons.of_ops("MLX", OPS, {"swish": "mlx.nn.silu has no beta"}),
    "complex128": "MLX has complex numbers of 64 bits alone",
    **dict.fromkeys(dtypes.HALF_COMPLEX, "MLX has complex numbers of 64 bits alone"),
    **dict.fromkeys(dtypes.FLOAT8, "MLX has no arrays of 8-bit floats"),
}
"""Why MLX, as far as it is adapted, does not offer what it does not."""

_UNCHECKED = frozenset(
    {"astype/C1", "einsum/C5", "arange/C2", "flip/C1", "roll/C2", "pad/C1", "pad/C2", "cross/C3",
     "celu/C1", "hardtanh/C1", "softshrink/C1", "var/C1", "std/C1", "take/C2",
     "take_along_axis/C3", "embedding/C3", "put_along_axis/C3"}
)  # fmt: skip
"""Constraints whose breach MLX does not notice; an index out of range may end the process."""

_STORED = ("gelu", "gelu_tanh", "silu", "sigmoid", "log_sigmoid", "mish", "softsign", "elu", "celu",
           "leaky_relu", "rsqrt", "deg2rad", "rad2deg", "mean", "diff",
           "hardswish", "glu", "softmax", "log_softmax", "logsumexp", "logcumsumexp", "logaddexp",
           "layer_norm", "rms_norm", "scaled_dot_product_attention", "vecdot", "cross", "kron",
           "linspace", "var", "std")  # fmt: skip
"""Ops that round each step to the array's 16 bits: composed of others, as those of mlx.nn and, on
the CPU, of mlx.fast, or kernels in the array's own type (backend/cpu/unary_ops.h, binary_ops.h)."""

_SCANS = ("cumulative_sum", "cumulative_prod")
"""Ops that accumulate in 16 bits: the float16 sums of 2048, 1, 1 are 2048 all."""

_DIVIDING = "cumulative_prod.backward"
"""A gradient that divides the product by each factor (``Scan::vjp`` in mlx/primitives.cpp)."""


def _pulled(function: Callable[..., Any], arrays: list[Any], cotangents: list[Any]) -> list[Any]:
    _, pulled = mx.vjp(function, arrays, cotangents)
    return list(pulled)


_AUTODIFF = Autodiff(_pulled, lambda x: mx.issubdtype(x.dtype, mx.inexact))


def _opened(name: str) -> Any:
    if name not in ("cpu", "gpu") or not mx.is_available(getattr(mx, name)):
        raise UnavailableError(f"mlx has no device {name!r} here (pip install 'tensorcts[mlx]')")
    return mx.Device(getattr(mx, name))


class MlxBackend(Backend):
    """MLX's own functions; ``mlx:gpu`` is Metal or CUDA."""

    name = "mlx"

    def __init__(self, device: str | None = None) -> None:
        """Take "cpu" or "gpu"; None is the CPU."""
        self._device = _opened(device or "cpu")
        self._gpu = device == "gpu"
        self._ops = {name: self._placed(native(function)) for name, function in OPS.items()}

    def _placed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **attrs: Any) -> Any:
            with mx.stream(self._device):
                return function(*given, **attrs)

        return call

    @property
    def capabilities(self) -> Capabilities:
        """What the device is and declares."""
        model = mx.device_info(self._device)["device_name"] if self._gpu else cpu_name()
        return Capabilities(
            device=str(model),
            dtypes=frozenset(set(DTYPES) - (_ON_CPU_ONLY if self._gpu else set())),
            versions={"mlx": version("mlx")},
            accumulator={f"{op}/{dtype}": dtype for op in _SCANS for dtype in _NARROW},
            intermediates=frozenset(f"{op}/{dtype}" for op in _STORED for dtype in _NARROW),
            backward_stable=frozenset(f"{_DIVIDING}/{dtype}" for dtype in ("float32", "float64")),
            unchecked=_UNCHECKED,
            traits={
                "views": "no",
                "index_dtype": "uint32",
                "activation_at_minus_infinity": "nan",
                "softsign_at_infinity": "nan",
                "attention_masked_row": "uniform",
                "cast_out_of_range": "any",
                "gemm_alpha_zero": "any",  # float32's products are BLAS's, which ignore
                "gemm_beta_zero": "any",
                "floor_division_of_infinity": "quotient",
                "floor_of_quotient": "rounded",
                "remainder_zero_sign": "dividend",
                "integer_division_by_zero": "any",
                "integer_remainder_by_zero": "any",
                "shift_out_of_range": "any",  # C++'s << and >>
                "sign_of_nan": "zero",
            },
        )

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """The ops that MLX has a function for."""
        return self._ops

    @property
    def lacking(self) -> Mapping[str, str]:
        """What is not adapted, and the dtypes that the device has not."""
        return LACKING | ({"float64": "MLX has float64 on the CPU alone"} if self._gpu else {})

    def to_device(self, array: NDArray[Any]) -> Array:
        """A copy, in its own dtype: left alone MLX makes float64 a float32."""
        with mx.stream(self._device):
            copy = mx.array(array, dtype=DTYPES[dtypes.name_of(array.dtype)])
            mx.eval(copy)
        return copy

    def to_host(self, array: Any) -> NDArray[Any]:
        """A copy, bfloat16 as its bits."""
        if array.dtype != mx.bfloat16:
            return np.array(array)
        with mx.stream(self._device):
            return np.array(array.view(mx.uint16)).view(dtypes.numpy_dtype(name_of(array)))

    @property
    def differentiates(self) -> bool:
        """By mx.vjp."""
        return True

    def vjp(
        self,
        op: str,
        arrays: Sequence[Any],
        attrs: Mapping[str, Any],
        *cotangents: Sequence[Array],
    ) -> tuple[Array, ...]:
        """By mx.vjp, of the gradient itself for a further order."""
        with mx.stream(self._device):
            function = partial(OPS[op], **attrs)
            return native(_AUTODIFF.pulled_back)(function, arrays, cotangents)
