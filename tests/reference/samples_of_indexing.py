"""Hand-made samples of what reads and writes by indices and masks, and of sorting: no ties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = tuple[tuple[Any, ...], dict[str, Any]]


def _indexed(d: Any) -> list[Case]:
    return [((d.real(4, 3), d.index(4, 5, 3)), {"axis": 0}),
            ((d.real(2, 4, 3), d.index(4, 2, 5, 3)), {"axis": -2})]  # fmt: skip


def _scattered(d: Any) -> list[Case]:
    unique = d.permutation(4, 3, axis=0)[:2] - 4
    return [((d.real(4, 3), unique, d.real(2, 3)), {"axis": 0}),
            ((d.real(2, 4), d.permutation(2, 4, axis=1), d.real(2, 4)), {"axis": -1})]  # fmt: skip


def _summed(d: Any) -> list[Case]:
    return [*_scattered(d), ((d.real(4, 3), d.index(4, 6, 3), d.real(6, 3)), {"axis": 0})]


def _reduced(d: Any) -> list[Case]:
    x, index, updates = d.real(4, 3, low=0.5), d.index(4, 6, 3), d.real(6, 3, low=0.5)
    return [((x, index, updates), {"axis": 0, "reduction": name, "include_self": own})
            for name in ("sum", "prod", "mean", "max", "min") for own in (True, False)]  # fmt: skip


def _keyed(d: Any) -> list[Case]:
    x, mask = d.real(3, 4, 2), np.array([True, False, True])
    return [((x, d.index(3, 2, 1), d.index(4, 3)), {"axes": (0, 1)}),
            ((x, mask, np.array([0, -1])), {"axes": (0, 2)})]  # fmt: skip


def _put_at(d: Any) -> list[Case]:
    rows, columns = np.array([0, 2]), np.array([1, -1])
    accumulate = {"axes": (0, 1), "accumulate": True}
    return [((d.real(3, 2, 2), d.real(2), rows, columns), {"axes": (0, 2), "accumulate": False}),
            ((d.real(3, 4), d.real(5), d.index(3, 5), d.index(4, 1)), accumulate)]  # fmt: skip


def _sorted(d: Any, **attrs: Any) -> list[Case]:
    return [((d.real(3, 4),), {"axis": axis, **attrs}) for axis in (0, -1)]


SAMPLES: dict[str, Callable[[Any], list[Case]]] = {
    "take": lambda d: [((d.real(2, 4, 2), d.index(4, 5)), {"axis": a}) for a in (1, -2)],
    "gather": _indexed,
    "scatter": _scattered,
    "scatter_add": _summed,
    "scatter_reduce": _reduced,
    "put_along_axis": lambda d: [((d.real(4, 3), d.index(4, 1, 1), d.real(1, 3)), {"axis": 0})],
    "index_copy": lambda d: [((d.real(3, 4), np.array([1, -1]), d.real(3, 2)), {"axis": 1})],
    "index_put": _put_at,
    "sort": lambda d: [*_sorted(d, descending=True, stable=True),
                       *_sorted(d, descending=False, stable=False)],
    "topk": lambda d: [*_sorted(d, k=2, largest=True), *_sorted(d, k=3, largest=False)],
    "index": _keyed,
    "masked_select": lambda d: [((d.real(3, 4), d.mask(3, 4)), {})],
    "embedding": lambda d: [((d.real(4, 3), d.index(4, 2, 3) % 4), {})],
}  # fmt: skip
