"""Canaries: a comparison that lets wrong results through makes the whole run void."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tensorcts.backends.numpy_native import NumpyBackend
from tensorcts.conformance import canaries, judge
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cli import main
from tensorcts.conformance.compare import Comparison, compare
from tensorcts.conformance.recording import Recorder
from tensorcts.conformance.runner import Settings
from tensorcts.conformance.session import Session
from tensorcts.tolerances.budgets import PROFILES

DECLARED = NumpyBackend().capabilities


def test_all_are_caught_and_the_truth_passes(cache: Cache) -> None:
    caught = canaries.run(DECLARED, cache)
    assert set(caught) == {*canaries.LIES, "the truth"}
    assert all(caught.values())


@pytest.mark.parametrize("profile", PROFILES)
def test_they_are_caught_whatever_a_backend_declares(cache: Cache, profile: str) -> None:
    declared = replace(
        DECLARED,
        profile=profile,
        traits={"flush_subnormals": "all"},
        accumulator={"float32": "float32"},
        correctly_rounded=frozenset(),
    )
    assert all(canaries.run(declared, cache).values())


def lenient(got: Any, expected: Any, **more: Any) -> Comparison:
    """A comparison that a maintainer broke: everything passes."""
    return Comparison("pass", count=got.size)


def without_dtype(got: Any, expected: Any, **more: Any) -> Comparison:
    return compare(got.astype(expected.dtype), expected, **more)


def broadcasting(got: Any, expected: Any, **more: Any) -> Comparison:
    if got.shape != expected.hi.shape:
        return Comparison("pass")
    return compare(got, expected, **more)


def first_only(got: Any, expected: Any, **more: Any) -> Comparison:
    if got.shape != expected.hi.shape:
        return compare(got, expected, **more)
    got = got.copy()
    truth = expected.hi.astype(got.dtype)
    got.ravel()[1:] = truth.ravel()[1:]
    return compare(got, expected, **more)


def nan_passes(got: Any, expected: Any, **more: Any) -> Comparison:
    found = compare(got, expected, **more)
    return Comparison("pass") if np.any(np.isnan(got)) else found


def ten_times_as_much(got: Any, expected: Any, **more: Any) -> Comparison:
    rule = replace(expected.rule, ulps=expected.rule.ulps * 100)
    return compare(got, replace(expected, rule=rule), **more)


def strict(got: Any, expected: Any, **more: Any) -> Comparison:
    return Comparison("fail")


BROKEN = (lenient, without_dtype, broadcasting, first_only, nan_passes, ten_times_as_much, strict)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_comparison_makes_the_run_void(
    broken: Any, monkeypatch: pytest.MonkeyPatch, cache: Cache
) -> None:
    monkeypatch.setattr(judge, "compare", broken)
    recorder = Recorder(Session(["numpy"], Settings(0, 5), cache=cache), None)
    recorder.finish(interrupted=False)
    assert recorder.record.end is not None and recorder.record.end.void
    assert not recorder.held


def test_a_void_run_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache_folder: Path
) -> None:
    monkeypatch.setattr(judge, "compare", lenient)
    monkeypatch.setenv("TENSORCTS_CACHE", str(cache_folder))
    arguments = "run --backend numpy --op exp --dtype float32 --check shapes --report"
    ended = CliRunner().invoke(main, [*arguments.split(), str(tmp_path)])
    assert ended.exit_code == 1
    assert "void" in ended.stdout.lower()
