"""Slicing: bookkeeping of strides and offsets; only an assignment moves data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensorcts.backends.opencl import arrays
from tensorcts.backends.opencl.arrays import DeviceArray, normal_axis
from tensorcts.backends.opencl.checks import integer, one_dtype
from tensorcts.backends.opencl.runtime import Runtime

Index = tuple[Any, ...]


def select(runtime: Runtime, x: DeviceArray, *, axis: int, index: int) -> DeviceArray:
    """A view."""
    place = normal_axis(axis, x.ndim)
    return arrays.selected(x, place, _position(index, x.shape[place]))


def _position(index: int, n: int) -> int:
    if not -n <= integer("index", index) < n:
        raise IndexError(f"index {index} is outside of [{-n}, {n})")
    return index % n


def getitem(runtime: Runtime, x: DeviceArray, *, index: Index) -> DeviceArray:
    """A view."""
    return _part(x, index)


def _part(x: DeviceArray, index: Index) -> DeviceArray:
    axis = 0
    for item in _complete(index, x):
        if item is None:
            x = arrays.with_axis(x, axis)
        elif isinstance(item, slice):
            x = _stepped(x, axis, item)
        else:
            x = arrays.selected(x, axis, _position(item, x.shape[axis]))
        axis += item is None or isinstance(item, slice)
    return x


def _complete(index: Index, x: DeviceArray) -> list[Any]:
    """The index with a slice for each axis that it leaves to an ellipsis, or to the end."""
    named = sum(item is not None and item is not ... for item in index)
    dots = [i for i, item in enumerate(index) if item is ...]
    if named > x.ndim or len(dots) > 1:
        raise IndexError(f"index {index} names {named} axes of the {x.ndim} of x")
    first = dots[0] if dots else len(index)
    rest = [slice(None)] * (x.ndim - named)
    return [*index[:first], *rest, *index[first + 1 :]]


def _stepped(x: DeviceArray, axis: int, part: slice) -> DeviceArray:
    start, stop, step = part.indices(x.shape[axis])
    count = len(range(start, stop, step))
    piece = arrays.sliced(x, axis, start if count else 0, count)
    strides = [s * step if a == axis else s for a, s in enumerate(x.strides)]
    return arrays.view(piece, piece.shape, strides, piece.offset)


def setitem(runtime: Runtime, x: DeviceArray, y: DeviceArray, *, index: Index) -> DeviceArray:
    """A copy of x, then one of y to a view of it."""
    one_dtype(x=x, y=y)
    part = _part(x, index)
    source = arrays.broadcasted(y, part.shape)
    result = runtime.copy(x)
    runtime.copy_to(_part(result, index), source)
    return result


def unfold(runtime: Runtime, x: DeviceArray, *, axis: int, size: int, step: int) -> DeviceArray:
    """A view, whose windows share their memory."""
    place = normal_axis(axis, x.ndim)
    if not 1 <= integer("size", size) <= x.shape[place]:
        raise ValueError(f"size must be in [1, {x.shape[place]}], not {size}")
    if integer("step", step) < 1:
        raise ValueError(f"step must be at least 1, not {step}")
    count = (x.shape[place] - size) // step + 1
    shape = (*x.shape[:place], count, *x.shape[place + 1 :], size)
    steps = [s * step if a == place else s for a, s in enumerate(x.strides)]
    return arrays.view(x, shape, (*steps, x.strides[place]), x.offset)


OPS: dict[str, Callable[..., Any]] = {
    "select": select,
    "getitem": getitem,
    "setitem": setitem,
    "unfold": unfold,
}
