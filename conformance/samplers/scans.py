"""Samplers of scans along an axis, and of differences."""

from __future__ import annotations

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, all_samplers, refuser, sampler
from tensorcts.conformance.samplers.reductions import wide

LONGEST = 260
"""Elements along the axis of a logcumsumexp, whose truth goes from one to the next."""


@sampler("cumulative_sum")
def cumulative_sum(d: Draw) -> Sample:
    """An array, one of its axes, with the sum of nothing or without."""
    shape = d.shape(min_dims=1)
    attrs = {"axis": d.axis(len(shape)), "include_initial": d.boolean(), "dtype": wide(d.dtype)}
    return (d.array(shape),), attrs


@sampler("cumulative_prod")
def cumulative_prod(d: Draw) -> Sample:
    """As a sum, of numbers around 1, so that no order of the factors over- or underflows."""
    shape = d.shape(min_dims=1)
    x = d.array(shape, styles=("unit_special" if d.special else "unit",))
    attrs = {"axis": d.axis(len(shape)), "include_initial": d.boolean(), "dtype": wide(d.dtype)}
    return (x,), attrs


@sampler("cummax", "cummin")
def running_extreme(d: Draw) -> Sample:
    """An array and one of its axes; equal elements are common."""
    shape = d.shape(min_dims=1)
    return (d.array(shape),), {"axis": d.axis(len(shape))}


@sampler("logcumsumexp")
def logcumsumexp(d: Draw) -> Sample:
    """An array and one of its axes."""
    shape = tuple(min(n, LONGEST) for n in d.shape(min_dims=1))
    return (d.array(shape),), {"axis": d.axis(len(shape))}


@sampler("diff")
def diff(d: Draw) -> Sample:
    """An array, one of its axes, and how often, up to more than there are elements."""
    shape = d.shape(min_dims=1)
    return (d.array(shape),), {"axis": d.axis(len(shape)), "n": d.integer(1, 3)}


@refuser("cumulative_sum", "cumulative_prod", "cummax", "cummin", "logcumsumexp", "diff")
def no_axis(d: Draw) -> list[Refusal]:
    """An axis that there is not."""
    _, attrs = all_samplers()[d.op.name](d)
    return [
        Refusal("C1", "the axis is out of range", (d.array((2, 3)),), {**attrs, "axis": axis})
        for axis in (2, -3)
    ]
