"""The unit of error: Kahan's ulp, real valued; and the other units that published tables are in.

The ulp of a real number r in a format is the distance between the two numbers of the format that
are nearest to r. It is the only one of the definitions in use for which an error of at most half an
ulp means correctly rounded, just above powers of two included. The others differ from it there only
(Muller, On the definition of ulp(x), 2005):

Goldberg's  the distance of neighbours in r's binade: twice Kahan's where r is 2**k or above it by
            less than a quarter of that distance. So Kahan's errors are at most twice Goldberg's.
Harrison's  the distance of the two closest numbers a ≤ r ≤ b: Goldberg's, but Kahan's at 2**k
            itself. OpenCL's definition too (OpenCL C 3.0 §7.4).
``steps``   how many numbers of the format further the result is than another, the correctly rounded
            one in CUDA's tables, say.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.reference.dtypes import Format

Unit = Literal["kahan", "goldberg", "harrison", "steps"]


def kahan_ulp(hi: NDArray[Any], lo: NDArray[Any], form: Format) -> NDArray[np.float64]:
    """The ulp of the real numbers ``hi + lo`` in the format, as float64 (NaN and inf: of 0).

    Beyond the largest number the spacing stays what it is there.
    """
    above, spacing = _place(hi, lo, form)
    # Up to a quarter of an ulp above 2**k the two nearest numbers are 2**k and the one below it.
    with np.errstate(over="ignore"):
        return _spacing(hi, form, 4 * above < spacing)  # spacing / 4 might underflow


def goldberg_ulp(hi: NDArray[Any], lo: NDArray[Any], form: Format) -> NDArray[np.float64]:
    """Goldberg's ulp of the real numbers ``hi + lo``: the spacing of the format in their binade."""
    return _spacing(hi, form, _place(hi, lo, form)[0] < 0)


def harrison_ulp(hi: NDArray[Any], lo: NDArray[Any], form: Format) -> NDArray[np.float64]:
    """Harrison's and OpenCL's ulp of the real numbers ``hi + lo``."""
    return _spacing(hi, form, _place(hi, lo, form)[0] <= 0)


def _place(
    hi: NDArray[Any], lo: NDArray[Any], form: Format
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """How far ``hi + lo`` lies above the power of two at or below ``hi``; the spacing there."""
    size = np.where(np.isfinite(hi), np.abs(hi), 0.0)
    exponent = np.frexp(size)[1] - 1
    above = (size - np.ldexp(1.0, exponent)) + np.copysign(1.0, hi) * lo
    return above, np.ldexp(1.0, exponent - form.p + 1)


def _spacing(hi: NDArray[Any], form: Format, below: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The distance of the format's numbers in the binade of ``hi``, or in the one below."""
    size = np.where(np.isfinite(hi), np.abs(hi), 0.0)
    exponent, top = np.frexp(size)[1] - 1 - below, int(np.frexp(form.max)[1]) - 1
    exponent = np.where(size == 0, form.emin, np.clip(exponent, form.emin, top))
    spacing: NDArray[np.float64] = np.ldexp(1.0, exponent - form.p + 1)
    return spacing


def steps(one: NDArray[Any], other: NDArray[Any], name: str) -> NDArray[np.float64]:
    """How many numbers of the dtype ``name`` on ``one`` lies from ``other``, either way.

    Both zeros are one number; an infinity follows the largest; NaN is infinitely far, but not from
    NaN. Complex numbers: the larger of their parts' steps.
    """
    if dtypes.is_complex(name):
        pairs = zip(dtypes.parts(one), dtypes.parts(other), strict=True)
        found = [steps(a, b, dtypes.component(name)) for a, b in pairs]
        return np.maximum(*found)
    first, second = _place_in_order(one), _place_in_order(other)
    low, high = np.minimum(first, second), np.maximum(first, second)
    with np.errstate(over="ignore"):  # NumPy minds only where they are scalars
        apart = (high.view(np.uint64) - low.view(np.uint64)).astype(np.float64)
    nan, either = np.isnan(one) & np.isnan(other), np.isnan(one) | np.isnan(other)
    distance: NDArray[np.float64] = np.where(nan, 0.0, np.where(either, np.inf, apart))
    return distance


def _place_in_order(x: NDArray[Any]) -> NDArray[np.int64]:
    """Whole numbers that ascend by one from each number of x's format to the next."""
    bits = np.ascontiguousarray(x).view(f"i{x.dtype.itemsize}").reshape(x.shape).astype(np.int64)
    lowest = -(2 ** (8 * x.dtype.itemsize - 1))
    return np.asarray(np.where(bits < 0, lowest - bits, bits), np.int64)


def limit_in_kahan_ulps(limit: float, unit: Unit) -> float:
    """The least number of Kahan's ulps that no error within a published limit exceeds.

    Beside a power of two one unit may be two of Kahan's; away from it they are the same. Steps are
    counted from the correctly rounded result, half an ulp off itself; the figure holds for limits
    below 2**(p-1) of them, which pass one power of two at most.
    """
    match unit:
        case "kahan":
            return limit
        case "goldberg" | "harrison":
            return 2 * limit
        case "steps":
            return 2 * limit + 0.5


def error(
    got: NDArray[Any], hi: NDArray[Any], lo: NDArray[Any], form: Format
) -> NDArray[np.float64]:
    """The absolute difference |got - (hi + lo)|, for real numbers of a format up to float64.

    An infinite result counts as the first number past the largest finite one, or as the truth where
    that lies beyond, so that a result that overflows early is off by as much as it is; NaN against
    NaN is no error, against a number inf.
    """
    half_past = form.max / 2 + np.ldexp(0.5, int(np.frexp(form.max)[1]) - form.p)
    with np.errstate(all="ignore"):
        if form.p < 53:
            return _distance(got, hi, lo, 2 * half_past)
        # The first number past float64's largest is no float64, but half of it is.
        large = 2 * _distance(got / 2, hi / 2, lo / 2, half_past)
        return np.where(np.abs(hi) > 1, large, _distance(got, hi, lo, np.inf))


def _distance(
    got: NDArray[Any], hi: NDArray[Any], lo: NDArray[Any], beyond: float
) -> NDArray[np.float64]:
    both_nan, one_nan = np.isnan(got) & np.isnan(hi), np.isnan(got) ^ np.isnan(hi)
    nearest = np.where(np.isinf(got), np.clip(hi, -beyond, beyond), hi)
    rest = np.where(np.isinf(got) & (np.abs(hi) >= beyond), 0.0, lo)
    difference = np.abs((np.clip(got, -beyond, beyond) - nearest) - rest)
    clean = np.where(both_nan, 0.0, np.where(one_nan, np.inf, difference))
    result: NDArray[np.float64] = np.asarray(clean, np.float64)
    return result
