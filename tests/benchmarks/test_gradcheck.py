"""Our check of PyTorch's gradients beside PyTorch's own, ``gradcheck`` in its fast mode.

``pytest tests/benchmarks/test_gradcheck.py --benchmark-only --benchmark-json=out.json``. Both take
the same functions at the same points: the first finite cases of ``gradient`` in float64. Ours is
timed as it computes the truths, and with those that a cache holds. What they find is not compared.
"""

from __future__ import annotations

import contextlib
import itertools
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorcts.backends import registry as backends
from tensorcts.conformance import checks
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge
from tensorcts.reference import dtypes, gradients

pytest.importorskip("pytest_benchmark")
torch = pytest.importorskip("torch")

DTYPE = "float64"
CASES = 4
"""How many cases of each op are timed."""


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--benchmark-only", False):
        pytest.skip("a benchmark: --benchmark-only runs it")


def points(backend: Any) -> Iterator[list[Case]]:
    """For each op that PyTorch differentiates its first cases."""
    for test in checks.all_tests():
        sparse = test.op.family.startswith("sparse_")
        if (test.dtype, test.check) == (DTYPE, "gradient") and not sparse:
            found = list(itertools.islice(filter(is_finite, checks.cases(test, 0)), CASES))
            if found and backend.unsupported(test.op.name, DTYPE) is None:
                yield found


def is_finite(case: Case) -> bool:
    floats = [a for a in case.arrays if a is not None and a.dtype.kind == "f"]
    return all(a.size and np.all(np.isfinite(a)) for a in floats)


def gradcheck(backend: Any, case: Case) -> None:
    """PyTorch's check of the gradient that the case asks for."""
    op = gradients.first(case.op)
    wide = [None if a is None else dtypes.widen(a) for a in case.arrays]
    own = case.arrays[: len(gradients.orders(case.op, wide, case.attrs)[0])]
    leaves = [None if a is None else backend.to_device(a) for a in own]
    for leaf in leaves:
        if leaf is not None and leaf.is_floating_point():
            leaf.requires_grad_()
    function = partial(backend.ops[op.name], **case.attrs)
    with contextlib.suppress(RuntimeError):  # of casts to another dtype it raises
        torch.autograd.gradcheck(function, leaves, fast_mode=True, raise_exception=False)


def milliseconds(check: Callable[[Case], Any], cases: list[Case]) -> float:
    """The time that a case takes."""
    started = time.process_time()
    for case in cases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(case)
    return 1e3 * (time.process_time() - started) / len(cases)


def test_the_catalogue(benchmark: Any, tmp_path: Path) -> None:
    """Milliseconds a case, of each check the median and the sum over all ops."""
    backend = backends.load("torch")
    host = InProcess(backend)
    fresh, warm = (
        Judge(host.capabilities, host.run, Cache(path), way=host.way) for path in (None, tmp_path)
    )
    tried = list(points(backend))
    for cases in tried:
        milliseconds(warm, cases)
    ways: dict[str, Callable[[Case], Any]] = {
        "ours": fresh,
        "ours_cached": warm,
        "gradcheck": partial(gradcheck, backend),
    }
    for name, check in ways.items():
        milliseconds(check, tried[0])  # loads what it needs
        found = [milliseconds(check, cases) for cases in tried]
        benchmark.extra_info[name] = {"median": statistics.median(found), "sum": sum(found)}
    benchmark.extra_info["ops"] = len(tried)
    benchmark.pedantic(warm, [tried[0][0]], rounds=1)
