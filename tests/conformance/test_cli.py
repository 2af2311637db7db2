"""The command line: what it prints, how it ends, and what it says to wrong use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tensorcts.conformance.checks import checks_of
from tensorcts.conformance.cli import main
from tensorcts.conformance.session import Session
from tensorcts.reference.registry import get
from tensorcts.reports.records import read

Invoke = Callable[..., Result]
ONE = ("run", "--backend", "numpy", "--op", "exp", "--dtype", "float32", "--check", "shapes")


@pytest.fixture
def invoke(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Run a command line in an empty folder."""
    monkeypatch.setenv("TENSORCTS_CACHE", str(cache_folder))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(main, [str(a) for a in arguments])

    return run


def last_line(ended: Result) -> str:
    """The error line under click's hint on the usage."""
    return ended.stderr.strip().splitlines()[-1]


def test_a_run_that_holds(invoke: Invoke, tmp_path: Path) -> None:
    ended = invoke(*ONE)
    assert ended.exit_code == 0, ended.output
    assert "numpy" in ended.stdout
    record = read(tmp_path / "tensorcts-report")
    assert [(r.id, r.verdict) for r in record.results] == [("exp-float32-shapes", "pass")]


def test_a_run_that_fails(invoke: Invoke, faulty: Any, tmp_path: Path) -> None:
    faulty({"exp": np.zeros_like})
    ended = invoke("run", "--backend", "faulty", *ONE[3:], "--report", "out")
    assert ended.exit_code == 1
    (reproducer,) = (tmp_path / "out" / "reproducers").iterdir()
    again = invoke("reproduce", reproducer)
    assert again.exit_code == 1
    assert again.stdout.startswith("fail: exp(")


def test_a_summary_as_json(invoke: Invoke, faulty: Any) -> None:
    faulty({"exp": np.zeros_like})
    ended = invoke(*ONE, "--backend", "faulty", "--format", "json")
    found = json.loads(ended.stdout)
    assert found["backends"]["numpy"]["verdicts"] == {"pass": 1}
    assert found["backends"]["faulty"]["failures"] == ["exp-float32-shapes"]
    assert (found["void"], found["interrupted"]) == (False, False)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run",), "--backend"),
        (("run", "--backend", "numpi"), "unknown backend 'numpi'; did you mean numpy?"),
        (("run", "--backend", "numpy:gpu"), "has the device cpu only, not 'gpu'"),
        ((*ONE, "--op", "softmx"), "unknown op 'softmx'; did you mean softmax"),
        ((*ONE, "--op", "cast"), "unknown op 'cast'; did you mean astype"),
        ((*ONE, "--dtype", "float31"), "unknown dtype 'float31'"),
        ((*ONE, "--check", "shape"), "unknown check 'shape'"),
        ((*ONE, "--op", "all", "--dtype", "int8"), None),
        ((*ONE[:5], "--dtype", "int8"), "no test"),
        ((*ONE, "--waivers", "none.toml"), "can't read the waivers in none.toml"),
        ((*ONE, "--report", "/proc/none"), "can't write the report to /proc/none"),
        ((*ONE, "--examples", "-1"), "--examples"),
        ((*ONE, "--case-timeout", "0"), "--case-timeout"),
        ((*ONE, "--format", "yaml"), "--format"),
        ((*ONE, "--resume"), "can't read the record"),
        (("explain", "softmx"), "unknown op 'softmx'; did you mean softmax"),
        (("explain", "softmax", "--profile", "loose"), "unknown profile 'loose'"),
        (("report", "none"), "can't read the record none"),
        (("reproduce", "none.py"), "can't run the reproducer none.py"),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    invoke: Invoke, arguments: tuple[str, ...], says: str | None
) -> None:
    ended = invoke(*arguments)
    assert ended.exit_code == (0 if says is None else 2), ended.output
    if says is not None:
        assert says in last_line(ended)
        assert "Traceback" not in ended.output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1\n", "is no reproducer: it judges no case"),
        ("not python", "can't run the reproducer"),
        ("none_such()\n", "can't run the reproducer"),
        ("import none_such\n", "can't run the reproducer"),
        (
            "from tensorcts.conformance.reproduce import reproduce\n"
            "reproduce('numpi', 'exp', 'float32', (), {})\n",
            "unknown backend 'numpi'",
        ),
    ],
)
def test_what_is_no_reproducer_is_refused(
    invoke: Invoke, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "file.py").write_text(text)
    ended = invoke("reproduce", "file.py")
    assert ended.exit_code == 2, ended.output
    assert says in last_line(ended)


@pytest.mark.parametrize(
    "text", ["", "{}\n", "nonsense\n", '{"type": "result"}\n', '{"type": "run']
)
def test_a_broken_record_is_refused(invoke: Invoke, tmp_path: Path, text: str) -> None:
    (tmp_path / "records.jsonl").write_text(text)
    ended = invoke("report", tmp_path)
    assert ended.exit_code == 2
    assert "records.jsonl" in last_line(ended)


def test_records_side_by_side_as_a_page(invoke: Invoke, tmp_path: Path) -> None:
    invoke(*ONE, "--report", "a")
    invoke(*ONE, "--report", "b", "--seed", "1")
    ended = invoke("report", "a", "b", "--html", "both.html", "--format", "json")
    assert ended.exit_code == 0, ended.output
    assert len(json.loads(ended.stdout)) == 2
    assert (tmp_path / "both.html").stat().st_size > 10_000
    refused = invoke("report", "a", "--html", "none/both.html")
    assert (refused.exit_code, "can't write" in last_line(refused)) == (2, True)


def test_the_backends_are_listed(invoke: Invoke, faulty: Any) -> None:
    faulty({})
    rows = {row["name"]: row for row in json.loads(invoke("backends", "--format", "json").stdout)}
    assert {"numpy", "opencl", "torch", "cuda"} <= set(rows)
    assert rows["numpy"]["unavailable"] == ""
    assert all(row["unavailable"] or row["ops"] > 10 for row in rows.values())
    assert "numpy" in invoke("backends").stdout


def test_the_dtypes_are_listed(invoke: Invoke) -> None:
    found = json.loads(invoke("dtypes", "--format", "json").stdout)
    limits = {row["name"]: row for row in found["dtypes"]}
    assert limits["float8_e4m3fn"]["max"] == 448
    assert (limits["complex32"]["parts"], limits["complex32"]["storage_only"]) == ("float16", True)
    mixed = next(r for r in found["promotions"] if (r["a"], r["b"]) == ("float32", "int64"))
    assert (mixed["tensorcts"], mixed["differing"]) == ("error", ["numpy", "torch"])
    text = invoke("dtypes").stdout
    assert "18446744073709551615" in text and "≠ float64" in text


def test_an_op_is_explained_on_one_page(invoke: Invoke) -> None:
    page = json.loads(invoke("explain", "softmax", "--format", "json").stdout)
    assert page["name"] == "softmax"
    assert set(page["rules"]) == set(page["dtypes"])
    text = invoke("explain", "softmax").stdout
    for part in ("softmax", "Definition", "Tolerance", "float32", "np.exp", page["signature"]):
        assert part in text
    assert page["signature"] == "softmax(x: Any, *, axis: int) -> Any"


def test_every_op_can_be_explained(invoke: Invoke) -> None:
    from tensorcts.reference.registry import all_ops

    for op in all_ops():
        ended = invoke("explain", op.name)
        assert ended.exit_code == 0, ended.output
        assert op.summary.split()[0] in ended.stdout


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_has_an_example(invoke: Invoke, command: str) -> None:
    ended = invoke(command, "--help")
    assert ended.exit_code == 0
    assert "Example" in ended.stdout
    assert f"tensorcts {command}" in ended.stdout
    assert invoke(command, "-h").stdout == ended.stdout


def test_an_interrupted_run_can_be_resumed(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted = ("run", "--backend", "numpy", "--op", "exp", "--dtype", "float32", "--report", "out")
    run, calls = Session.run, []

    def stopping(self: Session, *arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return run(self, *arguments)

    monkeypatch.setattr(Session, "run", stopping)
    first = invoke(*wanted)
    assert first.exit_code == 1
    assert "--resume" in first.stderr
    stopped = read(tmp_path / "out")
    assert stopped.end is not None and stopped.end.interrupted
    assert len(stopped.results) == 2
    second = invoke(*wanted, "--resume")
    assert second.exit_code == 0, second.output
    assert len(calls) == 3 + len(checks_of(get("exp"), "float32")) - 2
    resumed = read(tmp_path / "out")
    assert resumed.end is not None and not resumed.end.interrupted
    assert len(resumed.results) == len(checks_of(get("exp"), "float32"))


@pytest.mark.parametrize("changed", [("--seed", "1"), ("--seeds", "2"), ("--examples", "7")])
def test_a_run_with_other_settings_is_not_resumed(invoke: Invoke, changed: tuple[str, str]) -> None:
    invoke(*ONE, "--report", "out")
    ended = invoke(*ONE, "--report", "out", "--resume", *changed)
    assert ended.exit_code == 2
    assert "can't resume out" in last_line(ended)
