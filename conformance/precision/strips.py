"""One strip's figures: results beside their truths, as a row and a histogram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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
        by = errors.scale(self.result)
        if self.lo is None:
            return errors.narrow(self.numbers, self.hi, by)
        return errors.wide(self.numbers, self.hi, self.lo, by)

    def example(self, place: int) -> Example:
        """The point at a place."""
        inputs = tuple(int(x[place if len(x) > 1 else 0]) for x in self.inputs)
        error, truth = float(self.errors[place]), float(self.hi[place]).hex()
        return Example(inputs, int(self.got[place]), truth, np.inf if np.isnan(error) else error)


@np.errstate(all="ignore")
def judge(strip: Strip) -> tuple[Row, Counter[int]]:
    """The figures of a strip's points, and the histogram of their errors."""
    error, odd = strip.errors, np.zeros(0, np.intp)
    size = np.abs(error)
    total = float(size.sum())
    if np.isnan(total):
        odd = np.flatnonzero(np.isnan(error))
        error, size = np.nan_to_num(error), np.nan_to_num(size)
        total = float(size.sum())
    worst = int(size.argmax())
    away = float(error @ np.copysign(1.0, strip.hi))
    histogram = np.bincount(bins(size), minlength=BINS)
    histogram[0] -= len(odd)
    masks = dict(_counted(strip, size, odd))
    counts = Counter({k: int(np.count_nonzero(m)) for k, m in masks.items()})
    row = Row(
        points=len(size),
        compared=len(size) - len(odd),
        total=_quanta(total),
        bias=_quanta(away),
        squares=_quanta(float(np.square(size).sum())),
        worst=strip.example(worst) if size[worst] else None,
        counts=+counts,
        examples={k: strip.example(int(masks[k].argmax())) for k in +counts},
    )
    return row, Counter({int(k): int(histogram[k]) for k in np.flatnonzero(histogram)})


def bins(size: Numbers) -> NDArray[np.int64]:
    """The histogram's bin of each size: the leading bits of a float64 are its octave and part."""
    shift = FRACTION_BITS - int(np.log2(IN_OCTAVE))
    lowest = (1023 + FIRST_OCTAVE) * IN_OCTAVE
    place = np.asarray(size).view(np.int64) >> shift
    place -= lowest - 1
    return np.clip(place, 0, BINS - 1, out=place)


def _quanta(amount: float) -> int:
    return round(amount / QUANTUM)


def _counted(strip: Strip, size: Numbers, odd: NDArray[np.intp]) -> Iterator[tuple[str, Mask]]:
    """The points of each kind, of the kinds that occur."""
    wrong = size > 0.5
    ties = np.flatnonzero(size == 0.5)
    if len(ties):
        wrong[ties] = _tie_misrounded(strip, ties)
    yield "misrounded", wrong
    if len(odd):
        truthless = np.isnan(strip.hi)
        yield "nan_for_a_number", np.isnan(strip.numbers) & ~truthless
        yield "number_for_nan", ~np.isnan(strip.numbers) & truthless
    form = dtypes.format_of(strip.result)
    reach = np.abs(strip.hi)
    if not (reach.min() > form.smallest_normal and reach.max() < form.max and size.max() < 2):
        yield from _at_the_ends(strip, reach, odd)


def _tie_misrounded(strip: Strip, ties: NDArray[np.intp]) -> Mask:
    """Whether a result half an ulp off is not the even one, or the truth is no midpoint."""
    wanted = _rounded(strip, ties)
    return np.asarray(strip.numbers[ties] != wanted)


def _rounded(strip: Strip, where: NDArray[np.intp] | slice) -> Numbers:
    """The truths rounded once, as float64."""
    lo = np.zeros(strip.hi[where].shape) if strip.lo is None else strip.lo[where]
    return dtypes.widen(dtypes.round_once(strip.hi[where], lo, strip.result))


def _at_the_ends(strip: Strip, reach: Numbers, odd: NDArray[np.intp]) -> Iterator[tuple[str, Mask]]:
    """What happens next to zero and beyond the largest number."""
    got, form = strip.numbers, dtypes.format_of(strip.result)
    wanted = _rounded(strip, slice(None))
    number = ~np.isnan(got) & ~np.isnan(strip.hi)
    yield "infinity_for_a_number", np.isinf(got) & ~np.isinf(wanted) & number
    yield "number_for_infinity", ~np.isinf(got) & np.isinf(wanted) & number
    other_sign = np.signbit(got) != np.signbit(strip.hi)
    yield "sign_of_zero", (got == 0) & (wanted == 0) & other_sign
    subnormal = (wanted != 0) & (np.abs(wanted) < form.smallest_normal)
    yield "subnormal_results", subnormal
    yield "flushed", subnormal & (got == 0)
