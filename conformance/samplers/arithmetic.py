"""Samplers of arithmetic whose arguments are odd: bounds, shifts, exponents, tolerances."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler
from tensorcts.conformance.samplers.elementwise import broadcast_pair
from tensorcts.reference import dtypes

Shape = tuple[int, ...]
MISFITS: tuple[tuple[Shape, Shape, Shape], ...] = (
    ((2,), (3,), ()),
    ((3,), (3,), (2,)),
    ((2, 3), (), (2,)),
)
"""Three shapes that do not broadcast."""


@sampler("clip")
def clip(d: Draw) -> Sample:
    """An array and its bounds, each of them there or not, in this order or the other."""
    shape = d.shape()
    first, low = broadcast_pair(d, shape)
    high = d.choice((shape, shape[-1:], ()))
    bounds = tuple(None if d.integer(0, 3) == 3 else d.array(s) for s in (low, high))
    return (d.array(first), *bounds), {}


@refuser("clip")
def misfitting_bounds(d: Draw) -> list[Refusal]:
    """Bounds of shapes that do not broadcast."""
    x = d.array((2, 3))
    bounds = ((d.array((2,)), None), (None, d.array((4, 3))), (d.array((3,)), d.array((2,))))
    return [Refusal("C2", "the shapes do not broadcast", (x, *pair), {}) for pair in bounds]


@sampler("fma")
def fma(d: Draw) -> Sample:
    """Three arrays whose shapes broadcast."""
    return _three(d), {}


@sampler("addcmul")
def addcmul(d: Draw) -> Sample:
    """Three arrays whose shapes broadcast, and a factor."""
    return _three(d), {"value": d.choice((1.0, -0.5, 0.1, 2.0, 0.0))}


@sampler("lerp")
def lerp(d: Draw) -> Sample:
    """Two ends, and weights among which 0 and 1 are."""
    x, y, weight = _three(d)
    ends = d.generator().choice((0.0, 1.0, 0.5, 0.25, 0.75), weight.shape).astype(weight.dtype)
    return (x, y, d.choice((ends, weight))), {}


@refuser("fma", "lerp", "addcmul")
def misfitting_three(d: Draw) -> list[Refusal]:
    """Three arrays whose shapes do not broadcast."""
    attrs = {"value": 1.0} if d.op.name == "addcmul" else {}
    return [
        Refusal("C2", "the shapes do not broadcast", tuple(map(d.array, shapes)), attrs)
        for shapes in MISFITS
    ]


def _three(d: Draw) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    shape = d.shape()
    first, second = broadcast_pair(d, shape)
    third = d.choice((shape, shape[-1:], ()))
    return d.array(first), d.array(second), d.array(third)


@sampler("nan_to_num")
def nan_to_num(d: Draw) -> Sample:
    """An array with NaN and infinities in it, and what is to stand there."""
    x = np.array(d.array(d.shape()))
    places = d.generator().integers(0, 12, x.shape)
    for place, value in enumerate((np.nan, np.inf, -np.inf)):
        x = np.where(places == place, x.dtype.type(value), x)
    largest = dtypes.format_of(d.dtype).max
    attrs = {
        "nan": d.choice((0.0, 0.1, -3.0)),
        "posinf": d.choice((largest, 10000.0, np.inf)),
        "neginf": d.choice((-largest, 0.0, -1.5)),
    }
    return (x,), attrs


@sampler("bitwise_left_shift", "bitwise_right_shift")
def shift(d: Draw) -> Sample:
    """Integers and how far to shift them: within the width, or beyond it and backwards too."""
    first, second = broadcast_pair(d, d.shape())
    bits = np.iinfo(d.dtype).bits
    beyond = d.boolean()
    low = -2 if beyond and d.dtype in dtypes.SIGNED else 0
    by = d.generator().integers(low, bits + 5 if beyond else bits, second)
    return (d.array(first), by.astype(d.dtype)), {}


@refuser("bitwise_left_shift", "bitwise_right_shift")
def misfitting_shift(d: Draw) -> list[Refusal]:
    """Two arrays whose shapes do not broadcast."""
    return [
        Refusal("C2", "the shapes do not broadcast", (d.array(a), d.array(b)), {})
        for a, b, _ in MISFITS[:1]
    ]


@sampler("ldexp")
def ldexp(d: Draw) -> Sample:
    """Numbers and exponents: small ones, or any that the results survive or not."""
    first, second = broadcast_pair(d, d.shape())
    form = dtypes.format_of(d.dtype)
    reach = d.choice((4, form.p, 2 * (form.p - form.emin)))
    exponent = d.generator().integers(-reach, reach, second, endpoint=True)
    return (d.array(first), exponent.astype(np.int32)), {}


@refuser("ldexp")
def wrong_exponents(d: Draw) -> list[Refusal]:
    """Exponents that are no integers, and such that do not fit."""
    x = d.array((2, 3))
    wrong, misfit = d.array((2, 3)), np.ones((2,), np.int32)
    return [
        Refusal("C1", "the exponents are floats", (x, wrong), {}),
        Refusal("C2", "the shapes do not broadcast", (x, misfit), {}),
    ]


@sampler("isclose")
def isclose(d: Draw) -> Sample:
    """Numbers that are as far apart as allowed, a little less or a little more, or far away.

    All are multiples of 2**-4 below 8 and the tolerances powers of two: nothing rounds on the way,
    in any dtype, and each side of the bound is what it is.
    """
    shape = d.shape()
    first, second = broadcast_pair(d, shape)
    rtol, atol = d.choice(((0.0, 0.25), (0.25, 0.0), (0.5, 0.125), (0.0, 0.0)))
    rng = d.generator()
    y = rng.integers(-96, 97, second) / 16
    bound = np.trunc((atol + rtol * np.abs(y)) * 16) / 16
    off = bound + rng.choice((0.0, 0.0625, -0.0625, 2.0), second)
    x = np.broadcast_to(y + off * rng.choice((-1, 1), second), shape)[_corner(shape, first)]
    pair = tuple(_strewn(d, a).astype(dtypes.numpy_dtype(d.dtype)) for a in (x, y))
    return pair, {"rtol": rtol, "atol": atol, "equal_nan": d.boolean()}


def _corner(shape: Shape, part: Shape) -> tuple[Any, ...]:
    """The index of a part of an array that broadcasts to all of it."""
    kept = tuple(
        slice(None) if n == m else slice(1)
        for n, m in zip(part, shape[len(shape) - len(part) :], strict=True)
    )
    return (0,) * (len(shape) - len(part)) + kept


def _strewn(d: Draw, x: NDArray[Any]) -> NDArray[Any]:
    """The array with a few infinities, zeros and NaNs in it."""
    pool = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0])
    chosen = pool[d.generator().integers(0, len(pool), x.shape)]
    return np.where(d.generator().random(x.shape) < d.choice((0.0, 0.1, 0.4)), chosen, x)


@refuser("isclose")
def misfitting_pair(d: Draw) -> list[Refusal]:
    """Two arrays whose shapes do not broadcast."""
    attrs = {"rtol": 0.25, "atol": 0.0, "equal_nan": False}
    return [Refusal("C2", "the shapes do not broadcast", (d.array((2, 3)), d.array((2,))), attrs)]
