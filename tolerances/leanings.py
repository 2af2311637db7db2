"""Errors that lean to one side: what the tables admit without any rounding being random.

A function within a budget of k ulp rounds its result, by at most ½ ulp, and may be off by k - ½ ulp
beside that in the same direction wherever it is called: in a whole binade, in every case. A
constant that is held rounded is off alike in all calls; so are operands that are cut to few bits.
Such errors do not average out over the elements of a test, so what they may add up to is drawn
apart from what random ones do.

An accumulator that rounds toward zero loses 0.36·n·u of a sum of n terms of either sign (simulated
over normal products added one by one; in other orders it loses less).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.stacked import Stacked, stack

BINADES = 64
"""So many neighbouring binades lean independently of each other."""

TRUNCATED = 0.36


@dataclass(frozen=True)
class Leaning(Noise):
    """Noise without random errors: all results of one sign in one binade are off alike.

    leanings: for each sample, sign and binade how far, from -1 (k - ½ ulp toward zero) to 1 (as
        much away from it); all samples are computed side by side.
    truncating: whether accumulators may round toward zero.
    """

    leanings: NDArray[np.float64] = field(default_factory=lambda: np.zeros((1, 2, BINADES)))
    truncating: bool = False

    def taken(self, x: Any) -> Any:
        """``x`` as a contraction that keeps few of its bits takes it: all cut off alike."""
        if isinstance(x, str) or self.operand_bits >= self.intermediates.p:
            return x
        few = replace(self.intermediates, p=self.operand_bits)
        return replace(self, intermediates=few)._off(x, 0.5)

    def rounded(self, y: Any, ulps: Any) -> Any:
        """``y`` off by what a budget of ``ulps`` leaves beside a rounding."""
        return self._off(y, np.maximum(ulps, 0.5) - 0.5)

    def accumulated(self, y: Any, squares: Any, terms: Any) -> Any:
        """``y``, a sum of so many terms, less what accumulators that round toward zero lose."""
        if not self.truncating:
            return y
        lost = TRUNCATED * self.accumulator.unit_roundoff * terms
        return np.multiply(y, 1 - np.minimum(lost, 0.5))

    def scaled(self, y: Any, relative: Any) -> Any:
        """Many roundings together lean to no side."""
        return y

    def held(self, number: float) -> Any:
        """A constant, off by up to half an ulp."""
        return self._off(number, 0.5)

    def _off(self, y: Any, ulps: Any) -> Any:
        if np.ndim(ulps) == 0 and not ulps:
            return y
        values, most = (stack(a, np.ndim(y)) for a in (y, ulps))
        size = np.abs(values)
        known = (size > 0) & np.isfinite(size)
        ulp = most * self.intermediates.ulp(size)
        relative = np.divide(ulp, size, out=np.zeros(np.shape(ulp)), where=known)
        return Stacked(values * (1 + relative * self._lean(values, size)))

    def _lean(self, values: NDArray[Any], size: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each element leans, by its sign and the exponent of its size."""
        exponent = size.view(np.int64) >> 52
        place = exponent % BINADES + BINADES * np.signbit(values.real)
        table = self.leanings.reshape(len(self.leanings), -1)
        if len(place) == 1:
            return np.take(table, place[0], axis=1)
        return np.stack([np.take(row, where) for row, where in zip(table, place, strict=True)])
