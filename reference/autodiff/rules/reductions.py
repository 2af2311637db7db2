"""Derivative rules of the reductions: sum, prod, max, min."""

from __future__ import annotations

from typing import Any

import numpy as np


def _axes(x: Any, axis: Any) -> tuple[int, ...]:
    """The reduced axes, counted from the front, in order."""
    axes = range(np.ndim(x)) if axis is None else np.atleast_1d(axis)
    return tuple(sorted(int(a) % np.ndim(x) for a in axes))


def kept(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """``g`` with the reduced axes of ``x`` back, of size 1."""
    return g if keepdims else np.expand_dims(g, _axes(x, axis))


def _sum(g: Any, z: Any, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.broadcast_to(kept(g, x, axis, keepdims), np.shape(x))


def _extreme(
    g: Any, z: Any, x: Any, axis: Any = None, *, keepdims: bool = False, initial: float = 0.0
) -> Any:
    """``g`` shared evenly among the elements that are the extreme one; none to ``initial``."""
    ties = x == kept(z, x, axis, keepdims)
    share = kept(g, x, axis, keepdims) / np.sum(ties, axis=axis, keepdims=True)
    return np.where(ties, share, 0.0)


def _prod(g: Any, z: Any, x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """``g`` times the product of the other elements."""
    return kept(g, x, axis, keepdims) * others(x, axis)


def others(x: Any, axis: Any) -> Any:
    """For each element the product of all others along the axes."""
    axes = _axes(x, axis)
    last = tuple(range(-len(axes), 0))
    rows = np.moveaxis(x, axes, last)
    flat = np.reshape(rows, rows.shape[: np.ndim(x) - len(axes)] + (-1 if rows.size else 0,))
    return np.moveaxis(np.reshape(_others(flat), rows.shape), last, axes)


def _others(x: Any) -> Any:
    """For each element along the last axis the product of all others, without a division.

    The elements are paired; what multiplies one is its partner and what multiplies the pair.
    """
    if x.shape[-1] <= 1:
        return np.ones(x.shape)
    half = x.shape[-1] // 2
    a, b, odd = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    pairs = _others(np.concatenate([a * b, odd], axis=-1))
    up, rest = pairs[..., :half], pairs[..., half:]
    return np.concatenate([up * b, up * a, rest], axis=-1)


RULES: dict[Any, Any] = {
    np.sum: (_sum,),
    np.prod: (_prod,),
    np.max: (_extreme,),
    np.min: (_extreme,),
}
