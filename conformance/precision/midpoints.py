"""Arguments whose results lie next to a midpoint of two numbers, where rounding is hardest.

Along a progression of 2**(p/3) arguments one after another a result is a parabola, in ulps, beside
which its third term is nothing. Of so many the one whose fraction is nearest to ½ lies 2**-(p/3)
ulp from a midpoint, or less: in float64 relatively 2**-70 (as Lefèvre and Muller search for worst
cases, in a single interval).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.precision.evaluations import Numbers
from tensorcts.conformance.precision.truths import Truths
from tensorcts.reference import dtypes

NEAR = 2.0**-8
"""Of an ulp: what is farther from all midpoints is next to none."""


def nearest(truths: Truths, start: int, *others: int) -> int | None:
    """The pattern from ``start`` on, within its binade, that brings a result next to a midpoint.

    It is the last argument's; ``others`` are those of the first ones. None where there is none:
    no number comes out, or one that hardly changes over the binade, or only whole ulps do.
    """
    form = dtypes.format_of(truths.dtype)
    steps, size = 2 ** (form.p // 3), 2 ** (form.p - 1)
    end = start | (size - 1)
    start = min(start, end - steps)
    ends = _ends(truths, start, steps, others)
    change = abs(ends[2] - ends[0])
    if not 2 * steps < change * size < np.inf:
        return None
    stride = 2 ** max(0, int(np.ceil(-np.log2(change))))  # so that they pass a midpoint
    if stride > 1:
        start = min(start, end - steps * stride)
        ends = _ends(truths, start, steps * stride, others)
    first, middle, last = ends
    share = np.arange(steps) / steps
    slope, bend = 4 * middle - last - 3 * first, 2 * (last - 2 * middle + first)
    results = first + share * (slope + bend * share)
    apart = np.abs(results - np.floor(results) - 0.5)
    best = int(apart.argmin())
    return start + stride * best if apart[best] < NEAR else None


def _ends(truths: Truths, start: int, reach: int, others: tuple[int, ...]) -> Numbers:
    """The results at both ends of a progression, and in its middle."""
    return in_ulps(truths, [start, start + reach // 2, start + reach], *others)


def in_ulps(truths: Truths, patterns: list[int], *others: int) -> Numbers:
    """The results at these patterns, in ulps, but for a whole number that is the same for all.

    NaN where they are of another binade than the first.
    """
    number = dtypes.numpy_dtype(truths.dtype)
    columns = [[other] * len(patterns) for other in others]
    arrays: list[NDArray[Any]] = [
        np.array(each, f"u{number.itemsize}").view(number) for each in (*columns, patterns)
    ]
    with np.errstate(all="ignore"):
        hi, lo = truths.exactly(tuple(arrays))
        unit = dtypes.format_of(truths.result).ulp(hi)
        ulps = np.mod(hi[0] / unit[0], 1) + (hi - hi[0]) / unit + lo / unit
    return np.where(unit == unit[0], ulps, np.nan)


def of_squares(drawn: NDArray[np.uint64], dtype: str) -> NDArray[np.uint64]:
    """Numbers of half as many bits, in place of those drawn: many of their squares are midpoints.

    An odd number of p // 2 + 1 bits has a square that is odd, too, of p or p + 1 bits, or p + 2.
    """
    p = dtypes.format_of(dtype).p
    cut = np.uint64(p - 1 - p // 2)
    return (drawn >> cut | np.uint64(1)) << cut
