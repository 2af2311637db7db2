"""Accumulation: one gradient from those of micro-batches."""

from __future__ import annotations

import threading
from typing import Any, final

import numpy as np

from tensorcts.reference.autodiff.trees import mapped


@final
class Accumulator:
    """The sum of gradients (arrays, or trees of them) that come one by one, from any thread.

    A batch's mean loss is the mean of those of its micro-batches weighted by their sizes, and so is
    its gradient. The arrays that come are neither kept nor changed.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._total: Any = None
        self._weight = 0.0

    def add(self, gradients: Any, weight: float) -> None:
        """Add weight·gradients; of the mean over a micro-batch the weight is its size."""
        weighted = mapped(lambda g: None if g is None else np.multiply(weight, g), gradients)
        with self._lock:
            known, self._weight = self._total, self._weight + weight
            self._total = weighted if known is None else mapped(_sum, known, weighted)

    @property
    def total(self) -> Any:
        """The weighted sum; None before the first gradient."""
        return self._total

    @property
    def mean(self) -> Any:
        """The weighted sum over the sum of the weights."""
        with self._lock:
            return mapped(lambda g: None if g is None else g / self._weight, self._total)


def _sum(a: Any, b: Any) -> Any:
    return None if a is None else np.add(a, b)
