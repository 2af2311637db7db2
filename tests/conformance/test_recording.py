"""Recording: results are on disk as they come, and a resumed run equals an uninterrupted one."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import all_tests
from tensorcts.conformance.recording import Recorder, RecordingError, explain_result
from tensorcts.conformance.runner import Settings
from tensorcts.conformance.session import Session, environment
from tensorcts.reports.records import FAILURES, Record, RecordError, Result, read

TESTS = [t for t in all_tests() if t.id.startswith(("exp-float32", "tanh-float32"))]


@pytest.fixture
def session(faulty: Any, cache: Cache) -> Session:
    return Session([faulty({"exp": np.zeros_like})], Settings(0, 5), cache=cache)


def untimed(record: Record) -> list[Result]:
    return [replace(r, seconds=0.0) for r in record.results]


def cut(recorder: Recorder) -> None:
    """End a run as a power cut does: without a last line."""
    assert recorder._file is not None
    recorder._file.close()


def recorded(session: Session, folder: Path, count: int, *, resume: bool = False) -> Recorder:
    """A run of the next ``count`` tests that have no result yet."""
    recorder = Recorder(session, folder, resume=resume)
    done = {r.id for r in recorder.record.results}
    for test in [t for t in TESTS if t.id not in done][:count]:
        recorder.add(session.run(test, "faulty"))
    return recorder


def test_results_are_on_disk_as_they_come(session: Session, tmp_path: Path) -> None:
    recorder = Recorder(session, tmp_path)
    for number, test in enumerate(TESTS):
        result = session.run(test, "faulty")
        recorder.add(result)
        so_far = read(tmp_path)
        assert so_far.end is None
        assert len(so_far.results) == number + 1
        assert untimed(so_far)[-1] == replace(result, seconds=0.0)
    recorder.finish(interrupted=False)
    assert read(tmp_path).end is not None


def test_the_record_says_what_computes_truths_and_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def installed(package: str) -> str:
        if package == "python-flint":
            raise PackageNotFoundError(package)
        return metadata.version(package)

    monkeypatch.setattr("tensorcts.conformance.session.version", installed)
    found = environment()
    assert (found["numpy"], found["python-flint"]) == (np.__version__, "not installed")


def test_a_failure_leaves_its_reproducer(session: Session, tmp_path: Path) -> None:
    recorded(session, tmp_path, len(TESTS)).finish(interrupted=False)
    scripts = {path.name: path.read_text() for path in (tmp_path / "reproducers").iterdir()}
    failing = [r for r in read(tmp_path).results if r.verdict in FAILURES]
    assert scripts == {f"{r.id}-faulty.py": r.reproducer for r in failing}
    assert all(r.op == "exp" for r in failing) and failing


def test_a_resumed_run_equals_an_uninterrupted_one(session: Session, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    recorded(session, whole, len(TESTS)).finish(interrupted=False)
    recorded(session, parts, 3).finish(interrupted=True)
    cut(recorded(session, parts, 2, resume=True))
    recorded(session, parts, 99, resume=True).finish(interrupted=False)
    one, other = read(whole), read(parts)
    assert untimed(one) == untimed(other)
    assert one.end is not None and other.end is not None
    ours = {"seconds": 0.0, "verdicts": 0}  # of the last part alone
    assert replace(one.end, **ours) == replace(other.end, **ours)
    assert {p.name for p in whole.rglob("*")} == {p.name for p in parts.rglob("*")}


def test_a_line_cut_off_by_a_power_cut_does_not_lose_the_rest(
    session: Session, tmp_path: Path
) -> None:
    cut(recorded(session, tmp_path, 3))
    path = tmp_path / "records.jsonl"
    path.write_text(path.read_text() + '{"type": "result", "backe')
    resumed = recorded(session, tmp_path, 99, resume=True)
    cut(resumed)
    assert {r.id for r in resumed.record.results} == {t.id for t in TESTS}


def test_a_failed_resumption_leaves_the_record_as_it_was(session: Session, tmp_path: Path) -> None:
    cut(recorded(session, tmp_path, 3))
    before = (tmp_path / "records.jsonl").read_text()
    session.settings = Settings(1, 5)
    with pytest.raises(RecordError, match="its seed was 0, now it is 1"):
        Recorder(session, tmp_path, resume=True)
    other = Session(["numpy"], Settings(0, 5))
    with pytest.raises(RecordError, match="it judged faulty"):
        Recorder(other, tmp_path, resume=True)
    assert (tmp_path / "records.jsonl").read_text() == before


def test_nothing_is_written_where_no_folder_is_given(session: Session, tmp_path: Path) -> None:
    recorder = Recorder(session, None)
    recorder.add(session.run(TESTS[0], "faulty"))
    recorder.finish(interrupted=False)
    assert len(recorder.record.results) == 1
    assert not recorder.held


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_can_not_be_written_is_refused(
    session: Session, tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordingError, match=f"can't write the report to {tmp_path / name}"):
        Recorder(session, tmp_path / name)


@pytest.mark.parametrize(
    ("verdicts", "held"),
    [
        (["pass", "unsupported", "waived", "vacuous"], True),
        *[(["pass", verdict], False) for verdict in ("fail", "error", "crash", "hang")],
        (["property-mismatch"], False),
    ],
)
def test_what_holds(session: Session, verdicts: list[Any], held: bool) -> None:
    recorder = Recorder(session, None)
    for verdict in verdicts:
        recorder.add(Result("faulty", "exp", "float32", "shapes", verdict))
    recorder.finish(interrupted=False)
    assert recorder.held is held


def test_an_interrupted_run_does_not_hold(session: Session) -> None:
    recorder = Recorder(session, None)
    recorder.finish(interrupted=True)
    assert not recorder.held


def test_a_failure_is_explained_with_all_that_one_needs(session: Session) -> None:
    (test,) = [t for t in TESTS if t.id == "exp-float32-shapes"]
    result = session.run(test, "faulty")
    text = explain_result(result)
    assert result.worst is not None
    for part in ("exp in float32 on faulty", "shapes", result.worst.got, result.worst.truth,
                 "ulp", "allowed", "inputs", result.reproducer):  # fmt: skip
        assert part in text
