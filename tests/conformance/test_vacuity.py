"""How much a tolerance tells: vacuous elements and tightness."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tensorcts.conformance.compare import Comparison, compare
from tensorcts.conformance.oracle import Expected
from tensorcts.tolerances.rules import Rule

DERIVED = Rule("derived", "½ ulp + 6·σ")


def judged(got: Any, truth: Any, *, rule: Rule, sigma: Any = None) -> Comparison:
    hi = np.asarray(truth, np.float64)
    spread = None if sigma is None else np.broadcast_to(np.float64(sigma), hi.shape)
    expected = Expected("float32", rule, hi, np.zeros(hi.shape), spread, None)
    return compare(np.asarray(got, np.float32), expected, zero_sign=True)


@pytest.mark.parametrize(
    ("truth", "sigma", "weak"),
    [
        (1.0, 0.1, False),
        (1.0, 0.2, True),  # 6·0.2 > 1: the bound lets 0 pass
        (0.0, 1e-9, True),
        (0.0, 0.0, False),  # nothing rounds on the way to this 0
        (2.0**-150, 0.0, True),  # rounds to 0
        (2.0**-149, 0.0, False),
    ],
)
def test_a_bound_that_lets_0_pass_is_vacuous(truth: float, sigma: float, weak: bool) -> None:
    right = np.float32(truth)
    found = judged([right], [truth], rule=DERIVED, sigma=sigma)
    assert found.outcome == ("vacuous" if weak else "pass")
    assert judged([right, 1], [truth, 1], rule=DERIVED, sigma=[sigma, 0]).vacuous == weak
    assert judged([right + 9], [truth], rule=DERIVED, sigma=sigma).outcome == "fail"


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_tightness_is_the_error_over_what_is_allowed(steps: int) -> None:
    got = np.float32(1.5) + np.float32(steps) * np.spacing(np.float32(1))
    assert judged([got, 1], [1.5, 1.0], rule=Rule("ulp", "", 4)).tightness == pytest.approx(
        steps / 4
    )
