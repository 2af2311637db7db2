"""Blocks: every input once, strips within a binade, hard arguments among the samples."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from tensorcts.conformance.precision import blocks, hard
from tensorcts.conformance.precision.blocks import Layout, Plan
from tensorcts.conformance.precision.functions import find
from tensorcts.reference.dtypes import numpy_dtype

SMALL = ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")


@pytest.mark.parametrize("dtype", SMALL)
def test_all_patterns_are_there_once(dtype: str) -> None:
    plan = Plan(find("astype-float8_e5m2"), dtype, "all", size=64)
    found = np.concatenate([m for b in range(plan.count) for m in plan.strips(b)])
    np.testing.assert_array_equal(found, np.arange(plan.layout.magnitudes))


def test_float32s_blocks_follow_each_other() -> None:
    plan = Plan(find("exp"), "float32", "all")
    assert plan.count * blocks.BLOCK == 2**31
    for block in (0, 1, 513, plan.count - 2):
        *_, last = plan.strips(block)
        assert int(last[-1]) + 1 == int(plan.following(block)[0])
        assert plan.following(block)[0] == next(plan.strips(block + 1))[0]
    assert len(plan.following(plan.count - 1)) == 0


@pytest.mark.parametrize("kind", ["all", "sampled"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_a_strip_has_one_exponent_field(dtype: str, kind: blocks.Kind) -> None:
    if (dtype, kind) == ("float64", "all"):
        return
    plan = Plan(find("exp"), dtype, kind)
    for block in {0, plan.count // 2, plan.count - 1}:
        for strip in plan.strips(block):
            assert len({plan.layout.binade(int(m)) for m in (strip[0], strip[-1])}) == 1
            assert np.all(np.diff(strip) > 0) and len(strip) <= blocks.STRIP


def test_samples_follow_from_the_seed() -> None:
    one, same, other = (Plan(find("exp"), "float64", "sampled", seed) for seed in (1, 1, 2))
    first, second, third = (np.concatenate(list(p.strips(3))) for p in (one, same, other))
    assert np.array_equal(first, second) and not np.array_equal(first, third)


def test_samples_cover_every_binade_and_the_edges() -> None:
    plan = Plan(find("exp"), "float64", "sampled")
    every = np.concatenate([s for b in range(plan.count) for s in plan.strips(b)])
    assert len(set((every >> np.uint64(52)).tolist())) == 2048
    largest = np.array(np.log(np.finfo(np.float64).max)).view(np.uint64)
    assert largest in every and largest + 1 in every


def test_all_pairs_of_float16_are_as_many_as_there_are() -> None:
    plan = Plan(find("add"), "float16", "all pairs")
    assert plan.count * blocks.BLOCK == 2**32
    for block, xs in ((0, range(32)), (plan.count - 1, range(2**16 - 32, 2**16))):
        pairs = list(plan.pairs(block))
        assert sum(len(y) for _, y in pairs) == blocks.BLOCK
        assert {int(x[0]) for x, _ in pairs} == set(xs)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_nothing_lies_nearer_to_multiples_of_half_pi(dtype: str) -> None:
    """Against every number of some binades; float32's known worst is 16367173·2**72."""
    found = np.array(hard.beside_multiples_of_half_pi(dtype))
    layout = Layout.of(dtype)
    if dtype == "float32":
        assert 16367173 * 2.0**72 in found
        return
    for exponent in (1, 3, 7):
        first = int(np.array(2.0**exponent).astype(numpy_dtype(dtype)).view(layout.unsigned))
        binade = layout.range(first, first + (1 << layout.fraction)).view(numpy_dtype(dtype))
        numbers = binade.astype(np.float64)
        nearest = min(numbers, key=_distance)
        ours = [x for x in found if 2.0**exponent <= x < 2.0 ** (exponent + 1)]
        if ours:
            assert min(map(_distance, ours)) == _distance(nearest)


def _distance(x: float) -> float:
    with mpmath.workprec(200):
        turns = mpmath.mpf(x) * 2 / mpmath.pi
        return float(abs(turns - mpmath.nint(turns)))


def test_what_is_swept_whole() -> None:
    kinds = {
        (name, dtype, whole): blocks.plan(find(name), dtype, exhaustive=whole).kind
        for name, dtype, whole in (
            ("exp", "float16", False), ("exp", "float32", False), ("exp", "float32", True),
            ("exp", "float64", True), ("add", "float16", False), ("add", "float16", True),
            ("add", "float32", True),
        )
    }  # fmt: skip
    assert list(kinds.values()) == ["all", "sampled", "all", "sampled", "sampled pairs",
                                    "all pairs", "sampled pairs"]  # fmt: skip
