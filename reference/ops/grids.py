"""Grids: elements chosen or placed by their position: tril, triu, diag, meshgrid, one_hot."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from tensorcts.reference.arrays.primitives import convert, scatter_to
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.registry import DEFINED, RAISES, Choice, op


def _diagonals(x: Any) -> Any:
    """For each element of the last two axes the number of its diagonal: 0 the main one."""
    require(x.ndim >= 2, f"x must have two axes at least, not the shape {x.shape}")
    rows, columns = x.shape[-2:]
    return np.arange(columns) - np.arange(rows)[:, None]


@op(dtypes=STORABLE, zero_sign=True)
def tril(x: Any, *, k: int) -> Any:
    """The matrices of x with zeros above their k-th diagonal.

    Constraints: (C1) x: (…, M, N); any k, also one outside of the matrix.
    Special values: what is replaced becomes +0, NaN too.
    Gradient: g on and below the diagonal, 0 above.
    Source: Array API 2024.12 tril.
    """
    return np.where(_diagonals(x) <= k, x, np.zeros_like(x))


@op(dtypes=STORABLE, zero_sign=True)
def triu(x: Any, *, k: int) -> Any:
    """The matrices of x with zeros below their k-th diagonal.

    Constraints: (C1) x: (…, M, N); any k, also one outside of the matrix.
    Special values: what is replaced becomes +0, NaN too.
    Gradient: g on and above the diagonal, 0 below.
    Source: Array API 2024.12 triu.
    """
    return np.where(_diagonals(x) >= k, x, np.zeros_like(x))


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def diag(x: Any, *, k: int) -> Any:
    """A square matrix with a vector on its k-th diagonal, else zeros; or that diagonal of a matrix.

    Constraints: (C1) x is 1-d or 2-d; of a diagonal outside of the matrix there is nothing.
    Gradient: the diagonal of g; g on the diagonal.
    Source: PyTorch diag; NumPy diag.
    """
    require(x.ndim in (1, 2), f"x must be 1-d or 2-d, not of the shape {x.shape}")
    if x.ndim == 2:
        return np.take(np.reshape(x, (x.size,)), np.flatnonzero(_diagonals(x) == k), axis=0)
    side = x.shape[0] + abs(k)
    positions = np.arange(x.shape[0]) * (side + 1) + (k if k > 0 else -k * side)
    placed = scatter_to(np.zeros_like(x, shape=(side * side,)), positions, x, axis=0)
    return np.reshape(placed, (side, side))


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def meshgrid(*arrays: Any, indexing: Literal["xy", "ij"]) -> Any:
    """For each of n vectors an n-dimensional array in which it runs along an axis of its own.

    Semantics: "ij": vector i along axis i. "xy": as in a plot, the first vector along axis 1 and
    the second along axis 0.
    Constraints: (C1) at least one array, each 1-d; (C2) indexing is "xy" or "ij".
    Gradient: g summed over the other axes.
    Source: Array API 2024.12 meshgrid.
    """
    shapes = [np.shape(a) for a in arrays]
    require(bool(shapes) and all(len(s) == 1 for s in shapes), f"arrays must be 1-d, not {shapes}")
    require(indexing in ("xy", "ij"), f"indexing must be 'xy' or 'ij', not {indexing!r}")
    places = list(range(len(arrays)))
    if indexing == "xy":
        places[:2] = places[:2][::-1]
    shape = tuple(shapes[place][0] for place in places)
    return tuple(
        np.broadcast_to(np.reshape(a, (-1 if a.size else 0,) + (1,) * (len(arrays) - 1 - p)), shape)
        for a, p in zip(arrays, places, strict=True)
    )


def _wraps(indices: Any, *, depth: int, dtype: str) -> Any:
    return np.expand_dims((indices < 0) & (indices >= -depth), -1)


def _outside(indices: Any, *, depth: int, dtype: str) -> Any:
    return np.expand_dims((indices >= depth) | (indices < -depth), -1)


def _wrapped(indices: Any, *, depth: int, dtype: str) -> Any:
    return one_hot(np.where(indices < 0, indices + depth, indices), depth=depth, dtype=dtype)


@op(
    dtypes=STORABLE,
    result="dtype",
    differentiable=False,
    choices=(
        Choice(
            "one_hot_negative",
            "an index in [-depth, 0)",
            _wraps,
            {"zeros": DEFINED, "wrap": _wrapped, "raises": RAISES},
        ),
        Choice(
            "one_hot_out_of_range",
            "an index outside of [-depth, depth)",
            _outside,
            {"zeros": DEFINED, "raises": RAISES},
        ),
    ),
)
def one_hot(indices: Any, *, depth: int, dtype: str) -> Any:
    """For each index a row of zeros with a one at the index: z[i, j] = 1 if indices[i] = j else 0.

    Constraints: (C1) indices is integer, of any shape; (C2) depth ≥ 1.
    Special values: an index out of range gives a row of zeros, or as the backend declares: a
    negative one counts from the end or is an error (one_hot_negative), another one is an error
    (one_hot_out_of_range).
    Source: ONNX OneHot-11; jax.nn.one_hot; PyTorch one_hot.
    """
    require(indices.dtype.kind in "iu", f"indices must be integer, not {indices.dtype}")
    require(depth >= 1, f"depth must be at least 1, not {depth}")
    return convert(np.expand_dims(indices, -1) == np.arange(depth), dtype=dtype)
