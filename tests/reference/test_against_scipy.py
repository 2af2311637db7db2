"""Our definitions against SciPy's functions of the same meaning, in float64 and complex128.

SciPy answers as a backend does and is judged by the definitions: by mpmath's truth and by the
bounds of the noise model, on samples of the suite's own samplers. Every difference has a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pytest
import scipy_images  # noqa: F401  (fills the table)
from scipy_functions import OPS

from tensorcts.backends.scipy_sparse import ScipyBackend
from tensorcts.conformance import checks
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test
from tensorcts.conformance.execute import execute
from tensorcts.conformance.judge import Judge, Judgement
from tensorcts.reference.registry import get
from tensorcts.reports.records import FAILURES

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

DTYPES = ("float64", "complex128")
SHAPES = ((), (0,), (4,), (2, 3), (3, 3), (5, 7), (3, 1, 2, 2), (2, 3, 5, 4))

TRAITS = {"activation_at_minus_infinity": "nan", "gemm_alpha_zero": "any"}
"""What the definitions leave open."""

DIFFERENCES = {
    "cumulative_sum": "SciPy's filter multiplies by 0 too: an infinity becomes NaN",
    "exp2": "SciPy gives 0 where the power of two is subnormal",
    "deg2rad": "SciPy counts seconds of arc, of which there are too many for the largest angles",
    "digamma": "SciPy's complex function is NaN at 0, and knows no sides of it",
    "log_softmax": "SciPy takes log(inf) for the normaliser of a row with inf: -inf beside NaN",
    "max_pool2d": "SciPy's filter with a footprint knows no NaN: any neighbour may win",
    "median": "SciPy's quantile weighs neighbours: an infinity times 0 is NaN",
    "std": "SciPy leaves NaN out, that of inf - inf too: with an infinity it is inf",
    "tril": "a sparse array does not store -0",
    "triu": "a sparse array does not store -0",
    "roll": "SciPy weighs neighbours and adds them up: -0 + 0 is 0",
    "var": "SciPy leaves NaN out, that of inf - inf too: with an infinity it is inf",
}
"""Ops of which special values differ, each with the reason."""

ALL = {**OPS, **ScipyBackend().ops}


class Functions(ScipyBackend):
    """The functions, and SciPy's sparse arrays."""

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        return ALL


@cache
def judge() -> Judge:
    backend = Functions()
    declared = backend.capabilities
    traits = {**declared.traits, **TRAITS}
    return Judge(replace(declared, traits=traits), partial(execute, backend), Cache(None))


def ordinary(test: Test) -> Iterable[Case]:
    return (checks.curated(test, shape) for shape in SHAPES)


def special(test: Test) -> Iterable[Case]:
    return checks.cases(test, 0)


def judgements(name: str, cases: Callable[[Test], Iterable[Case]]) -> list[Judgement]:
    """What is said of SciPy's answers, but for arguments that its function does not take."""
    dtypes = [d for d in DTYPES if d in get(name).dtypes]
    found = [judge()(c) for d in dtypes for c in cases(Test(get(name), d, "special_values"))]
    return [one for one in found if one.verdict != "unsupported"]


def failures(found: list[Judgement]) -> list[str]:
    return [f"{one.case.describe()}: {one.message}" for one in found if one.verdict in FAILURES]


@pytest.mark.parametrize("name", ALL)
def test_both_agree_on_ordinary_numbers(name: str) -> None:
    found = judgements(name, ordinary)
    assert failures(found) == []
    assert any(one.verdict == "pass" for one in found)


def differing(name: str) -> Any:
    return pytest.mark.xfail(reason=DIFFERENCES[name], raises=AssertionError)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=differing(n) if n in DIFFERENCES else ()) for n in ALL]
)
def test_both_agree_on_special_values(name: str) -> None:
    assert failures(judgements(name, special)) == []
