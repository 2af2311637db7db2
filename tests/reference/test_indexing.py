"""Indexing, scattering, masking: NumPy's rules, laws between the ops, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.ops import definitions as ops

X = np.arange(24.0).reshape(2, 3, 4)
PAIR = np.array([0, 1, 1])


@pytest.mark.parametrize(
    ("axes", "indices", "key"),
    [
        ((1,), (PAIR,), (slice(None), PAIR)),
        ((0, 1), (PAIR, PAIR), (PAIR, PAIR)),
        ((1, 2), (PAIR, PAIR), (slice(None), PAIR, PAIR)),
        ((0, 2), (PAIR, -PAIR), (PAIR, slice(None), -PAIR)),
        ((0, 2), (PAIR[:, None], PAIR), (PAIR[:, None], slice(None), PAIR)),
        ((0,), (X[..., 0] > 4,), (X[..., 0] > 4,)),
        ((1,), (X[0] > 5,), (slice(None), X[0] > 5)),
        ((0, 2), (np.array([False, True]), PAIR), ([False, True], slice(None), PAIR)),
        ((2,), (PAIR[:0],), (Ellipsis, PAIR[:0])),
    ],
)
def test_index_places_axes_as_numpy_does(axes: Any, indices: Any, key: Any) -> None:
    np.testing.assert_array_equal(ops.index(X, *indices, axes=axes), X[key])
    wanted = X.copy()
    wanted[key] = -1
    put = ops.index_put(X, np.array(-1.0), *indices, axes=axes, accumulate=False)
    np.testing.assert_array_equal(put, wanted)
    added = X.copy()
    np.add.at(added, key, 1.0)
    put = ops.index_put(X, np.array(1.0), *indices, axes=axes, accumulate=True)
    np.testing.assert_array_equal(put, added)


@st.composite
def along_an_axis(draw: st.DrawFn) -> tuple[Any, Any, int]:
    """An array, indices along an axis of it, and the axis."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    wide = [draw(st.integers(0, 5)) if i == axis % len(shape) else n for i, n in enumerate(shape)]
    return rng.normal(size=shape), rng.integers(-shape[axis], shape[axis], wide), axis


@given(along_an_axis())
def test_what_is_put_along_an_axis_is_taken_from_there(drawn: Any) -> None:
    x, index, axis = drawn
    taken = ops.take_along_axis(x, index, axis=axis)
    np.testing.assert_array_equal(taken, ops.gather(x, index, axis=axis))
    np.testing.assert_array_equal(ops.put_along_axis(x, index, taken, axis=axis), x)
    np.testing.assert_array_equal(ops.scatter(x, index, taken, axis=axis), x)


@given(along_an_axis(), st.sampled_from(["sum", "prod", "max", "min", "mean"]), st.booleans())
def test_scatter_reduce_reduces_what_goes_to_each_element(
    drawn: Any, reduction: str, include_self: bool
) -> None:
    x, index, axis = drawn
    updates = np.random.default_rng(1).normal(size=index.shape)
    got = ops.scatter_reduce(
        x, index, updates, axis=axis, reduction=reduction, include_self=include_self
    )
    for place in np.ndindex(x.shape):
        line = tuple(slice(None) if i == axis % x.ndim else n for i, n in enumerate(place))
        found = updates[line][index[line] % x.shape[axis] == place[axis]]
        terms = [x[place], *found] if include_self or not len(found) else found
        assert got[place] == pytest.approx(getattr(np, reduction)(terms), rel=1e-12)


def test_slices_are_copied_and_added() -> None:
    x, index = np.zeros((3, 2)), np.array([2, -1])
    updates = np.array([[1.0, 2], [10, 20]])
    assert ops.index_add(x, index, updates, axis=0).tolist() == [[0, 0], [0, 0], [11, 22]]
    assert ops.index_copy(x, index, updates, axis=-2).tolist() == [[0, 0], [0, 0], [10, 20]]


def test_indices_and_values_broadcast_but_along_the_axis() -> None:
    x, index = X[0], np.array([[0], [2], [-1]])
    assert ops.take_along_axis(x, index, axis=1).ravel().tolist() == [0, 6, 11]
    row = ops.take_along_axis(x[:, :1], np.zeros((1, 4), int), axis=0)
    assert row.tolist() == [[0, 0, 0, 0]]
    put = ops.put_along_axis(x, np.array([[1]]), np.array(9.0), axis=0)
    assert put[1].tolist() == [9] * 4 and put[0].tolist() == x[0].tolist()


def test_masks_fill_and_scatter_in_row_major_order() -> None:
    x, mask = np.zeros((2, 3)), np.array([True, False, True])
    assert ops.masked_fill(x, mask, np.array(7.0)).tolist() == [[7, 0, 7]] * 2
    source = np.arange(1.0, 6.0)
    assert ops.masked_scatter(x, mask, source).tolist() == [[1, 0, 2], [3, 0, 4]]
    with pytest.raises(ValueError, match="source has 3 elements, the mask 4 true ones"):
        ops.masked_scatter(x, mask, source[:3])


def test_what_is_not_zero_is_found() -> None:
    x = np.array([[0.0, -0.0, np.nan], [2, 0, -1]])
    assert [places.tolist() for places in ops.nonzero(x)] == [[0, 1, 1], [2, 0, 2]]
    assert ops.argwhere(x).tolist() == [[0, 2], [1, 0], [1, 2]]
    assert ops.argwhere(np.array(3.0)).shape == (1, 0)
    with pytest.raises(ValueError, match="a dimension or more"):
        ops.nonzero(np.array(3.0))


@pytest.mark.parametrize("name", ["take", "gather", "take_along_axis"])
def test_indices_are_integers_in_range(name: str) -> None:
    index = np.array([0, 1]) if name == "take" else np.array([[0, 1, 0, 1]])
    op = getattr(ops, name)
    with pytest.raises(TypeError, match="must hold integers, not float64"):
        op(X[0], index.astype(float), axis=0)
    for wrong in (3, -4):
        with pytest.raises(IndexError, match=rf"holds {wrong}, outside of \[-3, 3\)"):
            op(X[0], index * 0 + wrong, axis=0)
    with pytest.raises(np.exceptions.AxisError, match="axis 2 is out of bounds"):
        op(X[0], index, axis=2)


def test_an_embedding_counts_from_the_front_only() -> None:
    with pytest.raises(IndexError, match=r"holds -1, outside of \[0, 3\)"):
        ops.embedding(X[0], np.array([0, -1]))


@pytest.mark.parametrize("include_self", [True, False])
def test_the_gradient_is_shared_evenly_among_equal_extremes(include_self: bool) -> None:
    index = np.array([0, 0, 1])

    def largest(x: Any, updates: Any) -> Any:
        return ops.scatter_reduce(x, index, updates, axis=0, reduction="max",
                                  include_self=include_self)  # fmt: skip

    _, pullback = vjp(largest, np.array([3.0, 9.0, 5.0]), np.array([3.0, 3.0, 1.0]))
    to_x, to_updates = pullback(np.array([6.0, 1.0, 1.0]))
    wanted = ([2, 1, 1], [2, 2, 0]) if include_self else ([0, 0, 1], [3, 3, 1])
    assert (to_x.tolist(), to_updates.tolist()) == wanted
