"""CUDA kernels for what CuPy lacks: activations and normalizations, compiled by NVRTC on first use.

One module a dtype. 16-bit floats are computed in float32 and rounded once. Sums run over a row by
a block of threads: each adds up its share, then a tree in shared memory. No fast-math options;
products and sums may be contracted to fma, as the compiler's default has it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import cupy
import numpy as np

from tensorcts.reference import dtypes

THREADS = 256
OPTIONS = ("-std=c++17",)
ELEMENTWISE = ("gelu", "gelu_tanh", "silu")
ROWWISE = ("softmax", "log_softmax", "layer_norm", "rms_norm")

FORMATS = {
    "float64": """
typedef double Storage;
typedef double Real;
__device__ Real infinity() { return __longlong_as_double(0x7ff0000000000000LL); }
__device__ Real load(Storage s) { return s; }
__device__ Storage store(Real r) { return r; }
""",
    "float32": """
typedef float Storage;
typedef float Real;
__device__ Real infinity() { return __int_as_float(0x7f800000); }
__device__ Real load(Storage s) { return s; }
__device__ Storage store(Real r) { return r; }
""",
    "float16": """
typedef unsigned short Storage;
typedef float Real;
__device__ Real infinity() { return __int_as_float(0x7f800000); }
__device__ Real load(Storage s) {
  Real r;
  asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(s));
  return r;
}
__device__ Storage store(Real r) {
  Storage s;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(s) : "f"(r));
  return s;
}
""",
    "bfloat16": """
typedef unsigned short Storage;
typedef float Real;
__device__ Real infinity() { return __int_as_float(0x7f800000); }
__device__ Real load(Storage s) { return __uint_as_float((unsigned)s << 16); }
__device__ Storage store(Real r) {
  if (isnan(r)) return 0x7fc0;
  unsigned bits = __float_as_uint(r);
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;  // to nearest even
}
""",
}

GELU = r"""
#define SQRT_HALF ((Real)0.70710678118654752440)

// x·Φ(x); Φ(x) is flushed where the product need not be, so below -5 it is
// ½·erfcx(-x/√2)·exp(-x²/2), with x² in two parts
__device__ Real gelu_of(Real x) {
  if (!(-40 < x && x < -5)) return x == -infinity() ? (Real)0 : x * normcdf(x);
  Real square = x * x, rest = fma(x, x, -square);
  return x / 2 * erfcx(-x * SQRT_HALF) * (exp(-square / 2) * (1 - rest / 2));
}
"""

_CODE = (
    f"#define THREADS {THREADS}\n"
    + r"""
#define ELEMENTWISE(name, expression)                                                    \
  extern "C" __global__ void name(const Storage *in, Storage *out, long long count) {    \
    long long step = (long long)gridDim.x * blockDim.x;                                  \
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;                      \
    for (; i < count; i += step) {                                                       \
      Real x = load(in[i]);                                                              \
      out[i] = store(x == -infinity() ? (Real)0 : (expression));                         \
    }                                                                                    \
  }

// √(2/π)
#define SLOPE ((Real)0.79788456080286535588)

ELEMENTWISE(gelu, gelu_of(x))
// ½(1 + tanh z) is 1/(1 + e^-2z), which does not cancel
ELEMENTWISE(gelu_tanh, x / (1 + exp(-2 * SLOPE * (x + (Real)0.044715 * (x * x * x)))))
ELEMENTWISE(silu, x / (1 + exp(-x)))

// A row is a block's; i runs over its elements
#define EACH(i) for (long long i = threadIdx.x; i < size; i += THREADS)
#define ROW(p) (p + (long long)blockIdx.x * size)

__device__ Real block_sum(Real part) {
  __shared__ Real parts[THREADS];
  parts[threadIdx.x] = part;
  __syncthreads();
  for (int half = THREADS / 2; half; half /= 2) {
    if (threadIdx.x < half) parts[threadIdx.x] += parts[threadIdx.x + half];
    __syncthreads();
  }
  Real total = parts[0];
  __syncthreads();
  return total;
}

// NaN is passed over here; the sums that follow meet it
__device__ Real block_max(Real part) {
  __shared__ Real parts[THREADS];
  parts[threadIdx.x] = part;
  __syncthreads();
  for (int half = THREADS / 2; half; half /= 2) {
    if (threadIdx.x < half)
      parts[threadIdx.x] = fmax(parts[threadIdx.x], parts[threadIdx.x + half]);
    __syncthreads();
  }
  Real highest = parts[0];
  __syncthreads();
  return highest;
}

__device__ Real row_max(const Storage *x, long long size) {
  Real part = -infinity();
  EACH(i) part = fmax(part, load(x[i]));
  return block_max(part);
}

__device__ Real row_sum_exp(const Storage *x, Real highest, long long size) {
  Real part = 0;
  EACH(i) part += exp(load(x[i]) - highest);
  return block_sum(part);
}

extern "C" __global__ void softmax(const Storage *in, Storage *out, long long size) {
  const Storage *x = ROW(in);
  Storage *y = ROW(out);
  Real highest = row_max(x, size);
  Real total = row_sum_exp(x, highest, size);
  EACH(i) y[i] = store(exp(load(x[i]) - highest) / total);
}

extern "C" __global__ void log_softmax(const Storage *in, Storage *out, long long size) {
  const Storage *x = ROW(in);
  Storage *y = ROW(out);
  Real highest = row_max(x, size);
  Real logarithm = log(row_sum_exp(x, highest, size));
  EACH(i) y[i] = store((load(x[i]) - highest) - logarithm);
}

extern "C" __global__ void layer_norm(const Storage *in, Storage *out, long long size,
                                      const Storage *weight, const Storage *bias, double eps) {
  const Storage *x = ROW(in);
  Storage *y = ROW(out);
  Real part = 0;
  EACH(i) part += load(x[i]);
  Real mean = block_sum(part) / size;
  part = 0;
  EACH(i) {
    Real centred = load(x[i]) - mean;
    part += centred * centred;
  }
  Real deviation = sqrt(block_sum(part) / size + (Real)eps);
  EACH(i) y[i] = store((load(x[i]) - mean) / deviation * load(weight[i]) + load(bias[i]));
}

extern "C" __global__ void rms_norm(const Storage *in, Storage *out, long long size,
                                    const Storage *weight, double eps) {
  const Storage *x = ROW(in);
  Storage *y = ROW(out);
  Real part = 0;
  EACH(i) part += load(x[i]) * load(x[i]);
  Real root = sqrt(block_sum(part) / size + (Real)eps);
  EACH(i) y[i] = store(load(x[i]) / root * load(weight[i]));
}
"""
)


def source(dtype: str) -> str:
    """The CUDA C++ of all kernels for a floating dtype."""
    return FORMATS[dtype] + GELU + _CODE


@cache
def _module(dtype: str) -> Any:
    return cupy.RawModule(code=source(dtype), options=OPTIONS)


def _kernel(name: str, x: Any) -> Any:
    return _module(dtypes.name_of(x.dtype)).get_function(name)


def elementwise(name: str, x: Any) -> Any:
    """The kernel ``name`` of every element."""
    x = cupy.ascontiguousarray(x).reshape(x.shape)
    y = cupy.empty(x.shape, x.dtype)
    if x.size:
        blocks = min(-(-x.size // THREADS), 65535)
        _kernel(name, x)((blocks,), (THREADS,), (x, y, np.int64(x.size)))
    return y


def rowwise(name: str, x: Any, *more: Any) -> Any:
    """The kernel ``name`` of every row along the last axis; ``more`` are its further arguments.

    Arrays among them go with the columns; ValueError where they are not as long as a row.
    """
    if any(isinstance(m, cupy.ndarray) and m.shape != x.shape[-1:] for m in more):
        raise ValueError(f"{name}: weight and bias must have the shape {x.shape[-1:]}")
    x = cupy.ascontiguousarray(x).reshape(x.shape)
    y = cupy.empty(x.shape, x.dtype)
    if x.size:
        size = x.shape[-1] if x.ndim else 1
        more = tuple(cupy.ascontiguousarray(m) if isinstance(m, cupy.ndarray) else m for m in more)
        _kernel(name, x)((x.size // size,), (THREADS,), (x, y, np.int64(size), *more))
    return y
