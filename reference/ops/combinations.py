"""A product and a sum in one: fma, addcmul, lerp."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import DEFINED, Choice, Real, op


@op(dtypes=FLOATING)
@gradient(lambda g, v, x, y, z: g * y, lambda g, v, x, y, z: g * x, lambda g, v, x, y, z: g)
def fma(x: Any, y: Any, z: Any) -> Any:
    """The sum x·y + z, elementwise.

    Semantics: a backend that claims fma as correctly rounded rounds once, others the product too.
    Constraints: (C1) all arrays have one floating dtype; (C2) their shapes broadcast.
    Special values: those of the product and the sum.
    Gradient: g·y, g·x, g, each summed over its broadcast axes.
    Source: IEEE 754-2019 §5.4.1 fusedMultiplyAdd; C11 §7.12.13.1.
    """
    return x * y + z


@op(dtypes=FLOATING)
@gradient(
    lambda g, v, x, y, z, value: g,
    lambda g, v, x, y, z, value: g * (value * z),
    lambda g, v, x, y, z, value: g * (value * y),
)
def addcmul(x: Any, y: Any, z: Any, *, value: Real) -> Any:
    """The sum x + value·y·z, elementwise.

    Constraints: (C1) all arrays have one floating dtype; (C2) their shapes broadcast.
    Special values: those of the products and the sum.
    Gradient: g, g·value·z, g·value·y, each summed over its broadcast axes.
    Source: PyTorch addcmul.
    """
    return x + value * y * z


@op(
    dtypes=FLOATING,
    choices=(
        Choice(
            "lerp_of_infinity",
            "lerp where x or y is infinite",
            lambda x, y, weight: np.isinf(x) | np.isinf(y),
            {"from_nearer_end": DEFINED, "any": None},
        ),
    ),
)
@gradient(
    lambda g, v, x, y, weight: g * (1 - weight),
    lambda g, v, x, y, weight: g * weight,
    lambda g, v, x, y, weight: g * (y - x),
)
def lerp(x: Any, y: Any, weight: Any) -> Any:
    """The point x + weight·(y - x) between x and y, elementwise.

    Semantics: exactly x where the weight is 0 and y where it is 1; weights beyond extrapolate.
    Constraints: (C1) all arrays have one floating dtype; (C2) their shapes broadcast.
    Special values: NaN where one of the three is NaN. Of infinities what the formula gives that
    starts from the nearer end, or what the backend declares as lerp_of_infinity.
    Gradient: g·(1 - weight), g·weight, g·(y - x), each summed over its broadcast axes.
    Source: PyTorch lerp; C++20 lerp.
    """
    return np.where(np.abs(weight) < 0.5, x + weight * (y - x), y - (1 - weight) * (y - x))
