"""Calls that sparse ops must refuse: component arrays that are none of a sparse array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, refuser
from tensorcts.reference import dtypes

Array = NDArray[Any]
Rest = tuple[tuple[Array, ...], dict[str, Any]]
"""The arrays that come after those of the sparse array, and the attributes."""

_INDICES = np.array([[0, 2, 1], [1, 3, 0]])
_COLUMNS, _STARTS = np.array([1, 3, 0]), np.array([0, 1, 1, 3])
_SHAPE = {"shape": (3, 4)}

_COO: dict[str, Callable[[Draw], Rest]] = {
    "coo_to_dense": lambda d: ((), _SHAPE),
    "coo_coalesce": lambda d: ((), _SHAPE),
    "coo_to_csr": lambda d: ((), _SHAPE),
    "coo_transpose": lambda d: ((), {**_SHAPE, "axes": (1, 0)}),
    "coo_sum": lambda d: (
        (),
        {**_SHAPE, "axis": 0, "dtype": d.dtype if dtypes.is_inexact(d.dtype) else "int64"},
    ),
    "coo_add": lambda d: ((d.array((3,)), _INDICES), _SHAPE),
    "coo_multiply": lambda d: ((d.array((3,)), _INDICES), _SHAPE),
    "coo_add_dense": lambda d: ((d.array((3, 4)),), {}),
    "coo_multiply_dense": lambda d: ((d.array((3, 4)),), {}),
    "coo_matmul": lambda d: ((d.array((4, 2)),), _SHAPE),
}

_CSR: dict[str, Callable[[Draw], Rest]] = {
    "csr_to_coo": lambda d: ((), _SHAPE),
    "csr_to_dense": lambda d: ((), _SHAPE),
    "csr_transpose": lambda d: ((), _SHAPE),
    "csr_multiply_dense": lambda d: ((d.array((3, 4)),), {}),
    "csr_matvec": lambda d: ((d.array((4,)),), _SHAPE),
    "csr_matmul": lambda d: ((d.array((4, 2)),), _SHAPE),
    "csr_matmul_csr": lambda d: (
        (d.array((2,)), np.array([0, 1]), np.array([0, 1, 1, 2, 2])),
        {**_SHAPE, "other_shape": (4, 2)},
    ),
}

_OWN: dict[str, list[tuple[str, str, tuple[tuple[int, ...], ...], dict[str, Any]]]] = {
    "coo_transpose": [
        ("C4", "an axis is named twice", (), {"axes": (0, 0)}),
        ("C4", "an axis is out of range", (), {"axes": (0, 2)}),
    ],
    "coo_sum": [("C4", "the axis is out of range", (), {"axis": a}) for a in (2, -3)],
    "coo_matmul": [
        ("C4", "y has too many rows", ((5, 2),), {}),
        ("C4", "y is a vector", ((4,),), {}),
    ],
    "csr_multiply_dense": [("C6", "y is a vector", ((3,),), {})],
    "csr_matvec": [
        ("C6", "x is too long", ((5,),), {}),
        ("C6", "x is a matrix", ((4, 1),), {}),
    ],
    "csr_matmul": [
        ("C6", "y has too many rows", ((5, 2),), {}),
        ("C6", "y is a vector", ((4,),), {}),
    ],
}
"""Breaches of an op's own constraints: label, reason, shapes of the dense arrays, attributes."""


@refuser(*_COO)
def broken_coordinates(d: Draw) -> list[Refusal]:
    """Lengths that differ, and indices that are none."""
    values, (rest, attrs) = d.array((3,)), _COO[d.op.name](d)
    negative, beyond = _INDICES.copy(), _INDICES.copy()
    negative[1, 2], beyond[0, 1] = -1, 3
    broken = [
        ("C1", "there are fewer values than indices", values[:2].copy(), _INDICES),
        ("C1", "indices has a row too few", values, _INDICES[:1].copy()),
        ("C2", "indices is floating", values, _INDICES.astype(np.float32)),
        ("C3", "an index is negative", values, negative),
        ("C3", "an index is as large as its axis", values, beyond),
    ]
    found = [Refusal(c, why, (v, i, *rest), attrs) for c, why, v, i in broken]
    if d.op.name in ("coo_add", "coo_multiply"):
        other = (values, _INDICES, values, beyond)
        found.append(Refusal("C3", "an index of the other array is too large", other, attrs))
    return found + _own(d, (values, _INDICES), rest, attrs)


@refuser(*(op for op in _CSR if op != "csr_matmul_csr"))
def broken_rows(d: Draw) -> list[Refusal]:
    """Lengths that differ, columns that are none, and rows that are none."""
    values, (rest, attrs) = d.array((3,)), _CSR[d.op.name](d)
    short = Refusal("C1", "there are fewer values than columns",
                    (values[:2].copy(), _COLUMNS, _STARTS, *rest), attrs)  # fmt: skip
    broken = [
        Refusal(c, why, (values, columns, starts, *rest), attrs)
        for c, why, columns, starts in _patterns()
    ]
    return [short, *broken, *_own(d, (values, _COLUMNS, _STARTS), rest, attrs)]


@refuser("csr_sampled_matmul")
def broken_pattern(d: Draw) -> list[Refusal]:
    """Factors that don't fit, and a pattern that is none."""
    x, y = d.array((3, 2)), d.array((2, 4))
    factors = (x, d.array((3, 4)), _COLUMNS, _STARTS)
    return [
        Refusal("C1", "x has fewer columns than y has rows", factors, {}),
        *(Refusal(c, why, (x, y, columns, starts), {}) for c, why, columns, starts in _patterns()),
    ]


@refuser("csr_matmul_csr")
def broken_factors(d: Draw) -> list[Refusal]:
    """As one matrix is broken, and a second one that does not fit."""
    (rest, attrs), values = _CSR["csr_matmul_csr"](d), d.array((3,))
    arrays = (values, _COLUMNS, _STARTS, rest[0], rest[1], np.array([0, 1, 1, 2]))
    misfit = {**attrs, "other_shape": (3, 2)}
    return [*broken_rows(d), Refusal("C6", "y has fewer rows than x columns", arrays, misfit)]


@refuser("dense_to_coo")
def no_axes(d: Draw) -> list[Refusal]:
    """An array without axes."""
    return [Refusal("C1", "x has no axis", (d.array(()),), {})]


@refuser("dense_to_csr")
def no_matrix(d: Draw) -> list[Refusal]:
    """Arrays with an axis too few or too many."""
    shapes = ((3,), (2, 3, 2))
    return [Refusal("C1", "x is no matrix", (d.array(shape),), {}) for shape in shapes]


def _patterns() -> list[tuple[str, str, Array, Array]]:
    """Columns and row_starts that break a constraint of every CSR matrix."""
    return [
        ("C1", "row_starts is too short", _COLUMNS, _STARTS[:3].copy()),
        ("C2", "columns is floating", _COLUMNS.astype(np.float32), _STARTS),
        ("C2", "row_starts is floating", _COLUMNS, _STARTS.astype(np.float32)),
        ("C3", "a column is negative", np.array([1, -1, 0]), _STARTS),
        ("C3", "a column is as large as the number of columns", np.array([1, 4, 0]), _STARTS),
        ("C4", "row_starts begins at 1", _COLUMNS, np.array([1, 1, 2, 3])),
        ("C4", "row_starts decreases", _COLUMNS, np.array([0, 2, 1, 3])),
        ("C5", "row_starts ends too early", _COLUMNS, np.array([0, 1, 1, 2])),
        ("C5", "row_starts ends too late", _COLUMNS, np.array([0, 1, 1, 4])),
    ]


def _own(
    d: Draw, sparse: tuple[Array, ...], rest: tuple[Array, ...], attrs: dict[str, Any]
) -> list[Refusal]:
    """The breaches of the constraints that only this op has."""
    return [
        Refusal(c, why, (*sparse, *(map(d.array, shapes) if shapes else rest)), {**attrs, **wrong})
        for c, why, shapes, wrong in _OWN.get(d.op.name, [])
    ]
