"""What σ and the sums drawn with it cost beside one float64 evaluation.

``pytest tests/benchmarks --benchmark-only`` runs them.

Processor time, and the least of many, as others may use the machine too. ``ratio`` stands in the
extra information. A plain ``pytest`` leaves these out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytest_benchmark")

from tensorcts.backends import registry as backends
from tensorcts.conformance import checks
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge
from tensorcts.reference.ops import definitions as ops
from tensorcts.tolerances import spreads
from tensorcts.tolerances.model import NoiseModel

PLANE = {"stride": (1, 1), "padding": (1, 1), "dilation": (1, 1), "groups": 1}
ATTENTION = {"scale": 0.25, "causal_offset": None}

original = spreads.spreads

COMPOSITES: dict[str, tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]] = {
    "softmax": (partial(ops.softmax, axis=-1), ((64, 256),)),
    "small softmax": (partial(ops.softmax, axis=-1), ((8, 64),)),
    "layer_norm": (partial(ops.layer_norm, eps=1e-5), ((64, 256), (256,), (256,))),
    "logsumexp": (partial(ops.logsumexp, axis=-1, keepdims=False), ((64, 256),)),
    "gelu": (ops.gelu, ((64, 256),)),
    "attention": (partial(ops.scaled_dot_product_attention, **ATTENTION), ((2, 4, 32, 16),) * 3),
    "matmul": (ops.matmul, ((256, 256),) * 2),
    "conv2d": (partial(ops.conv2d, **PLANE), ((2, 8, 16, 16), (8, 8, 3, 3))),
    "var": (partial(ops.var, axis=-1, keepdims=False, correction=1.0), ((64, 256),)),
}  # fmt: skip


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--benchmark-only", False):
        pytest.skip("a benchmark: --benchmark-only runs it")


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("name", COMPOSITES)
def test_spreads(benchmark: Any, name: str) -> None:
    function, shapes = COMPOSITES[name]
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in shapes]
    model = NoiseModel.of("float32", profile="opencl")

    def run(wrap: Callable[[Any], Any]) -> tuple[Any, ...]:
        return (function(*map(wrap, arrays)),)

    largest = max(array.size for array in arrays)
    truths = list(run(lambda array: array))
    seconds = _seconds(lambda: run(lambda array: array))
    benchmark(lambda: spreads.spreads(run, truths, ["float32"], model, 0, largest))
    benchmark.extra_info["ratio"] = benchmark.stats.stats.min / seconds


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("check", ["special_values", "shapes", "layouts", "gradient"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "complex64"])
def test_spreads_of_the_suite(
    benchmark: Any, monkeypatch: pytest.MonkeyPatch, dtype: str, check: str
) -> None:
    """Every fifth case of a check, all ops together: what σ costs where arrays are small."""
    asked: list[Any] = []
    monkeypatch.setattr(spreads, "spreads", lambda *args: asked.append(args) or original(*args))
    host = InProcess(backends.load("numpy"))
    judge = Judge(host.capabilities, host.run, Cache(None), way=host.way)
    for case in islice(_cases(dtype, check), 0, None, 5):
        judge.expected(case)
    seconds = _seconds(lambda: [run(lambda array: array) for run, *_ in asked], calls=5)
    benchmark.pedantic(lambda: [original(*args) for args in asked], rounds=5)
    benchmark.extra_info["ratio"] = benchmark.stats.stats.min / seconds


def _cases(dtype: str, check: str) -> Iterator[Case]:
    for test in checks.all_tests():
        if (test.dtype, test.check) == (dtype, check):
            yield from checks.cases(test, 0)


def _seconds(call: Callable[[], Any], calls: int = 60) -> float:
    """The processor time of a call, the least of many."""
    taken = []
    for _ in range(calls):
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return min(taken)
