"""Shrinkages: what is near 0 becomes 0 or comes nearer."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import Real, op


@op(dtypes=FLOATING)
@gradient(lambda g, z, x: g * np.tanh(x) * np.tanh(x))
def tanhshrink(x: Any) -> Any:
    """x - tanh x, elementwise.

    Semantics: the difference as it stands, which cancels near 0.
    Special values: tanhshrink(±inf) is ±inf. NaN stays NaN.
    Gradient: g·tanh²x.
    Source: PyTorch nn.functional.tanhshrink.
    """
    return x - np.tanh(x)


@op(dtypes=FLOATING)
def hardshrink(x: Any, *, lambd: Real) -> Any:
    """0 where |x| ≤ lambd, x elsewhere, elementwise.

    Special values: NaN stays NaN.
    Gradient: g where |x| > lambd, else 0.
    Kinks: 0 at ±lambd.
    Source: PyTorch nn.functional.hardshrink.
    """
    return np.where((x >= -lambd) & (x <= lambd), 0.0, x)


@op(dtypes=FLOATING)
def softshrink(x: Any, *, lambd: Real) -> Any:
    """x moved toward 0 by lambd, elementwise; 0 where |x| ≤ lambd.

    Constraints: (C1) lambd ≥ 0.
    Special values: NaN stays NaN.
    Gradient: g where |x| > lambd, else 0.
    Kinks: 0 at ±lambd.
    Source: PyTorch nn.functional.softshrink.
    """
    require(bool(lambd >= 0), f"lambd must be ≥ 0, not {lambd}")
    outside = np.where(x > lambd, x - lambd, np.where(x < -lambd, x + lambd, x))
    return np.where((x >= -lambd) & (x <= lambd), 0.0, outside)
