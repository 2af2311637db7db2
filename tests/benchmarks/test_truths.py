"""What truths of float64 results cost: functions by balls, contractions by whole numbers.

``pytest tests/benchmarks --benchmark-only`` runs them. What they gain over the plain way stands in
the extra information, as ``speed_up``. A plain ``pytest`` leaves these out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytest_benchmark")

from tensorcts.reference.arrays import balls, precise
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import MP, arbitrary_precision

FUNCTIONS = ("exp", "log", "sin", "tanh", "erf", "loggamma", "digamma", "erfinv")

CONTRACTIONS: dict[str, tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]] = {
    "sum": (np.sum, ((4096,),)),
    "matmul": (np.matmul, ((64, 64),) * 2),
    "einsum": (partial(np.einsum, "bij,bkj->bik"), ((4, 16, 32),) * 2),
}


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--benchmark-only", False):
        pytest.skip("a benchmark: --benchmark-only runs it")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(benchmark: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By balls, beside two precisions of mpmath that agree."""
    function = precise.function(name)
    points = [MP.mpf(x) for x in np.random.default_rng(0).uniform(0.1, 0.9, 300)]

    def run() -> None:
        for x in points:
            function(x)

    with arbitrary_precision():
        benchmark(run)
        monkeypatch.setattr(balls, "library", lambda: None)
        _compare(benchmark, run)
    benchmark.extra_info["per_second"] = len(points) / benchmark.stats.stats.median


@pytest.mark.parametrize("name", CONTRACTIONS)
def test_contractions(benchmark: Any, name: str) -> None:
    """Of whole numbers, beside mpmath's own numbers in NumPy's object arrays."""
    function, shapes = CONTRACTIONS[name]
    rng = np.random.default_rng(0)
    arrays = [Exact(rng.normal(size=shape)) for shape in shapes]
    benchmark(lambda: function(*arrays))
    with arbitrary_precision():
        _compare(benchmark, lambda: function(*(array.value for array in arrays)))


def _compare(benchmark: Any, plain: Callable[[], Any]) -> None:
    started = time.perf_counter()
    plain()
    seconds = time.perf_counter() - started
    benchmark.extra_info["speed_up"] = seconds / benchmark.stats.stats.median
