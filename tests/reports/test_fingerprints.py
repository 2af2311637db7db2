"""Fingerprints: the measured figures in the terminal, on the page and in the record."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from tensorcts.reports import fingerprints, html, terminal
from tensorcts.reports.records import Record, Result, Writer, read


@pytest.fixture
def measured(record: Record) -> Record:
    """The record with figures of three ops."""
    nearest = {"accumulator_bits": "24", "accumulation_rounding": "nearest", "odd_figure": "3"}
    for op, figures in (
        ("add", {"deterministic": "yes"}),
        ("gelu", nearest),
        ("softmax", nearest),
        ("relu", {"deterministic": "no"}),
    ):
        result = Result("alpha", op, "float32", "properties", "pass", measured=dict(figures))
        record.results.append(result)
    return record


def printed(record: Record) -> str:
    console = Console(file=io.StringIO(), width=200)
    terminal.print_summary(record, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_equal_figures_stand_once(measured: Record) -> None:
    found = fingerprints.lines(measured)
    assert [line.ops for line in found] == [["add"], ["gelu", "softmax"], ["relu"]]


def test_columns_come_in_order_and_unknown_figures_last(measured: Record) -> None:
    names = fingerprints.headings(fingerprints.measured(measured))
    assert list(names) == [
        "accumulator_bits", "accumulation_rounding", "deterministic", "odd_figure",
    ]  # fmt: skip
    assert names["odd_figure"] == "odd figure"


def test_a_figure_without_a_column_stands_among_the_others(measured: Record) -> None:
    assert "odd_figure" not in fingerprints.columns(fingerprints.measured(measured))
    assert [line.others for line in fingerprints.lines(measured)] == ["", "odd figure 3", ""]
    assert "<td>odd figure 3</td>" in html.render([measured])


def test_the_terminal_has_a_line_for_each_backend(measured: Record) -> None:
    assert (
        "measured alpha: float32 24 bits nearest (gelu, softmax) · "
        "deterministic but for relu float32\n"
    ) in printed(measured)


def test_what_holds_for_no_op_is_said_plainly(record: Record) -> None:
    for op, flush in (("exp", "no"), ("log", "results")):
        figures = {"leak_free": "no", "flush_subnormals": flush}
        result = Result("alpha", op, "float32", "properties", "pass", measured=figures)
        record.results.append(result)
    assert fingerprints.summarised(record) == ["alpha: not leak-free"]


def test_nothing_measured_is_nothing_said(record: Record) -> None:
    assert "measured" not in printed(record)
    assert "Fingerprint" not in html.render([record])


def test_the_page_has_the_figures(measured: Record) -> None:
    page = html.render([measured])
    assert "Fingerprint" in page
    assert "gelu, softmax" in page


def test_figures_come_back_from_the_record(measured: Record, tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    with path.open("w") as file:
        writer = Writer(file, measured.run)
        for result in measured.results:
            writer.result(result)
    found = fingerprints.by_op(read(path), "alpha")
    assert found["add"] == {"float32": {"deterministic": "yes"}}
    assert fingerprints.by_op(read(path), "beta") == {}
