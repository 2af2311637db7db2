"""Contractions: matmul, einsum, linear."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import COMPLEX, FLOATING, INTEGER
from tensorcts.reference.registry import op


@op(dtypes=FLOATING + COMPLEX + INTEGER, also_known_as=("mm", "bmm", "dot"))
def matmul(x: Any, y: Any) -> Any:
    """The matrix product x·y over the last two axes, batched over the others.

    Semantics: z[…, i, j] = Σₖ x[…, i, k]·y[…, k, j], summed in any order; integers wrap modulo
    2**n. A 1-d x is a row, a 1-d y a column; their axis is dropped from the result.
    Constraints: (C1) one dtype; (C2) x's last size is y's second to last (its only one if 1-d);
    (C3) the leading axes broadcast; (C4) neither is 0-d.
    Special values: NaN and inf spread as 0·inf = NaN says; K = 0 gives zeros.
    Gradient: g·yᵀ, xᵀ·g, each summed over its broadcast axes.
    Source: Array API 2024.12 matmul.
    """
    return np.matmul(x, y)


@op(dtypes=FLOATING + COMPLEX)
def einsum(*operands: Any, subscripts: str) -> Any:
    """The sum of products of the operands' elements over all letters that are not in the output.

    Semantics: NumPy's explicit form "ij,jk->ik", summed in any order.
    Constraints: (C1) letters only, no ellipsis, output given; (C2) no letter twice in one operand
    nor in the output; (C3) a letter has one size everywhere; (C4) output letters occur in an input.
    Special values: a sum over an axis of size 0 is 0.
    Gradient: the einsum of g with the other operands.
    Source: NumPy einsum, explicit mode.
    """
    return np.einsum(subscripts, *operands)


@op(dtypes=FLOATING)
def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """The affine map x·weightᵀ + bias over the last axis.

    Constraints: (C1) one dtype; (C2) x: (…, in), weight: (out, in), bias: (out,) or none.
    Special values: as matmul's and add's.
    Gradient: g·weight, gᵀ·x, g, each summed over the leading axes.
    Source: PyTorch nn.functional.linear.
    """
    product = np.matmul(x, np.swapaxes(weight, 0, 1))
    return product if bias is None else product + bias
