"""Searching, sorting, indexing and set functions."""

from __future__ import annotations

from typing import Any, NamedTuple

from .running import run, together

Axis = int | tuple[int, ...] | None


class Counts(NamedTuple):
    values: Any
    counts: Any


class Inverse(NamedTuple):
    values: Any
    inverse_indices: Any


def argmax(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Any:
    return run("argmax", x, axis=axis, keepdims=keepdims)


def argmin(x: Any, /, *, axis: int | None = None, keepdims: bool = False) -> Any:
    return run("argmin", x, axis=axis, keepdims=keepdims)


def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    return run("argsort", x, axis=axis, descending=descending, stable=stable)


def count_nonzero(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    return run("count_nonzero", x, axis=axis, keepdims=keepdims)


def nonzero(x: Any, /) -> Any:
    return run("nonzero", x)


def searchsorted(x1: Any, x2: Any, /, *, side: str = "left", sorter: Any = None) -> Any:
    x1 = x1 if sorter is None else take(x1, sorter)
    return run("searchsorted", *together(x1, x2), side=side)


def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    return run("sort", x, axis=axis, descending=descending, stable=stable)


def take(x: Any, indices: Any, /, *, axis: int | None = None) -> Any:
    if axis is None and x.ndim != 1:
        raise ValueError(f"axis must be given for {x.ndim} dimensions")
    return run("take", x, indices, axis=0 if axis is None else axis)


def take_along_axis(x: Any, indices: Any, /, *, axis: int = -1) -> Any:
    return run("take_along_axis", x, indices, axis=axis)


def unique_counts(x: Any, /) -> Counts:
    return Counts(*run("unique_counts", x))


def unique_inverse(x: Any, /) -> Inverse:
    return Inverse(*run("unique_inverse", x))


def unique_values(x: Any, /) -> Any:
    return run("unique_values", x)


def where(condition: Any, x1: Any, x2: Any, /) -> Any:
    pair = together(x1, x2)
    return run("where", condition, *pair, called=str(pair[0].dtype))
