"""Making a failing case small: elementwise ops fail on a single element just as well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tensorcts.conformance.cases import Case
from tensorcts.conformance.judge import Judge, Judgement
from tensorcts.conformance.samplers.casts import CASTS
from tensorcts.conformance.samplers.elementwise import ELEMENTWISE

LENGTHS = (1, 2, 8, 64)
"""Sizes tried for an elementwise case: some kernels fail from a vector's length on only."""


def smallest(judgement: Judgement, judge: Judge) -> Judgement:
    """The judgement of the smallest case tried that still gets the same verdict."""
    special = judgement.case.refused or judgement.case.probe
    if special or judgement.verdict not in ("fail", "error", "waived"):
        return judgement
    for case in _smaller(judgement):
        attempt = judge(case)
        if attempt.verdict == judgement.verdict:
            return attempt
    return judgement


def _smaller(judgement: Judgement) -> list[Case]:
    case, index = judgement.case, judgement.comparison.index
    if case.op.name not in ELEMENTWISE | CASTS | {"where"} or index is None:
        return []
    arrays = [a for a in case.arrays if a is not None]
    grid = np.broadcast_arrays(*arrays)
    size = grid[0].size
    elements = [np.array(a[index]) for a in grid]
    return [
        replace(case, arrays=tuple(np.full(length, e) for e in elements), layout=None)
        for length in LENGTHS
        if length < size
    ]
