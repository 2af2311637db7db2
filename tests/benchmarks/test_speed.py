"""Speed, reported and not asserted: ``pytest tests/benchmarks --benchmark-only``.

A plain ``pytest`` leaves these out.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pytest_benchmark")

from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import all_tests
from tensorcts.conformance.runner import Settings
from tensorcts.conformance.session import Session

EVERY = 19
"""One test in so many makes up the selection; prime to the number of checks, so all are in it."""


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--benchmark-only", False):
        pytest.skip("a benchmark: --benchmark-only runs it")


def test_verdicts_with_a_warm_cache(benchmark: Any, tmp_path: Path) -> None:
    """Cases judged per second on one core stand under ``cases_per_second``."""
    session = Session(["numpy"], Settings(0, 20), cache=Cache(tmp_path))
    tests = list(all_tests())[::EVERY]
    cases = sum(result.cases for result in session.run_all(tests))
    benchmark.pedantic(lambda: list(session.run_all(tests)), rounds=3)
    seconds = benchmark.stats.stats.median
    benchmark.extra_info.update(
        tests=len(tests), cases=cases, cases_per_second=cases / seconds,
        tests_per_second=len(tests) / seconds,
    )  # fmt: skip


IMPORT = """
import time, numpy
started = time.perf_counter()
import tensorcts.conformance.{}
print(time.perf_counter() - started)
"""


@pytest.mark.parametrize("module", ["plugin", "checks", "session", "cli"])
def test_import_beyond_numpy(benchmark: Any, module: str) -> None:
    """``seconds`` is what the import takes beyond that of NumPy."""

    def run() -> float:
        script = IMPORT.format(module)
        ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
        return float(ended.stdout)

    run()  # compiles
    benchmark.extra_info["seconds"] = min(run() for _ in range(5))
    benchmark.pedantic(run, rounds=1)


def test_collection_of_the_suite(benchmark: Any, tmp_path: Path) -> None:
    arguments = ["-p", "no:cacheprovider", "--backend=numpy", "--collect-only", "-q", "-q"]

    def run() -> None:
        subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=tmp_path, capture_output=True, check=True,
        )  # fmt: skip

    benchmark.pedantic(run, rounds=3, warmup_rounds=1)
