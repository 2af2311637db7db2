"""Rounding to integers: floor, ceil, trunc, round, frac."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import FLOATING, REAL
from tensorcts.reference.registry import DEFINED, Choice, op


@op(dtypes=REAL, differentiable=False)
def floor(x: Any) -> Any:
    """The largest integer not above x, elementwise; integers stay what they are.

    Special values: ±inf stay, NaN stays NaN. The sign of a zero is not fixed.
    Gradient: none; 0 wherever it exists.
    Source: IEEE 754-2019 §5.9 roundToIntegralTowardNegative; Array API 2024.12 floor.
    """
    return np.floor(x)


@op(dtypes=REAL, differentiable=False)
def ceil(x: Any) -> Any:
    """The smallest integer not below x, elementwise; integers stay what they are.

    Special values: ±inf stay, NaN stays NaN. The sign of a zero is not fixed.
    Gradient: none; 0 wherever it exists.
    Source: IEEE 754-2019 §5.9 roundToIntegralTowardPositive; Array API 2024.12 ceil.
    """
    return np.ceil(x)


@op(dtypes=REAL, differentiable=False, also_known_as=("fix",))
def trunc(x: Any) -> Any:
    """x without its fraction: the integer next to it toward 0, elementwise.

    Special values: ±inf stay, NaN stays NaN. The sign of a zero is not fixed.
    Gradient: none; 0 wherever it exists.
    Source: IEEE 754-2019 §5.9 roundToIntegralTowardZero; Array API 2024.12 trunc.
    """
    return np.trunc(x)


@op(dtypes=REAL, differentiable=False, also_known_as=("rint", "around"))
def round(x: Any) -> Any:
    """The integer nearest to x, elementwise; of two as near the even one.

    Semantics: round(0.5) is 0, round(1.5) and round(2.5) are 2; integers stay what they are.
    Special values: ±inf stay, NaN stays NaN. The sign of a zero is not fixed.
    Gradient: none; 0 wherever it exists.
    Source: IEEE 754-2019 §5.9 roundToIntegralTiesToEven; Array API 2024.12 round.
    """
    return np.round(x)


@op(
    dtypes=FLOATING,
    choices=(
        Choice(
            "frac_of_infinity",
            "frac(±inf)",
            lambda x: np.isinf(x),
            {"nan": DEFINED, "zero": 0, "any": None},
        ),
    ),
)
def frac(x: Any) -> Any:
    """The fraction x - trunc(x), elementwise, of the sign of x.

    Special values: NaN for ±inf, or what the backend declares as frac_of_infinity. The sign of a
    zero is not fixed.
    Gradient: g.
    Kinks: g at whole numbers too, where it jumps.
    Source: PyTorch frac; C11 §7.12.6.12 modf.
    """
    return x - np.trunc(x)
