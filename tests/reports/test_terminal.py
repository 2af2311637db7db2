"""The summary says what counts on one screen; progress keeps quiet where nobody watches."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from tensorcts.reports import terminal
from tensorcts.reports.records import Record, Result


def _console(width: int = 100, *, watched: bool = False) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=watched, color_system=None)


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _summary(record: Record, files: dict[str, Path] | None = None) -> str:
    console = _console()
    terminal.print_summary(record, console, files)
    return _text(console)


def test_pass_rate_and_coverage_stand_on_one_line_for_each_backend(record: Record) -> None:
    lines = _summary(record).splitlines()
    for backend in ("alpha", "beta"):
        line = next(line for line in lines if line.startswith(backend))
        assert "passed" in line
        assert "coverage" in line
        assert "of 6 ops" in line


def test_cases_left_out_of_passes_are_counted(record: Record) -> None:
    assert "cases unsupported" not in _summary(record)
    passed = [r for r in record.results if r.backend == "beta" and r.verdict == "pass"]
    passed[0].unsupported, passed[1].unsupported = {"no views": 3}, {"no views": 1, "why": 1}
    assert "5 cases unsupported in 2 other tests" in _summary(record)


def test_the_header_says_what_ran(record: Record) -> None:
    text = _summary(record)
    for fact in (
        "TensorCTS 2026.1",
        "seed 7",
        "25 examples",
        "1 min 23 s",
        "a device",
        "another device",
    ):
        assert fact in text


def test_a_failure_is_shown_with_its_worst_element(record: Record) -> None:
    text = _summary(record)
    assert "fail gelu float32 on alpha values" in text
    assert "at [3, 17]: got -0.0012, truth -0.0018; 3,410 ulp, z 1.3e6, allowed 2 ulp" in text


def test_a_failure_without_an_element_is_shown_with_its_message(record: Record) -> None:
    assert "this is why: hang" in _summary(record)


def test_at_most_ten_groups_are_shown_and_the_rest_is_counted(record: Record) -> None:
    record.results = [
        Result("alpha", f"op{n}", "float32", "values", "fail", z=n) for n in range(25)
    ]
    text = _summary(record)
    assert "op24" in text
    assert "op14" not in text
    assert "... and 15 more op × dtype" in text


def test_waivers_are_shown_with_reasons_and_complaints(record: Record) -> None:
    text = _summary(record)
    assert "1 waived: known defect 41, until 2027-06" in text
    assert "waiver pattern 'x*' matches no test" in text


def test_canaries(record: Record) -> None:
    assert "3 of 3 canaries caught" in _summary(record)


def test_a_void_run_is_loud_about_it(record: Record) -> None:
    assert record.end
    record.end.canaries["nan lost"] = False
    text = _summary(record)
    assert "VOID" in text
    assert "not caught: nan lost; this run proves nothing" in text
    assert "canaries caught" not in text
    record.end.canaries = {}
    assert "no canary ran" in _summary(record)


def test_an_interrupted_run_is_said_to_be(record: Record) -> None:
    assert "INTERRUPTED" not in _summary(record)
    record.end = None
    text = _summary(record)
    assert "INTERRUPTED" in text
    assert "canaries" not in text


def test_a_missing_backend_is_named_with_its_reason(record: Record) -> None:
    record.run.backends[1].unavailable = "needs a device"
    record.results = [r for r in record.results if r.backend == "alpha"]
    assert "unavailable: needs a device" in _summary(record)


def test_the_next_commands_are_never_broken(record: Record) -> None:
    path = Path("a-rather-long-folder-name" * 8) / "script.py"
    console = _console(60, watched=True)
    terminal.print_summary(record, console, {"reproduce": path, "html": Path("report.html")})
    assert f"tensorcts reproduce {path}" in _text(console)


def test_markup_in_a_message_is_text(record: Record) -> None:
    record.results[0].verdict = "error"
    record.results[0].message = "[red]not markup[/nonsense]"
    assert "[red]not markup[/nonsense]" in _summary(record)


def test_a_run_without_results_has_a_summary(record: Record) -> None:
    record.results = []
    assert "passed none (0 of 0)" in _summary(record)


@pytest.mark.parametrize("backends", [1, 4])
def test_the_summary_fits_about_forty_lines(
    sized: Callable[[int, int, int], Record], backends: int
) -> None:
    assert len(_summary(sized(60, 8, backends)).splitlines()) <= 45


def test_progress_elsewhere_is_a_line_every_tenth() -> None:
    console = _console()
    with terminal.progress(200, console, "alpha") as step:
        for n in range(200):
            step(Result("alpha", "gelu", "float32", "values", "fail" if n % 50 == 0 else "pass"))
    lines = _text(console).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "alpha: 200 of 200, 4 failed"


def test_progress_on_a_terminal_is_a_bar_that_vanishes() -> None:
    console = _console(watched=True)
    with terminal.progress(3, console) as step:
        step(Result("alpha", "gelu", "float32", "values", "pass"))
    assert "alpha: " not in _text(console)


def test_progress_of_nothing() -> None:
    with terminal.progress(0, _console()):
        pass
