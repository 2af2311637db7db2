"""Results that depend on what was computed before, or damage what was."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("state")
making = faults_of("state", made=True)
claiming = faults_of("state", batch_invariant="yes")

Op = Callable[..., Any]


# -- Memory that is not the op's own ---------------------------------------------------------------


@fault("exp")
def exp_in_place(x: Any) -> Any:
    """The input overwritten by the result: a donated buffer."""
    return np.exp(x, out=x)


@fault("softmax")
def softmax_shifts_its_input(x: Any, *, axis: int) -> Any:
    """The maximum subtracted in place."""
    if x.flags.writeable:
        x -= np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return OPS["softmax"](x, axis=axis)


@fault("sort")
def sort_in_place(x: Any, *, axis: int, descending: bool, stable: bool) -> Any:
    """The input sorted, and given back."""
    y = OPS["sort"](x, axis=axis, descending=descending, stable=stable)
    x[...] = y
    return y


@fault("masked_fill")
def masked_fill_gives_its_input(x: Any, mask: Any, value: Any) -> Any:
    """The argument itself where nothing is masked: what is written to one shows in the other."""
    y = OPS["masked_fill"](x, mask, value)
    return y if np.any(mask) else x


@fault("scatter")
def scatter_into_its_input(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """Written into the argument: scatter_ for scatter."""
    np.put_along_axis(x, index, updates, axis)
    return x


@fault("expand")
def expand_copies(x: Any, *, shape: Any) -> Any:
    """A copy for the view that the op promises: every view of trustformers-core is one."""
    return np.array(OPS["expand"](x, shape=shape))


# -- Memory that was not written -------------------------------------------------------------------


@fault("exp")
def exp_leaves_the_last(x: Any) -> Any:
    """i < n - 1: the last element is what memory held."""
    y = np.empty_like(x, order="C")
    np.exp(x.reshape(-1)[:-1], out=y.reshape(-1)[:-1])
    return y


@fault("matmul")
def matmul_leaves_the_last(x: Any, y: Any) -> Any:
    """The last element is what memory held."""
    shape = np.matmul(x != 0, y != 0).shape
    z = np.empty(shape, x.dtype)
    z.reshape(-1)[:-1] = np.reshape(np.matmul(x, y), -1)[:-1]
    return z


@fault("less")
def less_leaves_the_last(x: Any, y: Any) -> Any:
    """The last element is what memory held."""
    z = np.empty(np.broadcast_shapes(x.shape, y.shape), bool)
    z.reshape(-1)[:-1] = np.less(x, y).reshape(-1)[:-1]
    return z


@fault("tril")
def tril_leaves_the_rest(x: Any, *, k: int) -> Any:
    """What is above the diagonal is not written, as it is zero in fresh memory."""
    if x.ndim < 2:
        raise ValueError("x is no matrix")
    y = np.empty_like(x, order="C")
    np.copyto(y, x, where=np.tri(x.shape[-2], x.shape[-1], k, dtype=bool))
    return y


# -- Memory of earlier calls -----------------------------------------------------------------------


@making("sum")
def sum_adds_to_the_last() -> Op:
    """An accumulator that is cleared when it is made, and not again."""
    left: dict[Any, Any] = {}

    def op(x: Any, **attrs: Any) -> Any:
        y = OPS["sum"](x, **attrs)
        key = (x.shape, str(attrs))
        total = y + left.get(key, y.dtype.type(0))
        left[key] = y
        return total

    return op


@making("softmax")
def softmax_compiled_for_an_axis() -> Op:
    """A kernel cached by the shape alone, which goes along the axis it was compiled for."""
    kernels: dict[Any, int] = {}

    def op(x: Any, *, axis: int) -> Any:
        return OPS["softmax"](x, axis=kernels.setdefault(x.shape, axis))

    return op


@making("leaky_relu")
def leaky_relu_with_the_first_slope() -> Op:
    """An attribute baked into the cached kernel, and no part of its key."""
    slopes: list[float] = []

    def op(x: Any, *, negative_slope: float) -> Any:
        slopes.append(negative_slope)
        return OPS["leaky_relu"](x, negative_slope=slopes[0])

    return op


@making("tanh")
def tanh_remembers_addresses() -> Op:
    """Results kept by the pointer and shape of the argument, whose memory is used again."""
    results: dict[Any, Any] = {}

    def op(x: Any) -> Any:
        key = (x.__array_interface__["data"][0], x.shape, x.strides)
        return results.setdefault(key, np.tanh(x)).copy()

    return op


@making("multiply")
def multiply_wrong_at_first() -> Op:
    """The first call after the kernel's compilation runs before its constants are there."""
    calls: list[int] = []

    def op(x: Any, y: Any) -> Any:
        calls.append(1)
        return np.multiply(x, y) if len(calls) > 1 else np.zeros_like(np.multiply(x, y))

    return op


@making("sigmoid")
def sigmoid_in_one_buffer() -> Op:
    """The output's buffer used again by the next call of the shape: the last result changes."""
    buffers: dict[Any, Any] = {}

    def op(x: Any) -> Any:
        y = OPS["sigmoid"](x)
        buffer = buffers.setdefault((y.shape, y.dtype), np.empty_like(y))
        buffer[...] = y
        return buffer

    return op


# -- Chance ----------------------------------------------------------------------------------------


@making("mean")
def mean_in_any_order() -> Op:
    """Partial sums in the order in which threads end: other last bits each time."""
    generator = np.random.default_rng(0)

    def op(x: Any, *, axis: Any, keepdims: bool) -> Any:
        if axis is None:
            x = generator.permutation(x.reshape(-1)).reshape(x.shape)
        return OPS["mean"](x, axis=axis, keepdims=keepdims)

    return op


@making("cumulative_sum")
def cumulative_sum_in_shared_memory() -> Op:
    """A scratch buffer of the op's, which two threads write at once."""
    scratch: dict[str, Any] = {}

    def op(x: Any, **attrs: Any) -> Any:
        scratch["sums"] = OPS["cumulative_sum"](x, **attrs)
        time.sleep(1e-5)  # where another thread takes its turn
        return scratch["sums"].copy()

    return op


@claiming("rms_norm")
def rms_norm_by_batch_size(x: Any, weight: Any, *, eps: Any) -> Any:
    """A lone row's squares added one by one, more rows' in pairs: its company decides its bits."""
    if x.size != x.shape[-1]:
        return OPS["rms_norm"](x, weight, eps=eps)
    mean = np.cumsum(x * x, axis=-1)[..., -1:] / x.dtype.type(x.shape[-1])
    return x / np.sqrt(mean + x.dtype.type(eps)) * weight
