"""Piecewise activations: linear or exponential on one side of a bend."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import constant
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import Choice, Real, op

_SELU_ALPHA = "1.67326324235437728481704283107"
_SELU_SCALE = "1.05070098735548049341933498529"


@op(dtypes=FLOATING)
def leaky_relu(x: Any, *, negative_slope: Real) -> Any:
    """x where x > 0, negative_slope·x elsewhere, elementwise.

    Special values: NaN stays NaN. The sign of leaky_relu(±0) is not fixed.
    Gradient: g where x > 0, g·negative_slope elsewhere.
    Kinks: g·negative_slope at 0.
    Source: Maas et al. 2013; PyTorch nn.functional.leaky_relu.
    """
    return np.where(x > 0, x, negative_slope * x)


@op(dtypes=FLOATING)
def prelu(x: Any, weight: Any) -> Any:
    """x where x > 0, weight·x elsewhere: a leaky_relu whose slopes are given for each channel.

    Semantics: the channels are x's axis 1; a weight of one element serves all of x.
    Constraints: (C1) one dtype; (C2) weight is 1-d, of one element or of x's size along axis 1.
    Special values: NaN stays NaN.
    Gradient: g where x > 0, g·weight elsewhere; for weight Σ g·x over where x ≤ 0.
    Kinks: g·weight at 0.
    Source: He et al. 2015; PyTorch nn.functional.prelu.
    """
    channels = x.shape[1] if x.ndim > 1 else 1
    given, allowed = np.shape(weight), ((1,), (channels,))
    require(
        given in allowed, f"weight must have the shape {allowed[0]} or {allowed[1]}, not {given}"
    )
    aligned = (1, weight.size, *(1,) * (x.ndim - 2)) if x.ndim > 1 else (1,) * x.ndim
    return np.where(x > 0, x, np.reshape(weight, aligned) * x)


@op(dtypes=FLOATING)
def elu(x: Any, *, alpha: Real) -> Any:
    """x where x > 0, α·(eˣ - 1) elsewhere, elementwise.

    Semantics: by expm1, which keeps its relative accuracy near 0.
    Special values: elu(-inf) is -α. NaN stays NaN. The sign of elu(±0) is not fixed.
    Gradient: g where x > 0, g·α·eˣ elsewhere.
    Kinks: g·α at 0.
    Source: Clevert et al. 2015; ONNX Elu-22; PyTorch nn.functional.elu.
    """
    below = np.where(x > 0, 0.0, x)
    return np.where(x > 0, x, alpha * np.expm1(below))


@op(dtypes=FLOATING)
def celu(x: Any, *, alpha: Real) -> Any:
    """x where x > 0, α·(exp(x/α) - 1) elsewhere, elementwise: an elu with slope 1 at 0.

    Constraints: (C1) alpha is not 0.
    Special values: celu(-inf) is -α for α > 0. NaN stays NaN. The sign of celu(±0) is not fixed.
    Gradient: g where x > 0, g·exp(x/α) elsewhere.
    Source: Barron 2017; ONNX Celu-12; PyTorch nn.functional.celu.
    """
    require(bool(alpha != 0), f"alpha must not be 0, it is {alpha}")
    below = np.where(x > 0, 0.0, x)
    return np.where(x > 0, x, alpha * np.expm1(below / alpha))


@op(dtypes=FLOATING)
def selu(x: Any) -> Any:
    """λ·x where x > 0, λ·α·(eˣ - 1) elsewhere, elementwise.

    Semantics: α = 1.6732632423543772848… and λ = 1.0507009873554804934…, for which the mean 0 and
    the variance 1 are a fixed point.
    Special values: selu(-inf) is -λ·α. NaN stays NaN. The sign of selu(±0) is not fixed.
    Gradient: g·λ where x > 0, g·λ·α·eˣ elsewhere.
    Kinks: g·λ·α at 0.
    Source: Klambauer et al. 2017; ONNX Selu-22; PyTorch nn.functional.selu.
    """
    alpha, scale = constant(_SELU_ALPHA, like=x), constant(_SELU_SCALE, like=x)
    below = np.where(x > 0, 0.0, x)
    return scale * np.where(x > 0, x, alpha * np.expm1(below))


@op(dtypes=FLOATING)
def relu6(x: Any) -> Any:
    """x clipped to [0, 6], elementwise.

    Special values: NaN stays NaN. The sign of relu6(-0) is not fixed.
    Gradient: g where 0 < x < 6, else 0.
    Kinks: 0 at 0 and 6.
    Source: PyTorch nn.functional.relu6.
    """
    return np.where(x <= 0, 0.0, np.where(x >= 6, 6.0, x))


@op(dtypes=FLOATING)
def hardtanh(x: Any, *, min_val: Real, max_val: Real) -> Any:
    """x clipped to [min_val, max_val], elementwise.

    Constraints: (C1) min_val ≤ max_val.
    Special values: NaN stays NaN.
    Gradient: g where min_val < x < max_val, else 0.
    Kinks: 0 at both bounds.
    Source: PyTorch nn.functional.hardtanh.
    """
    require(bool(min_val <= max_val), f"min_val {min_val} must be ≤ max_val {max_val}")
    return np.where(x <= min_val, min_val, np.where(x >= max_val, max_val, x))


@op(dtypes=FLOATING)
def hardsigmoid(x: Any) -> Any:
    """(x + 3)/6 clipped to [0, 1], elementwise.

    Special values: hardsigmoid(-inf) is 0; hardsigmoid(inf) is 1. NaN stays NaN.
    Gradient: g/6 where -3 < x < 3, else 0.
    Kinks: 0 at ±3.
    Source: Howard et al. 2019; PyTorch nn.functional.hardsigmoid.
    """
    return np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, (x + 3) / 6))


@op(
    dtypes=FLOATING,
    choices=(
        Choice(
            "activation_at_minus_infinity",
            "hardswish of -inf: the limit 0, or the NaN of -inf · 0",
            lambda x: x == -np.inf,
            {"zero": 0.0, "nan": np.nan},
        ),
    ),
)
def hardswish(x: Any) -> Any:
    """x·(x + 3)/6 where -3 < x < 3, 0 below and x above, elementwise.

    Semantics: x times the hardsigmoid of x, so that nothing overflows.
    Special values: hardswish(inf) is inf. hardswish(-inf) is 0, its limit, or NaN where the backend
    declares so (activation_at_minus_infinity). NaN stays NaN.
    Gradient: g·(x/3 + ½) where -3 < x < 3, 0 below and g above.
    Kinks: 0 at -3, g at 3.
    Source: Howard et al. 2019; PyTorch nn.functional.hardswish.
    """
    return np.where(x == -np.inf, 0.0, x * hardsigmoid(x))


@op(dtypes=FLOATING)
def threshold(x: Any, *, threshold: Real, value: Real) -> Any:
    """x where x > threshold, value elsewhere, elementwise.

    Special values: NaN stays NaN.
    Gradient: g where x > threshold, else 0.
    Kinks: 0 at the threshold.
    Source: PyTorch nn.functional.threshold.
    """
    return np.where(x <= threshold, value, x)
