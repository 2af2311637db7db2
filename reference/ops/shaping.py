"""Shapes: the same elements under other axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from tensorcts.reference.constraints import require, require_broadcast
from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.registry import op


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def reshape(x: Any, *, shape: tuple[int, ...]) -> Any:
    """The elements of x, in row-major order, in another shape.

    Constraints: (C1) as many elements as x has; (C2) one size may be -1: what remains.
    Gradient: g in the shape of x.
    Source: Array API 2024.12 reshape.
    """
    return np.reshape(x, shape)


@op(dtypes=STORABLE, zero_sign=True, aliases="always")
def view(x: Any, *, shape: tuple[int, ...]) -> Any:
    """x itself in another shape: no element is moved.

    Semantics: as reshape; where the strides of x don't allow it there is no view, and never a copy.
    Constraints: (C1) as many elements as x has; (C2) one size may be -1: what remains.
    Gradient: g in the shape of x.
    Source: PyTorch Tensor.view; NumPy 2.1 reshape with copy=False.
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


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def broadcast_to(x: Any, *, shape: tuple[int, ...]) -> Any:
    """x repeated along axes of size 1, and along new leading axes, to fill a shape.

    Constraints: (C1) x's shape broadcasts to shape, right-aligned.
    Gradient: g summed over the repeated axes.
    Source: Array API 2024.12 broadcast_to.
    """
    return np.broadcast_to(x, shape)


@op(dtypes=STORABLE, zero_sign=True, aliases="always")
def expand(x: Any, *, shape: tuple[int, ...]) -> Any:
    """x itself repeated along axes of size 1, and along new leading axes: no element is moved.

    Semantics: as broadcast_to, with strides of 0; -1 stands for the size that x has.
    Constraints: (C1) x's shape broadcasts to shape, right-aligned; (C2) no -1 for a new axis.
    Special values: what shares its memory can't be written to.
    Gradient: g summed over the repeated axes.
    Source: PyTorch Tensor.expand.
    """
    new = len(shape) - x.ndim
    require(-1 not in shape[: max(new, 0)], f"shape {shape} holds -1 for a new axis")
    kept = tuple(n if s == -1 else s for n, s in zip(x.shape, shape[max(new, 0) :], strict=False))
    require_broadcast("x", x, shape[: max(new, 0)] + kept)
    return np.broadcast_to(x, shape[: max(new, 0)] + kept)


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("broadcast_tensors",))
def broadcast_arrays(*arrays: Any) -> Any:
    """Each of the arrays repeated to fill the shape that all of them broadcast to.

    Constraints: (C1) at least one array; (C2) their shapes broadcast, right-aligned.
    Gradient: for each array g summed over the repeated axes.
    Source: Array API 2024.12 broadcast_arrays.
    """
    require(bool(arrays), "arrays must be one at least")
    shape = np.broadcast_shapes(*(np.shape(a) for a in arrays))
    return tuple(np.broadcast_to(a, shape) for a in arrays)


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("movedim",))
def moveaxis(x: Any, *, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Any:
    """x with some axes moved to other positions; the others stay in their order.

    Constraints: (C1) the axes in source and in destination are in range and equally many; (C2) none
    stands twice.
    Gradient: g with the axes back in place.
    Source: Array API 2024.12 moveaxis.
    """
    return np.moveaxis(x, source, destination)


@op(dtypes=STORABLE, zero_sign=True, aliases="may", also_known_as=("swapdims",))
def swapaxes(x: Any, *, axis1: int, axis2: int) -> Any:
    """x with two axes exchanged, which may be the same.

    Constraints: (C1) both axes are in range; negative ones count from the end.
    Gradient: g with the two axes exchanged.
    Source: NumPy swapaxes; PyTorch swapaxes.
    """
    return np.swapaxes(x, axis1, axis2)


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
    first, last = (normalize_axis_index(axis, x.ndim) for axis in (start, end))
    require(first <= last, f"start {start} must not come after end {end} for {x.ndim} axes")
    middle = math.prod(x.shape[first : last + 1])
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


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def unflatten(x: Any, *, axis: int, sizes: tuple[int, ...]) -> Any:
    """x with an axis made several, in row-major order: what flatten does, undone.

    Constraints: (C1) axis is in range; (C2) the sizes, one at least, multiply to x's size along
    axis; one of them may be -1: what remains.
    Gradient: g in the shape of x.
    Source: PyTorch unflatten.
    """
    place = normalize_axis_index(axis, x.ndim)
    known = _without_gap(sizes, x.shape[place])
    return np.reshape(x, (*x.shape[:place], *known, *x.shape[place + 1 :]))


def _without_gap(sizes: Sequence[int], total: int) -> tuple[int, ...]:
    """The sizes with what remains of the total in the place of -1."""
    rest = math.prod(n for n in sizes if n != -1)
    gap = total // rest if rest else 0
    known = tuple(gap if n == -1 else n for n in sizes)
    fits = known and min(known) >= 0 and sizes.count(-1) <= bool(rest) and math.prod(known) == total
    require(bool(fits), f"sizes {sizes} must multiply to {total}")
    return known
