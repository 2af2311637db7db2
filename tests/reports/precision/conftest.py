"""A sweep to render, with something of everything."""

from __future__ import annotations

import pytest

from tensorcts.reports.precision.records import Binade, Point, Sweep
from tensorcts.reports.records import Backend

WORST = Point(["0x3f800000"], ["1.0"], "0x40000000", "2.0", "0x1.5bf0a8b145769p+1", -3.5)


@pytest.fixture
def sweep() -> Sweep:
    """exp in float32 on a backend with a limit that it does not meet."""
    sides = ((negative, exponent) for negative in (False, True) for exponent in range(-127, 128))
    return Sweep(
        backend=Backend("mine", "a processor", ["float32"], {"mine": "1.2"}),
        function="exp", attributes="", dtype="float32", result="float32", inputs="all", seed=0,
        suite="1", started="2026-11-23T00:00:00+00:00", seconds=1.5, environment={"cpu": "x"},
        points=2**32, compared=2**32 - 2**24, max=3.5, worst=WORST, mean=0.25, rms=0.3, bias=-0.01,
        correctly_rounded=0.75, percentiles={"99.9": 1.25},
        histogram=[[0.0, 0.5, 3], [0.5, 1.0, 1]],
        counts={"misrounded": 2**30, "flushed": 12}, examples={"flushed": WORST},
        binades=[Binade(n, e, 2**23, 2**23, 3.5, 0.25, 0.3, 0.1, WORST) for n, e in sides],
        special=[WORST], limits={"tight": 2.5, "opencl": 3.0}, profile="",
    )  # fmt: skip
