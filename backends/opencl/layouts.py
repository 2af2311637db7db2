"""Layouts: how kernels find the elements of several strided operands over one shape."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from math import prod

from tensorcts.backends.opencl.arrays import DeviceArray, Shape
from tensorcts.backends.protocol import UnsupportedError

MAX_AXES = 8
MAX_OPERANDS = 4
_PACKING = struct.Struct(f"{2 + MAX_AXES + MAX_OPERANDS * (1 + MAX_AXES)}q")


def layout(shape: Shape, *operands: DeviceArray) -> bytes:
    """The Layout argument of a kernel (kernels/layout.cl); the operands have the shape."""
    return strided_layout(shape, [x.strides for x in operands], [x.offset for x in operands])


def strided_layout(shape: Shape, strides: Sequence[Shape], offsets: Sequence[int]) -> bytes:
    """The Layout of operands given by their strides, axes merged where all of them allow it."""
    sizes, steps = merged(shape, list(zip(*strides)))
    if len(sizes) > MAX_AXES:
        raise UnsupportedError(
            f"opencl kernels take {MAX_AXES} axes, not the {len(sizes)} of {shape}"
        )
    numbers = [len(sizes), prod(shape), *_padded(sizes, MAX_AXES), *_padded(offsets, MAX_OPERANDS)]
    for k in range(MAX_OPERANDS):
        numbers += _padded([step[k] for step in steps] if k < len(strides) else [], MAX_AXES)
    return _PACKING.pack(*numbers)


def _padded(numbers: Sequence[int], length: int) -> list[int]:
    return [*numbers, *[0] * (length - len(numbers))]


def merged(shape: Shape, steps: Sequence[Shape]) -> tuple[list[int], list[Shape]]:
    """Axes of size 1 dropped, and neighbours made one where the outer steps over the inner."""
    sizes: list[int] = []
    kept: list[Shape] = []
    for n, step in zip(shape, steps):
        if n == 1:
            continue
        if sizes and all(outer == n * inner for outer, inner in zip(kept[-1], step)):
            sizes[-1] *= n
            kept[-1] = step
        else:
            sizes.append(n)
            kept.append(step)
    if not sizes:
        return [1], [(0,) * MAX_OPERANDS]
    return sizes, kept
