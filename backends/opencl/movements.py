"""Movements: views with other strides, copied to where the result wants them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl import arrays
from tensorcts.backends.opencl.arrays import (
    DeviceArray,
    Shape,
    broadcasted,
    normal_axes,
    normal_axis,
    normal_shape,
    reversed_along,
    sliced,
)
from tensorcts.backends.opencl.checks import integer
from tensorcts.backends.opencl.creation import full
from tensorcts.backends.opencl.indexing import located, take
from tensorcts.backends.opencl.joining import concat
from tensorcts.backends.opencl.runtime import Runtime

_MOST = 2**62
"""A bound for counts that no memory reaches."""


def tile(runtime: Runtime, x: DeviceArray, *, repetitions: tuple[int, ...]) -> DeviceArray:
    """One copy: the result seen with an axis for the tiles beside each axis of x."""
    given = normal_shape(repetitions, "repetitions")
    ndim = max(x.ndim, len(given))
    counts = (1,) * (ndim - len(given)) + given
    source = broadcasted(x, (1,) * (ndim - x.ndim) + x.shape)
    result = runtime.empty([c * n for c, n in zip(counts, source.shape)], x.dtype)
    shape, strides = [], []
    for axis, (count, n) in enumerate(zip(counts, source.shape)):
        shape += [count, n]
        strides += [result.strides[axis] * n, result.strides[axis]]
        source = arrays.with_axis(source, 2 * axis, count)
    runtime.copy_to(arrays.view(result, shape, strides, 0), source)
    return result


def repeat(
    runtime: Runtime, x: DeviceArray, repeats: DeviceArray, *, axis: int | None
) -> DeviceArray:
    """The counts added up tell for each slice of the result which one of x it is."""
    if axis is None:
        return repeat(runtime, runtime.reshaped(x, (x.size,)), repeats, axis=0)
    place = normal_axis(axis, x.ndim)
    n = x.shape[place]
    if repeats.shape not in ((), (1,), (n,)):
        raise ValueError(f"repeats of shape {repeats.shape} must fit {n} slices")
    counts = located(runtime, "repeats", repeats, _MOST, from_the_end=False)
    counts = runtime.contiguous(broadcasted(counts, (n,)))
    ends = runtime.empty((n,), "int64")
    kernel = ("repetitions", "bool")
    runtime.launch((*kernel, "add_up"), 1, counts, ends, np.int64(n))
    total = int(runtime.download(sliced(ends, 0, n - 1, 1))[0]) if n else 0
    owners = runtime.empty((total,), "int64")
    arguments = ends, owners, np.int64(n), np.int64(total)
    runtime.launch_over((*kernel, "find_owners"), total, *arguments)
    return take(runtime, x, owners, axis=place)


def flip(runtime: Runtime, x: DeviceArray, *, axis: int | Shape | None) -> DeviceArray:
    """A view with negative strides."""
    for place in range(x.ndim) if axis is None else normal_axes(axis, x.ndim):
        x = reversed_along(x, place)
    return x


def roll(
    runtime: Runtime, x: DeviceArray, *, shift: int | Shape, axis: int | Shape | None
) -> DeviceArray:
    """Along each axis the two parts change places."""
    if axis is None:
        flat = runtime.reshaped(x, (x.size,))
        return runtime.reshaped(roll(runtime, flat, shift=shift, axis=0), x.shape)
    shifts = shift if isinstance(shift, tuple) else (shift,)
    axes = axis if isinstance(axis, tuple) else (axis,)
    if len(shifts) != len(axes):
        raise ValueError(f"shift {shift} and axis {axis} must be equally many")
    result = runtime.copy(x) if not axes else x
    for step, one in zip(shifts, axes):
        place = normal_axis(one, x.ndim)
        n = x.shape[place]
        start = n - integer("shift", step) % n if n else 0
        parts = sliced(result, place, start, n - start), sliced(result, place, 0, start)
        result = concat(runtime, *parts, axis=place)
    return result


def rot90(runtime: Runtime, x: DeviceArray, *, k: int, axes: tuple[int, int]) -> DeviceArray:
    """A view: each quarter turn exchanges the axes and reverses one."""
    if len(axes) != 2:
        raise ValueError(f"axes {axes} must be two")
    first, second = normal_axes(axes, x.ndim, "axes")
    order = list(range(x.ndim))
    order[first], order[second] = second, first
    for _ in range(integer("k", k) % 4):
        x = arrays.permuted(reversed_along(x, second), order)
    return x


def pad(
    runtime: Runtime,
    x: DeviceArray,
    *,
    widths: tuple[tuple[int, int], ...],
    mode: str,
    value: Any,
) -> DeviceArray:
    """Axis by axis, joined with what it is surrounded by."""
    if len(widths) != x.ndim:
        raise ValueError(f"widths {widths} must be a pair for each of the {x.ndim} axes")
    if mode not in ("constant", "edge", "reflect", "wrap"):
        raise ValueError(f"mode {mode!r} is none of constant, edge, reflect, wrap")
    single = full(runtime, shape=(), value=value, dtype=x.dtype)
    result = x
    for axis, pair in enumerate(widths):
        before, after = normal_shape(pair, "widths")
        if before or after:
            sides = _sides(result, axis, before, after, mode, single)
            result = concat(runtime, sides[0], result, sides[1], axis=axis)
    return runtime.copy(x) if result is x else result


def _sides(
    x: DeviceArray, axis: int, before: int, after: int, mode: str, single: DeviceArray
) -> tuple[DeviceArray, DeviceArray]:
    """What stands before and after along an axis, as views."""
    n = x.shape[axis]
    room = {"reflect": max(n - 1, 0), "wrap": n, "edge": _MOST * (n > 0)}.get(mode, _MOST)
    if max(before, after) > room:
        raise ValueError(f"widths {(before, after)} exceed the {room} that {mode} has of {n}")
    if mode == "reflect":
        sides = sliced(x, axis, 1, before), sliced(x, axis, n - 1 - after, after)
        return reversed_along(sides[0], axis), reversed_along(sides[1], axis)
    if mode == "wrap":
        return sliced(x, axis, n - before, before), sliced(x, axis, 0, after)
    ends = (sliced(x, axis, 0, 1), sliced(x, axis, n - 1, 1)) if mode == "edge" else (single,) * 2
    shapes = [(*x.shape[:axis], width, *x.shape[axis + 1 :]) for width in (before, after)]
    return broadcasted(ends[0], shapes[0]), broadcasted(ends[1], shapes[1])


OPS: dict[str, Callable[..., Any]] = {
    "tile": tile,
    "repeat": repeat,
    "flip": flip,
    "roll": roll,
    "rot90": rot90,
    "pad": pad,
}
