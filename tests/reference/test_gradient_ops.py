"""The gradient of an op is an op: its arrays, its results, its orders, its freedom at kinks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tensorcts.reference import gradients
from tensorcts.reference.registry import Op, UnknownOpError, all_ops, get

DIFFERENTIABLE = [op for op in all_ops() if op.differentiable]


@pytest.mark.parametrize("op", DIFFERENTIABLE, ids=lambda op: op.name)
def test_every_differentiable_op_has_gradients_by_name(op: Op) -> None:
    second = get(f"{op.name}.backward.backward")
    assert gradients.is_backward(second) and gradients.first(second) is op
    assert set(second.dtypes) <= set(gradients.DTYPES) & set(op.dtypes)
    assert gradients.base(second) is get(f"{op.name}.backward"), "made once"


def test_what_has_no_gradient_has_no_backward() -> None:
    with pytest.raises(UnknownOpError, match=r"argmax\.backward"):
        get("argmax.backward")
    with pytest.raises(ValueError, match="argmax has no gradient"):
        gradients.backward(get("argmax"))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("softmax.backward.backward", "same"),
        ("abs.backward", "same"),
        ("abs.backward.backward", ("same", "real")),
        ("complex.backward.backward", ("same", "same", "complex")),
        ("abs.backward.backward.backward", ("same", "real", "same")),
    ],
)
def test_a_cotangents_gradient_is_of_its_dtype(name: str, kinds: Any) -> None:
    assert get(name).result == kinds


def test_softmax_of_both_orders_by_its_formulas() -> None:
    x, g, h = np.random.default_rng(0).standard_normal((3, 4, 5))
    y = get("softmax").function(x, axis=-1)

    def inner(a: Any, b: Any) -> Any:
        return np.sum(a * b, axis=-1, keepdims=True)

    def pulled(v: Any) -> Any:
        return y * (v - inner(v, y))

    (got,) = get("softmax.backward").function(x, g, axis=-1)
    np.testing.assert_allclose(got, pulled(g), rtol=1e-13)
    by_x, by_g = get("softmax.backward.backward").function(x, g, h, axis=-1)
    np.testing.assert_allclose(by_g, pulled(h), rtol=1e-12)
    np.testing.assert_allclose(
        by_x, pulled(g * h - g * inner(h, y) - h * inner(g, y)), rtol=1e-11, atol=1e-15
    )


CALLS: list[tuple[str, list[Any], dict[str, Any], list[int]]] = [
    ("add", [2.0, 3.0, 1.0], {}, [2, 1]),
    ("linear", [np.ones((2, 3)), np.ones((4, 3)), None, np.ones((2, 4))], {}, [3, 1]),
    ("concat", [np.ones(2), np.ones(3), np.ones(5)], {"axis": 0}, [2, 1]),
    ("einsum", [np.ones((2, 3)), np.ones(3), np.ones(2)], {"subscripts": "ij,j->i"}, [2, 1]),
    ("broadcast_arrays", [np.ones(2), 1.0, np.ones(2), np.ones(2)], {}, [2, 2]),
    ("unstack", [np.ones((3, 2)), *np.ones((3, 2))], {"axis": 0}, [1, 3]),
    ("topk", [np.arange(4.0), np.ones(2)], {"k": 2, "axis": 0, "largest": True}, [1, 1]),
]
"""Ops with arrays and cotangents, attributes, and how many there are of each."""


@pytest.mark.parametrize(("name", "arrays", "attrs", "counts"), CALLS, ids=lambda c: str(c)[:12])
def test_arrays_and_cotangents_are_told_apart(
    name: str, arrays: list[Any], attrs: Any, counts: list[int]
) -> None:
    op = get(f"{name}.backward")
    given = [a if a is None else np.asarray(a, float) for a in arrays]
    assert [len(part) for part in gradients.orders(op, given, attrs)] == counts
    pulled = op.function(*given, **attrs)
    inexact = [a for a in given[: counts[0]] if a is not None]
    assert [np.shape(g) for g in pulled] == [a.shape for a in inexact]
    further = gradients.orders(get(f"{name}.backward.backward"), [*given, *inexact], attrs)
    assert [len(part) for part in further] == [*counts, len(inexact)]


def test_too_many_cotangents_are_refused() -> None:
    with pytest.raises(ValueError, match="none of concat with cotangents"):
        get("concat.backward").function(np.ones(2), axis=0)


def admitted(name: str, results: Any, *arrays: Any, **attrs: Any) -> list[list[bool]]:
    """Which elements of a gradient's results are right by its freedom."""
    op = get(f"{name}.backward")
    given = [np.asarray(a, float) for a in arrays]
    truths = op.function(*given, **attrs)
    (choice,) = op.choices
    right = choice.options["any"].right(
        tuple(np.asarray(r, float) for r in results), truths, *given, **attrs
    )
    return [np.asarray(mask).tolist() for mask in right]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_between_both_sides_of_a_kink_all_is_right(share: float) -> None:
    x, g = [-1.0, 0.0, 2.0], [3.0, 3.0, 3.0]
    assert admitted("relu", [[0.5, 3 * share, 3.0]], x, g) == [[False, True, False]]
    assert admitted("relu", [[0.0, 3.5, 3.0]], x, g) == [[False, False, False]]
    assert admitted("relu", [[0.0, -0.5, 3.0]], x, g) == [[False, False, False]]


def test_of_tied_maxima_each_may_have_all_or_a_share() -> None:
    call: Any = ([1.0, 5.0, 5.0], 2.0)
    attrs = {"axis": 0, "keepdims": False}
    assert admitted("max", [[0.0, 2.0, 0.0]], *call, **attrs) == [[False, True, True]]
    assert admitted("max", [[0.0, 0.5, 1.5]], *call, **attrs) == [[False, True, True]]
    assert admitted("max", [[0.5, 2.5, -0.5]], *call, **attrs) == [[False, False, False]]


ALONG = {"axis": 0, "keepdims": False}
POOL = {"kernel": (1, 2), "stride": (1, 2), "padding": (0, 0), "dilation": (1, 1),
        "ceil_mode": False}  # fmt: skip
SHARED: list[tuple[str, Any, list[Any], dict[str, Any]]] = [
    ("max", [[2.0, 2.0]], [3.0], ALONG),
    ("min", [[2.0, 2.0]], [3.0], ALONG),
    ("median", [[2.0, 2.0]], [3.0], ALONG),
    ("quantile", [[2.0, 2.0]], [3.0], {"q": 0.0, **ALONG}),
    ("maximum", [[2.0], [2.0]], [[3.0]], {}),
    ("fmin", [[2.0], [2.0]], [[3.0]], {}),
    ("clip", [[2.0], [2.0], [2.0]], [[3.0]], {}),
    ("cummax", [[2.0, 2.0]], [[0.0, 3.0]], {"axis": 0}),
    ("topk", [[2.0, 2.0]], [[3.0]], {"k": 1, "axis": 0, "largest": True}),
    ("sort", [[2.0, 2.0]], [[0.0, 3.0]], {"axis": 0, "descending": False, "stable": False}),
    ("max_pool2d", [[[[[2.0, 2.0]]]]], [[[[[3.0]]]]], POOL),
]
"""Ops that select, tied arguments, a cotangent of 3 and attributes."""


SHARES = [(3.0, 0.0), (1.0, 2.0), (3.0, 3.0), (0.0, 0.0), (1.0, 1.0)]
"""What the first two tied elements get."""


@pytest.mark.parametrize("shares", SHARES, ids=str)
@pytest.mark.parametrize(("name", "arrays", "given", "attrs"), SHARED, ids=lambda c: str(c)[:12])
def test_ties_neither_lose_a_cotangent_nor_give_it_twice(
    name: str, arrays: Any, given: Any, attrs: Any, shares: tuple[float, float]
) -> None:
    sizes = [np.size(a) for a in arrays]
    parts = np.split(np.pad(shares, (0, sum(sizes) - 2)), np.cumsum(sizes)[:-1])
    results = [part.reshape(np.shape(a)) for part, a in zip(parts, arrays, strict=True)]
    truths = get(f"{name}.backward").function(*map(np.asarray, (*arrays, *given)), **attrs)
    free = admitted(name, results, *arrays, *given, **attrs)
    right = [np.all(mask | (r == t)) for mask, r, t in zip(free, results, truths, strict=True)]
    assert all(right) == (sum(shares) == 3)


def test_poles_have_either_sign() -> None:
    x, g, inf = [-0.0, 1.0], [1.0, 1.0], np.inf
    assert get("rsqrt.backward").function(np.array(x), np.array(g))[0][0] == inf
    assert admitted("rsqrt", [[-inf, -0.5]], x, g) == [[True, False]]
    assert admitted("relu", [[-inf, 1.0]], x, g) == [[False, False]]


@pytest.mark.parametrize("slope", [np.inf, -np.inf, 0.0])
def test_where_a_gradient_grows_without_bound_it_may_be_infinite(slope: float) -> None:
    """As that of the root of sizes does on both sides of 0."""
    attrs: Any = {"axis": 0, "ord": 0.5, "keepdims": False}
    assert admitted("vector_norm", [[slope, np.inf]], [0.0, 4.0], 1.0, **attrs) == [[True, False]]


def test_nan_is_right_beside_infinities_only() -> None:
    nan, inf = np.nan, np.inf
    assert admitted("gelu", [[nan, nan]], [inf, 1.0], [1.0, 1.0]) == [[True, False]]
    attrs = {"axis": -1, "keepdims": False}
    x = [[nan, 1.0], [2.0, 3.0]]
    assert admitted("max", [[[nan, nan], [0.0, nan]]], x, [1.0, 1.0], **attrs) == [
        [[True, True], [False, False]]
    ], "the row without NaN has no freedom"


def test_nan_is_right_where_a_pole_of_the_gradient_is_differentiated() -> None:
    second = get("lgamma.backward.backward")
    x, g, h = np.array([-2.0, 2.0]), np.ones(2), np.ones(2)
    by_x, by_g = truths = second.function(x, g, h)
    assert np.isnan(by_x[0]) and not np.isnan(by_g[0])
    results = by_x, np.full(2, np.nan)
    _, free = second.choices[0].options["any"].right(results, truths, x, g, h)
    assert free.tolist() == [True, False]


def test_smooth_functions_have_no_freedom() -> None:
    x, g = np.linspace(-2.0, 2.0, 9), np.ones(9)
    off = get("tanh.backward").function(x, g)[0] * 1.01
    assert not np.any(admitted("tanh", [off], x, g))


EINSUMS: list[tuple[str, list[tuple[int, ...]]]] = [
    ("ii,ii->", [(3, 3), (1, 1)]),
    ("ii,ii,i->", [(1, 1), (3, 3), (3,)]),
    ("ij,jk->ik", [(3, 1), (4, 3)]),
]


@pytest.mark.parametrize(("subscripts", "shapes"), EINSUMS)
def test_einsum_sums_over_what_it_stretched(subscripts: str, shapes: list[tuple[int, ...]]) -> None:
    """Einsum is linear in each operand: an operand's gradient times itself is the result."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in shapes]
    result = get("einsum").function(*arrays, subscripts=subscripts)
    pulled = get("einsum.backward").function(
        *arrays, np.ones(np.shape(result)), subscripts=subscripts
    )
    for x, g in zip(arrays, pulled, strict=True):
        assert np.sum(x * g) == pytest.approx(np.sum(result))
