"""The truths of results are far better than they must be: those of float32, those of float64."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import PRECISION, precision
from tensorcts.tolerances.doubt import ACCURACY
from tensorcts.tolerances.ulps import kahan_ulp


def assert_true(results: Any, truths: Any, dtype: str) -> None:
    """Whether results, as pairs of float64, are truths to far less than an ulp of the dtype."""
    for (got, rest), truth in zip(results, truths, strict=True):
        hi, lo = truth.split()
        sound = np.isfinite(hi)
        unit = kahan_ulp(np.abs(hi), np.zeros(hi.shape), dtypes.format_of(dtype))
        off = np.abs((got - hi) + (rest - lo))[sound]
        assert np.all(off <= ACCURACY * unit[sound])


def test_truths_are_true(sample: Any) -> None:
    """Beside twice the bits: float64 arithmetic's of float32 results, 200 bits' of float64's."""
    single = [np.asarray(sample.arrays[i], np.float32).astype(np.float64) for i in sample.floating]
    exact = [Exact(a) for a in single]
    with np.errstate(invalid="ignore"):
        double, found = sample.on(single, exact=False), sample.on(exact, exact=True)
        with precision(2 * PRECISION):
            truths = sample.on(exact, exact=True)
    places = [i for i, truth in enumerate(truths) if isinstance(truth, Exact)]
    wanted = [truths[i] for i in places]
    assert_true([(double[i], 0.0) for i in places], wanted, "float32")
    assert_true([found[i].split() for i in places], wanted, "float64")
