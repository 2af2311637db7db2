"""Norms, and reductions that pass over NaN: a work-group a row, as in the other reductions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf, isinf
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray
from tensorcts.backends.opencl.elementwise import unary
from tensorcts.backends.opencl.reductions import Axis, axes_of, demand_some, or_neutral
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.reference import dtypes


def of_some(
    op: str, neutral: float, runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool
) -> DeviceArray:
    """A reduction that has a value over nothing."""
    return or_neutral(op, runtime, x, axis, keepdims, neutral, family="norms")


def extremum(
    op: str, runtime: Runtime, x: DeviceArray, *, axis: Axis, keepdims: bool
) -> DeviceArray:
    """nanmax and nanmin; ValueError over nothing."""
    demand_some(op, x, axes_of(axis, x.ndim))
    return or_neutral(op, runtime, x, axis, keepdims, np.nan, family="norms")


def vector_norm(
    runtime: Runtime, x: DeviceArray, *, axis: Axis, ord: float, keepdims: bool
) -> DeviceArray:
    """Of a complex array the norm of its absolute values."""
    sizes = unary("abs", runtime, x) if x.dtype in dtypes.COMPLEX else x
    kinds = {0: 0, 1: 1, 2: 2, inf: 4, -inf: 5}
    kind, order = np.int32(kinds.get(ord, 3)), (1 if ord > 0 else -1) if isinf(ord) else ord
    real = np.float64(order) if sizes.dtype == "float64" else np.float32(order)
    neutral = 0.0 if ord >= 0 else inf
    extra = kind, real
    return or_neutral(
        "vector_norm", runtime, sizes, axis, keepdims, neutral, *extra, family="norms"
    )


OPS: dict[str, Callable[..., Any]] = {
    "logsumexp": partial(of_some, "logsumexp", -inf),
    "nansum": partial(of_some, "nansum", 0.0),
    "nanmean": partial(of_some, "nanmean", np.nan),
    "nanmax": partial(extremum, "nanmax"),
    "nanmin": partial(extremum, "nanmin"),
    "vector_norm": vector_norm,
}
