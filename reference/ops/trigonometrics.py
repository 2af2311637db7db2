"""Trigonometric functions, in radians: sin, cos, tan, asin, acos, atan, atan2, sinc; degrees."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import constant
from tensorcts.reference.dtypes import COMPLEX, FLOATING
from tensorcts.reference.registry import op


@op(dtypes=FLOATING + COMPLEX)
def sin(x: Any) -> Any:
    """The sine of x, elementwise, for arguments of any size.

    Special values: sin(±0) is ±0; sin(±inf) is NaN.
    Gradient: g·cos(x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 sin.
    """
    return np.sin(x)


@op(dtypes=FLOATING + COMPLEX)
def cos(x: Any) -> Any:
    """The cosine of x, elementwise, for arguments of any size.

    Special values: cos(±0) is 1; cos(±inf) is NaN.
    Gradient: -g·sin(x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 cos.
    """
    return np.cos(x)


@op(dtypes=FLOATING + COMPLEX)
def tan(x: Any) -> Any:
    """The tangent of x, elementwise, for arguments of any size.

    Special values: tan(±0) is ±0; tan(±inf) is NaN.
    Gradient: g·(1 + tan²x).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 tan.
    """
    return np.tan(x)


@op(dtypes=FLOATING + COMPLEX, domain=((-1.0, 1.0),), also_known_as=("arcsin",))
def asin(x: Any) -> Any:
    """The inverse sine of x in [-π/2, π/2], elementwise.

    Semantics: the complex one is cut along the real axis where |x| > 1.
    Special values: asin(±0) is ±0; NaN for a real |x| > 1.
    Gradient: g/√(1 - x²).
    Kinks: inf at ±1.
    Source: IEEE 754-2019 §9.2; Array API 2024.12 asin.
    """
    return np.arcsin(x)


@op(dtypes=FLOATING + COMPLEX, domain=((-1.0, 1.0),), also_known_as=("arccos",))
def acos(x: Any) -> Any:
    """The inverse cosine of x in [0, π], elementwise.

    Semantics: the complex one is cut along the real axis where |x| > 1.
    Special values: acos(1) is +0; NaN for a real |x| > 1.
    Gradient: -g/√(1 - x²).
    Kinks: -inf at ±1.
    Source: IEEE 754-2019 §9.2; Array API 2024.12 acos.
    """
    return np.arccos(x)


@op(dtypes=FLOATING + COMPLEX, also_known_as=("arctan",))
def atan(x: Any) -> Any:
    """The inverse tangent of x in [-π/2, π/2], elementwise.

    Semantics: the complex one is cut along the imaginary axis where |x| > 1; what it is at ±i is
    not fixed.
    Special values: atan(±0) is ±0; atan(±inf) is ±π/2.
    Gradient: g/(1 + x²).
    Source: IEEE 754-2019 §9.2; Array API 2024.12 atan.
    """
    return np.arctan(x)


@op(dtypes=FLOATING, zero_sign=True, also_known_as=("arctan2",))
def atan2(y: Any, x: Any) -> Any:
    """The angle of the point (x, y) in [-π, π], elementwise; note the order of the arguments.

    Constraints: (C1) y and x have one floating dtype; (C2) their shapes broadcast.
    Special values: the C99 table: atan2(±0, x) is ±0 for x > 0 or +0 and ±π for x < 0 or -0;
    infinities give multiples of π/4.
    Gradient: g·x/(x² + y²), -g·y/(x² + y²).
    Kinks: 0 where x and y are 0.
    Source: IEEE 754-2019 §9.2.1; Array API 2024.12 atan2.
    """
    return np.arctan2(y, x)


@op(dtypes=FLOATING, domain=((-512.0, 512.0),))
def sinc(x: Any) -> Any:
    """The normalised cardinal sine sin(πx)/(πx), elementwise, 1 at 0.

    Semantics: the formula as it stands: πx is rounded, so that the error is absolute beside the
    zeros; it is judged for |x| ≤ 512.
    Special values: sinc(±0) is 1; sinc(±inf) is NaN.
    Gradient: by the chain rule, 0 at 0.
    Source: NumPy sinc; PyTorch special.sinc.
    """
    angle = constant(lambda m: +m.pi, like=x) * np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, np.sin(angle) / angle)


@op(dtypes=FLOATING, also_known_as=("radians",))
def deg2rad(x: Any) -> Any:
    """Degrees as radians, x·π/180, elementwise.

    Special values: deg2rad(±0) is ±0; deg2rad(±inf) is ±inf.
    Gradient: g·π/180.
    Source: NumPy deg2rad; PyTorch deg2rad.
    """
    return x * constant(lambda m: m.pi / 180, like=x)


@op(dtypes=FLOATING, also_known_as=("degrees",))
def rad2deg(x: Any) -> Any:
    """Radians as degrees, x·180/π, elementwise.

    Special values: rad2deg(±0) is ±0; rad2deg(±inf) is ±inf.
    Gradient: g·180/π.
    Source: NumPy rad2deg; PyTorch rad2deg.
    """
    return x * constant(lambda m: 180 / m.pi, like=x)
