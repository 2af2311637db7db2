"""How many bits a truth needs: what float64 can't settle is seen, and float64's truths are true."""

from __future__ import annotations

import numpy as np
import pytest

from tensorcts.reference import dtypes
from tensorcts.tolerances import doubt
from tensorcts.tolerances.model import NoiseModel

MODEL = NoiseModel.of("float32", profile="opencl")


def needed(truth: float, sigma: float) -> int:
    return doubt.bits_needed(np.array([truth]), np.array([sigma]), "float32", MODEL)


def test_float64_is_enough_until_a_float32_result_has_lost_two_thirds_of_its_bits() -> None:
    unit = 2.0**-23
    assert needed(1.5, 0.0) == needed(1.5, np.inf) == needed(np.nan, unit) == 0
    assert needed(1.5, unit) == needed(1.5 * 2**20, unit * 2**20) < 53
    assert needed(1.5, unit * 2**16) <= 53 < needed(1.5, unit * 2**17)
    assert needed(1.5, unit * 2**200) == needed(1.5, unit) + 200


def test_an_element_that_loses_everything_does_not_overflow_the_count() -> None:
    assert 1000 < needed(0.0, 1e300) < 2000


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_only_midpoints_are_doubtful(dtype: str) -> None:
    half = dtypes.format_of(dtype).unit_roundoff
    cases = {1 + half: True, 1 + half * (1 + 2.0**-35): True, 1 + half / 2: False, 1.0: False,
             np.nan: False, np.inf: False, 0.0: False}  # fmt: skip
    for truth, wanted in cases.items():
        assert doubt.may_round_otherwise(np.array([0.3, truth]), dtype) == wanted
