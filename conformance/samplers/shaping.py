"""Samplers of shape changes, joining and splitting."""

from __future__ import annotations

import math

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Sample, sampler


@sampler("reshape")
def reshape(d: Draw) -> Sample:
    """An array and a shape for it, one size of which may be left open."""
    shape = d.shape()
    size = math.prod(shape)
    target = list(d.choice((shape[::-1], (size,), (1, *shape), (size, 1))))
    if size and target and d.boolean():
        target[d.integer(0, len(target) - 1)] = -1
    return (d.array(shape),), {"shape": tuple(target)}


@sampler("permute_dims")
def permute_dims(d: Draw) -> Sample:
    """An array and an order of its axes, some of them negative."""
    shape = d.shape()
    order = [int(a) for a in d.generator().permutation(len(shape))]
    axes = tuple(a - len(shape) if d.boolean() else a for a in order)
    return (d.array(shape),), {"axes": axes}


@sampler("broadcast_to")
def broadcast_to(d: Draw) -> Sample:
    """An array and a shape that it broadcasts to."""
    shape = d.shape(max_dims=3)
    thin = tuple(1 if d.boolean() else n for n in shape)
    thin = thin[d.integer(0, len(thin)) :] if thin and d.boolean() else thin
    extra = (d.integer(0, 3),) if d.boolean() else ()
    return (d.array(thin),), {"shape": extra + shape}


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


@sampler("squeeze")
def squeeze(d: Draw) -> Sample:
    """An array with an axis of size 1, or two."""
    shape = list(d.shape(max_dims=2))
    place = d.integer(0, len(shape))
    shape.insert(place, 1)
    if d.boolean():
        return (d.array((1, *shape)),), {"axis": (0, place + 1)}
    return (d.array(tuple(shape)),), {"axis": place - len(shape) if d.boolean() else place}


@sampler("expand_dims")
def expand_dims(d: Draw) -> Sample:
    """An array and the place of a new axis."""
    shape = d.shape(max_dims=3)
    return (d.array(shape),), {"axis": d.axis(len(shape) + 1)}


@sampler("concat")
def concat(d: Draw) -> Sample:
    """One to four arrays that differ along one axis only."""
    shape = d.shape(min_dims=1, max_dims=3)
    axis = d.axis(len(shape))
    sizes = [d.integer(0, 5) for _ in range(d.integer(1, 4))]
    sizes[0] = shape[axis]
    shapes = [tuple(n if i == axis % len(shape) else m for i, m in enumerate(shape)) for n in sizes]
    return tuple(d.array(s) for s in shapes), {"axis": axis}


@sampler("stack")
def stack(d: Draw) -> Sample:
    """One to four arrays of one shape."""
    shape = d.shape(max_dims=3)
    count = d.integer(1, 4)
    return tuple(d.array(shape) for _ in range(count)), {"axis": d.axis(len(shape) + 1)}


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
