"""Normalizations: one kernel each, a work-group a row."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, normal_axis, permuted
from tensorcts.backends.opencl.checks import has_shape, one_dtype
from tensorcts.backends.opencl.runtime import Runtime


def along(op: str, runtime: Runtime, x: DeviceArray, *, axis: int) -> DeviceArray:
    """softmax, softmin and log_softmax: the axis is made the last one, and put back by a view."""
    place = normal_axis(axis, x.ndim)
    order = [a for a in range(x.ndim) if a != place] + [place]
    last = runtime.contiguous(permuted(x, order))
    result = runtime.empty(last.shape, x.dtype)
    length = x.shape[place]
    rows = x.size // length if length else 0
    arguments = last, result, np.int64(last.offset), np.int64(length)
    runtime.launch(("normalizations", x.dtype, f"op_{op}"), rows, *arguments)
    return permuted(result, [order.index(a) for a in range(x.ndim)])


def layer_norm(
    runtime: Runtime, x: DeviceArray, weight: DeviceArray, bias: DeviceArray, *, eps: float
) -> DeviceArray:
    """The deviations are taken from the mean first."""
    return _normalize("layer_norm", runtime, x, {"weight": weight, "bias": bias}, eps)


def rms_norm(runtime: Runtime, x: DeviceArray, weight: DeviceArray, *, eps: float) -> DeviceArray:
    """Without a mean and without a bias."""
    return _normalize("rms_norm", runtime, x, {"weight": weight}, eps)


def _normalize(
    op: str, runtime: Runtime, x: DeviceArray, parameters: dict[str, DeviceArray], eps: float
) -> DeviceArray:
    one_dtype(x=x, **parameters)
    if x.ndim == 0 or x.shape[-1] == 0:
        raise ValueError(f"x of shape {x.shape} needs a last axis that is not empty")
    if not eps >= 0:
        raise ValueError(f"eps must be ≥ 0, not {eps}")
    for name, parameter in parameters.items():
        has_shape(name, parameter, x.shape[-1:])
    packed = runtime.contiguous(x)
    vectors = [runtime.contiguous(p) for p in parameters.values()]
    result = runtime.empty(x.shape, x.dtype)
    numbers = packed.offset, x.shape[-1], *(v.offset for v in vectors)
    scalar = np.float64(eps) if x.dtype == "float64" else np.float32(eps)
    arguments = packed, *vectors, result, *map(np.int64, numbers), scalar
    runtime.launch(("normalizations", x.dtype, f"op_{op}"), prod(x.shape[:-1]), *arguments)
    return result


OPS: dict[str, Callable[..., Any]] = {
    "softmax": partial(along, "softmax"),
    "softmin": partial(along, "softmin"),
    "log_softmax": partial(along, "log_softmax"),
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
}
