"""Records of sweeps: what is written is read back; the table shows what a reader asks for first."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tensorcts.reports.precision import records, terminal
from tensorcts.reports.precision.records import Binade, Point, Sweep
from tensorcts.reports.records import Backend, RecordError

WORST = Point(["0x3f800000"], ["1.0"], "0x40000000", "2.0", "0x1.5bf0a8b145769p+1", -3.5)
SWEEP = Sweep(
    backend=Backend("mine", "a processor", ["float32"]),
    function="exp", attributes="", dtype="float32", result="float32", inputs="all", seed=0,
    suite="1", started="2026-11-23T00:00:00+00:00", seconds=1.5, environment={"cpu": "x"},
    points=2**32, compared=2**32 - 2**24, max=3.5, worst=WORST, mean=0.25, rms=0.3, bias=-0.01,
    correctly_rounded=0.75, percentiles={"99.9": 1.25}, histogram=[[0.0, 0.5, 3], [0.5, 1.0, 1]],
    counts={"misrounded": 2**30, "flushed": 12}, examples={"flushed": WORST},
    binades=[Binade(True, -126, 8, 8, 3.5, 0.25, 0.3, -0.01, WORST, {"flushed": 12})],
    special=[replace(WORST, ulp=None)], limits={"tight": 2.5, "opencl": 3.0}, profile="",
)  # fmt: skip


def test_records_are_read_back(tmp_path: Path) -> None:
    records.add(tmp_path / "mine.jsonl", SWEEP)
    assert records.read(tmp_path / "mine.jsonl") == [SWEEP] == records.read(tmp_path)
    (tmp_path / "other.jsonl.gz").write_bytes(gzip.compress(records.to_line(SWEEP).encode()))
    assert records.read(tmp_path / "other.jsonl.gz") == [SWEEP]
    assert len(records.read(tmp_path)) == 2


def test_a_later_record_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    for sweep in (SWEEP, replace(SWEEP, function="log"), replace(SWEEP, max=9.0)):
        records.add(path, sweep)
    assert [(s.function, s.max) for s in records.read(path)] == [("log", 3.5), ("exp", 9.0)]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("{}", "line 1: not a sweep"),
        ('{"schema": 99}', "schema 99; this version reads"),
        ("[1]", "not a sweep"),
        (records.to_line(SWEEP)[:50], "not a sweep"),
    ],
)
def test_what_is_no_record_is_told(tmp_path: Path, line: str, text: str) -> None:
    (tmp_path / "x.jsonl").write_text(line)
    with pytest.raises(RecordError, match=text):
        records.read(tmp_path / "x.jsonl")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="can't read"):
        records.read(tmp_path / "x.jsonl")


def table(*sweeps: Sweep) -> str:
    output = io.StringIO()
    terminal.print_table(sweeps, Console(width=60, file=output))
    return output.getvalue()


def test_the_table_has_a_line_a_sweep() -> None:
    header, line, *_ = table(SWEEP).splitlines()
    for shown in ("exp", "float32", "mine", "all", "3.5", "1.0", "0.25", "1.25", "25.098%", "none"):
        assert shown in line
    assert "12 flushed" in line and "max ulp" in header


def test_the_table_says_why_there_are_no_figures() -> None:
    found = table(replace(SWEEP, failure="the device was lost"))
    assert found == "mine exp float32: the device was lost\n"
