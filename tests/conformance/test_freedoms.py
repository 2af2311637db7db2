"""What a choice leaves open: any result with a property, other arguments, an op's own trait."""

from __future__ import annotations

from dataclasses import replace
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

NAN = float("nan")


def verdict(case: Case, *outputs: Any, **traits: str) -> str:
    """What is made of these outputs, all in the dtypes that they should have."""
    named = {name.replace("__", "/"): option for name, option in traits.items()}
    declared = Capabilities("none", frozenset(dtypes.ALL), traits=named)
    kinds = [case.op.result_dtype(case.dtype, case.attrs, i) for i in range(len(outputs))]
    arrays = tuple(np.array(o, dtypes.numpy_dtype(k)) for o, k in zip(outputs, kinds, strict=True))
    raised = Outcome(verdict="error", message="raised")
    judge = Judge(declared, lambda _: Outcome(arrays) if outputs else raised, Cache(None))
    return judge(case).verdict


def case(op: str, *arrays: Any, dtype: str = "float32", refused: str = "", **attrs: Any) -> Case:
    given = [np.array(a, np.int64 if isinstance(a, tuple) else dtype) for a in arrays]
    return Case(get(op), dtype, tuple(given), attrs, refused=refused)


TIES = [2.0, 1.0, 2.0, NAN, NAN]


@pytest.mark.parametrize(
    ("order", "unstable", "stable"),
    [
        ([1, 0, 2, 3, 4], "pass", "pass"),
        ([1, 2, 0, 4, 3], "pass", "fail"),
        ([1, 0, 0, 3, 4], "fail", "fail"),
        ([0, 1, 2, 3, 4], "fail", "fail"),
        ([1, 0, 2, 3, 5], "fail", "fail"),
        ([1, 0, 2, 3, -1], "fail", "fail"),
    ],
)
def test_any_permutation_that_sorts(order: list[int], unstable: str, stable: str) -> None:
    sort = case("argsort", TIES, axis=0, descending=False, stable=False)
    assert verdict(sort, order) == unstable
    assert verdict(sort, order, unstable_ties="stable") == stable
    assert verdict(replace(sort, attrs={**sort.attrs, "stable": True}), order) == stable


def test_zeros_may_change_places_but_not_signs() -> None:
    zeros = case("sort", [0.0, -0.0, 1.0], axis=0, descending=False, stable=False)
    assert verdict(zeros, [-0.0, 0.0, 1.0]) == "pass"
    assert verdict(zeros, [0.0, 0.0, 1.0]) == "fail"


@pytest.mark.parametrize(
    ("values", "places", "wanted"),
    [
        ([3, 2], [1, 0], "pass"),
        ([3, 2], [1, 3], "pass"),
        ([3, 2], [1, 1], "fail"),
        ([3, 2], [1, 2], "fail"),
        ([3, 1], [1, 2], "fail"),
        ([2, 3], [0, 1], "fail"),
    ],
)
def test_equal_elements_stand_for_one_another(values: Any, places: Any, wanted: str) -> None:
    top = case("topk", [2.0, 3.0, 1.0, 2.0], k=2, axis=0, largest=True)
    assert verdict(top, values, places) == wanted


def test_nan_stands_where_it_is_declared() -> None:
    top = case("topk", [1.0, NAN, 3.0], k=2, axis=0, largest=True)
    last, first = ([3.0, 1.0], [2, 0]), ([NAN, 3.0], [1, 2])
    assert verdict(top, *last) == verdict(top, *first, nan_in_descending_order="first") == "pass"
    assert verdict(top, *first) == verdict(top, *last, nan_in_descending_order="first") == "fail"


def test_distinct_values_come_in_the_order_declared() -> None:
    counts = case("unique_counts", [2.0, 1.0, 2.0, NAN, NAN])
    mixed, wrong = ([NAN, 2, NAN, 1], [1, 2, 1, 1]), ([NAN, 2, NAN, 1], [2, 1, 1, 1])
    assert verdict(counts, *mixed) == "fail"
    assert verdict(counts, *mixed, unique_order="any") == "pass"
    assert verdict(counts, *wrong, unique_order="any") == "fail"


@pytest.mark.parametrize(
    ("values", "inverse", "wanted"),
    [
        ([NAN, 2, 1, NAN], [1, 2, 0, 3], "pass"),
        ([NAN, 2, 1, NAN], [1, 2, 0, 0], "fail"),
        ([NAN, 2, 1, NAN], [1, 2, 0, 4], "fail"),
        ([NAN, 2, 1, NAN], [2, 1, 0, 3], "fail"),
        ([1, 2, NAN, NAN], [1, 0, 2, 3], "pass"),
    ],
)
def test_each_element_leads_to_its_equal(values: Any, inverse: Any, wanted: str) -> None:
    found = case("unique_inverse", [2.0, 1.0, NAN, NAN])
    assert verdict(found, values, inverse, unique_order="any") == wanted


FAR = case("take", [5.0, 6.0, 7.0], (0, 4, -4), axis=0, refused="C2: an index is out of range")


def test_an_index_out_of_range_raises_unless_declared() -> None:
    assert verdict(FAR) == "pass"
    assert verdict(FAR, [5, 6, 7]) == "fail"
    assert verdict(FAR, [5, 6, 7], out_of_range_index="wrap") == "pass"
    assert verdict(FAR, [5, 7, 5], out_of_range_index="wrap") == "fail"
    assert verdict(FAR, [5, 7, 5], out_of_range_index="clamp") == "pass"
    assert verdict(FAR, out_of_range_index="clamp") == "error"


def test_a_trait_may_be_one_op_s() -> None:
    assert verdict(FAR, [5, 6, 7], take__out_of_range_index="wrap") == "pass"
    assert verdict(FAR, [5, 6, 7], gather__out_of_range_index="wrap") == "fail"


def test_other_refusals_stand_whatever_is_declared() -> None:
    floats = Case(get("take"), "float32", (np.zeros(3, np.float32), np.zeros(1)), {"axis": 0},
                  refused="C1: the indices are floats")  # fmt: skip
    assert verdict(floats, [0], out_of_range_index="wrap") == "fail"


def test_updates_that_are_written_twice_are_not_mixed() -> None:
    put = Case(get("index_put"), "float32",
               (np.zeros(2, np.float32), np.array([1, 2], np.float32), np.array([0, 0])),
               {"axes": (0,), "accumulate": False})  # fmt: skip
    assert verdict(put, [2, 0]) == verdict(put, [1, 0], scatter_duplicates="any_of_them") == "pass"
    assert verdict(put, [1, 0]) == verdict(put, [3, 0], scatter_duplicates="any_of_them") == "fail"


@pytest.mark.parametrize(
    ("places", "found"),
    [([1, 2, 0], "pass"), ([2, 1, 0], "pass"), ([1, 1, 0], "fail"), ([0, 2, 1], "fail")],
)
def test_which_of_several_nan_comes_first_is_free(places: list[int], found: str) -> None:
    """But each leads to one of its own, and no number takes part."""
    row = case("unique_inverse", [NAN, NAN, 3.0])
    assert verdict(row, [3.0, NAN, NAN], places) == found
