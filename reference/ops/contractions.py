"""Contractions: matmul, einsum, tensordot, linear."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tensorcts.reference.arrays.subscripts import spelled_out
from tensorcts.reference.constraints import require, require_shape
from tensorcts.reference.dtypes import ALL, FLOATING, NUMERIC
from tensorcts.reference.registry import op


@op(dtypes=ALL, also_known_as=("mm",))
def matmul(x: Any, y: Any) -> Any:
    """The matrix product x·y over the last two axes, batched over the others.

    Semantics: z[…, i, j] = Σₖ x[…, i, k]·y[…, k, j], summed in any order; integers wrap modulo
    2**n, for bools it is ∃k x[…, i, k] ∧ y[…, k, j]. A 1-d x is a row, a 1-d y a column; their axis
    is dropped from the result.
    Constraints: (C1) one dtype; (C2) x's last size is y's second to last (its only one if 1-d);
    (C3) the leading axes broadcast; (C4) neither is 0-d.
    Special values: NaN and inf spread as 0·inf = NaN says; K = 0 gives zeros.
    Gradient: g·yᵀ, xᵀ·g, each summed over its broadcast axes.
    Source: Array API 2024.12 matmul.
    """
    require(x.ndim > 0 and y.ndim > 0, f"x and y must have axes, not {x.shape} and {y.shape}")
    inner = y.shape[-2 if y.ndim > 1 else 0]
    require(x.shape[-1] == inner, f"x of shape {x.shape} has no product with y of shape {y.shape}")
    return np.matmul(x, y)


@op(dtypes=NUMERIC, aliases="may")
def einsum(*operands: Any, subscripts: str) -> Any:
    """The sum of products of the operands' elements over all letters that are not in the output.

    Semantics: NumPy's grammar: "ij,jk->ik"; spaces mean nothing, capitals are letters of their own.
    A letter twice in one term takes the diagonal. An ellipsis stands for the axes without a letter,
    which broadcast. Without -> the output is the ellipsis, then, sorted, the letters that occur
    once. Summed in any order and grouping; integers wrap modulo 2**n.
    Constraints: (C1) terms of letters, at most one ellipsis in each; (C2) a term for each operand,
    a letter for each axis but an ellipsis's; (C3) a letter has one size, or among operands that
    size and 1; ellipses broadcast; (C4) an output letter occurs in an operand, and only once in
    the output; (C5) the output has an ellipsis if one stands for an axis.
    Special values: a sum over an axis of size 0 is 0; NaN and inf spread as 0·inf = NaN says.
    Gradient: the einsum of g with the other operands, on the diagonal for a letter twice in a term.
    Source: NumPy einsum; PyTorch einsum.
    """
    inputs, output = spelled_out(subscripts, [np.shape(x) for x in operands])
    return np.einsum(f"{','.join(inputs)}->{output}", *operands)


@op(dtypes=NUMERIC)
def tensordot(x: Any, y: Any, *, axes: int | tuple[tuple[int, ...], tuple[int, ...]]) -> Any:
    """The sum of products over pairs of axes, one of x and one of y; the others remain.

    Semantics: an integer n pairs the last n axes of x with the first n of y, in order; (a, b) pairs
    axis a[i] of x with axis b[i] of y. x's other axes come first. Integers wrap modulo 2**n.
    Constraints: (C1) 0 ≤ n ≤ the number of axes of each; (C2) a and b are equally long; (C3) each
    names axes in range, none twice, negative ones from the end; (C4) paired axes have one size.
    Special values: without axes the outer product; a sum over an axis of size 0 is 0.
    Gradient: the tensordots of g with the other array over the axes that remained.
    Source: Array API 2024.12 tensordot.
    """
    own, others = _pairs(x, y, axes)
    sizes = tuple(x.shape[a] for a in own)
    require(
        sizes == tuple(y.shape[a] for a in others),
        f"axes {axes} pair different sizes: x has the shape {x.shape}, y {y.shape}",
    )
    rows = [a for a in range(x.ndim) if a not in own]
    columns = [a for a in range(y.ndim) if a not in others]
    kept = tuple(x.shape[a] for a in rows) + tuple(y.shape[a] for a in columns)
    count = math.prod(sizes)
    left = np.reshape(np.transpose(x, rows + own), (math.prod(kept[: len(rows)]), count))
    right = np.reshape(np.transpose(y, others + columns), (count, math.prod(kept[len(rows) :])))
    return np.reshape(np.matmul(left, right), kept)


def _pairs(x: Any, y: Any, axes: Any) -> tuple[list[int], list[int]]:
    """The axes that are summed over, of x and of y, counted from the front."""
    if isinstance(axes, int):
        most = min(x.ndim, y.ndim)
        require(0 <= axes <= most, f"axes must be in 0 … {most}, not {axes}")
        return list(range(x.ndim - axes, x.ndim)), list(range(axes))
    own, others = axes
    require(len(own) == len(others), f"axes {axes} must name as many axes of x as of y")
    return _from_front("x", x.ndim, own), _from_front("y", y.ndim, others)


def _from_front(name: str, ndim: int, axes: tuple[int, ...]) -> list[int]:
    inside = all(-ndim <= a < ndim for a in axes)
    require(inside, f"axes {axes} must be in [{-ndim}, {ndim}) for {name}")
    found = [a % ndim for a in axes]
    require(len(set(found)) == len(found), f"axes {axes} name an axis of {name} twice")
    return found


@op(dtypes=FLOATING)
def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """The affine map x·weightᵀ + bias over the last axis.

    Constraints: (C1) one dtype; (C2) x: (…, in), weight: (out, in), bias: (out,) or none.
    Special values: as matmul's and add's.
    Gradient: g·weight, gᵀ·x, g, each summed over the leading axes.
    Source: PyTorch nn.functional.linear.
    """
    require(x.ndim > 0, "x must have an axis")
    fits = weight.ndim == 2 and weight.shape[1] == x.shape[-1]
    require(fits, f"weight of shape {weight.shape} does not fit x of shape {x.shape}")
    if bias is not None:
        require_shape("bias", bias, weight.shape[:1])
    product = np.matmul(x, np.swapaxes(weight, 0, 1))
    return product if bias is None else product + bias
