"""Samplers of shape changes."""

from __future__ import annotations

import math

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler


@sampler("reshape", "view")
def reshape(d: Draw) -> Sample:
    """An array and a shape for it, one size of which may be left open."""
    shape = d.shape()
    size = math.prod(shape)
    target = list(d.choice((shape[::-1], (size,), (1, *shape), (size, 1))))
    if size and target and d.boolean():
        target[d.integer(0, len(target) - 1)] = -1
    return (d.array(shape),), {"shape": tuple(target)}


@refuser("reshape", "view")
def unreshapable(d: Draw) -> list[Refusal]:
    """Shapes of another number of elements, or that leave more than one size open."""
    wrong = [("C1", "the shape has 4 elements", (4,)), ("C1", "the shape has 12 elements", (2, 6)),
             ("C1", "a size is negative", (-2, -3)), ("C2", "4 does not divide 6", (4, -1)),
             ("C2", "two sizes are open", (-1, -1))]  # fmt: skip
    x, nothing = d.array((2, 3)), d.array((0, 3))
    return [
        *(Refusal(c, why, (x,), {"shape": shape}) for c, why, shape in wrong),
        Refusal("C2", "any size remains", (nothing,), {"shape": (-1, 0)}),
    ]


@sampler("permute_dims")
def permute_dims(d: Draw) -> Sample:
    """An array and an order of its axes, some of them negative."""
    shape = d.shape()
    order = [int(a) for a in d.generator().permutation(len(shape))]
    axes = tuple(a - len(shape) if d.boolean() else a for a in order)
    return (d.array(shape),), {"axes": axes}


@essentials("permute_dims")
def turned_cube(d: Draw) -> list[Sample]:
    """Axes in an order that is not its own inverse, of sizes that do not tell."""
    return [((d.array((3, 3, 3)),), {"axes": axes}) for axes in ((1, 2, 0), (2, 0, 1))]


@refuser("permute_dims")
def no_order(d: Draw) -> list[Refusal]:
    """What is no permutation of the axes."""
    wrong = [("an axis is missing", (0,)), ("an axis stands twice", (0, 0)),
             ("an axis stands twice", (1, -1)), ("an axis is out of range", (0, 2)),
             ("there are three axes", (0, 1, 2))]  # fmt: skip
    x = d.array((2, 3))
    return [Refusal("C1", why, (x,), {"axes": axes}) for why, axes in wrong]


@sampler("moveaxis")
def moveaxis(d: Draw) -> Sample:
    """An array, one of its axes or several, and where they go."""
    shape = d.shape(min_dims=1)
    if d.boolean():
        return (d.array(shape),), {"source": d.axis(len(shape)), "destination": d.axis(len(shape))}
    count = d.integer(0, len(shape))
    source, destination = (
        tuple(int(a) for a in d.generator().permutation(len(shape))[:count]) for _ in range(2)
    )
    return (d.array(shape),), {"source": source, "destination": destination}


@refuser("moveaxis")
def unmovable(d: Draw) -> list[Refusal]:
    """Axes that there are not, twice, or without a place to go to."""
    wrong = [("C1", "the source is out of range", 2, 0),
             ("C1", "the destination is out of range", 0, -3),
             ("C1", "there are two sources", (0, 1), (0,)),
             ("C2", "a source stands twice", (0, 0), (0, 1)),
             ("C2", "a destination stands twice", (0, 1), (1, -1))]  # fmt: skip
    x = d.array((2, 3))
    return [Refusal(c, why, (x,), {"source": a, "destination": b}) for c, why, a, b in wrong]


@sampler("swapaxes")
def swapaxes(d: Draw) -> Sample:
    """An array and two of its axes, perhaps the same."""
    shape = d.shape(min_dims=1)
    return (d.array(shape),), {"axis1": d.axis(len(shape)), "axis2": d.axis(len(shape))}


@refuser("swapaxes")
def unswappable(d: Draw) -> list[Refusal]:
    """Axes that there are not."""
    x = d.array((2, 3))
    return [
        Refusal("C1", "an axis is out of range", (x,), {"axis1": a, "axis2": b})
        for a, b in ((0, 2), (-3, 1))
    ]


@sampler("broadcast_to")
def broadcast_to(d: Draw) -> Sample:
    """An array and a shape that it broadcasts to."""
    shape = d.shape(max_dims=3)
    thin = tuple(1 if d.boolean() else n for n in shape)
    thin = thin[d.integer(0, len(thin)) :] if thin and d.boolean() else thin
    extra = (d.integer(0, 3),) if d.boolean() else ()
    return (d.array(thin),), {"shape": extra + shape}


@refuser("broadcast_to")
def unbroadcastable(d: Draw) -> list[Refusal]:
    """Shapes that an array does not broadcast to."""
    x, thin = d.array((2, 3)), d.array((2, 1))
    wrong = [("an axis would shrink", x, (2, 1)), ("an axis would be repeated", x, (2, 6)),
             ("an axis would be lost", x, (3,)), ("axes are aligned right", thin, (3, 4)),
             ("a size is negative", thin, (2, -2))]  # fmt: skip
    return [Refusal("C1", why, (array,), {"shape": shape}) for why, array, shape in wrong]


@sampler("expand")
def expand(d: Draw) -> Sample:
    """An array and a shape that it broadcasts to, some known sizes left out."""
    (x,), attrs = broadcast_to(d)
    assert x is not None
    new = len(attrs["shape"]) - x.ndim
    shape = tuple(
        -1 if i >= new and n == x.shape[i - new] and d.boolean() else n
        for i, n in enumerate(attrs["shape"])
    )
    return (x,), {"shape": shape}


@essentials("expand")
def columns(d: Draw) -> list[Sample]:
    """A column repeated, and a matrix as it is."""
    return [((d.array(shape),), {"shape": (3, 4)}) for shape in ((3, 1), (3, 4))]


@refuser("expand")
def unexpandable(d: Draw) -> list[Refusal]:
    """Shapes that an array does not broadcast to, and a new axis of no size."""
    x = d.array((2, 1))
    wrong = [
        ("C1", "an axis would shrink", (1, 1)),
        ("C1", "an axis would be repeated", (4, 1)),
        ("C1", "an axis would be lost", (2,)),
        ("C2", "a new axis has no size", (-1, 2, 1)),
    ]
    return [Refusal(c, why, (x,), {"shape": shape}) for c, why, shape in wrong]


@sampler("broadcast_arrays")
def broadcast_arrays(d: Draw) -> Sample:
    """One to four arrays whose shapes broadcast."""
    shape = d.shape(max_dims=3)
    first = tuple(1 if d.boolean() else n for n in shape)
    others = [shape[d.integer(0, len(shape)) :] for _ in range(d.integer(0, 3))]
    return tuple(d.array(s) for s in (first, *others)), {}


@refuser("broadcast_arrays")
def unalike(d: Draw) -> list[Refusal]:
    """Arrays whose shapes do not broadcast."""
    groups = (((2,), (3,)), ((0,), (3,)), ((2, 1), (1, 3), (4, 3)))
    return [
        Refusal("C2", "the shapes do not broadcast", tuple(d.array(s) for s in shapes), {})
        for shapes in groups
    ]


@sampler("flatten")
def flatten(d: Draw) -> Sample:
    """An array and a range of its axes."""
    shape = d.shape()
    if not shape:
        return (d.array(shape),), {"start": 0, "end": -1}
    start = d.integer(0, len(shape) - 1)
    end = d.integer(start, len(shape) - 1)
    negative = d.boolean()
    return (d.array(shape),), {"start": start, "end": end - len(shape) if negative else end}


@refuser("flatten")
def unflattenable(d: Draw) -> list[Refusal]:
    """Axes that there are not, or in the wrong order."""
    wrong = [("the start is out of range", 2, 2), ("the end is out of range", 0, -3),
             ("the start comes after the end", 1, 0)]  # fmt: skip
    x = d.array((2, 3))
    return [Refusal("C1", why, (x,), {"start": a, "end": b}) for why, a, b in wrong]


@sampler("unflatten")
def unflatten(d: Draw) -> Sample:
    """An array, an axis, and sizes for it, one of which may be left open."""
    shape = d.shape(min_dims=1, max_dims=3)
    axis = d.axis(len(shape))
    n = shape[axis]
    small = next((k for k in (5, 3, 2) if n % k == 0), 1)
    sizes = d.choice(((n,), (1, n), (small, n // small), (small, 1, n // small)))
    if n and d.boolean():
        place = d.integer(0, len(sizes) - 1)
        sizes = (*sizes[:place], -1, *sizes[place + 1 :])
    return (d.array(shape),), {"axis": axis, "sizes": sizes}


@refuser("unflatten")
def misfitting_sizes(d: Draw) -> list[Refusal]:
    """An axis that there is not; sizes that do not multiply to its size."""
    wrong = [("C1", "the axis is out of range", 2, (6,)), ("C2", "2·2 is not 6", 1, (2, 2)),
             ("C2", "4 does not divide 6", 1, (4, -1)), ("C2", "two sizes are open", 1, (-1, -1)),
             ("C2", "there is no size", 1, ())]  # fmt: skip
    x = d.array((2, 6))
    return [Refusal(c, why, (x,), {"axis": a, "sizes": sizes}) for c, why, a, sizes in wrong]


@sampler("squeeze")
def squeeze(d: Draw) -> Sample:
    """An array with an axis of size 1, or two."""
    shape = list(d.shape(max_dims=2))
    place = d.integer(0, len(shape))
    shape.insert(place, 1)
    if d.boolean():
        return (d.array((1, *shape)),), {"axis": (0, place + 1)}
    return (d.array(tuple(shape)),), {"axis": place - len(shape) if d.boolean() else place}


@refuser("squeeze")
def unsqueezable(d: Draw) -> list[Refusal]:
    """Axes that there are not, twice, or of another size than 1."""
    wrong = [("the axis is out of range", 3), ("the axis has size 3", 1),
             ("one of the axes has size 3", (0, 1)), ("an axis stands twice", (0, -3))]  # fmt: skip
    x = d.array((1, 3, 1))
    return [Refusal("C1", why, (x,), {"axis": axis}) for why, axis in wrong]


@sampler("expand_dims")
def expand_dims(d: Draw) -> Sample:
    """An array and the place of a new axis."""
    shape = d.shape(max_dims=3)
    return (d.array(shape),), {"axis": d.axis(len(shape) + 1)}


@refuser("expand_dims")
def no_place(d: Draw) -> list[Refusal]:
    """A place that the result does not have."""
    x = d.array((2, 3))
    return [Refusal("C1", "the axis is out of range", (x,), {"axis": axis}) for axis in (3, -4)]
