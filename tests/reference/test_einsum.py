"""einsum: NumPy's grammar against a loop over all indices, its noise, its gradient, refusals."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.conformance.draws import Draw
from tensorcts.conformance.samplers import all_samplers
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.arrays.subscripts import sizes_of, spelled_out
from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.dtypes import format_of
from tensorcts.reference.ops import definitions as ops
from tensorcts.reference.registry import get


def by_loops(subscripts: str, operands: list[Any]) -> Any:
    """The sum over every value of every letter, one product at a time."""
    shapes = [x.shape for x in operands]
    inputs, output = spelled_out(subscripts, shapes)
    sizes = sizes_of(inputs, shapes)
    out = np.zeros([sizes[c] for c in output])
    for values in itertools.product(*(range(n) for n in sizes.values())):
        at = dict(zip(sizes, values, strict=True))
        product = 1.0
        for term, x in zip(inputs, operands, strict=True):
            places = (0 if n == 1 else at[c] for c, n in zip(term, x.shape, strict=True))
            product *= x[tuple(places)]
        out[tuple(at[c] for c in output)] += product
    return out


@given(st.integers(0, 2**32 - 1))
def test_any_subscripts_are_the_sum_over_all_indices(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def integer(low: int, high: int) -> int:
        return int(rng.integers(low, high, endpoint=True))

    draw = Draw(get("einsum"), "float64", integer, styles=("normal",))
    operands, attrs = all_samplers()["einsum"](draw)
    assert all(x is not None for x in operands)
    wanted = by_loops(attrs["subscripts"], list(operands))
    np.testing.assert_allclose(ops.einsum(*operands, **attrs), wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("subscripts", "shapes", "explicit"),
    [
        ("ij,jk", [(2, 3), (3, 4)], "ij,jk->ik"),
        ("ba", [(2, 3)], "ba->ab"),
        ("bA", [(2, 3)], "bA->Ab"),  # capitals come first
        ("ii", [(3, 3)], "ii->"),
        (" i j , j ->", [(2, 3), (3,)], "ij,j->"),
        (",", [(), ()], ",->"),
        ("...", [(2, 3)], "ab->ab"),
        ("i...,...i", [(3, 2), (1, 3)], "ia,ai->a"),
        ("...a,...", [(2, 3, 4), (3,)], "bca,c->bca"),
        ("i...->i", [(3,)], "i->i"),
    ],
)
def test_what_is_implied_is_spelled_out(
    subscripts: str, shapes: list[tuple[int, ...]], explicit: str
) -> None:
    inputs, output = spelled_out(subscripts, shapes)
    assert ",".join(inputs) + "->" + output == explicit


def test_an_ellipsis_comes_first_in_an_implied_output() -> None:
    x, y = np.ones((3, 2)), np.ones((4, 1, 3))
    assert ops.einsum(x, y, subscripts="i...,...i").shape == (4, 2)
    assert ops.einsum(x, y, subscripts="ij,...i").shape == (4, 1, 2)


@pytest.mark.parametrize(
    ("subscripts", "shapes", "text"),
    [
        ("i1->i", [(2, 3)], "must be terms of letters"),
        ("i- >i", [(2,)], "must be terms of letters"),
        (". ..", [(2,)], "must be terms of letters"),
        ("i->i->i", [(2,)], "must be terms of letters"),
        ("ij,jk", [(2, 3)], "2 terms for 1 operands"),
        ("i", [(2, 3)], r"'i' does not fit the shape \(2, 3\)"),
        ("ij,jk", [(2, 3), (4, 5)], "j is 4 and 3|j is 3 and 4"),
        ("ii", [(1, 3)], "i is 1 and 3"),
        ("i->j", [(3,)], r"the output has \['j'\]"),
        ("i->ii", [(3,)], r"the output repeats \['i'\]"),
        ("...i->i", [(2, 3)], "the output lacks the ellipsis"),
    ],
)
def test_what_is_wrong_is_named(subscripts: str, shapes: list[tuple[int, ...]], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        ops.einsum(*map(np.ones, shapes), subscripts=subscripts)


def test_the_gradient_of_a_trace_is_the_identity() -> None:
    _, pullback = vjp(lambda x: ops.einsum(x, subscripts="ii"), np.ones((3, 3)))
    assert np.array_equal(pullback(1.0)[0], np.eye(3))


def test_the_gradient_of_a_broadcast_operand_is_summed() -> None:
    x, y = np.ones((2, 1)), np.arange(12.0).reshape(3, 4)
    _, pullback = vjp(lambda x: ops.einsum(x, y, subscripts="ij,jk->ik"), x)
    assert np.array_equal(pullback(np.ones((2, 4)))[0], np.full((2, 1), y.sum()))


def test_the_noise_covers_every_order_of_contraction() -> None:
    """(xy)z and x(yz) in float32 are both within a few σ of the truth."""
    rng, single = np.random.default_rng(0), format_of("float32")
    arrays = [rng.standard_normal(s) for s in ((3, 200), (200, 5), (5, 4))]
    arrays = [a.astype(np.float32).astype(np.float64) for a in arrays]

    def noisy(seed: int) -> Any:
        noise = Noise({}, single, single, np.random.default_rng(seed))
        return ops.einsum(*(Noisy(a, noise) for a in arrays), subscripts="ij,jk,kl->il").value

    truth = ops.einsum(*arrays, subscripts="ij,jk,kl->il")
    sigma = np.sqrt(np.mean([(noisy(seed) - truth) ** 2 for seed in range(64)], axis=0))
    x, y, z = (a.astype(np.float32) for a in arrays)
    for got in ((x @ y) @ z, x @ (y @ z), np.einsum("ij,jk,kl->il", x, y, z)):
        assert np.max(np.abs(got - truth) / sigma) < 6


def test_numbers_that_are_only_moved_get_no_noise() -> None:
    single = format_of("float32")
    x = Noisy(np.arange(9.0).reshape(3, 3) / 7, Noise({}, single, single, np.random.default_rng(0)))
    for subscripts in ("ij->ji", "ii->i", "..."):
        got = ops.einsum(x, subscripts=subscripts).value
        assert np.array_equal(got, np.einsum(subscripts, x.value))
