"""Approximations of functions: polynomials, tables and identities with too few good bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from tensorcts.conformance.faults.formats import cut
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("precision")


@fault("erf")
def erf_of_abramowitz_and_stegun(x: Any) -> Any:
    """7.1.26: 1.5e-7 absolute, so that small arguments lose every bit."""
    t = 1 / (1 + x.dtype.type(0.3275911) * np.abs(x))
    polynomial = np.polyval(
        np.array([1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0], x.dtype), t
    )
    return np.copysign(1 - polynomial * np.exp(-x * x), x)


@fault("rsqrt")
def rsqrt_a_newton_step_short(x: Any) -> Any:
    """Quake III's guess and two steps of Newton's: 5e-6, where a third gives all bits."""
    y = (np.int32(0x5F3759DF) - (x.view(np.int32) >> 1)).view(np.float32)
    for _ in range(2):
        y = y * (np.float32(1.5) - np.float32(0.5) * x * y * y)
    ordinary = (x > 0) & np.isfinite(x) & (x >= np.finfo(np.float32).smallest_normal)
    return np.where(ordinary, y, 1 / np.sqrt(x))


@fault("reciprocal")
def reciprocal_not_rounded_correctly(x: Any) -> Any:
    """A Newton step in float32 from 12 bits, off by an ulp: rcp.approx, ARM's vrecpe."""
    guess = cut(1 / x, 12)
    better = guess * (2 - x * guess)
    return np.where(np.isfinite(better) & (better != 0), better, 1 / x)


@fault("divide")
def divide_by_the_reciprocal(x: Any, y: Any) -> Any:
    """x·(1/y), which rounds twice: nvcc's -prec-div=false."""
    return x * (1 / y)


@fault("sqrt")
def sqrt_by_rsqrt(x: Any) -> Any:
    """x·rsqrt(x), rounded twice: nvcc's -prec-sqrt=false."""
    y = x * (1 / np.sqrt(x))
    return np.where((x == 0) | np.isinf(x), np.sqrt(x), y)


@fault("exp")
def exp_by_exp2(x: Any) -> Any:
    """exp2(x·log₂e) in float32, whose error grows with |x|: __expf."""
    return np.exp2(x * np.float32(np.log2(np.e)))


@fault("exp2")
def exp2_by_exp(x: Any) -> Any:
    """exp(x·ln 2), which misses the powers of two."""
    return np.exp(x * np.float32(np.log(2)))


@fault("log")
def log_by_log2(x: Any) -> Any:
    """log₂(x)·ln 2 with a log₂ of 2e-7 absolute error, relative near 1: __logf."""
    with np.errstate(all="ignore"):
        coarse = np.log2(x) + np.float32(2.0**-22)
    return coarse * np.float32(np.log(2))


@fault("log2")
def log2_by_log(x: Any) -> Any:
    """ln(x)/ln 2 in float32, off by some ulp near 1 and at powers of two."""
    return np.log(x) * np.float32(1 / np.log(2)) * np.float32(1 + 2.0**-22)


@fault("log10")
def log10_with_a_short_constant(x: Any) -> Any:
    """ln(x)·0.43429: the constant of a slide rule."""
    return np.log(x) * np.float32(0.43429)


@fault("pow")
def pow_by_exp2_and_log2(x: Any, y: Any) -> Any:
    """exp2(y·log₂|x|) in float32, which loses as many bits as the product has before its point."""
    size = np.exp2(y * np.log2(np.abs(x)))
    honest = np.power(x, y)
    return np.where(np.isfinite(honest) & (x != 0), np.copysign(size, honest), honest)


@fault("sin")
def sin_reduced_in_float32(x: Any) -> Any:
    """The multiple of 2π subtracted in float32: __sinf, a GPU's native sine."""
    turns = np.rint(x * np.float32(0.5 / np.pi))
    return np.sin(x - turns * np.float32(2 * np.pi))


@fault("cos")
def cos_reduced_in_two_steps(x: Any) -> Any:
    """π/2 in two parts of Cody and Waite's, enough up to 1e4, without Payne and Hanek beyond."""
    turns = np.rint(x.astype(np.float64) * (0.5 / np.pi))
    reduced = x - turns * 6.28125 - turns * 1.9353071795e-3
    return np.cos(reduced).astype(x.dtype)


@fault("cos")
def cos_by_sin(x: Any) -> Any:
    """sin(x + π/2): loses the relative accuracy near the zeros of cos."""
    return np.sin(x + np.float32(np.pi / 2))


@fault("tan")
def tan_by_sin_and_cos(x: Any) -> Any:
    """sin(x)/cos(x) by the device's fast functions."""
    turns = np.rint(x * np.float32(1 / np.pi))
    reduced = x - turns * np.float32(np.pi)
    return np.sin(reduced) / np.cos(reduced)


@fault("tanh")
def tanh_of_eleven_bits(x: Any) -> Any:
    """tanh.approx.f32, good to 2⁻¹¹."""
    return cut(np.tanh(x), 12)


@fault("cbrt")
def cbrt_by_pow(x: Any) -> Any:
    """|x|^(1/3), where a third is no float32."""
    return np.copysign(np.power(np.abs(x), np.float32(1 / 3)), x)


@fault("asin")
def asin_of_nvidia_cg(x: Any) -> Any:
    """π/2 - √(1 - x)·p(x), 7e-5 absolute: Cg's standard library, widely copied."""
    size = np.abs(x)
    p = np.polyval(np.array([-0.0187293, 0.0742610, -0.2121144, 1.5707288], x.dtype), size)
    return np.copysign(np.float32(np.pi / 2) - np.sqrt(1 - size) * p, x)


@fault("acos")
def acos_by_asin(x: Any) -> Any:
    """π/2 - asin(x), which cancels near 1."""
    return np.float32(np.pi / 2) - np.arcsin(x)


@fault("atan")
def atan_without_reduction(x: Any) -> Any:
    """π/2 - 1/x for large x: two terms of the series from 8 on."""
    inverse = 1 / x
    far = np.copysign(np.float32(np.pi / 2), x) - (inverse - inverse**3 / 3)
    return np.where(np.abs(x) > 8, far, np.arctan(x)).astype(x.dtype)


@fault("deg2rad")
def deg2rad_with_a_short_pi(x: Any) -> Any:
    """π as 3.14159265, nine digits that float32 holds, then rounded by the division."""
    return x * (np.float32(3.141592) / np.float32(180))


@fault("lgamma")
def lgamma_by_stirling(x: Any) -> Any:
    """Stirling's series without shifting small arguments up: absolute error near 1 and 2."""
    series = (x - 0.5) * np.log(x) - x + np.float32(0.9189385) + 1 / (12 * x) - 1 / (360 * x**3)
    return np.where(x > 0.5, series, scipy.special.gammaln(x)).astype(x.dtype)


@fault("lgamma")
def lgamma_by_lanczos(x: Any) -> Any:
    """Lanczos' sum in float32, which cancels at 1 and 2: XLA's, which JAX uses."""
    z = x - 1
    terms = (676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
             12.507343278686905, -0.13857109526572012, 9.984369578019572e-6,
             1.5056327351493116e-7)  # fmt: skip
    total = np.float32(0.9999999999998099)
    total = total + sum(np.float32(c) / (z + (k + 1)) for k, c in enumerate(terms))
    t = z + np.float32(7.5)
    value = np.float32(0.9189385332) + (z + np.float32(0.5)) * np.log(t) - t + np.log(total)
    ordinary = (x > 0.5) & (x < 1e30)
    return np.where(ordinary, value, scipy.special.gammaln(x)).astype(x.dtype)


@fault("digamma")
def digamma_without_recurrence(x: Any) -> Any:
    """The asymptotic series from 2 on, where it needs 6 or more."""
    square = 1 / (x * x)
    series = np.log(x) - 0.5 / x - square * (1 / 12 - square * (1 / 120 - square / 252))
    return np.where(x > 2, series, scipy.special.digamma(x)).astype(x.dtype)


@fault("erfinv")
def erfinv_of_winitzki(x: Any) -> Any:
    """Winitzki's closed form polished by one step of Newton's, two of which are needed."""
    log = np.log1p(-x * x)
    a = 2 / (np.pi * 0.147) + log / 2
    y = np.copysign(np.sqrt(np.sqrt(a * a - log / 0.147) - a), x)
    better = y - (scipy.special.erf(y) - x) / (2 / np.sqrt(np.pi) * np.exp(-y * y))
    return np.where(np.abs(x) < 1, better, scipy.special.erfinv(x)).astype(x.dtype)


@fault("sigmoid", "float16")
def sigmoid_by_segments(x: Any) -> Any:
    """A table of 2⁻¹⁰ steps over ±8, saturated beyond: an NPU's lookup table."""
    grid = np.rint(np.clip(x.astype(np.float32), -8, 8) * 64) / 64
    return scipy.special.expit(grid).astype(x.dtype)
