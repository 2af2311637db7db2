"""Comparison and selection: equal, less, ..., maximum, minimum, where."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import REAL, STORABLE
from tensorcts.reference.registry import op


@op(dtypes=STORABLE, result="bool", differentiable=False, also_known_as=("eq",))
def equal(x: Any, y: Any) -> Any:
    """Whether x = y, elementwise, exactly.

    Constraints: (C1) x and y have one dtype; (C2) their shapes broadcast.
    Special values: NaN equals nothing, itself included; -0 equals +0.
    Gradient: none.
    Source: IEEE 754-2019 §5.11; Array API 2024.12 equal.
    """
    return np.equal(x, y)


@op(dtypes=STORABLE, result="bool", differentiable=False, also_known_as=("ne",))
def not_equal(x: Any, y: Any) -> Any:
    """Whether x ≠ y, elementwise, exactly.

    Constraints: (C1) x and y have one dtype; (C2) their shapes broadcast.
    Special values: NaN differs from everything, itself included; -0 equals +0.
    Gradient: none.
    Source: IEEE 754-2019 §5.11; Array API 2024.12 not_equal.
    """
    return np.not_equal(x, y)


@op(dtypes=REAL, result="bool", differentiable=False, also_known_as=("lt",))
def less(x: Any, y: Any) -> Any:
    """Whether x < y, elementwise; 64-bit integers are compared as integers.

    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: false where x or y is NaN; -0 is not less than +0.
    Gradient: none.
    Source: IEEE 754-2019 §5.11; Array API 2024.12 less.
    """
    return np.less(x, y)


@op(dtypes=REAL, result="bool", differentiable=False, also_known_as=("le",))
def less_equal(x: Any, y: Any) -> Any:
    """Whether x ≤ y, elementwise; 64-bit integers are compared as integers.

    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: false where x or y is NaN.
    Gradient: none.
    Source: IEEE 754-2019 §5.11; Array API 2024.12 less_equal.
    """
    return np.less_equal(x, y)


@op(dtypes=REAL, result="bool", differentiable=False, also_known_as=("gt",))
def greater(x: Any, y: Any) -> Any:
    """Whether x > y, elementwise; 64-bit integers are compared as integers.

    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: false where x or y is NaN.
    Gradient: none.
    Source: IEEE 754-2019 §5.11; Array API 2024.12 greater.
    """
    return np.greater(x, y)


@op(dtypes=REAL, result="bool", differentiable=False, also_known_as=("ge",))
def greater_equal(x: Any, y: Any) -> Any:
    """Whether x ≥ y, elementwise; 64-bit integers are compared as integers.

    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: false where x or y is NaN.
    Gradient: none.
    Source: IEEE 754-2019 §5.11; Array API 2024.12 greater_equal.
    """
    return np.greater_equal(x, y)


@op(dtypes=REAL)
def maximum(x: Any, y: Any) -> Any:
    """The larger of x and y, elementwise.

    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: NaN where x or y is NaN. The sign of max(-0, +0) is not fixed.
    Gradient: g to the larger one.
    Kinks: half to each where they are equal.
    Source: IEEE 754-2019 §9.6 maximum; Array API 2024.12 maximum.
    """
    return np.maximum(x, y)


@op(dtypes=REAL)
def minimum(x: Any, y: Any) -> Any:
    """The smaller of x and y, elementwise.

    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: NaN where x or y is NaN. The sign of min(-0, +0) is not fixed.
    Gradient: g to the smaller one.
    Kinks: half to each where they are equal.
    Source: IEEE 754-2019 §9.6 minimum; Array API 2024.12 minimum.
    """
    return np.minimum(x, y)


@op(dtypes=STORABLE, zero_sign=True)
def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition holds, y elsewhere, elementwise.

    Constraints: (C1) condition is bool; (C2) x and y have one dtype; (C3) the three shapes
    broadcast.
    Special values: the branch that is not taken never shows, NaN included.
    Gradient: g where taken, 0 elsewhere: what gave the branch not taken makes NaN of this 0 where
    its own derivative is infinite.
    Source: Array API 2024.12 where.
    """
    return np.where(condition, x, y)
