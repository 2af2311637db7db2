"""``Stacked``: taking many arrays through a definition at once is taking each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tensorcts.reference.arrays.stacked import Stacked, aligned, one_by_one

COUNT = 3
OF_VARYING_SIZE = ("unique_values", "unique_counts", "unique_inverse", "unique_all")


def versions(x: Any) -> list[Any]:
    """The array and others near it, somewhat nearer to 0."""
    rng = np.random.default_rng(x.size)
    return [x] + [x * (1 - 0.2 * rng.random(x.shape)) for _ in range(COUNT - 1)]


def values(output: Any) -> Any:
    """The results for each array; the same for all where an output does not depend on them."""
    if isinstance(output, Stacked):
        return list(output.value)
    return [np.asarray(output)] * COUNT


def test_every_op_takes_many_arrays_at_once(sample: Any) -> None:
    several = [versions(np.asarray(sample.arrays[i])) for i in sample.floating]
    with np.errstate(invalid="ignore"):  # outside of a domain
        wanted = [sample.on([v[i] for v in several], exact=False) for i in range(COUNT)]
        if sample.op.name in OF_VARYING_SIZE:
            return
        got = sample.on([Stacked(np.stack(v)) for v in several], exact=False)
    for place, output in enumerate(got):
        for i, value in enumerate(values(output)):
            expected = np.asarray(wanted[i][place])
            assert (value.shape, value.dtype) == (expected.shape, expected.dtype)
            np.testing.assert_allclose(value, expected, rtol=1e-13, atol=1e-15)


ROWS = Stacked(np.arange(24.0).reshape(2, 3, 4))
"""Two arrays of shape (3, 4)."""

CALLS: tuple[Any, ...] = (
    lambda x: np.sum(x), lambda x: np.sum(x, axis=(0, -1), keepdims=True), lambda x: np.argmax(x),
    lambda x: np.cumsum(x), lambda x: np.squeeze(x[None]), lambda x: np.take(x, [5, 1]),
    lambda x: np.repeat(x, 2), lambda x: np.matmul(x, np.ones(4)), lambda x: np.matmul(x[0], x[1]),
    lambda x: np.matmul(np.ones((5, 2, 3)), x), lambda x: x[0] + np.ones((2, 1, 4)),
    lambda x: np.broadcast_to(x[0], (2, 4)), lambda x: np.frexp(x)[1], lambda x: np.flip(x),
    lambda x: np.einsum("ij,kj->ik", np.ones((2, 4)), x), lambda x: np.ones(np.size(x)),
    lambda x: np.take_along_axis(x, np.argsort(-x, axis=0), 0), lambda x: np.median(x, axis=1),
    lambda x: np.concatenate([x, np.zeros((3, 2))], axis=-1), lambda x: np.moveaxis(x, 0, 1),
)  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_each_array_is_treated_as_if_it_were_alone(call: Any) -> None:
    """With and without axes, mixed with arrays that are the same for all."""
    for i, value in enumerate(values(call(ROWS))[:2]):
        np.testing.assert_array_equal(value, call(ROWS.value[i]))


def test_a_branch_is_taken_where_all_agree() -> None:
    assert np.all(ROWS >= 0) and not np.any(ROWS < 0)
    with pytest.raises(TypeError, match="differ in their truth value"):
        bool(np.any(ROWS > 20))


def test_results_of_different_shapes_are_refused() -> None:
    with pytest.raises(TypeError, match="results of different shapes"):
        one_by_one(np.flatnonzero, (Stacked(np.eye(2) * [[1], [0]]),), 2)


def test_alignment_puts_the_shorter_shape_last() -> None:
    assert aligned(Stacked(np.zeros((2, 3))), 3).shape == (2, 1, 1, 3)
    assert aligned(Stacked(np.zeros(2)), 0).shape == (2,)
    assert aligned(7.0, 3) == 7.0
