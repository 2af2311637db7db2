"""Predicates of numbers: isnan, isinf, isfinite, isclose."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import FLOATING, NUMERIC
from tensorcts.reference.registry import Real, op


@op(dtypes=NUMERIC, result="bool", differentiable=False)
def isnan(x: Any) -> Any:
    """Whether x is NaN, elementwise; a complex number is if either part is.

    Special values: false for infinities and for every integer.
    Source: IEEE 754-2019 §5.7.2 isNaN; Array API 2024.12 isnan.
    """
    return np.isnan(x)


@op(dtypes=NUMERIC, result="bool", differentiable=False)
def isinf(x: Any) -> Any:
    """Whether x is infinite, elementwise; a complex number is if either part is.

    Special values: false for NaN and for every integer.
    Source: IEEE 754-2019 §5.7.2 isInfinite; Array API 2024.12 isinf.
    """
    return np.isinf(x)


@op(dtypes=NUMERIC, result="bool", differentiable=False)
def isfinite(x: Any) -> Any:
    """Whether x is neither infinite nor NaN, elementwise; of a complex number both parts.

    Special values: true for the largest number, for subnormal ones and for every integer.
    Source: IEEE 754-2019 §5.7.2 isFinite; Array API 2024.12 isfinite.
    """
    return np.isfinite(x)


@op(dtypes=FLOATING, result="bool", differentiable=False)
def isclose(x: Any, y: Any, *, rtol: Real, atol: Real, equal_nan: bool) -> Any:
    """Whether |x - y| ≤ atol + rtol·|y|, elementwise.

    Semantics: the second argument is the measure: isclose(x, y) is not isclose(y, x).
    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: an infinity is close to itself only. NaN is close to nothing, but to NaN with
    equal_nan.
    Source: NumPy isclose; PyTorch isclose.
    """
    finite = np.isfinite(x) & np.isfinite(y)
    near = np.abs(x - y) <= atol + rtol * np.abs(y)
    both_nan = np.isnan(x) & np.isnan(y) & equal_nan
    return (finite & near) | (x == y) | both_nan
