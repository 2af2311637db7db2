"""Ops that sum: how chosen terms, or the factors of chosen terms, become the arguments of each.

A probe is written once for all of them: it gives the factors ``a`` and ``b``, and each op adds up
the products a[r, k]·b[k, c] over k, or the terms a[r, k] alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.cases import Arrays, Case
from tensorcts.conformance.samplers.reductions import wide
from tensorcts.reference import dtypes, registry

Array = NDArray[Any]
Call = tuple[Arrays, Mapping[str, Any]]
"""The arrays and attributes of one call."""


def _whole(x: Array) -> dict[str, Any]:
    return {"dtype": wide(dtypes.name_of(x.dtype))}


def _square(count: int) -> tuple[int, int]:
    """The sides of the squarest rectangle of ``count`` elements."""
    side = next(n for n in range(int(np.sqrt(count)), 0, -1) if count % n == 0)
    return side, count // side


def _pooled(a: Array) -> Call:
    kernel = _square(a.shape[1])
    attrs = {"kernel": kernel, "stride": (1, 1), "padding": (0, 0), "ceil_mode": False}
    return (a.reshape(-1, 1, *kernel),), {**attrs, "count_include_pad": True}


def _added(a: Array) -> Call:
    zeros = np.zeros((len(a), 1), a.dtype)
    return (zeros, np.zeros(a.shape, np.int64), a), {"axis": 1}


def _slices_added(a: Array) -> Call:
    (zeros, index, updates), attrs = _added(a)
    assert index is not None
    return (zeros, index[0], updates), attrs


def _reduced(a: Array) -> Call:
    arrays, attrs = _added(a)
    return arrays, {**attrs, "reduction": "sum", "include_self": True}


def _stored(a: Array) -> Array:
    """The places of all elements of a matrix, row by row, as COO indices."""
    return np.indices(a.shape).reshape(2, -1)


def _rows(a: Array) -> tuple[Array, Array, Array]:
    """The components of a CSR matrix that stores every element."""
    starts = np.arange(len(a) + 1) * a.shape[1]
    return a.ravel(), np.tile(np.arange(a.shape[1]), len(a)), starts


TERMS: dict[str, Callable[[Array], Call]] = {
    "sum": lambda a: ((a,), {"axis": -1, "keepdims": False, **_whole(a)}),
    "mean": lambda a: ((a,), {"axis": -1, "keepdims": False}),
    "nansum": lambda a: ((a,), {"axis": -1, "keepdims": False}),
    "nanmean": lambda a: ((a,), {"axis": -1, "keepdims": False}),
    "cumulative_sum": lambda a: ((a,), {"axis": -1, "include_initial": False, **_whole(a)}),
    "avg_pool2d": _pooled,
    "index_add": _slices_added,
    "scatter_add": _added,
    "scatter_reduce": _reduced,
    "coo_sum": lambda a: (
        (a.ravel(), _stored(a)),
        {"shape": a.shape, "axis": 1, **_whole(a)},
    ),
}
"""For ops that add up their elements the call that adds up those of each row of ``a``."""

_UNIT = {"padding": (0, 0), "dilation": (1, 1), "stride": (1, 1), "groups": 1}
_UNIT_1D = {"padding": 0, "dilation": 1, "stride": 1, "groups": 1}
_SCALED = {"alpha": 1.0, "beta": 1.0}


def _zeros(a: Array, b: Array) -> Array:
    return np.zeros((len(a), b.shape[1]), a.dtype)


PRODUCTS: dict[str, Callable[[Array, Array], Call]] = {
    "matmul": lambda a, b: ((a, b), {}),
    "einsum": lambda a, b: ((a, b), {"subscripts": "ij,jk->ik"}),
    "tensordot": lambda a, b: ((a, b), {"axes": 1}),
    "linear": lambda a, b: ((a, b.T.copy(), None), {}),
    "vecdot": lambda a, b: ((a[:, None], b.T[None].copy()), {"axis": -1}),
    "mv": lambda a, b: ((a, b[:, 0].copy()), {}),
    "bmm": lambda a, b: ((a[None], b[None]), {}),
    "addmm": lambda a, b: ((_zeros(a, b), a, b), _SCALED),
    "baddbmm": lambda a, b: ((_zeros(a, b)[None], a[None], b[None]), _SCALED),
    "conv1d": lambda a, b: ((a[:, None], b.T[:, None].copy(), None), _UNIT_1D),
    "conv2d": lambda a, b: (
        (a[:, :, None, None], b.T[:, :, None, None].copy(), None),
        _UNIT,
    ),
    "conv_transpose2d": lambda a, b: (
        (a[:, :, None, None], b[:, :, None, None], None),
        {**_UNIT, "output_padding": (0, 0)},
    ),
    "coo_matmul": lambda a, b: ((a.ravel(), _stored(a), b), {"shape": a.shape}),
    "csr_matvec": lambda a, b: ((*_rows(a), b[:, 0].copy()), {"shape": a.shape}),
    "csr_matmul": lambda a, b: ((*_rows(a), b), {"shape": a.shape}),
    "csr_sampled_matmul": lambda a, b: ((a, b, *_rows(_zeros(a, b))[1:]), {}),
}
"""For ops that add up products the call that gives the matrix product of ``a`` and ``b``."""

VECTORS: dict[str, Callable[[Array, Array], Call]] = {
    "dot": lambda a, b: ((a[0], b[:, 0].copy()), {}),
    "vdot": lambda a, b: ((a[0], b[:, 0].copy()), {}),
}
"""For ops on two vectors that of the first row and the first column."""

MEANS = frozenset({"mean", "nanmean", "avg_pool2d"})
"""Ops that divide the sum by the number of terms."""

SUMS = frozenset(TERMS | PRODUCTS | VECTORS)


def call(op: str, dtype: str, a: Array, b: Array) -> Case:
    """The case of an op that sums: over the products of ``a`` and ``b``, or over ``a`` alone."""
    if op in TERMS:
        arrays, attrs = TERMS[op](a)
    else:
        arrays, attrs = (PRODUCTS | VECTORS)[op](a, b)
    return Case(registry.get(op), dtype, arrays, attrs)


def last(op: str, outputs: tuple[Array, ...], rows: int) -> Array:
    """For each row the sum over all terms in the first column."""
    result = outputs[0]
    place = -1 if op == "cumulative_sum" else 0
    return np.asarray(result.reshape(rows, -1)[:, place])
