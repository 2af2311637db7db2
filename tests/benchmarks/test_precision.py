"""How quick truths and sweeps are, and that truths are right at as many points as are asked for.

``pytest tests/benchmarks/test_precision.py --benchmark-only`` reports under ``points_per_second``
what one core computes a second, of processor time.
With ``gmpy2`` installed the truths are compared with MPFR's, POINTS of them (an environment
variable; 10_000_000 takes some minutes a function). A plain ``pytest`` leaves these out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("pytest_benchmark")

from tensorcts.conformance.precision import functions
from tensorcts.conformance.precision.functions import find
from tensorcts.conformance.precision.judging import Judge, Task, host
from tensorcts.conformance.precision.truths import Truths

UNARY = [f.name for f in functions.everything() if f.arity == 1 and "float32" in f.dtypes]
pytestmark = pytest.mark.benchmark(timer=time.process_time)

BLOCK, BEYOND_ONE = 500, 512
"""Blocks of magnitudes from ¼ and from 2 on, where functions have work to do."""

POINTS = int(os.environ.get("POINTS", "100000"))
SECONDS = 0.3


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--benchmark-only", False):
        pytest.skip("a benchmark: --benchmark-only runs it")


def interesting(count: int, seed: int) -> NDArray[Any]:
    """Half of them random patterns, half of everyday size."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2**32, count // 2, dtype=np.uint32).view(np.float32)
    return np.concatenate([bits, rng.uniform(-12, 12, count - count // 2).astype(np.float32)])


@pytest.mark.parametrize("name", UNARY)
def test_truths(benchmark: Any, name: str) -> None:
    plan = Task("numpy", name, "float32", "all").plan
    block = BEYOND_ONE if find(name).op.domain_of(0)[0] >= 1 else BLOCK
    x = np.concatenate(list(plan.strips(block))).view(np.float32)
    truths = Truths(find(name), "float32")
    truths(x[:100])
    benchmark.pedantic(lambda: truths(x), rounds=5)
    benchmark.extra_info["points_per_second"] = len(x) / benchmark.stats.stats.min


@pytest.mark.parametrize("backend", ["numpy", "torch", "opencl"])
@pytest.mark.parametrize("name", ["exp", "log", "sin", "tanh", "gelu"])
def test_a_block(benchmark: Any, name: str, backend: str) -> None:
    """Backend, truths and figures; ``all_inputs`` is how many seconds 2**32 of them take."""
    judge = Judge(Task(backend, name, "float32", "all"), host(backend))
    points = benchmark.pedantic(judge.tally, (BLOCK,), rounds=3, warmup_rounds=1).all.points
    rate = points / benchmark.stats.stats.min
    benchmark.extra_info.update(points_per_second=rate, all_inputs=2**32 / rate)


def mpfr(name: str) -> Callable[[Any], Any]:
    """MPFR's function, or a formula of its functions at 300 bits."""
    gmpy2 = pytest.importorskip("gmpy2")
    named = {"lgamma": lambda x: gmpy2.lgamma(x)[0], "rsqrt": gmpy2.rec_sqrt,
             "square": lambda x: x * x}  # fmt: skip
    composed = {
        "gelu": lambda x: x / 2 * gmpy2.erfc(-x / gmpy2.sqrt(gmpy2.mpfr(2))),
        "sigmoid": lambda x: 1 / (1 + gmpy2.exp(-x)),
        "silu": lambda x: x / (1 + gmpy2.exp(-x)),
        "softplus": lambda x: gmpy2.log1p(gmpy2.exp(x)) if x <= 20 else x,
    }
    wide, narrow = gmpy2.context(precision=400, emin=-(2**30), emax=2**30), gmpy2.ieee(32)
    if name in composed:
        function = composed[name]

        def once(x: float) -> float:
            gmpy2.set_context(wide)
            value = function(gmpy2.mpfr(x))
            gmpy2.set_context(narrow)
            return float(+value)

        return once
    function = named.get(name) or getattr(gmpy2, name, None)
    if function is None:
        pytest.skip(f"MPFR has no {name}")
    gmpy2.set_context(narrow)
    return lambda x: float(function(gmpy2.mpfr(x)))


@pytest.mark.parametrize("name", UNARY)
def test_no_truth_rounds_wrongly(benchmark: Any, name: str) -> None:
    function, truths = mpfr(name), Truths(find(name), "float32")
    wrong = 0

    @np.errstate(all="ignore")
    def run() -> None:
        nonlocal wrong
        for seed in range(-(-POINTS // 2**17)):
            x = interesting(min(2**17, POINTS), seed)
            got = truths(x)[0].astype(np.float32).astype(np.float64)
            want = np.fromiter(map(function, x.astype(np.float64).tolist()), np.float64, len(x))
            wrong += int(np.count_nonzero((got != want) & ~(np.isnan(got) & np.isnan(want))))

    benchmark.pedantic(run, rounds=1)
    benchmark.extra_info.update(points=POINTS, wrong=wrong)
    assert wrong == 0
