"""Our reverse mode beside HIPS autograd's, on the same NumPy code.

``pytest tests/benchmarks/test_autodiff.py --benchmark-only --benchmark-json=out.json``. The arrays
are small, so that it is the engines that are timed, by the processor's clock, not matrix products.
"""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy
import pytest

from tensorcts.reference.autodiff.reverse import value_and_grad

pytest.importorskip("pytest_benchmark")
hips = pytest.importorskip("autograd")
hips_numpy = pytest.importorskip("autograd.numpy")


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--benchmark-only", False):
        pytest.skip("a benchmark: --benchmark-only runs it")


def weights(*shapes: tuple[int, ...]) -> tuple[Any, ...]:
    rng = numpy.random.default_rng(0)
    return tuple(rng.normal(size=shape) / shape[0] ** 0.5 for shape in shapes)


def log_softmax(np: Any, x: Any) -> Any:
    shifted = x - np.max(x, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def layer_norm(np: Any, x: Any, scale: Any) -> Any:
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + 1e-5) * scale


def mlp(np: Any, a: Any, b: Any, c: Any, d: Any, x: Any, wanted: Any) -> Any:
    """Cross-entropy of a perceptron with a hidden layer."""
    logits = np.matmul(np.tanh(np.matmul(x, a) + b), c) + d
    return -np.mean(np.sum(log_softmax(np, logits) * wanted, axis=-1))


def heads(np: Any, x: Any) -> Any:
    """(batch, length, 32) as (batch, 4, length, 8)."""
    batch, length, _ = x.shape
    return np.transpose(np.reshape(x, (batch, length, 4, 8)), (0, 2, 1, 3))


def attended(np: Any, x: Any, q: Any, k: Any, v: Any, o: Any) -> Any:
    """Softmax attention with four heads."""
    query, key, value = (heads(np, np.matmul(x, w)) for w in (q, k, v))
    scores = np.matmul(query, np.swapaxes(key, -1, -2)) / 8**0.5
    mixed = np.matmul(np.exp(log_softmax(np, scores)), value)
    return np.matmul(np.reshape(np.transpose(mixed, (0, 2, 1, 3)), x.shape), o)


def attention(np: Any, q: Any, k: Any, v: Any, o: Any, x: Any) -> Any:
    return np.sum(np.square(attended(np, x, q, k, v, o)))


def block(np: Any, x: Any, q: Any, k: Any, v: Any, o: Any, up: Any, down: Any, s: Any) -> Any:
    x = x + attended(np, layer_norm(np, x, s[0]), q, k, v, o)
    return x + np.matmul(np.tanh(np.matmul(layer_norm(np, x, s[1]), up)), down)


def transformer(np: Any, *arrays: Any) -> Any:
    """Cross-entropy of two pre-norm blocks over vectors."""
    *layers, x, wanted = arrays
    for first in range(0, len(layers), 7):
        x = block(np, x, *layers[first : first + 7])
    return -np.mean(np.sum(log_softmax(np, x) * wanted, axis=-1))


ROUNDS = 400

SQUARE = (32, 32)
BLOCK = (SQUARE,) * 4 + ((32, 64), (64, 32), (2, 32))
MODELS: dict[Callable[..., Any], tuple[Any, ...]] = {
    mlp: weights((32, 64), (64,), (64, 10), (10,), (16, 32), (16, 10)),
    attention: weights(*(SQUARE,) * 4, (2, 8, 32)),
    transformer: weights(*BLOCK, *BLOCK, (2, 8, 32), (2, 8, 32)),
}
CONSTANT = {mlp: 2, attention: 1, transformer: 2}
"""How many of the arrays, the last ones, are data."""


ENGINES = {
    "tensorcts": (numpy, value_and_grad),
    "hips": (hips_numpy, hips.value_and_grad),
}


@pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
def test_value_and_gradient(benchmark: Any, model: Any) -> None:
    """Both engines in turns; ``times_as_fast`` is HIPS autograd's median time over ours."""
    arrays = MODELS[model]
    weights = tuple(range(len(arrays) - CONSTANT[model]))
    runs = {
        name: differentiate(functools.partial(model, namespace), weights)
        for name, (namespace, differentiate) in ENGINES.items()
    }
    for one, other in zip(*(run(*arrays)[1] for run in runs.values()), strict=True):
        numpy.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            started = time.process_time()
            run(*arrays)
            seconds[name].append(time.process_time() - started)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    benchmark.extra_info.update(medians, times_as_fast=medians["hips"] / medians["tensorcts"])
    benchmark(runs["tensorcts"], *arrays)
