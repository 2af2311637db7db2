"""Samplers of joining and splitting."""

from __future__ import annotations

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler

MANY = (33, 257)
"""Numbers of arrays that are more than a kernel takes arguments."""


@sampler("concat")
def concat(d: Draw) -> Sample:
    """One to four arrays, or many, that differ along one axis only."""
    shape = d.shape(min_dims=1, max_dims=3)
    axis = d.axis(len(shape))
    many = d.integer(0, 7) == 7
    sizes = [d.integer(0, 5) for _ in range(d.choice(MANY) if many else d.integer(1, 4))]
    shape = tuple(min(n, 3) for n in shape) if many else shape
    sizes[0] = shape[axis]
    shapes = [tuple(n if i == axis % len(shape) else m for i, m in enumerate(shape)) for n in sizes]
    return tuple(d.array(s) for s in shapes), {"axis": axis}


@refuser("concat")
def unjoinable(d: Draw) -> list[Refusal]:
    """No arrays, arrays of other axes or sizes, an axis that there is not."""
    x, zero = d.array((2, 3)), {"axis": 0}
    return [
        Refusal("C1", "there are no arrays", (), zero),
        Refusal("C1", "one has an axis more", (x, d.array((2, 3, 1))), zero),
        Refusal("C1", "they have no axis", (d.array(()), d.array(())), zero),
        Refusal("C2", "they differ along another axis", (x, d.array((2, 4))), zero),
        Refusal("C3", "the axis is out of range", (x, x), {"axis": 2}),
        Refusal("C3", "the axis is out of range", (x, x), {"axis": -3}),
    ]


@sampler("stack")
def stack(d: Draw) -> Sample:
    """One to four arrays of one shape."""
    shape = d.shape(max_dims=3)
    count = d.integer(1, 4)
    return tuple(d.array(shape) for _ in range(count)), {"axis": d.axis(len(shape) + 1)}


@refuser("stack")
def unstackable(d: Draw) -> list[Refusal]:
    """No arrays, arrays of other shapes, an axis that the result does not have."""
    x, zero = d.array((2, 3)), {"axis": 0}
    return [
        Refusal("C1", "there are no arrays", (), zero),
        Refusal("C1", "they differ in a size", (x, d.array((2, 4))), zero),
        Refusal("C1", "they would broadcast", (x, d.array((2, 1))), zero),
        Refusal("C2", "the axis is out of range", (x, x), {"axis": 3}),
        Refusal("C2", "the axis is out of range", (x, x), {"axis": -4}),
    ]


@sampler("split")
def split(d: Draw) -> Sample:
    """An array and the sizes of its pieces, empty ones among them."""
    shape = d.shape(min_dims=1, max_dims=3)
    axis = d.axis(len(shape))
    rest, sizes = shape[axis], []
    for _ in range(d.integer(0, 3)):
        sizes.append(d.integer(0, rest))
        rest -= sizes[-1]
    return (d.array(shape),), {"sizes": (*sizes, rest), "axis": axis}


@refuser("split")
def misfitting_pieces(d: Draw) -> list[Refusal]:
    """Sizes that do not add up to the axis, or are negative; an axis that there is not."""
    wrong = [
        ("C1", "the sizes add up to 2", (1, 1), 1),
        ("C1", "the sizes add up to 4", (2, 2), 1),
        ("C1", "a size is negative", (4, -1), 1),
        ("C2", "the axis is out of range", (3,), 2),
    ]
    x = d.array((2, 3))
    return [Refusal(c, why, (x,), {"sizes": sizes, "axis": a}) for c, why, sizes, a in wrong]


@sampler("chunk")
def chunk(d: Draw) -> Sample:
    """An array and a number of pieces, perhaps more than it has slices."""
    shape = d.shape(min_dims=1, max_dims=3)
    return (d.array(shape),), {"chunks": d.integer(1, 7), "axis": d.axis(len(shape))}


@refuser("chunk")
def no_chunks(d: Draw) -> list[Refusal]:
    """No pieces, fewer than none, an axis that there is not."""
    x = d.array((2, 3))
    wrong = [("C1", 0, 0), ("C1", -1, 0), ("C2", 2, 2)]
    return [
        Refusal(c, "no piece or no axis", (x,), {"chunks": n, "axis": axis}) for c, n, axis in wrong
    ]


@sampler("tensor_split")
def tensor_split(d: Draw) -> Sample:
    """An array and a number of pieces, or where they end, some beyond the end of the array."""
    shape = d.shape(min_dims=1, max_dims=3)
    ends = sorted(d.integer(0, 12) for _ in range(d.integer(0, 3)))
    sections = tuple(ends) if d.boolean() else d.integer(1, 7)
    return (d.array(shape),), {"sections": sections, "axis": d.axis(len(shape))}


@refuser("tensor_split")
def no_sections(d: Draw) -> list[Refusal]:
    """No pieces, fewer than none, an axis that there is not."""
    x = d.array((2, 3))
    wrong = [("C1", 0, 0), ("C1", -1, 0), ("C2", 2, 2), ("C2", (1,), -3)]
    return [
        Refusal(c, "no piece or no axis", (x,), {"sections": sections, "axis": axis})
        for c, sections, axis in wrong
    ]


@sampler("unstack")
def unstack(d: Draw) -> Sample:
    """An array and one of its axes, which may have no slices or many."""
    shape = d.shape(min_dims=1, max_dims=3)
    return (d.array(shape),), {"axis": d.axis(len(shape))}


@refuser("unstack")
def no_slices(d: Draw) -> list[Refusal]:
    """An axis that there is not."""
    wrong = (((2, 3), 2), ((2, 3), -3), ((), 0))
    return [
        Refusal("C1", "the axis is out of range", (d.array(shape),), {"axis": axis})
        for shape, axis in wrong
    ]
