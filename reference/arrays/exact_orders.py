"""What hangs on the order of mpmath's numbers, NaN among them: extremes, positions, sorting."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference.arrays.multiprecision import MP, elementwise, number


def _extreme(pick: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    return elementwise(lambda a, b: a if MP.isnan(number(a)) or pick(a, b) else b, 2)


MAXIMUM = _extreme(lambda a, b: bool(a >= b))
MINIMUM = _extreme(lambda a, b: bool(a <= b))


def is_nan(x: NDArray[Any]) -> NDArray[np.bool_]:
    """np.isnan."""
    return elementwise(lambda each: MP.isnan(number(each)))(x).astype(bool)


def reduction(ufunc: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction that folds ``ufunc`` over axes (NumPy's own loses NaN among objects)."""

    def reduce(
        x: NDArray[Any], axis: Any = None, *, keepdims: bool = False, initial: float | None = None
    ) -> NDArray[Any]:
        axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
        out = x
        for one in sorted((int(a) % x.ndim for a in axes), reverse=True):
            rows = list(np.moveaxis(out, one, 0))
            if initial is not None:
                rows.append(np.full(np.delete(out.shape, one), initial))
            if not rows:
                raise ValueError("the largest or smallest of no elements is not defined")
            folded = functools.reduce(ufunc, rows)
            out = np.asarray(np.expand_dims(folded, one) if keepdims else folded, dtype=object)
        return out

    return reduce


def position(function: Callable[..., Any]) -> Callable[..., Any]:
    """np.argmax or np.argmin, the first NaN before all else (objects hide NaN from NumPy's own)."""

    def place(x: NDArray[Any], axis: int | None = None, *, keepdims: bool = False) -> Any:
        nan = is_nan(x)
        first = np.argmax(nan, axis=axis, keepdims=keepdims)
        found = np.any(nan, axis=axis, keepdims=keepdims)
        return np.where(found, first, function(x, axis=axis, keepdims=keepdims))

    return place


def argsort(x: NDArray[Any], *, axis: int = -1, kind: str) -> Any:
    """np.argsort with NaN last (objects hide NaN from NumPy's own); always stable."""
    nan = is_nan(x)
    order = np.argsort(np.where(nan, MP.zero, x), axis=axis, kind="stable")
    behind = np.argsort(np.take_along_axis(nan, order, axis), axis=axis, kind="stable")
    return np.take_along_axis(order, behind, axis)
