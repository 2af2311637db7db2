"""A failure is judged by a σ from many samples: one from few is sometimes too small by chance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tensorcts.backends.numpy_native import NumpyBackend
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.execute import Outcome
from tensorcts.conformance.judge import Judge
from tensorcts.conformance.oracle import surer
from tensorcts.reference.registry import get

Floats = NDArray[np.float64]


def judging(case: Case, outcome: Outcome) -> Judge:
    """Of a backend that rounds every intermediate result to 16 bits."""
    stepwise = frozenset({f"{case.op.name}/float16"})
    capabilities = replace(NumpyBackend().capabilities, intermediates=stepwise)
    return Judge(capabilities, lambda case: outcome, Cache(None))


def softmax() -> Case:
    x = np.random.default_rng(3).normal(0, 3, (64, 256)).astype(np.float32)
    return Case(get("softmax"), "float32", (x,), {"axis": -1})


def spreads_of(case: Case) -> tuple[Floats, Floats, Floats]:
    """The truth, and σ of few samples and of many."""
    judge = judging(case, Outcome())
    (few,) = judge.expected(case)
    (many,) = surer(case, judge.model(case), judge.capabilities.traits, (few,))
    assert few.sigma is not None
    assert many.sigma is not None
    return few.hi, few.sigma, many.sigma


@pytest.mark.parametrize(("sigmas", "verdict"), [(5.5, "pass"), (8, "fail")])
def test_an_error_within_six_standard_deviations_passes_whatever_few_samples_say(
    sigmas: float, verdict: str
) -> None:
    case = softmax()
    truth, few, many = spreads_of(case)
    unluckiest = np.unravel_index(np.argmin(few / many), few.shape)
    assert few[unluckiest] < 0.7 * many[unluckiest]
    got: Any = truth.astype(np.float32)
    got[unluckiest] = truth[unluckiest] + sigmas * many[unluckiest]
    assert judging(case, outcome := Outcome((got,))).judge(case, outcome).verdict == verdict


def test_a_product_that_seldom_overflows_says_nothing() -> None:
    """102.0625·641.5 is 65,473: an ulp of 32 more, and float16 has it infinite."""
    arrays = [np.full(64, value, np.float16) for value in (-60000, 102.0625, 641.5)]
    case = Case(get("addcmul"), "float16", tuple(arrays), {"value": 1.0})
    _, few, many = spreads_of(case)
    missed = np.isfinite(few) & np.isinf(many)
    assert missed.any()
    got = np.where(missed, np.inf, 65473.09375 - 60000).astype(np.float16)
    assert judging(case, outcome := Outcome((got,))).judge(case, outcome).verdict == "pass"
