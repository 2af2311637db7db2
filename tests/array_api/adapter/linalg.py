"""Linear algebra: what the catalogue has of the standard's functions and of its extension."""

from __future__ import annotations

from typing import Any

from .running import cast_sum, default_sum, run, together

Axis = int | tuple[int, ...] | None


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return run("cross", *together(x1, x2), axis=axis)


def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return run("diagonal", x, offset=offset, axis1=-2, axis2=-1)


def matmul(x1: Any, x2: Any, /) -> Any:
    return run("matmul", *together(x1, x2))


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    if ord != "fro":
        raise NotImplementedError(f"matrix_norm: ord {ord!r}; the catalogue has 'fro' only")
    return run("matrix_norm", x, keepdims=keepdims)


def matrix_transpose(x: Any, /) -> Any:
    return run("matrix_transpose", x)


def outer(x1: Any, x2: Any, /) -> Any:
    return run("outer", *together(x1, x2))


def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    return run("tensordot", *together(x1, x2), axes=axes)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    name = default_sum(x, dtype)
    return run("trace", cast_sum(x, name), offset=offset, dtype=name)


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return run("vecdot", *together(x1, x2), axis=axis)


def vector_norm(x: Any, /, *, axis: Axis = None, keepdims: bool = False, ord: Any = 2) -> Any:
    return run("vector_norm", x, axis=axis, ord=ord, keepdims=keepdims)
