"""Derivative rules of the scans: cumsum, cumprod."""

from __future__ import annotations

from typing import Any

import numpy as np


def _cumsum(g: Any, z: Any, x: Any, axis: int) -> Any:
    """The sums of ``g`` from each element on."""
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


def slices(x: Any, axis: int) -> list[Any]:
    """The slices of ``x`` along the axis."""
    lead = (slice(None),) * (axis % np.ndim(x))
    return [x[(*lead, i)] for i in range(np.shape(x)[axis])]


def _cumprod(g: Any, z: Any, x: Any, axis: int) -> Any:
    """Before each element the product of those, from it on Σ g times those between; no division."""
    factors, totals, rest = slices(x, axis), slices(z, axis), slices(g, axis)
    for i in reversed(range(len(rest) - 1)):
        rest[i] = rest[i] + factors[i + 1] * rest[i + 1]
    pulled = [rest[i] * totals[i - 1] if i else rest[i] for i in range(len(rest))]
    return np.stack(pulled, axis=axis) if pulled else g


RULES: dict[Any, Any] = {np.cumsum: (_cumsum,), np.cumprod: (_cumprod,)}
