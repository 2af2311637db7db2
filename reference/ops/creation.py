"""Creation: arrays made of attributes, the dtype among them, or in the shape of another array."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import innermost
from tensorcts.reference.arrays.primitives import convert, integers
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING, INTEGER, REAL, STORABLE, numpy_dtype, wide
from tensorcts.reference.registry import DEFINED, Choice, Real, op


def _require_range(name: str, numbers: Iterable[Any], dtype: str) -> None:
    """An integer dtype holds every one of the numbers."""
    if dtype not in INTEGER:
        return
    info = np.iinfo(numpy_dtype(dtype))
    wrong = [n for n in numbers if not info.min <= n <= info.max]
    require(not wrong, f"{name} {wrong[:3]} must be in [{info.min}, {info.max}] for {dtype}")


_UNINITIALIZED = "what stands in an array before anything was written to it"


@op(dtypes=STORABLE, result="dtype", differentiable=False)
def zeros(*, shape: tuple[int, ...], dtype: str) -> Any:
    """An array of zeros.

    Constraints: (C1) every size in shape is ≥ 0, () makes a 0-d array; (C2) there can be that many
    elements.
    Source: Array API 2024.12 zeros.
    """
    return np.zeros(shape, numpy_dtype(wide(dtype)))


@op(dtypes=STORABLE, result="dtype", differentiable=False)
def ones(*, shape: tuple[int, ...], dtype: str) -> Any:
    """An array of ones; True for bool, 1 + 0i for complex dtypes.

    Constraints: (C1) every size in shape is ≥ 0, () makes a 0-d array; (C2) there can be that many
    elements.
    Source: Array API 2024.12 ones.
    """
    return np.ones(shape, numpy_dtype(wide(dtype)))


@op(dtypes=STORABLE, result="dtype", differentiable=False, zero_sign=True)
def full(*, shape: tuple[int, ...], value: Real, dtype: str) -> Any:
    """An array filled with one value.

    Constraints: (C1) every size in shape is ≥ 0; (C2) value is in the range of an integer dtype.
    Special values: NaN, infinities and -0 are filled in as they are.
    Source: Array API 2024.12 full.
    """
    _require_range("value", [np.asarray(innermost(value)).item()], dtype)
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
    Constraints: (C1) step ≠ 0; (C2) the numbers are in the range of an integer dtype.
    Special values: numbers beyond the largest of a floating dtype are infinite.
    Source: Array API 2024.12 arange.
    """
    first, last, width = (np.asarray(innermost(x)).item() for x in (start, stop, step))
    require(width != 0, f"step must not be 0, for start {first} and stop {last}")
    count = max(math.ceil(float((last - first) / width)), 0)
    _require_range("start …", [first, first + (count - 1) * width] if count else [], dtype)
    return convert(start + integers(count, like=step) * step, dtype=dtype)


@op(dtypes=FLOATING, result="dtype", differentiable=False)
def linspace(*, start: Real, stop: Real, num: int, dtype: str) -> Any:
    """num evenly spaced numbers from start to stop, both included.

    Semantics: start + i·(stop - start)/(num - 1); the last is stop exactly.
    Constraints: (C1) num ≥ 0; num = 1 gives start alone.
    Source: Array API 2024.12 linspace.
    """
    require(num >= 0, f"num must be at least 0, not {num}")
    steps = integers(max(num - 1, 1), like=start) * ((stop - start) / max(num - 1, 1)) + start
    return np.concatenate([steps, np.reshape(stop, (1,))])[:num] if num > 1 else steps[:num]


@op(dtypes=FLOATING, result="dtype", differentiable=False)
def logspace(*, start: Real, stop: Real, num: int, base: Real, dtype: str) -> Any:
    """num numbers from base**start to base**stop, each the same multiple of the one before.

    Semantics: base to the power of each number of linspace.
    Constraints: (C1) num ≥ 0; num = 1 gives base**start alone; (C2) base > 0.
    Source: NumPy logspace; PyTorch logspace.
    """
    number = np.asarray(innermost(base)).item()
    require(number > 0, f"base must be positive, not {number}")
    return np.power(base, linspace(start=start, stop=stop, num=num, dtype=dtype))


@op(
    dtypes=STORABLE,
    result="dtype",
    differentiable=False,
    zero_sign=True,
    also_known_as=("from_slice", "from_vec", "from_list", "tensor"),
)
def asarray(*, values: tuple[complex, ...], shape: tuple[int, ...], dtype: str) -> Any:
    """An array of the Python numbers given, in row-major order.

    Semantics: each number is rounded once, to nearest even.
    Constraints: (C1) there are as many values as elements; (C2) they are in the range of an integer
    dtype.
    Special values: NaN, infinities and -0 stay what they are.
    Source: Array API 2024.12 asarray.
    """
    require(
        len(values) == math.prod(shape) and min(shape, default=0) >= 0,
        f"shape {shape} must hold {len(values)} elements, as many as there are values",
    )
    _require_range("values", values, dtype)
    return np.reshape(np.fromiter(values, numpy_dtype(wide(dtype)), len(values)), shape)


def _everywhere(*, shape: tuple[int, ...], dtype: str) -> Any:
    return np.ones(shape, bool)


def _everywhere_like(x: Any, *, dtype: str) -> Any:
    return np.ones(x.shape, bool)


@op(
    dtypes=STORABLE,
    result="dtype",
    differentiable=False,
    choices=(
        Choice("uninitialized", _UNINITIALIZED, _everywhere, {"zeros": DEFINED, "any": None}),
    ),
)
def empty(*, shape: tuple[int, ...], dtype: str) -> Any:
    """An array that nothing was written to yet.

    Constraints: (C1) every size in shape is ≥ 0, () makes a 0-d array.
    Special values: zeros, or whatever the memory holds where the backend declares so
    (uninitialized): then only shape and dtype are defined.
    Source: Array API 2024.12 empty.
    """
    return np.zeros(shape, numpy_dtype(wide(dtype)))


@op(
    dtypes=STORABLE,
    result="dtype",
    differentiable=False,
    choices=(
        Choice("uninitialized", _UNINITIALIZED, _everywhere_like, {"zeros": DEFINED, "any": None}),
    ),
)
def empty_like(x: Any, *, dtype: str) -> Any:
    """An array in the shape of x that nothing was written to yet.

    Special values: zeros, or whatever the memory holds where the backend declares so
    (uninitialized): then only shape and dtype are defined.
    Source: Array API 2024.12 empty_like.
    """
    return np.zeros(np.shape(x), numpy_dtype(wide(dtype)))


@op(dtypes=STORABLE, result="dtype", differentiable=False)
def zeros_like(x: Any, *, dtype: str) -> Any:
    """Zeros in the shape of x.

    Special values: what x holds does not matter.
    Source: Array API 2024.12 zeros_like.
    """
    return np.zeros(np.shape(x), numpy_dtype(wide(dtype)))


@op(dtypes=STORABLE, result="dtype", differentiable=False)
def ones_like(x: Any, *, dtype: str) -> Any:
    """Ones in the shape of x; True for bool, 1 + 0i for complex dtypes.

    Special values: what x holds does not matter.
    Source: Array API 2024.12 ones_like.
    """
    return np.ones(np.shape(x), numpy_dtype(wide(dtype)))


@op(dtypes=STORABLE, result="dtype", differentiable=False, zero_sign=True)
def full_like(x: Any, *, value: Real, dtype: str) -> Any:
    """One value in the shape of x.

    Constraints: (C1) value is in the range of an integer dtype.
    Special values: NaN, infinities and -0 are filled in as they are; what x holds does not matter.
    Source: Array API 2024.12 full_like.
    """
    return full(shape=np.shape(x), value=value, dtype=dtype)
