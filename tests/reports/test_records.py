"""A record reads back as it was written, and a damaged one is refused with its place."""

from __future__ import annotations

import gzip
import io
import json
import math
from dataclasses import asdict
from pathlib import Path

import pytest

from tensorcts.reports import records
from tensorcts.reports.records import SCHEMA, End, Record, RecordError, Writer


def _lines(record: Record) -> list[str]:
    file = io.StringIO()
    writer = Writer(file, record.run)
    for result in record.results:
        writer.result(result)
    if record.end:
        writer.end(record.end)
    return file.getvalue().splitlines()


def test_round_trip(record: Record, tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text("\n".join(_lines(record)) + "\n", encoding="utf-8")
    for path in (tmp_path, tmp_path / "records.jsonl"):
        assert asdict(records.read(path)) == asdict(record)


def test_a_record_may_be_compressed(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "numpy.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(_lines(record)).encode()))
    assert asdict(records.read(path)) == asdict(record)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RecordError, match="can't read the record"):
        records.read(path)


def test_every_line_is_whole_as_soon_as_it_is_written(record: Record) -> None:
    file = io.StringIO()
    writer = Writer(file, record.run)
    for count, result in enumerate(record.results[:3], 2):
        writer.result(result)
        assert len([json.loads(line) for line in file.getvalue().splitlines()]) == count


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, 0.0])
def test_odd_numbers_come_back(record: Record, value: float | None) -> None:
    record.results[0].ulp = value
    back = records.parse(_lines(record), "it").results[0].ulp
    assert back == value or (math.isnan(back or 0) and math.isnan(value or 0))


def test_a_run_that_was_interrupted_has_no_end(record: Record) -> None:
    back = records.parse(_lines(record)[:-1], "it")
    assert back.end is None
    assert len(back.results) == len(record.results)


def test_a_line_cut_off_is_refused_with_its_number(record: Record) -> None:
    lines = _lines(record)
    lines[4] = lines[4][:40]
    with pytest.raises(RecordError, match="it, line 5: not a line of a record"):
        records.parse(lines, "it")


def test_another_schema_is_refused(record: Record) -> None:
    lines = _lines(record)
    lines[0] = lines[0].replace(f'"schema": {SCHEMA}', '"schema": 999')
    with pytest.raises(RecordError, match=f"schema 999; this version reads {SCHEMA}"):
        records.parse(lines, "it")


def test_a_record_needs_a_run(record: Record) -> None:
    with pytest.raises(RecordError, match="no line describes the run"):
        records.parse(_lines(record)[1:], "it")


@pytest.mark.parametrize("line", ["[]", "1", '{"kind": 1}', '{"type": "result"}', "nonsense"])
def test_what_is_no_record_is_refused(line: str) -> None:
    with pytest.raises(RecordError, match="line 1"):
        records.parse([line], "it")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="can't read the record"):
        records.read(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("canaries", "void"),
    [({}, True), ({"a": True}, False), ({"a": True, "b": False}, True)],
)
def test_a_run_is_void_unless_every_canary_was_caught(
    canaries: dict[str, bool], void: bool
) -> None:
    assert End(1.0, False, canaries).void is void
