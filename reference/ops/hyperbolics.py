"""Hyperbolic functions: sinh, cosh, tanh, asinh, acosh, atanh."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import COMPLEX, FLOATING
from tensorcts.reference.registry import op


@op(dtypes=FLOATING + COMPLEX)
def sinh(x: Any) -> Any:
    """The hyperbolic sine of x, elementwise, accurate near 0.

    Special values: sinh(±0) is ±0; sinh(±inf) is ±inf.
    Gradient: g·cosh(x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 sinh.
    """
    return np.sinh(x)


@op(dtypes=FLOATING + COMPLEX)
def cosh(x: Any) -> Any:
    """The hyperbolic cosine of x, elementwise.

    Special values: cosh(±0) is 1; cosh(±inf) is inf.
    Gradient: g·sinh(x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 cosh.
    """
    return np.cosh(x)


@op(dtypes=FLOATING + COMPLEX)
def tanh(x: Any) -> Any:
    """The hyperbolic tangent of x, elementwise, accurate near 0.

    Special values: tanh(±0) is ±0; tanh(±inf) is ±1.
    Gradient: g·(1 - tanh²x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 tanh.
    """
    return np.tanh(x)


@op(dtypes=FLOATING + COMPLEX, also_known_as=("arcsinh",))
def asinh(x: Any) -> Any:
    """The inverse hyperbolic sine of x, elementwise, accurate near 0.

    Semantics: the complex one is cut along the imaginary axis where |x| > 1.
    Special values: asinh(±0) is ±0; asinh(±inf) is ±inf. Large arguments don't overflow.
    Gradient: g/√(1 + x²).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 asinh.
    """
    return np.arcsinh(x)


@op(dtypes=FLOATING + COMPLEX, domain=((1.0, np.inf),), also_known_as=("arccosh",))
def acosh(x: Any) -> Any:
    """The inverse hyperbolic cosine of x in [0, inf], elementwise.

    Semantics: the complex one is cut along the real axis where x < 1.
    Special values: acosh(1) is +0; acosh(inf) is inf; NaN for a real x < 1.
    Gradient: g/√(x² - 1).
    Kinks: inf at 1.
    Source: IEEE 754-2019 §9.2; Array API 2024.12 acosh.
    """
    return np.arccosh(x)


@op(dtypes=FLOATING + COMPLEX, domain=((-1.0, 1.0),), also_known_as=("arctanh",))
def atanh(x: Any) -> Any:
    """The inverse hyperbolic tangent of x, elementwise, accurate near 0.

    Semantics: the complex one is cut along the real axis where |x| > 1; what it is at ±1 is not
    fixed.
    Special values: atanh(±0) is ±0; atanh(±1) is ±inf; NaN for a real |x| > 1.
    Gradient: g/(1 - x²).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 atanh.
    """
    return np.arctanh(x)
