"""Arithmetic: add, subtract, multiply, divide, negative, abs, sqrt."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import COMPLEX, FLOATING, HALF_COMPLEX, NUMERIC
from tensorcts.reference.registry import op


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
    Gradient: g·sign(x), of complex numbers g·x/|x|.
    Kinks: 0 at 0.
    Source: IEEE 754-2019 §5.5.1; Array API 2024.12 abs.
    """
    return np.abs(x)


@op(dtypes=FLOATING + COMPLEX, domain=((0.0, np.inf),), zero_sign=True)
def sqrt(x: Any) -> Any:
    """The principal square root √x, elementwise.

    Semantics: of a complex number the root with a real part ≥ 0, cut along the negative real axis.
    Special values: √-0 is -0. √inf is inf. NaN for a real x < 0.
    Gradient: g/(2√x).
    Kinks: inf at 0.
    Source: IEEE 754-2019 §5.4.1; Array API 2024.12 sqrt.
    """
    return np.sqrt(x)
