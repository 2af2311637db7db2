"""Arguments at which a function is hard: its edges, and in every binade multiples of π/2."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.edges import EDGES
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.multiprecision import MP

PERIODIC = ("sin", "cos", "tan")

NEIGHBOURS = 4
"""So many numbers on either side of an edge are taken with it."""


@cache
def magnitudes(op: str, dtype: str) -> NDArray[np.uint64]:
    """The hard arguments' magnitudes as bit patterns, ascending."""
    form = dtypes.format_of(dtype)
    points = [abs(x) for x in EDGES[op](form)] if op in EDGES else []
    points += [form.max, form.smallest_normal, 1.0]
    found = [m for x in points for m in _around(_pattern(x, dtype), dtype)]
    if op in PERIODIC:
        found += [_pattern(x, dtype) for x in beside_multiples_of_half_pi(dtype)]
    return np.unique(np.array(found, np.uint64))


def _pattern(x: float, dtype: str) -> int:
    numpy_dtype = dtypes.numpy_dtype(dtype)
    with np.errstate(all="ignore"):
        rounded = np.asarray(x).astype(numpy_dtype)
    return int(rounded.view(f"u{numpy_dtype.itemsize}"))


def _around(pattern: int, dtype: str) -> range:
    top = 2 ** (8 * dtypes.numpy_dtype(dtype).itemsize - 1)
    return range(max(pattern - NEIGHBOURS, 0), min(pattern + NEIGHBOURS + 1, top))


def beside_multiples_of_half_pi(dtype: str) -> list[float]:
    """For each binade the numbers of the format that lie nearest to a multiple of π/2.

    They are m·2**e whose m is the denominator of a convergent of 2**e/(π/2): no smaller m brings
    the product nearer to a whole number (Muller, Elementary Functions, 2016, §11.3.2).
    """
    form = dtypes.format_of(dtype)
    top = int(np.frexp(form.max)[1])
    found = []
    with MP.workprec(2 * top + 4 * form.p):
        for exponent in range(-form.p, top - form.p + 1):
            largest = max(m for m in _denominators(MP.mpf(2) ** (exponent + 1) / MP.pi, 2**form.p))
            found.append(float(np.ldexp(float(largest), exponent)))
    return found


def _denominators(x: Any, limit: int) -> list[int]:
    """The denominators below the limit of the convergents of x."""
    before, current, found = 0, 1, [1]
    while True:
        whole = MP.floor(x)
        x = 1 / (x - whole) if x != whole else MP.inf
        if MP.isinf(x):
            return found
        before, current = current, int(MP.floor(x)) * current + before
        if current >= limit:
            return found
        found.append(current)
