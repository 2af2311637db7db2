"""Grades of backends whose errors are known, and judging by another profile than the declared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import all_tests
from tensorcts.conformance.cli import main
from tensorcts.conformance.recording import Recorder
from tensorcts.conformance.runner import Settings
from tensorcts.conformance.session import Session
from tensorcts.reports import grades
from tensorcts.reports.records import Record, RecordError
from tensorcts.tolerances.budgets import TableError

TESTS = [t for t in all_tests() if t.id.startswith("tanh-float32")]
LIMITS = "correctly-rounded 0.5, tight 2.5, opencl 5, fast 8,190"


def off_by(steps: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """tanh, correctly rounded and then so many float32 numbers nearer to zero."""

    def tanh(x: NDArray[Any]) -> NDArray[Any]:
        if x.dtype != np.float32:
            return np.tanh(x)
        right = np.tanh(x.astype(np.float64)).astype(np.float32)
        moved = (np.ascontiguousarray(right).view(np.int32) - np.int32(steps)).view(np.float32)
        shifted = np.where(np.abs(right) > 1e-30, moved.reshape(right.shape), right)
        return np.asarray(shifted, np.float32)

    return tanh


@pytest.fixture
def run(faulty: Any, cache: Cache) -> Callable[..., Record]:
    """The record of the tests of a tanh that is off by some steps."""

    def run(steps: int, profile: str | None = None) -> Record:
        name = faulty({"tanh": off_by(steps)})
        recorder = Recorder(Session([name], Settings(0, 5, profile), cache=cache), None)
        for test in TESTS:
            recorder.add(recorder._session.run(test, name))
        return recorder.record

    return run


@pytest.mark.parametrize(
    ("steps", "grade"),
    [(0, "correctly-rounded"), (1, "tight"), (4, "opencl"), (1000, "fast"), (100_000, "")],
)
def test_known_errors_get_the_grade_that_they_meet(run: Any, steps: int, grade: str) -> None:
    record = run(steps)
    (found,) = grades.of_ops(record)
    assert found.profile == grade
    assert steps - 0.5 <= found.ulp <= steps + 0.5
    assert LIMITS in str(found)
    assert any(r.verdict == "fail" for r in record.results) == (grade in ("fast", ""))


@pytest.mark.parametrize(("profile", "holds"), [("correctly-rounded", False), ("fast", True)])
def test_another_profile_changes_the_verdict_but_not_the_grade(
    run: Any, profile: str, holds: bool
) -> None:
    record = run(4, profile)
    assert record.run.backends[0].profile == profile
    assert all(r.verdict == "pass" for r in record.results) == holds
    assert [grade.profile for grade in grades.of_ops(record)] == ["opencl"]


def test_what_rounds_correctly_holds_by_that_profile(run: Any) -> None:
    assert {r.verdict for r in run(0, "correctly-rounded").results} == {"pass"}


def test_a_reproducer_judges_by_the_profile_that_failed(run: Any) -> None:
    scripts = [r.reproducer for r in run(1, "correctly-rounded").results if r.reproducer]
    assert scripts
    assert all("profile='correctly-rounded'" in script for script in scripts)
    assert not any("profile" in r.reproducer for r in run(1000).results)


def test_a_run_is_not_resumed_by_another_profile(tmp_path: Path, cache: Cache) -> None:
    def recorder(profile: str, *, resume: bool) -> Recorder:
        session = Session(["numpy"], Settings(0, 5, profile), cache=cache)
        return Recorder(session, tmp_path, resume=resume)

    recorder("tight", resume=False).finish(interrupted=True)
    with pytest.raises(RecordError, match="it judged by tight"):
        recorder("fast", resume=True)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(TableError, match="unknown profile 'loose'"):
        Settings(0, 0, "loose")
    ended = CliRunner().invoke(main, ["run", "--backend", "numpy", "--profile", "loose"])
    assert ended.exit_code == 2
    assert "unknown profile 'loose'" in ended.output
