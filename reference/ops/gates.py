"""Gated linear units: one half of an array times an activation of the other half.

``gate`` says which half goes through the activation: ``"first"`` or ``"second"``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.dispatch import slice_of
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.ops.activations import gelu, relu, sigmoid, silu
from tensorcts.reference.registry import DEFINED, Choice, op


def _halves(x: Any, axis: int, gate: str) -> tuple[Any, Any]:
    """The half that is passed on and the half that gates it."""
    require(-x.ndim <= axis < x.ndim, f"axis {axis} is out of range for {x.ndim} axes")
    size = x.shape[axis]
    require(size % 2 == 0, f"x of shape {x.shape} has an odd size along axis {axis}")
    require(gate in ("first", "second"), f"gate must be 'first' or 'second', not {gate!r}")
    lead = (slice(None),) * (axis % x.ndim)
    first = slice_of(x, index=(*lead, slice(None, size // 2)))
    second = slice_of(x, index=(*lead, slice(size // 2, None)))
    return (second, first) if gate == "first" else (first, second)


_AT_MINUS_INFINITY = Choice(
    "activation_at_minus_infinity",
    "gelu and silu of a gate -inf: the limit 0, or the NaN of -inf · 0",
    lambda x, *, axis, gate: _halves(x, axis, gate)[1] == -np.inf,
    {"zero": DEFINED, "nan": np.nan},
)


@op(dtypes=FLOATING)
def glu(x: Any, *, axis: int, gate: str) -> Any:
    """a·σ(b), a and b the halves of x along the axis, b the one that gates.

    Constraints: (C1) axis is in [-n, n) for an n-dimensional x; (C2) the size along it is even;
    (C3) gate is "first" or "second".
    Special values: 0 · inf is NaN. Where e⁻ᵇ overflows, 0 is as good as the true subnormal.
    Gradient: g·σ(b) and g·a·σ(b)·(1 - σ(b)).
    Source: Dauphin et al. 2016; PyTorch nn.functional.glu, whose second half gates.
    """
    a, b = _halves(x, axis, gate)
    return a * sigmoid(b)


@op(dtypes=FLOATING)
def reglu(x: Any, *, axis: int, gate: str) -> Any:
    """a·relu(b), a and b the halves of x along the axis, b the one that gates.

    Constraints: (C1) axis is in [-n, n) for an n-dimensional x; (C2) the size along it is even;
    (C3) gate is "first" or "second".
    Special values: 0 · inf is NaN. The sign of a zero is not fixed.
    Gradient: g·relu(b), and g·a where b > 0, else 0.
    Source: Shazeer 2020.
    """
    a, b = _halves(x, axis, gate)
    return a * relu(b)


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def geglu(x: Any, *, axis: int, gate: str) -> Any:
    """a·gelu(b), a and b the halves of x along the axis, b the one that gates; the exact gelu.

    Constraints: (C1) axis is in [-n, n) for an n-dimensional x; (C2) the size along it is even;
    (C3) gate is "first" or "second".
    Special values: where b is -inf 0·a, or NaN where the backend declares so
    (activation_at_minus_infinity). 0 · inf is NaN.
    Gradient: by the chain rule.
    Source: Shazeer 2020.
    """
    a, b = _halves(x, axis, gate)
    return a * gelu(b)


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def swiglu(x: Any, *, axis: int, gate: str) -> Any:
    """a·silu(b), a and b the halves of x along the axis, b the one that gates.

    Constraints: (C1) axis is in [-n, n) for an n-dimensional x; (C2) the size along it is even;
    (C3) gate is "first" or "second".
    Special values: where b is -inf 0·a, or NaN where the backend declares so
    (activation_at_minus_infinity). 0 · inf is NaN.
    Gradient: by the chain rule.
    Source: Shazeer 2020.
    """
    a, b = _halves(x, axis, gate)
    return a * silu(b)
