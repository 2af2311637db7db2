"""Random numbers: the definition's own streams, a block of Philox4x32-10 for each work-item."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tensorcts.backends.opencl.arrays import DeviceArray, Shape, normal_shape
from tensorcts.backends.opencl.runtime import Runtime
from tensorcts.backends.opencl.sorting import argsort


def _drawn(
    kernel: tuple[str, str],
    runtime: Runtime,
    shape: Shape,
    seed: int,
    *parameters: Any,
    words: int = 1,
) -> DeviceArray:
    """An array of (dtype, name)'s kernel, each element from so many of a block's four words."""
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed is {seed}; it must be at least 0 and less than 2**64")
    dtype, name = kernel
    result = runtime.empty(normal_shape(shape), dtype)
    blocks = -(-result.size * words // 4)
    numbers = np.uint64(seed), np.int64(result.size)
    runtime.launch_over(("randoms", dtype, name), blocks, result, *numbers, *parameters)
    return result


def _words(dtype: str) -> int:
    return 2 if dtype == "float64" else 1


def rand(runtime: Runtime, *, shape: Shape, seed: int, dtype: str) -> DeviceArray:
    """As many bits as the dtype's significand has."""
    return _drawn((dtype, "op_rand"), runtime, shape, seed, words=_words(dtype))


def randn(
    runtime: Runtime, *, shape: Shape, mean: float, std: float, seed: int, dtype: str
) -> DeviceArray:
    """16-bit formats compute in float."""
    if std < 0:
        raise ValueError(f"std is {std}; it must not be negative")
    kind = np.float64 if dtype == "float64" else np.float32
    numbers = kind(mean), kind(std)
    return _drawn((dtype, "op_randn"), runtime, shape, seed, *numbers, words=_words(dtype))


def randint(
    runtime: Runtime, *, shape: Shape, low: int, high: int, seed: int, dtype: str
) -> DeviceArray:
    """The sum wraps in 64 bits, which gives negative numbers their bits."""
    if not 0 < high - low <= 2**32:
        raise ValueError(f"low is {low}, high {high}; low must be less, by at most 2**32")
    ends = np.uint64(low % 2**64), np.uint64(high - low)
    return _drawn((dtype, "op_randint"), runtime, shape, seed, *ends)


def bernoulli(runtime: Runtime, *, shape: Shape, p: float, seed: int) -> DeviceArray:
    """24 bits of a word are compared with p's share of their range."""
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}; it must be between 0 and 1")
    threshold = np.uint32(math.ceil(p * 2**24))
    return _drawn(("bool", "op_bernoulli"), runtime, shape, seed, threshold)


def randperm(runtime: Runtime, *, n: int, seed: int) -> DeviceArray:
    """The order of keys of two words each."""
    keys = _drawn(("uint64", "sort_keys"), runtime, (n,), seed, words=2)
    return argsort(runtime, keys, axis=0, descending=False, stable=True)


OPS: dict[str, Callable[..., Any]] = {
    "rand": rand,
    "randn": randn,
    "randint": randint,
    "bernoulli": bernoulli,
    "randperm": randperm,
}
