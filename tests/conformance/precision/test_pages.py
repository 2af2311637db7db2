"""The page by the command that sweeps, and by the one that shows kept records again."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tensorcts.conformance.cli import main
from tensorcts.reports.precision import html, records

SWEPT = ["precision", "--backend", "numpy", "--op", "astype-float8_e4m3fn", "--dtype",
         "float8_e5m2", "-j", "1", "--report"]  # fmt: skip


def invoke(*arguments: Any) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_a_sweep_leaves_a_page_on_all_its_folder(tmp_path: Path) -> None:
    pytest.importorskip("plotly")
    shown = invoke(*SWEPT, tmp_path)
    page = tmp_path / "precision.html"
    assert shown.exit_code == 0 and page.name in shown.output
    assert "astype-float8_e4m3fn/float8_e5m2" in page.read_text("utf-8")


def test_kept_records_are_shown_side_by_side(tmp_path: Path) -> None:
    pytest.importorskip("plotly")
    invoke(*SWEPT, tmp_path / "one")
    (tmp_path / "two.jsonl.gz").write_bytes(
        gzip.compress((tmp_path / "one" / "numpy.jsonl").read_bytes())
    )
    page = tmp_path / "both.html"
    both = tmp_path / "one", tmp_path / "two.jsonl.gz"
    shown = invoke("report", *both, "--html", page)
    assert shown.exit_code == 0 and shown.output.count("float8_e5m2") == 2
    assert "numpy (2)" in page.read_text("utf-8")
    lines = invoke("report", *both, "--format", "json").stdout.splitlines()
    assert len(records.parse(lines, "stdout")) == 2
    refused = invoke("report", *both, "--html", tmp_path / "none" / "both.html")
    assert refused.exit_code == 2 and "can't write" in refused.output


def test_without_plotly_a_sweep_keeps_its_records_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "DRAWER", "no_such_package.offline")
    shown = invoke(*SWEPT, tmp_path)
    assert shown.exit_code == 0 and "no page: " in shown.output
    assert "pip install 'tensorcts[plots]'" in " ".join(shown.output.split())
    assert len(records.read(tmp_path)) == 1
    refused = invoke("report", tmp_path, "--html", tmp_path / "page.html")
    assert refused.exit_code == 2 and "the page needs the package plotly" in refused.output


def test_a_folder_of_other_records_holds_no_sweeps(tmp_path: Path) -> None:
    assert not records.holds(tmp_path)
    (tmp_path / "x.jsonl").write_text('{"type": "run"}\n')
    assert not records.holds(tmp_path) and not records.holds(tmp_path / "none.jsonl")
