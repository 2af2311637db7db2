"""Philox4x32-10: random numbers as a function of a seed and a position.

A counter-based generator: block i of a stream is a keyed bijection of the number i, so any element
can be computed on its own, on any device, in any order.
Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 10
MULTIPLIERS = np.array([[0xD2511F53], [0xCD9E8D57]], np.uint64)
WEYL = (0x9E3779B9, 0xBB67AE85)
LOW = 0xFFFFFFFF


def blocks(counters: NDArray[np.uint64], key: tuple[int, int]) -> NDArray[np.uint64]:
    """The four 32-bit words, one a row, that each counter (four words, one a row) gives."""
    words = counters
    for turn in range(ROUNDS):
        products = words[0::2] * MULTIPLIERS
        high, low = products >> np.uint64(32), products & np.uint64(LOW)
        first, second = (np.uint64((k + turn * w) & LOW) for k, w in zip(key, WEYL, strict=True))
        words = np.stack([high[1] ^ words[1] ^ first, low[1], high[0] ^ words[3] ^ second, low[0]])
    return words


def words(seed: int, count: int) -> NDArray[np.uint64]:
    """The first ``count`` 32-bit words of the stream of a seed, 0 ≤ seed < 2⁶⁴.

    Block i has the counter (i, 0, 0, 0) in 32-bit words, the least first; the key is the seed.
    """
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed is {seed}; it must be at least 0 and less than 2**64")
    number = np.arange(-(-count // 4), dtype=np.uint64)
    counters = np.stack([number & np.uint64(LOW), number >> np.uint64(32), 0 * number, 0 * number])
    return blocks(counters, (seed & LOW, seed >> 32)).T.ravel()[:count]


def fractions(seed: int, count: int, bits: int) -> NDArray[Any]:
    """``count`` whole numbers below 2**bits: the highest bits of one word, or of two joined."""
    if bits <= 32:
        return words(seed, count) >> np.uint64(32 - bits)
    pairs = words(seed, 2 * count)
    joined = pairs[0::2] << np.uint64(32) | pairs[1::2]
    return joined >> np.uint64(64 - bits)


def below(seed: int, count: int, end: int) -> NDArray[np.int64]:
    """``count`` whole numbers from 0 to less than ``end`` ≤ 2³²: ⌊word·end/2³²⌋."""
    return (words(seed, count) * np.uint64(end) >> np.uint64(32)).astype(np.int64)


def uniform(seed: int, count: int, bits: int) -> NDArray[np.float64]:
    """``count`` multiples of 2**-bits in [0, 1), bits ≤ 53."""
    return np.ldexp(fractions(seed, count, bits).astype(np.float64), -bits)
