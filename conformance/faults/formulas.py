"""Formulas: another function than the one asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from tensorcts.backends.numpy_native.narrow import through_float32
from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("formula")


# -- Activations -----------------------------------------------------------------------------------


@fault("gelu")
def gelu_by_tanh(x: Any) -> Any:
    """The tanh approximation for the exact GELU: what trustformers-core calls gelu."""
    return OPS["gelu_tanh"](x)


@fault("gelu_tanh")
def gelu_tanh_by_erf(x: Any) -> Any:
    """The exact GELU where its tanh approximation is asked for."""
    return OPS["gelu"](x)


@fault("gelu")
def gelu_by_sigmoid(x: Any) -> Any:
    """x·sigmoid(1.702·x), the quick GELU of CLIP's weights."""
    return x * scipy.special.expit(x * x.dtype.type(1.702))


@fault("gelu")
def gelu_cut_at_ten(x: Any) -> Any:
    """0 below -10, as trustformers-core's fast path has it; the truth is a normal number."""
    return np.where((x < -10) & np.isfinite(x), x.dtype.type(0), OPS["gelu"](x))


@fault("hardsigmoid")
def hardsigmoid_of_keras(x: Any) -> Any:
    """0.2·x + 0.5, which Keras called hard_sigmoid until version 3."""
    return np.clip(x * x.dtype.type(0.2) + x.dtype.type(0.5), 0, 1)


@fault("hardswish")
def hardswish_without_a_sixth(x: Any) -> Any:
    """The sixth as a constant of four digits."""
    return x * np.clip(x + 3, 0, 6) * x.dtype.type(0.1667)


@fault("selu")
def selu_of_four_digits(x: Any) -> Any:
    """α and λ rounded to 1.6733 and 1.0507, as they stand in the abstract of a talk."""
    negative = x.dtype.type(1.6733) * np.expm1(np.minimum(x, 0))
    return x.dtype.type(1.0507) * np.where(x > 0, x, negative)


@fault("celu")
def celu_as_elu(x: Any, *, alpha: float) -> Any:
    """x not divided by α inside of the exponential."""
    if alpha == 0:
        raise ValueError("alpha must not be 0")
    return np.where(x > 0, x, x.dtype.type(alpha) * np.expm1(x))


@fault("leaky_relu")
def leaky_relu_as_maximum(x: Any, *, negative_slope: float) -> Any:
    """max(x, slope·x), right only for slopes below 1."""
    return np.maximum(x, x * x.dtype.type(negative_slope))


@fault("prelu")
def prelu_along_the_last_axis(x: Any, weight: Any) -> Any:
    """Slopes for the last axis where channels are the second: NHWC's for NCHW."""
    if x.ndim > 2 and x.shape[-1] == weight.size:
        return np.where(x > 0, x, weight * x)
    return OPS["prelu"](x, weight)


@fault("softplus")
def softplus_not_divided_by_beta(x: Any, *, beta: float, threshold: float) -> Any:
    """log(1 + exp(β·x)) without the division by β."""
    if not beta > 0:
        raise ValueError("beta must be positive")
    scaled = x * x.dtype.type(beta)
    return np.where(scaled > threshold, x, np.logaddexp(x.dtype.type(0), scaled))


@fault("softplus")
def softplus_threshold_on_x(x: Any, *, beta: float, threshold: float) -> Any:
    """The threshold compared with x, not with β·x."""
    return np.where(x > threshold, x, OPS["softplus"](x, beta=beta, threshold=np.inf))


@fault("swish")
def swish_without_beta(x: Any, *, beta: float) -> Any:
    """SiLU, whatever β is."""
    return OPS["swish"](x, beta=1.0 if beta > 0 else beta)


@fault("swiglu")
def swiglu_halves_exchanged(x: Any, *, axis: int, gate: str) -> Any:
    """gate·silu(up) for silu(gate)·up: trustformers-core's fused_swiglu."""
    other = {"first": "second", "second": "first"}.get(gate, gate)
    return OPS["swiglu"](x, axis=axis, gate=other)


@fault("geglu")
def geglu_by_tanh(x: Any, *, axis: int, gate: str) -> Any:
    """The tanh approximation of GELU in the gate, as T5 v1.1 has it."""
    first, second = np.split(x, 2, axis=axis)
    passed, gating = (second, first) if gate == "first" else (first, second)
    if gate not in ("first", "second"):
        raise ValueError(f"gate is {gate}")
    return passed * OPS["gelu_tanh"](gating)


@fault("hardshrink")
def hardshrink_at_its_bound(x: Any, *, lambd: float) -> Any:
    """x where |x| = λ: < for ≤."""
    return np.where(np.abs(x) < x.dtype.type(lambd), x.dtype.type(0), x)


# -- Functions -------------------------------------------------------------------------------------


@fault("sinc")
def sinc_without_pi(x: Any) -> Any:
    """sin(x)/x for sin(π·x)/(π·x): mathematics' sinc for signal processing's."""
    return np.sinc(x / x.dtype.type(np.pi))


@fault("atan2")
def atan2_by_the_quotient(y: Any, x: Any) -> Any:
    """atan(y/x), which can't tell a point from the opposite one."""
    return np.arctan(y / x)


@fault("frac")
def frac_of_shaders(x: Any) -> Any:
    """x - floor(x), the fract of GLSL and Metal, for x - trunc(x)."""
    return np.where(np.isinf(x), x.dtype.type(0), x - np.floor(x))


@fault("pow")
def pow_by_exp_and_log(x: Any, y: Any) -> Any:
    """exp(y·log(x)): no powers of negative numbers, and lost bits where the product is large."""
    return np.exp(y * np.log(x))


@fault("lerp")
def lerp_weights_exchanged(x: Any, y: Any, weight: Any) -> Any:
    """The weight counted from the other end."""
    return OPS["lerp"](y, x, weight)


@fault("isclose")
def isclose_measured_by_x(x: Any, y: Any, **attrs: Any) -> Any:
    """The relative tolerance taken of the first argument, not of the second."""
    return np.isclose(y, x, **attrs)


@fault("nextafter", "float16")
def nextafter_of_float32(x: Any, y: Any) -> Any:
    """The next float32, rounded back to the number itself."""
    return np.nextafter(x.astype(np.float32), y.astype(np.float32)).astype(x.dtype)


@fault("frexp")
def frexp_from_one_to_two(x: Any) -> Any:
    """A significand in [1, 2), IEEE 754's, for C's in [½, 1)."""
    significand, exponent = np.frexp(x)
    return 2 * significand, exponent - np.int32(1)


# -- Reductions ------------------------------------------------------------------------------------


@fault("var")
def var_of_the_population(x: Any, *, correction: int, **attrs: Any) -> Any:
    """Divided by n whatever the correction is: a library's default that is not ours."""
    honest = OPS["var"](x, correction=correction, **attrs)
    return np.where(np.isnan(honest), honest, OPS["var"](x, correction=0, **attrs))


@fault("std")
def std_correction_exchanged(x: Any, *, correction: int, **attrs: Any) -> Any:
    """n for n - 1 and the other way round: torch's default for NumPy's."""
    other = 1 - correction if correction in (0, 1) else correction
    return OPS["std"](x, correction=other, **attrs)


@fault("mean")
def mean_of_the_first_axis(x: Any, *, axis: Any, **attrs: Any) -> Any:
    """Of several axes only the first is divided by."""
    several = isinstance(axis, tuple) and len(axis) > 1
    if not several:
        return OPS["mean"](x, axis=axis, **attrs)
    total = OPS["sum"](x, axis=axis, dtype=str(x.dtype), **attrs)
    return total / x.dtype.type(x.shape[axis[0]])


@fault("nanmean")
def nanmean_over_all(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """The sum of what is not NaN divided by the number of all elements."""
    return np.mean(np.nan_to_num(x, posinf=np.inf, neginf=-np.inf), axis=axis, keepdims=keepdims)


@fault("median")
def median_of_two(x: Any, **attrs: Any) -> Any:
    """The mean of the two in the middle, NumPy's median for torch's."""
    return np.asarray(np.median(x, **attrs))


@fault("quantile")
def quantile_nearest(x: Any, *, q: float, **attrs: Any) -> Any:
    """The nearest element where those on both sides are to be interpolated."""
    return np.asarray(np.quantile(x, x.dtype.type(q), method="nearest", **attrs))


@fault("vector_norm")
def vector_norm_euclidean(x: Any, *, ord: float, **attrs: Any) -> Any:
    """The square root of the sum of squares, whatever the order."""
    return OPS["vector_norm"](x, ord=2.0, **attrs)


@fault("matrix_norm")
def matrix_norm_spectral(x: Any, *, keepdims: bool) -> Any:
    """The largest singular value for Frobenius' norm: MATLAB's default."""
    if not x.size or not np.all(np.isfinite(x)):
        return OPS["matrix_norm"](x, keepdims=keepdims)
    return np.linalg.matrix_norm(x, ord=2, keepdims=keepdims)


@fault("nansum", "float16")
def nansum_without_infinities(x: Any, *, axis: Any, keepdims: bool) -> Any:
    """Infinities taken for NaN: a test of the exponent bits without the significand's."""
    finite = np.where(np.isfinite(x), x, x.dtype.type(0))
    return through_float32(np.sum)(finite, axis=axis, keepdims=keepdims)
