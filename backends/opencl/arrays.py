"""Device arrays and their views: bookkeeping of shapes and strides, no data touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from tensorcts.reference import dtypes

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeviceArray:
    """A strided view of a buffer on the device; strides and offset count elements."""

    buffer: Any
    dtype: str
    shape: Shape
    strides: Shape
    offset: int = 0

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.shape)

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return itemsize(self.dtype)

    @property
    def contiguous(self) -> bool:
        """Whether the elements stand in row-major order without gaps."""
        if self.size == 0:
            return True
        wanted = row_major(self.shape)
        return all(n == 1 or s == w for n, s, w in zip(self.shape, self.strides, wanted))


def itemsize(dtype: str) -> int:
    """The bytes of an element of the dtype."""
    return dtypes.numpy_dtype(dtype).itemsize


def row_major(shape: Shape) -> Shape:
    """The strides of a contiguous array."""
    strides = []
    step = 1
    for n in reversed(shape):
        strides.append(step)
        step *= n
    return tuple(reversed(strides))


def view(x: DeviceArray, shape: Sequence[int], strides: Sequence[int], offset: int) -> DeviceArray:
    """Another array over the buffer of ``x``."""
    return DeviceArray(x.buffer, x.dtype, tuple(shape), tuple(strides), offset)


def normal_axis(axis: int, ndim: int, name: str = "axis") -> int:
    """The axis counted from the start; ValueError where there is no such axis."""
    if isinstance(axis, bool) or not hasattr(axis, "__index__"):
        raise TypeError(f"{name} must be an integer, not {axis!r}")
    if not -ndim <= axis < ndim:
        raise ValueError(f"{name} {axis} is out of range for {ndim} axes")
    return int(axis) % ndim


def normal_axes(axes: int | Sequence[int], ndim: int, name: str = "axis") -> Shape:
    """The axes counted from the start; ValueError for one that stands twice."""
    given = axes if isinstance(axes, Sequence) else (axes,)
    normal = tuple(normal_axis(a, ndim, name) for a in given)
    if len(set(normal)) != len(normal):
        raise ValueError(f"{name} {axes} names an axis twice")
    return normal


def normal_shape(shape: Sequence[int], name: str = "shape") -> Shape:
    """The shape as a tuple; ValueError for a negative size."""
    if not isinstance(shape, Sequence):
        raise TypeError(f"{name} must be a tuple of integers, not {shape!r}")
    if any(not hasattr(n, "__index__") for n in shape):
        raise TypeError(f"{name} must hold integers, not {shape}")
    if any(n < 0 for n in shape):
        raise ValueError(f"{name} {shape} has a negative size")
    return tuple(int(n) for n in shape)


def permuted(x: DeviceArray, axes: Sequence[int]) -> DeviceArray:
    """The axes in another order (normal axes)."""
    return view(x, [x.shape[a] for a in axes], [x.strides[a] for a in axes], x.offset)


def broadcasted(x: DeviceArray, shape: Shape) -> DeviceArray:
    """``x`` repeated to fill the shape, by strides of 0."""
    new = len(shape) - x.ndim
    if new < 0 or any(n not in (1, m) for n, m in zip(x.shape, shape[new:])):
        raise ValueError(f"shape {x.shape} does not broadcast to shape {shape}")
    strides = [s if n == m else 0 for n, m, s in zip(x.shape, shape[new:], x.strides)]
    return view(x, shape, [0] * new + strides, x.offset)


def broadcast_shape(*shapes: Shape) -> Shape:
    """The shape that all of the shapes broadcast to."""
    ndim = max(map(len, shapes), default=0)
    padded = [(1,) * (ndim - len(shape)) + shape for shape in shapes]
    result = []
    for sizes in zip(*padded):
        wide = set(sizes) - {1}
        if len(wide) > 1:
            raise ValueError(f"the shapes {', '.join(map(str, shapes))} do not broadcast")
        result.append(wide.pop() if wide else 1)
    return tuple(result)


def sliced(x: DeviceArray, axis: int, start: int, count: int) -> DeviceArray:
    """``count`` elements from ``start`` on along an axis."""
    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
    return view(x, shape, x.strides, x.offset + start * x.strides[axis])


def with_axis(x: DeviceArray, axis: int, size: int = 1) -> DeviceArray:
    """A new axis of stride 0 before ``axis``."""
    shape = (*x.shape[:axis], size, *x.shape[axis:])
    return view(x, shape, (*x.strides[:axis], 0, *x.strides[axis:]), x.offset)


def selected(x: DeviceArray, axis: int, index: int) -> DeviceArray:
    """The slice at an index in [0, n), without the axis."""
    kept = [a for a in range(x.ndim) if a != axis]
    return permuted(sliced(x, axis, index, 1), kept)


def reversed_along(x: DeviceArray, axis: int) -> DeviceArray:
    """The elements along an axis in the other order."""
    last = max(x.shape[axis] - 1, 0)
    strides = [-step if a == axis else step for a, step in enumerate(x.strides)]
    return view(x, x.shape, strides, x.offset + last * x.strides[axis])
