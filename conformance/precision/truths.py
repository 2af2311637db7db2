"""Truths at speed: float64 arithmetic where it decides how a result rounds, else as many bits as
it takes.

Ziv's test: if the float64 result ± its margin rounds to one number of the format, so does the
truth. What is left, one input in 2**18 or so, is computed by ``Exact``, and comes back as a float64
rounded to odd: its last bit says that something was cut off, so that it lies on the truth's side of
every midpoint of a format of up to 51 bits. One float64 is all there is to a truth.

Results in float64 itself are all computed by ``Exact``, as ``hi`` + ``lo``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import oracle
from tensorcts.conformance.cases import Case
from tensorcts.conformance.precision import errors, evaluations
from tensorcts.conformance.precision.evaluations import Evaluation, Margin, Numbers
from tensorcts.conformance.precision.functions import Function
from tensorcts.conformance.truths import split
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import PRECISION, precision

TINY = 2.0**-60
"""Below it no format of p ≤ 24 can tell a function from its tangent at 0, but for its side."""

AGREED = 2.0**-20
"""Float64 ulps that more bits may change a truth by."""

MOST_BITS = 2**13
"""A double's smallest number takes 1074 bits to be told from 0 beside 1."""

PIECE = 2**15
"""Points at a time: what is computed of them stays in a processor's L2 cache."""

WITHOUT_INFINITY = ("float8_e4m3fn",)
"""Formats past whose largest number there is NaN."""

Arrays = tuple[NDArray[Any], ...]


@dataclass(frozen=True)
class Truths:
    """The truths of a function in a dtype.

    traits: the backend's, which choose among implementation-defined results.
    """

    function: Function
    dtype: str
    traits: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def evaluate(self) -> Evaluation:
        """The function in float64 arithmetic."""
        return evaluations.evaluation(self.function)

    @cached_property
    def margin(self) -> Margin:
        """How far that may be off."""
        return evaluations.margin(self.function)

    @cached_property
    def result(self) -> str:
        """The dtype of the results."""
        return self.function.result_dtype(self.dtype)

    def __call__(self, *arrays: NDArray[Any]) -> tuple[Numbers, Numbers | None]:
        """The truths at arrays of the dtype: ``hi``, and ``lo`` where the results are float64."""
        arrays = tuple(np.broadcast_arrays(*arrays))
        with np.errstate(all="ignore"):
            if self.result == "float64":
                return self.exactly(arrays)
            y = np.empty(arrays[0].shape)
            starts = range(0, len(y), PIECE)
            where = np.concatenate([self._evaluate(y, arrays, start) for start in starts])
            if len(where):
                y[where] = self._decided(y[where], tuple(a[where] for a in arrays))
            return y, None

    def _evaluate(self, y: Numbers, arrays: Arrays, start: int) -> NDArray[np.intp]:
        """Fill a piece of y; the positions of what float64 arithmetic leaves undecided."""
        pieces = tuple(a[start : start + PIECE] for a in arrays)
        xs = tuple(dtypes.widen(p) * 1.0 for p in pieces)  # which makes signalling NaNs quiet
        piece = y[start : start + PIECE]
        piece[:] = self.evaluate(*xs)
        self._choose(piece, xs, pieces)
        if self.result in WITHOUT_INFINITY:
            rounded = dtypes.round_once(piece, np.zeros(piece.shape), self.result)
            piece[np.isnan(dtypes.widen(rounded))] = np.nan
        return self.undecided(piece, xs) + start

    def undecided(self, y: Numbers, xs: tuple[Numbers, ...]) -> NDArray[np.intp]:
        """The positions whose rounding float64 arithmetic does not decide."""
        if self.margin.nothing:
            return np.zeros(0, np.intp)
        around = self.margin.around(y, xs)
        if self.result == "float32":
            differ = (y - around).astype(np.float32) != (y + around).astype(np.float32)
        else:
            differ = _near_a_midpoint(y, around, self.result)
        if not differ.any():
            return np.zeros(0, np.intp)
        return np.flatnonzero(differ & (np.abs(y) < errors.scale(self.result).beyond))

    def exactly(self, arrays: Arrays) -> tuple[Numbers, Numbers]:
        """The truths as ``hi`` + ``lo``, by as many bits as it takes for more not to change them.

        Raises ArithmeticError where so many are not found.
        """
        bits, left = PRECISION + _span(arrays), np.arange(len(arrays[0]))
        hi, lo = self._by(arrays, bits)
        while len(left):
            if bits > MOST_BITS:
                raise ArithmeticError(f"{self.function.name}: {bits} bits don't give its values")
            bits *= 2
            before = hi[left], lo[left]
            hi[left], lo[left] = self._by(tuple(a[left] for a in arrays), bits)
            left = left[_differ(before, (hi[left], lo[left]))]
        return hi, lo

    def _by(self, arrays: Arrays, bits: int) -> tuple[Numbers, Numbers]:
        """The definition's values by an arithmetic of so many bits."""
        case = Case(self.function.op, self.dtype, arrays, self.function.attrs)
        options = oracle.options_of(case, self.traits)
        plain = np.asarray(oracle.interpreted(case, options, lambda x: x)[0])
        with precision(bits):
            return split(oracle.interpreted(case, options, Exact)[0], plain)

    def _decided(self, y: Numbers, arrays: Arrays) -> Numbers:
        """Float64's that lie on the truths' sides of all midpoints, in place of undecided ones."""
        side = self._side(tuple(map(dtypes.widen, arrays)), y)
        found = np.nextafter(y, side * np.inf)
        left = side == 0
        if left.any():
            found[left] = dtypes.round_to_odd(*self.exactly(tuple(a[left] for a in arrays)))
        return found

    def _side(self, xs: tuple[Numbers, ...], y: Numbers) -> Numbers:
        """On which side of float64's result the truth lies, where a rule tells; else 0."""
        if self.function.op.name in evaluations.UNDER_TANGENT:
            return -np.copysign(np.abs(xs[1]) < TINY, xs[0])
        x = xs[0]
        near = np.where(x > 0, *self.sides) * (np.abs(x) < TINY)
        beyond = evaluations.BEYOND.get(self.function.op.name, np.inf)
        return np.where(np.abs(x) > beyond, np.sign(y), near)

    @cached_property
    def sides(self) -> tuple[float, float]:
        """On which side of its tangent at 0 the function lies, for x > 0 and for x < 0; 0: unknown.

        Known where the tangent is a power of two times x, which float64 arithmetic gives, and where
        the dtype has numbers that small: gelu's x/2 is a midpoint of every other subnormal number.
        """
        if self.function.arity > 1 or dtypes.format_of(self.dtype).smallest_normal > TINY:
            return 0.0, 0.0
        x = np.array([TINY, -TINY], dtypes.numpy_dtype(self.dtype))
        with np.errstate(all="ignore"):
            hi, lo = self.exactly((x,))
        tangent = np.frexp(hi / dtypes.widen(x))[0] == 0.5
        right, left = np.where(tangent, np.sign(lo), 0.0)
        return float(right), float(left)

    def _choose(self, y: Numbers, xs: tuple[Numbers, ...], arrays: Arrays) -> None:
        """Put the options that the backend declares in place of the definition's own results."""
        for choice in self.function.op.choices:
            where = np.flatnonzero(choice.where(*xs, **self.function.attrs))
            if len(where):
                chosen = tuple(a[where] for a in arrays)
                case = Case(self.function.op, self.dtype, chosen, self.function.attrs)
                options = oracle.options_of(case, self.traits)
                y[where] = np.asarray(oracle.interpreted(case, options, lambda x: x)[0])


def _span(arrays: Arrays) -> int:
    """The bits between 1 and the smallest number: by so much second terms are below first ones."""
    sizes = [np.abs(dtypes.widen(a)) for a in arrays]
    exponents = [np.frexp(s[(s > 0) & (s < np.inf)])[1].min(initial=0) for s in sizes]
    return -int(min(exponents))


def _differ(one: tuple[Numbers, Numbers], other: tuple[Numbers, Numbers]) -> NDArray[np.bool_]:
    """Whether two numbers, each ``hi`` + ``lo``, are not as good as the same."""
    change = np.abs((other[0] - one[0]) + (other[1] - one[1]))
    return np.asarray(change > AGREED * np.spacing(np.abs(other[0])))


def _near_a_midpoint(y: Numbers, around: Numbers, name: str) -> NDArray[np.bool_]:
    """Whether a midpoint of the format lies within ``around`` of y."""
    unit = dtypes.format_of(name).ulp(y)
    scaled = y / unit
    scaled -= np.floor(scaled)
    scaled -= 0.5
    return np.asarray(np.abs(scaled) <= around / unit)
