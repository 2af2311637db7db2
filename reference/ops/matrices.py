"""Matrices as such: matrix_transpose, diagonal, trace, matrix_norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import convert
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import ALL, COMPLEX, FLOATING, NUMERIC
from tensorcts.reference.registry import op


def _require_matrices(x: Any) -> None:
    require(x.ndim > 1, f"x must have two axes or more, not the shape {x.shape}")


@op(dtypes=ALL, zero_sign=True, aliases="may", also_known_as=("mT",))
def matrix_transpose(x: Any) -> Any:
    """x with its last two axes exchanged.

    Constraints: (C1) x has two axes or more.
    Gradient: g with its last two axes exchanged.
    Source: Array API 2024.12 matrix_transpose.
    """
    _require_matrices(x)
    return np.swapaxes(x, -1, -2)


def _diagonal(x: Any, offset: int) -> Any:
    """The diagonals of the last two axes: every (columns + 1)-th element from the first one on."""
    *lead, rows, columns = x.shape
    first = max(offset, 0) + columns * max(-offset, 0)
    length = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    flat = np.reshape(x, (*lead, rows * columns))
    return flat[..., first : first + length * (columns + 1) : columns + 1]


@op(dtypes=ALL, zero_sign=True, aliases="may")
def diagonal(x: Any, *, offset: int, axis1: int, axis2: int) -> Any:
    """The elements whose index along axis2 is that along axis1 plus offset, as a new last axis.

    Constraints: (C1) axis1 and axis2 are in range, negative ones count from the end; (C2) they are
    two. An offset beyond the matrix gives size 0.
    Gradient: g on the diagonal of zeros.
    Source: Array API 2024.12 linalg.diagonal; NumPy diagonal.
    """
    axes = (axis1, axis2)
    inside = all(-x.ndim <= a < x.ndim for a in axes)
    require(inside, f"axis1 and axis2 must be in [{-x.ndim}, {x.ndim}), not {axes}")
    require(axis1 % x.ndim != axis2 % x.ndim, f"axis1 and axis2 must be two axes, not {axes}")
    return _diagonal(np.moveaxis(x, axes, (-2, -1)), offset)


@op(dtypes=NUMERIC, result="dtype")
def trace(x: Any, *, offset: int, dtype: str) -> Any:
    """The sums of the diagonals of the matrices in the last two axes.

    Semantics: the diagonal's elements are converted to dtype, then added in any order; 16-bit
    floats accumulate in float32 or wider, integers wrap modulo 2**n.
    Constraints: (C1) x has two axes or more; (C2) dtype is x's own, or a 64-bit integer for
    integers. An offset beyond the matrix gives 0.
    Special values: the sum of nothing is 0; NaN and inf - inf give NaN.
    Gradient: g on the diagonal of zeros.
    Source: Array API 2024.12 linalg.trace.
    """
    _require_matrices(x)
    return np.sum(convert(_diagonal(x, offset), dtype=dtype), axis=-1)


@op(dtypes=FLOATING + COMPLEX, result="real", also_known_as=("frobenius_norm",))
def matrix_norm(x: Any, *, keepdims: bool) -> Any:
    """The Frobenius norm √Σ|x|² of the matrices in the last two axes.

    Semantics: the squares may be summed in any order, scaled or not.
    Constraints: (C1) x has two axes or more.
    Special values: 0 for a matrix without elements; NaN if any element is NaN, else inf if any is
    infinite. Squares that overflow may make the norm infinite.
    Gradient: g·x/z for the norm z.
    Kinks: 0 where z is 0.
    Source: Array API 2024.12 linalg.matrix_norm, ord "fro".
    """
    _require_matrices(x)
    size = np.absolute(x)
    total = np.sum(size * size, axis=(-2, -1), keepdims=keepdims)
    return np.where(total == 0, 0.0, np.sqrt(np.where(total == 0, 1.0, total)))
