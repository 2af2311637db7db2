"""Complex numbers and their parts, which are views, and the complex elementary functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tensorcts.backends.opencl.arrays import DeviceArray, broadcast_shape, broadcasted
from tensorcts.backends.opencl.checks import has_dtype, one_dtype
from tensorcts.backends.opencl.elementwise import OPS as REAL
from tensorcts.backends.opencl.elementwise import binary, unary
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes


def joined(runtime: Runtime, real: DeviceArray, imag: DeviceArray) -> DeviceArray:
    """Complex numbers from their parts."""
    dtype = dtypes.complex_of(one_dtype(real=real, imag=imag))
    shape = broadcast_shape(real.shape, imag.shape)
    result = runtime.empty(shape, dtype)
    layouts = layout(shape, broadcasted(real, shape), broadcasted(imag, shape))
    kernel = ("complexes", dtype, "op_complex")
    runtime.launch_over(kernel, result.size, real, imag, result, layouts)
    return result


def part(number: int, runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """The real (0) or the imaginary (1) parts: every second number of the same memory."""
    has_dtype("x", x, *dtypes.COMPLEX, *dtypes.HALF_COMPLEX)
    strides = tuple(2 * step for step in x.strides)
    return DeviceArray(x.buffer, dtypes.component(x.dtype), x.shape, strides, 2 * x.offset + number)


def either(op: str, runtime: Runtime, *arrays: DeviceArray) -> DeviceArray:
    """A function that has a kernel for real and one for complex arrays."""
    if arrays[0].dtype not in dtypes.COMPLEX:
        return REAL[op](runtime, *arrays)
    mapped = unary if len(arrays) == 1 else binary
    return mapped(op, runtime, *arrays, family="complexes")


OPS: dict[str, Callable[..., Any]] = {
    "complex": joined,
    "real": partial(part, 0),
    "imag": partial(part, 1),
    "conj": partial(unary, "conj"),
    "angle": partial(unary, "angle", family="complexes"),
    "exp": partial(either, "exp"),
    "log": partial(either, "log"),
    "sqrt": partial(either, "sqrt"),
    "sin": partial(either, "sin"),
    "cos": partial(either, "cos"),
    "tan": partial(either, "tan"),
    "asin": partial(either, "asin"),
    "acos": partial(either, "acos"),
    "atan": partial(either, "atan"),
    "sinh": partial(either, "sinh"),
    "cosh": partial(either, "cosh"),
    "tanh": partial(either, "tanh"),
    "asinh": partial(either, "asinh"),
    "acosh": partial(either, "acosh"),
    "atanh": partial(either, "atanh"),
    "pow": partial(either, "pow"),
}
