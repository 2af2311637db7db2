"""Creation: zeros, ones, full, eye, arange, linspace. Their dtype is an attribute."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import innermost
from tensorcts.reference.arrays.primitives import convert, integers
from tensorcts.reference.dtypes import FLOATING, REAL, STORABLE, numpy_dtype, wide
from tensorcts.reference.registry import Real, op


@op(dtypes=STORABLE, result="dtype", differentiable=False)
def zeros(*, shape: tuple[int, ...], dtype: str) -> Any:
    """An array of zeros.

    Constraints: (C1) every size in shape is ≥ 0; () makes a 0-d array.
    Source: Array API 2024.12 zeros.
    """
    return np.zeros(shape, numpy_dtype(wide(dtype)))


@op(dtypes=STORABLE, result="dtype", differentiable=False)
def ones(*, shape: tuple[int, ...], dtype: str) -> Any:
    """An array of ones; True for bool, 1 + 0i for complex dtypes.

    Constraints: (C1) every size in shape is ≥ 0; () makes a 0-d array.
    Source: Array API 2024.12 ones.
    """
    return np.ones(shape, numpy_dtype(wide(dtype)))


@op(dtypes=STORABLE, result="dtype", differentiable=False, zero_sign=True)
def full(*, shape: tuple[int, ...], value: Real, dtype: str) -> Any:
    """An array filled with one value.

    Constraints: (C1) every size in shape is ≥ 0; (C2) value is in the range of dtype.
    Special values: NaN, infinities and -0 are filled in as they are.
    Source: Array API 2024.12 full.
    """
    return np.broadcast_to(convert(value, dtype=dtype), shape)


@op(dtypes=STORABLE, result="dtype", differentiable=False)
def eye(*, rows: int, columns: int, k: int, dtype: str) -> Any:
    """A matrix with ones on its k-th diagonal (k > 0 above, k < 0 below the main one), else zeros.

    Constraints: (C1) rows, columns ≥ 0; a k outside of the matrix leaves all zeros.
    Source: Array API 2024.12 eye.
    """
    return np.eye(rows, columns, k, dtype=numpy_dtype(wide(dtype)))


@op(dtypes=REAL, result="dtype", differentiable=False)
def arange(*, start: Real, stop: Real, step: Real, dtype: str) -> Any:
    """The numbers start + i·step, i = 0, 1, …, before stop.

    Semantics: there are ⌈(stop - start)/step⌉ numbers, the quotient computed in float64 (none if
    it is negative); each is one product and one sum, not a repeated addition.
    Constraints: (C1) step ≠ 0; (C2) the numbers are in the range of dtype.
    Source: Array API 2024.12 arange.
    """
    first, last, width = (np.asarray(innermost(x)).item() for x in (start, stop, step))
    count = max(math.ceil(float((last - first) / width)), 0)
    return convert(start + integers(count, like=step) * step, dtype=dtype)


@op(dtypes=FLOATING, result="dtype", differentiable=False)
def linspace(*, start: Real, stop: Real, num: int, dtype: str) -> Any:
    """num evenly spaced numbers from start to stop, both included.

    Semantics: start + i·(stop - start)/(num - 1); the last is stop exactly.
    Constraints: (C1) num ≥ 0; num = 1 gives start alone.
    Source: Array API 2024.12 linspace.
    """
    steps = integers(max(num - 1, 1), like=start) * ((stop - start) / max(num - 1, 1)) + start
    return np.concatenate([steps, np.reshape(stop, (1,))])[:num] if num > 1 else steps[:num]
