"""Shapes, slicing, movements, grids, joining: known answers, and laws that hold for any array."""

from __future__ import annotations

import math
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tensorcts.reference.ops import definitions as ops

SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)


def numbered(shape: tuple[int, ...]) -> Any:
    return np.arange(math.prod(shape)).reshape(shape)


def same(got: Any, wanted: Any) -> bool:
    return np.shape(got) == np.shape(wanted) and np.array_equal(got, wanted)


@given(SHAPES.flatmap(lambda s: st.tuples(st.just(s), hnp.basic_indices(s, allow_newaxis=True))))
def test_getitem_and_setitem_are_numpy_s(case: Any) -> None:
    shape, index = case
    index = index if isinstance(index, tuple) else (index,)
    x = numbered(shape)
    assert same(ops.getitem(x, index=index), x[index])
    wanted = x.copy()
    wanted[index] = -1
    assert same(ops.setitem(x, np.array(-1), index=index), wanted)
    assert same(x, numbered(shape)), "the input is not changed"
    part = ops.getitem(x, index=index)
    assert same(ops.setitem(x, part, index=index), x)


@given(SHAPES, st.data())
def test_what_is_moved_comes_back(shape: tuple[int, ...], data: Any) -> None:
    x = numbered(shape)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    other = data.draw(st.integers(-len(shape), len(shape) - 1))
    shift = data.draw(st.integers(-12, 12))
    assert same(ops.flip(ops.flip(x, axis=axis), axis=axis), x)
    assert same(ops.roll(ops.roll(x, shift=shift, axis=axis), shift=-shift, axis=axis), x)
    assert same(ops.swapaxes(ops.swapaxes(x, axis1=axis, axis2=other), axis1=axis, axis2=other), x)
    moved = ops.moveaxis(x, source=axis, destination=other)
    assert same(ops.moveaxis(moved, source=other, destination=axis), x)
    if axis % len(shape) != other % len(shape):
        turned = x
        for _ in range(4):
            turned = ops.rot90(turned, k=1, axes=(axis, other))
        assert same(turned, x)
    if shape[axis]:
        assert same(ops.stack(*ops.unstack(x, axis=axis), axis=axis), x)
        assert same(ops.select(x, axis=axis, index=-1), np.take(x, -1, axis))


@given(SHAPES, st.data())
def test_pieces_join(shape: tuple[int, ...], data: Any) -> None:
    x = numbered(shape)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    count = data.draw(st.integers(1, 7))
    chunks = ops.chunk(x, chunks=count, axis=axis)
    assert len(chunks) <= count
    assert same(ops.concat(*chunks, axis=axis), x)
    pieces = ops.tensor_split(x, sections=count, axis=axis)
    assert len(pieces) == count
    assert same(ops.concat(*pieces, axis=axis), x)
    assert max(p.shape[axis] for p in pieces) - min(p.shape[axis] for p in pieces) <= 1


@given(SHAPES, st.data())
def test_copies_are_numpy_s(shape: tuple[int, ...], data: Any) -> None:
    x = numbered(shape)
    tiles = tuple(data.draw(st.lists(st.integers(0, 3), max_size=len(shape) + 1)))
    assert same(ops.tile(x, repetitions=tiles), np.tile(x, tiles))
    axis = data.draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    length = x.size if axis is None else shape[axis]
    counts = st.lists(st.integers(0, 3), min_size=length, max_size=length)
    repeats = np.array(data.draw(st.one_of(st.integers(0, 3), counts)), np.int64)
    assert same(ops.repeat(x, repeats, axis=axis), np.repeat(x, repeats, axis))


@given(SHAPES, st.sampled_from(["constant", "edge", "reflect", "wrap"]), st.data())
def test_padding_is_numpy_s(shape: tuple[int, ...], mode: Any, data: Any) -> None:
    room = {"constant": 3, "edge": 3}
    most = [0 if n == 0 else min(room.get(mode, n - (mode == "reflect")), 3) for n in shape]
    widths = tuple(data.draw(st.tuples(st.integers(0, m), st.integers(0, m))) for m in most)
    value = {"constant_values": 7} if mode == "constant" else {}
    wanted = np.pad(numbered(shape), widths, mode, **value)
    assert same(ops.pad(numbered(shape), widths=widths, mode=mode, value=7), wanted)


@given(hnp.array_shapes(min_dims=2, max_dims=4, min_side=0, max_side=5), st.integers(-6, 6))
def test_triangles_make_up_a_matrix(shape: tuple[int, ...], k: int) -> None:
    x = numbered(shape) + 1
    assert same(ops.tril(x, k=k) + ops.triu(x, k=k + 1), x)
    assert same(ops.tril(x, k=k), np.tril(x, k))


@given(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=5), st.integers(-6, 6))
def test_a_diagonal_is_numpy_s(shape: tuple[int, ...], k: int) -> None:
    x = numbered(shape) + 1
    assert same(ops.diag(x, k=k), np.diag(x, k))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.sampled_from(["xy", "ij"]))
def test_a_meshgrid_is_numpy_s(lengths: list[int], indexing: Any) -> None:
    vectors = [np.arange(n) for n in lengths]
    wanted = np.meshgrid(*vectors, indexing=indexing)
    got = ops.meshgrid(*vectors, indexing=indexing)
    assert all(same(g, w) for g, w in zip(got, wanted, strict=True))


@given(SHAPES, st.data())
def test_windows_are_numpy_s(shape: tuple[int, ...], data: Any) -> None:
    shape = tuple(max(n, 1) for n in shape)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    size, step = data.draw(st.integers(1, shape[axis])), data.draw(st.integers(1, 3))
    windows = np.lib.stride_tricks.sliding_window_view(numbered(shape), size, axis)
    stepped = np.moveaxis(np.moveaxis(windows, axis % len(shape), 0)[::step], 0, axis % len(shape))
    assert same(ops.unfold(numbered(shape), axis=axis, size=size, step=step), stepped)


@pytest.mark.parametrize(
    ("length", "count", "chunks", "sections"),
    [(10, 4, [3, 3, 3, 1], [3, 3, 2, 2]), (5, 4, [2, 2, 1], [2, 1, 1, 1]), (0, 3, [0, 0, 0],
     [0, 0, 0]), (2, 3, [1, 1], [1, 1, 0]), (6, 1, [6], [6])],
)  # fmt: skip
def test_chunks_are_no_sections(length: int, count: int, chunks: Any, sections: Any) -> None:
    x = np.zeros(length)
    assert [c.size for c in ops.chunk(x, chunks=count, axis=0)] == chunks
    assert [s.size for s in ops.tensor_split(x, sections=count, axis=0)] == sections


def test_positions_cut_as_slices_do() -> None:
    pieces = ops.tensor_split(np.arange(5), sections=(0, 2, 2, 9), axis=0)
    assert [p.tolist() for p in pieces] == [[], [0, 1], [], [2, 3, 4], []]


def test_expand_keeps_and_unflatten_fills() -> None:
    x = numbered((3, 1))
    assert ops.expand(x, shape=(2, -1, 4)).shape == (2, 3, 4)
    assert ops.unflatten(np.zeros((2, 6)), axis=-1, sizes=(2, -1)).shape == (2, 2, 3)
    assert ops.unflatten(np.zeros((0, 4)), axis=0, sizes=(3, 0)).shape == (3, 0, 4)
    assert [a.shape for a in ops.broadcast_arrays(x, np.zeros(2))] == [(3, 2), (3, 2)]


def test_an_axis_without_slices_gives_none() -> None:
    assert ops.unstack(np.zeros((2, 0)), axis=1) == ()


def test_one_hot_rows() -> None:
    got = ops.one_hot(np.array([[1, -1], [3, 0]]), depth=3, dtype="int8")
    assert got.tolist() == [[[0, 1, 0], [0, 0, 0]], [[0, 0, 0], [1, 0, 0]]]
    assert got.dtype == np.int8


def test_arrays_of_numbers_and_in_the_shape_of_others() -> None:
    largest = (2**64 - 1, 0, 2**63)
    assert ops.asarray(values=largest, shape=(3,), dtype="uint64").tolist() == list(largest)
    assert ops.asarray(values=(), shape=(2, 0), dtype="int8").shape == (2, 0)
    x = np.zeros((2, 3))
    for name in ("empty_like", "zeros_like", "ones_like"):
        got = getattr(ops, name)(x, dtype="int16")
        assert got.shape == (2, 3) and got.dtype == np.int16
    assert np.signbit(ops.full_like(x, value=-0.0, dtype="float32")).all()


def test_logspace_multiplies_by_the_same_number() -> None:
    got = ops.logspace(start=-1.0, stop=2.0, num=4, base=10.0, dtype="float64")
    np.testing.assert_allclose(got, [0.1, 1, 10, 100], rtol=1e-15)
    assert ops.logspace(start=3.0, stop=9.0, num=1, base=2.0, dtype="float64").tolist() == [8.0]
