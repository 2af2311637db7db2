"""The unit of error: Kahan's ulp, real valued.

The ulp of a real number r in a format is the distance between the two numbers of the format that
are nearest to r. It is the only one of the definitions in use for which an error of at most half an
ulp means correctly rounded, just above powers of two included.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.dtypes import Format


def kahan_ulp(hi: NDArray[Any], lo: NDArray[Any], form: Format) -> NDArray[np.float64]:
    """The ulp of the real numbers ``hi + lo`` in the format, as float64 (NaN and inf: of 0).

    Beyond the largest number the spacing stays what it is there.
    """
    size = np.where(np.isfinite(hi), np.abs(hi), 0.0)
    exponent = np.frexp(size)[1] - 1
    binade = np.ldexp(1.0, exponent)
    # Up to a quarter of an ulp above 2**k the two nearest numbers are 2**k and the one below it.
    above = (size - binade) + np.copysign(1.0, hi) * lo
    low = (size > 0) & (above < np.ldexp(0.25, exponent - form.p + 1))
    top = int(np.frexp(form.max)[1]) - 1
    exponent = np.where(size == 0, form.emin, np.clip(exponent - low, form.emin, top))
    spacing: NDArray[np.float64] = np.ldexp(1.0, exponent - form.p + 1)
    return spacing


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
