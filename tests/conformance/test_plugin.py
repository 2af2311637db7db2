"""The pytest plugin, run as its users run it: in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tensorcts.conformance.checks import all_tests, checks_of
from tensorcts.reference.registry import get
from tensorcts.reports.records import Record, read

ROOT = Path(__file__).parents[2]
ZEROS = "def replaced(self):\n    return {'exp': np.zeros_like}"
KILL = """def replaced(self):
    return {'exp': lambda x: ctypes.string_at(0) if x.size == 3 else np.exp(x)}"""
SLOW = "def replaced(self):\n    return {'exp': lambda x: (time.sleep(0.05), np.exp(x))[1]}"
WAIVER = '[[waiver]]\ncases = "{}"\nreason = "known"\nlink = "l"\nexpires = 2999-01-01\n'


@pytest.fixture
def suite(command: Any) -> Callable[..., Any]:
    """Run ``pytest`` in an empty folder."""

    def run(*arguments: str, **more: Any) -> Any:
        return command("-m", "pytest", "-p", "no:cacheprovider", *arguments, **more)

    return run


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report"


def ids(collected: Any) -> list[str]:
    lines = collected.stdout.splitlines()
    return [line.partition("[")[2].rstrip("]") for line in lines if "[" in line]


ONE = ("--op=exp", "--dtype=float32", "--check=shapes")
TWO = ("--op=exp", "--op=silu", "--dtype=float32", "--check=shapes")
FLOATS = ("--op=exp", "--dtype=float16", "--dtype=bfloat16", "--dtype=float32", "--dtype=float64")
EXP = [t for t in all_tests() if t.op.name == "exp" and f"--dtype={t.dtype}" in FLOATS]


def results(record: Record) -> Any:
    """What may be compared between runs: all but the times."""
    return sorted(str(replace(r, seconds=0.0)) for r in record.results)


@pytest.mark.parametrize("place", [[], ["--pyargs", "tensorcts.conformance"]])
def test_a_backend_selects_the_suite_and_nothing_else(suite: Any, place: list[str]) -> None:
    found = suite(*place, "--backend=numpy", "-k", "softmax-float32", "--collect-only", "-q")
    assert found.returncode == 0, found.stdout
    softmaxes = [get("softmax"), get("log_softmax")]
    names = [f"{o.name}-float32-{c}@numpy" for o in softmaxes for c in checks_of(o, "float32")]
    assert ids(found) == names


def test_from_a_checkout_the_own_tests_stay_out(command_environment: dict[str, str]) -> None:
    arguments = [
        "--backend=numpy",
        *ONE,
        "--collect-only",
        "-q",
    ]
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT, env=command_environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert ids(found) == ["exp-float32-shapes@numpy"]


def test_a_run_that_holds_leaves_its_report_and_exits_with_0(suite: Any, report: Path) -> None:
    ended = suite("--backend=numpy", "-k", "tanh-float32", "--report", str(report))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    record = read(report)
    assert {r.verdict for r in record.results} == {"pass"}
    assert record.end is not None
    assert not record.end.void and not record.end.interrupted
    assert (report / "report.html").read_text().startswith("<!doctype html>")
    assert list((report / "reproducers").iterdir()) == []


def test_a_failure_is_explained_and_exits_with_1(
    suite: Any, vendor: Any, command: Any, report: Path
) -> None:
    path = vendor(mine=ZEROS)
    ended = suite("--backend=mine", *ONE, "--report", str(report), path=path)
    assert ended.returncode == 1
    for part in ("exp in float32 on mine: fail", "worst element", "truth", "ulp", "reproduce("):
        assert part in ended.stdout
    (reproducer,) = (report / "reproducers").iterdir()
    run = "from tensorcts.conformance.cli import main; main()"
    again = command("-c", run, "reproduce", str(reproducer), path=path)
    assert again.returncode == 1, again.stderr


def test_several_backends_stand_side_by_side(suite: Any, vendor: Any, report: Path) -> None:
    arguments = ("--backend=numpy", "--backend=mine", *ONE)
    ended = suite(*arguments, "--report", str(report), path=vendor(mine=ZEROS))
    assert ended.returncode == 1
    verdicts = {r.backend: r.verdict for r in read(report).results}
    assert verdicts == {"numpy": "pass", "mine": "fail"}


def test_two_processes_record_the_same_as_one(suite: Any, vendor: Any, tmp_path: Path) -> None:
    path = vendor(mine=ZEROS)
    for name, more in (("one", []), ("two", ["-n", "2"])):
        folder = str(tmp_path / name)
        suite("--backend=mine", *FLOATS, "--report", folder, *more, path=path)
    one, two = read(tmp_path / "one"), read(tmp_path / "two")
    assert len(one.results) == len(EXP)
    assert results(one) == results(two)
    assert one.end is not None and two.end is not None
    assert one.end.canaries == two.end.canaries


def test_a_worker_sends_all_that_a_record_holds(suite: Any, report: Path) -> None:
    """softmax has statistics over its elements too."""
    arguments = ("--op=softmax", "--dtype=float32", "--check=shapes", "-n", "1")
    ended = suite("--backend=numpy", *arguments, "--report", str(report))
    assert ended.returncode == 0, ended.stdout
    (result,) = read(report).results
    assert isinstance(result.gain, float) and isinstance(result.bias, float)


def test_a_crash_of_an_xdist_worker_is_recorded(suite: Any, vendor: Any, report: Path) -> None:
    ended = suite(
        "--backend=mine", *TWO, "-n", "1",
        "--report", str(report), path=vendor(mine=KILL),
    )  # fmt: skip
    assert ended.returncode == 1
    assert {r.op: r.verdict for r in read(report).results} == {"exp": "crash", "silu": "pass"}


def test_isolation_turns_a_crash_into_a_verdict(suite: Any, vendor: Any, report: Path) -> None:
    ended = suite(
        "--backend=mine", *TWO, "--isolate",
        "--report", str(report), path=vendor(mine=KILL),
    )  # fmt: skip
    assert ended.returncode == 1
    assert {r.op: r.verdict for r in read(report).results} == {"exp": "crash", "silu": "pass"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--backend=numpi"], "unknown backend 'numpi'; did you mean numpy?"),
        (["--backend=numpi", "-n", "2"], "unknown backend 'numpi'; did you mean numpy?"),
        (["--backend=numpy:gpu"], "the numpy backend has the device cpu only, not 'gpu'"),
        (["--backend=numpy", "--isolate", "--case-timeout=0"], "timeout"),
        (["--backend=numpy", "--waivers=none.toml"], "can't read the waivers in none.toml"),
        (["--backend=numpy", "--examples=-1"], "examples is -1"),
        (["--backend=numpy", "--report=/proc/none"], "can't write the report to /proc/none"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_4(suite: Any, arguments: list[str], says: str) -> None:
    ended = suite(*arguments, *ONE)
    assert ended.returncode == 4, ended.stdout
    (line,) = [x for x in ended.stderr.splitlines() if x.strip()]
    assert line.startswith("ERROR: ")
    assert says in line


@pytest.mark.parametrize(
    ("cases", "code", "says"),
    [
        ("exp-float32-*", 0, "known"),
        ("exp-float32-shape", 1, ""),
        ("*-float32-shapes", 0, "known"),
    ],
)
def test_waivers_hold_what_they_name(
    suite: Any, vendor: Any, tmp_path: Path, cases: str, code: int, says: str
) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(WAIVER.format(cases))
    arguments = ("--backend=mine", *ONE, "-rx", "--waivers", str(file))
    ended = suite(*arguments, path=vendor(mine=ZEROS))
    assert ended.returncode == code, ended.stdout
    assert says in ended.stdout


@pytest.mark.parametrize(("cases", "code"), [("exp-float32-shapes", 1), ("exp-float32-*", 0)])
def test_a_waiver_that_none_of_its_tests_needs_fails_the_run(
    suite: Any, tmp_path: Path, cases: str, code: int
) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(WAIVER.format(cases))
    ended = suite("--backend=numpy", *ONE, "--waivers", str(file))
    assert ended.returncode == code
    assert (f"the waiver '{cases}' is not needed" in ended.stdout) is bool(code)


def test_an_interrupted_run_leaves_a_readable_record(
    vendor: Any, report: Path, command_environment: dict[str, str]
) -> None:
    environment = {**command_environment, "PYTHONPATH": str(vendor(mine=SLOW))}
    arguments = ["--backend=mine", *FLOATS, "--report", str(report)]
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        env=environment, cwd=report.parent, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines = report / "records.jsonl"
    until = time.monotonic() + 60
    while time.monotonic() < until and not (lines.exists() and lines.read_text().count("\n") > 2):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 2
    record = read(report)
    assert record.end is not None and record.end.interrupted
    assert 0 < len(record.results) < len(EXP)
    assert (report / "report.html").exists()


def test_an_ordinary_run_is_left_alone(suite: Any, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    heavy = ("numpy", "scipy", "mpmath", "rich", "tensorcts.conformance.checks")
    (folder / "test_own.py").write_text(
        f"import sys\n\ndef test_own():\n    assert not set(sys.modules) & {set(heavy)}\n"
    )
    ended = suite("-p", "no:hypothesispytest", "-p", "no:benchmark", "-q")
    assert ended.returncode == 0, ended.stdout
    assert "1 passed" in ended.stdout
    assert "canar" not in ended.stdout


def test_the_suite_asks_for_a_backend(suite: Any) -> None:
    ended = suite("--pyargs", "tensorcts.conformance")
    assert ended.returncode != 0
    assert "needs --backend=NAME" in ended.stdout


def test_the_seed_decides_on_the_cases(suite: Any, vendor: Any, tmp_path: Path) -> None:
    path = vendor(mine=ZEROS)
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        arguments = ("--backend=mine", *ONE, "--seed", seed)
        suite(*arguments, "--report", str(tmp_path / name), path=path)
    a, b, c = (results(read(tmp_path / name)) for name in "abc")
    assert a == b != c


def test_every_line_of_a_record_is_json(suite: Any, report: Path) -> None:
    suite("--backend=numpy", *ONE, "--report", str(report))
    kinds = [json.loads(x)["type"] for x in (report / "records.jsonl").read_text().splitlines()]
    assert kinds == ["run", "result", "end"]
