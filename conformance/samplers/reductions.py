"""Samplers of reductions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tensorcts.conformance import values
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import (
    Refusal,
    Sample,
    all_samplers,
    essentials,
    refuser,
    sampler,
)
from tensorcts.reference import dtypes


@sampler("mean", "any", "all", "count_nonzero", "nansum", "nanmean")
def reduction(d: Draw) -> Sample:
    """An array, empty ones too, and axes of it."""
    shape = d.shape()
    return (d.array(shape),), {"axis": d.axes(len(shape)), "keepdims": d.boolean()}


@essentials("any", "all", check="special_values")
def one_against_all(d: Draw) -> list[Sample]:
    """Each special value alone in a row of zeros or ones."""
    pool = values.specials(d.dtype, moderate=True)
    rest = np.full((len(pool),) * 2, d.op.name == "all").astype(pool.dtype)
    x = np.where(np.eye(len(pool), dtype=bool), pool, rest)
    return [((x,), {"axis": -1, "keepdims": False})]


@sampler("logsumexp")
def logsumexp(d: Draw) -> Sample:
    """As a sum, of numbers some of which spread so far that their exponentials overflow."""
    (x,), attrs = reduction(d)
    assert x is not None
    return (x * x.dtype.type(d.choice((1, 1, 64, 256))),), attrs


@sampler("prod")
def product(d: Draw) -> Sample:
    """As a sum, of floats around 1, so that no order of the factors over- or underflows."""
    shape = d.shape()
    unit = ("unit_special" if d.special else "unit",)  # integers wrap around in any order
    x = d.array(shape, styles=unit if dtypes.is_inexact(d.dtype) else None)
    return (x,), {"axis": d.axes(len(shape)), "keepdims": d.boolean(), "dtype": wide(d.dtype)}


@sampler("sum")
def accumulation(d: Draw) -> Sample:
    """An array, axes of it, and the dtype of the result."""
    (x,), attrs = reduction(d)
    return (x,), {**attrs, "dtype": wide(d.dtype)}


def wide(dtype: str) -> str:
    """The result's dtype: a 64-bit one for integers, else its own."""
    wide = "uint64" if dtype in dtypes.UNSIGNED else "int64"
    return dtype if dtypes.is_inexact(dtype) else wide


@sampler("max", "min", "nanmax", "nanmin")
def extreme(d: Draw) -> Sample:
    """An array without empty axes."""
    shape = d.shape(min_side=1)
    return (d.array(shape),), {"axis": d.axes(len(shape)), "keepdims": d.boolean()}


@sampler("argmax", "argmin")
def position(d: Draw) -> Sample:
    """An array without empty axes and one of its axes; equal elements are common."""
    shape = d.shape(min_side=1)
    axis = d.axis(len(shape)) if shape and d.boolean() else None
    return (d.array(shape),), {"axis": axis, "keepdims": d.boolean()}


@essentials("argmax", "argmin", check="special_values")
def neighbours(d: Draw) -> list[Sample]:
    """Special values beside the next larger ones: integers that float64 can't tell apart."""
    pool = values.specials(d.dtype, moderate=True)
    ordered = np.sort(pool[pool == pool])
    pairs = np.stack([ordered[:-1], ordered[1:]], axis=-1)
    x = np.concatenate([pairs, pairs[:, ::-1]])
    return [((x,), {"axis": -1, "keepdims": False})]


@sampler("median")
def median(d: Draw) -> Sample:
    """An array without empty axes and one of its axes, or None for all."""
    return position(d)


@sampler("quantile")
def quantile(d: Draw) -> Sample:
    """As for a median, without infinities; the position is exact in every dtype."""
    (x,), attrs = position(d)
    assert x is not None
    return (np.where(np.isinf(x), x.dtype.type(1), x),), {**attrs, "q": d.choice(SHARES)}


@sampler("var", "std")
def var(d: Draw) -> Sample:
    """An array and the correction, which may leave nothing to divide by."""
    (x,), attrs = reduction(d)
    return (x,), {**attrs, "correction": d.integer(0, 1)}


ORDERS = (2.0, 1.0, math.inf, 0.0, -math.inf, 3.0, 0.5, -1.0)


@sampler("vector_norm")
def vector_norm(d: Draw) -> Sample:
    """An array and axes of it, empty ones too where the sum of nothing decides."""
    order = d.choice(ORDERS)
    shape = d.shape(min_side=int(order < 0 or math.isinf(order)))
    attrs = {"axis": d.axes(len(shape)), "ord": order, "keepdims": d.boolean()}
    return (d.array(shape),), attrs


LABELS = {"any": "C1", "all": "C1", "count_nonzero": "C1", "mean": "C1", "nansum": "C1",
          "nanmean": "C1", "logsumexp": "C1", "vector_norm": "C1", "sum": "C2", "prod": "C2",
          "var": "C2", "std": "C2"}  # fmt: skip
"""The constraint on the axes, of ops that reduce over nothing too."""

SHARES = (0.5, 0.0, 1.0, 0.25, 0.875)

EXTREMES = ("max", "min", "nanmax", "nanmin")
POSITIONS = ("argmax", "argmin", "median", "quantile")


def _axis_refusals(d: Draw, label: str, wrong: tuple[Any, ...]) -> list[Refusal]:
    _, attrs = all_samplers()[d.op.name](d)
    reasons = {int: "the axis is out of range", tuple: "an axis is named twice or out of range"}
    return [
        Refusal(label, reasons[type(axis)], (d.array((2, 3)),), {**attrs, "axis": axis})
        for axis in wrong
    ]


@refuser(*LABELS)
def no_axes(d: Draw) -> list[Refusal]:
    """Axes that there are not, or twice the same."""
    refusals = _axis_refusals(d, LABELS[d.op.name], (2, -3, (0, 2), (1, -1)))
    if d.op.name in ("var", "std"):
        attrs = {"axis": None, "keepdims": False, "correction": -1}
        refusals.append(Refusal("C1", "correction is negative", (d.array((3,)),), attrs))
    return refusals


@refuser(*EXTREMES, *POSITIONS)
def nothing_to_choose_from(d: Draw) -> list[Refusal]:
    """An extreme element of none, axes that there are not."""
    several = ((0, 2), (1, -1)) if d.op.name in EXTREMES else ()
    _, attrs = all_samplers()[d.op.name](d)
    nothing = [
        Refusal("C1", "no element is there", (d.array(shape),), {**attrs, "axis": axis})
        for shape, axis in (((0,), None), ((2, 0), 1))
    ]
    if d.op.name == "quantile":
        wrong = [{**attrs, "q": q} for q in (-0.5, 1.5)]
        nothing += [Refusal("C3", "q is no share", (d.array((3,)),), bad) for bad in wrong]
    return nothing + _axis_refusals(d, "C2", (2, -3, *several))
