"""Subnormals taken as zeros: what follows from it in shapes, quotients and neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.execute import Outcome
from tensorcts.conformance.judge import Judge
from tensorcts.reference import dtypes
from tensorcts.reference.registry import get

TINY, NORMAL = 2.0**-130, 2.0**-126
FLUSHES = {"flush_subnormals": "all"}
ALONG = FLUSHES | {"floor_of_quotient": "rounded_or_flushed", "nextafter_zero": "normal"}


def verdict(
    op: str, arrays: tuple[Any, ...], outputs: tuple[Any, ...], traits: dict[str, str],
    dtype: str = "float32",
) -> str:  # fmt: skip
    """What is made of these outputs: integers as int64, other numbers in the dtype."""
    named = dtypes.numpy_dtype(dtype)

    def array(values: Any) -> np.ndarray[Any, Any]:
        found = np.array(values)
        return found if found.dtype.kind == "i" else found.astype(named)

    declared = Capabilities("none", frozenset(dtypes.ALL), traits=traits)
    outcome = Outcome(tuple(map(array, outputs)))
    case = Case(get(op), dtype, tuple(map(array, arrays)))
    return Judge(declared, lambda _: outcome, Cache(None))(case).verdict


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    ("traits", "values", "counts", "expected"),
    [
        ({}, [0.0, TINY, 1.0], [1, 1, 1], "pass"),
        ({}, [0.0, 1.0], [2, 1], "fail"),
        (FLUSHES, [0.0, TINY, 1.0], [1, 1, 1], "pass"),
        (FLUSHES, [0.0, 1.0], [2, 1], "pass"),
        (FLUSHES, [TINY, 1.0], [2, 1], "pass"),
        (FLUSHES, [0.0, 1.0], [1, 1], "fail"),
        (FLUSHES, [0.5, 1.0], [2, 1], "fail"),
        (FLUSHES, [1.0], [3], "fail"),
    ],
)
def test_the_number_of_results_may_be_that_of_zeros(
    dtype: str, traits: dict[str, str], values: list[float], counts: list[int], expected: str
) -> None:
    x = [TINY, 1.0, 0.0]
    assert verdict("unique_counts", (x,), (values, counts), traits, dtype) == expected


def test_all_outputs_are_of_one_truth() -> None:
    """The values of the one and the counts of the other do not go together."""
    x = [TINY, 1.0, 0.0]
    assert verdict("unique_counts", (x,), ([0.0, 1.0], [1, 1, 1]), FLUSHES) == "fail"


@pytest.mark.parametrize(
    ("x", "y", "got", "expected"),
    [
        (NORMAL, -2.0, -0.0, "pass"),
        (NORMAL, -2.0, -1.0, "pass"),
        (NORMAL, -1.0, -0.0, "fail"),
        (1.0, -(2.0**100), -0.0, "fail"),
    ],
)
def test_the_floor_of_a_subnormal_quotient_may_be_zero(
    x: float, y: float, got: float, expected: str
) -> None:
    assert verdict("floor_divide", ([x], [y]), ([got],), ALONG) == expected


def test_a_quotient_in_float64_is_not_flushed_along() -> None:
    x, y = [2.0**-130], [-1.0]
    assert verdict("floor_divide", (x, y), ([-1.0],), ALONG, "float64") == "pass"
    assert verdict("floor_divide", (x, y), ([-0.0],), ALONG, "float64") == "fail"


@pytest.mark.parametrize(
    ("x", "y", "got", "expected"),
    [
        (0.0, 1.0, NORMAL, "pass"),
        (0.0, -1.0, -NORMAL, "pass"),
        (-0.0, 1.0, 2.0**-149, "pass"),
        (-TINY, -1.0, -NORMAL, "pass"),
        (NORMAL, 0.0, 0.0, "pass"),
        (0.0, 1.0, -NORMAL, "fail"),
        (0.0, 1.0, 2 * NORMAL, "fail"),
        (1.0, 2.0, NORMAL, "fail"),
    ],
)
def test_the_neighbour_of_zero_may_be_a_normal_number(
    x: float, y: float, got: float, expected: str
) -> None:
    assert verdict("nextafter", ([x], [y]), ([got],), ALONG) == expected
    if abs(got) == NORMAL:
        assert verdict("nextafter", ([x], [y]), ([got],), FLUSHES) == "fail"


@pytest.mark.parametrize(("op", "x"), [("exp", -90.0), ("square", 2.0**-65)])
def test_what_may_be_flushed_is_no_error(op: str, x: float) -> None:
    """Under the rules ulp and exact: the largest error, which a grade stands on, leaves it out."""
    declared = Capabilities("none", frozenset(dtypes.ALL), traits=FLUSHES)
    outcome = Outcome((np.zeros(1, np.float32),))
    case = Case(get(op), "float32", (np.full(1, x, np.float32),))
    found = Judge(declared, lambda _: outcome, Cache(None))(case)
    assert found.verdict == "pass"
    assert found.comparison.ulp == 0


@pytest.mark.parametrize(
    ("dtype", "trait", "x", "far_off"),
    [
        ("float32", "flush_subnormals", -13.01, -1e-30),
        ("float64", "flush_subnormals_float64", -37.54, -1e-300),
    ],
)
def test_a_result_may_lack_a_subnormal_step(
    dtype: str, trait: str, x: float, far_off: float
) -> None:
    """The tail of gelu's ½·x·erfc(-x/√2) is subnormal, the result is not."""
    for got, expected in ((-0.0, "vacuous"), (far_off, "fail")):
        assert verdict("gelu", ([x],), ([got],), {trait: "all"}, dtype) == expected
        assert verdict("gelu", ([x],), ([got],), {}, dtype) == "fail"
