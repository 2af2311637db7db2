"""Whether a truth is as true as it must be: better than 2**-6 ulp of the dtype under test.

σ says how far rounding errors carry: in an arithmetic of q bits, in place of the p that σ stands
for, the definition is off by σ·2**(p-q). So σ, which a derived tolerance needs anyway, tells by how
many bits a truth has to be computed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.tolerances.model import NoiseModel
from tensorcts.tolerances.rules import SIGMAS
from tensorcts.tolerances.ulps import kahan_ulp

ACCURACY = 2.0**-6
"""Ulps of the dtype under test that a truth may be off by."""

WORSE = 16
"""How many times as many of their ulps float64's functions are allowed as those behind σ."""

UNSURE = 2.0**-40
"""Far more than float64's functions are off by, relatively."""


def bits_needed(truth: NDArray[Any], sigma: NDArray[Any], name: str, model: NoiseModel) -> int:
    """The significand bits of an arithmetic that gives the truth well enough; 0 if any does.

    Where σ is infinite there is no tolerance, so none are needed.
    """
    size = np.abs(truth)
    unit = kahan_ulp(size, np.zeros(size.shape), dtypes.format_of(name))
    carried = np.isfinite(sigma) & (sigma > 0) & np.isfinite(size)
    if not np.any(carried):
        return 0
    lost = float(np.max(np.log2(sigma[carried]) - np.log2(unit[carried])))
    margin = math.log2(SIGMAS * WORSE / ACCURACY)
    return max(math.ceil(dtypes.format_of(model.intermediates).p + lost + margin), 0)


def may_round_otherwise(truth: NDArray[Any], name: str) -> bool:
    """Whether any float64 truth is so near to a midpoint that its error decides how it rounds."""
    nothing = np.zeros(np.shape(truth))
    with np.errstate(all="ignore"):
        around = [dtypes.round_once(truth * (1 + e), nothing, name) for e in (-UNSURE, UNSURE)]
        low, high = (np.asarray(x).astype(np.float64) for x in around)
    return not np.array_equal(low, high, equal_nan=True)
