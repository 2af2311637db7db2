"""Indexing ops: indices are located and checked by one kernel, data moved by others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    Shape,
    broadcast_shape,
    broadcasted,
    normal_axis,
)
from tensorcts.backends.opencl.checks import has_shape, is_integer
from tensorcts.backends.opencl.layouts import layout, strided_layout
from tensorcts.backends.opencl.masking import nonzero
from tensorcts.backends.opencl.runtime import Runtime


def located(
    runtime: Runtime, name: str, index: DeviceArray, n: int, from_the_end: bool = True
) -> DeviceArray:
    """The indices as contiguous int64 in [0, n); IndexError for one that is out of range."""
    is_integer(name, index)
    result = runtime.empty(index.shape, "int64")
    fault = runtime.upload(np.zeros(1, np.int64))
    arguments = result, fault, layout(index.shape, index), np.int64(n), np.int32(from_the_end)
    runtime.launch_over(("indices", index.dtype, "locate"), index.size, index, *arguments)
    place = int(runtime.download(fault)[0]) - 1 if index.size else -1
    if place >= 0:
        got = runtime.download(index).reshape(-1)[place]
        lowest = -n if from_the_end else 0
        raise IndexError(f"{name} holds {got} at its element {place}, outside of [{lowest}, {n})")
    return result


def pick(
    runtime: Runtime, x: DeviceArray, index: DeviceArray, shape: Shape, axis_stride: int,
    strides: tuple[Shape, Shape],
) -> DeviceArray:  # fmt: skip
    """One element of ``x`` for each element of the result; strides are those of x and index."""
    result = runtime.empty(shape, x.dtype)
    layouts = strided_layout(shape, strides, (x.offset, index.offset))
    kernel = ("movement", f"bytes{x.itemsize}", "pick")
    runtime.launch_over(kernel, result.size, x, index, result, layouts, np.int64(axis_stride))
    return result


def take(runtime: Runtime, x: DeviceArray, indices: DeviceArray, *, axis: int) -> DeviceArray:
    """Slices along an axis."""
    place = normal_axis(axis, x.ndim)
    if indices.ndim != 1:
        raise ValueError(f"indices must be 1-d, not of shape {indices.shape}")
    index = located(runtime, "indices", indices, x.shape[place])
    shape = (*x.shape[:place], indices.size, *x.shape[place + 1 :])
    along = tuple(int(a == place) for a in range(x.ndim))
    strides = (_without(x.strides, place), along)
    return pick(runtime, x, index, shape, x.strides[place], strides)


def gather(runtime: Runtime, x: DeviceArray, index: DeviceArray, *, axis: int) -> DeviceArray:
    """One element for each index."""
    place = normal_axis(axis, x.ndim)
    fits_along(x, index, place)
    found = located(runtime, "index", index, x.shape[place])
    strides = (_without(x.strides, place), found.strides)
    return pick(runtime, x, found, index.shape, x.strides[place], strides)


def embedding(runtime: Runtime, weight: DeviceArray, indices: DeviceArray) -> DeviceArray:
    """Rows of a table."""
    if weight.ndim != 2:
        raise ValueError(f"weight must be 2-d, not of shape {weight.shape}")
    index = located(runtime, "indices", indices, weight.shape[0], from_the_end=False)
    shape = (*indices.shape, weight.shape[1])
    strides = ((0,) * indices.ndim + weight.strides[1:], (*index.strides, 0))
    return pick(runtime, weight, index, shape, weight.strides[0], strides)


def _without(strides: Shape, axis: int) -> Shape:
    return (*strides[:axis], 0, *strides[axis + 1 :])


def fits_along(x: DeviceArray, index: DeviceArray, axis: int) -> None:
    """ValueError unless the index has the sizes of x along every other axis."""
    is_integer("index", index)
    expected = (*x.shape[:axis], *index.shape[axis : axis + 1], *x.shape[axis + 1 :])
    if index.ndim != x.ndim or index.shape != expected:
        raise ValueError(
            f"index of shape {index.shape} must have the sizes of x, {x.shape}, but for axis {axis}"
        )


def take_along_axis(
    runtime: Runtime, x: DeviceArray, indices: DeviceArray, *, axis: int
) -> DeviceArray:
    """As gather, the other axes broadcast by strides of 0."""
    place = normal_axis(axis, x.ndim)
    if indices.ndim != x.ndim:
        raise ValueError(f"indices of shape {indices.shape} must have {x.ndim} dimensions")
    found = located(runtime, "indices", indices, x.shape[place])
    shape = broadcast_shape(_resized(x.shape, place, 1), _resized(indices.shape, place, 1))
    wide = broadcasted(x, _resized(shape, place, x.shape[place]))
    index = broadcasted(found, _resized(shape, place, indices.shape[place]))
    strides = (_without(wide.strides, place), index.strides)
    return pick(runtime, wide, index, index.shape, wide.strides[place], strides)


def _resized(shape: Shape, axis: int, size: int) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])


@dataclass(frozen=True)
class Keys:
    """Where arrays over some axes of x lead.

    offsets: what the indexed axes add to an offset into x, over the shape ``common`` of the arrays.
    shape: that of the result, of whose axes those from ``first`` on are the common ones.
    """

    offsets: DeviceArray
    shape: Shape
    first: int
    kept: tuple[int, ...]

    def strides(self, x: DeviceArray) -> tuple[Shape, Shape]:
        """The strides, over the result, of x along the axes kept and of the offsets."""
        own = [x.strides[a] for a in self.kept]
        common = self.offsets.ndim
        none, nowhere = (0,) * common, [0] * len(own)
        left, right = own[: self.first], own[self.first :]
        zeros = nowhere[: self.first], nowhere[self.first :]
        return (*left, *none, *right), (*zeros[0], *self.offsets.strides, *zeros[1])


def keyed(
    runtime: Runtime, x: DeviceArray, indices: tuple[DeviceArray, ...], axes: tuple[int, ...]
) -> Keys:
    """Masks become integer arrays, integer arrays offsets into x, added up axis by axis."""
    found: dict[int, DeviceArray] = {}
    for number, (array, axis) in enumerate(zip(indices, axes, strict=True)):
        if not max(found, default=-1) < axis < x.ndim:
            raise ValueError(f"axes {axes} must rise, not overlap, and lie in [0, {x.ndim})")
        found |= _places(runtime, f"indices[{number}]", x.shape, array, axis)
    common = broadcast_shape(*(i.shape for i in found.values()))
    offsets = runtime.empty(common, "int64")
    for number, (axis, places) in enumerate(found.items()):
        numbers = layout(common, broadcasted(places, common)), np.int64(x.strides[axis])
        kernel = ("indices", "int64", "displace")
        runtime.launch_over(kernel, offsets.size, places, offsets, *numbers, np.int32(number == 0))
    kept = tuple(a for a in range(x.ndim) if a not in found)
    neighbours = max(found) - min(found) + 1 == len(found)
    first = min(found) if neighbours else 0
    sizes = [x.shape[a] for a in kept]
    return Keys(offsets, (*sizes[:first], *common, *sizes[first:]), first, kept)


def _places(
    runtime: Runtime, name: str, shape: Shape, array: DeviceArray, axis: int
) -> dict[int, DeviceArray]:
    """For each axis that an array indexes the integers along it."""
    if array.ndim == 0:
        raise ValueError(f"{name} must have a dimension or more")
    if array.dtype != "bool":
        return {axis: located(runtime, name, array, shape[axis])}
    has_shape(name, array, shape[axis : axis + array.ndim])
    return dict(enumerate(nonzero(runtime, array), start=axis))


def index(
    runtime: Runtime, x: DeviceArray, *indices: DeviceArray, axes: tuple[int, ...]
) -> DeviceArray:
    """One element of x for each offset and each place along the axes kept."""
    keys = keyed(runtime, x, indices, axes)
    return pick(runtime, x, keys.offsets, keys.shape, 1, keys.strides(x))


OPS: dict[str, Callable[..., Any]] = {
    "take": take,
    "gather": gather,
    "take_along_axis": take_along_axis,
    "index": index,
    "embedding": embedding,
}
