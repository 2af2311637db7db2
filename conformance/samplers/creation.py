"""Samplers of creation ops: attributes only, or an array for its shape."""

from __future__ import annotations

import math
from typing import Any

from tensorcts.conformance import values
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler
from tensorcts.reference import dtypes


@sampler("zeros", "ones", "empty")
def filled(d: Draw) -> Sample:
    """A shape."""
    return (), {"shape": d.shape(), "dtype": d.dtype}


@refuser("zeros", "ones")
def impossible_shape(d: Draw) -> list[Refusal]:
    """Shapes with a negative size, or with more elements than can be counted."""
    wrong = [("C1", "a size is negative", (2, -1)), ("C1", "the size is negative", (-3,)),
             ("C2", "there are 2**124 elements", (2**62, 2**62))]  # fmt: skip
    return [Refusal(c, why, (), {"shape": shape, "dtype": d.dtype}) for c, why, shape in wrong]


@refuser("empty")
def negative_shape(d: Draw) -> list[Refusal]:
    """Shapes with a negative size."""
    return impossible_shape(d)[:2]


@sampler("empty_like", "zeros_like", "ones_like")
def alike(d: Draw) -> Sample:
    """An array, and its dtype or another one."""
    return (d.array(d.shape()),), {"dtype": _same_or_other(d)}


def _same_or_other(d: Draw) -> str:
    return d.choice((d.dtype, d.dtype, *dtypes.ALL))


@sampler("full")
def full(d: Draw) -> Sample:
    """A shape and a value that the dtype holds, special ones included."""
    return (), {"shape": d.shape(), "value": number(d), "dtype": d.dtype}


@refuser("full")
def unfillable(d: Draw) -> list[Refusal]:
    """A negative size; values that an integer dtype does not hold."""
    negative = {"shape": (2, -1), "value": 1.0, "dtype": d.dtype}
    return [
        Refusal("C1", "a size is negative", (), negative),
        *(Refusal("C2", why, (), {"shape": (3,)} | attrs) for why, attrs in _out_of_range()),
    ]


@sampler("full_like")
def full_like(d: Draw) -> Sample:
    """An array and a value that its dtype holds."""
    return (d.array(d.shape()),), {"value": number(d), "dtype": d.dtype}


@refuser("full_like")
def unfillable_alike(d: Draw) -> list[Refusal]:
    """Values that an integer dtype does not hold."""
    return [Refusal("C1", why, (d.array((3,)),), attrs) for why, attrs in _out_of_range()]


def _out_of_range() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("the value is too large for int8", {"value": 300, "dtype": "int8"}),
        ("the value is too small for int8", {"value": -129, "dtype": "int8"}),
        ("the value is too large for int64", {"value": 2**63, "dtype": "int64"}),
    ]


@sampler("eye")
def eye(d: Draw) -> Sample:
    """Rows, columns and a diagonal, which may lie outside."""
    rows, columns = d.shape(min_dims=2, max_dims=2)
    return (), {"rows": rows, "columns": columns, "k": d.integer(-5, 5), "dtype": d.dtype}


@refuser("eye")
def negative_matrix(d: Draw) -> list[Refusal]:
    """Fewer than no rows or columns."""
    sizes = ((-1, 2), (2, -1))
    return [
        Refusal("C1", "a size is negative", (), {"rows": m, "columns": n, "k": 0, "dtype": d.dtype})
        for m, n in sizes
    ]


@sampler("arange")
def arange(d: Draw) -> Sample:
    """Start, stop and step that stay inside of the dtype; empty ranges and negative steps too."""
    unsigned = d.dtype in dtypes.UNSIGNED
    if d.dtype in dtypes.INTEGER:
        sign = -1 if not unsigned and d.boolean() else 1
        far = 2**53 if d.dtype in ("int64", "uint64") and d.boolean() else 0
        first, stride = sign * (far + d.integer(0, 20)), sign * d.integer(1, 3)
        last = first + d.integer(-2 if sign > 0 and far else 0, 30) * stride
        return (), {"start": first, "stop": last, "step": stride, "dtype": d.dtype}
    count = d.integer(0, 60)
    start, step = d.integer(-40, 40) / 8, d.choice((1.0, 0.1, 0.25, -0.5, -1.0 / 3.0))
    if d.dtype == "float16" and d.integer(0, 7) == 7:  # the last numbers overflow
        start, step = 65000.0, 32.0
    stop = start + (count - d.choice((0.0, 0.5))) * step
    return (), {"start": start, "stop": stop, "step": step, "dtype": d.dtype}


@refuser("arange")
def no_range(d: Draw) -> list[Refusal]:
    """A step of 0; numbers that an integer dtype does not hold."""
    still = {"start": 0.0, "stop": 3.0, "step": 0.0, "dtype": d.dtype}
    far = {"start": 0, "stop": 300, "step": 1, "dtype": "int8"}
    return [
        Refusal("C1", "the step is 0", (), still),
        Refusal("C1", "the step is 0, the range empty", (), still | {"stop": 0.0}),
        Refusal("C2", "int8 does not hold 299", (), far),
    ]


@sampler("linspace")
def linspace(d: Draw) -> Sample:
    """Two ends, ascending, descending or equal, and a number of points."""
    start, stop = d.integer(-80, 80) / 8, d.choice((d.integer(-80, 80) / 7, d.integer(-5, 5)))
    return (), {"start": start, "stop": float(stop), "num": d.integer(0, 70), "dtype": d.dtype}


@refuser("linspace")
def fewer_than_none(d: Draw) -> list[Refusal]:
    """A negative number of points."""
    attrs = {"start": 0.0, "stop": 1.0, "num": -1, "dtype": d.dtype}
    return [Refusal("C1", "num is negative", (), attrs)]


@sampler("logspace")
def logspace(d: Draw) -> Sample:
    """Two exponents that every dtype holds (a power magnifies their rounding), points, a base."""
    start, stop = d.integer(-12, 12) / 8, d.integer(-20, 20) / 8
    base = d.choice((2.0, 10.0, math.e, 0.5))
    attrs = {"start": start, "stop": stop, "num": d.integer(0, 70), "base": base, "dtype": d.dtype}
    return (), attrs


@refuser("logspace")
def no_powers(d: Draw) -> list[Refusal]:
    """A negative number of points."""
    attrs = {"start": 0.0, "stop": 1.0, "num": -1, "base": 10.0, "dtype": d.dtype}
    return [Refusal("C1", "num is negative", (), attrs)]


@sampler("asarray")
def asarray(d: Draw) -> Sample:
    """A few Python numbers, special ones included, and their shape."""
    shape = tuple(min(n, 5) for n in d.shape(max_dims=3))
    numbers = tuple(number(d) for _ in range(math.prod(shape)))
    return (), {"values": numbers, "shape": shape, "dtype": d.dtype}


@refuser("asarray")
def misfitting_values(d: Draw) -> list[Refusal]:
    """Too many numbers, too few, or one that the dtype does not hold."""
    one = {"values": (1.0, 2.0, 3.0), "dtype": d.dtype}
    return [
        Refusal("C1", "there are too few values", (), one | {"shape": (2, 2)}),
        Refusal("C1", "there are too many values", (), one | {"shape": (2,)}),
        Refusal("C1", "there are values for no element", (), one | {"shape": (0,)}),
        Refusal("C2", "int8 does not hold 300", (),
                {"values": (1, 300), "shape": (2,), "dtype": "int8"}),
    ]  # fmt: skip


def number(d: Draw) -> Any:
    """A Python number that the dtype holds exactly."""
    pool = values.specials(d.dtype)
    value = pool[d.integer(0, len(pool) - 1)]
    return value.item()
