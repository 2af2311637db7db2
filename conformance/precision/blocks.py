"""What inputs there are: bit patterns in blocks, each a piece of work, of strips within one binade.

A strip's inputs have one exponent field, so that its figures are a row of the report as they stand.
Of a function of one number a block holds magnitudes, each of which is taken with both signs; of one
of two numbers a strip holds one x with many y.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.precision import hard, midpoints
from tensorcts.conformance.precision.functions import Function
from tensorcts.conformance.precision.truths import Truths
from tensorcts.reference import dtypes

Bits = NDArray[Any]
"""Bit patterns, as unsigned integers of the dtype's size."""

Kind = Literal["all", "sampled", "all pairs", "sampled pairs"]

STRIP = 2**15
"""Points at most in a strip: what is computed of them stays in a processor's L2 cache."""

BLOCK = 2**21
"""Magnitudes, or pairs, at most in a block."""

SAMPLED = 64
"""Random magnitudes of a binade, where not all are taken."""

BINADES = 64
"""Binades in a block of samples."""


@dataclass(frozen=True)
class Plan:
    """All inputs of a sweep, in blocks 0 … ``count`` - 1.

    seed: what random inputs follow from.
    size: magnitudes, or pairs, at most in a block of all inputs.
    """

    function: Function
    dtype: str
    kind: Kind
    seed: int = 0
    size: int = BLOCK

    @property
    def layout(self) -> Layout:
        """How the dtype's bits lie."""
        return Layout.of(self.dtype)

    @property
    def count(self) -> int:
        """How many blocks there are."""
        magnitudes = self.layout.magnitudes
        match self.kind:
            case "all":
                return -(-magnitudes // self.size)
            case "all pairs":
                return (2 * magnitudes) ** 2 // self.size
        fields = magnitudes >> self.layout.fraction
        return -(-fields // BINADES)

    def strips(self, block: int) -> Iterator[Bits]:
        """The magnitudes of a block, ascending, strip by strip."""
        if self.kind == "all":
            first = block * self.size
            yield from self.layout.runs(first, min(first + self.size, self.layout.magnitudes))
            return
        fields = self.layout.magnitudes >> self.layout.fraction
        for each in range(block * BINADES, min((block + 1) * BINADES, fields)):
            yield self._sample(each)

    def following(self, block: int) -> Bits:
        """The magnitude after a block's last, where there is one."""
        if block + 1 == self.count:
            return self.layout.array([])
        return next(self.strips(block + 1))[:1]

    def pairs(self, block: int) -> Iterator[tuple[Bits, Bits]]:
        """The x, one for each strip, and the y's of a block of pairs."""
        patterns = 2 * self.layout.magnitudes
        if self.kind == "all pairs":
            for start in range(block * self.size, (block + 1) * self.size, min(STRIP, patterns)):
                y = start % patterns
                xs = self.layout.array([start // patterns])
                yield xs, self.layout.range(y, y + min(STRIP, patterns))
            return
        generator = np.random.Generator(np.random.Philox(key=[self.seed, block]))
        for strip in self.strips(block):
            both = np.concatenate([strip, strip | self.layout.sign])
            for place, x in enumerate(generator.choice(both, 8, replace=False)):
                ys = self.layout.anything(generator, 256)
                near = self._partners(int(x), int(ys[0])) if place == 0 else []
                yield self.layout.array([x]), np.append(ys, self.layout.array(near))

    def _sample(self, field: int) -> Bits:
        """The binade's ends, its hard arguments and random ones."""
        first = field << self.layout.fraction
        last = first + (1 << self.layout.fraction) - 1
        generator = np.random.Generator(np.random.Philox(key=[self.seed, field]))
        drawn = generator.integers(first, last, SAMPLED, dtype=np.uint64, endpoint=True)
        known = hard.magnitudes(self.function.op.name, self.dtype)
        inside = known[(known >= first) & (known <= last)]
        ends = np.array([first, first + 1, last - 1, last], np.uint64)
        near = self._beside_midpoints(drawn) if self.function.arity == 1 else []
        every = [drawn, inside, np.clip(ends, first, last), np.array(near, np.uint64)]
        return np.unique(np.concatenate(every)).astype(self.layout.unsigned)

    def _beside_midpoints(self, drawn: NDArray[np.uint64]) -> list[int]:
        """Magnitudes whose results lie on midpoints or next to them, by the ones drawn.

        Of float64: narrower dtypes have them among all their inputs.
        """
        if self.dtype != "float64":
            return []
        truths, sign = Truths(self.function, self.dtype), int(self.layout.sign)
        signs = (0, sign) if self.function.parity == "none" else (0,)
        found = [midpoints.nearest(truths, int(drawn[0]) | each) for each in signs]
        squares = midpoints.of_squares(drawn[:4], self.dtype)
        return [*map(int, squares), *(each & ~sign for each in found if each is not None)]

    def _partners(self, x: int, drawn: int) -> list[int]:
        """The y, in x's binade and between 1 and 2, whose results lie next to midpoints."""
        if self.dtype != "float64":
            return []
        one, fraction = 1023 << self.layout.fraction, (1 << self.layout.fraction) - 1
        truths = Truths(self.function, self.dtype)
        starts = (each & ~fraction | drawn & fraction for each in (x, one))
        found = (midpoints.nearest(truths, start, x) for start in starts)
        return [each for each in found if each is not None]


@dataclass(frozen=True)
class Layout:
    """How a floating dtype's bits lie: sign, exponent field, fraction.

    fraction: the bits of the fraction.
    bits: all bits.
    """

    fraction: int
    bits: int

    @staticmethod
    def of(dtype: str) -> Layout:
        """The layout of a dtype."""
        return Layout(dtypes.format_of(dtype).p - 1, 8 * dtypes.numpy_dtype(dtype).itemsize)

    @property
    def unsigned(self) -> np.dtype[Any]:
        """The integers that hold a pattern."""
        return np.dtype(f"u{self.bits // 8}")

    @property
    def magnitudes(self) -> int:
        """How many patterns there are without the sign: it is also the sign's bit."""
        return 1 << (self.bits - 1)

    @property
    def sign(self) -> Any:
        """The sign's bit, as a pattern."""
        return self.unsigned.type(self.magnitudes)

    def array(self, patterns: Any) -> Bits:
        """Patterns as an array."""
        return np.asarray(patterns, self.unsigned)

    def range(self, first: int, stop: int) -> Bits:
        """The patterns from ``first`` to before ``stop``."""
        return np.arange(first, stop, dtype=np.uint64).astype(self.unsigned)

    def runs(self, first: int, stop: int) -> Iterator[Bits]:
        """The patterns in strips that do not leave a binade."""
        step = min(STRIP, 1 << self.fraction)
        for start in range(first, stop, step):
            yield self.range(start, min(start + step, stop))

    def binade(self, pattern: int) -> int:
        """Sign and exponent field of a pattern: the bits before the fraction."""
        return int(pattern) >> self.fraction

    def anything(self, generator: np.random.Generator, count: int) -> Bits:
        """Random patterns, each as likely."""
        return generator.integers(0, 2**self.bits, count, dtype=np.uint64).astype(self.unsigned)


EXHAUSTIVE_BITS = 16
"""Dtypes of so many bits are always swept over all inputs."""


def plan(function: Function, dtype: str, *, exhaustive: bool, seed: int = 0) -> Plan:
    """The inputs of a sweep.

    exhaustive: all inputs where there are 2**32 of them: of a number of 32 bits, of two of 16.
    Below that it is always all of them, above it samples of every binade.
    """
    bits = Layout.of(dtype).bits * function.arity
    every = bits <= EXHAUSTIVE_BITS or (exhaustive and bits <= 2 * EXHAUSTIVE_BITS)
    if function.arity == 1:
        return Plan(function, dtype, "all" if every else "sampled", seed)
    return Plan(function, dtype, "all pairs" if every else "sampled pairs", seed)
