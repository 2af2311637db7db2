"""Results beside each other: steps against the function's, and what its parity says of f(-x)."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from tensorcts.conformance.precision.blocks import Bits
from tensorcts.conformance.precision.functions import Parity
from tensorcts.conformance.precision.strips import Strip
from tensorcts.conformance.precision.tallies import Row

STEADY = 2.0**-44
"""Truths nearer to each other than this, relatively, may be in the wrong order in float64."""


def monotonicity(before: Strip | None, strip: Strip) -> Row:
    """The steps to a strip's inputs, from the last of the strip before on, against the truth's."""
    within = _violations("monotonicity", strip, _against(strip.numbers, strip.hi), 1)
    if before is None:
        return within
    edge = [
        np.array([one[-1], other[0]])
        for one, other in ((before.numbers, strip.numbers), (before.hi, strip.hi))
    ]
    return within + _violations("monotonicity", strip, _against(*edge), 0)


@np.errstate(all="ignore")
def _against(got: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which steps of the results go against those of the truths."""
    step = truth[1:] - truth[:-1]
    against = (got[1:] - got[:-1]) * step < 0
    if against.any():
        against &= np.abs(step) > STEADY * np.abs(truth[1:])
    return against


def symmetry(parity: Parity, strip: Strip, mirrored: Bits) -> Row:
    """The inputs whose result is not that of the input of the other sign, as the parity says.

    mirrored: the bits of the results there.
    """
    if parity == "none":
        return Row()
    sign = strip.got.dtype.type(1 << (8 * strip.got.itemsize - 1))
    expected = mirrored ^ sign if parity == "odd" else mirrored
    differs = strip.got != expected
    if differs.any():
        differs &= ~np.isnan(strip.numbers)
    return _violations("symmetry", strip, differs, 0)


def _violations(kind: str, strip: Strip, where: NDArray[np.bool_], offset: int) -> Row:
    count = int(np.count_nonzero(where))
    if count == 0:
        return Row()
    first = strip.example(int(where.argmax()) + offset)
    return Row(counts=Counter({kind: count}), examples={kind: first})
