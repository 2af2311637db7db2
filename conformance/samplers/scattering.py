"""Samplers of what writes, adds or reduces into places that indices name, duplicates among them."""

from __future__ import annotations

import numpy as np

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler
from tensorcts.conformance.samplers.indexing import (
    FAR,
    along_axis,
    keys,
    wrong_along,
    wrong_keys,
)
from tensorcts.reference import dtypes
from tensorcts.reference.indices import keyed


@sampler("scatter", "scatter_add")
def scatter(d: Draw) -> Sample:
    """An array, an index for each update, and the updates."""
    shape, axis, along = along_axis(d)
    return (d.array(shape), d.index(along, shape[axis]), d.array(along)), {"axis": axis}


@refuser("scatter", "scatter_add")
def unscatterable(d: Draw) -> list[Refusal]:
    """Indices of a wrong shape or dtype, an axis that is not there, and indices out of range."""
    x, updates, fine = d.array((3, 4)), d.array((2, 4)), np.zeros((2, 4), np.int64)
    return [
        Refusal("C2", "updates lack a column", (x, fine, d.array((2, 3))), {"axis": 0}),
        *(
            Refusal(constraint, reason, (x, index, updates), {"axis": axis})
            for constraint, reason, index, axis in wrong_along((2, 4))
        ),
    ]


@sampler("scatter_reduce")
def scatter_reduce(d: Draw) -> Sample:
    """As scatter_add, with each reduction; products are of numbers around 1."""
    shape, axis, along = along_axis(d)
    known = ("sum", "prod", "max", "min", "mean")[: 5 if dtypes.is_inexact(d.dtype) else 4]
    reduction = d.choice(known)
    unit = ("unit_special" if d.special else "unit",) if reduction == "prod" else None
    x, updates = d.array(shape, styles=unit), d.array(along, styles=unit)
    attrs = {"axis": axis, "reduction": reduction, "include_self": d.boolean()}
    return (x, d.index(along, shape[axis]), updates), attrs


@refuser("scatter_reduce")
def unreducible(d: Draw) -> list[Refusal]:
    """What scatter refuses, and a reduction that is none."""
    fine = {"reduction": "sum", "include_self": True}
    refused = [Refusal(r.constraint, r.reason, r.arrays, r.attrs | fine) for r in unscatterable(d)]
    wrong = {**refused[0].attrs, "reduction": "median"}
    x = d.array((3, 4))
    arrays = x, np.zeros((2, 4), np.int64), d.array((2, 4))
    return [*refused, Refusal("C4", "there is no such reduction", arrays, wrong)]


@sampler("put_along_axis")
def put_along_axis(d: Draw) -> Sample:
    """An array, indices whose other axes may be thin, and values that broadcast to them."""
    shape, axis, along = along_axis(d)
    kept = axis % len(shape)
    thin = tuple(n if i == kept or d.boolean() else 1 for i, n in enumerate(along))
    values = d.choice((along, tuple(1 if d.boolean() else n for n in along), ()))
    asked = d.choice((along, thin))
    return (d.array(shape), d.index(asked, shape[axis]), d.array(values)), {"axis": axis}


@refuser("put_along_axis")
def unputtable(d: Draw) -> list[Refusal]:
    """Indices or values that do not broadcast, an axis that is not there, indices out of range."""
    x, values, fine = d.array((3, 4)), d.array((2, 4)), np.zeros((2, 4), np.int64)
    unlike = [(x, np.zeros((2, 3), np.int64), values), (x, fine, d.array((3, 4)))]
    wrong = [w for w in wrong_along((2, 4)) if "shape" not in w[1]]
    return [
        *(Refusal("C2", "the shapes do not broadcast", arrays, {"axis": 0}) for arrays in unlike),
        *(Refusal(c, reason, (x, index, values), {"axis": a}) for c, reason, index, a in wrong),
    ]


@sampler("index_copy", "index_add")
def index_copy(d: Draw) -> Sample:
    """An array, a 1-d index, and as many slices."""
    shape, axis, along = along_axis(d)
    return (d.array(shape), d.index((along[axis],), shape[axis]), d.array(along)), {"axis": axis}


@refuser("index_copy", "index_add")
def uncopyable(d: Draw) -> list[Refusal]:
    """Indices of a wrong shape or dtype, slices that do not fit, and indices out of range."""
    x, updates, fine = d.array((3, 4)), d.array((2, 4)), np.array([0, 2])
    return [
        Refusal("C1", "the axis is out of range", (x, fine, updates), {"axis": 2}),
        Refusal("C2", "the indices are floats", (x, np.array([0.0, 1.0]), updates), {"axis": 0}),
        Refusal("C2", "there are too many slices", (x, fine, x), {"axis": 0}),
        Refusal("C2", "the slices are too long", (x, fine, d.array((2, 5))), {"axis": 0}),
        *(Refusal("C3", FAR, (x, np.array(i), updates), {"axis": 0}) for i in ([0, 3], [-4, 1])),
    ]


@sampler("index_put")
def index_put(d: Draw) -> Sample:
    """An array, values that broadcast, and arrays that index some axes, written or added."""
    shape = d.shape(min_dims=1, min_side=1)
    indices, axes = keys(d, shape)
    full = keyed(shape, indices, axes).shape
    values = d.choice((full, tuple(1 if d.boolean() else n for n in full), ()))
    accumulate = d.dtype in dtypes.NUMERIC and d.boolean()
    attrs = {"axes": axes, "accumulate": accumulate}
    return (d.array(shape), d.array(values), *indices), attrs


@refuser("index_put")
def unindexable(d: Draw) -> list[Refusal]:
    """What index refuses, values that do not broadcast, and sums in a dtype that has none."""
    x, fine = d.array((3, 4)), np.array([0, 2])
    attrs = {"axes": (0,), "accumulate": False}
    added = attrs | {"accumulate": True}
    return [
        Refusal("C2", "the values do not broadcast", (x, d.array((3, 4)), fine), attrs),
        *(
            Refusal("C4", f"accumulate is for {name}", (zeros, zeros[:2], fine), added)
            for name in (*dtypes.BOOL, *dtypes.STORAGE)
            for zeros in [np.zeros((3, 4), dtypes.numpy_dtype(name))]
        ),
        *(
            Refusal(label, reason, (x, d.array(()), *indices), attrs | {"axes": axes})
            for label, reason, indices, axes in wrong_keys()
        ),
    ]
