"""Samplers of reductions."""

from __future__ import annotations

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Sample, sampler
from tensorcts.reference import dtypes


@sampler("mean", "any", "all")
def reduction(d: Draw) -> Sample:
    """An array, empty ones too, and axes of it."""
    shape = d.shape()
    return (d.array(shape),), {"axis": d.axes(len(shape)), "keepdims": d.boolean()}


@sampler("prod")
def product(d: Draw) -> Sample:
    """As a sum, of numbers around 1, so that no order of the factors over- or underflows."""
    shape = d.shape()
    x = d.array(shape, styles=("unit_special" if d.special else "unit",))
    return (x,), {"axis": d.axes(len(shape)), "keepdims": d.boolean(), "dtype": _wide(d.dtype)}


@sampler("sum")
def accumulation(d: Draw) -> Sample:
    """An array, axes of it, and the dtype of the result."""
    (x,), attrs = reduction(d)
    return (x,), {**attrs, "dtype": _wide(d.dtype)}


def _wide(dtype: str) -> str:
    """The result's dtype: a 64-bit one for integers, else its own."""
    wide = "uint64" if dtype in dtypes.UNSIGNED else "int64"
    return dtype if dtypes.is_inexact(dtype) else wide


@sampler("max", "min")
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


@sampler("var")
def var(d: Draw) -> Sample:
    """An array and the correction, which may leave nothing to divide by."""
    (x,), attrs = reduction(d)
    return (x,), {**attrs, "correction": d.integer(0, 1)}
