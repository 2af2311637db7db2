"""Logic on booleans: logical_and, logical_or, logical_xor, logical_not."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import BOOL
from tensorcts.reference.registry import op


@op(dtypes=BOOL, result="bool", differentiable=False)
def logical_and(x: Any, y: Any) -> Any:
    """Whether both x and y hold, elementwise.

    Constraints: (C1) x and y are bool; (C2) their shapes broadcast.
    Source: Array API 2024.12 logical_and.
    """
    return np.logical_and(x, y)


@op(dtypes=BOOL, result="bool", differentiable=False)
def logical_or(x: Any, y: Any) -> Any:
    """Whether x or y or both hold, elementwise.

    Constraints: (C1) x and y are bool; (C2) their shapes broadcast.
    Source: Array API 2024.12 logical_or.
    """
    return np.logical_or(x, y)


@op(dtypes=BOOL, result="bool", differentiable=False)
def logical_xor(x: Any, y: Any) -> Any:
    """Whether exactly one of x and y holds, elementwise.

    Constraints: (C1) x and y are bool; (C2) their shapes broadcast.
    Source: Array API 2024.12 logical_xor.
    """
    return np.logical_xor(x, y)


@op(dtypes=BOOL, result="bool", differentiable=False)
def logical_not(x: Any) -> Any:
    """Whether x does not hold, elementwise.

    Constraints: (C1) x is bool.
    Source: Array API 2024.12 logical_not.
    """
    return np.logical_not(x)
