"""What the scans compute: laws that tie them to reductions, ties, NaN, gradients."""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.ops import definitions as ops
from tensorcts.reference.ops.scans import cummax, cummin
from tensorcts.reference.registry import get

INF, NAN = math.inf, math.nan
INTEGERS = hnp.arrays(np.int64, hnp.array_shapes(max_dims=3, max_side=5, min_side=0),
                      elements=st.integers(-4, 4))  # fmt: skip


@given(INTEGERS, st.data())
def test_a_scan_s_last_element_is_the_reduction(x: Any, data: Any) -> None:
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    attrs: dict[str, Any] = {"axis": axis, "dtype": "int64"}
    for scan, reduction in (("cumulative_sum", "sum"), ("cumulative_prod", "prod")):
        totals = getattr(ops, scan)(x, include_initial=True, **attrs)
        without = getattr(ops, scan)(x, include_initial=False, **attrs)
        np.testing.assert_array_equal(np.delete(totals, 0, axis), without)
        whole = getattr(ops, reduction)(x, keepdims=False, **attrs)
        np.testing.assert_array_equal(np.take(totals, -1, axis=axis), whole)


@given(INTEGERS, st.data())
def test_differences_undo_sums(x: Any, data: Any) -> None:
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    totals = ops.cumulative_sum(x, axis=axis, include_initial=True, dtype="int64")
    np.testing.assert_array_equal(ops.diff(totals, axis=axis, n=1), x)
    n = data.draw(st.integers(1, 4))
    np.testing.assert_array_equal(ops.diff(x, axis=axis, n=n), np.diff(x, n, axis))


@given(INTEGERS, st.data())
def test_running_extremes_are_those_of_every_prefix(x: Any, data: Any) -> None:
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    for scan, accumulate in ((cummax, np.maximum.accumulate), (cummin, np.minimum.accumulate)):
        values, index = scan(x, axis=axis)
        np.testing.assert_array_equal(values, accumulate(x, axis))
        np.testing.assert_array_equal(np.take_along_axis(x, index, axis), values)


ROW = np.array([2.0, 1.0, 2.0, 3.0, 3.0, NAN, 4.0, NAN])


def test_of_equal_elements_the_last_one_s_index_or_as_declared_the_first_one_s() -> None:
    values, index = cummax(ROW, axis=0)
    np.testing.assert_array_equal(values, [2, 2, 2, 3, 3, NAN, NAN, NAN])
    np.testing.assert_array_equal(index, [0, 0, 2, 3, 4, 5, 5, 7])
    _, first = get("cummax").choices[0].options["first"].outputs(ROW, axis=0)
    np.testing.assert_array_equal(first, [0, 0, 0, 3, 3, 5, 5, 5])
    np.testing.assert_array_equal(cummin(ROW, axis=0)[1], [0, 1, 1, 1, 1, 5, 5, 7])


@pytest.mark.parametrize(
    ("x", "expected"),
    [([-INF, -INF, 0], [-INF, -INF, 0]), ([INF, -INF], [INF, INF]), ([0, NAN, 1], [0, NAN, NAN]),
     ([1000, 1000], [1000, 1000 + math.log(2)]), ([INF, INF], [INF, INF]), ([], [])],
)  # fmt: skip
def test_logcumsumexp_of_special_rows(x: list[float], expected: list[float]) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(ops.logcumsumexp(np.array(x, float), axis=0), expected)


@given(hnp.arrays(np.float64, st.integers(1, 9), elements=st.floats(-500, 500)))
def test_logcumsumexp_is_the_logsumexp_of_every_prefix(x: Any) -> None:
    prefixes = [ops.logsumexp(x[: i + 1], axis=0, keepdims=False) for i in range(x.size)]
    np.testing.assert_allclose(ops.logcumsumexp(x, axis=0), prefixes, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("zeros", [*itertools.product([0, 1], repeat=4)])
def test_the_gradient_of_products_needs_no_division(zeros: tuple[int, ...]) -> None:
    x, g = np.array([2.0, 3, 5, 7]) * zeros, np.array([1.0, 10, 100, 1000])
    product = functools.partial(ops.cumulative_prod, axis=0, include_initial=False, dtype="float64")
    (pulled,) = vjp(product, x)[1](g)
    others = [[np.prod(np.delete(x[: i + 1], k)) if k <= i else 0 for i in range(4)]
              for k in range(4)]  # fmt: skip
    np.testing.assert_array_equal(pulled, np.array(others) @ g)


def test_the_gradient_of_a_running_extreme_goes_to_its_index() -> None:
    (values, index), pullback = vjp(functools.partial(cummax, axis=0), ROW[:5])
    (pulled,) = pullback((np.array([1.0, 10, 100, 1000, 10000]), np.zeros(5)))
    np.testing.assert_array_equal(pulled, [11, 0, 100, 1000, 10000])


@pytest.mark.parametrize("axis", [1, -2])
def test_an_axis_that_there_is_not(axis: int) -> None:
    with pytest.raises(ValueError, match=f"axis {axis} is out of range for 1 axes"):
        ops.diff(ROW, axis=axis, n=1)
