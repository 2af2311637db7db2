"""The definitions of random numbers: known answers of Philox4x32-10, and what follows from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tensorcts.reference.ops import definitions as ops
from tensorcts.reference.philox import blocks, fractions, words

PI = [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344]
KNOWN = [
    ([0] * 4, (0, 0), [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([2**32 - 1] * 4, (2**32 - 1,) * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (PI, (0xA4093822, 0x299F31D0), [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
]
"""Counter, key and words, as Random123 publishes them."""


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_known_answers(counter: list[int], key: Any, expected: list[int]) -> None:
    got = blocks(np.array(counter, np.uint64).reshape(4, 1), key)
    assert got.ravel().tolist() == expected


def test_a_longer_stream_begins_as_a_shorter_one() -> None:
    assert words(7, 10).tolist() == words(7, 1000)[:10].tolist()
    assert words(7, 10).tolist() != words(8, 10).tolist() != words(7 + 2**32, 10).tolist()
    assert words(3, 0).size == 0


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_has_64_bits(seed: int) -> None:
    with pytest.raises(ValueError, match=f"seed is {seed}"):
        words(seed, 1)


def test_a_fraction_has_the_highest_bits_of_its_words() -> None:
    first, second = (int(w) for w in words(5, 2))
    assert int(fractions(5, 1, 24)[0]) == first >> 8
    assert int(fractions(5, 1, 53)[0]) == (first << 32 | second) >> 11


@pytest.mark.parametrize(("dtype", "bits"), [("float64", 53), ("float16", 11), ("bfloat16", 8)])
def test_rand_is_a_number_of_the_dtype_below_one(dtype: str, bits: int) -> None:
    x = ops.rand(shape=(50, 40), seed=1, dtype=dtype)
    assert x.shape == (50, 40) and 0 <= x.min() < x.max() < 1
    assert np.all(np.ldexp(x, bits) == np.rint(np.ldexp(x, bits)))


def test_randn_pairs_lie_on_circles() -> None:
    x = ops.randn(shape=(7,), mean=0.0, std=1.0, seed=2, dtype="float64")
    u = np.ldexp(fractions(2, 8, 53).astype(np.float64)[0::2] + 1, -53)
    np.testing.assert_allclose(x[0:6:2] ** 2 + x[1:7:2] ** 2, -2 * np.log(u)[:3], rtol=1e-14)
    assert np.all(ops.randn(shape=(3,), mean=2.5, std=0.0, seed=2, dtype="float32") == 2.5)


def test_randint_covers_its_range_and_no_more() -> None:
    x = ops.randint(shape=(1000,), low=-3, high=5, seed=3, dtype="int8")
    assert sorted(set(x.tolist())) == list(range(-3, 5))


def test_randperm_is_a_permutation() -> None:
    assert sorted(ops.randperm(n=100, seed=4).tolist()) == list(range(100))
    assert ops.randperm(n=0, seed=4).size == 0


def test_bernoulli_at_the_ends() -> None:
    assert not ops.bernoulli(shape=(1000,), p=0.0, seed=5).any()
    assert ops.bernoulli(shape=(1000,), p=1.0, seed=5).all()
