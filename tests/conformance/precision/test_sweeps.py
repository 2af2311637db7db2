"""Whole sweeps: cut off and resumed, spread over processes, what they find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorcts.conformance.precision import commands, judging
from tensorcts.conformance.precision.commands import Choice
from tensorcts.reports.precision import records

HALF = Choice(("numpy",), ("exp", "log"), ("float16",), exhaustive=False, seed=0)


def test_numpys_float16_exp_rounds_twice_at_four_inputs(tmp_path: Path) -> None:
    assert commands.run(HALF, tmp_path, 1, None, as_json=False)
    exp, log = records.read(tmp_path)
    assert (exp.points, exp.counts["misrounded"], log.counts["misrounded"]) == (65536, 4, 1)
    assert exp.worst is not None and exp.worst.bits == ["0xaa0c"] and 0.5 < exp.max < 0.5003


def test_a_finished_sweep_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.run(HALF, tmp_path, 1, None, as_json=False)
    first = records.read(tmp_path)
    monkeypatch.setattr(judging, "judge", lambda task, block: pytest.fail("judged again"))
    commands.run(HALF, tmp_path, 1, None, as_json=False)
    assert [s.histogram for s in records.read(tmp_path)] == [s.histogram for s in first]
