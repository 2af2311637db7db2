"""CUDA kernels of the scans that CuPy lacks: cummax, cummin, logcumsumexp.

One module a dtype, compiled by NVRTC on first use. A block takes a row, THREADS elements at a time:
each thread joins what stands 1, 2, 4, … places before it (Hillis and Steele 1986), then what was
carried over. 16-bit floats are computed in float32 and rounded once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.kernels import FORMATS, OPTIONS, THREADS
from tensorcts.reference import dtypes

RUNNING = ("cummax", "cummin")
"""Of every real dtype; logcumsumexp is of floating ones."""

_INTEGERS = {"int8": "signed char", "int16": "short", "int32": "int", "int64": "long long"}
_TYPES = _INTEGERS | {f"u{name}": f"unsigned {text}" for name, text in _INTEGERS.items()}
_TYPES["uint8"] = "unsigned char"

_INTEGER = r"""
typedef {type} Storage;
typedef {type} Real;
__device__ Real load(Storage s) {{ return s; }}
__device__ Storage store(Real r) {{ return r; }}
"""

_RUNNING = (
    f"#define THREADS {THREADS}\n"
    + r"""
// The later element b takes the place of a: an equal one does, NaN always, none after NaN
#define TAKES_OVER(b, a, order) ((b) != (b) || (b) order (a))

#define RUNNING(name, order) \
  extern "C" __global__ void name(const Storage *in, Storage *out, long long *index, \
                                  long long size) { \
    __shared__ Real values[THREADS]; \
    __shared__ long long places[THREADS]; \
    long long first = (long long)blockIdx.x * size, place = 0; \
    int me = threadIdx.x; \
    Real best = 0; \
    for (long long start = 0; start < size; start += THREADS) { \
      long long i = start + me; \
      __syncthreads(); \
      values[me] = load(in[first + (i < size ? i : start)]); \
      places[me] = i; \
      for (int reach = 1; reach < THREADS; reach *= 2) { \
        __syncthreads(); \
        int other = me >= reach ? me - reach : me; \
        Real before = values[other], own = values[me]; \
        long long there = places[other], here = places[me]; \
        __syncthreads(); \
        bool stays = TAKES_OVER(own, before, order); \
        values[me] = stays ? own : before; \
        places[me] = stays ? here : there; \
      } \
      __syncthreads(); \
      bool wins = start == 0 || TAKES_OVER(values[me], best, order); \
      if (i < size) { \
        out[first + i] = store(wins ? values[me] : best); \
        index[first + i] = wins ? places[me] : place; \
      } \
      if (start == 0 || TAKES_OVER(values[THREADS - 1], best, order)) { \
        best = values[THREADS - 1]; \
        place = places[THREADS - 1]; \
      } \
    } \
  }
RUNNING(cummax, >=)
RUNNING(cummin, <=)
"""
)

_LOGCUMSUMEXP = r"""
__device__ Real log_of_sum(Real a, Real b) {
  if (a != a || b != b) return a + b;
  return fmax(a, b) + log1p(exp(-fabs(a == b ? (Real)0 : a - b)));
}

extern "C" __global__ void logcumsumexp(const Storage *in, Storage *out, long long size) {
  __shared__ Real part[THREADS];
  long long first = (long long)blockIdx.x * size;
  int me = threadIdx.x;
  Real carry = 0;
  for (long long start = 0; start < size; start += THREADS) {
    long long i = start + me;
    __syncthreads();
    part[me] = load(in[first + (i < size ? i : start)]);
    for (int reach = 1; reach < THREADS; reach *= 2) {
      __syncthreads();
      Real before = part[me >= reach ? me - reach : me], own = part[me];
      __syncthreads();
      part[me] = me >= reach ? log_of_sum(before, own) : own;
    }
    __syncthreads();
    if (i < size) out[first + i] = store(start ? log_of_sum(carry, part[me]) : part[me]);
    carry = start ? log_of_sum(carry, part[THREADS - 1]) : part[THREADS - 1];
  }
}
"""


def source(dtype: str) -> str:
    """The CUDA C++ of all kernels for a real dtype."""
    if dtype in FORMATS:
        return FORMATS[dtype] + _RUNNING + _LOGCUMSUMEXP
    return _INTEGER.format(type=_TYPES[dtype]) + _RUNNING


@cache
def _module(dtype: str) -> Any:
    return cupy.RawModule(code=source(dtype), options=OPTIONS)


def scan(name: str, x: Any, axis: int, *, indexed: bool) -> tuple[Any, ...]:
    """The kernel ``name`` along an axis: its results, with the indices where it gives any."""
    rows = cupy.ascontiguousarray(cupy.moveaxis(x, axis, -1))
    results = [cupy.empty(rows.shape, x.dtype)]
    results += [cupy.empty(rows.shape, np.int64)] if indexed else []
    if x.size:
        kernel, size = _module(dtypes.name_of(x.dtype)).get_function(name), rows.shape[-1]
        kernel((rows.size // size,), (THREADS,), (rows, *results, np.int64(size)))
    return tuple(cupy.moveaxis(result, -1, axis) for result in results)
