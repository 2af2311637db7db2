"""The catalogue has no holes: every op has all its parts, and some backend computes it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from tensorcts.backends.numpy_native import NumpyBackend
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.conformance import catalogue, checks
from tensorcts.conformance.cli import main
from tensorcts.conformance.samplers import all_refusers
from tensorcts.reference import dtypes
from tensorcts.reference.registry import OPS, Op, all_ops, get

SPEAKING = re.compile(r"\(C\d+\)[^;.]*(axis|axes|broadcast|in range|size|shape|length)")
"""Constraints that a call can break, unlike those on dtypes, of which backends take more."""


@pytest.fixture(scope="module")
def entries() -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in catalogue.entries({"numpy": NumpyBackend()})}


def test_every_op_stands_in_the_catalogue(entries: Any) -> None:
    assert list(entries) == [op.name for op in all_ops()]
    assert len(entries) >= 160


@pytest.mark.parametrize("op", [pytest.param(o, id=o.name) for o in all_ops()])
def test_no_part_of_an_op_is_missing(op: Op, entries: Any) -> None:
    entry = entries[op.name]
    assert entry["vjp"] == entry["jvp"] == op.differentiable
    assert set(entry["rules"]) == set(op.dtypes)
    assert all(entry["rules"].values()) and all(entry["cases"].values()), entry["cases"]
    assert set(entry["cases"]) == set(checks.checks_of(op, checks.usual_dtype(op))) - {"random"}
    if op.differentiable:
        assert set(op.dtypes) & {*dtypes.FLOATING, *dtypes.COMPLEX}
    if SPEAKING.search(op.text):
        assert op.name in all_refusers(), "no case breaks its constraints"


def test_a_missing_rule_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorcts.reference.autodiff import rules
    from tensorcts.reference.autodiff.rules import forward

    exp = get("exp")
    assert catalogue.has_vjp(exp) and catalogue.has_jvp(exp)
    monkeypatch.setattr(rules, "RULES", {})
    monkeypatch.setattr(forward.elementwise, "RULES", {})
    assert not catalogue.has_vjp(exp) and not catalogue.has_jvp(exp)


def test_the_command_gives_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: OPS[name] for name in ("exp", "argmax")}
    monkeypatch.setattr(catalogue, "all_ops", few.values)
    result = CliRunner().invoke(main, ["catalogue", "--backend", "numpy", "--format", "json"])
    assert result.exit_code == 0, result.output
    exp, argmax = json.loads(result.stdout)
    assert (exp["name"], exp["vjp"], exp["jvp"], argmax["vjp"]) == ("exp", True, True, False)
    assert exp["backends"]["numpy"] == exp["dtypes"]
    text = CliRunner().invoke(main, ["catalogue", "--backend", "numpy"]).output
    assert "exp" in text and "2 ops" in text and "not offered" not in text


def test_what_is_not_offered_is_listed_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: OPS[name] for name in ("exp", "sin", "coo_sum")}
    monkeypatch.setattr(catalogue, "all_ops", few.values)
    why = {"coo_sum": "no such arrays", "exp/float16": "too short", "sin/float16": "too short"}
    monkeypatch.setattr(NumpyBackend, "lacking", why)
    found = CliRunner().invoke(main, ["catalogue", "--backend", "numpy", "--format", "json"])
    lacks = [entry["unsupported"]["numpy"] for entry in json.loads(found.stdout)]
    assert lacks[:2] == [{"float16": f"numpy has no {x} of float16: too short"} for x in few][:2]
    assert lacks[2] == dict.fromkeys(OPS["coo_sum"].dtypes, "numpy has no coo_sum: no such arrays")
    text = CliRunner().invoke(main, ["catalogue", "--backend", "numpy"]).output
    assert "\nnot offered by numpy\n" in text
    assert "  too short (float16): exp, sin\n" in text and "  no such arrays: coo_sum\n" in text


def test_a_refusal_at_the_call_is_listed_where_calls_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(x: Any) -> Any:
        raise UnsupportedError("the kernel is not there")

    backend = NumpyBackend()
    monkeypatch.setattr(NumpyBackend, "ops", {"exp": refuse})
    monkeypatch.setattr(catalogue, "all_ops", lambda: [OPS["exp"]])
    (said,), (tried,) = (list(catalogue.entries({"a": backend}, tried=t)) for t in (False, True))
    assert said["unsupported"]["a"] == {}
    assert set(tried["unsupported"]["a"].values()) == {"the kernel is not there"}
    assert tried["backends"]["a"] == []
