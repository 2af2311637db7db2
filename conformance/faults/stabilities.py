"""The right formula in an order that overflows, underflows or cancels."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("stability")


# -- Sums of exponentials --------------------------------------------------------------------------


@fault("softmax")
def softmax_without_maximum(x: Any, *, axis: int) -> Any:
    """exp(x)/Σexp(x) overflows from 89 on."""
    return np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True)


@fault("softmax")
def softmax_with_a_floor(x: Any, *, axis: int) -> Any:
    """1e-6 added to the sum, lest it be zero, which it never is."""
    shifted = np.exp(x - np.max(x, axis=axis, keepdims=True, initial=-np.inf))
    return shifted / (np.sum(shifted, axis=axis, keepdims=True) + x.dtype.type(1e-6))


@fault("softmax")
def softmax_online_not_rescaled(x: Any, *, axis: int) -> Any:
    """Online softmax by tiles of 32, whose sum is not rescaled when the maximum grows."""
    if not x.size:
        return OPS["softmax"](x, axis=axis)
    rows = np.moveaxis(x, axis, -1)
    total = np.zeros_like(rows[..., :1])
    for start in range(0, rows.shape[-1], 32):
        highest = np.max(rows[..., : start + 32], axis=-1, keepdims=True)
        tile = rows[..., start : start + 32]
        total = total + np.sum(np.exp(tile - highest), axis=-1, keepdims=True)
    return np.moveaxis(np.exp(rows - highest) / total, -1, axis)


@fault("log_softmax")
def log_softmax_by_log(x: Any, *, axis: int) -> Any:
    """log(softmax(x)): -inf where the softmax underflows."""
    return np.log(OPS["softmax"](x, axis=axis))


@fault("logsumexp")
def logsumexp_without_maximum(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """log Σexp(x) overflows from 89 on."""
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


@fault("logcumsumexp")
def logcumsumexp_by_cumsum(x: Any, *, axis: int) -> Any:
    """log of the running sum, with the maximum of the whole row: torch before 1.8."""
    highest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return np.log(np.cumsum(np.exp(x - highest), axis=axis)) + highest


@fault("logaddexp")
def logaddexp_by_exponentials(x: Any, y: Any) -> Any:
    """log(exp(x) + exp(y)) overflows from 89 on."""
    return np.log(np.exp(x) + np.exp(y))


@fault("scaled_dot_product_attention")
def attention_without_maximum(
    query: Any, key: Any, value: Any, mask: Any = None, bias: Any = None, *, scale: float,
    causal_offset: int | None,
) -> Any:  # fmt: skip
    """Exponentials of the scores as they are; some mobile runtimes do without the maximum."""
    if mask is not None or causal_offset is not None:
        attrs: dict[str, Any] = {"scale": scale, "causal_offset": causal_offset}
        return OPS["scaled_dot_product_attention"](query, key, value, mask, bias, **attrs)
    group = query.shape[-3] // key.shape[-3]
    key, value = (np.repeat(a, group, axis=-3) for a in (key, value))
    scores = np.matmul(query, np.swapaxes(key, -1, -2)) * query.dtype.type(scale)
    weights = np.exp(scores if bias is None else scores + bias)
    return np.matmul(weights, value) / np.sum(weights, axis=-1, keepdims=True)


# -- Activations -----------------------------------------------------------------------------------


@fault("sigmoid")
def sigmoid_by_a_quotient(x: Any) -> Any:
    """exp(x)/(1 + exp(x)) is Inf/Inf from 89 on."""
    return np.exp(x) / (1 + np.exp(x))


@fault("sigmoid")
def sigmoid_by_tanh(x: Any) -> Any:
    """½·tanh(x/2) + ½: XLA's and Eigen's, without relative accuracy below -17."""
    half = x.dtype.type(0.5)
    return half * np.tanh(half * x) + half


@fault("log_sigmoid")
def log_sigmoid_by_log(x: Any) -> Any:
    """log(sigmoid(x)): -inf from -104 on, and 0 from 17 on."""
    return np.log(scipy.special.expit(x))


@fault("silu")
def silu_by_a_quotient(x: Any) -> Any:
    """x·exp(x)/(1 + exp(x)) is Inf/Inf from 89 on."""
    return x * np.exp(x) / (1 + np.exp(x))


@fault("softplus")
def softplus_by_log(x: Any, *, beta: float, threshold: float) -> Any:
    """log(1 + exp(x)), which is 0 below -17: torch's kernel until 1.8."""
    if not beta > 0:
        raise ValueError("beta must be positive")
    scaled = x * x.dtype.type(beta)
    return np.where(scaled > threshold, x, np.log(1 + np.exp(scaled)) / x.dtype.type(beta))


@fault("mish")
def mish_by_a_quotient(x: Any) -> Any:
    """x·((1 + eˣ)² - 1)/((1 + eˣ)² + 1), which overflows from 44 on and cancels below -8."""
    squared = np.square(1 + np.exp(x))
    return x * (squared - 1) / (squared + 1)


@fault("elu")
def elu_by_exp(x: Any, *, alpha: float) -> Any:
    """α·(exp(x) - 1), which cancels near 0: so do tinygrad and MLX."""
    return np.where(x > 0, x, x.dtype.type(alpha) * (np.exp(x) - 1))


@fault("gelu")
def gelu_by_one_plus_erf(x: Any) -> Any:
    """x/2·(1 + erf(x/√2)), which cancels below -3: torch, JAX, ONNX Runtime."""
    return x / 2 * (1 + scipy.special.erf(x * x.dtype.type(np.sqrt(0.5))))


# -- Functions -------------------------------------------------------------------------------------


@fault("expm1")
def expm1_by_exp(x: Any) -> Any:
    """exp(x) - 1."""
    return np.exp(x) - 1


@fault("log1p")
def log1p_by_log(x: Any) -> Any:
    """log(1 + x): what a compiler without log1p falls back to."""
    return np.log(1 + x)


@fault("sinh")
def sinh_by_exp(x: Any) -> Any:
    """(eˣ - e⁻ˣ)/2, which cancels near 0."""
    return (np.exp(x) - np.exp(-x)) / 2


@fault("cosh")
def cosh_overflows_early(x: Any) -> Any:
    """(eˣ + e⁻ˣ)/2 is infinite from 88.8 on, the truth only from 89.4 on."""
    return (np.exp(x) + np.exp(-x)) / 2


@fault("tanh")
def tanh_by_exp(x: Any) -> Any:
    """(e²ˣ - 1)/(e²ˣ + 1): Inf/Inf from 45 on."""
    return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


@fault("asinh")
def asinh_by_log(x: Any) -> Any:
    """log(x + √(x² + 1)): cancels for negative x, overflows for large."""
    return np.log(x + np.sqrt(x * x + 1))


@fault("acosh")
def acosh_overflows(x: Any) -> Any:
    """log(x + √(x² - 1)): overflows from 1.8e19 on, cancels near 1."""
    return np.log(x + np.sqrt(x * x - 1))


@fault("atanh")
def atanh_by_log(x: Any) -> Any:
    """½·log((1 + x)/(1 - x)), which cancels near 0."""
    return np.log((1 + x) / (1 - x)) / 2


@fault("erfc")
def erfc_by_erf(x: Any) -> Any:
    """1 - erf(x): 0 from 3.9 on."""
    return 1 - scipy.special.erf(x)


@fault("logit")
def logit_clamped(x: Any) -> Any:
    """x kept off 0 and 1 by 1e-6, as losses do; as an op it hides what is out of range."""
    return scipy.special.logit(np.clip(x, np.float32(1e-6), np.float32(1 - 1e-6)))


@fault("xlog1py")
def xlog1py_by_log(x: Any, y: Any) -> Any:
    """x·log(1 + y)."""
    return scipy.special.xlogy(x, 1 + y)


@fault("hypot")
def hypot_overflows(x: Any, y: Any) -> Any:
    """√(x² + y²): overflows from 1.8e19 on, underflows from 1e-23 on."""
    return np.sqrt(x * x + y * y)


@fault("lerp")
def lerp_from_one_end(x: Any, y: Any, weight: Any) -> Any:
    """x + weight·(y - x) misses y at weight 1: torch before 1.10."""
    return x + weight * (y - x)


@fault("abs", "complex64")
def abs_of_complex_overflows(x: Any) -> Any:
    """√(re² + im²)."""
    return np.sqrt(x.real * x.real + x.imag * x.imag)


@fault("divide", "complex64")
def divide_complex_by_the_modulus(x: Any, y: Any) -> Any:
    """x·conj(y)/|y|², whose denominator under- and overflows long before the quotient."""
    size = y.real * y.real + y.imag * y.imag
    return x * y.conj() / size


# -- Moments ---------------------------------------------------------------------------------------


@fault("var")
def var_in_one_pass(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    """E[x²] - E[x]², which cancels where the mean is large."""
    honest = OPS["var"](x, axis=axis, correction=correction, keepdims=keepdims)
    mean = np.mean(x, axis=axis, keepdims=keepdims)
    ratio = x.size / max(mean.size, 1)
    if ratio <= correction:
        return honest
    factor = x.dtype.type(ratio / (ratio - correction))
    return np.asarray((np.mean(x * x, axis=axis, keepdims=keepdims) - mean * mean) * factor)


@fault("layer_norm")
def layer_norm_in_one_pass(x: Any, weight: Any, bias: Any, *, eps: float) -> Any:
    """The variance as E[x²] - E[x]²: fused kernels of several frameworks."""
    mean = np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(x * x, axis=-1, keepdims=True) - mean * mean
    return (x - mean) / np.sqrt(np.maximum(variance, 0) + x.dtype.type(eps)) * weight + bias


@fault("var")
def var_merged_without_shift(x: Any, *, axis: Any, correction: int, keepdims: bool) -> Any:
    """Two halves' variances merged without the term of their means' difference (Chan)."""
    attrs: dict[str, Any] = {"axis": axis, "correction": correction, "keepdims": keepdims}
    if axis is not None or x.ndim != 1 or x.size < 64:
        return OPS["var"](x, **attrs)
    sums = [np.var(half) * x.dtype.type(half.size) for half in np.array_split(x, 2)]
    return np.reshape((sums[0] + sums[1]) / (x.size - correction), (1,) if keepdims else ())
