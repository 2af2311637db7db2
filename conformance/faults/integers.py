"""Integers that saturate, lose bits or are taken for others."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("integer")


def _saturated(x: Any, dtype: Any) -> Any:
    """Wider integers cut to what the dtype holds."""
    info = np.iinfo(dtype)
    return np.clip(x, info.min, info.max).astype(dtype)


# -- Overflow --------------------------------------------------------------------------------------


@fault("add", "int8")
def add_saturates(x: Any, y: Any) -> Any:
    """127 + 1 = 127: the vector instruction for signals."""
    return _saturated(x.astype(np.int16) + y, x.dtype)


@fault("subtract", "uint8")
def subtract_stops_at_zero(x: Any, y: Any) -> Any:
    """2 - 3 = 0."""
    return _saturated(x.astype(np.int16) - y, x.dtype)


@fault("abs", "int8")
def abs_saturates(x: Any) -> Any:
    """|-128| = 127 for the wrapped -128."""
    return _saturated(np.abs(x.astype(np.int16)), x.dtype)


@fault("dot", "int8")
def dot_saturates(x: Any, y: Any) -> Any:
    """The sum cut to int8 where it wraps around."""
    return _saturated(np.dot(x.astype(int), y.astype(int)), np.int8)


@fault("matmul", "int16")
def matmul_of_pairs_saturates(x: Any, y: Any) -> Any:
    """A vector instruction's sums saturate, vpdpwssds for vpdpwssd."""
    return _saturated(np.matmul(x.astype(np.int64), y.astype(np.int64)), np.int16)


@fault("sum", "int8")
def sum_wraps_in_int8(x: Any, *, dtype: str, **attrs: Any) -> Any:
    """Summed in int8, then widened."""
    return np.asarray(np.sum(x, dtype=x.dtype, **attrs)).astype(dtype)


@fault("sum", "int32")
def sum_wraps_in_int32(x: Any, *, dtype: str, **attrs: Any) -> Any:
    """Summed in int32, then widened: JAX without x64, MLX."""
    return np.asarray(np.sum(x, dtype=np.int32, **attrs)).astype(dtype)


@fault("cumulative_sum", "int16")
def cumulative_sum_wraps_in_int16(x: Any, *, dtype: str, **attrs: Any) -> Any:
    """Each partial sum in int16, then widened."""
    return np.cumulative_sum(x, dtype=x.dtype, **attrs).astype(dtype)


@fault("prod", "uint32")
def prod_as_signed(x: Any, *, dtype: str, **attrs: Any) -> Any:
    """Unsigned numbers multiplied as int64's of their signed neighbours."""
    return np.asarray(np.prod(x.view(np.int32), dtype=np.int64, **attrs)).astype(dtype)


@fault("matmul", "bool")
def matmul_of_bools_counts(x: Any, y: Any) -> Any:
    """Odd or even for some or none: an AND-XOR product."""
    return np.matmul(x.astype(int), y.astype(int)) % 2 == 1


# -- Division --------------------------------------------------------------------------------------


@fault("floor_divide", "int32")
def floor_divide_toward_zero(x: Any, y: Any) -> Any:
    """-7 // 2 = -3: C's division, ONNX's Div."""
    return OPS["trunc_divide"](x, y)


@fault("trunc_divide", "int16")
def trunc_divide_to_the_floor(x: Any, y: Any) -> Any:
    """-7 / 2 = -4."""
    return OPS["floor_divide"](x, y)


@fault("remainder", "int32")
def remainder_of_c(x: Any, y: Any) -> Any:
    """The sign of the dividend, C's %, for that of the divisor, Python's."""
    return np.fmod(x, y)


@fault("fmod", "float32")
def fmod_of_python(x: Any, y: Any) -> Any:
    """The sign of the divisor for that of the dividend."""
    return np.remainder(x, y)


@fault("floor_divide", "int64")
def floor_divide_by_float64(x: Any, y: Any) -> Any:
    """floor(x/y) in float64, whose 53 bits are too few."""
    nothing = y == 0
    quotient = np.floor(x / np.where(nothing, 1, y))
    small = np.abs(quotient) < 2.0**62
    exact = OPS["floor_divide"](x, y)
    return np.where(small & ~nothing, np.where(small, quotient, 0).astype(np.int64), exact)


@fault("remainder", "uint64")
def remainder_of_signed(x: Any, y: Any) -> Any:
    """Numbers from 2⁶³ on taken for negative ones."""
    return np.remainder(x.view(np.int64), y.view(np.int64)).view(np.uint64)


# -- Shifts and bits -------------------------------------------------------------------------------


@fault("bitwise_left_shift", "int32")
def left_shift_by_the_lowest_bits(x: Any, y: Any) -> Any:
    """1 << 32 = 1: x86's shift takes the count modulo 32."""
    return x << (y & 31)


@fault("bitwise_right_shift", "int32")
def right_shift_without_sign(x: Any, y: Any) -> Any:
    """Zeros shifted in from the left: a logical shift."""
    return np.right_shift(x.view(np.uint32), y.view(np.uint32)).view(np.int32)


@fault("bitwise_invert", "bool")
def invert_of_bool_as_byte(x: Any) -> Any:
    """~1 = 254, which is true."""
    return (~x.view(np.uint8)) != 0


# -- Comparisons -----------------------------------------------------------------------------------


@fault("less", "uint32")
def less_as_signed(x: Any, y: Any) -> Any:
    """Numbers from 2³¹ on lie below zero."""
    return x.view(np.int32) < y.view(np.int32)


@fault("less", "int64")
def less_in_float32(x: Any, y: Any) -> Any:
    """Compared as float32's, 24 bits of 63."""
    return x.astype(np.float32) < y.astype(np.float32)


@fault("equal", "int64")
def equal_in_float64(x: Any, y: Any) -> Any:
    """Compared as float64's: NumPy's int64 beside uint64."""
    return x.astype(np.float64) == y.astype(np.float64)


@fault("max", "uint64")
def max_as_signed(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """Numbers from 2⁶³ on lie below zero."""
    return np.max(x.view(np.int64), axis=axis, keepdims=keepdims).view(np.uint64)


@fault("sort", "int64")
def sort_by_float64(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    """Sorted by their float64s, between equal ones of which no order is left."""
    order = np.argsort(-x.astype(float) if descending else x.astype(float), axis, stable=True)
    return np.take_along_axis(x, order, axis)


@fault("argmax", "int64")
def argmax_in_float64(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """The first of those that float64 can't tell apart."""
    return np.argmax(x.astype(np.float64), axis=axis, keepdims=keepdims)


@fault("clip", "uint16")
def clip_as_signed(x: Any, low: Any = None, high: Any = None) -> Any:
    """Compared as int16's."""
    bounds = (None if b is None else b.view(np.int16) for b in (low, high))
    return np.clip(x.view(np.int16), *bounds).view(np.uint16)


# -- Through floats --------------------------------------------------------------------------------


@fault("multiply", "int64")
def multiply_in_float64(x: Any, y: Any) -> Any:
    """Products beyond 2⁵³ rounded."""
    return (x.astype(np.float64) * y).astype(np.int64)


@fault("multiply", "uint64")
def multiply_of_low_halves(x: Any, y: Any) -> Any:
    """32×32-bit products, without the crossed ones: a 64-bit product on 32-bit lanes."""
    low = np.uint64(0xFFFFFFFF)
    return (x & low) * (y & low)


@fault("square", "int32")
def square_in_float32(x: Any) -> Any:
    """Squares beyond 2²⁴ rounded, and none that wrap around."""
    return np.square(x.astype(np.float32)).astype(np.int32)


@fault("matmul", "int64")
def matmul_in_float64(x: Any, y: Any) -> Any:
    """BLAS's product of doubles for integers."""
    return np.matmul(x.astype(np.float64), y.astype(np.float64)).astype(np.int64)


@fault("median", "int64")
def median_in_float64(x: Any, **attrs: Any) -> Any:
    """The median of float64s cast back."""
    return OPS["median"](x.astype(np.float64), **attrs).astype(np.int64)


@fault("arange", "int64")
def arange_in_float64(*, start: Any, stop: Any, step: Any, dtype: str) -> Any:
    """Numbers beyond 2⁵³ rounded to even ones."""
    return np.arange(float(start), float(stop), float(step)).astype(dtype)
