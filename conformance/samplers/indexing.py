"""Samplers of indexing ops: indices in range, negative ones and duplicates among them."""

from __future__ import annotations

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Sample, sampler


@sampler("take")
def take(d: Draw) -> Sample:
    """An array and indices into one of its axes."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    axis = d.axis(len(shape))
    return (d.array(shape), d.index((d.integer(0, 12),), shape[axis])), {"axis": axis}


@sampler("gather")
def gather(d: Draw) -> Sample:
    """An array and an index for each place of the result."""
    shape, axis, along = _along_axis(d)
    return (d.array(shape), d.index(along, shape[axis])), {"axis": axis}


@sampler("scatter", "scatter_add")
def scatter(d: Draw) -> Sample:
    """An array, an index for each update, and the updates."""
    shape, axis, along = _along_axis(d)
    return (d.array(shape), d.index(along, shape[axis]), d.array(along)), {"axis": axis}


@sampler("masked_select")
def masked_select(d: Draw) -> Sample:
    """An array and a mask of its shape."""
    shape = d.shape()
    return (d.array(shape), d.mask(shape)), {}


@sampler("embedding")
def embedding(d: Draw) -> Sample:
    """A table and row numbers of any shape."""
    rows, columns = d.shape(min_dims=2, max_dims=2, min_side=1)
    shape = tuple(d.integer(0, 5) for _ in range(d.integer(0, 3)))
    return (d.array((rows, columns)), d.index(shape, rows, negative=False)), {}


def _along_axis(d: Draw) -> tuple[tuple[int, ...], int, tuple[int, ...]]:
    """A shape, an axis of it, and the same shape with another size along the axis."""
    shape = d.shape(min_dims=1, max_dims=3, min_side=1)
    axis = d.axis(len(shape))
    along = list(shape)
    along[axis] = d.integer(0, 9)
    return shape, axis, tuple(along)
