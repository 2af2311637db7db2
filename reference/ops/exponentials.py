"""Powers, exponentials and logarithms: pow, exp, expm1, log, log1p."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import op


@op(dtypes=FLOATING, domain=((0.0, np.inf), (-np.inf, np.inf)), also_known_as=("power",))
def pow(x: Any, y: Any) -> Any:
    """The power x**y, elementwise.

    Semantics: the real power; NaN for a finite x < 0 and a finite y that is no integer.
    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: x**0 is 1 and 1**y is 1, NaN included. 0**y is inf for y < 0 and 0 for y > 0.
    Gradient: g·y·x**(y-1), 0 where y is 0; g·x**y·log x, 0 where x is 0 and y > 0.
    Source: IEEE 754-2019 §9.2.1; Array API 2024.12 pow.
    """
    return np.power(x, y)


@op(dtypes=FLOATING)
def exp(x: Any) -> Any:
    """The exponential eˣ, elementwise.

    Special values: exp(-inf) is +0; exp(inf) is inf; exp(±0) is 1.
    Gradient: g·exp(x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 exp.
    """
    return np.exp(x)


@op(dtypes=FLOATING)
def expm1(x: Any) -> Any:
    """The exponential minus one, eˣ - 1, elementwise, accurate near 0.

    Special values: expm1(-inf) is -1; expm1(inf) is inf; expm1(±0) is ±0.
    Gradient: g·exp(x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 expm1.
    """
    return np.expm1(x)


@op(dtypes=FLOATING, domain=((0.0, np.inf),))
def log(x: Any) -> Any:
    """The natural logarithm of x, elementwise.

    Special values: log(±0) is -inf; log(1) is +0; log(inf) is inf; NaN for x < 0.
    Gradient: g/x.
    Source: IEEE 754-2019 §9.2; Array API 2024.12 log.
    """
    return np.log(x)


@op(dtypes=FLOATING, domain=((-1.0, np.inf),))
def log1p(x: Any) -> Any:
    """The natural logarithm of 1 + x, elementwise, accurate near 0.

    Special values: log1p(-1) is -inf; log1p(±0) is ±0; NaN for x < -1.
    Gradient: g/(1 + x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 log1p.
    """
    return np.log1p(x)
