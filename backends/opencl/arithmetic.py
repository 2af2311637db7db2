"""Arithmetic beyond the four operations: elementwise kernels in a program of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, broadcast_shape, broadcasted
from tensorcts.backends.opencl.checks import is_integer, one_dtype
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.backends.protocol import UnsupportedError


def _launched(
    op: str, runtime: Runtime, arrays: tuple[DeviceArray, ...], results: tuple[str, ...], *more: Any
) -> tuple[DeviceArray, ...]:
    """The results, of these dtypes, of a kernel over broadcast arrays; ``more`` are scalars."""
    shape = broadcast_shape(*(x.shape for x in arrays))
    outputs = tuple(runtime.empty(shape, dtype) for dtype in results)
    kernel = ("arithmetic", arrays[0].dtype, f"op_{op}")
    layouts = layout(shape, *(broadcasted(x, shape) for x in arrays))
    runtime.launch_over(kernel, outputs[0].size, *arrays, *outputs, layouts, *more)
    return outputs


def _number(x: DeviceArray, value: float) -> np.floating[Any]:
    """A scalar argument in the type that x is computed in."""
    return np.float64(value) if x.dtype == "float64" else np.float32(value)


def same(op: str, runtime: Runtime, *arrays: DeviceArray) -> DeviceArray:
    """An op of arrays of one dtype, which the result has too."""
    dtype = one_dtype(**{f"array {i}": x for i, x in enumerate(arrays)})
    return _launched(op, runtime, arrays, (dtype,))[0]


def predicate(op: str, runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """A property of each number, as bool."""
    return _launched(op, runtime, (x,), ("bool",))[0]


def positive(runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """A copy."""
    return runtime.copy(x)


def clip(
    runtime: Runtime,
    x: DeviceArray,
    low: DeviceArray | None = None,
    high: DeviceArray | None = None,
) -> DeviceArray:
    """One kernel for each set of bounds that are there."""
    if low is None and high is None:
        return runtime.copy(x)
    if low is None or high is None:
        op = "clip_above" if low is None else "clip_below"
        return same(op, runtime, x, *(bound for bound in (low, high) if bound is not None))
    return same("clip", runtime, x, low, high)


def addcmul(
    runtime: Runtime, x: DeviceArray, y: DeviceArray, z: DeviceArray, *, value: float
) -> DeviceArray:
    """A sum with a scaled product."""
    dtype = one_dtype(x=x, y=y, z=z)
    return _launched("addcmul", runtime, (x, y, z), (dtype,), _number(x, value))[0]


def nan_to_num(
    runtime: Runtime, x: DeviceArray, *, nan: float, posinf: float, neginf: float
) -> DeviceArray:
    """Numbers for what is not finite."""
    numbers = (_number(x, value) for value in (nan, posinf, neginf))
    return _launched("nan_to_num", runtime, (x,), (x.dtype,), *numbers)[0]


def isclose(
    runtime: Runtime, x: DeviceArray, y: DeviceArray, *, rtol: float, atol: float, equal_nan: bool
) -> DeviceArray:
    """A comparison with a tolerance."""
    one_dtype(x=x, y=y)
    more = _number(x, rtol), _number(x, atol), np.int32(equal_nan)
    return _launched("isclose", runtime, (x, y), ("bool",), *more)[0]


def frexp(runtime: Runtime, x: DeviceArray) -> tuple[DeviceArray, ...]:
    """Significand and exponent, by one kernel."""
    return _launched("frexp", runtime, (x,), (x.dtype, "int32"))


def ldexp(runtime: Runtime, x: DeviceArray, exponent: DeviceArray) -> DeviceArray:
    """OpenCL's own ldexp, whose exponents are int32."""
    is_integer("exponent", exponent)
    if exponent.dtype != "int32":
        raise UnsupportedError(f"opencl takes int32 exponents, not {exponent.dtype}")
    return _launched("ldexp", runtime, (x, exponent), (x.dtype,))[0]


_SAME = (
    "floor_divide", "trunc_divide", "remainder", "fmod", "sign", "copysign", "square", "reciprocal",
    "rsqrt", "cbrt", "hypot", "floor", "ceil", "trunc", "round", "frac", "fmax", "fmin", "fma",
    "lerp", "nextafter", "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_invert",
    "bitwise_left_shift", "bitwise_right_shift",
)  # fmt: skip

OPS: dict[str, Callable[..., Any]] = {
    **{op: partial(same, op) for op in _SAME},
    **{op: partial(predicate, op) for op in ("signbit", "isnan", "isinf", "isfinite")},
    "positive": positive,
    "clip": clip,
    "addcmul": addcmul,
    "nan_to_num": nan_to_num,
    "isclose": isclose,
    "frexp": frexp,
    "ldexp": ldexp,
}
