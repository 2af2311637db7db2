"""Joining by the copy kernel, splitting by views."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from tensorcts.backends.opencl import arrays
from tensorcts.backends.opencl.arrays import DeviceArray, normal_axis, normal_shape
from tensorcts.backends.opencl.checks import has_shape, integer, one_dtype
from tensorcts.backends.opencl.runtime import Runtime


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
    if not counts or sum(counts) != x.shape[place]:
        raise ValueError(
            f"sizes {sizes} must add up to {x.shape[place]}, the size along axis {axis}"
        )
    starts = [sum(counts[:i]) for i in range(len(counts))]
    return tuple(arrays.sliced(x, place, s, n) for s, n in zip(starts, counts))


def chunk(runtime: Runtime, x: DeviceArray, *, chunks: int, axis: int) -> tuple[DeviceArray, ...]:
    """Views."""
    place = normal_axis(axis, x.ndim)
    if integer("chunks", chunks) < 1:
        raise ValueError(f"chunks must be at least 1, not {chunks}")
    length = x.shape[place]
    size = -(-length // chunks)
    ends = list(range(size, length, size)) if size else [0] * (chunks - 1)
    return _cut(x, place, ends)


def tensor_split(
    runtime: Runtime, x: DeviceArray, *, sections: int | tuple[int, ...], axis: int
) -> tuple[DeviceArray, ...]:
    """Views."""
    place = normal_axis(axis, x.ndim)
    length = x.shape[place]
    if isinstance(sections, tuple):
        return _cut(x, place, [min(end, length) for end in sections])
    if integer("sections", sections) < 1:
        raise ValueError(f"sections must be at least 1, not {sections}")
    size, longer = divmod(length, sections)
    return _cut(x, place, [i * size + min(i, longer) for i in range(1, sections)])


def _cut(x: DeviceArray, axis: int, ends: list[int]) -> tuple[DeviceArray, ...]:
    """The pieces between the ends, which ascend."""
    bounds = pairwise([0, *ends, x.shape[axis]])
    return tuple(arrays.sliced(x, axis, start, end - start) for start, end in bounds)


def unstack(runtime: Runtime, x: DeviceArray, *, axis: int) -> tuple[DeviceArray, ...]:
    """Views."""
    place = normal_axis(axis, x.ndim)
    return tuple(arrays.selected(x, place, i) for i in range(x.shape[place]))


OPS: dict[str, Callable[..., Any]] = {
    "concat": concat,
    "stack": stack,
    "split": split,
    "chunk": chunk,
    "tensor_split": tensor_split,
    "unstack": unstack,
}
