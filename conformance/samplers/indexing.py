"""Samplers of indexing ops: indices in range, negative ones and duplicates among them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler

Shape = tuple[int, ...]
FAR = "an index is out of range"


@sampler("take")
def take(d: Draw) -> Sample:
    """An array and indices into one of its axes."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    axis = d.axis(len(shape))
    return (d.array(shape), d.index((d.integer(0, 12),), shape[axis])), {"axis": axis}


@refuser("take")
def untakeable(d: Draw) -> list[Refusal]:
    """Floats for indices, an axis that is not there, and indices out of range."""
    x, fine = d.array((3, 4)), np.array([0, 2])
    return [
        Refusal("C1", "the indices are floats", (x, np.array([0.0, 1.0])), {"axis": 0}),
        Refusal("C1", "the axis is out of range", (x, fine), {"axis": 2}),
        Refusal("C1", "the axis is out of range", (x, fine), {"axis": -3}),
        *(Refusal("C2", FAR, (x, np.array(i)), {"axis": 0}) for i in ([0, 3], [-4, 1], [7, 2**40])),
    ]


@sampler("gather")
def gather(d: Draw) -> Sample:
    """An array and an index for each place of the result."""
    shape, axis, along = along_axis(d)
    return (d.array(shape), d.index(along, shape[axis])), {"axis": axis}


@refuser("gather")
def ungatherable(d: Draw) -> list[Refusal]:
    """Indices of a wrong shape or dtype, an axis that is not there, and indices out of range."""
    x = d.array((3, 4))
    return [
        Refusal("C2", "index lacks a dimension", (x, np.array([0, 1])), {"axis": 0}),
        *(Refusal(c, reason, (x, i), {"axis": axis}) for c, reason, i, axis in wrong_along((2, 4))),
    ]


@sampler("take_along_axis")
def take_along_axis(d: Draw) -> Sample:
    """An array and an index for each place of the result; the other axes of either may be thin."""
    shape, axis, along = along_axis(d)
    kept = axis % len(shape)
    thin = [tuple(n if i == kept or d.boolean() else 1 for i, n in enumerate(s))
            for s in (shape, along)]  # fmt: skip
    given, asked = d.choice(((shape, along), (shape, thin[1]), (thin[0], along)))
    return (d.array(given), d.index(asked, shape[axis])), {"axis": axis}


@refuser("take_along_axis")
def untakeable_along_axis(d: Draw) -> list[Refusal]:
    """Indices that do not broadcast, floats, an axis that is not there, indices out of range."""
    x = d.array((3, 4))
    unlike = [(x, np.zeros((2, 3), np.int64)), (x, np.array([0, 1]))]
    wrong = [w for w in wrong_along((2, 4)) if "shape" not in w[1]]
    return [
        *(Refusal("C2", "the shapes do not broadcast", arrays, {"axis": 0}) for arrays in unlike),
        *(Refusal(c, reason, (x, index), {"axis": axis}) for c, reason, index, axis in wrong),
    ]


@sampler("index")
def index(d: Draw) -> Sample:
    """An array and arrays that index some of its axes: integers, a mask, or both."""
    shape = d.shape(min_dims=1, min_side=1)
    indices, axes = keys(d, shape)
    return (d.array(shape), *indices), {"axes": axes}


@refuser("index")
def unindexable(d: Draw) -> list[Refusal]:
    """Axes out of range or order, arrays that do not broadcast or fit, indices out of range."""
    x = d.array((3, 4))
    return [
        Refusal(constraint, reason, (x, *indices), {"axes": axes})
        for constraint, reason, indices, axes in wrong_keys()
    ]


@sampler("embedding")
def embedding(d: Draw) -> Sample:
    """A table and row numbers of any shape."""
    rows, columns = d.shape(min_dims=2, max_dims=2, min_side=1)
    shape = tuple(d.integer(0, 5) for _ in range(d.integer(0, 3)))
    return (d.array((rows, columns)), d.index(shape, rows, negative=False)), {}


@refuser("embedding")
def unembeddable(d: Draw) -> list[Refusal]:
    """A table that is none, floats for rows, and rows that are not there."""
    table = d.array((3, 4))
    return [
        Refusal("C1", "weight is 3-d", (d.array((3, 2, 4)), np.array([0, 1])), {}),
        Refusal("C2", "the indices are floats", (table, np.array([0.0, 1.0])), {}),
        *(Refusal("C3", FAR, (table, np.array(rows)), {}) for rows in ([0, 3], [-1, 1])),
    ]


@sampler("nonzero")
def nonzero(d: Draw) -> Sample:
    """An array with zeros in it: none, some, or all."""
    return (with_zeros(d, d.shape(min_dims=1)),), {}


@sampler("argwhere")
def argwhere(d: Draw) -> Sample:
    """An array with zeros in it, 0-d ones too."""
    return (with_zeros(d, d.shape()),), {}


@refuser("nonzero")
def scalar(d: Draw) -> list[Refusal]:
    """No dimension."""
    return [Refusal("C1", "x has no dimension", (d.array(()),), {})]


def with_zeros(d: Draw, shape: Shape) -> NDArray[Any]:
    """An array whose elements are zero here and there."""
    x = d.array(shape)
    return np.where(d.mask(shape), x, x.dtype.type(0))


def along_axis(d: Draw) -> tuple[Shape, int, Shape]:
    """A shape, an axis of it, and the same shape with another size along the axis."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    axis = d.axis(len(shape))
    along = list(shape)
    along[axis] = d.integer(0, 9)
    return shape, axis, tuple(along)


def wrong_along(shape: Shape) -> list[tuple[str, str, NDArray[Any], int]]:
    """Constraint, reason, index and axis of calls that go wrong along an axis of a 3×4 array."""
    fine = np.zeros(shape, np.int64)
    far = [np.full(shape, i) for i in (3, -4, 2**40)]
    return [
        ("C1", "the axis is out of range", fine, 2),
        ("C1", "the axis is out of range", fine, -3),
        ("C2", "the index is of another shape", np.zeros((2, 5), np.int64), 0),
        ("C2", "the indices are floats", fine.astype(np.float64), 0),
        *(("C3", FAR, index, 0) for index in far),
    ]


def keys(d: Draw, shape: Shape) -> tuple[tuple[NDArray[Any], ...], tuple[int, ...]]:
    """Arrays that index some axes of the shape, and the axes."""
    kind = d.choice(("integers", "mask", "both"))
    if kind == "integers" or (kind == "both" and len(shape) == 1):
        return _integers(d, shape)
    first = 0 if kind == "both" else d.integer(0, len(shape) - 1)
    dims = 1 if kind == "both" else d.integer(1, len(shape) - first)
    mask = d.mask(shape[first : first + dims])
    if kind == "mask":
        return (mask,), (first,)
    axis = d.integer(1, len(shape) - 1)
    count = d.choice((1, int(np.count_nonzero(mask))))
    return (mask, d.index((count,), shape[axis])), (0, axis)


def _integers(d: Draw, shape: Shape) -> tuple[tuple[NDArray[Any], ...], tuple[int, ...]]:
    """Integer arrays that broadcast, over neighbouring axes or separated ones."""
    axes = tuple(a for a in range(len(shape)) if d.boolean()) or (d.integer(0, len(shape) - 1),)
    common = tuple(d.integer(0, 4) for _ in range(d.integer(1, 2)))
    thin = [tuple(1 if d.boolean() else n for n in common) for _ in axes[1:]]
    return tuple(d.index(s, shape[a]) for s, a in zip((common, *thin), axes, strict=True)), axes


def wrong_keys() -> list[tuple[str, str, tuple[NDArray[Any], ...], tuple[int, ...]]]:
    """Constraint, reason, arrays and axes of calls that index a 3×4 array wrongly."""
    fine, mask = np.array([0, 2]), np.array([True, False, True])
    return [
        ("C1", "the axis is out of range", (fine,), (2,)),
        ("C1", "the axes fall", (fine, fine), (1, 0)),
        ("C1", "the axes overlap", (fine, fine), (0, 0)),
        ("C2", "the arrays do not broadcast", (fine, np.array([0, 1, 2])), (0, 1)),
        ("C2", "the indices are floats", (fine.astype(np.float64),), (0,)),
        ("C2", "the mask is of another size", (mask,), (1,)),
        *(("C3", FAR, (np.array(i),), (0,)) for i in ([0, 3], [-4, 1])),
        ("C3", FAR, (fine, np.array([0, 4])), (0, 1)),
    ]
