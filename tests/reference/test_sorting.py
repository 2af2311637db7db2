"""Sorting and counting: order, ties, NaN, and agreement with independent counts."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.ops import definitions as ops

NAN = math.nan
FEW = st.sampled_from([NAN, -0.0, 0.0, 1.0, -2.0, 3.0, math.inf, -math.inf])
rows = arrays.arrays(np.float64, st.integers(0, 12), elements=FEW)


def before(x: float, y: float, descending: bool) -> bool:
    """Whether x has to come before y."""
    if math.isnan(x) or math.isnan(y):
        return not math.isnan(x) and math.isnan(y)
    return x > y if descending else x < y


@given(rows, st.booleans())
def test_an_order_sorts_and_is_stable(x: Any, descending: bool) -> None:
    order = ops.argsort(x, axis=0, descending=descending, stable=True).tolist()
    assert sorted(order) == list(range(len(x)))
    for i, j in zip(order, order[1:], strict=False):
        assert not before(x[j], x[i], descending)
        assert before(x[i], x[j], descending) or i < j
    exact = ops.argsort(Exact(x), axis=0, descending=descending, stable=True)
    assert exact.tolist() == order


@given(rows, st.booleans(), st.data())
def test_the_first_k_are_those_of_the_sorted(x: Any, largest: bool, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, len(x)))
    values, places = ops.topk(x, k=k, axis=-1, largest=largest)
    np.testing.assert_array_equal(values, x[places])
    whole = ops.sort(x, axis=0, descending=largest, stable=True)
    np.testing.assert_array_equal(values, whole[:k])


def test_nan_is_last_and_zeros_keep_their_signs() -> None:
    x = np.array([[NAN, 0.0, -1.0], [-0.0, NAN, 2.0]])
    up = ops.sort(x, axis=-1, descending=False, stable=True)
    np.testing.assert_array_equal(up, [[-1, 0, NAN], [0, 2, NAN]])
    assert np.signbit(up[1, 0])
    down = ops.sort(x, axis=0, descending=True, stable=True)
    np.testing.assert_array_equal(down, [[0, 0, 2], [NAN, NAN, -1]])


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64", "bool"])
def test_integers_sort_downwards_too(dtype: str) -> None:
    x = np.array([0, 1, 1, 0], dtype) if dtype == "bool" else np.array([3, 255, 0, 3]).astype(dtype)
    got = ops.sort(x, axis=0, descending=True, stable=False)
    assert got.tolist() == sorted(x.tolist(), reverse=True)


@given(rows, rows, st.sampled_from(["left", "right"]))
def test_places_found_by_searching_keep_the_order(x1: Any, x2: Any, side: str) -> None:
    row = np.sort(x1[~np.isnan(x1)])
    assert ops.searchsorted(row, x2, side=side).tolist() == np.searchsorted(row, x2, side).tolist()


@given(rows)
def test_distinct_elements_are_counted_and_found_again(x: Any) -> None:
    values = ops.unique_values(x)
    finite = Counter(x[~np.isnan(x)].tolist())
    assert sorted(finite) == values[: len(finite)].tolist()
    assert np.isnan(values[len(finite) :]).sum() == np.isnan(x).sum()
    again, counts = ops.unique_counts(x)
    np.testing.assert_array_equal(again, values)
    assert counts.tolist() == [finite.get(v, 1) for v in values.tolist()]
    again, inverse = ops.unique_inverse(x.reshape(-1, 1))
    np.testing.assert_array_equal(again, values)
    np.testing.assert_array_equal(values[inverse], x.reshape(-1, 1))


@given(st.lists(st.integers(0, 9)), st.integers(0, 12))
def test_numbers_are_counted(numbers: list[int], minlength: int) -> None:
    got = ops.bincount(np.array(numbers, np.uint8), minlength=minlength)
    assert len(got) == max(minlength, max(numbers, default=-1) + 1)
    assert got.tolist() == [numbers.count(n) for n in range(len(got))]


def test_bins_hold_their_lower_edges_and_the_last_one_its_upper() -> None:
    x = np.array([0, 0.5, 0.999, 1, 2, 3, 3.5, -0.1, NAN, math.inf])
    assert ops.histogram(x, bins=3, low=0.0, high=3.0).tolist() == [3, 1, 2]
    assert ops.histogram(np.array([2, 7, 8], np.uint8), bins=2, low=0, high=8).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda x: ops.topk(x, k=4, axis=0, largest=True), r"k must be in \[0, 3\], not 4"),
        (lambda x: ops.topk(x, k=-1, axis=0, largest=True), r"k must be in \[0, 3\], not -1"),
        (lambda x: ops.sort(x, axis=1, descending=True, stable=True), "axis 1 is out of bounds"),
        (lambda x: ops.searchsorted(x, x, side="up"), "left or right, not 'up'"),
        (lambda x: ops.bincount(x.astype(int) - 1, minlength=0), "negative, but holds -1"),
        (lambda x: ops.histogram(x, bins=0, low=0, high=1), "bins must be ≥ 1, not 0"),
        (lambda x: ops.histogram(x, bins=1, low=1, high=1), "low must be less than high"),
    ],
)
def test_what_is_out_of_range_is_named(call: Any, says: str) -> None:
    with pytest.raises((ValueError, IndexError), match=says):
        call(np.array([0.0, 1.0, 2.0]))
