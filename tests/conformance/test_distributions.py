"""Random numbers: bad generators are told from good ones, good ones never from each other."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance import distributions

Numbers = Callable[[Any, Any], Any]
CALLS = itertools.count()


def uniform(change: Numbers) -> Callable[..., Any]:
    """A rand that makes its numbers from a generator and a shape."""
    return lambda *, shape, seed, dtype: np.asarray(
        change(np.random.default_rng(seed), shape)).astype(dtype)  # fmt: skip


def normal(change: Numbers) -> Callable[..., Any]:
    return lambda *, shape, mean, std, seed, dtype: np.asarray(
        mean + std * change(np.random.default_rng(seed), shape)).astype(dtype)  # fmt: skip


def repeating(rng: Any, shape: Any) -> Any:
    """A generator with a period of 1,024."""
    return np.resize(rng.random(1024), shape)


def sum_of_uniforms(rng: Any, shape: Any) -> Any:
    """The sum of some uniform numbers, once the usual way to make a normal one."""
    return (sum(rng.random(shape) for _ in range(8)) - 4) * np.sqrt(1.5)


def unseeded(rng: Any, shape: Any) -> Any:
    return np.random.default_rng(1).random(shape)


def sometimes_nan(rng: Any, shape: Any) -> Any:
    return np.where(rng.random(shape) < 1e-4, np.nan, 0.5)


def in_pairs(rng: Any, shape: Any) -> Any:
    """Each number twice."""
    return np.repeat(rng.random(-(-int(np.prod(shape)) // 2)), 2)[: int(np.prod(shape))].reshape(
        shape
    )


LIES = {
    "one number": ("rand", uniform(lambda rng, shape: np.full(shape, 0.5))),
    "up to 1": ("rand", uniform(lambda rng, shape: np.round(rng.random(shape), 4))),
    "down to -1": ("rand", uniform(lambda rng, shape: 2 * rng.random(shape) - 1)),
    "not even": ("rand", uniform(lambda rng, shape: rng.random(shape) ** 1.02)),
    "a period": ("rand", uniform(repeating)),
    "coarse": ("rand", uniform(lambda rng, shape: np.floor(rng.random(shape) * 64) / 64)),
    "the seed left out": ("rand", uniform(unseeded)),
    "a generator that goes on": (
        "rand", uniform(lambda rng, shape: np.random.default_rng(next(CALLS)).random(shape))),
    "pairs alike": ("rand", uniform(in_pairs)),
    "a NaN": ("rand", uniform(sometimes_nan)),
    "one deviation for another": ("randn", normal(lambda rng, shape: rng.normal(0, 1.02, shape))),
    "a sum of uniform numbers": ("randn", normal(sum_of_uniforms)),
    "cut tails": ("randn", normal(lambda rng, shape: np.clip(rng.normal(size=shape), -3, 3))),
    "an infinity": ("randn", normal(lambda rng, shape: ndtri(np.round(rng.random(shape), 5)))),
    "the end in the range": ("randint", lambda *, shape, low, high, seed, dtype:
                             np.random.default_rng(seed).integers(low, high, shape, dtype,
                                                                  endpoint=True)),
    "the wrong share": ("bernoulli", lambda *, shape, p, seed:
                        np.random.default_rng(seed).random(shape) < p + 0.05 * p * (1 - p)),
    "a number twice": ("randperm", lambda *, n, seed:
                       np.random.default_rng(seed).integers(0, max(n, 1), n)),
    "in order": ("randperm", lambda *, n, seed: np.roll(np.arange(n), seed)),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_bad_generator_is_caught(lie: str, faulty: Any, judged: Any) -> None:
    op, numbers = LIES[lie]
    dtype = {"randint": "int32", "bernoulli": "bool", "randperm": "int64"}.get(op, "float32")
    (result,) = judged(faulty({op: numbers}), f"{op}-{dtype}-distribution")
    assert result.verdict == "fail"
    assert "reproduce(" in result.reproducer


@pytest.mark.parametrize("op", ["rand-float32", "randn-float64", "randint-int8", "bernoulli-bool",
                                "randperm-int64"])  # fmt: skip
def test_good_generators_pass(op: str, judged: Any) -> None:
    (result,) = judged("numpy", f"{op}-distribution")
    assert (result.verdict, result.rule) == ("pass", "distribution"), result.message


def test_who_declares_philox_is_held_to_its_numbers(faulty: Any, judged: Any) -> None:
    """Any good generator will not do then."""
    from tensorcts.backends import registry

    backend = registry.load(faulty({"rand": OPS["rand"]}))
    traits = {"random_generator": "philox4x32_10"}
    object.__setattr__(backend.capabilities, "traits", {**backend.capabilities.traits, **traits})
    (result,) = [r for r in judged("faulty", "rand-float32") if r.check == "shapes"]
    assert result.verdict == "fail"


def test_a_share_that_the_grid_may_move_past_its_truth_is_no_alarm() -> None:
    """bfloat16's grid is coarser than the share of normal numbers beyond 3 deviations."""
    assert distributions._share(716, 2**18, 0.0027, 2.0**-8) == 0
    assert distributions._share(716, 2**18, 0.0027, 0.0) < 3
    assert distributions._share(1000, 2**18, 0.0027, 0.0) > 7.1
    assert distributions._share(500, 2**18, 0.0027, 0.0) < -7.1
