"""Errors of a strip in Kahan's ulps, signed; and what can't be told in ulps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from tensorcts.conformance.precision.evaluations import Numbers
from tensorcts.reference import dtypes
from tensorcts.reference.dtypes import Format
from tensorcts.tolerances import ulps

EXPONENT = np.int64(0x7FF << 52)

BIAS = 1023
"""Of a float64's exponent field."""

LARGEST = 2.0**500
"""Errors of more ulps count as so many, so that their squares are numbers."""


@dataclass(frozen=True)
class Scale:
    """What the errors of a format are measured by."""

    form: Format

    @cached_property
    def top(self) -> float:
        """The distance of the largest numbers."""
        return float(np.ldexp(1.0, int(np.frexp(self.form.max)[1]) - self.form.p))

    @cached_property
    def beyond(self) -> float:
        """The first number past the largest: an infinite result counts as it."""
        return self.form.max + self.top

    @cached_property
    def fields(self) -> tuple[int, int]:
        """The exponent fields, in place, of the format's normal numbers but for the last binade."""
        last = int(np.frexp(self.form.max)[1]) - 2
        return (self.form.emin + BIAS) << 52, (last + BIAS) << 52

    @cached_property
    def quarter(self) -> np.int64:
        """A quarter of an ulp, as a float64's bits count it."""
        return np.int64(1 << (51 - self.form.p))

    @cached_property
    def reciprocal(self) -> np.int64:
        """Less an exponent field: the bits of the reciprocal of that binade's ulp."""
        return np.uint64((2 * BIAS + self.form.p - 1) << 52).view(np.int64)


@cache
def scale(name: str) -> Scale:
    """The scale of a dtype."""
    return Scale(dtypes.format_of(name))


def narrow(got: Numbers, y: Numbers, by: Scale) -> tuple[Numbers, bool]:
    """The errors of results of a format of p ≤ 25, as ``ulps.error`` has them, but signed.

    A truth past the largest number counts as the first number past it, whatever the result. NaN
    where a result or a truth is. And whether all truths are normal numbers of the format, below
    its last binade.

    Up to a quarter ulp above a power of two the ulp is that below: the truth less a quarter of an
    ulp is of the binade that counts, and a subtraction of the bits borrows from their exponents.
    """
    field = y.view(np.int64) - by.quarter
    field &= EXPONENT
    least, most = by.fields
    if not (least <= field.min() and field.max() <= most):
        return _beside_the_ends(got, y, by), False
    np.subtract(by.reciprocal, field, out=field)
    error = got - y
    error *= field.view(np.float64)
    if not (np.isfinite(error.max()) and np.isfinite(error.min())):
        return _beside_the_ends(got, y, by), False
    return error, True


def _beside_the_ends(got: Numbers, y: Numbers, by: Scale) -> Numbers:
    """The errors where numbers are subnormal or beyond the largest; the slower way."""
    truth = np.clip(y, -by.beyond, by.beyond)
    bits = np.abs(truth).view(np.int64)
    np.maximum(bits, np.int64(by.fields[0]), out=bits)
    bits -= by.quarter
    bits &= EXPONENT
    unit = bits.view(np.float64)
    unit *= 2 * by.form.unit_roundoff
    np.clip(unit, by.form.smallest_subnormal, by.top, out=unit)
    error = np.clip(got, -by.beyond, by.beyond)
    error -= truth
    error /= unit
    return error


def wide(got: Numbers, hi: Numbers, lo: Numbers, by: Scale) -> Numbers:
    """The errors of float64 results, whose truths are ``hi`` + ``lo``. NaN as in ``narrow``."""
    with np.errstate(all="ignore"):
        size = ulps.error(got, hi, lo, by.form) / ulps.kahan_ulp(hi, lo, by.form)
        signed = np.copysign(size, (got - hi) - np.where(np.isfinite(lo), lo, 0.0))
    return np.where(np.isnan(got) | np.isnan(hi), np.nan, np.clip(signed, -LARGEST, LARGEST))
