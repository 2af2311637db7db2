"""Gradients of ``Noisy`` numbers cover what the documented formulas are off by in float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.arrays.primitives import ARITHMETIC
from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.dtypes import format_of
from tensorcts.reference.ops import definitions as ops

SINGLE = format_of("float32")


def z_scores(function: Any, got: Any, x: Any, g: Any) -> Any:
    """How many standard deviations the float32 gradient ``got`` is off, element by element."""
    x, g = np.asarray(x, np.float64), np.asarray(g, np.float64)
    noise = Noise(dict.fromkeys(ARITHMETIC.values(), 1.0), SINGLE, SINGLE, np.random.default_rng(0))
    (truth,) = vjp(function, x)[1](g)
    runs = [vjp(function, Noisy(x, noise))[1](Noisy(g, noise))[0].value for _ in range(16)]
    sigma = np.sqrt(np.mean([(run - truth) ** 2 for run in runs], axis=0))
    return np.abs(got - truth) / (sigma + SINGLE.ulp(truth) / 2)


def single(*shape: int, seed: int) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def softmax(x: Any) -> Any:
    return ops.softmax(x, axis=-1)


@pytest.mark.parametrize("scale", [1, 10, 50])
def test_softmax(scale: float) -> None:
    x, g = single(32, 256, seed=0) * np.float32(scale), single(32, 256, seed=1)
    y = softmax(x)
    honest = y * (g - np.sum(g * y, axis=-1, keepdims=True))
    assert honest.dtype == np.float32
    assert 0 < np.max(z_scores(softmax, honest, x, g)) < 6
    assert np.max(z_scores(softmax, y * g, x, g)) > 1e4, "the mean term is missing"


def test_silu() -> None:
    x, g = single(4000, seed=0) * np.float32(30), single(4000, seed=1)
    with np.errstate(over="ignore"):
        sigmoid = 1 / (1 + np.exp(-x))
    honest = g * sigmoid * (1 + x * (1 - sigmoid))
    assert 0 < np.max(z_scores(ops.silu, honest, x, g)) < 6
    assert np.max(z_scores(ops.silu, g * sigmoid, x, g)) > 1e4


def test_var_of_offset_data() -> None:
    x, g = single(32, 256, seed=0) + np.float32(100), single(32, seed=1)

    def var(x: Any) -> Any:
        return ops.var(x, axis=-1, correction=1, keepdims=False)

    deviation = x - np.mean(x, axis=-1, keepdims=True)
    honest = 2 * g[:, None] * deviation / np.float32(255)
    assert 0 < np.max(z_scores(var, honest, x, g)) < 6
    assert np.max(z_scores(var, honest * np.float32(255 / 256), x, g)) > 20
