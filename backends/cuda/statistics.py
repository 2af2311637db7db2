"""Order statistics."""

from __future__ import annotations

from typing import Any

import cupy

from tensorcts.backends.cuda.adapting import Function, both, brain


def _median(x: Any, *, axis: int | None, keepdims: bool) -> Any:
    """CuPy's median is the mean of the two in the middle; NaN are sorted to the end."""
    flat, place = (x.ravel(), 0) if axis is None else (x, axis)
    if flat.shape[place] == 0:
        raise ValueError(f"an x of shape {x.shape} has no elements along axis {axis}")
    ordered = cupy.sort(flat, axis=place)
    last = cupy.take(ordered, [-1], axis=place)
    middle = cupy.take(ordered, [(ordered.shape[place] - 1) // 2], axis=place)
    found = cupy.where(last == last, middle, last)
    if axis is None:
        return found.reshape((1,) * x.ndim if keepdims else ())
    return found if keepdims else cupy.squeeze(found, axis)


def _quantile(x: Any, *, q: float, axis: int | None, keepdims: bool) -> Any:
    if not 0 <= q <= 1:
        raise ValueError(f"q must be in [0, 1], not {q}")
    size = x.size if axis is None else x.shape[axis]  # CuPy takes an axis too many modulo x.ndim
    if size == 0:
        raise ValueError(f"an x of shape {x.shape} has no elements along axis {axis}")
    return cupy.quantile(x, q, axis=axis, keepdims=keepdims).astype(x.dtype)


OPS: dict[str, Function] = {"median": brain(_median), "quantile": both(_quantile)}
