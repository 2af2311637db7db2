"""What the reductions compute: known answers, special values, laws, conventions at kinks."""

from __future__ import annotations

import functools
import math
import statistics
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.ops import definitions as ops

INF, NAN = math.inf, math.nan
ROWS = hnp.arrays(np.float64, st.integers(1, 9), elements=st.floats(-1e6, 1e6))
ARRAYS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=5),
                    elements=st.floats(-1e6, 1e6))  # fmt: skip


def whole(name: str, x: Any, **attrs: Any) -> Any:
    """The reduction of all of x."""
    with np.errstate(all="ignore"):
        return getattr(ops, name)(np.asarray(x), axis=None, keepdims=False, **attrs)


ANSWERS: list[tuple[str, list[float], float]] = [
    ("logsumexp", [], -INF), ("logsumexp", [-INF, -INF], -INF), ("logsumexp", [INF, 0], INF),
    ("logsumexp", [NAN, INF], NAN), ("logsumexp", [1000, 1000], 1000 + math.log(2)),
    ("logsumexp", [-1000, -INF], -1000), ("nansum", [NAN, 1, 2], 3), ("nansum", [NAN], 0),
    ("nansum", [INF, -INF], NAN), ("nanmean", [NAN, 1, 2], 1.5), ("nanmean", [NAN], NAN),
    ("nanmean", [], NAN), ("nanmax", [NAN, -INF], -INF), ("nanmax", [NAN, 1, 2], 2),
    ("nanmax", [NAN], NAN), ("nanmin", [NAN, INF], INF), ("nanmin", [NAN, 1, 2], 1),
    ("any", [NAN], True), ("any", [-0.0], False), ("any", [], False), ("all", [NAN, 1], True),
    ("all", [1, -0.0], False), ("all", [], True), ("count_nonzero", [NAN, 0, -0.0, 2], 2),
    ("count_nonzero", [], 0), ("median", [3, 1, 2, 4], 2), ("median", [1, NAN, 2], NAN),
]  # fmt: skip


@pytest.mark.parametrize(("name", "x", "expected"), ANSWERS)
def test_known_answers(name: str, x: list[float], expected: float) -> None:
    np.testing.assert_allclose(whole(name, np.array(x, float)), expected, rtol=1e-15)


def test_truth_of_integers_and_complex_numbers() -> None:
    assert whole("any", [0, 256]) and not whole("all", [0, 256])
    assert whole("any", [0j, 1j]) and whole("count_nonzero", [0j, 1j, 2]) == 2


@given(ROWS)
def test_medians_and_quantiles_are_python_s(x: Any) -> None:
    assert whole("median", x) == statistics.median_low(x.tolist())
    assert whole("quantile", x, q=0.5) == pytest.approx(statistics.median(x.tolist()), abs=1e-9)
    assert whole("quantile", x, q=0.0) == x.min() and whole("quantile", x, q=1.0) == x.max()


@given(ARRAYS, st.booleans())
def test_std_is_the_root_of_var_and_moves_with_the_scale(x: Any, keepdims: bool) -> None:
    attrs: dict[str, Any] = {"axis": -1, "correction": 0, "keepdims": keepdims}
    std = ops.std(x, **attrs)
    assert np.shape(std) == (x.shape[:-1] + ((1,) if keepdims else ()))
    np.testing.assert_array_equal(std, np.sqrt(ops.var(x, **attrs)))
    np.testing.assert_allclose(ops.std(4 * x, **attrs), 4 * std, rtol=1e-12, atol=1e-150)


@given(ARRAYS, st.sampled_from([0.5, 1.0, 2.0, 3.0, INF]), st.integers(-400, 400))
def test_norms_do_not_overflow_and_move_with_the_scale(x: Any, order: float, power: int) -> None:
    norm = whole("vector_norm", x, ord=order)
    shifted = np.ldexp(x, power)
    np.testing.assert_allclose(
        whole("vector_norm", shifted, ord=order), np.ldexp(norm, power), rtol=1e-12, atol=1e-300
    )
    assert norm >= np.abs(x).max() * (1 - 1e-12)


@pytest.mark.parametrize(
    ("order", "x", "expected"),
    [(2.0, [3e200, 4e200], 5e200), (0.0, [0, NAN, 2], 2), (-INF, [3, -2], 2), (INF, [3, -4], 4),
     (-1.0, [0, 2], 0), (-2.0, [1e-200, 1e-200], 1e-200 / math.sqrt(2)), (2.0, [INF, 1], INF),
     (2.0, [NAN, INF], NAN), (2.0, [], 0), (1.0, [1, -2], 3), (3.0, [0, 0], 0)],
)  # fmt: skip
def test_norms_of_special_rows(order: float, x: list[float], expected: float) -> None:
    got = whole("vector_norm", np.array(x, float), ord=order)
    np.testing.assert_allclose(got, expected, rtol=1e-15)


def all_of(name: str, **attrs: Any) -> Any:
    return functools.partial(getattr(ops, name), axis=None, keepdims=False, **attrs)


KINKS: list[tuple[Any, list[float], list[float]]] = [
    (all_of("std", correction=0), [2.0, 2.0], [0, 0]),
    (all_of("vector_norm", ord=2.0), [0.0, 0.0], [0, 0]),
    (all_of("vector_norm", ord=2.0), [3e200, 4e200], [0.6, 0.8]),
    (all_of("vector_norm", ord=1.0), [0.0, -2.0], [0, -1]),
    (all_of("vector_norm", ord=0.5), [0.0, 4.0], [0, 1]),
    (all_of("vector_norm", ord=0.0), [0.0, 4.0], [0, 0]),
    (all_of("vector_norm", ord=INF), [-3.0, 3.0, 1.0], [-0.5, 0.5, 0]),
    (all_of("vector_norm", ord=-INF), [-3.0, 3.0, 1.0], [0, 0, 1]),
    (all_of("median"), [1.0, 1.0, 2.0], [0.5, 0.5, 0]),
    (all_of("nanmax"), [1.0, NAN, 3.0, 3.0], [0, 0, 0.5, 0.5]),
    (all_of("nanmean"), [1.0, NAN, 3.0], [0.5, 0, 0.5]),
    (all_of("nansum"), [NAN, 1.0], [0, 1]),
    (all_of("logsumexp"), [0.0, -INF], [1, 0]),
    (all_of("logsumexp"), [-INF, -INF], [NAN, NAN]),
    (all_of("quantile", q=0.25), [1.0, 4.0, 2.0], [0.5, 0, 0.5]),
]


@pytest.mark.parametrize(("function", "x", "expected"), KINKS)
def test_gradients_at_kinks_and_far_out(
    function: Any, x: list[float], expected: list[float]
) -> None:
    _, pullback = vjp(function, np.array(x))
    np.testing.assert_allclose(pullback(np.array(1.0))[0], expected, rtol=1e-15)


@pytest.mark.parametrize("name", ["median", "nanmax", "nanmin"])
def test_there_is_no_extreme_element_of_none(name: str) -> None:
    with pytest.raises(ValueError, match="no elements|zero-size array"):
        whole(name, np.zeros(0))


def test_a_quantile_is_of_a_share() -> None:
    with pytest.raises(ValueError, match=r"q must be in \[0, 1\], not 1.5"):
        whole("quantile", [1.0, 2.0], q=1.5)
