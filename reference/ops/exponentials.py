"""Powers, exponentials and logarithms: pow, exp to expm1, log to log1p, logaddexp."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.dtypes import COMPLEX, FLOATING
from tensorcts.reference.registry import op


@op(
    dtypes=FLOATING + COMPLEX,
    domain=((0.0, np.inf), (-np.inf, np.inf)),
    also_known_as=("power",),
)
def pow(x: Any, y: Any) -> Any:
    """The power x**y, elementwise.

    Semantics: the real power; NaN for a finite x < 0 and a finite y that is no integer. The complex
    power is exp(y·log x), cut where log is; that of 0 is not fixed.
    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: x**0 is 1 and 1**y is 1, NaN included. 0**y is inf for y < 0 and 0 for y > 0.
    Gradient: g·y·x**(y-1), 0 where y is 0; g·x**y·log x.
    Kinks: at x = 0 the limit: inf to x for 0 < y < 1; 0 to y for y >= 0.
    Source: IEEE 754-2019 §9.2.1; Array API 2024.12 pow.
    """
    return np.power(x, y)


@op(dtypes=FLOATING + COMPLEX)
def exp(x: Any) -> Any:
    """The exponential eˣ, elementwise; of a complex number eᵃ·(cos b + i·sin b).

    Special values: exp(-inf) is +0; exp(inf) is inf; exp(±0) is 1.
    Gradient: g·exp(x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 exp.
    """
    return np.exp(x)


@op(dtypes=FLOATING)
def exp2(x: Any) -> Any:
    """The power 2ˣ, elementwise.

    Special values: exp2(-inf) is +0; exp2(inf) is inf; exp2(±0) is 1.
    Gradient: g·exp2(x)·log 2.
    Source: IEEE 754-2019 §9.2; PyTorch exp2.
    """
    return np.exp2(x)


@op(dtypes=FLOATING)
def expm1(x: Any) -> Any:
    """The exponential minus one, eˣ - 1, elementwise, accurate near 0.

    Special values: expm1(-inf) is -1; expm1(inf) is inf; expm1(±0) is ±0.
    Gradient: g·exp(x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 expm1.
    """
    return np.expm1(x)


@op(dtypes=FLOATING + COMPLEX, domain=((0.0, np.inf),))
def log(x: Any) -> Any:
    """The natural logarithm of x, elementwise.

    Semantics: of a complex number log|x| + i·arg x, its cut along the negative real axis: the sign
    of a zero imaginary part says on which side x lies.
    Special values: log(±0) is -inf; log(1) is +0; log(inf) is inf; NaN for a real x < 0.
    Gradient: g/x.
    Source: IEEE 754-2019 §9.2; Array API 2024.12 log.
    """
    return np.log(x)


@op(dtypes=FLOATING, domain=((0.0, np.inf),))
def log2(x: Any) -> Any:
    """The logarithm of x to base 2, elementwise.

    Special values: log2(±0) is -inf; log2(1) is +0; log2(inf) is inf; NaN for x < 0.
    Gradient: g/(x·log 2).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 log2.
    """
    return np.log2(x)


@op(dtypes=FLOATING, domain=((0.0, np.inf),))
def log10(x: Any) -> Any:
    """The logarithm of x to base 10, elementwise.

    Special values: log10(±0) is -inf; log10(1) is +0; log10(inf) is inf; NaN for x < 0.
    Gradient: g/(x·log 10).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 log10.
    """
    return np.log10(x)


@op(dtypes=FLOATING, domain=((-1.0, np.inf),))
def log1p(x: Any) -> Any:
    """The natural logarithm of 1 + x, elementwise, accurate near 0.

    Special values: log1p(-1) is -inf; log1p(±0) is ±0; NaN for x < -1.
    Gradient: g/(1 + x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 log1p.
    """
    return np.log1p(x)


@op(dtypes=FLOATING)
@gradient(
    lambda g, z, x, y: g / (1 + np.exp(y - x)),
    lambda g, z, x, y: g / (1 + np.exp(x - y)),
)
def logaddexp(x: Any, y: Any) -> Any:
    """The logarithm of eˣ + eʸ, elementwise, also where the exponentials overflow.

    Semantics: max(x, y) + log1p(exp(-|x - y|)).
    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: logaddexp(inf, y) is inf and logaddexp(-inf, y) is y, also for an infinite y.
    NaN stays NaN.
    Gradient: g/(1 + exp(y - x)), g/(1 + exp(x - y)).
    Source: Array API 2024.12 logaddexp.
    """
    gap = np.where(x == y, 0.0, np.abs(x - y))
    return np.maximum(x, y) + np.log1p(np.exp(-gap))
