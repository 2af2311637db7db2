"""What a backend leaves out of a test: counted beside a pass, unless nothing was answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.conformance.checks import SHAPES
from tensorcts.reports.records import Result

Op = Callable[[Any], Any]
MATRICES = sum(len(shape) == 2 and 0 not in shape for shape in SHAPES)
REASON = "negative of matrices is not there"


def lacking(lacks: Callable[[Any], bool], answer: Op = OPS["negative"]) -> Op:
    def negative(x: Any) -> Any:
        if lacks(x):
            raise UnsupportedError(REASON)
        return answer(x)

    return negative


def filled(x: Any) -> bool:
    return bool(x.size)


def matrix(x: Any) -> bool:
    return filled(x) and x.ndim == 2


@pytest.fixture
def negative(faulty: Any, judged: Any) -> Callable[..., Result]:
    def run(op: Op, check: str = "shapes") -> Result:
        (result,) = judged(faulty({"negative": op}), f"negative-float32-{check}")
        return result  # type: ignore[no-any-return]

    return run


def test_a_pass_counts_the_cases_that_are_unsupported(negative: Any) -> None:
    result = negative(lacking(matrix))
    assert result.verdict == "pass"
    assert result.unsupported == {REASON: MATRICES}
    assert result.cases > MATRICES > 0


def test_random_cases_count_too(negative: Any) -> None:
    result = negative(lacking(matrix), "random")
    assert result.verdict == "pass"
    assert 0 < result.unsupported[REASON] < result.cases


def test_answers_for_arrays_without_elements_are_no_pass(negative: Any) -> None:
    result = negative(lacking(filled))
    assert (result.verdict, result.message) == ("unsupported", REASON)
    assert result.unsupported[REASON] < result.cases


def test_a_failure_is_one_whatever_else_is_unsupported(negative: Any) -> None:
    result = negative(lacking(matrix, np.zeros_like))
    assert (result.verdict, result.unsupported) == ("fail", {REASON: MATRICES})


def test_each_reason_has_its_count(faulty: Any, judged: Any) -> None:
    def negative(x: Any) -> Any:
        if x.ndim > 1:
            raise UnsupportedError(f"{x.ndim} axes")
        return OPS["negative"](x)

    (result,) = judged(faulty({"negative": negative}), "negative-float32-shapes")
    assert result.unsupported.keys() == {"2 axes", "3 axes", "4 axes"}


def test_what_is_offered_whole_counts_nothing(judged: Any) -> None:
    (result,) = judged("numpy", "negative-float32-shapes")
    assert (result.verdict, result.unsupported) == ("pass", {})
