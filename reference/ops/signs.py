"""Signs: positive, sign, copysign, signbit."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import FLOATING, NUMERIC
from tensorcts.reference.registry import DEFINED, Choice, op


@op(dtypes=NUMERIC, zero_sign=True, aliases="may")
def positive(x: Any) -> Any:
    """The value x itself, elementwise.

    Special values: all stay what they are, -0 too.
    Gradient: g.
    Source: Array API 2024.12 positive.
    """
    return np.positive(x)


@op(
    dtypes=NUMERIC,
    differentiable=False,
    also_known_as=("sgn",),
    choices=(
        Choice(
            "sign_of_nan",
            "sign(NaN)",
            lambda x: x != x,
            {"nan": DEFINED, "zero": 0, "one": 1, "any": None},
        ),
    ),
)
def sign(x: Any) -> Any:
    """-1, 0 or 1 as x is negative, zero or positive, elementwise; of a complex number x/|x|.

    Special values: 0 for ±0, of a sign that is not fixed, and for the complex 0. NaN for NaN, or
    what the backend declares as sign_of_nan.
    Gradient: none; 0 wherever it exists for a real x.
    Source: Array API 2024.12 sign.
    """
    return np.sign(x)


@op(dtypes=FLOATING, zero_sign=True)
def copysign(x: Any, y: Any) -> Any:
    """The value |x| with the sign bit of y, elementwise.

    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: zeros, infinities and NaN take and give a sign like any other number.
    Gradient: g where the signs of x and y are the same, -g where not; 0 for y.
    Kinks: 0 where x is 0.
    Source: IEEE 754-2019 §5.5.1; Array API 2024.12 copysign.
    """
    return np.copysign(x, y)


@op(dtypes=FLOATING, result="bool", differentiable=False)
def signbit(x: Any) -> Any:
    """Whether the sign bit of x is set, elementwise.

    Special values: true for -0, false for +0; infinities and NaN have sign bits like any number.
    Source: IEEE 754-2019 §5.7.2 isSignMinus; Array API 2024.12 signbit.
    """
    return np.signbit(x)
