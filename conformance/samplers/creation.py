"""Samplers of creation ops: attributes only."""

from __future__ import annotations

from typing import Any

from tensorcts.conformance import values
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Sample, sampler
from tensorcts.reference import dtypes


@sampler("zeros", "ones")
def filled(d: Draw) -> Sample:
    """A shape."""
    return (), {"shape": d.shape(), "dtype": d.dtype}


@sampler("full")
def full(d: Draw) -> Sample:
    """A shape and a value that the dtype holds, special ones included."""
    return (), {"shape": d.shape(), "value": number(d), "dtype": d.dtype}


@sampler("eye")
def eye(d: Draw) -> Sample:
    """Rows, columns and a diagonal, which may lie outside."""
    rows, columns = d.shape(min_dims=2, max_dims=2)
    return (), {"rows": rows, "columns": columns, "k": d.integer(-5, 5), "dtype": d.dtype}


@sampler("arange")
def arange(d: Draw) -> Sample:
    """Start, stop and step that stay inside of the dtype; empty ranges and negative steps too."""
    unsigned = d.dtype in dtypes.UNSIGNED
    if d.dtype in dtypes.INTEGER:
        sign = -1 if not unsigned and d.boolean() else 1
        first, stride = sign * d.integer(0, 20), sign * d.integer(1, 3)
        last = first + d.integer(0, 30) * stride
        return (), {"start": first, "stop": last, "step": stride, "dtype": d.dtype}
    count = d.integer(0, 60)
    start, step = d.integer(-40, 40) / 8, d.choice((1.0, 0.1, 0.25, -0.5, -1.0 / 3.0))
    stop = start + (count - d.choice((0.0, 0.5))) * step
    return (), {"start": start, "stop": stop, "step": step, "dtype": d.dtype}


@sampler("linspace")
def linspace(d: Draw) -> Sample:
    """Two ends, ascending, descending or equal, and a number of points."""
    start, stop = d.integer(-80, 80) / 8, d.choice((d.integer(-80, 80) / 7, d.integer(-5, 5)))
    return (), {"start": start, "stop": float(stop), "num": d.integer(0, 70), "dtype": d.dtype}


def number(d: Draw) -> Any:
    """A Python number that the dtype holds exactly."""
    pool = values.specials(d.dtype)
    value = pool[d.integer(0, len(pool) - 1)]
    return value.item()
