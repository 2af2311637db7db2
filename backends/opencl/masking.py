"""Masks: a prefix sum over them says where each element goes, or comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, broadcasted, view
from tensorcts.backends.opencl.checks import has_dtype, has_shape, one_dtype
from tensorcts.backends.opencl.creation import zeros
from tensorcts.backends.opencl.elementwise import comparison, where
from tensorcts.backends.opencl.layouts import layout
from tensorcts.backends.opencl.programs import GROUP
from tensorcts.backends.opencl.runtime import Runtime


@dataclass(frozen=True)
class Places:
    """Where the elements of a mask that are true stand among them.

    places counts those up to and with each element in its block of GROUP, bases those before each
    block, the last number being that of all.
    """

    places: DeviceArray
    bases: DeviceArray
    count: int


def placed(runtime: Runtime, mask: DeviceArray) -> Places:
    """The prefix sums of a mask."""
    blocks = -(-mask.size // GROUP)
    places, bases = runtime.empty((mask.size,), "int64"), runtime.empty((blocks + 1,), "int64")
    arguments = mask, places, bases, layout(mask.shape, mask)
    runtime.launch(("scans", "bool", "scan_blocks"), blocks, *arguments)
    runtime.launch(("scans", "bool", "scan_totals"), 1, bases, np.int64(blocks))
    count = int(runtime.download(view(bases, (1,), (1,), blocks))[0])
    return Places(places, bases, count)


def masked_select(runtime: Runtime, x: DeviceArray, mask: DeviceArray) -> DeviceArray:
    """Each element where the mask is true goes to its place."""
    has_dtype("mask", mask, "bool")
    has_shape("mask", mask, x.shape)
    found = placed(runtime, mask)
    result = runtime.empty((found.count,), x.dtype)
    kernel = ("movement", f"bytes{x.itemsize}", "compact")
    layouts = layout(x.shape, x, mask)
    runtime.launch_over(kernel, x.size, x, mask, found.places, found.bases, result, layouts)
    return result


def masked_fill(
    runtime: Runtime, x: DeviceArray, mask: DeviceArray, value: DeviceArray
) -> DeviceArray:
    """A where."""
    has_dtype("mask", mask, "bool")
    has_shape("value", value, ())
    return where(runtime, broadcasted(mask, x.shape), value, x)


def masked_scatter(
    runtime: Runtime, x: DeviceArray, mask: DeviceArray, source: DeviceArray
) -> DeviceArray:
    """Each element where the mask is true comes from its place in the source."""
    has_dtype("mask", mask, "bool")
    one_dtype(x=x, source=source)
    wide, packed = broadcasted(mask, x.shape), runtime.contiguous(source)
    found = placed(runtime, wide)
    if source.size < found.count:
        raise ValueError(f"source has {source.size} elements, the mask {found.count} true ones")
    result = runtime.empty(x.shape, x.dtype)
    arguments = found.places, found.bases, result, layout(x.shape, x, wide)
    kernel = ("movement", f"bytes{x.itemsize}", "expand")
    start = np.int64(packed.offset)
    runtime.launch_over(kernel, x.size, x, mask, packed, *arguments, start)
    return result


def _mask(runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """What is not zero."""
    if x.dtype == "bool":
        return x
    return comparison("not_equal", runtime, x, zeros(runtime, shape=(), dtype=x.dtype))


def nonzero(runtime: Runtime, x: DeviceArray) -> tuple[DeviceArray, ...]:
    """One array of coordinates an axis."""
    if x.ndim == 0:
        raise ValueError("x must have a dimension or more")
    mask = _mask(runtime, x)
    found = placed(runtime, mask)
    results = tuple(runtime.empty((found.count,), "int64") for _ in x.shape)
    for axis, result in enumerate(results):
        _coordinates(runtime, mask, found, result, axis, 0, 1)
    return results


def argwhere(runtime: Runtime, x: DeviceArray) -> DeviceArray:
    """The coordinates as the columns of a matrix."""
    mask = _mask(runtime, x)
    found = placed(runtime, mask)
    result = runtime.empty((found.count, x.ndim), "int64")
    for axis in range(x.ndim):
        _coordinates(runtime, mask, found, result, axis, axis, x.ndim)
    return result


def _coordinates(
    runtime: Runtime, mask: DeviceArray, found: Places, result: DeviceArray, axis: int, start: int,
    step: int,
) -> None:  # fmt: skip
    """Those along the axis, written from ``start`` on in steps."""
    numbers = mask.shape[axis], prod(mask.shape[axis + 1 :]), start, step
    arguments = found.places, found.bases, result, layout(mask.shape, mask), *map(np.int64, numbers)
    runtime.launch_over(("scans", "bool", "coordinates"), mask.size, mask, *arguments)


OPS: dict[str, Callable[..., Any]] = {
    "masked_select": masked_select,
    "masked_fill": masked_fill,
    "masked_scatter": masked_scatter,
    "nonzero": nonzero,
    "argwhere": argwhere,
}
