"""Intermediates: rounded steps are told from wide ones, by the results alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import NumpyBackend
from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test, cases
from tensorcts.conformance.execute import Outcome, execute
from tensorcts.conformance.faults.registry import named
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge
from tensorcts.conformance.properties import intermediates
from tensorcts.conformance.properties.readings import together
from tensorcts.conformance.runner import Settings, run_test
from tensorcts.reference import registry
from tensorcts.reports.records import Result

ROUNDING = {
    "softmax-bfloat16": "softmax_in_bfloat16",
    "gelu_tanh-bfloat16": "gelu_tanh_in_bfloat16",
    "rms_norm-bfloat16": "rms_norm_rounds_before_the_weight",
    "linear-float16": "linear_rounds_before_the_bias",
}
"""For a test the fault that rounds intermediate results to the tensor's dtype."""


def measured(test: str, wrong: Any = None, **declared: Any) -> Result:
    op, dtype = test.split("-")

    class Mine(NumpyBackend):
        @property
        def capabilities(self) -> Capabilities:
            own = super().capabilities
            return Capabilities(own.device, own.dtypes, traits=own.traits, **declared)

        @property
        def ops(self) -> Any:
            return {**super().ops, **({op: wrong} if wrong else {})}

    backend = Mine()
    judge = Judge(backend.capabilities, lambda case: execute(backend, case), Cache(None))
    chosen = Test(registry.get(op), dtype, "properties")
    return run_test(chosen, "mine", InProcess(backend), judge, Settings(0, 0))


@pytest.mark.parametrize("test", ROUNDING)
def test_rounded_steps_refute_wide_ones(test: str) -> None:
    result = measured(test, named(ROUNDING[test]).make())
    dtype = test.partition("-")[2]
    assert result.measured["intermediates"] == dtype
    assert result.verdict == "property-mismatch"
    assert f"intermediates in float32 are declared, {dtype} measured" in result.message


@pytest.mark.parametrize("test", ROUNDING)
def test_rounded_steps_that_are_declared_are_no_mismatch(test: str) -> None:
    pair = frozenset({test.replace("-", "/")})
    result = measured(test, named(ROUNDING[test]).make(), intermediates=pair)
    assert (result.verdict, result.measured["intermediates"]) == ("pass", test.partition("-")[2])


@pytest.mark.parametrize("declares", [frozenset(), frozenset({"softmax/float16"})])
@pytest.mark.parametrize(
    "test", ["softmax-float16", "layer_norm-bfloat16", "scaled_dot_product_attention-float16"]
)
def test_wide_steps_are_measured_whatever_is_declared(test: str, declares: Any) -> None:
    result = measured(test, intermediates=declares)
    assert (result.verdict, result.measured["intermediates"]) == ("pass", "float32")


def test_what_is_off_by_more_than_any_rounding_is_unknown() -> None:
    honest = NumpyBackend().ops["softmax"]
    result = measured("softmax-bfloat16", lambda x, axis: honest(x, axis=axis) * x.dtype.type(1.5))
    assert result.measured["intermediates"] == "unknown"
    assert result.verdict == "property-mismatch"


@pytest.mark.parametrize("op", ["trace", "leaky_relu", "matmul"])
def test_an_op_of_one_step_shows_none(op: str) -> None:
    assert measured(f"{op}-bfloat16").measured["intermediates"] == "none shown"


@pytest.mark.parametrize("op", ["exp", "add", "sort", "rand", "astype"])
def test_what_has_no_derived_bound_is_not_tried(op: str) -> None:
    assert not intermediates.applies(registry.get(op), "bfloat16")
    assert not intermediates.applies(registry.get("softmax"), "float32")


@pytest.mark.parametrize("seed", range(5))
def test_one_rounded_step_shows_with_every_seed(seed: int) -> None:
    softmax = Test(registry.get("softmax"), "bfloat16", "properties")
    found = [case for case in cases(softmax, seed) if case.probe == intermediates.STEPS]
    assert len(found) == intermediates.ENOUGH
    right, wrong = NumpyBackend().ops["softmax"], named("softmax_in_bfloat16").make()
    moved = [
        right(*case.arrays, **case.attrs) != wrong(*case.arrays, **case.attrs) for case in found
    ]
    assert np.count_nonzero(np.concatenate(moved, axis=None)) >= 4


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ("yes", "no", "no"),
        ("24", "11", "11"),
        ("≥ 57", "53", "53"),
        ("float32", "bfloat16", "bfloat16"),
        ("float16", "unknown", "unknown"),
        ("yes", "yes", "yes"),
    ],
)
def test_of_two_figures_the_weaker_one_stays(one: str, other: str, kept: str) -> None:
    assert together({"a": one}, {"a": other}) == {"a": kept} == together({"a": other}, {"a": one})
    assert together({"a": one}, {"b": other}) == {"a": one, "b": other}


@pytest.mark.parametrize("first", ["queries", "scores"])
def test_queries_or_scores_may_be_scaled_in_rounded_steps(first: str) -> None:
    """Scores that cancel hang on how their queries, of 65 features, were rounded."""
    drawn = np.random.default_rng(1).normal(0, 9, (2, 4, 516, 65)).astype(np.float16)
    query, key, value = drawn[:, :, :512], drawn[:, :, 512:514], drawn[:, :, 514:]
    scale = np.float16(0.124)

    def times(a: Any, b: Any) -> Any:
        return np.matmul(a.astype(np.float32), b.astype(np.float32)).astype(np.float16)

    keys = np.swapaxes(key, -1, -2)
    scores = times(query * scale, keys) if first == "queries" else times(query, keys) * scale
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    got = times(weights / np.sum(weights, axis=-1, keepdims=True), value)
    op = registry.get("scaled_dot_product_attention")
    attrs = {"scale": float(scale), "causal_offset": None}
    case = Case(op, "float16", (query, key, value, None, None), attrs)
    declared = replace(NumpyBackend().capabilities, intermediates=frozenset({f"{op.name}/float16"}))
    judge = Judge(declared, lambda case: Outcome((got,)), Cache(None))
    assert judge(case).verdict == "pass"
