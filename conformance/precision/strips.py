"""One strip's figures: results beside their truths, as a row and a histogram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.precision import errors
from tensorcts.conformance.precision.blocks import Bits
from tensorcts.conformance.precision.evaluations import Numbers
from tensorcts.conformance.precision.tallies import (
    BINS,
    FIRST_OCTAVE,
    IN_OCTAVE,
    QUANTUM,
    Example,
    Row,
)
from tensorcts.reference import dtypes

Mask = NDArray[np.bool_]

FRACTION_BITS = 52
"""Of a float64: the bits after its exponent."""

PART_BITS = IN_OCTAVE.bit_length() - 1
"""Of these, those that tell the parts of an octave apart."""


@dataclass
class Strip:
    """Inputs of one binade, the bits of their results in the dtype ``result``, and their truths.

    inputs: the bits of each argument, which broadcast.
    """

    result: str
    inputs: Sequence[Bits]
    got: Bits
    hi: Numbers
    lo: Numbers | None = None

    @cached_property
    def numbers(self) -> Numbers:
        """The results as float64."""
        return self.got.view(dtypes.numpy_dtype(self.result)).astype(np.float64)

    @cached_property
    def errors(self) -> Numbers:
        """The errors in ulps, NaN where NaN is involved."""
        return self._errors[0]

    @property
    def plain(self) -> bool:
        """Whether no truth comes near to zero or to the largest number."""
        return self._errors[1]

    @cached_property
    def _errors(self) -> tuple[Numbers, bool]:
        by = errors.scale(self.result)
        if self.lo is None:
            return errors.narrow(self.numbers, self.hi, by)
        return errors.wide(self.numbers, self.hi, self.lo, by), False

    def example(self, place: int) -> Example:
        """The point at a place."""
        inputs = tuple(int(x[place if len(x) > 1 else 0]) for x in self.inputs)
        error, truth = float(self.errors[place]), float(self.hi[place]).hex()
        return Example(inputs, int(self.got[place]), truth, np.inf if np.isnan(error) else error)


@np.errstate(all="ignore")
def judge(strip: Strip) -> tuple[Row, NDArray[np.intp]]:
    """The figures of a strip's points, and the histogram of their errors."""
    if np.isnan(strip.hi).all() and np.isnan(strip.numbers).all():
        return Row(len(strip.hi)), np.zeros(BINS, np.intp)
    error = strip.errors
    size = np.abs(error)
    total, odd = float(size.sum()), 0
    if np.isnan(total):
        nothing = np.isnan(size)
        odd = int(np.count_nonzero(nothing))
        error, size = (np.where(nothing, 0.0, each) for each in (error, size))
        total = float(size.sum())
    worst = int(size.argmax())
    largest = float(size[worst])
    masks = _counted(strip, size, largest, odd)
    counts = {kind: n for kind, mask in masks if (n := int(np.count_nonzero(mask)))}
    row = Row(
        points=len(size),
        compared=len(size) - odd,
        total=quanta(total),
        bias=quanta(float((error * np.copysign(1.0, strip.hi)).sum())),
        squares=quanta(float(np.square(error).sum())),
        worst=strip.example(worst) if largest else None,
        counts=Counter(counts),
        examples={k: strip.example(int(mask.argmax())) for k, mask in masks if k in counts},
    )
    histogram = np.bincount(bins(size), minlength=BINS)
    histogram[0] -= odd
    return row, histogram


def bins(size: Numbers) -> NDArray[np.int64]:
    """The histogram's bin of each size: the leading bits of a float64 are its octave and part."""
    place = size.view(np.int64) >> (FRACTION_BITS - PART_BITS)
    place -= (1023 + FIRST_OCTAVE) * IN_OCTAVE - 1
    np.maximum(place, 0, out=place)
    return np.minimum(place, BINS - 1, out=place)


def quanta(amount: float) -> int:
    """A sum in units of QUANTUM."""
    return round(amount / QUANTUM)


def _counted(strip: Strip, size: Numbers, largest: float, odd: int) -> list[tuple[str, Mask]]:
    """The points of each kind, of the kinds that may occur."""
    found: list[tuple[str, Mask]] = []
    if largest >= 0.5:
        wrong = size > 0.5
        ties = np.flatnonzero(size == 0.5)
        wrong[ties] = strip.numbers[ties] != _rounded(strip, ties)
        found.append(("misrounded", wrong))
    if odd:
        truthless = np.isnan(strip.hi)
        found.append(("nan_for_a_number", np.isnan(strip.numbers) & ~truthless))
        found.append(("number_for_nan", ~np.isnan(strip.numbers) & truthless))
    lost = 2.0 ** (dtypes.format_of(strip.result).p - 2)  # as where a result is 0 or an infinity
    return found if strip.plain and largest < lost else found + _at_the_ends(strip)


def _rounded(strip: Strip, where: NDArray[np.intp] | slice) -> Numbers:
    """The truths rounded once, as float64."""
    if strip.result == "float32":  # the truth lies on its side of every midpoint
        return strip.hi[where].astype(np.float32).astype(np.float64)
    lo = np.zeros(strip.hi[where].shape) if strip.lo is None else strip.lo[where]
    return dtypes.widen(dtypes.round_once(strip.hi[where], lo, strip.result))


def _at_the_ends(strip: Strip) -> list[tuple[str, Mask]]:
    """What happens next to zero and beyond the largest number."""
    got, wanted = strip.numbers, _rounded(strip, slice(None))
    zero = wanted == 0
    subnormal = np.abs(wanted) < dtypes.format_of(strip.result).smallest_normal
    subnormal &= ~zero
    found = [("subnormal_results", subnormal)]
    if zero.any():
        other_sign = np.signbit(got) != np.signbit(strip.hi)
        found.append(("sign_of_zero", zero & (got == 0) & other_sign))
    if np.array_equal(got, wanted):
        return found
    number = ~np.isnan(got) & ~np.isnan(strip.hi)
    return [
        *found,
        ("infinity_for_a_number", np.isinf(got) & ~np.isinf(wanted) & number),
        ("number_for_infinity", ~np.isinf(got) & np.isinf(wanted) & number),
        ("flushed", subnormal & (got == 0)),
    ]
