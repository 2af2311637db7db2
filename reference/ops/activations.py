"""Smooth activations, and relu. 16-bit floats compute in float32 and round once."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from tensorcts.reference.arrays.primitives import constant
from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import DEFINED, Choice, Real, op


def _minus_infinity(x: Any, **attrs: Any) -> Any:
    return x == -np.inf


_AT_MINUS_INFINITY = Choice(
    "activation_at_minus_infinity",
    "gelu, silu and their like of -inf: the limit 0, or the NaN of -inf · 0",
    _minus_infinity,
    {"zero": 0.0, "nan": np.nan},
)

_SOFTSIGN_AT_INFINITY = Choice(
    "softsign_at_infinity",
    "softsign of ±inf: the limit ±1, or the NaN of inf / inf",
    lambda x: np.isinf(x),
    {"limit": DEFINED, "nan": np.nan},
)


@op(dtypes=FLOATING)
def relu(x: Any) -> Any:
    """The larger of x and 0, elementwise.

    Special values: NaN stays NaN. The sign of relu(-0) is not fixed.
    Gradient: g where x > 0, else 0.
    Kinks: 0 at 0.
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


@gradient(lambda g, z, x: g * z * (1 - z))
def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


@gradient(lambda g, z, x: g * _sigmoid(x))
def _log_one_plus_exp(x: Any) -> Any:
    """log(1 + eˣ), without overflow."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _silu_gradient(g: Any, z: Any, x: Any) -> Any:
    sigmoid = _sigmoid(x)
    return g * sigmoid * (1 + x * (1 - sigmoid))


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
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


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def swish(x: Any, *, beta: Real) -> Any:
    """x·σ(βx) = x/(1 + exp(-βx)), elementwise: silu with a slope.

    Constraints: (C1) beta > 0.
    Special values: swish(inf) is inf. swish(-inf) is 0, its limit, or NaN where the backend
    declares so (activation_at_minus_infinity). NaN stays NaN. Where exp(-βx) overflows, 0 is as
    good as the true subnormal.
    Gradient: g·σ(βx)·(1 + βx·(1 - σ(βx))), by the chain rule.
    Source: Ramachandran et al. 2017; TensorFlow nn.swish.
    """
    require(bool(beta > 0), f"beta must be > 0, not {beta}")
    return np.where(x == -np.inf, 0.0, x / (1 + np.exp(-(beta * x))))


@op(dtypes=FLOATING, also_known_as=("logistic", "expit"))
@gradient(lambda g, z, x: g * z * (1 - z))
def sigmoid(x: Any) -> Any:
    """The logistic function σ(x) = 1/(1 + e⁻ˣ), elementwise.

    Special values: σ(-inf) is 0; σ(inf) is 1. NaN stays NaN. Where e⁻ˣ overflows, 0 is as good as
    the true subnormal.
    Gradient: g·σ(x)·(1 - σ(x)).
    Source: ONNX Sigmoid-13; PyTorch sigmoid.
    """
    return _sigmoid(x)


@op(dtypes=FLOATING, also_known_as=("logsigmoid",))
def log_sigmoid(x: Any) -> Any:
    """log σ(x) = -log(1 + e⁻ˣ), elementwise.

    Semantics: min(x, 0) - log1p(exp(-|x|)), which neither overflows nor cancels.
    Special values: log_sigmoid(inf) is 0; log_sigmoid(-inf) is -inf. NaN stays NaN.
    Gradient: g·σ(-x).
    Source: PyTorch nn.functional.logsigmoid.
    """
    return -_log_one_plus_exp(-x)


@op(dtypes=FLOATING)
def softplus(x: Any, *, beta: Real, threshold: Real) -> Any:
    """log(1 + exp(βx))/β, elementwise, and x itself where βx > threshold.

    Semantics: max(βx, 0) + log1p(exp(-|βx|)) before the division.
    Constraints: (C1) beta > 0.
    Special values: softplus(inf) is inf; softplus(-inf) is 0. NaN stays NaN.
    Gradient: g·σ(βx), and g where βx > threshold.
    Source: PyTorch nn.functional.softplus.
    """
    require(bool(beta > 0), f"beta must be > 0, not {beta}")
    scaled = beta * x
    return np.where(scaled > threshold, x, _log_one_plus_exp(scaled) / beta)


@op(dtypes=FLOATING, choices=(_AT_MINUS_INFINITY,))
def mish(x: Any) -> Any:
    """x·tanh(log(1 + eˣ)), elementwise.

    Special values: mish(inf) is inf. mish(-inf) is 0, its limit, or NaN where the backend declares
    so (activation_at_minus_infinity). NaN stays NaN.
    Gradient: by the chain rule.
    Source: Misra 2019; PyTorch nn.functional.mish; ONNX Mish-22.
    """
    return np.where(x == -np.inf, 0.0, x * np.tanh(_log_one_plus_exp(x)))


def _softsign_gradient(g: Any, z: Any, x: Any) -> Any:
    size = 1 + np.abs(x)
    return g / size / size


@op(dtypes=FLOATING, choices=(_SOFTSIGN_AT_INFINITY,))
@gradient(_softsign_gradient)
def softsign(x: Any) -> Any:
    """x/(1 + |x|), elementwise.

    Special values: softsign(±inf) is ±1, its limit, or NaN where the backend declares so
    (softsign_at_infinity). NaN stays NaN.
    Gradient: g/(1 + |x|)².
    Source: ONNX Softsign-22; PyTorch nn.functional.softsign.
    """
    return np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x)))
