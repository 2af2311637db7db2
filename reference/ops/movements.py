"""Movements: elements repeated, reversed, turned and surrounded: tile, repeat, flip, roll, pad."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from tensorcts.reference.arrays.primitives import convert
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.registry import op

Mode = Literal["constant", "reflect", "edge", "wrap"]


@op(dtypes=STORABLE, zero_sign=True)
def tile(x: Any, *, repetitions: tuple[int, ...]) -> Any:
    """x laid side by side, so many times along each axis.

    Semantics: repetitions and the axes are right-aligned; what either lacks counts as 1.
    Constraints: (C1) every number is ≥ 0; 0 gives a size of 0.
    Gradient: g summed over the copies.
    Source: Array API 2024.12 tile; PyTorch tile.
    """
    require(min(repetitions, default=0) >= 0, f"repetitions {repetitions} must not be negative")
    ndim = max(x.ndim, len(repetitions))
    shape = (1,) * (ndim - x.ndim) + x.shape
    counts = (1,) * (ndim - len(repetitions)) + tuple(repetitions)
    apart = tuple(size for n in shape for size in (1, n))
    spread = tuple(size for pair in zip(counts, shape, strict=True) for size in pair)
    copies = np.broadcast_to(np.reshape(x, apart), spread)
    return np.reshape(copies, tuple(c * n for c, n in zip(counts, shape, strict=True)))


@op(dtypes=STORABLE, zero_sign=True, also_known_as=("repeat_interleave",))
def repeat(x: Any, repeats: Any, *, axis: int | None) -> Any:
    """x with each slice along an axis repeated as often as a count says, copies side by side.

    Semantics: axis None takes the elements in row-major order.
    Constraints: (C1) axis is in range; (C2) repeats is integer, of shape (), (1,) or (n,) for the n
    slices; (C3) no count is negative; 0 leaves a slice out.
    Gradient: g summed over the copies.
    Source: Array API 2024.12 repeat; PyTorch repeat_interleave.
    """
    if axis is None:
        return repeat(np.reshape(x, (x.size,)), repeats, axis=0)
    place = normalize_axis_index(axis, x.ndim)
    length, given = x.shape[place], np.shape(repeats)
    require(repeats.dtype.kind in "iu", f"repeats must be integer, not {repeats.dtype}")
    require(given in ((), (1,), (length,)), f"repeats of shape {given} must fit {length} slices")
    require(not np.any(repeats < 0), f"repeats must not be negative: {repeats}")
    counts = np.broadcast_to(np.ravel(convert(repeats, dtype="int64")), (length,))
    return np.take(x, np.repeat(np.arange(length), counts), axis=place)


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def flip(x: Any, *, axis: int | tuple[int, ...] | None) -> Any:
    """x with the order of its elements reversed along an axis, several, or all (None).

    Constraints: (C1) every axis is in range, none stands twice.
    Gradient: g reversed.
    Source: Array API 2024.12 flip.
    """
    return np.flip(x, axis)


def _rolled(x: Any, shift: int, axis: int) -> Any:
    length = x.shape[axis]
    split = length - shift % length if length else 0
    lead = (slice(None),) * axis
    return np.concatenate([x[(*lead, slice(split, None))], x[(*lead, slice(split))]], axis=axis)


@op(dtypes=STORABLE, zero_sign=True)
def roll(x: Any, *, shift: int | tuple[int, ...], axis: int | tuple[int, ...] | None) -> Any:
    """x with its elements moved on along axes; what leaves at one end comes in at the other.

    Semantics: z[(i + shift) mod n] = x[i], any integer shift; axis None moves all elements in
    row-major order.
    Constraints: (C1) every axis is in range; (C2) as many shifts as axes, one for None.
    Gradient: g moved back.
    Source: Array API 2024.12 roll; PyTorch roll.
    """
    shifts = shift if isinstance(shift, tuple) else (shift,)
    if axis is None:
        require(len(shifts) == 1, f"shift {shift} must be one number where axis is None")
        return np.reshape(_rolled(np.reshape(x, (x.size,)), shifts[0], 0), x.shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    require(len(shifts) == len(axes), f"shift {shift} and axis {axis} must be equally many")
    for step, one in zip(shifts, axes, strict=True):
        x = _rolled(x, step, normalize_axis_index(one, x.ndim))
    return x


@op(dtypes=STORABLE, zero_sign=True, aliases="may")
def rot90(x: Any, *, k: int, axes: tuple[int, int]) -> Any:
    """x turned k times by a quarter in the plane of two axes, from the first toward the second.

    Constraints: (C1) two axes in range, not the same; any integer k.
    Gradient: g turned back.
    Source: NumPy rot90; PyTorch rot90.
    """
    require(len(axes) == 2, f"axes {axes} must be two")
    first, second = normalize_axis_tuple(axes, x.ndim, "axes")
    match k % 4:
        case 1:
            return np.swapaxes(np.flip(x, second), first, second)
        case 3:
            return np.flip(np.swapaxes(x, first, second), second)
        case turns:
            return np.flip(x, (first, second) if turns else ())


def _source(mode: str, before: int, length: int, after: int) -> Any:
    """For each place along a padded axis the place in x that it is a copy of."""
    places = np.arange(-before, length + after)
    if mode == "edge":
        return np.clip(places, 0, length - 1)
    if mode == "wrap":
        return places % length
    return np.where(places < 0, -places, np.where(places < length, places, 2 * length - 2 - places))


def _room(mode: str, length: int) -> float:
    """How many elements an axis can be padded by on one side."""
    rooms = {"constant": np.inf, "edge": np.inf if length else 0, "reflect": max(length - 1, 0)}
    return rooms.get(mode, length)


@op(dtypes=STORABLE, zero_sign=True)
def pad(x: Any, *, widths: tuple[tuple[int, int], ...], mode: Mode, value: complex) -> Any:
    """x with elements added before and after, along each axis by a pair of widths.

    Semantics: "constant" adds value, "edge" the element at the end, "reflect" the elements from the
    end on inward without the end itself, "wrap" those at the other end.
    Constraints: (C1) a pair for each axis, every width ≥ 0; (C2) for an axis of size n widths of at
    most n - 1 for reflect, n for wrap, none where n = 0 for edge; (C3) mode is one of these.
    Gradient: g, that of the copies added to it; none to value.
    Source: NumPy pad; ONNX Pad-25.
    """
    require(mode in ("constant", "reflect", "edge", "wrap"), f"mode {mode!r} is unknown")
    pairs = len(widths) == x.ndim and all(len(pair) == 2 and min(pair) >= 0 for pair in widths)
    require(pairs, f"widths {widths} must be a pair of sizes for each axis of {x.shape}")
    for axis, (before, after) in enumerate(widths):
        room = _room(mode, x.shape[axis])
        require(max(before, after) <= room, f"widths {widths} for {mode} exceed x's {x.shape}")
        if mode != "constant" and before + after:
            x = np.take(x, _source(mode, before, x.shape[axis], after), axis=axis)
    return _surrounded(x, widths, value) if mode == "constant" else x


def _surrounded(x: Any, widths: tuple[tuple[int, int], ...], value: complex) -> Any:
    inside = np.ones(x.shape, bool)
    for axis, pair in enumerate(widths):
        x, inside = (_between_zeros(a, axis, pair) for a in (x, inside))
    return np.where(inside, x, value)


def _between_zeros(x: Any, axis: int, widths: tuple[int, int]) -> Any:
    shapes = [(*x.shape[:axis], n, *x.shape[axis + 1 :]) for n in widths]
    before, after = (np.zeros_like(x, shape=shape) for shape in shapes)
    return np.concatenate([before, x, after], axis=axis)
