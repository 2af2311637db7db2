"""Samplers of random ops: shapes, seeds, parameters, and calls that show their distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.conformance.distributions import COUNT
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import Refusal, Sample, refuser, sampler

SEEDS = (0, 1, 2**32 + 7, 2**63 - 26)
"""Of 32 and of 63 bits, as not every library takes 64; the next seed must fit as well."""


@sampler("rand", "randn", "randint", "bernoulli")
def numbers(d: Draw) -> Sample:
    """A shape, a seed and the distribution's parameters."""
    attrs = {"shape": d.shape(), "seed": d.choice(SEEDS), **d.choice(parameters(d))}
    return (), attrs if d.op.name == "bernoulli" else {**attrs, "dtype": d.dtype}


@sampler("randperm")
def randperm(d: Draw) -> Sample:
    """A number of elements, and a seed."""
    return (), {"n": d.integer(0, 70), "seed": d.choice(SEEDS)}


def many(d: Draw) -> list[dict[str, Any]]:
    """The attributes of calls that give enough numbers to see their distribution."""
    if d.op.name == "randperm":
        return [{"n": COUNT, "seed": seed} for seed in SEEDS[:2]]
    dtype = {} if d.op.name == "bernoulli" else {"dtype": d.dtype}
    return [
        {"shape": (512, COUNT // 512), "seed": seed, **more, **dtype}
        for more in parameters(d)
        for seed in SEEDS[:2]
        if _varied(more)
    ]


def parameters(d: Draw) -> list[dict[str, Any]]:
    """The parameters of the distribution that are tried."""
    match d.op.name:
        case "randn":
            pairs = [(0.0, 1.0), (2.0, 0.5), (-1.0, 0.0)]
            return [{"mean": mean, "std": std} for mean, std in pairs]
        case "bernoulli":
            return [{"p": p} for p in (0.5, 0.1, 0.001, 0.0, 1.0)]
        case "randint":
            info = np.iinfo(d.dtype)
            low = int(max(info.min, -(2**31)))
            ends = [(0, 2), (0, 100), (3, 10), (low, int(min(info.max, 2**31 - 1)))]
            return [{"low": a, "high": b} for a, b in ends]
    return [{}]


def _varied(attrs: dict[str, Any]) -> bool:
    """Whether the numbers are not all the same."""
    return attrs.get("std") != 0 and attrs.get("p") not in (0, 1)


@refuser("rand", "randn", "randint", "bernoulli")
def negative_sizes(d: Draw) -> list[Refusal]:
    """Negative sizes, empty ranges, probabilities beyond 1, negative deviations."""
    (_, good) = numbers(d)
    wrong: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
        "randn": [("C3", "std is negative", {"std": -1.0})],
        "randint": [("C3", "the range is empty", {"low": 3, "high": 3})],
        "bernoulli": [("C3", "p is above 1", {"p": 1.5}), ("C3", "p is negative", {"p": -0.5})],
    }
    found = [("C1", "a size is negative", {"shape": (2, -1)}), *wrong.get(d.op.name, [])]
    return [Refusal(label, why, (), {**good, "shape": (2,), **bad}) for label, why, bad in found]


@refuser("randperm")
def negative_count(d: Draw) -> list[Refusal]:
    """A negative number of elements."""
    return [Refusal("C1", "n is negative", (), {"n": -1, "seed": 0})]
