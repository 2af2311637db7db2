"""Activations: relu, gelu, gelu_tanh, silu. 16-bit floats compute in float32 and round once."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from tensorcts.reference.arrays.primitives import constant
from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import Choice, op


def _minus_infinity(x: Any) -> Any:
    return x == -np.inf


_AT_MINUS_INFINITY = Choice(
    "activation_at_minus_infinity",
    "gelu, gelu_tanh and silu of -inf: their limit 0, or the NaN of -inf · 0",
    _minus_infinity,
    {"zero": 0.0, "nan": np.nan},
)


@op(dtypes=FLOATING)
def relu(x: Any) -> Any:
    """The larger of x and 0, elementwise.

    Special values: NaN stays NaN. The sign of relu(-0) is not fixed.
    Gradient: g where x > 0, else 0.
    Source: PyTorch nn.functional.relu; ONNX Relu-14.
    """
    return np.where(x <= 0, 0 * np.isnan(x), x)


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def gelu(x: Any) -> Any:
    """x·Φ(x), elementwise, Φ the normal distribution function (exact, not by tanh).

    Semantics: ½·x·erfc(-x/√2), which keeps its relative accuracy for x < 0, where 1 + erf cancels.
    Special values: gelu(inf) is inf. gelu(-inf) is 0, its limit, or NaN where the backend declares
    so (activation_at_minus_infinity). NaN stays NaN.
    Gradient: g·(Φ(x) + x·φ(x)), φ the normal density.
    Source: Hendrycks & Gimpel 2016; ONNX Gelu-20, approximate none.
    """
    tail = scipy.special.erfc(-x * constant(lambda m: 1 / m.sqrt(2), like=x))
    return np.where(x == -np.inf, 0.0, 0.5 * x * tail)


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def gelu_tanh(x: Any) -> Any:
    """½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), elementwise: the tanh approximation of gelu.

    Special values: gelu_tanh(inf) is inf. gelu_tanh(-inf) is 0, its limit, or NaN where the backend
    declares so (activation_at_minus_infinity). NaN stays NaN.
    Gradient: by the chain rule.
    Source: Hendrycks & Gimpel 2016; ONNX Gelu-20, approximate tanh.
    """
    slope = constant(lambda m: m.sqrt(2 / m.pi), like=x)
    inner = slope * (x + constant("0.044715", like=x) * (x * x * x))
    return np.where(x == -np.inf, 0.0, 0.5 * x * (1 + np.tanh(inner)))


def _silu_gradient(g: Any, z: Any, x: Any) -> Any:
    sigmoid = 1 / (1 + np.exp(-x))
    return g * sigmoid * (1 + x * (1 - sigmoid))


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,), also_known_as=("swish",))
@gradient(_silu_gradient)
def silu(x: Any) -> Any:
    """x·σ(x) = x/(1 + e⁻ˣ), elementwise.

    Special values: silu(inf) is inf. silu(-inf) is 0, its limit, or NaN where the backend declares
    so (activation_at_minus_infinity). NaN stays NaN. Where e⁻ˣ overflows, 0 is as good as the true
    subnormal.
    Gradient: g·σ(x)·(1 + x·(1 - σ(x))).
    Source: Elfwing et al. 2017; PyTorch nn.functional.silu.
    """
    return np.where(x == -np.inf, 0.0, x / (1 + np.exp(-x)))
