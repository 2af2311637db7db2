"""Samplers of what sorts and what counts; equal elements are common."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance import values
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, essentials, refuser, sampler
from tensorcts.reference import dtypes


@sampler("sort", "argsort")
def sort(d: Draw) -> Sample:
    """An array and one of its axes, ascending or descending, stable or not."""
    x = _with_ties(d, d.shape(min_dims=1))
    attrs = {"axis": d.axis(x.ndim), "descending": d.boolean(), "stable": d.boolean()}
    return (x,), attrs


@essentials("sort", "argsort", check="special_values")
def specials_both_ways(d: Draw) -> list[Sample]:
    """Every special value, the lowest first and the highest first."""
    x = d.generator().permutation(values.specials(d.dtype))
    return [((x,), {"axis": 0, "descending": way, "stable": True}) for way in (False, True)]


@refuser("sort", "argsort")
def unsortable(d: Draw) -> list[Refusal]:
    """An axis that is not there."""
    attrs = {"descending": False, "stable": True}
    return [
        Refusal("C1", "the axis is out of range", (d.array((3, 4)),), {"axis": axis, **attrs})
        for axis in (2, -3)
    ]


@sampler("topk")
def topk(d: Draw) -> Sample:
    """An array, one of its axes and a number from 0 to its size."""
    x = _with_ties(d, d.shape(min_dims=1))
    axis = d.axis(x.ndim)
    return (x,), {"k": d.integer(0, x.shape[axis]), "axis": axis, "largest": d.boolean()}


@essentials("topk", check="special_values")
def special_extremes(d: Draw) -> list[Sample]:
    """The largest and the smallest of every special value."""
    x = d.generator().permutation(values.specials(d.dtype))
    return [((x,), {"k": 4, "axis": 0, "largest": largest}) for largest in (False, True)]


@refuser("topk")
def untoppable(d: Draw) -> list[Refusal]:
    """An axis that is not there, more elements than there are, fewer than none."""
    calls = [("C1", "the axis is out of range", 1, 2), ("C2", "k is too large", 5, 1),
             ("C2", "k is negative", -1, 0)]  # fmt: skip
    return [
        Refusal(label, reason, (d.array((3, 4)),), {"k": k, "axis": axis, "largest": True})
        for label, reason, k, axis in calls
    ]


@sampler("searchsorted")
def searchsorted(d: Draw) -> Sample:
    """An ascending row without NaN, and an array some of whose elements stand in it."""
    (size,) = d.shape(min_dims=1, max_dims=1)
    row = _with_ties(d, (size,))
    row = np.where(row == row, row, row.dtype.type(0))
    shape = tuple(d.integer(0, 6) for _ in range(d.integer(0, 3)))
    x = d.array(shape)
    if size and d.boolean():
        x = np.where(d.mask(shape), x, row[d.generator().integers(0, size, shape)])
    return (np.sort(row), x), {"side": d.choice(("left", "right"))}


@refuser("searchsorted")
def unsearchable(d: Draw) -> list[Refusal]:
    """A matrix to search in, and a side that is none."""
    row, x = np.sort(d.array((3,))), d.array((2,))
    return [
        Refusal("C1", "x1 is 2-d", (np.sort(d.array((2, 3))), x), {"side": "left"}),
        Refusal("C2", "there is no such side", (row, x), {"side": "middle"}),
    ]


@sampler("unique_values", "unique_counts", "unique_inverse")
def unique(d: Draw) -> Sample:
    """An array, most of whose elements stand in it more than once."""
    return (_with_ties(d, d.shape()),), {}


@sampler("bincount")
def bincount(d: Draw) -> Sample:
    """A row of small numbers and a smallest length."""
    highest = d.choice((0, 3, 20, 100))
    numbers = d.generator().integers(0, highest, d.shape(min_dims=1, max_dims=1), endpoint=True)
    return (numbers.astype(dtypes.numpy_dtype(d.dtype)),), {"minlength": d.choice((0, 1, 7, 300))}


@refuser("bincount")
def uncountable(d: Draw) -> list[Refusal]:
    """A matrix, a negative number, a negative length."""
    row = np.array([1, 0, 3], dtypes.numpy_dtype(d.dtype))
    refused = [
        Refusal("C1", "x is 2-d", (np.stack([row, row]),), {"minlength": 0}),
        Refusal("C3", "minlength is negative", (row,), {"minlength": -1}),
    ]
    if d.dtype in dtypes.SIGNED:
        refused.append(Refusal("C2", "an element is negative", (-row,), {"minlength": 0}))
    return refused


@sampler("histogram")
def histogram(d: Draw) -> Sample:
    """An array, bins whose edges are numbers of the dtype, some elements on them."""
    bins, width = d.choice((1, 2, 3, 8, 10)), d.choice((1, 2, 4))
    low = d.integer(0 if d.dtype in dtypes.UNSIGNED else -9, 3)
    step = width / 4 if dtypes.is_inexact(d.dtype) else width
    x = d.array(d.shape())
    edges = (low + step * np.arange(bins + 1)).astype(x.dtype)
    on_edges = edges[d.generator().integers(0, bins + 1, x.shape)]
    x = np.where(d.mask(x.shape), x, on_edges)
    return (x,), {"bins": bins, "low": low, "high": low + step * bins}


@refuser("histogram")
def unbinnable(d: Draw) -> list[Refusal]:
    """No bins, and no room for them."""
    x = d.array((5,))
    return [
        Refusal("C1", "there are no bins", (x,), {"bins": 0, "low": 0.0, "high": 1.0}),
        Refusal("C2", "low is above high", (x,), {"bins": 2, "low": 1.0, "high": 0.0}),
    ]


def _with_ties(d: Draw, shape: tuple[int, ...]) -> NDArray[Any]:
    """An array as drawn, or one of a few different elements."""
    if d.boolean():
        return d.array(shape)
    pool = d.array((d.integer(1, 12),))
    return pool[d.generator().integers(0, len(pool), shape)]
