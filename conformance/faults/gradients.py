"""Faults of gradients: kernels of an op's backward with a wrong derivative.

Many start from the gradient that is right and leave out what real kernels left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import erfc, expit

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of
from tensorcts.reference import dtypes
from tensorcts.reference.registry import get

fault = faults_of("gradient")


@np.errstate(all="ignore")
def right(op: str, *arrays: Any, **attrs: Any) -> tuple[Any, ...]:
    """The cotangents that are right, rounded to the dtype of the arrays of floats."""
    wide = [None if a is None else a if a.dtype.kind in "biu" else dtypes.widen(a) for a in arrays]
    found = get(f"{op}.backward").function(*wide, **attrs)
    dtype = next(a.dtype for a in arrays if a is not None and a.dtype.kind not in "biu")
    return tuple(np.asarray(g).astype(dtype) for g in found)


# -- Terms and factors left out --------------------------------------------------------------------


@fault("softmax.backward")
def softmax_backward_without_the_sum(x: Any, g: Any, *, axis: int) -> Any:
    """y·g, as if each output hung on its own input alone."""
    return (OPS["softmax"](x, axis=axis) * g,)


@fault("log_softmax.backward")
def log_softmax_backward_of_one_hot(x: Any, g: Any, *, axis: int) -> Any:
    """g - softmax: the cotangents taken to add up to 1, as those of a cross-entropy do."""
    return (g - OPS["softmax"](x, axis=axis),)


def _normalized(x: Any, eps: float) -> tuple[Any, Any]:
    """The row less its mean in units of its standard deviation, and one over that."""
    away = x - x.mean(-1, keepdims=True)
    scale = 1 / np.sqrt((away * away).mean(-1, keepdims=True) + x.dtype.type(eps))
    return away * scale, scale


@fault("layer_norm.backward")
def layer_norm_backward_without_the_mean(
    x: Any, weight: Any, bias: Any, g: Any, *, eps: float
) -> Any:
    """The term through the mean forgotten: rows of the gradient no longer add up to 0."""
    normal, scale = _normalized(x, eps)
    pulled = g * weight
    dx = scale * (pulled - normal * (pulled * normal).mean(-1, keepdims=True))
    return (dx, *right("layer_norm", x, weight, bias, g, eps=eps)[1:])


@fault("layer_norm.backward")
def layer_norm_backward_without_the_variance(
    x: Any, weight: Any, bias: Any, g: Any, *, eps: float
) -> Any:
    """The variance taken for a constant."""
    pulled = g * weight
    dx = _normalized(x, eps)[1] * (pulled - pulled.mean(-1, keepdims=True))
    return (dx, *right("layer_norm", x, weight, bias, g, eps=eps)[1:])


@fault("layer_norm.backward")
def layer_norm_backward_weight_of_the_input(*arrays: Any, eps: float) -> Any:
    """The weight's gradient from x itself, not from the normalized row."""
    x, g = arrays[0], arrays[-1]
    dx, _, db = right("layer_norm", *arrays, eps=eps)
    return dx, (g * x).sum(tuple(range(x.ndim - 1))), db


@fault("rms_norm.backward")
def rms_norm_backward_eps_outside(x: Any, weight: Any, g: Any, *, eps: float) -> Any:
    """eps added to the root, not to the mean of the squares, in the derivative alone."""
    size = np.sqrt((x * x).mean(-1, keepdims=True)) + x.dtype.type(eps)
    pulled = g * weight
    dx = pulled / size - x * (pulled * x).mean(-1, keepdims=True) / size**3
    return dx, right("rms_norm", x, weight, g, eps=eps)[1]


@fault("rms_norm.backward")
def rms_norm_backward_of_a_constant_scale(x: Any, weight: Any, g: Any, *, eps: float) -> Any:
    """The root taken for a constant."""
    size = np.sqrt((x * x).mean(-1, keepdims=True) + x.dtype.type(eps))
    return g * weight / size, right("rms_norm", x, weight, g, eps=eps)[1]


@fault("scaled_dot_product_attention.backward")
def attention_backward_without_scale(*arrays: Any, scale: float, **attrs: Any) -> Any:
    """The query's gradient without the scale of the scores."""
    dq, *rest = right("scaled_dot_product_attention", *arrays, scale=scale, **attrs)
    return (dq / dq.dtype.type(scale), *rest)


@fault("mean.backward")
def mean_backward_without_the_count(x: Any, g: Any, **attrs: Any) -> Any:
    """A sum's gradient: not divided by the number of elements."""
    return right("sum", x, g, **attrs, dtype="float32")


@fault("var.backward")
def var_backward_without_correction(x: Any, g: Any, *, correction: int, **attrs: Any) -> Any:
    """2·(x - mean)/n, whatever the correction."""
    return right("var", x, g, correction=0, **attrs)


@fault("sqrt.backward")
def sqrt_backward_away_from_zero(x: Any, g: Any) -> Any:
    """1e-6 added to the root, so that nothing is divided by 0."""
    return (g / (2 * (np.sqrt(x) + x.dtype.type(1e-6))),)


@fault("log.backward")
def log_backward_away_from_zero(x: Any, g: Any) -> Any:
    """1/(x + 1e-6)."""
    return (g / (x + x.dtype.type(1e-6)),)


@fault("rsqrt.backward")
def rsqrt_backward_of_the_wrong_sign(x: Any, g: Any) -> Any:
    """½·x^(-3/2) for its negative."""
    return (g * x.dtype.type(0.5) / (x * np.sqrt(x)),)


# -- Activations -----------------------------------------------------------------------------------


@fault("gelu.backward")
def gelu_backward_of_tanh(x: Any, g: Any) -> Any:
    """The derivative of the tanh approximation, for the exact GELU."""
    return right("gelu_tanh", x, g)


@fault("gelu.backward")
def gelu_backward_without_the_density(x: Any, g: Any) -> Any:
    """Φ(x) alone, without x·φ(x)."""
    return (g * (erfc(-x * x.dtype.type(np.sqrt(0.5))) / 2).astype(x.dtype),)


@fault("silu.backward")
def silu_backward_without_the_product(x: Any, g: Any) -> Any:
    """σ(x) alone, without x·σ'(x)."""
    return (g * expit(x),)


@fault("tanh.backward")
def tanh_backward_of_the_input(x: Any, g: Any) -> Any:
    """1 - x²: the kernel wants the output, and is given the input."""
    return (g * (1 - x * x),)


@fault("sigmoid.backward")
def sigmoid_backward_of_the_input(x: Any, g: Any) -> Any:
    """x·(1 - x)."""
    return (g * x * (1 - x),)


@fault("relu.backward")
def relu_backward_masked_by_the_cotangent(x: Any, g: Any) -> Any:
    """g where g is positive: guided backpropagation's mask in place of the input's."""
    return (np.where(g > 0, g, g.dtype.type(0)),)


@fault("leaky_relu.backward")
def leaky_relu_backward_without_slope(x: Any, g: Any, *, negative_slope: float) -> Any:
    """0 below 0, as of a ReLU."""
    return (np.where(x > 0, g, g.dtype.type(0)),)


@fault("elu.backward")
def elu_backward_without_alpha(x: Any, g: Any, *, alpha: float) -> Any:
    """exp(x) below 0 for α·exp(x)."""
    return right("elu", x, g, alpha=1.0)


@fault("softplus.backward")
def softplus_backward_scaled_by_beta(x: Any, g: Any, *, beta: float, threshold: float) -> Any:
    """β·σ(β·x): the 1/β in front forgotten."""
    (dx,) = right("softplus", x, g, beta=beta, threshold=threshold)
    return (dx * dx.dtype.type(beta),)


@fault("clip.backward")
def clip_backward_straight_through(*arrays: Any) -> Any:
    """g everywhere, beyond the bounds too: quantizers want that, clip does not."""
    dx, *bounds = right("clip", *arrays)
    return (arrays[-1] if dx.shape == arrays[-1].shape else dx, *bounds)
