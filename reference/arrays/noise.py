"""``Noise``: the rounding errors of an honest implementation, drawn at random.

An elementwise primitive with a budget of k ulp is off by a uniform error in ±k ulp; a contraction
over K products by an error of standard deviation u_acc·√K·(|Σab|/√3 + √Σ(ab)²), u_acc the unit
roundoff of the accumulator. Results beyond the largest number of the format in which intermediates
are kept become infinite, as they would there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.arrays.stacked import Stacked, stack
from tensorcts.reference.dtypes import Format, binades

AT_ONCE = 2**14
"""Elements that are drawn together: arrays that a processor's cache holds."""


@dataclass(frozen=True)
class Noise:
    """The rounding errors of an honest implementation.

    budgets: ulps of ``intermediates`` that each elementwise primitive may be off by; rows for
        complex results, normwise, stand under ``"complex " + name``.
    intermediates: the format that every intermediate result is rounded to.
    accumulator: the format that contractions and reductions accumulate in.
    flush: whether subnormal results may become zeros.
    operand_bits: the significand bits that contractions keep of their operands.
    samples: how many times each error is drawn, side by side; None is once, into a plain array.
    own: the accumulators of primitives, by name, that have another one.
    """

    budgets: Mapping[str, float]
    intermediates: Format
    accumulator: Format
    generator: np.random.Generator
    flush: bool = False
    operand_bits: int = 53
    samples: int | None = None
    own: Mapping[str, Format] = field(default_factory=dict)

    def within(self, primitive: Callable[..., Any]) -> Self:
        """The errors of a primitive, which may accumulate in a format of its own."""
        form = self.own.get(getattr(primitive, "__name__", ""))
        return self if form is None else replace(self, accumulator=form)

    def taken(self, x: Any) -> Any:
        """``x`` as a contraction takes it: rounded to the bits that it keeps."""
        if isinstance(x, str) or self.operand_bits >= self.intermediates.p:
            return x
        few = replace(self.intermediates, p=self.operand_bits)
        return replace(self, intermediates=few).rounded(x, 0.5)

    def rounded(self, y: Any, ulps: Any) -> Any:
        """``y`` off by a uniform error of at most ``ulps`` ulp (normwise for complex numbers)."""
        return self._drawn(Noise._rounded, y, ulps)

    def accumulated(self, y: Any, root: Any, terms: Any) -> Any:
        """``y`` off by the error of a sum of ``terms`` terms; root: that of their squares."""
        return self._drawn(Noise._accumulated, y, root, terms)

    def scaled(self, y: Any, relative: Any) -> Any:
        """``y`` off by an error of a relative standard deviation, then rounded."""
        return self._drawn(Noise._scaled, y, relative)

    def held(self, number: float) -> Any:
        """A constant, off by its rounding."""
        return self.rounded(number, 0.5)

    def _drawn(self, method: Callable[..., NDArray[Any]], y: Any, *given: Any) -> Any:
        """The result of ``method`` for every sample; of large arrays for a few at a time."""
        count, ndim = self.samples or 1, np.ndim(y)
        stacks = [stack(a, ndim) for a in (y, *given)]
        shape = stacks[0].shape[1:]
        at_once = AT_ONCE // max(math.prod(shape), 1) or 1
        if at_once >= count:
            drawn = method(self, count, *stacks)
        else:
            drawn = np.empty((count, *shape), np.result_type(stacks[0], np.float64))
            for start in range(0, count, at_once):
                part = slice(start, start + at_once)
                few = [a if len(a) == 1 else a[part] for a in stacks]
                drawn[part] = method(self, len(drawn[part]), *few)
        return drawn[0] if self.samples is None else Stacked(drawn)

    def _rounded(self, count: int, y: NDArray[Any], ulps: Any) -> NDArray[Any]:
        form, is_complex = self.intermediates, np.iscomplexobj(y)
        unit = binades(np.abs(y) if is_complex else y)
        low, high = np.min(unit, initial=np.inf), np.max(unit, initial=0.0)
        if low < form.smallest_normal:
            unit = np.maximum(unit, form.smallest_normal)
        unit = unit * (ulps * 2.0 ** (-14 - form.p))  # the words have 15 bits and a sign
        off = self._words(count, unit) * unit
        off = off * self._phases(count, y) if is_complex else off
        off += y
        if low == 0 or high == np.inf:
            off = np.where((y != 0) & np.isfinite(y), off, y)
        if 2 * high > form.max and not is_complex:
            off = np.where(np.abs(off) > form.max, np.copysign(np.inf, off), off)
        return self._flushed(off) if self.flush and low <= form.smallest_normal else off

    def _accumulated(self, count: int, y: NDArray[Any], root: Any, terms: Any) -> NDArray[Any]:
        size = np.abs(y) * math.sqrt(1 / 3) + root
        size *= self.accumulator.unit_roundoff * np.sqrt(np.maximum(terms, 1))
        off = self._signed(count, y, size)
        off += y
        if not np.all(finite := np.isfinite(size)):
            off = np.where(finite, off, y)
        return self._rounded(count, off, 0.5)

    def _scaled(self, count: int, y: NDArray[Any], relative: Any) -> NDArray[Any]:
        return self._rounded(count, y * (1 + self._signed(count, y, relative)), 0.5)

    def _signed(self, count: int, y: NDArray[Any], size: NDArray[np.float64]) -> NDArray[Any]:
        """Sizes with a random sign (phase) for every sample: just this is their mean square.

        The error that outweighs all others in most results would else make σ a matter of luck.
        """
        if np.iscomplexobj(y):
            return np.asarray(size * self._phases(count, y))
        return np.copysign(size, self._words(count, y))

    def _phases(self, count: int, y: NDArray[Any]) -> NDArray[np.complex128]:
        return np.exp(1j * np.pi * 2.0**-15 * self._words(count, y))

    def _words(self, count: int, y: NDArray[Any]) -> NDArray[np.int16]:
        """``count`` random words of 16 bits for each element, four from one of the generator."""
        shape = (count, *y.shape[1:])
        size = math.prod(shape)
        words: NDArray[np.uint64] = self.generator.bit_generator.random_raw(-(-size // 4))
        return words.view(np.int16)[:size].reshape(shape)

    def _flushed(self, y: NDArray[Any]) -> NDArray[Any]:
        tiny = np.abs(y) < self.intermediates.smallest_normal
        return np.where(tiny & (self._words(len(y), y) < 0), 0.0, y)
