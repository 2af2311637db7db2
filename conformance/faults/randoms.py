"""Numbers that are not as random as they look."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.backends.numpy_native.table import OPS
from tensorcts.conformance.faults.registry import faults_of

fault = faults_of("random")

Shape = tuple[int, ...]


def _generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@fault("rand")
def rand_ignores_its_seed(*, seed: int, **attrs: Any) -> Any:
    """The generator of the process, whatever the seed."""
    return OPS["rand"](seed=int(np.random.default_rng().integers(2**62)), **attrs)


@fault("rand")
def rand_takes_half_of_its_seed(*, seed: int, **attrs: Any) -> Any:
    """Seeds that differ in their lowest bit give the same numbers: seed >> 1, lest it be odd."""
    return OPS["rand"](seed=seed >> 1, **attrs)


@fault("rand")
def rand_seeds_are_places(*, shape: Shape, seed: int, dtype: str) -> Any:
    """The seed is where in one stream to start, so that the next seed's numbers are these."""
    count = int(np.prod(shape))
    offset = seed % 64
    return _generator(1).random(count + offset, np.dtype(dtype))[offset:].reshape(shape)


@fault("rand")
def rand_may_give_one(*, shape: Shape, seed: int, dtype: str) -> Any:
    """A 32-bit word divided by 2³² in float32, which rounds the last 128 up to 1."""
    words = _generator(seed).integers(2**32 - 2**14, 2**32, shape).astype(np.float32)
    mixed = _generator(seed + 1).random(shape, np.float32)
    rare = _generator(seed + 2).random(shape) < 1e-3
    return np.where(rare, words / np.float32(2**32), mixed).astype(dtype)


@fault("rand")
def rand_repeats_a_block(*, shape: Shape, seed: int, dtype: str) -> Any:
    """Each block of 1,024 threads draws the same numbers: the block's number is not in the key."""
    count = int(np.prod(shape))
    return np.resize(_generator(seed).random(1024, np.dtype(dtype)), count).reshape(shape)


@fault("rand")
def rand_with_a_weak_low_order(*, shape: Shape, seed: int, dtype: str) -> Any:
    """A linear congruence modulo 2¹⁶, whose numbers come round again after 65,536."""
    count = int(np.prod(shape))
    state, states = seed % 2**16, np.empty(min(count, 2**16), np.uint32)
    for i in range(states.size):
        state = (25173 * state + 13849) % 2**16
        states[i] = state
    return (np.resize(states, count) / 2**16).astype(dtype).reshape(shape)


@fault("randn")
def randn_with_cut_tails(*, shape: Shape, mean: Any, std: Any, seed: int, dtype: str) -> Any:
    """Box and Muller's of 8 bits: nothing lies beyond 3.4 deviations."""
    u, v = _generator(seed).integers(0, 2**8, (2, *shape)) / 2**8
    normal = np.sqrt(-2 * np.log(u + 2.0**-9)) * np.cos(2 * np.pi * v)
    return (mean + _checked(std) * normal).astype(dtype)


@fault("randn")
def randn_of_twelve(*, shape: Shape, mean: Any, std: Any, seed: int, dtype: str) -> Any:
    """The sum of twelve uniform numbers less 6, whose kurtosis is 2.9 instead of 3."""
    normal = np.sum(_generator(seed).random((12, *shape)), axis=0) - 6
    return (mean + _checked(std) * normal).astype(dtype)


@fault("randn")
def randn_in_equal_pairs(*, shape: Shape, mean: Any, std: Any, seed: int, dtype: str) -> Any:
    """Both numbers of a pair from the cosine: each stands there twice."""
    count = int(np.prod(shape))
    half = _generator(seed).standard_normal(count - count // 2)
    return (mean + _checked(std) * np.repeat(half, 2)[:count].reshape(shape)).astype(dtype)


@fault("randn")
def randn_takes_the_variance(*, std: Any, **attrs: Any) -> Any:
    """std taken for the variance."""
    return OPS["randn"](std=_checked(std) ** 0.5, **attrs)


def _checked(std: Any) -> Any:
    if std < 0:
        raise ValueError("std is negative")
    return std


@fault("randint", "int32")
def randint_includes_its_end(*, low: int, high: int, **attrs: Any) -> Any:
    """Both ends included, as Python's random.randint has it."""
    return OPS["randint"](low=low, high=high + (low < high < 2**31 - 1), **attrs)


@fault("randint", "int32")
def randint_by_a_remainder(*, shape: Shape, low: int, high: int, seed: int, dtype: str) -> Any:
    """A 16-bit word modulo the range: the first numbers come more often."""
    if high <= low:
        raise ValueError("the range is empty")
    bits = 10 if high - low < 2**10 else 32
    words = _generator(seed).integers(0, 2**bits, shape)
    return (low + words % (high - low)).astype(dtype)


@fault("bernoulli")
def bernoulli_of_eight_bits(*, shape: Shape, p: float, seed: int) -> Any:
    """A byte compared with ⌊256·p⌋: 0.1 becomes 0.0977."""
    if not 0 <= p <= 1:
        raise ValueError("p is no probability")
    return _generator(seed).integers(0, 256, shape) < int(256 * p)


@fault("randperm")
def randperm_of_neighbours(*, n: int, seed: int) -> Any:
    """Each number swapped with one near it: a shuffle by buffers of 64, a data loader's."""
    keys = np.arange(n) + 64 * _generator(seed).random(n)
    return np.argsort(keys)
