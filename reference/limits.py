"""The limits of dtypes, as the Array API's finfo and iinfo name them."""

from __future__ import annotations

from dataclasses import dataclass

from tensorcts.reference import dtypes


@dataclass(frozen=True)
class FloatLimits:
    """The limits of a floating dtype, or of the parts of a complex one.

    eps: the distance from 1 to the next number.
    """

    dtype: str
    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    smallest_subnormal: float


@dataclass(frozen=True)
class IntegerLimits:
    """The limits of an integer dtype."""

    dtype: str
    bits: int
    max: int
    min: int


def bits_of(name: str) -> int:
    """The bits that an element takes; a bool takes a byte."""
    return 8 * dtypes.numpy_dtype(name).itemsize


def finfo(name: str) -> FloatLimits:
    """The limits of a floating or complex dtype; raises TypeError for any other."""
    if not dtypes.is_inexact(name):
        raise TypeError(f"finfo: {name} is not a floating or complex dtype")
    part, form = dtypes.component(name), dtypes.format_of(name)
    return FloatLimits(
        dtype=part,
        bits=bits_of(part),
        eps=2 * form.unit_roundoff,
        max=form.max,
        min=-form.max,
        smallest_normal=form.smallest_normal,
        smallest_subnormal=form.smallest_subnormal,
    )


def iinfo(name: str) -> IntegerLimits:
    """The limits of an integer dtype; raises TypeError for any other."""
    if name not in dtypes.INTEGER:
        raise TypeError(f"iinfo: {name} is not an integer dtype")
    bits, signed = bits_of(name), name in dtypes.SIGNED
    most = 2 ** (bits - signed) - 1
    return IntegerLimits(name, bits, most, -most - 1 if signed else 0)
