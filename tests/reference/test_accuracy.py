"""Float64 arithmetic gives the truth of float32 results far better than it must be."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import precision
from tensorcts.tolerances.doubt import ACCURACY
from tensorcts.tolerances.ulps import kahan_ulp


def test_float64_truths_of_float32_results_are_true(sample: Any) -> None:
    """Every op's, beside twice the bits that any needs."""
    single = [np.asarray(sample.arrays[i], np.float32).astype(np.float64) for i in sample.floating]
    with np.errstate(invalid="ignore"), precision(400):
        truths = sample.on([Exact(a) for a in single], exact=True)
        found = sample.on(single, exact=False)
    for truth, got in zip(truths, found, strict=True):
        if not isinstance(truth, Exact):
            continue
        hi, lo = truth.split()
        sound = np.isfinite(hi)
        unit = kahan_ulp(np.abs(hi), np.zeros(hi.shape), dtypes.format_of("float32"))
        off = np.abs((got - hi) - lo)[sound]
        assert np.all(off <= ACCURACY * unit[sound])
