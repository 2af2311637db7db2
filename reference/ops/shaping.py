"""Shapes: reshape, permute_dims, broadcast_to, flatten, squeeze, expand_dims."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.registry import op


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("view",))
def reshape(x: Any, *, shape: tuple[int, ...]) -> Any:
    """The elements of x, in row-major order, in another shape.

    Constraints: (C1) as many elements as x has; (C2) one size may be -1: what remains.
    Gradient: g in the shape of x.
    Source: Array API 2024.12 reshape.
    """
    return np.reshape(x, shape)


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("permute", "transpose"))
def permute_dims(x: Any, *, axes: tuple[int, ...]) -> Any:
    """x with its axes in another order: axis i of the result is axis axes[i] of x.

    Constraints: (C1) axes is a permutation of x's axes; negative ones count from the end.
    Gradient: g with the axes back in place.
    Source: Array API 2024.12 permute_dims.
    """
    return np.transpose(x, axes)


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("expand",))
def broadcast_to(x: Any, *, shape: tuple[int, ...]) -> Any:
    """x repeated along axes of size 1, and along new leading axes, to fill a shape.

    Constraints: (C1) x's shape broadcasts to shape, right-aligned.
    Gradient: g summed over the repeated axes.
    Source: Array API 2024.12 broadcast_to.
    """
    return np.broadcast_to(x, shape)


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def flatten(x: Any, *, start: int, end: int) -> Any:
    """x with its axes start … end (both included) made one, in row-major order.

    Constraints: (C1) start ≤ end, both in range, negative ones count from the end; a 0-d x gives
    shape (1,).
    Gradient: g in the shape of x.
    Source: PyTorch flatten.
    """
    if x.ndim == 0:
        return np.reshape(x, (1,))
    first, last = start % x.ndim, end % x.ndim
    middle = int(np.prod(x.shape[first : last + 1]))
    return np.reshape(x, x.shape[:first] + (middle,) + x.shape[last + 1 :])


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def squeeze(x: Any, *, axis: int | tuple[int, ...]) -> Any:
    """x without the axes given, each of size 1.

    Constraints: (C1) every axis is in range and has size 1; negative ones count from the end.
    Gradient: g in the shape of x.
    Source: Array API 2024.12 squeeze.
    """
    return np.squeeze(x, axis)


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("unsqueeze",))
def expand_dims(x: Any, *, axis: int) -> Any:
    """x with a new axis of size 1 at the position axis of the result.

    Constraints: (C1) -(n+1) ≤ axis ≤ n for an n-dimensional x.
    Gradient: g in the shape of x.
    Source: Array API 2024.12 expand_dims.
    """
    return np.expand_dims(x, axis)
