"""Powers and roots of fixed exponent: square, reciprocal, rsqrt, cbrt, hypot."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import FLOATING, NUMERIC
from tensorcts.reference.registry import DEFINED, Choice, op


@op(dtypes=NUMERIC)
def square(x: Any) -> Any:
    """The square x · x, elementwise.

    Semantics: as the product is; integers wrap modulo 2**n.
    Special values: of ±inf it is inf.
    Gradient: 2·g·x.
    Source: IEEE 754-2019 §5.4.1; Array API 2024.12 square.
    """
    return np.square(x)


@op(dtypes=FLOATING, zero_sign=True)
def reciprocal(x: Any) -> Any:
    """The reciprocal 1 / x, elementwise.

    Special values: of ±0 it is ±inf, of ±inf ±0.
    Gradient: -g/x².
    Source: IEEE 754-2019 §5.4.1; Array API 2024.12 reciprocal.
    """
    return np.reciprocal(x)


@op(
    dtypes=FLOATING,
    domain=((0.0, np.inf),),
    choices=(
        Choice(
            "rsqrt_of_negative_zero",
            "rsqrt(-0)",
            lambda x: (x == 0) & np.signbit(x),
            {"negative": DEFINED, "positive": np.inf},
        ),
    ),
)
def rsqrt(x: Any) -> Any:
    """The reciprocal of the square root, 1 / √x, elementwise.

    Special values: of +0 it is inf; of -0 it is -inf, or inf by the declared
    rsqrt_of_negative_zero. Of inf it is 0. NaN for x < 0.
    Gradient: -½·g·x^(-3/2).
    Source: IEEE 754-2019 §9.2 rSqrt; OpenCL C 3.0 rsqrt; PyTorch rsqrt.
    """
    return 1 / np.sqrt(x)


@op(dtypes=FLOATING, zero_sign=True)
def cbrt(x: Any) -> Any:
    """The real cube root of x, elementwise.

    Special values: of ±0 it is ±0, of ±inf ±inf.
    Gradient: g/(3·cbrt(x)²).
    Kinks: inf at 0.
    Source: C11 §7.12.7.1; OpenCL C 3.0 cbrt.
    """
    return np.cbrt(x)


@op(dtypes=FLOATING)
def hypot(x: Any, y: Any) -> Any:
    """The length √(x² + y²), elementwise.

    Semantics: neither over- nor underflows on the way.
    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: inf where x or y is infinite, even beside NaN.
    Gradient: g·x/z, g·y/z for the length z.
    Kinks: 0 where z is 0.
    Source: IEEE 754-2019 §9.2 hypot; Array API 2024.12 hypot.
    """
    return np.hypot(x, y)
