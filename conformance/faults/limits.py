"""Zeros, subnormals, infinities and the ends of the range."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of
from tensorcts.reference import dtypes

fault = faults_of("special")

SMALLEST = np.float32(2.0**-126)
"""The smallest normal float32."""


# -- Zeros and subnormals --------------------------------------------------------------------------


@fault("negative")
def negative_of_zero(x: Any) -> Any:
    """0 - x: +0 for +0."""
    return x.dtype.type(0) - x


@fault("sqrt")
def sqrt_of_minus_zero(x: Any) -> Any:
    """+0 for -0."""
    return np.sqrt(x) + np.float32(0)


@fault("abs")
def abs_of_minus_zero(x: Any) -> Any:
    """x < 0 ? -x : x leaves -0 as it is."""
    return np.where(x < 0, -x, x)


@fault("reciprocal")
def reciprocal_of_minus_zero(x: Any) -> Any:
    """+Inf for -0."""
    return np.abs(1 / x) * np.where(x < 0, x.dtype.type(-1), x.dtype.type(1))


@fault("signbit")
def signbit_by_comparison(x: Any) -> Any:
    """x < 0, which -0 is not."""
    return x < 0


@fault("copysign")
def copysign_by_comparison(x: Any, y: Any) -> Any:
    """y < 0 ? -|x| : |x|, wrong for -0."""
    return np.where(y < 0, -np.abs(x), np.abs(x))


@fault("atan2")
def atan2_of_minus_zero(y: Any, x: Any) -> Any:
    """π for (-0, -1), which lies below the cut."""
    return np.arctan2(y + np.float32(0), x)


@fault("multiply")
def multiply_flushes(x: Any, y: Any) -> Any:
    """Subnormal results become zeros, undeclared: MXCSR.FTZ set by another library."""
    z = np.multiply(x, y)
    return np.where(np.abs(z) < SMALLEST, z * np.float32(0), z)


@fault("add")
def add_takes_subnormals_for_zeros(x: Any, y: Any) -> Any:
    """Subnormal arguments read as zeros, undeclared: XLA on the CPU."""
    x, y = (np.where(np.abs(a) < SMALLEST, np.copysign(np.float32(0), a), a) for a in (x, y))
    return np.add(x, y)


@fault("add")
def add_clamps_small_numbers(x: Any, y: Any) -> Any:
    """Sums below 1e-7 pushed to ±1e-7: trustformers-core's stabilised add."""
    z = np.add(x, y)
    return np.where((np.abs(z) < 1e-7) & (z != 0), np.copysign(z.dtype.type(1e-7), z), z)


@fault("log")
def log_of_subnormals(x: Any) -> Any:
    """The exponent field taken for the exponent, which subnormals don't have."""
    tiny = (x > 0) & (x < SMALLEST)
    return np.where(tiny, np.float32(-87.336545), np.log(x))


@fault("frexp")
def frexp_of_subnormals(x: Any) -> Any:
    """Subnormals not scaled up first: their significand lies below ½."""
    significand, exponent = np.frexp(x)
    tiny = (np.abs(x) < SMALLEST) & (x != 0)
    return np.where(tiny, x * np.float32(2.0**126), significand), np.where(tiny, -126, exponent)


# -- Infinities and the ends of the range ----------------------------------------------------------


@fault("exp")
def exp_clamped_at_88(x: Any) -> Any:
    """The argument clamped to ±88 first, so that exp(-inf) is no zero: sse_mathfun's."""
    return np.exp(np.where(np.isnan(x), x, np.clip(x, np.float32(-88), np.float32(88))))


@fault("sinh")
def sinh_overflows_in_vectors(x: Any) -> Any:
    """Half of exp(x), where that is infinite, too, but only in full vectors of 32: PyTorch's."""
    flat = x.reshape(-1)
    y = np.sinh(flat)
    over = np.abs(flat) > 88.72
    over[len(flat) // 32 * 32 :] = False
    return np.where(over, np.copysign(np.inf, flat), y).astype(y.dtype).reshape(x.shape)


@fault("max")
def max_starts_from_the_lowest_number(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """-FLT_MAX for -inf as what a maximum starts from."""
    lowest = dtypes.format_of(dtypes.name_of(x.dtype)).max
    return np.max(x, axis=axis, keepdims=keepdims, initial=x.dtype.type(-lowest))


@fault("logsumexp")
def logsumexp_of_minus_infinity(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """NaN for a row of -inf: -inf less the maximum, -inf."""
    highest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    total = np.sum(np.exp(x - highest), axis=axis, keepdims=True)
    y = np.log(total) + highest
    return y if keepdims else np.squeeze(y, axis)


@fault("logaddexp")
def logaddexp_of_equal_infinities(x: Any, y: Any) -> Any:
    """NaN for (inf, inf) and (-inf, -inf): the difference is not looked at."""
    return np.maximum(x, y) + np.log1p(np.exp(-np.abs(x - y)))


@fault("xlogy")
def xlogy_of_zero(x: Any, y: Any) -> Any:
    """x·log(y), NaN for (0, 0)."""
    return x * np.log(y)


@fault("nan_to_num")
def nan_to_num_one_infinity(x: Any, *, neginf: float, posinf: float, **attrs: Any) -> Any:
    """-inf replaced as +inf is, with the sign changed."""
    return OPS["nan_to_num"](x, neginf=-posinf, posinf=posinf, **attrs)


@fault("isinf")
def isinf_of_plus_only(x: Any) -> Any:
    """x == inf."""
    return x == np.inf


@fault("ldexp")
def ldexp_by_a_power(x: Any, exponent: Any) -> Any:
    """x·2ⁿ with a 2ⁿ that over- and underflows before the product does."""
    return x * np.exp2(exponent.astype(np.float32))


@fault("erf")
def erf_of_infinity(x: Any) -> Any:
    """NaN: infinity times the zero of exp(-x²)."""
    return np.where(np.isinf(x), x * np.exp(-x * x), scipy.special.erf(x))
