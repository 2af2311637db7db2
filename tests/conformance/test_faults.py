"""The faulty backends: each is caught, an honest one is not, and the command tells."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance.cli import main
from tensorcts.conformance.faults import roundings
from tensorcts.conformance.faults.registry import (
    CATEGORIES,
    Fault,
    UnknownFaultError,
    all_faults,
    faults_of,
    named,
)
from tensorcts.conformance.faults.selftest import Selftest, attempt
from tensorcts.conformance.runner import Settings

SETTINGS = Settings(seed=0, examples=20)

ENOUGH = 120


@pytest.mark.parametrize("name", all_faults())
def test_a_fault_is_caught(name: str, cache_folder: Path) -> None:
    assert attempt(named(name), SETTINGS, cache_folder).caught, named(name).text


ONCE_MISSED = {
    "add_repeats_for_broadcasting": 12,
    "addmm_passes_nan_where_beta_is_zero": 4,
    "any_passes_nan": 2,
    "argmax_in_float64": 3,
    "attention_masked_after_softmax": 1,
    "attention_without_maximum": 15,
    "avg_pool2d_counts_the_overhang": 11,
    "einsum_diagonal_summed_twice": 6,
    "expand_copies": 10,
    "gelu_cut_at_ten": 1,
    "layer_norm_in_one_pass": 1,
    "masked_fill_gives_its_input": 1,
    "masked_scatter_by_position": 2,
    "matmul_broadcasts_the_first": 3,
    "mean_in_any_order": 1,
    "prelu_along_the_last_axis": 3,
    "rms_norm_by_batch_size": 7,
    "softmax_compiled_for_an_axis": 9,
    "softplus_threshold_on_x": 13,
    "sort_by_float64": 9,
    "sort_puts_nan_first": 6,
    "tanh_remembers_addresses": 10,
}
"""Faults that show in few samples, of which every seed tries some, and a seed that did not."""


@pytest.mark.parametrize(("name", "seed"), ONCE_MISSED.items())
def test_a_fault_that_shows_seldom_is_caught_by_any_seed(
    name: str, seed: int, cache_folder: Path
) -> None:
    assert attempt(named(name), Settings(seed, 0), cache_folder).caught


def test_a_claim_that_the_honest_backend_does_not_keep_catches_nothing(cache_folder: Path) -> None:
    fault = Fault("honest", "state", "matmul", ("float32",), "", lambda: OPS["matmul"])
    assert not attempt(replace(fault, claims={"batch_invariant": "yes"}), SETTINGS, cache_folder).by


def test_faults_are_of_every_category_and_many() -> None:
    assert {fault.category for fault in all_faults().values()} == set(CATEGORIES)
    assert len(all_faults()) >= ENOUGH


def test_every_fault_says_what_is_wrong() -> None:
    assert [name for name, fault in all_faults().items() if not fault.text.endswith(".")] == []
    texts = [(fault.op, fault.text) for fault in all_faults().values()]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda fault: fault("exp")(all_faults()["exp_in_place"].make()),  # its name stands already
        lambda fault: fault("exp", "int32")(lambda x: x),
    ],
)
def test_a_fault_of_a_name_or_dtype_that_can_not_be_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="fault"):
        wrong(faults_of("state"))


def test_an_unknown_fault_names_its_neighbours() -> None:
    with pytest.raises(UnknownFaultError, match="did you mean softmax_scaled"):
        named("softmax_scale")


@pytest.mark.parametrize("op", ["exp", "softmax", "sum", "rand"])
def test_an_honest_op_is_not_caught(op: str, cache_folder: Path) -> None:
    fault = Fault("honest", "formula", op, ("float32",), "Nothing.", lambda: OPS[op], accepts=True)
    found = attempt(fault, SETTINGS, cache_folder)
    assert not found.caught
    assert len(found.tried) >= 4


def test_what_the_honest_backend_fails_too_is_no_catch(cache_folder: Path) -> None:
    """scipy.special.logsumexp breaks on empty arrays; that is no news of a fault."""
    fault = Fault("honest", "formula", "logsumexp", ("float32",), "", lambda: OPS["logsumexp"])
    assert not attempt(fault, SETTINGS, cache_folder).caught


def test_a_stateful_fault_starts_anew_for_each_backend() -> None:
    first, second = (named("multiply_wrong_at_first").make() for _ in range(2))
    assert first(2.0, 3.0) == second(2.0, 3.0) == 0
    assert first(2.0, 3.0) == 6


def test_bad_arguments_are_tried_on_faults_that_accept_them(cache_folder: Path) -> None:
    found = attempt(named("embedding_wraps"), SETTINGS, cache_folder)
    assert found.by == "bad_arguments"


def test_processes_find_the_same(cache_folder: Path) -> None:
    names = ["exp_scaled", "sum_in_float16"]
    alone, together = (
        list(Selftest(SETTINGS, cache_folder, jobs).findings(names)) for jobs in (1, 2)
    )
    assert alone == together
    assert [found.fault for found in alone] == names


@pytest.mark.parametrize("dtype", ["float64", "int64"])
def test_casts_that_round_once_raise_no_alarm(dtype: str, faulty: Any, judged: Any) -> None:
    def cast(x: Any, *, dtype: str) -> Any:
        return roundings.cast_once(x, dtype)

    results = judged(faulty({"astype": cast}), f"astype-{dtype}")
    assert [r.verdict for r in results] == ["pass"] * len(results)


# -- The command -----------------------------------------------------------------------------------


def _invoke(cache_folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.setenv("TENSORCTS_CACHE", str(cache_folder))
    return CliRunner().invoke(main, ["selftest", "-j", "1", *arguments])


def test_the_command_as_json(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ["--fault", "relu_of_nan_is_zero", "--fault", "csr_matvec_skips_empty_rows"]
    ended = _invoke(cache_folder, monkeypatch, *chosen, "--format", "json")
    assert ended.exit_code == 0
    found = json.loads(ended.stdout)
    assert set(found) == {"faults", "alarms", "totals"}
    assert found["alarms"] == []
    first, second = found["faults"]
    assert first["name"] == "relu_of_nan_is_zero"
    assert (first["op"], first["category"]) == ("relu", "special")
    assert first["caught"] is True
    assert (first["by"], first["test"]) == ("special_values", "relu-float32-special_values")
    assert first["message"].startswith("fail: ")
    assert second["op"] == "csr_matvec"
    assert (found["totals"]["faults"], found["totals"]["caught"]) == (2, 2)
    assert found["totals"]["honest_tests"] == 2


def test_the_command_as_text(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = _invoke(cache_folder, monkeypatch, "--fault", "relu_of_nan_is_zero")
    assert ended.exit_code == 0
    assert "caught 1 of 1 · 0 alarms in 2 verdicts on honest backends" in ended.stdout


def test_a_fault_that_gets_through_ends_with_1(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Fault("honest", "formula", "isnan", ("float32",), "Nothing.", lambda: OPS["isnan"])
    monkeypatch.setitem(all_faults(), "honest", honest)
    ended = _invoke(cache_folder, monkeypatch, "--fault", "honest")
    assert ended.exit_code == 1
    assert "isnan  formula  not caught" in ended.stdout and "caught 0 of 1" in ended.stdout


def test_an_alarm_on_an_honest_backend_ends_with_1(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OPS, "relu", named("relu_of_nan_is_zero").make())
    ended = _invoke(cache_folder, monkeypatch, "--fault", "relu_of_nan_is_zero")
    assert ended.exit_code == 1
    assert "alarm numpy relu-float32-special_values" in ended.stdout


def test_an_unknown_fault_is_wrong_use(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = _invoke(cache_folder, monkeypatch, "--fault", "none")
    assert ended.exit_code == 2
    assert "unknown fault 'none'" in ended.stderr
