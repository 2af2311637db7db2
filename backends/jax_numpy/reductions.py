"""Reductions, scans, contractions, sorting and counting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import lax, nn

from tensorcts.backends.jax_numpy.adapting import Array, typed
from tensorcts.backends.protocol import UnsupportedError


def _bmm(x: Array, y: Array) -> Array:
    if x.ndim != 3 or y.ndim != 3 or x.shape[0] != y.shape[0]:  # jnp broadcasts batches
        raise ValueError(f"bmm: {x.shape} and {y.shape} are not two batches of matrices")
    return jnp.matmul(x, y)


def _mv(x: Array, y: Array) -> Array:
    if x.ndim != 2 or y.ndim != 1:
        raise ValueError(f"mv: {x.shape} and {y.shape} are not a matrix and a vector")
    return jnp.matmul(x, y)


def _dot(x: Array, y: Array) -> Array:
    if x.ndim != 1 or y.ndim != 1:
        raise ValueError(f"dot: {x.shape} and {y.shape} are not two vectors")
    return jnp.dot(x, y)


def _accumulated(function: Callable[..., Array]) -> Callable[..., Array]:
    def accumulate(x: Array, *, axis: int, include_initial: bool, dtype: Any) -> Array:
        return function(x, axis=axis, dtype=dtype, include_initial=include_initial)

    return typed(accumulate)


def _front(x: Array, axis: int) -> int:
    """lax counts axes from the front alone."""
    return range(x.ndim)[axis]


def _topk(x: Array, *, k: int, axis: int, largest: bool) -> tuple[Array, ...]:
    if not largest:
        raise UnsupportedError("jax.lax.top_k finds the largest elements only")
    values, index = lax.top_k(x, k, axis=_front(x, axis))
    return values, index.astype(jnp.int64)


def _searchsorted(x1: Array, x2: Array, *, side: str) -> Array:
    return jnp.searchsorted(x1, x2, side=side).astype(jnp.int64)


def _histogram(x: Array, *, bins: int, low: float, high: float) -> Array:
    if x.dtype.itemsize < 4:
        raise UnsupportedError("jax places the edges of the bins in the array's own dtype")
    return jnp.histogram(x, bins, (low, high))[0].astype(jnp.int64)


def _quantile(x: Array, *, q: float, axis: int | None, keepdims: bool) -> Array:
    return jnp.quantile(x, q, axis, keepdims=keepdims)


OPS: dict[str, Callable[..., Any]] = {
    "sum": typed(jnp.sum),
    "prod": typed(jnp.prod),
    "mean": jnp.mean,
    "var": jnp.var,
    "std": jnp.std,
    "max": jnp.max,
    "min": jnp.min,
    "argmax": jnp.argmax,
    "argmin": jnp.argmin,
    "any": jnp.any,
    "all": jnp.all,
    "count_nonzero": jnp.count_nonzero,
    "nansum": jnp.nansum,
    "nanmean": jnp.nanmean,
    "nanmax": jnp.nanmax,
    "nanmin": jnp.nanmin,
    "logsumexp": nn.logsumexp,
    "vector_norm": jnp.linalg.vector_norm,
    "matrix_norm": jnp.linalg.matrix_norm,
    "cumulative_sum": _accumulated(jnp.cumulative_sum),
    "cumulative_prod": _accumulated(jnp.cumulative_prod),
    "logcumsumexp": lambda x, *, axis: lax.cumlogsumexp(x, _front(x, axis)),
    "diff": lambda x, *, axis, n: jnp.diff(x, n, axis),
    "matmul": jnp.matmul,
    "einsum": lambda *operands, subscripts: jnp.einsum(subscripts, *operands),
    "tensordot": jnp.tensordot,
    "dot": _dot,
    "vdot": jnp.vdot,
    "vecdot": jnp.vecdot,
    "outer": jnp.outer,
    "kron": jnp.kron,
    "cross": lambda x, y, *, axis: jnp.cross(x, y, axis=axis),
    "mv": _mv,
    "bmm": _bmm,
    "trace": typed(lambda x, *, offset, dtype: jnp.trace(x, offset, -2, -1, dtype)),
    "sort": jnp.sort,
    "argsort": jnp.argsort,
    "topk": _topk,
    "searchsorted": _searchsorted,
    "unique_values": jnp.unique_values,
    "unique_counts": lambda x: tuple(jnp.unique_counts(x)),
    "unique_inverse": lambda x: tuple(jnp.unique_inverse(x)),
    "bincount": lambda x, *, minlength: jnp.bincount(x, minlength=minlength),
    "histogram": _histogram,
    "quantile": _quantile,
}
