"""The rivals' rules, and the suite beside them: what each catches and where each raises alarms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance.cli import main
from tensorcts.conformance.faults.contest import OURS, RULES, Panel, try_backend, try_fault
from tensorcts.conformance.faults.registry import all_faults, named
from tensorcts.conformance.faults.rivals import RIVALS
from tensorcts.conformance.faults.standings import of_values
from tensorcts.conformance.runner import Settings
from tensorcts.reference import dtypes

TORCH, JAX, ONNX = RIVALS
SETTINGS = Settings(seed=0, examples=5)

NUMBERS = hnp.arrays(np.float32, hnp.array_shapes(), elements=st.floats(width=32))


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
@given(x=NUMBERS)
def test_every_rival_accepts_the_expected_itself(rival: Any, x: Any) -> None:
    assert rival.accepts(x, x.copy())
    assert rival.accepts(np.where(x == 0, -x, x), x)


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
@given(x=NUMBERS, got=st.floats(width=32))
def test_every_rival_is_numpy_s_comparison_at_its_tolerances(
    rival: Any, x: Any, got: float
) -> None:
    result = np.full_like(x, got)
    rtol, atol = rival.tolerances.get("float32", rival.otherwise)
    wide = [each.astype(np.float64) for each in (result, x)]
    assert rival.accepts(result, x) == np.allclose(*wide, rtol, atol, equal_nan=True)


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
@pytest.mark.parametrize(
    "wrong",
    [np.ones(3), np.ones((1, 3), np.float32), np.float32([1, 1, np.nan]),
     np.float32([1, 1, np.inf])],
)  # fmt: skip
def test_every_rival_rejects_other_dtypes_shapes_nans_and_infinities(
    rival: Any, wrong: Any
) -> None:
    assert not rival.accepts(wrong, np.ones(3, np.float32))


@pytest.mark.parametrize(
    ("dtype", "off", "accepted"),
    [
        ("float32", 1e-6, [True, True, True]),
        ("float32", 9e-6, [True, False, True]),
        ("float32", 1.1e-3, [False, False, False]),
        ("float16", 1e-3, [True, True, True]),
        ("float16", 8e-3, [False, False, False]),
        ("bfloat16", 0.0078125, [True, True, True]),
        ("bfloat16", 0.04, [False, False, False]),
        ("float64", 1.1e-15, [True, True, True]),
        ("float64", 9e-8, [True, False, True]),
        ("complex64", 9e-6, [True, False, True]),
        ("int32", 1, [False, False, False]),
    ],
)
def test_how_far_off_one_may_be(dtype: str, off: float, accepted: list[bool]) -> None:
    one = np.ones(1).astype(dtypes.numpy_dtype(dtype))
    got = np.array([1 + off]).astype(one.dtype)
    assert [rival.accepts(got, one) for rival in RIVALS] == accepted


def test_integers_may_be_off_in_onnx_and_by_a_ten_millionth_in_jax() -> None:
    large = np.array([10**9])
    assert [rival.accepts(large + 50, large) for rival in RIVALS] == [False, True, True]
    assert [rival.accepts(large + 5000, large) for rival in RIVALS] == [False, False, True]
    huge = np.array([2**62])
    assert not TORCH.accepts(huge + 1, huge)


def test_the_tolerances_of_assert_close_are_pytorch_s() -> None:
    torch = pytest.importorskip("torch")
    from torch.testing._comparison import default_tolerances

    for dtype in dtypes.STORABLE:
        if (theirs := getattr(torch, dtype, None)) is not None:
            expected = TORCH.tolerances.get(dtype, TORCH.otherwise)
            assert default_tolerances(theirs) == expected, dtype


# -- The contest -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "rules", "suite"),
    [
        ("sum_in_float16", set(RULES), True),
        ("gelu_cut_at_ten", {OURS}, True),
        ("exp_in_place", set(), True),  # values are right, the argument is gone
        ("rand_ignores_its_seed", set(), True),
    ],
)
def test_who_catches_a_fault(fault: str, rules: set[str], suite: bool, cache_folder: Path) -> None:
    found = try_fault(SETTINGS, cache_folder, fault)
    assert (found.rules, found.suite) == (rules, suite)


def test_fixed_tolerances_raise_alarms_where_sums_cancel(cache_folder: Path) -> None:
    found = try_backend(SETTINGS, cache_folder, ("numpy", ("sum", "float32", "shapes")))
    assert OURS not in found.rejected and found.cases > 20
    assert found.rejected[JAX.name] > 0


def test_an_alarm_of_ours_counts(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPS, "relu", named("relu_of_nan_is_zero").make())
    found = try_backend(SETTINGS, cache_folder, ("numpy", ("relu", "float32", "special_values")))
    assert found.rejected == dict.fromkeys(RULES, 1)


def test_a_test_with_a_known_defect_is_left_out(cache_folder: Path) -> None:
    pytest.importorskip("torch")
    found = try_backend(SETTINGS, cache_folder, ("torch", ("gelu", "float32", "special_values")))
    assert found.waived and found.cases == 0


def test_cases_without_one_right_answer_are_not_counted() -> None:
    panel = Panel(lambda case: None)
    panel(None)  # type: ignore[arg-type]
    assert (panel.cases, panel.rejected) == (0, {})


def test_faults_beyond_values_are_those_of_state_chance_and_refusals() -> None:
    beyond = {name: fault for name, fault in all_faults().items() if not of_values(name)}
    assert {"exp_in_place", "rand_ignores_its_seed", "embedding_wraps"} <= set(beyond)
    assert "gelu_cut_at_ten" not in beyond


def _invoke(cache_folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.setenv("TENSORCTS_CACHE", str(cache_folder))
    chosen = ["--rivals", "-j", "1", "--examples", "5", "--fault", "softmax_scaled"]
    return CliRunner().invoke(main, ["selftest", *chosen, *arguments])


def test_the_standings_as_json(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--fault", "exp_in_place", "--format", "json")
    ended = _invoke(cache_folder, monkeypatch, *arguments)
    found = json.loads(ended.stdout)
    assert ended.exit_code == 0
    assert set(found) == {"rules", "totals", "faults"}
    assert [rule["name"] for rule in found["rules"]] == list(RULES)
    keys = {"name", "source", "values", "beyond_values", "alarms", "alarms_by_backend"}
    ours, *others = found["rules"]
    assert set(ours) == keys | {"suite"}
    assert all(set(rule) == keys and rule["source"] for rule in others)
    assert (ours["values"], ours["alarms"]) == (1, 0)
    assert ours["suite"] == {"values": 1, "beyond_values": 1}
    assert all(sum(r["alarms_by_backend"].values()) == r["alarms"] for r in found["rules"])
    totals = found["totals"]
    assert (totals["values"], totals["beyond_values"]) == (1, 1)
    assert sum(totals["backends"].values()) == totals["verdicts"] > 0
    first, second = found["faults"]
    assert first == {
        "name": "softmax_scaled", "op": "softmax", "category": first["category"],
        "of_values": True, "caught_by": first["caught_by"], "suite": True,
    }  # fmt: skip
    assert second["of_values"] is False and second["caught_by"] == []


def test_the_standings_as_text(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = _invoke(cache_folder, monkeypatch)
    assert ended.exit_code == 0
    lines = ended.stdout.splitlines()
    assert any(line.split() == [OURS, "1", "0", "0"] for line in lines)
    assert all(any(line.startswith(rule) for line in lines) for rule in RULES)
    assert "honest backends: " in lines[-1]


def test_gradients_are_compared_but_where_kinks_leave_a_choice() -> None:
    assert try_fault(SETTINGS, None, "real_backward_by_half").rules == set(RULES)
    alarms = try_backend(SETTINGS, None, ("numpy", ("relu", "float32", "gradient")))
    assert alarms.cases > 0 and not alarms.rejected
