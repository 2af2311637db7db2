"""Shape ops: views where possible, else copies by the copy kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from tensorcts.backends.opencl import arrays
from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    Shape,
    normal_axes,
    normal_axis,
    normal_shape,
)
from tensorcts.backends.opencl.layouts import merged
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.backends.protocol import UnsupportedError


def _filled(name: str, sizes: Sequence[int], total: int) -> Shape:
    """The sizes with what remains of the total in the place of -1."""
    known = list(sizes)
    if known.count(-1) == 1:
        rest = -prod(known)
        if rest == 0 or total % rest:
            raise ValueError(f"{name} {sizes} leaves no size for -1, of {total}")
        known[known.index(-1)] = total // rest
    wanted = normal_shape(known, name)
    if prod(wanted) != total:
        raise ValueError(f"{name} {sizes} holds {prod(wanted)} elements, x {total}")
    return wanted


def reshape(runtime: Runtime, x: DeviceArray, *, shape: tuple[int, ...]) -> DeviceArray:
    """A view of a contiguous array, a copy of another."""
    return runtime.reshaped(x, _filled("shape", shape, x.size))


def view(runtime: Runtime, x: DeviceArray, *, shape: tuple[int, ...]) -> DeviceArray:
    """A view, or none at all."""
    wanted = _filled("shape", shape, x.size)
    strides = _strides_of_view(x, wanted)
    if strides is None:
        raise UnsupportedError(f"no strides give x, of strides {x.strides}, the shape {shape}")
    return arrays.view(x, wanted, strides, x.offset)


def _strides_of_view(x: DeviceArray, shape: Shape) -> Shape | None:
    """With which strides x's elements have the shape; None where none do.

    Axes of x that lie in one piece are merged; every new axis has to fit into one of the pieces.
    """
    if x.size == 0:
        return arrays.row_major(shape)
    sizes, steps = merged(x.shape, [(step,) for step in x.strides])
    pieces = list(zip(sizes, (step[0] for step in steps), strict=True))
    left, step = pieces.pop()
    strides = []
    for n in reversed(shape):
        if left == 1 and n > 1:
            left, step = pieces.pop()
        if left % n:
            return None
        strides.append(step)
        left, step = left // n, step * n
    return tuple(reversed(strides))


def permute_dims(runtime: Runtime, x: DeviceArray, *, axes: tuple[int, ...]) -> DeviceArray:
    """A view."""
    order = normal_axes(axes, x.ndim, "axes")
    if len(order) != x.ndim:
        raise ValueError(f"axes {axes} must name each of the {x.ndim} axes of x once")
    return arrays.permuted(x, order)


def broadcast_to(runtime: Runtime, x: DeviceArray, *, shape: tuple[int, ...]) -> DeviceArray:
    """A view with strides of 0."""
    return arrays.broadcasted(x, normal_shape(shape))


def expand(runtime: Runtime, x: DeviceArray, *, shape: tuple[int, ...]) -> DeviceArray:
    """A view with strides of 0."""
    new = len(shape) - x.ndim
    known = [x.shape[i - new] if n == -1 and i >= new else n for i, n in enumerate(shape)]
    return arrays.broadcasted(x, normal_shape(known))


def broadcast_arrays(runtime: Runtime, *given: DeviceArray) -> tuple[DeviceArray, ...]:
    """Views with strides of 0."""
    shape = arrays.broadcast_shape(*(x.shape for x in given))
    return tuple(arrays.broadcasted(x, shape) for x in given)


def moveaxis(
    runtime: Runtime, x: DeviceArray, *, source: int | Shape, destination: int | Shape
) -> DeviceArray:
    """A view."""
    origins = normal_axes(source, x.ndim, "source")
    places = normal_axes(destination, x.ndim, "destination")
    if len(origins) != len(places):
        raise ValueError(f"source {source} and destination {destination} differ in number")
    order = [a for a in range(x.ndim) if a not in origins]
    for place, origin in sorted(zip(places, origins, strict=True)):
        order.insert(place, origin)
    return arrays.permuted(x, order)


def swapaxes(runtime: Runtime, x: DeviceArray, *, axis1: int, axis2: int) -> DeviceArray:
    """A view."""
    first, second = normal_axis(axis1, x.ndim, "axis1"), normal_axis(axis2, x.ndim, "axis2")
    order = list(range(x.ndim))
    order[first], order[second] = second, first
    return arrays.permuted(x, order)


def flatten(runtime: Runtime, x: DeviceArray, *, start: int, end: int) -> DeviceArray:
    """A reshape."""
    if x.ndim == 0:
        return runtime.reshaped(x, (1,))
    first, last = normal_axis(start, x.ndim, "start"), normal_axis(end, x.ndim, "end")
    if first > last:
        raise ValueError(f"start {start} comes after end {end} for {x.ndim} axes")
    middle = prod(x.shape[first : last + 1])
    return runtime.reshaped(x, (*x.shape[:first], middle, *x.shape[last + 1 :]))


def unflatten(
    runtime: Runtime, x: DeviceArray, *, axis: int, sizes: tuple[int, ...]
) -> DeviceArray:
    """A view."""
    place = normal_axis(axis, x.ndim)
    if not sizes:
        raise ValueError("sizes must be one at least")
    inner = _filled("sizes", sizes, x.shape[place])
    steps = [step * x.strides[place] for step in arrays.row_major(inner)]
    shape = (*x.shape[:place], *inner, *x.shape[place + 1 :])
    strides = (*x.strides[:place], *steps, *x.strides[place + 1 :])
    return arrays.view(x, shape, strides, x.offset)


def squeeze(runtime: Runtime, x: DeviceArray, *, axis: int | tuple[int, ...]) -> DeviceArray:
    """A view."""
    gone = normal_axes(axis, x.ndim)
    if any(x.shape[a] != 1 for a in gone):
        raise ValueError(f"axis {axis} must name axes of size 1 of the shape {x.shape}")
    kept = [a for a in range(x.ndim) if a not in gone]
    return arrays.permuted(x, kept)


def expand_dims(runtime: Runtime, x: DeviceArray, *, axis: int) -> DeviceArray:
    """A view."""
    return arrays.with_axis(x, normal_axis(axis, x.ndim + 1))


OPS: dict[str, Callable[..., Any]] = {
    "reshape": reshape,
    "view": view,
    "permute_dims": permute_dims,
    "moveaxis": moveaxis,
    "swapaxes": swapaxes,
    "broadcast_to": broadcast_to,
    "expand": expand,
    "broadcast_arrays": broadcast_arrays,
    "flatten": flatten,
    "unflatten": unflatten,
    "squeeze": squeeze,
    "expand_dims": expand_dims,
}
