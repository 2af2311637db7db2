"""Samplers of slicing: positions and slices as attributes."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

import numpy as np

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler

Part = int | slice | EllipsisType | None


@sampler("select")
def select(d: Draw) -> Sample:
    """An array, one of its axes and a position there, negative ones too."""
    shape = d.shape(min_dims=1)
    axis = d.axis(len(shape))
    shape = tuple(max(n, 1) if i == axis % len(shape) else n for i, n in enumerate(shape))
    return (d.array(shape),), {"axis": axis, "index": d.axis(shape[axis])}


@refuser("select")
def no_slice(d: Draw) -> list[Refusal]:
    """An axis and positions that there are not."""
    x, wrong = d.array((2, 3)), [("C1", 2, 0), ("C1", -3, 0), ("C2", 1, 3), ("C2", 0, -3)]
    return [
        Refusal(c, "the axis or the index is out of range", (x,), {"axis": a, "index": i})
        for c, a, i in wrong
    ] + [Refusal("C1", "x has no axis", (d.array(()),), {"axis": 0, "index": 0})]


@sampler("getitem")
def getitem(d: Draw) -> Sample:
    """An array and a part for some of its axes."""
    shape = d.shape()
    return (d.array(shape),), {"index": _index(d, shape)}


@sampler("setitem")
def setitem(d: Draw) -> Sample:
    """An array, a part of it, and what is written there, broadcast or not."""
    shape = d.shape()
    index = _index(d, shape)
    part = np.broadcast_to(False, shape)[index].shape
    thin = tuple(1 if d.boolean() else n for n in part)
    return (d.array(shape), d.array(d.choice((part, thin, part[1:], ())))), {"index": index}


def _index(d: Draw, shape: tuple[int, ...]) -> tuple[Part, ...]:
    """Parts for the first axes, for the last ones too or not, and new axes between them."""
    parts: list[Part] = [_part(d, n) for n in shape]
    if d.boolean():
        first = d.integer(0, len(parts))
        parts[first : d.integer(first, len(parts))] = [...]
    elif d.boolean():
        parts = parts[: d.integer(0, len(parts))]
    if d.integer(0, 3) == 3:
        parts.insert(d.integer(0, len(parts)), None)
    return tuple(parts)


def _part(d: Draw, size: int) -> Part:
    """A position of an axis, or a slice: open or not, clamped, empty or reversed now and then."""
    kind = d.integer(0, 6)
    if kind == 0 and size:
        return d.axis(size)
    if kind == 6:
        stride = d.choice((-1, -2, -3))
        return slice(d.choice((None, size + 2, size // 2, -1)), d.choice((None, 0, -size)), stride)
    start = d.choice((None, 0, size // 3, -(size // 2), -size - 4))
    stop = d.choice((None, size, size - size // 3, -1, size + 5))
    return slice(start, stop, d.choice((None, 1, 2, 3)))


@refuser("getitem")
def no_part(d: Draw) -> list[Refusal]:
    """Too many parts, positions out of range, a step of 0."""
    x = d.array((2, 3))
    return [Refusal(c, why, (x,), {"index": index}) for c, why, index in _bad_indices()]


@refuser("setitem")
def no_part_to_write(d: Draw) -> list[Refusal]:
    """The same, and a value that does not fit."""
    x, y = d.array((2, 3)), d.array(())
    wide = Refusal("C4", "y does not broadcast", (x, d.array((2,))), {"index": (0,)})
    long = Refusal("C4", "y has another size", (x, d.array((4, 3))), {"index": (...,)})
    return [
        *(Refusal(c, why, (x, y), {"index": index}) for c, why, index in _bad_indices()),
        wide,
        long,
    ]


def _bad_indices() -> list[tuple[str, str, tuple[Any, ...]]]:
    return [
        ("C1", "there are too many integers", (0, 0, 0)),
        ("C1", "there are too many slices", (slice(None), slice(None), slice(None))),
        ("C2", "the position is out of range", (2,)),
        ("C2", "the position is out of range", (..., -4)),
        ("C3", "the step is 0", (slice(0, 2, 0),)),
    ]


@sampler("unfold")
def unfold(d: Draw) -> Sample:
    """An array, one of its axes, and the size and step of windows along it."""
    shape = d.shape(min_dims=1, max_dims=3)
    axis = d.axis(len(shape))
    shape = tuple(max(n, 1) if i == axis % len(shape) else n for i, n in enumerate(shape))
    size = d.integer(1, min(shape[axis], 9))
    return (d.array(shape),), {"axis": axis, "size": size, "step": d.integer(1, 4)}


@refuser("unfold")
def no_windows(d: Draw) -> list[Refusal]:
    """An axis that there is not, windows larger than it, steps that lead nowhere."""
    fine = {"axis": 1, "size": 2, "step": 1}
    wrong = [
        ("C1", "the axis is out of range", {"axis": 2}),
        ("C2", "a window is larger than the axis", {"size": 4}),
        ("C2", "the size is negative", {"size": -1}),
        ("C3", "the step is 0", {"step": 0}),
        ("C3", "the step is negative", {"step": -1}),
    ]
    x = d.array((2, 3))
    return [Refusal(c, why, (x,), fine | attrs) for c, why, attrs in wrong]
