"""Numbers as significand and exponent: nextafter, frexp, ldexp."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import exponent_of
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING, format_of
from tensorcts.reference.registry import DEFINED, AnyOf, Choice, op

_SMALLEST_NORMAL = format_of("float32").smallest_normal


def _past_subnormals(x: Any, y: Any) -> list[Any]:
    """The next number, past all that float32 flushes: a zero or the smallest normal one."""
    found = nextafter(x, y)
    tiny = (np.abs(found) < _SMALLEST_NORMAL) & (found != 0) & (found.dtype.itemsize <= 4)
    away = np.abs(found) > np.abs(x)
    landing = np.where(away, found.dtype.type(_SMALLEST_NORMAL), found.dtype.type(0))
    return [np.where(tiny, np.copysign(landing, found), found)]


@op(
    dtypes=FLOATING,
    differentiable=False,
    zero_sign=True,
    own_dtype=True,
    choices=(
        Choice(
            "nextafter_zero",
            "what follows a zero, and the smallest normal number toward it",
            lambda x, y: np.abs(x) <= _SMALLEST_NORMAL,
            {"subnormal": DEFINED, "normal": AnyOf(_past_subnormals, own_dtype=True)},
        ),
    ),
)
def nextafter(x: Any, y: Any) -> Any:
    """The number of the dtype that follows x in the direction of y, elementwise.

    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: y where x = y, with its sign of zero. From 0 on the subnormal numbers follow,
    or by the declared nextafter_zero the normal ones where float32 flushes the others; from the
    largest number inf, and back. NaN where x or y is NaN.
    Gradient: none.
    Source: C11 §7.12.11.3; Array API 2024.12 nextafter.
    """
    return np.where(x == y, y, np.nextafter(x, y))


@op(
    dtypes=FLOATING,
    result=("same", "int32"),
    zero_sign=True,
    choices=(
        Choice(
            "exponent_of_non_finite",
            "the exponent of NaN and ±inf",
            lambda x: ~np.isfinite(x),
            {"zero": DEFINED, "any": None},
            output=1,
        ),
    ),
)
def frexp(x: Any) -> Any:
    """The significand m and the exponent e with x = m·2**e and ½ ≤ |m| < 1, elementwise.

    Semantics: both are exact, also of subnormal numbers; e is int32.
    Special values: ±0 gives ±0 and 0; NaN and ±inf give themselves and 0, or any exponent by the
    declared exponent_of_non_finite.
    Gradient: g·2**-e of the significand.
    Kinks: the same at powers of two, where the significand jumps.
    Source: C11 §7.12.6.4; NumPy frexp.
    """
    exponent = exponent_of(x)
    return np.ldexp(x, -exponent), exponent


@op(dtypes=FLOATING, zero_sign=True)
def ldexp(x: Any, exponent: Any) -> Any:
    """The product x·2**exponent, elementwise.

    Semantics: rounded once, also where 2**exponent itself is no number of the dtype.
    Constraints: (C1) exponent is an integer array; (C2) the shapes broadcast.
    Special values: ±0, ±inf and NaN stay. Too large products are infinite, too small ones
    subnormal or zeros of the sign of x.
    Gradient: g·2**exponent.
    Source: C11 §7.12.6.6; NumPy ldexp.
    """
    integral = exponent.dtype.kind in "iu"
    require(integral, f"exponent must hold integers, not {exponent.dtype}")
    return np.ldexp(x, exponent)
