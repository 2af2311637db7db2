"""``Noise``: the rounding errors of an honest implementation, drawn at random.

An elementwise primitive with a budget of k ulp is off by a uniform error in ±k ulp; a contraction
over K products by an error of standard deviation u_acc·√K·(|Σab|/√3 + √Σ(ab)²), u_acc the unit
roundoff of the accumulator. Results beyond the largest number of the format in which intermediates
are kept become infinite, as they would there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.arrays.stacked import Stacked, aligned, one_by_one
from tensorcts.reference.dtypes import Format, binades

AT_ONCE = 2**14
"""Elements up to which all samples are drawn together: arrays that a processor's cache holds."""


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
    """

    budgets: Mapping[str, float]
    intermediates: Format
    accumulator: Format
    generator: np.random.Generator
    flush: bool = False
    operand_bits: int = 53
    samples: int | None = None

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
        """The result of ``method`` for every sample; of large arrays one after the other."""
        if self.samples is None:
            return method(self, np.asarray(y), *given)
        if self.samples * np.size(y) > AT_ONCE:
            once = partial(replace(self, samples=None)._drawn, method)
            return one_by_one(once, (y, *given), self.samples)
        values, *rest = (aligned(a, np.ndim(y)) for a in (y, *given))
        if not isinstance(y, Stacked):
            values = np.broadcast_to(values, (self.samples, *np.shape(values)))
        return Stacked(method(self, values, *rest))

    def _rounded(self, y: NDArray[Any], ulps: Any) -> NDArray[Any]:
        form = self.intermediates
        binade = binades(np.abs(y) if np.iscomplexobj(y) else y)
        low, high = np.min(binade, initial=np.inf), np.max(binade, initial=0.0)
        off = self._unit(y, ulps * 2.0 ** (1 - form.p))
        off *= binade if low >= form.smallest_normal else np.maximum(binade, form.smallest_normal)
        off += y
        if low == 0 or high == np.inf:
            off = np.where((y != 0) & np.isfinite(y), off, y)
        if 2 * high > form.max and not np.iscomplexobj(off):
            off = np.where(np.abs(off) > form.max, np.copysign(np.inf, off), off)
        return self._flushed(off) if self.flush and low <= form.smallest_normal else off

    def _accumulated(self, y: NDArray[Any], root: Any, terms: Any) -> NDArray[Any]:
        # The unit's errors have the standard deviation 1/√3.
        unit = math.sqrt(3) * self.accumulator.unit_roundoff
        size = np.abs(y) / math.sqrt(3) + root
        off = y + self._settled(y) * (unit * np.sqrt(np.maximum(terms, 1)) * size)
        if not np.all(finite := np.isfinite(size)):
            off = np.where(finite, off, y)
        return self._rounded(off, 0.5)

    def _scaled(self, y: NDArray[Any], relative: Any) -> NDArray[Any]:
        return self._rounded(y * (1 + math.sqrt(3) * relative * self._settled(y)), 0.5)

    def _settled(self, y: NDArray[Any]) -> NDArray[Any]:
        """Unit errors whose root mean square over the samples is just their standard deviation.

        The error that outweighs all others in most results would else make σ a matter of luck.
        """
        unit = self._unit(y, 1.0)
        if self.samples is None:
            return unit
        return unit / np.sqrt(3 * np.mean(np.abs(unit) ** 2, axis=0))

    def _unit(self, y: NDArray[Any], scale: Any) -> NDArray[Any]:
        """A centred and uniform error of at most ``scale`` for every element."""
        uniform = self._words(y.shape) * (scale * 2.0**-15)
        if not np.iscomplexobj(y):
            return uniform
        return np.asarray(uniform * np.exp(1j * np.pi * 2.0**-15 * self._words(y.shape)))

    def _words(self, shape: tuple[int, ...]) -> NDArray[np.int16]:
        """Random whole numbers of 16 bits, four from each word of the generator."""
        count = math.prod(shape)
        words: NDArray[np.uint64] = self.generator.bit_generator.random_raw(-(-count // 4))
        return words.view(np.int16)[:count].reshape(shape)

    def _flushed(self, y: NDArray[Any]) -> NDArray[Any]:
        tiny = np.abs(y) < self.intermediates.smallest_normal
        return np.where(tiny & (self._words(y.shape) < 0), 0.0, y)
