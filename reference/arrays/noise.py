"""``Noise``: the errors of honest implementations, many samples of them side by side.

Most are random. An elementwise primitive with a budget of k ulp is off by a uniform error in ±k
ulp; a contraction over K products by an error of standard deviation u_acc·√K·(|Σab|/√3 + √Σ(ab)²),
u_acc the unit roundoff of the accumulator, with K/2 in place of √K where all products are equal.
Results beyond the largest number of the format in which intermediates are kept become infinite, as
they would there.

Others lean to one side: what the tables admit without any rounding being random. A function within
a budget of k ulp rounds its result, by at most ½ ulp, and may be off by k - ½ ulp beside that in
the same direction wherever it is called: in a whole binade, in every case. A constant that is held
rounded is off alike in all calls; so are operands that are cut to few bits. Such errors do not
average out over the elements of a test, so what they may add up to is drawn apart.

An accumulator that rounds toward zero loses 0.36·n·u of a sum of n terms of either sign (simulated
over normal products added one by one; in other orders it loses less).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.arrays.primitives import is_complex
from tensorcts.reference.arrays.stacked import Stacked, stack, stacked
from tensorcts.reference.dtypes import Format, binades

TRUNCATED = 0.36

SLIGHT = 2.0**-50
"""More than float64 arithmetic is off by."""

SIGNS_AND_EXPONENTS = 2**12
"""What the first twelve bits of a float64 tell apart."""

_BELOW = np.uint64(64 - 12)
"""The bits below those."""

NOTHING_LEANS = np.zeros((0, SIGNS_AND_EXPONENTS))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """The errors of honest implementations.

    budgets: ulps of ``intermediates`` that each elementwise primitive may be off by; rows for
        complex results, normwise, stand under ``"complex " + name``.
    intermediates: the format that every intermediate result is rounded to.
    accumulator: the format that contractions and reductions accumulate in.
    flush: by how many times its size a subnormal result may be off: once where it may become 0,
        more often where errors are drawn larger than in earnest, 0 where it stays.
    operand_bits: the significand bits that contractions keep of their operands.
    truncating: whether accumulators may round toward zero.
    own: the accumulators of primitives, by name, that have another one.
    samples: how many times each random error is drawn, side by side; None is once, into a plain
        array.
    leanings: samples beyond those, without random errors. Each has a row: how far its results of
        one sign and exponent lean, from -1 to 1 times what is allowed them.
    """

    budgets: Mapping[str, float]
    intermediates: Format
    accumulator: Format
    generator: np.random.Generator
    flush: float = 0.0
    operand_bits: int = 53
    truncating: bool = False
    own: Mapping[str, Format] = field(default_factory=dict)
    samples: int | None = None
    leanings: Floats = field(default_factory=lambda: NOTHING_LEANS)

    @property
    def drawn(self) -> int:
        """The samples with random errors; they come first."""
        return 1 if self.samples is None else self.samples

    @property
    def count(self) -> int:
        """The samples of either kind."""
        return self.drawn + len(self.leanings)

    def budget(self, name: str, result: Any) -> float:
        """The ulps that a primitive may be off by, normwise where its result is complex."""
        return self.budgets[f"complex {name}" if is_complex(result) else name]

    def apart(self, at_once: int) -> Iterator[Noise]:
        """The same samples in order, at most so many side by side."""
        for start in range(0, self.count, at_once):
            yield self.some(range(start, min(start + at_once, self.count)))

    def some(self, places: Sequence[int]) -> Noise:
        """The samples at these places, in ascending order."""
        leaning = [place - self.drawn for place in places if place >= self.drawn]
        drawn = len(places) - len(leaning)
        return replace(self, samples=drawn, leanings=self.leanings[leaning])

    def within(self, primitive: Callable[..., Any]) -> Noise:
        """The errors of a primitive, which may accumulate in a format of its own."""
        form = self.own.get(getattr(primitive, "__name__", ""))
        return self if form is None else replace(self, accumulator=form)

    def taken(self, x: Any) -> Any:
        """``x`` as a contraction takes it: rounded to the bits that it keeps, or cut off alike."""
        if isinstance(x, str) or self.operand_bits >= self.intermediates.p:
            return x
        few = replace(self.intermediates, p=self.operand_bits)
        return replace(self, intermediates=few).held(x)

    def held(self, number: Any) -> Any:
        """A constant, off by its rounding, which is the same wherever it is used."""
        return self.wrapped(self._off(stacked(number), 0.5, 0.5))

    def rounded(self, y: Any, ulps: Any) -> Any:
        """``y`` off by a uniform error of at most ``ulps`` ulp (normwise for complex numbers)."""
        values = stacked(y)
        if isinstance(ulps, float):
            return self.wrapped(self._off(values, ulps, max(ulps - 0.5, 0.0)))
        most = stack(ulps, values.ndim - 1)
        return self.wrapped(self._off(values, most, np.maximum(most - 0.5, 0.0)))

    def accumulated(self, y: Any, root: Any, terms: Any, along: int | None = None) -> Any:
        """``y`` off by the error of a sum of ``terms`` terms; root: that of their squares.

        along: the axis of a scan, each of whose sums has the errors of those before it.
        """
        values = stacked(y)
        root = stack(root, values.ndim - 1)
        terms = terms if isinstance(terms, float) else stack(terms, values.ndim - 1)
        unit = self.accumulator.unit_roundoff
        size = np.abs(values) * math.sqrt(1 / 3) + root
        size *= unit * self._roundings(values, root, terms)
        off = self._signed(values, size, along)
        if self.truncating:
            lost = values * np.minimum(TRUNCATED * unit * terms, 0.5)
            off[self.drawn :] = -_rows(lost, slice(self.drawn, None))
        off += values
        if not (finite := np.isfinite(size)).all():
            off = np.where(finite, off, values)
        return self.wrapped(self._off(off, 0.5, 0.0))

    def _roundings(self, y: NDArray[Any], root: Any, terms: Any) -> Any:
        """How many times as large as one rounding of the sum those of its partial sums are.

        They are independent, except where the terms differ by less than half an ulp of their sum:
        then all are off alike, by a part of partial sums that are half the sum on average.
        """
        independent = np.sqrt(np.maximum(terms, 1))
        spread = (self.accumulator.unit_roundoff * terms) ** 2 / 2 + SLIGHT
        size = np.abs(np.add.reduce(y)) * ((1 + spread) / len(y))
        alike = independent * root <= size  # Cauchy & Schwarz
        if not alike.any():
            return independent
        return np.where(alike, np.maximum(independent, terms / 2), independent)

    def scaled(self, y: Any, relative: Any, along: int | None = None) -> Any:
        """``y`` off by an error of a relative standard deviation, then rounded; along a scan."""
        values = stacked(y)
        off = self._signed(values, stack(relative, values.ndim - 1), along)
        off *= values
        off += values
        return self.wrapped(self._off(off, 0.5, 0.0))

    def wrapped(self, samples: NDArray[Any]) -> Any:
        """Samples as the results that they are."""
        return samples[0] if self.samples is None else Stacked(samples)

    def _off(self, y: NDArray[Any], ulps: Any, leaning: Any) -> NDArray[Any]:
        """Every sample of ``y``, off by up to ``ulps`` at random or by ``leaning`` to one side."""
        form, is_complex = self.intermediates, y.dtype.kind == "c"
        size = np.copysign(np.abs(y), y.real) if is_complex else y
        unit = binades(size)
        low, high = unit.min(initial=np.inf), unit.max(initial=0.0)
        if low < form.smallest_normal:
            unit = np.maximum(unit, form.smallest_normal)
        off: NDArray[Any] = self._errors(size, ulps, leaning)
        off *= unit
        off = off * self._directions(y, size) if is_complex else off
        off += y
        if low == 0 or high == np.inf:
            off = np.where((y != 0) & np.isfinite(y), off, y)
        if 2 * high > form.max and not is_complex:
            off = np.where(np.abs(off) > form.max, np.copysign(np.inf, off), off)
        return self._flushed(off) if self.flush and low <= form.smallest_normal else off

    def _errors(self, size: NDArray[Any], ulps: Any, leaning: Any) -> Floats:
        """Those of every sample, over the powers of two below the sizes."""
        errors, ulp = np.empty((self.count, *size.shape[1:])), 2.0 ** (1 - self.intermediates.p)
        drawn, leant = errors[: self.drawn], errors[self.drawn :]
        words = self._words(drawn.shape)
        np.multiply(words, ulp * 2.0**-15 * _rows(ulps, slice(self.drawn)), out=drawn)
        if not isinstance(leaning, float) or leaning:
            leant[:] = self._leans(_rows(size, slice(self.drawn, None)))
            leant *= ulp * _rows(leaning, slice(self.drawn, None))
        else:
            leant[:] = 0.0
        return errors

    def _leans(self, size: Floats) -> Floats:
        """How far each element leans in the samples without random errors."""
        place = (size.view(np.uint64) >> _BELOW).view(np.int64)
        if len(place) == 1:
            return np.take(self.leanings, place[0], axis=1)
        np.add(place.T, SIGNS_AND_EXPONENTS * np.arange(len(place)), out=place.T)
        return np.take(self.leanings, place)

    def _signed(self, y: NDArray[Any], size: Floats, along: int | None) -> NDArray[Any]:
        """Sizes with a random sign (phase) for every sample: just this is their mean square.

        The error that outweighs all others in most results would else make σ a matter of luck.
        Along a scan's axis a random walk takes the place of signs.
        """
        signed = np.zeros((self.count, *y.shape[1:]), y.dtype)
        drawn, most = signed[: self.drawn], _rows(size, slice(self.drawn))
        if y.dtype.kind == "c":
            drawn[:] = self._phases(drawn.shape)
        else:
            np.copysign(1.0, self._words(drawn.shape), out=drawn)
        if along is not None:
            steps = np.moveaxis(drawn, along % (y.ndim - 1) + 1, -1)
            steps[:] = np.cumsum(steps, axis=-1) / np.sqrt(np.arange(1, steps.shape[-1] + 1))
        drawn *= most
        return signed

    def _directions(self, y: NDArray[Any], size: Floats) -> NDArray[np.complex128]:
        """Of complex errors: any for those that are random, that of ``y`` for those that lean."""
        directions = np.empty((self.count, *y.shape[1:]), np.complex128)
        directions[: self.drawn] = self._phases(directions[: self.drawn].shape)
        directions[self.drawn :] = _rows(y / size, slice(self.drawn, None))
        return directions

    def _phases(self, shape: tuple[int, ...]) -> NDArray[np.complex128]:
        return np.exp(1j * np.pi * 2.0**-15 * self._words(shape))

    def _words(self, shape: tuple[int, ...]) -> NDArray[np.int16]:
        """A random word of 16 bits for each element, four from one of the generator."""
        size = math.prod(shape)
        words: NDArray[np.uint64] = self.generator.bit_generator.random_raw(-(-size // 4))
        return words.view(np.int16)[:size].reshape(shape)

    def _flushed(self, y: NDArray[Any]) -> NDArray[Any]:
        tiny = np.abs(y) < self.intermediates.smallest_normal
        tiny[: self.drawn] &= self._words(tiny[: self.drawn].shape) < 0
        tiny[self.drawn :] = False
        np.multiply(y, 1.0 - self.flush, out=y, where=tiny)
        return y


def _rows(samples: Any, part: slice) -> Any:
    """Some samples of a stack; a number, or an array that is the same in all, as it is."""
    return samples if isinstance(samples, float) or len(samples) == 1 else samples[part]
