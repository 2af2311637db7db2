"""Bounds: fmax, fmin, clip, nan_to_num."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.dtypes import FLOATING, REAL
from tensorcts.reference.registry import Real, op


@op(dtypes=REAL)
def fmax(x: Any, y: Any) -> Any:
    """The larger of x and y, elementwise; a number rather than NaN.

    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: NaN only where both are NaN. The sign of fmax(-0, +0) is not fixed.
    Gradient: g to the one taken.
    Kinks: half to each where they are equal.
    Source: IEEE 754-2019 §9.6 maximumNumber; C11 §7.12.12.2.
    """
    return np.where(np.isnan(x), y, np.where(np.isnan(y), x, np.maximum(x, y)))


@op(dtypes=REAL)
def fmin(x: Any, y: Any) -> Any:
    """The smaller of x and y, elementwise; a number rather than NaN.

    Constraints: (C1) x and y have one real dtype; (C2) their shapes broadcast.
    Special values: NaN only where both are NaN. The sign of fmin(-0, +0) is not fixed.
    Gradient: g to the one taken.
    Kinks: half to each where they are equal.
    Source: IEEE 754-2019 §9.6 minimumNumber; C11 §7.12.12.3.
    """
    return np.where(np.isnan(x), y, np.where(np.isnan(y), x, np.minimum(x, y)))


@op(dtypes=REAL, also_known_as=("clamp", "clip_by_value"))
def clip(x: Any, min: Any = None, max: Any = None) -> Any:
    """x, but min where it is below and max where it is above, elementwise.

    Semantics: the smaller of max and of the larger of min and x; a bound may be absent.
    Constraints: (C1) all arrays have one real dtype; (C2) their shapes broadcast.
    Special values: max where min > max. NaN where x or a bound is NaN.
    Gradient: g to x strictly between the bounds, else to the bound.
    Kinks: at a bound all to the bound, 0 to x.
    Source: Array API 2024.12 clip.
    """
    raised = x if min is None else np.where((x > min) | np.isnan(x), x, min)
    return raised if max is None else np.where((raised < max) | np.isnan(raised), raised, max)


@op(dtypes=FLOATING, zero_sign=True)
def nan_to_num(x: Any, *, nan: Real, posinf: Real, neginf: Real) -> Any:
    """x with numbers in the places of NaN, inf and -inf.

    Semantics: a replacement is rounded to the dtype of x.
    Special values: subnormal numbers and the sign of zeros stay.
    Gradient: g, 0 where x was replaced.
    Source: NumPy nan_to_num; PyTorch nan_to_num.
    """
    finite = np.where(np.isnan(x), nan, x)
    return np.where(x == np.inf, posinf, np.where(x == -np.inf, neginf, finite))
