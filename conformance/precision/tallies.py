"""What a sweep counts: rows, one for each binade of the (first) input, that add up.

Adding is associative and commutative to the bit: counts and sums are integers, sums of ulps in
units of ``QUANTUM``, and of two errors of one size that of the smaller pattern is kept. So neither
the order of the blocks nor who ran them shows in the result. A strip's sums are float64 sums over
the same inputs in the same order wherever it is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

QUANTUM = 2.0**-40
"""The unit of sums of ulps, and of squares of ulps."""

COUNTERS = (
    "misrounded",
    "nan_for_a_number",
    "number_for_nan",
    "infinity_for_a_number",
    "number_for_infinity",
    "sign_of_zero",
    "subnormal_results",
    "flushed",
    "monotonicity",
    "symmetry",
)
"""What is counted of a row's points:

``misrounded``             not the number nearest to the truth (of two the even one)
``nan_for_a_number``       NaN where the function has a value
``number_for_nan``         a value where it has none
``infinity_for_a_number``  an overflow where the truth rounds to a finite number
``number_for_infinity``    a finite number where the truth rounds to an infinity
``sign_of_zero``           a zero of the other sign than the truth's
``subnormal_results``      truths that round to a subnormal number
``flushed``                of these those where the result is zero
``monotonicity``           a step from one input to the next against the function's
``symmetry``               f(-x) is not ∓f(x), as the function's parity says it is
"""


@dataclass(frozen=True)
class Example:
    """One input with what came of it.

    inputs, got: bit patterns.
    truth: the float64 nearest to it, as float.hex() gives it.
    error: in ulps, signed as got - truth; infinite where one of the two is NaN.
    """

    inputs: tuple[int, ...]
    got: int
    truth: str
    error: float

    @property
    def place(self) -> tuple[Any, ...]:
        """What the first of several has the smallest of."""
        return self.inputs, self.got, self.truth, self.error

    @property
    def rank(self) -> tuple[Any, ...]:
        """What the worst of several has the smallest of."""
        return -abs(self.error), *self.place


@dataclass(frozen=True)
class Row:
    """The figures of some points.

    points: all of them; compared: those whose error in ulps counts (not where NaN is involved).
    total: the sum of the errors' sizes; bias: of the errors, positive away from zero; squares: of
        their squares; all in units of QUANTUM.
    counts: of COUNTERS; examples: of each, the smallest input.
    """

    points: int = 0
    compared: int = 0
    total: int = 0
    bias: int = 0
    squares: int = 0
    worst: Example | None = None
    counts: Counter[str] = field(default_factory=Counter)
    examples: Mapping[str, Example] = field(default_factory=dict)

    def __add__(self, other: Row) -> Row:
        """The figures of both rows' points, which have none in common."""
        return Row(
            self.points + other.points,
            self.compared + other.compared,
            self.total + other.total,
            self.bias + other.bias,
            self.squares + other.squares,
            min(filter(None, (self.worst, other.worst)), key=lambda e: e.rank, default=None),
            self.counts + other.counts,
            _first(self.examples, other.examples),
        )


def _first(one: Mapping[str, Example], other: Mapping[str, Example]) -> dict[str, Example]:
    """Of each kind the example of the smallest input."""
    kinds = sorted({*one, *other})
    return {k: min((e[k] for e in (one, other) if k in e), key=lambda x: x.place) for k in kinds}


@dataclass(frozen=True)
class Tally:
    """A sweep's figures, or a block's.

    rows: by sign and exponent field of the first input (``blocks.Layout.binade``).
    histogram: how many errors there are of each size (``histograms``).
    """

    rows: Mapping[int, Row] = field(default_factory=dict)
    histogram: Counter[int] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        """The figures of both."""
        nothing = Row()
        keys = sorted({*self.rows, *other.rows})
        rows = {k: self.rows.get(k, nothing) + other.rows.get(k, nothing) for k in keys}
        return Tally(rows, self.histogram + other.histogram)

    @property
    def all(self) -> Row:
        """The figures of all points."""
        return reduce(Row.__add__, self.rows.values(), Row())

    def percentile(self, share: float) -> float:
        """The size, in ulps, that this share of the errors does not exceed (a bin's upper end)."""
        wanted = share * self.histogram.total()
        found = 0
        for place in sorted(self.histogram):
            found += self.histogram[place]
            if found >= wanted:
                return min(upper_end(place), abs(worst.error) if (worst := self.all.worst) else 0.0)
        return 0.0


def merge(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return reduce(Tally.__add__, tallies, Tally())


# -- Histograms ------------------------------------------------------------------------------------

FIRST_OCTAVE = -20
"""Errors below 2**FIRST_OCTAVE ulp share the bin 0, ..."""

IN_OCTAVE = 8
"""... and those above fall into so many bins of each octave, of equal width, ..."""

LAST_OCTAVE = 64
"""... as far as this one, whose last bin has no end."""

BINS = 1 + IN_OCTAVE * (LAST_OCTAVE - FIRST_OCTAVE)


def upper_end(place: int) -> float:
    """The size at which a bin ends."""
    if place == BINS - 1:
        return float("inf")
    octave, part = divmod(place, IN_OCTAVE)
    return 2.0 ** (FIRST_OCTAVE + octave) * (1 + part / IN_OCTAVE)


# -- As JSON ---------------------------------------------------------------------------------------


def to_json(tally: Tally) -> dict[str, Any]:
    """A tally as what JSON can hold, to the bit."""
    rows = {str(key): _row_to_json(row) for key, row in tally.rows.items()}
    return {"rows": rows, "histogram": {str(k): n for k, n in sorted(tally.histogram.items())}}


def from_json(content: Mapping[str, Any]) -> Tally:
    """A tally read back."""
    rows = {int(key): _row_from_json(row) for key, row in content["rows"].items()}
    return Tally(rows, Counter({int(k): n for k, n in content["histogram"].items()}))


def _row_to_json(row: Row) -> list[Any]:
    worst = _example_to_json(row.worst) if row.worst else None
    examples = {k: _example_to_json(e) for k, e in row.examples.items()}
    sums = [row.points, row.compared, row.total, row.bias, row.squares]
    return [*sums, worst, dict(row.counts), examples]


def _row_from_json(content: list[Any]) -> Row:
    points, compared, total, bias, squares, worst, counts, examples = content
    read = {kind: _example_from_json(e) for kind, e in examples.items()}
    largest = _example_from_json(worst) if worst else None
    return Row(points, compared, total, bias, squares, largest, Counter(counts), read)


def _example_to_json(example: Example) -> list[Any]:
    return [list(example.inputs), example.got, example.truth, example.error.hex()]


def _example_from_json(content: list[Any]) -> Example:
    inputs, got, truth, error = content
    return Example(tuple(inputs), got, truth, float.fromhex(error))
