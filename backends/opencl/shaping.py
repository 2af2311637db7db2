"""Shape ops, joining and splitting: views where possible, else copies by the copy kernel."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from tensorcts.backends.opencl import arrays
from tensorcts.backends.opencl.arrays import DeviceArray, normal_axes, normal_axis, normal_shape
from tensorcts.backends.opencl.checks import has_shape, one_dtype
from tensorcts.backends.opencl.runtime import Runtime


def reshape(runtime: Runtime, x: DeviceArray, *, shape: tuple[int, ...]) -> DeviceArray:
    """A view of a contiguous array, a copy of another."""
    sizes = list(shape)
    if sizes.count(-1) == 1:
        known = -prod(sizes)
        if known == 0 or x.size % known:
            raise ValueError(f"shape {shape} leaves no size for -1, for {x.size} elements")
        sizes[sizes.index(-1)] = x.size // known
    wanted = normal_shape(sizes)
    if prod(wanted) != x.size:
        raise ValueError(
            f"shape {shape} holds {prod(wanted)} elements, x {x.size} of shape {x.shape}"
        )
    return runtime.reshaped(x, wanted)


def permute_dims(runtime: Runtime, x: DeviceArray, *, axes: tuple[int, ...]) -> DeviceArray:
    """A view."""
    order = normal_axes(axes, x.ndim, "axes")
    if len(order) != x.ndim:
        raise ValueError(f"axes {axes} must name each of the {x.ndim} axes of x once")
    return arrays.permuted(x, order)


def broadcast_to(runtime: Runtime, x: DeviceArray, *, shape: tuple[int, ...]) -> DeviceArray:
    """A view with strides of 0."""
    return arrays.broadcasted(x, normal_shape(shape))


def flatten(runtime: Runtime, x: DeviceArray, *, start: int, end: int) -> DeviceArray:
    """A reshape."""
    if x.ndim == 0:
        return runtime.reshaped(x, (1,))
    first, last = normal_axis(start, x.ndim, "start"), normal_axis(end, x.ndim, "end")
    if first > last:
        raise ValueError(f"start {start} comes after end {end} for {x.ndim} axes")
    middle = prod(x.shape[first : last + 1])
    return runtime.reshaped(x, (*x.shape[:first], middle, *x.shape[last + 1 :]))


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


def concat(runtime: Runtime, *pieces: DeviceArray, axis: int) -> DeviceArray:
    """Each piece copied to its place."""
    if not pieces:
        raise ValueError("arrays: concat needs at least one")
    first = pieces[0]
    place = normal_axis(axis, first.ndim)
    for i, piece in enumerate(pieces):
        one_dtype(**{"arrays[0]": first, f"arrays[{i}]": piece})
        same = piece.ndim == first.ndim and arrays.sliced(piece, place, 0, 0).shape
        if same != arrays.sliced(first, place, 0, 0).shape:
            raise ValueError(f"arrays[{i}] of shape {piece.shape} does not fit {first.shape}")
    total = sum(piece.shape[place] for piece in pieces)
    result = runtime.empty((*first.shape[:place], total, *first.shape[place + 1 :]), first.dtype)
    start = 0
    for piece in pieces:
        count = piece.shape[place]
        runtime.copy_to(arrays.sliced(result, place, start, count), piece)
        start += count
    return result


def stack(runtime: Runtime, *pieces: DeviceArray, axis: int) -> DeviceArray:
    """A concat along a new axis."""
    if not pieces:
        raise ValueError("arrays: stack needs at least one")
    place = normal_axis(axis, pieces[0].ndim + 1)
    for i, piece in enumerate(pieces):
        has_shape(f"arrays[{i}]", piece, pieces[0].shape)
    return concat(runtime, *(arrays.with_axis(piece, place) for piece in pieces), axis=place)


def split(
    runtime: Runtime, x: DeviceArray, *, sizes: tuple[int, ...], axis: int
) -> tuple[DeviceArray, ...]:
    """Views."""
    place = normal_axis(axis, x.ndim)
    counts = normal_shape(sizes, "sizes")
    if sum(counts) != x.shape[place]:
        raise ValueError(
            f"sizes {sizes} must add up to {x.shape[place]}, the size along axis {axis}"
        )
    starts = [sum(counts[:i]) for i in range(len(counts))]
    return tuple(arrays.sliced(x, place, s, n) for s, n in zip(starts, counts))


OPS: dict[str, Callable[..., Any]] = {
    "reshape": reshape,
    "permute_dims": permute_dims,
    "broadcast_to": broadcast_to,
    "flatten": flatten,
    "squeeze": squeeze,
    "expand_dims": expand_dims,
    "concat": concat,
    "stack": stack,
    "split": split,
}
