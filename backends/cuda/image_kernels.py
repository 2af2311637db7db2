"""CUDA kernels of convolutions and poolings, which CuPy lacks.

One module a dtype, compiled by NVRTC on first use. A convolution is a product of tiles: of the
kernels, with a row for each output channel, and of what they see, gathered from x and never stored.
16-bit floats accumulate in float32 and are rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import cupy
import numpy as np

from tensorcts.backends.cuda.kernels import FORMATS, OPTIONS, THREADS
from tensorcts.reference import dtypes

NAMES = ("convolution", "max_pool2d", "avg_pool2d")
TILE = 16

_CODE = (
    f"#define TILE {TILE}\n"
    + r"""
struct Convolution {  // channels are those of one group
  long long batch, groups, inputs, outputs, x_size[2], z_size[2], kernel[2], stride[2],
      padding[2], dilation[2], transposed;
};

// The place in x that element k of the kernel sees from place i of the result, -1 outside of x
__device__ long long seen(const Convolution &v, int axis, long long i, long long k) {
  long long shift = k * v.dilation[axis] - v.padding[axis];
  long long place = i * v.stride[axis] + shift;
  if (v.transposed) {
    if ((i - shift) % v.stride[axis] != 0) return -1;
    place = (i - shift) / v.stride[axis];
  }
  return place >= 0 && place < v.x_size[axis] ? place : -1;
}

__device__ Real pixel(const Storage *x, const Convolution &v, long long group, long long column,
                      long long inner) {
  long long l = inner % v.kernel[1], k = inner / v.kernel[1] % v.kernel[0];
  long long channel = group * v.inputs + inner / (v.kernel[1] * v.kernel[0]);
  long long row = seen(v, 0, column / v.z_size[1] % v.z_size[0], k);
  long long place = seen(v, 1, column % v.z_size[1], l);
  if (row < 0 || place < 0) return 0;
  long long image = column / (v.z_size[1] * v.z_size[0]) * v.groups * v.inputs + channel;
  return load(x[(image * v.x_size[0] + row) * v.x_size[1] + place]);
}

__device__ Real weight(const Storage *w, const Convolution &v, long long group, long long output,
                       long long inner) {
  long long area = v.kernel[0] * v.kernel[1], input = inner / area;
  long long filter = v.transposed ? (group * v.inputs + input) * v.outputs + output
                                  : (group * v.outputs + output) * v.inputs + input;
  return load(w[filter * area + inner % area]);
}

// bias is null where there is none
extern "C" __global__ void convolution(const Storage *x, const Storage *w, const Storage *bias,
                                       Storage *z, const Convolution *settings) {
  __shared__ Real tile_w[TILE][TILE + 1], tile_x[TILE][TILE + 1];
  const Convolution v = *settings;
  long long r = threadIdx.x / TILE, c = threadIdx.x % TILE;
  long long area = v.z_size[0] * v.z_size[1], columns = v.batch * area;
  long long length = v.inputs * v.kernel[0] * v.kernel[1];
  long long down = (v.outputs + TILE - 1) / TILE, across = (columns + TILE - 1) / TILE;
  long long group = blockIdx.x / (down * across);
  long long output = blockIdx.x / across % down * TILE + r;
  long long column = blockIdx.x % across * TILE + c;
  Real sum = 0;
  for (long long start = 0; start < length; start += TILE) {
    bool has_w = output < v.outputs && start + c < length;
    bool has_x = column < columns && start + r < length;
    tile_w[r][c] = has_w ? weight(w, v, group, output, start + c) : (Real)0;
    tile_x[r][c] = has_x ? pixel(x, v, group, column, start + r) : (Real)0;
    __syncthreads();
    for (int j = 0; j < TILE; ++j) sum += tile_w[r][j] * tile_x[j][c];
    __syncthreads();
  }
  if (output >= v.outputs || column >= columns) return;
  long long channel = group * v.outputs + output;
  if (bias) sum += load(bias[channel]);
  long long image = column / area * v.groups * v.outputs + channel;
  z[image * area + column % area] = store(sum);
}

struct Pooling {
  long long size, x_size[2], z_size[2], kernel[2], stride[2], padding[2], dilation[2],
      counts_padding;
};

#define WINDOW \
  const Pooling v = *settings; \
  long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; \
  if (i >= v.size) return; \
  long long top = i / v.z_size[1] % v.z_size[0] * v.stride[0] - v.padding[0]; \
  long long left = i % v.z_size[1] * v.stride[1] - v.padding[1]; \
  const Storage *image = x + i / (v.z_size[0] * v.z_size[1]) * v.x_size[0] * v.x_size[1];

// Each element of the window that is one of x, at row and column
#define EACH \
  for (long long k = 0, row = top; k < v.kernel[0]; ++k, row += v.dilation[0]) \
    for (long long l = 0, column = left; l < v.kernel[1]; ++l, column += v.dilation[1]) \
      if (row >= 0 && row < v.x_size[0] && column >= 0 && column < v.x_size[1])

extern "C" __global__ void max_pool2d(const Storage *x, Storage *z, const Pooling *settings) {
  WINDOW
  Real highest = -infinity();
  EACH {
    Real next = load(image[row * v.x_size[1] + column]);
    if (!isnan(highest) && !(next <= highest)) highest = next;
  }
  z[i] = store(highest);
}

// How many elements of a window from start on are in x, or in x and its padding
__device__ long long counted(const Pooling &v, int axis, long long start) {
  long long margin = v.counts_padding ? v.padding[axis] : 0;
  long long end = start + v.kernel[axis], last = v.x_size[axis] + margin;
  return (end < last ? end : last) - (start > -margin ? start : -margin);
}

extern "C" __global__ void avg_pool2d(const Storage *x, Storage *z, const Pooling *settings) {
  WINDOW
  Real sum = 0;
  EACH sum += load(image[row * v.x_size[1] + column]);
  z[i] = store(sum / (Real)(counted(v, 0, top) * counted(v, 1, left)));
}
"""
)


def source(dtype: str) -> str:
    """The CUDA C++ of all kernels for a floating dtype."""
    return FORMATS[dtype] + _CODE


@cache
def _module(dtype: str) -> Any:
    return cupy.RawModule(code=source(dtype), options=OPTIONS)


def _kernel(name: str, x: Any) -> Any:
    return _module(dtypes.name_of(x.dtype)).get_function(name)


def convolve(x: Any, weight: Any, bias: Any, z: Any, tiles: int, settings: Iterable[int]) -> Any:
    """``z``, filled by the kernel in that many tiles; settings are the struct's numbers."""
    arrays = [None if a is None else cupy.ascontiguousarray(a) for a in (x, weight, bias)]
    if tiles:
        numbers = cupy.array([*settings], np.int64)
        _kernel("convolution", z)((tiles,), (TILE * TILE,), (*arrays, z, numbers))
    return z


def pool(name: str, x: Any, z: Any, settings: Iterable[int]) -> Any:
    """``z``, filled by the kernel ``name``; settings are the struct's numbers after the size."""
    x = cupy.ascontiguousarray(x)
    if z.size:
        numbers = cupy.array([z.size, *settings], np.int64)
        _kernel(name, z)((-(-z.size // THREADS),), (THREADS,), (x, z, numbers))
    return z
