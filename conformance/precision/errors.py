"""Errors of a strip in Kahan's ulps, signed; and what can't be told in ulps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from tensorcts.conformance.precision.evaluations import Numbers
from tensorcts.reference import dtypes
from tensorcts.reference.dtypes import Format
from tensorcts.tolerances import ulps

EXPONENT = np.int64(0x7FF << 52)

LARGEST = 2.0**500
"""Errors of more ulps count as so many, so that their squares are numbers."""


@dataclass(frozen=True)
class Scale:
    """What the errors of a format are measured by.

    beyond: the first number past the largest, which an infinite result counts as.
    """

    form: Format
    has_infinity: bool

    @property
    def top(self) -> float:
        """The distance of the largest numbers."""
        return float(np.ldexp(1.0, int(np.frexp(self.form.max)[1]) - self.form.p))

    @property
    def beyond(self) -> float:
        """The first number past the largest; for float64 an infinity."""
        with np.errstate(over="ignore"):
            return float(np.float64(self.form.max) + self.top)


@cache
def scale(name: str) -> Scale:
    """The scale of a dtype."""
    infinity = np.array(np.inf).astype(dtypes.numpy_dtype(name))
    return Scale(dtypes.format_of(name), bool(np.isinf(infinity)))


def narrow(got: Numbers, y: Numbers, by: Scale) -> Numbers:
    """The errors of results of a format of p ≤ 25, as ``ulps.error`` has them, but signed.

    The ulp is that of the number 2**-(p+1) of its binade nearer to zero: up to a quarter ulp above
    a power of two it is the ulp below. NaN where a result or a truth is.
    """
    truth = np.minimum(np.maximum(y, -by.beyond), by.beyond)
    unit = np.abs(truth)
    binade = unit.view(np.int64) & EXPONENT
    unit -= binade.view(np.float64) * by.form.unit_roundoff / 2
    unit = (unit.view(np.int64) & EXPONENT).view(np.float64)
    unit *= 2 * by.form.unit_roundoff
    np.clip(unit, by.form.smallest_subnormal, by.top, out=unit)
    error = np.minimum(np.maximum(got, -by.beyond), by.beyond)
    error -= truth
    error /= unit
    return error


def wide(got: Numbers, hi: Numbers, lo: Numbers, by: Scale) -> Numbers:
    """The errors of float64 results, whose truths are ``hi`` + ``lo``. NaN as in ``narrow``."""
    with np.errstate(all="ignore"):
        size = ulps.error(got, hi, lo, by.form) / ulps.kahan_ulp(hi, lo, by.form)
        signed = np.copysign(size, (got - hi) - np.where(np.isfinite(lo), lo, 0.0))
    return np.where(np.isnan(got) | np.isnan(hi), np.nan, np.clip(signed, -LARGEST, LARGEST))
