"""CUDA kernels of activations, which CuPy lacks: of one array, and of two (gated, fused, prelu).

One module a dtype, compiled by NVRTC on first use. 16-bit floats are computed in float32 and
rounded once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.kernels import FORMATS, GELU, OPTIONS, THREADS
from tensorcts.reference import dtypes

UNARY = ("swish", "sigmoid", "log_sigmoid", "softplus", "mish", "softsign", "tanhshrink",
         "leaky_relu", "elu", "celu", "selu", "relu6", "hardtanh", "hardsigmoid", "hardswish",
         "threshold", "hardshrink", "softshrink")  # fmt: skip
PAIRED = ("glu", "reglu", "geglu", "swiglu", "bias_relu", "bias_gelu", "bias_gelu_tanh",
          "bias_silu", "bias_tanh", "prelu")  # fmt: skip

_CODE = r"""
#define EACH \
  long long step = (long long)gridDim.x * blockDim.x; \
  long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; \
  for (; i < count; i += step)

// p and q are the attributes, in the order of the op's signature
#define UNARY(name, expression) \
  extern "C" __global__ void name(const Storage *in, Storage *out, long long count, double p_, \
                                  double q_) { \
    Real p = (Real)p_, q = (Real)q_; \
    EACH { \
      Real x = load(in[i]); \
      out[i] = store(expression); \
    } \
  }

// y repeats: each of its period elements serves inner elements of x in a row
#define PAIRED(name, expression) \
  extern "C" __global__ void name(const Storage *in, const Storage *other, Storage *out, \
                                  long long count, long long period, long long inner) { \
    EACH { \
      Real x = load(in[i]), y = load(other[i / inner % period]); \
      out[i] = store(expression); \
    } \
  }

#define SELU_ALPHA ((Real)1.67326324235437728482)
#define SELU_SCALE ((Real)1.05070098735548049342)
#define SQRT_2_OVER_PI ((Real)0.79788456080286535588)
#define OFF_AT_MINUS_INFINITY(x, expression) ((x) == -infinity() ? (Real)0 : (expression))

__device__ Real rectified(Real x) { return x <= 0 ? (Real)0 : x; }
__device__ Real sigmoid_of(Real x) { return 1 / (1 + exp(-x)); }
__device__ Real log_one_plus_exp(Real x) { return (x > 0 ? x : (Real)0) + log1p(exp(-fabs(x))); }
__device__ Real swish_of(Real x, Real beta) {
  return OFF_AT_MINUS_INFINITY(x, x / (1 + exp(-(beta * x))));
}
// ½(1 + tanh z) is 1/(1 + e^-2z), which does not cancel
__device__ Real gelu_tanh_of(Real x) {
  Real inner = SQRT_2_OVER_PI * (x + (Real)0.044715 * (x * x * x));
  return OFF_AT_MINUS_INFINITY(x, x / (1 + exp(-2 * inner)));
}

UNARY(swish, swish_of(x, p))
UNARY(sigmoid, sigmoid_of(x))
UNARY(log_sigmoid, -log_one_plus_exp(-x))
UNARY(softplus, p * x > q ? x : log_one_plus_exp(p * x) / p)
UNARY(mish, OFF_AT_MINUS_INFINITY(x, x * tanh(log_one_plus_exp(x))))
UNARY(softsign, isinf(x) ? copysign((Real)1, x) : x / (1 + fabs(x)))
UNARY(tanhshrink, x - tanh(x))
UNARY(leaky_relu, x > 0 ? x : p * x)
UNARY(elu, x > 0 ? x : p * expm1(x))
UNARY(celu, x > 0 ? x : p * expm1(x / p))
UNARY(selu, SELU_SCALE * (x > 0 ? x : SELU_ALPHA * expm1(x)))
UNARY(relu6, x <= 0 ? (Real)0 : x >= 6 ? (Real)6 : x)
UNARY(hardtanh, x <= p ? p : x >= q ? q : x)
UNARY(hardsigmoid, x <= -3 ? (Real)0 : x >= 3 ? (Real)1 : (x + 3) / 6)
UNARY(hardswish, x <= -3 ? (Real)0 : x >= 3 ? x : x * ((x + 3) / 6))
UNARY(threshold, x <= p ? q : x)
UNARY(hardshrink, x >= -p && x <= p ? (Real)0 : x)
UNARY(softshrink, x >= -p && x <= p ? (Real)0 : x > p ? x - p : x < -p ? x + p : x)

PAIRED(glu, x * sigmoid_of(y))
PAIRED(reglu, x * rectified(y))
PAIRED(geglu, x * gelu_of(y))
PAIRED(swiglu, x * swish_of(y, 1))
PAIRED(bias_relu, rectified(x + y))
PAIRED(bias_gelu, gelu_of(x + y))
PAIRED(bias_gelu_tanh, gelu_tanh_of(x + y))
PAIRED(bias_silu, swish_of(x + y, 1))
PAIRED(bias_tanh, tanh(x + y))
PAIRED(prelu, x > 0 ? x : y * x)
"""


def source(dtype: str) -> str:
    """The CUDA C++ of all kernels for a floating dtype."""
    return FORMATS[dtype] + GELU + _CODE


@cache
def _module(dtype: str) -> Any:
    return cupy.RawModule(code=source(dtype), options=OPTIONS)


def _launch(name: str, x: Any, *arguments: Any) -> None:
    if x.size:
        kernel = _module(dtypes.name_of(x.dtype)).get_function(name)
        kernel((min(-(-x.size // THREADS), 65535),), (THREADS,), (x, *arguments))


def _packed(x: Any) -> Any:
    return cupy.ascontiguousarray(x).reshape(x.shape)


def unary(name: str, x: Any, p: float = 0.0, q: float = 0.0) -> Any:
    """The kernel ``name`` of every element, with up to two attributes."""
    x = _packed(x)
    result = cupy.empty(x.shape, x.dtype)
    _launch(name, x, result, np.int64(x.size), np.float64(p), np.float64(q))
    return result


def paired(name: str, x: Any, y: Any, inner: int = 1) -> Any:
    """The kernel ``name`` of x and y, each element of which serves ``inner`` of x in a row."""
    x, y = _packed(x), _packed(y)
    if x.dtype != y.dtype:
        raise TypeError(f"{name}: the arrays are {x.dtype} and {y.dtype}, not of one dtype")
    result = cupy.empty(x.shape, x.dtype)
    _launch(name, x, y, result, *map(np.int64, (x.size, y.size, inner)))
    return result
