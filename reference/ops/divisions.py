"""Division with a remainder: floor_divide, trunc_divide, remainder, fmod."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import INTEGER, REAL, format_of, name_of
from tensorcts.reference.registry import DEFINED, RAISES, AnyOf, Choice, op


def _integer_by_zero(x: Any, y: Any) -> Any:
    return (y == 0) & (x == x) if x.dtype.kind in "iu" else np.zeros(1, bool)


def _integer_overflow(x: Any, y: Any) -> Any:
    smallest = np.iinfo(x.dtype).min if x.dtype.kind in "iu" else 0
    return (x == smallest) & (y == -1) if smallest < 0 else np.zeros(1, bool)


def _of_infinity(x: Any, y: Any) -> Any:
    return (np.isinf(x) != np.isinf(y)) & (y != 0) & (x == x) & (y == y)


def _floating(x: Any, y: Any) -> Any:
    return np.array(x.dtype.kind == "f")


def _beside_large(x: Any, y: Any) -> list[Any]:
    """The floors of the quotients beside x/y where it is so large that all numbers are integers."""
    large = np.abs(x / y) >= 2.0 ** (format_of(name_of(x.dtype)).p - 1)
    return [np.where(large, floor, np.floor_divide(x, y)) for floor in _beside(x, y)]


def _beside(x: Any, y: Any) -> list[Any]:
    """The floors of the quotient rounded to the dtype and of the numbers beside it."""
    quotient, exact = x / y, np.floor_divide(x, y)
    finite = np.isfinite(x) & np.isfinite(y) & np.isfinite(quotient)
    up, down = (np.nextafter(quotient, quotient.dtype.type(end)) for end in (np.inf, -np.inf))
    return [np.where(finite, np.floor(q), exact) for q in (quotient, up, down)]


def _beside_or_flushed(x: Any, y: Any) -> list[Any]:
    """Beside those the floor of a zero, where float32 has no normal number for the quotient."""
    rounded, single = _beside(x, y), format_of("float32").smallest_normal
    flushed = (np.abs(x / y) < single) & np.isfinite(y) & (x.dtype.itemsize <= 4)
    return [*rounded, np.where(flushed, np.copysign(x.dtype.type(0), x / y), rounded[0])]


BY_ZERO = Choice(
    "integer_division_by_zero",
    "the quotient x / 0 of integers",
    _integer_by_zero,
    {"zero": 0, "minus_one": -1, "raises": RAISES, "any": None},
)
OVERFLOW = Choice(
    "integer_division_overflow",
    "the quotient smallest / -1 of signed integers",
    _integer_overflow,
    {"wrap": DEFINED, "any": None},
)
REST_BY_ZERO = Choice(
    "integer_remainder_by_zero",
    "the remainder of x / 0 of integers",
    _integer_by_zero,
    {"zero": 0, "dividend": lambda x, y: x + 0 * y, "raises": RAISES, "any": None},
)
ZERO_SIGN = Choice(
    "remainder_zero_sign",
    "the sign of the remainder 0 of floats",
    lambda x, y: (np.remainder(x, y) == 0) & _floating(x, y),
    {"divisor": DEFINED, "dividend": lambda x, y: np.copysign(0.0, x), "any": None},
)
INFINITE = Choice(
    "floor_division_of_infinity",
    "inf // y, and x // inf of unlike signs",
    _of_infinity,
    {"python": DEFINED, "quotient": lambda x, y: np.floor(x / y)},
)
ROUNDED = Choice(
    "floor_of_quotient",
    "x // y for floats whose quotient is within an ulp of an integer",
    _floating,
    {
        "by_remainder": AnyOf(_beside_large, own_dtype=True),
        "rounded": AnyOf(_beside, own_dtype=True),
        "rounded_or_flushed": AnyOf(_beside_or_flushed, own_dtype=True),
    },
)


@op(
    dtypes=REAL,
    differentiable=False,
    zero_sign=True,
    also_known_as=("floordiv",),
    choices=(BY_ZERO, OVERFLOW, INFINITE, ROUNDED),
)
def floor_divide(x: Any, y: Any) -> Any:
    """The largest integer not above the quotient x / y, elementwise.

    Semantics: ⌊x/y⌋ of the exact quotient, rounded once: -7 // 2 is -4. A quotient of floats that
    needs all bits may be off by an ulp; by the declared floor_of_quotient any that is within an
    ulp of an integer may be off by one, and one that is subnormal may be a zero.
    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: integers: x // 0 is 0 here, or the declared integer_division_by_zero;
    smallest // -1 wraps, or the declared integer_division_overflow; neither may end the process.
    Floats: x // 0 is x / 0, NaN for x = 0; inf // y is NaN and -1 // inf is -1 as in Python, or
    ⌊x/y⌋ by the declared floor_division_of_infinity. A zero has the sign of x/y.
    Gradient: none; 0 wherever it exists.
    Source: Array API 2024.12 floor_divide; Python's //.
    """
    return np.floor_divide(x, y)


@op(dtypes=INTEGER, differentiable=False, choices=(BY_ZERO, OVERFLOW))
def trunc_divide(x: Any, y: Any) -> Any:
    """The quotient x / y of integers without its fraction, elementwise.

    Semantics: C's and ONNX's division, toward zero: -7 / 2 is -3.
    Constraints: (C1) x and y have one integer dtype; (C2) their shapes broadcast.
    Special values: x / 0 is 0 here, or the declared integer_division_by_zero; smallest / -1
    wraps, or the declared integer_division_overflow. Neither may end the process.
    Source: ONNX Div-14; C11 §6.5.5; PyTorch div(rounding_mode="trunc").
    """
    inexact_and_negative = (np.remainder(x, y) != 0) & ((x < 0) != (y < 0))
    return np.floor_divide(x, y) + inexact_and_negative


@op(dtypes=REAL, zero_sign=True, also_known_as=("mod",), choices=(REST_BY_ZERO, ZERO_SIGN))
def remainder(x: Any, y: Any) -> Any:
    """The remainder x - y·⌊x/y⌋, elementwise, of the sign of the divisor.

    Semantics: Python's %: of floats the exact remainder, rounded once; the smallest integer % -1
    is 0.
    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: of integers x % 0 is 0 here, or the declared integer_remainder_by_zero; of
    floats it is NaN, as is inf % y. 5 % inf is 5 and 5 % -inf is -inf. A zero has the divisor's
    sign, or what the backend declares as remainder_zero_sign.
    Gradient: g, -g·⌊x/y⌋, each summed over its broadcast axes.
    Kinks: the same where x/y is whole and the remainder jumps.
    Source: Array API 2024.12 remainder; Python's %.
    """
    return np.remainder(x, y)


@op(dtypes=REAL, zero_sign=True, choices=(REST_BY_ZERO,))
def fmod(x: Any, y: Any) -> Any:
    """The remainder x - y·trunc(x/y), elementwise: its sign is the dividend's, zeros included.

    Semantics: C's fmod, which is exact, and C's % of integers: fmod(-7, 2) is -1.
    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: of integers the remainder by 0 is 0 here, or the declared
    integer_remainder_by_zero; of floats fmod(x, 0) and fmod(inf, y) are NaN, fmod(x, inf) is x.
    Gradient: g, -g·trunc(x/y), each summed over its broadcast axes.
    Kinks: the same where x/y is whole and the remainder jumps.
    Source: C11 §7.12.10.1; ONNX Mod-13 (fmod = 1).
    """
    return np.fmod(x, y)
