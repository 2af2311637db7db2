"""Random numbers: rand, randn, randint, bernoulli, randperm.

The definitions are streams of Philox4x32-10, in row-major order of the elements. A backend that
declares the trait random_generator = philox4x32_10 is held to these very numbers, any other one to
their distribution: the same seed gives the same numbers, another seed others.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tensorcts.reference.arrays.primitives import constant, convert
from tensorcts.reference.constraints import require
from tensorcts.reference.dtypes import BOOL, FLOATING, INTEGER
from tensorcts.reference.philox import below, fractions, uniform
from tensorcts.reference.registry import Real, op

BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}
"""Random bits of a uniform number: as many as the format's significand has."""


@op(dtypes=FLOATING, result="dtype", differentiable=False)
def rand(*, shape: tuple[int, ...], seed: int, dtype: str) -> Any:
    """Numbers distributed evenly over [0, 1).

    Semantics: k·2⁻ᵖ, k the p highest bits of a word of the stream (float64: of two words), p the
    precision of the dtype; 1 never occurs.
    Constraints: (C1) every size in shape is ≥ 0; (C2) 0 ≤ seed < 2⁶⁴.
    Source: Salmon et al. 2011; PyTorch rand.
    """
    return np.reshape(uniform(seed, _count(shape), BITS[dtype]), shape)


@op(dtypes=FLOATING, result="dtype", differentiable=False, also_known_as=("normal",))
def randn(*, shape: tuple[int, ...], mean: Real, std: Real, seed: int, dtype: str) -> Any:
    """Normally distributed numbers of a mean and a standard deviation.

    Semantics: Box and Muller's transform of pairs of uniform numbers u, v of 24 bits (float64: 53):
    √(-2·ln(u + 2⁻ᵖ)) times cos(2π·v), and times sin(2π·v) for the next element. 16-bit formats
    compute in float32.
    Constraints: (C1) every size in shape is ≥ 0; (C2) 0 ≤ seed < 2⁶⁴; (C3) std ≥ 0.
    Special values: std = 0 gives the mean. Never NaN nor infinite while mean and std are ordinary.
    Source: Box & Muller 1958; PyTorch randn.
    """
    require(not np.any(std < 0), f"std is {std}; it must not be negative")
    count, bits = _count(shape), 53 if dtype == "float64" else 24
    pairs = uniform(seed, count + count % 2, bits)
    # A choice between the numbers and std makes them numbers of std's kind, without an error.
    u, v = (np.where(True, x, std) for x in (pairs[0::2] + 2.0**-bits, pairs[1::2]))
    radius, angle = np.sqrt(-2 * np.log(u)), constant(lambda m: 2 * m.pi, like=v) * v
    normal = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return mean + std * np.reshape(np.reshape(normal, (-1,))[:count], shape)


@op(dtypes=INTEGER, result="dtype", differentiable=False)
def randint(*, shape: tuple[int, ...], low: int, high: int, seed: int, dtype: str) -> Any:
    """Integers distributed evenly over [low, high).

    Semantics: low + ⌊w·(high - low)/2³²⌋, w a word of the stream: off from evenness by less than
    (high - low)/2³².
    Constraints: (C1) every size in shape is ≥ 0; (C2) 0 ≤ seed < 2⁶⁴; (C3) low < high, at most 2³²
    apart, both ends in the range of dtype.
    Source: Lemire 2019; PyTorch randint.
    """
    require(low < high, f"low is {low}, high {high}; low must be less")
    return np.reshape(convert(low + below(seed, _count(shape), high - low), dtype=dtype), shape)


@op(dtypes=BOOL, result="bool", differentiable=False)
def bernoulli(*, shape: tuple[int, ...], p: float, seed: int) -> Any:
    """Booleans, each true with probability p.

    Semantics: whether a uniform number of 24 bits is less than p.
    Constraints: (C1) every size in shape is ≥ 0; (C2) 0 ≤ seed < 2⁶⁴; (C3) 0 ≤ p ≤ 1.
    Special values: p = 0 gives False only, p = 1 True only.
    Source: PyTorch bernoulli.
    """
    require(0 <= p <= 1, f"p is {p}; it must be between 0 and 1")
    return np.reshape(uniform(seed, _count(shape), 24) < p, shape)


@op(dtypes=("int64",), result="index", differentiable=False)
def randperm(*, n: int, seed: int) -> Any:
    """The numbers 0 … n - 1 in random order, all orders being as likely.

    Semantics: the order in which 64-bit random numbers sort, equal ones as they come.
    Constraints: (C1) n ≥ 0; (C2) 0 ≤ seed < 2⁶⁴.
    Source: PyTorch randperm.
    """
    return np.argsort(fractions(seed, _count((n,)), 64), kind="stable")


def _count(shape: tuple[int, ...]) -> int:
    require(all(size >= 0 for size in shape), f"shape {shape} has a negative size")
    return math.prod(shape)
