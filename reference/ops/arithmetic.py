"""Arithmetic: add, subtract, multiply, divide, floor_divide, remainder, negative, abs, sqrt."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import COMPLEX, FLOATING, HALF_COMPLEX, INTEGER, NUMERIC
from tensorcts.reference.registry import DEFINED, RAISES, Choice, op


@op(dtypes=NUMERIC + HALF_COMPLEX)
def add(x: Any, y: Any) -> Any:
    """The sum x + y, elementwise.

    Semantics: IEEE 754 addition rounded to nearest even; integers wrap modulo 2**n.
    Constraints: (C1) x and y have one dtype; (C2) their shapes broadcast.
    Special values: inf + -inf is NaN. NaN stays NaN.
    Gradient: g, g, each summed over its broadcast axes.
    Source: IEEE 754-2019 §5.4.1; Array API 2024.12 add.
    """
    return x + y


@op(dtypes=NUMERIC + HALF_COMPLEX)
def subtract(x: Any, y: Any) -> Any:
    """The difference x - y, elementwise.

    Semantics: IEEE 754 subtraction rounded to nearest even; integers wrap modulo 2**n.
    Constraints: (C1) x and y have one dtype; (C2) their shapes broadcast.
    Special values: inf - inf is NaN. NaN stays NaN.
    Gradient: g, -g, each summed over its broadcast axes.
    Source: IEEE 754-2019 §5.4.1; Array API 2024.12 subtract.
    """
    return x - y


@op(dtypes=NUMERIC + HALF_COMPLEX, zero_sign=True, also_known_as=("mul",))
def multiply(x: Any, y: Any) -> Any:
    """The product x · y, elementwise.

    Semantics: IEEE 754 multiplication rounded to nearest even; integers wrap modulo 2**n.
    Constraints: (C1) x and y have one dtype; (C2) their shapes broadcast.
    Special values: 0 · inf is NaN. The sign of a zero is the product of the signs.
    Gradient: g·y, g·x, each summed over its broadcast axes.
    Source: IEEE 754-2019 §5.4.1; Array API 2024.12 multiply.
    """
    return x * y


@op(dtypes=FLOATING + COMPLEX, zero_sign=True, also_known_as=("div", "true_divide"))
def divide(x: Any, y: Any) -> Any:
    """The quotient x / y, elementwise.

    Semantics: IEEE 754 division rounded to nearest even.
    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: x / ±0 is an infinity of the product of the signs for x ≠ 0. 0 / 0 and
    inf / inf are NaN. A subnormal divisor divides like any other. What a complex x / 0 is, is not
    fixed.
    Gradient: g/y, -g·(x/y)/y, each summed over its broadcast axes.
    Source: IEEE 754-2019 §5.4.1; Array API 2024.12 divide.
    """
    return x / y


def _by_zero(x: Any, y: Any) -> Any:
    return (y == 0) & (x == x)


def _overflows(x: Any, y: Any) -> Any:
    smallest = np.iinfo(x.dtype).min
    return (x == smallest) & (y == -1) if smallest < 0 else np.zeros(1, bool)


@op(
    dtypes=INTEGER,
    differentiable=False,
    also_known_as=("floordiv",),
    choices=(
        Choice(
            "integer_division_by_zero",
            "x // 0 for integers",
            _by_zero,
            {"zero": 0, "minus_one": -1, "raises": RAISES, "any": None},
        ),
        Choice(
            "integer_division_overflow",
            "smallest // -1 for signed integers",
            _overflows,
            {"wrap": DEFINED, "any": None},
        ),
    ),
)
def floor_divide(x: Any, y: Any) -> Any:
    """The largest integer not above the quotient x / y, elementwise, for integers.

    Semantics: ⌊x/y⌋ of the exact quotient: -7 // 2 is -4.
    Constraints: (C1) x and y have one integer dtype; (C2) their shapes broadcast.
    Special values: x // 0 is 0 here, or what the backend declares as integer_division_by_zero;
    smallest // -1 wraps to the smallest, or what it declares as integer_division_overflow.
    Neither may end the process.
    Gradient: none.
    Source: Array API 2024.12 floor_divide.
    """
    return np.floor_divide(x, y)


@op(
    dtypes=INTEGER,
    differentiable=False,
    also_known_as=("mod",),
    choices=(
        Choice(
            "integer_remainder_by_zero",
            "x % 0 for integers",
            _by_zero,
            {
                "zero": 0,
                "dividend": lambda x, y: x + 0 * y,
                "raises": RAISES,
                "any": None,
            },
        ),
    ),
)
def remainder(x: Any, y: Any) -> Any:
    """The remainder x - y·⌊x/y⌋, elementwise, for integers: its sign is the divisor's.

    Semantics: Python's %; the smallest integer % -1 is 0.
    Constraints: (C1) x and y have one integer dtype; (C2) their shapes broadcast.
    Special values: x % 0 is 0 here, or what the backend declares as integer_remainder_by_zero.
    Gradient: none.
    Source: Array API 2024.12 remainder.
    """
    return np.remainder(x, y)


@op(dtypes=NUMERIC + HALF_COMPLEX, zero_sign=True, also_known_as=("neg",))
def negative(x: Any) -> Any:
    """The value -x, elementwise.

    Semantics: the sign bit flips; integers wrap: -(-128) is -128 in int8, -1 is 255 in uint8.
    Special values: -(+0) is -0. NaN stays NaN.
    Gradient: -g.
    Source: IEEE 754-2019 §5.5.1; Array API 2024.12 negative.
    """
    return -x


@op(dtypes=NUMERIC, result="real", zero_sign=True, also_known_as=("absolute",))
def abs(x: Any) -> Any:
    """The absolute value |x|, elementwise; of a complex number √(re² + im²).

    Semantics: the sign bit is cleared; integers wrap: |-128| is -128 in int8. The complex
    modulus neither over- nor underflows on the way.
    Special values: |-0| is +0; |±inf| is inf.
    Gradient: g·sign(x), 0 at 0.
    Source: IEEE 754-2019 §5.5.1; Array API 2024.12 abs.
    """
    return np.abs(x)


@op(dtypes=FLOATING, domain=((0.0, np.inf),), zero_sign=True)
def sqrt(x: Any) -> Any:
    """The principal square root √x, elementwise.

    Special values: √-0 is -0. √inf is inf. NaN for x < 0.
    Gradient: g/(2√x), inf at 0.
    Source: IEEE 754-2019 §5.4.1; Array API 2024.12 sqrt.
    """
    return np.sqrt(x)
