"""Layouts: the same values behind other strides, and nothing but junk between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.backends.numpy_native import NumpyBackend
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.conformance.layouts import LAYOUTS, REPEATED, place, repeating
from tensorcts.reference import dtypes

BACKEND = NumpyBackend()


def numbered(shape: tuple[int, ...], dtype: str = "float32") -> Any:
    count = np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape)
    return count.astype(dtypes.numpy_dtype(dtype))


shapes = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)


@given(st.sampled_from(sorted(LAYOUTS)), shapes, st.sampled_from(dtypes.STORABLE))
def test_a_placed_array_reads_as_it_was(layout: str, shape: tuple[int, ...], dtype: str) -> None:
    array = numbered(shape, dtype)
    placed = place(BACKEND, array, layout)
    assert (placed.dtype, placed.shape) == (array.dtype, array.shape)
    assert placed.tobytes() == array.tobytes()


@given(st.sampled_from(sorted(LAYOUTS)), shapes)
def test_a_base_is_flat_and_reached_from_end_to_end(layout: str, shape: tuple[int, ...]) -> None:
    base, strides, offset = LAYOUTS[layout](numbered(shape))
    ends = [(n - 1) * step for n, step in zip(shape, strides, strict=True)]
    assert base.ndim == 1
    assert offset + sum(min(e, 0) for e in ends) >= 0
    assert offset + sum(max(e, 0) for e in ends) < base.size


@pytest.mark.parametrize(
    ("layout", "strides"),
    [
        ("transposed", (1, 3, 6)),
        ("every_second", (16, 8, 2)),
        ("offset", (8, 4, 1)),
        ("reversed", (-8, -4, -1)),
        (REPEATED, (8, 4, 1)),
    ],
)
def test_strides_count_elements(layout: str, strides: tuple[int, ...]) -> None:
    _, found, offset = LAYOUTS[layout](numbered((3, 2, 4)))
    assert found == strides
    assert offset == {"offset": 3, "reversed": 23}.get(layout, 0)


@pytest.mark.parametrize("layout", ["every_second", "offset"])
@pytest.mark.parametrize(("dtype", "junk"), [("float16", np.nan), ("int32", 1), ("bool", True)])
def test_what_must_not_be_read_would_be_noticed(layout: str, dtype: str, junk: Any) -> None:
    array = np.zeros((2, 3), dtype)
    base, _, _ = LAYOUTS[layout](array)
    between = base[base != 0]
    assert base.size - between.size == array.size
    assert np.array_equal(between, np.full(between.size, junk, dtype), equal_nan=dtype != "bool")


def test_equal_slices_share_their_memory() -> None:
    array = repeating(numbered((4, 3)))
    assert np.array_equal(array, [[1, 2, 3]] * 4)
    base, strides, _ = LAYOUTS[REPEATED](array)
    assert (base.tolist(), strides) == ([1, 2, 3], (0, 1))


def test_a_number_by_itself_repeats_nothing() -> None:
    assert repeating(np.float32(3).reshape(())) == 3


@pytest.mark.parametrize("array", [numbered(()), numbered((0, 3)), numbered((2, 3))])
def test_without_a_layout_or_elements_it_is_a_plain_copy(array: Any) -> None:
    layout = None if array.ndim and array.size else "reversed"
    placed = place(BACKEND, array, layout)
    assert placed.flags.c_contiguous
    assert not np.shares_memory(placed, array)


class Rigid(NumpyBackend):
    """A backend without views."""

    def strided(self, *given: Any) -> Any:
        raise UnsupportedError("no views")


def test_a_backend_without_views_says_so() -> None:
    with pytest.raises(UnsupportedError, match="no views"):
        place(Rigid(), numbered((2, 3)), "transposed")
    assert place(Rigid(), numbered((2, 3)), None).shape == (2, 3)


def test_every_layout_is_another_one() -> None:
    seen = {
        (strides, offset, base.tobytes())
        for base, strides, offset in (layout(numbered((3, 4))) for layout in LAYOUTS.values())
    }
    assert len(seen) == len(LAYOUTS)
