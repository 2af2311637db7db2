"""Reductions, contractions, normalizations, shapes and indices: MLX's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mlx.core as mx

from tensorcts.backends.mlx_arrays.adapting import Array, typed
from tensorcts.backends.protocol import UnsupportedError


def _known(value: Any) -> Any:
    if isinstance(value, int) and value >= 2**63:
        raise UnsupportedError("mlx takes no integers of Python beyond int64")
    return value


def _in(function: Callable[..., Array]) -> Callable[..., Array]:
    """A sum or product in the dtype asked for, which MLX takes from the argument."""

    def reduce(x: Array, *, dtype: Any, **attrs: Any) -> Array:
        return function(x.astype(dtype), **attrs).astype(dtype)

    return typed(reduce)


def _spread(function: Callable[..., Array]) -> Callable[..., Array]:
    def call(x: Array, *, axis: Any, correction: int, keepdims: bool) -> Array:
        return function(x, axis=axis, keepdims=keepdims, ddof=correction)

    return call


def _accumulated(function: Callable[..., Array]) -> Callable[..., Array]:
    def accumulate(x: Array, *, axis: int, include_initial: bool, dtype: Any) -> Array:
        if include_initial:
            raise UnsupportedError("mlx's scans begin with the first element")
        return function(x, axis=axis, dtype=dtype)

    return typed(accumulate)


def _trace(x: Array, *, offset: int, dtype: Any) -> Array:
    """An error where MLX may never come back: the sum of empty diagonals of several matrices."""
    rows, columns = x.shape[-2:]
    if x.ndim > 2 and not -rows < offset < columns:
        raise ArithmeticError("mlx may never end the sum of empty diagonals; it was not called")
    return mx.trace(x, offset, -2, -1, dtype).astype(dtype)  # narrow integers come as 32 bits


def _ascending(function: Callable[..., Array]) -> Callable[..., Array]:
    def call(x: Array, *, axis: int, descending: bool, stable: bool) -> Array:
        if descending:
            raise UnsupportedError("mlx sorts in ascending order")
        return function(x, axis)

    return call


def _of_dims(function: Callable[..., Array], *dims: int) -> Callable[..., Array]:
    """A product that takes arrays of these numbers of dimensions only, where MLX takes more."""

    def call(x: Array, y: Array) -> Array:
        if (x.ndim, y.ndim) != dims or dims == (3, 3) and x.shape[0] != y.shape[0]:
            raise ValueError(f"arrays of shapes {x.shape} and {y.shape}")
        return function(x, y)

    return call


def _vecdot(x: Array, y: Array, *, axis: int) -> Array:
    if x.ndim != y.ndim:
        raise UnsupportedError("mlx.core.vecdot takes arrays of one number of dimensions")
    return mx.vecdot(x, y, axis=axis).astype(x.dtype)  # narrow integers come as 32 bits


def _einsum(first: Array, *rest: Array, subscripts: str) -> Array:
    return mx.einsum(subscripts, first, *rest).astype(first.dtype)  # so here


def _cross(x: Array, y: Array, *, axis: int) -> Array:
    if x.ndim != y.ndim:
        raise ValueError(f"cross: arrays of shapes {x.shape} and {y.shape}")
    return mx.linalg.cross(x, y, axis)


def _addmm(c: Array, x: Array, y: Array, *, alpha: float, beta: float) -> Array:
    if x.ndim != 2 or y.ndim != 2:
        raise ValueError(f"addmm: {x.shape} and {y.shape} are not two matrices")
    return mx.addmm(c, x, y, alpha, beta)


def _tensordot(x: Array, y: Array, *, axes: Any) -> Array:
    return mx.tensordot(x, y, axes if isinstance(axes, int) else [list(a) for a in axes])


def _attention(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None = None,
    bias: Array | None = None,
    *,
    scale: float,
    causal_offset: int | None,
) -> Array:
    if causal_offset is not None:
        triangle = mx.tri(query.shape[-2], key.shape[-2], causal_offset).astype(mx.bool_)
        mask = triangle if mask is None else mx.logical_and(mask, triangle)
    if bias is not None and mask is not None:
        raise UnsupportedError("mlx takes a mask or a bias")
    seen = mask if bias is None else bias
    return mx.fast.scaled_dot_product_attention(query, key, value, scale=scale, mask=seen)


def _split(x: Array, *, sizes: tuple[int, ...], axis: int) -> tuple[Array, ...]:
    if min(sizes, default=-1) < 0 or sum(sizes) != x.shape[axis]:
        raise ValueError(f"split: sizes {sizes} do not add up to {x.shape[axis]}")
    return tuple(mx.split(x, [sum(sizes[:i]) for i in range(1, len(sizes))], axis))


def _squeeze(x: Array, *, axis: int | tuple[int, ...]) -> Array:
    return mx.squeeze(x, axis)


def _pad(x: Array, *, widths: Any, mode: str, value: Any) -> Array:
    if mode == "wrap":
        raise UnsupportedError("mlx.core.pad does not wrap")
    filler = mx.array(_known(value), x.dtype)
    return mx.pad(x, [tuple(pair) for pair in widths], mode, filler)


def _meshgrid(*arrays: Array, indexing: str) -> tuple[Array, ...]:
    if any(a.ndim != 1 for a in arrays):  # MLX flattens them
        raise ValueError(f"arrays of shapes {[a.shape for a in arrays]} are not all vectors")
    return tuple(mx.meshgrid(*arrays, indexing=indexing))


def _embedding(weight: Array, indices: Array) -> Array:
    if weight.ndim != 2:
        raise ValueError(f"weight of shape {weight.shape} is no table")
    return mx.take(weight, _index(indices), 0)


def _index(indices: Array) -> Array:
    if not mx.issubdtype(indices.dtype, mx.integer):
        raise TypeError(f"an index must hold integers, not {indices.dtype}")
    return indices


def _roll(x: Array, *, shift: Any, axis: Any) -> Array:
    return mx.roll(x, shift, axis)


def _triangle(function: Callable[..., Array]) -> Callable[..., Array]:
    def call(x: Array, *, k: int) -> Array:
        return function(x, k)

    return call


CREATION: dict[str, Callable[..., Any]] = {
    "zeros": typed(mx.zeros),
    "ones": typed(mx.ones),
    "full": typed(lambda *, shape, value, dtype: mx.full(shape, _known(value), dtype)),
    "eye": typed(lambda *, rows, columns, k, dtype: mx.eye(rows, columns, k, dtype)),
    "arange": typed(lambda *, start, stop, step, dtype: mx.arange(start, stop, step, dtype)),
    "linspace": typed(
        lambda *, start, stop, num, dtype: mx.linspace(start, stop, num, dtype=dtype)
    ),
}

REDUCTIONS: dict[str, Callable[..., Any]] = {
    "sum": _in(mx.sum),
    "prod": _in(mx.prod),
    "mean": mx.mean,
    "var": _spread(mx.var),
    "std": _spread(mx.std),
    "max": mx.max,
    "min": mx.min,
    "argmax": mx.argmax,
    "argmin": mx.argmin,
    "any": mx.any,
    "all": mx.all,
    "count_nonzero": lambda x, **attrs: mx.count_nonzero(x, **attrs).astype(mx.uint32),
    "logsumexp": mx.logsumexp,
    "cumulative_sum": _accumulated(mx.cumsum),
    "cumulative_prod": _accumulated(mx.cumprod),
    "logcumsumexp": mx.logcumsumexp,
    "diff": mx.diff,
    "sort": _ascending(mx.sort),
    "argsort": _ascending(mx.argsort),
    "searchsorted": mx.searchsorted,
    "trace": typed(_trace),
}

PRODUCTS: dict[str, Callable[..., Any]] = {
    "matmul": mx.matmul,
    "einsum": _einsum,
    "tensordot": _tensordot,
    "dot": _of_dims(mx.inner, 1, 1),
    "vecdot": _vecdot,
    "outer": _of_dims(mx.outer, 1, 1),
    "kron": mx.kron,
    "cross": _cross,
    "mv": _of_dims(mx.matmul, 2, 1),
    "bmm": _of_dims(mx.matmul, 3, 3),
    "addmm": _addmm,
    "layer_norm": mx.fast.layer_norm,
    "rms_norm": mx.fast.rms_norm,
    "scaled_dot_product_attention": _attention,
}

SHAPES: dict[str, Callable[..., Any]] = {
    "reshape": mx.reshape,
    "permute_dims": mx.permute_dims,
    "swapaxes": mx.swapaxes,
    "matrix_transpose": mx.matrix_transpose,
    "broadcast_to": mx.broadcast_to,
    "broadcast_arrays": lambda *arrays: tuple(mx.broadcast_arrays(*arrays)),
    "flatten": lambda x, *, start, end: mx.flatten(x, start, end),
    "unflatten": lambda x, *, axis, sizes: mx.unflatten(x, axis, sizes),
    "squeeze": _squeeze,
    "expand_dims": mx.expand_dims,
    "concat": lambda *arrays, axis: mx.concatenate(list(arrays), axis),
    "stack": lambda *arrays, axis: mx.stack(list(arrays), axis),
    "split": _split,
    "unstack": lambda x, *, axis: tuple(mx.unstack(x, axis=axis)),
    "tile": lambda x, *, repetitions: mx.tile(x, repetitions),
    "flip": mx.flip,
    "roll": _roll,
    "pad": _pad,
    "tril": _triangle(mx.tril),
    "triu": _triangle(mx.triu),
    "diag": _triangle(mx.diag),
    "diagonal": mx.diagonal,
    "meshgrid": _meshgrid,
    "take": lambda x, i, *, axis: mx.take(x, _index(i), axis),
    "take_along_axis": lambda x, i, *, axis: mx.take_along_axis(x, _index(i), axis),
    "embedding": _embedding,
    "put_along_axis": lambda x, i, values, *, axis: mx.put_along_axis(x, _index(i), values, axis),
}
