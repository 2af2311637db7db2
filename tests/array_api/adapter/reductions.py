"""Statistical functions, cumulative ones, and whether any or all."""

from __future__ import annotations

from typing import Any

from .running import cast_sum, default_sum, run

Axis = int | tuple[int, ...] | None


def all(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    return run("all", x, axis=axis, keepdims=keepdims)


def any(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    return run("any", x, axis=axis, keepdims=keepdims)


def cumulative_prod(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Any:
    return _cumulative("cumulative_prod", x, axis, dtype, include_initial)


def cumulative_sum(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, include_initial: bool = False
) -> Any:
    return _cumulative("cumulative_sum", x, axis, dtype, include_initial)


def _cumulative(op: str, x: Any, axis: int | None, dtype: Any, include_initial: bool) -> Any:
    name = default_sum(x, dtype)
    if axis is None and x.ndim != 1:
        raise ValueError(f"axis must be given for {x.ndim} dimensions")
    axis = 0 if axis is None else axis
    return run(op, cast_sum(x, name), axis=axis, include_initial=include_initial, dtype=name)


def max(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    return run("max", x, axis=axis, keepdims=keepdims)


def mean(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    return run("mean", x, axis=axis, keepdims=keepdims)


def min(x: Any, /, *, axis: Axis = None, keepdims: bool = False) -> Any:
    return run("min", x, axis=axis, keepdims=keepdims)


def prod(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Any:
    name = default_sum(x, dtype)
    return run("prod", cast_sum(x, name), axis=axis, keepdims=keepdims, dtype=name)


def std(x: Any, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Any:
    return run("std", x, axis=axis, correction=correction, keepdims=keepdims)


def sum(x: Any, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Any:
    name = default_sum(x, dtype)
    return run("sum", cast_sum(x, name), axis=axis, keepdims=keepdims, dtype=name)


def var(x: Any, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Any:
    return run("var", x, axis=axis, correction=correction, keepdims=keepdims)
