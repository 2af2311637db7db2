"""Samplers of movements: elements repeated, reversed, moved on, turned and surrounded."""

from __future__ import annotations

import numpy as np

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler
from tensorcts.conformance.samplers.creation import number
from tensorcts.reference import dtypes


@sampler("tile")
def tile(d: Draw) -> Sample:
    """An array and how often it is laid along its axes, for some of them or for new ones too."""
    shape = d.shape(max_dims=3)
    repetitions = tuple(d.integer(0, 3) for _ in range(d.integer(0, len(shape) + 1)))
    return (d.array(shape),), {"repetitions": repetitions}


@refuser("tile")
def negative_tiles(d: Draw) -> list[Refusal]:
    """A negative number of copies."""
    x = d.array((2, 3))
    return [
        Refusal("C1", "a number is negative", (x,), {"repetitions": r}) for r in ((-1,), (2, -2))
    ]


@sampler("repeat")
def repeat(d: Draw) -> Sample:
    """An array and one count for all slices or one for each, zeros among them."""
    shape = d.shape(max_dims=3)
    axis = d.axis(len(shape)) if shape and d.boolean() else None
    length = int(np.prod(shape)) if axis is None else shape[axis]
    counts = d.generator().integers(0, 4, d.choice(((), (1,), (length,))))
    dtype = dtypes.numpy_dtype(d.choice(("int64", "int32")))
    return (d.array(shape), np.asarray(counts, dtype)), {"axis": axis}


@refuser("repeat")
def bad_counts(d: Draw) -> list[Refusal]:
    """An axis that there is not; counts that are negative, fractions, too many or too few."""
    x, two = d.array((2, 3)), np.array([1, 2])
    return [
        Refusal("C1", "the axis is out of range", (x, two), {"axis": 2}),
        Refusal("C2", "there are 2 counts for 3 slices", (x, two), {"axis": 1}),
        Refusal("C2", "there are 2 counts for 6 elements", (x, two), {"axis": None}),
        Refusal("C2", "the counts are floating", (x, two.astype(np.float32)), {"axis": 0}),
        Refusal("C3", "a count is negative", (x, np.array([1, -1])), {"axis": 0}),
    ]


@sampler("flip")
def flip(d: Draw) -> Sample:
    """An array and the axes that are reversed."""
    shape = d.shape()
    return (d.array(shape),), {"axis": d.axes(len(shape))}


@refuser("flip")
def no_axes(d: Draw) -> list[Refusal]:
    """Axes that there are not, or twice."""
    x = d.array((2, 3))
    wrong = [("the axis is out of range", 2), ("an axis is out of range", (0, -3)),
             ("an axis stands twice", (1, -1))]  # fmt: skip
    return [Refusal("C1", why, (x,), {"axis": axis}) for why, axis in wrong]


@sampler("roll")
def roll(d: Draw) -> Sample:
    """An array and how far it is moved on along some axes: forth, back, and round and round."""
    shape = d.shape()
    axis = d.axes(len(shape))
    if not isinstance(axis, tuple):
        return (d.array(shape),), {"shift": d.integer(-90, 90), "axis": axis}
    return (d.array(shape),), {"shift": tuple(d.integer(-9, 9) for _ in axis), "axis": axis}


@refuser("roll")
def bad_rolls(d: Draw) -> list[Refusal]:
    """An axis that there is not; more shifts than axes, or fewer."""
    wrong = [("C1", "the axis is out of range", 1, 2), ("C2", "there are fewer axes", (1, 2), (0,)),
             ("C2", "there are fewer shifts", (1,), (0, 1))]  # fmt: skip
    x = d.array((2, 3))
    return [Refusal(c, why, (x,), {"shift": s, "axis": a}) for c, why, s, a in wrong]


@sampler("rot90")
def rot90(d: Draw) -> Sample:
    """An array, two of its axes, and quarter turns in both directions."""
    shape = d.shape(min_dims=2)
    first, second = (int(a) for a in d.generator().permutation(len(shape))[:2])
    axes = (first - len(shape), second) if d.boolean() else (first, second)
    return (d.array(shape),), {"k": d.integer(-5, 5), "axes": axes}


@refuser("rot90")
def no_plane(d: Draw) -> list[Refusal]:
    """Axes that span no plane."""
    wrong = [("the axes are the same", (0, 0)), ("the axes are the same", (1, -1)),
             ("an axis is out of range", (0, 2)), ("there is one axis", (0,))]  # fmt: skip
    x = d.array((2, 3))
    return [Refusal("C1", why, (x,), {"k": 1, "axes": axes}) for why, axes in wrong]


@sampler("pad")
def pad(d: Draw) -> Sample:
    """An array, a mode, and widths that the mode allows, zeros among them."""
    shape = d.shape(max_dims=3)
    mode = d.choice(("constant", "edge", "reflect", "wrap"))
    most = [{"constant": 5, "edge": 5 * (n > 0), "reflect": n - 1}.get(mode, n) for n in shape]
    widths = tuple((_width(d, n), _width(d, n)) for n in most)
    return (d.array(shape),), {"widths": widths, "mode": mode, "value": number(d)}


def _width(d: Draw, most: int) -> int:
    return d.integer(0, min(max(most, 0), 6))


@refuser("pad")
def bad_widths(d: Draw) -> list[Refusal]:
    """Widths that are negative, too many, or more than there is to copy; an unknown mode."""
    x, nothing = d.array((2, 3)), d.array((2, 0))
    wrong = [
        ("C1", "there are pairs for three axes", x, ((1, 1),) * 3, "constant"),
        ("C1", "there is a pair for one axis", x, ((1, 1),), "reflect"),
        ("C2", "an axis of 3 is reflected by 3", x, ((0, 0), (3, 0)), "reflect"),
        ("C2", "an axis of 3 is wrapped by 4", x, ((0, 0), (0, 4)), "wrap"),
        ("C2", "an axis of 0 has no edge", nothing, ((0, 0), (1, 0)), "edge"),
        ("C3", "there is no such mode", x, ((1, 1), (1, 1)), "mirror"),
    ]
    return [
        Refusal(c, why, (array,), {"widths": widths, "mode": mode, "value": 0.0})
        for c, why, array, widths, mode in wrong
    ]
