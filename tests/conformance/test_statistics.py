"""The statistics: their laws on made-up errors, then faults that no single element shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance import causes, statistics
from tensorcts.conformance.cases import Case
from tensorcts.conformance.oracle import Expected
from tensorcts.conformance.statistics import Evidence
from tensorcts.reference import registry
from tensorcts.tolerances import spreads
from tensorcts.tolerances.rules import Rule

DERIVED = Rule("derived", "½ ulp + 6·σ")
SIGMA = 2.0**-22
LAW = settings(max_examples=25)


def expected(truth: Any, leaning: float = 0.0, error: float = SIGMA) -> Expected:
    """A truth around which honest results are off by ``error`` in each element alone.

    leaning: a common relative error that functions within their budgets may have.
    """
    generator = np.random.default_rng(7)
    unit = np.spacing(np.abs(truth).astype(np.float32)).astype(np.float64)
    sigma = np.full(truth.shape, error)
    noisy = error * generator.standard_normal((spreads.SAMPLES, *truth.shape))
    leant = leaning * truth * generator.choice((-1, 1), (spreads.LEANINGS, *[1] * truth.ndim))
    sums = [spreads.sums(e / unit, truth / unit, sigma / unit, "float32") for e in (*noisy, *leant)]
    zero = np.zeros(truth.shape)
    return Expected("float32", DERIVED, truth, zero, sigma, None, (), np.array(sums))


def evidence(
    seed: int, error: Callable[[Any, Any], Any], *, leaning: float = 0.0, size: int = 256
) -> Evidence:
    """Of one case: numbers between 1 and 2, of either sign, with the errors given."""
    generator = np.random.default_rng(seed)
    truth = generator.uniform(1, 2, size) * generator.choice((-1, 1), size)
    got = (truth + error(generator, truth)).astype(np.float32)
    found = statistics.of_outputs([(got, expected(truth, leaning))])
    assert found is not None
    return found


def total(parts: list[Evidence]) -> statistics.Statistics:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return statistics.statistics(whole)


def noise(generator: Any, truth: Any) -> Any:
    return SIGMA * generator.standard_normal(truth.shape)


@LAW
@given(st.integers(0, 2**32))
def test_honest_errors_raise_no_alarm(seed: int) -> None:
    found = total([evidence(seed + i, noise) for i in range(6)])
    assert not found.fails
    assert abs(found.gain.z or 0) < 5 and abs(found.bias.z or 0) < 5
    assert 0.7 < found.ratio.value < 1.4


@LAW
@given(st.floats(-1e-6, 1e-6).filter(lambda gain: abs(gain) > 2e-7), st.integers(0, 2**16))
def test_a_common_factor_is_measured_and_fails(gain: float, seed: int) -> None:
    off = [evidence(seed + i, lambda g, r: noise(g, r) + gain * r) for i in range(6)]
    found = total(off)
    assert found.gain.fails
    np.testing.assert_allclose(found.gain.value, gain, atol=3e-8)


@LAW
@given(st.integers(0, 2**16))
def test_a_factor_that_budgets_admit_fails_nobody(seed: int) -> None:
    admitted = [
        evidence(seed + i, lambda g, r: noise(g, r) + 3e-7 * r, leaning=2e-7) for i in range(6)
    ]
    assert not total(admitted).gain.fails


def test_truncation_shows_in_the_bias() -> None:
    def truncated(generator: Any, truth: Any) -> Any:
        off = truth + noise(generator, truth) / 20
        near = off.astype(np.float32)
        away = np.abs(near) > np.abs(off)
        return np.where(away, np.nextafter(near, np.float32(0)), near) - truth

    found = total([evidence(i, truncated) for i in range(6)])
    assert found.bias.fails
    assert causes.of_bias(found.bias.value) == "as of rounding toward zero, not to the nearest"


@pytest.mark.parametrize("scale", [1.0, 2.0**-3])
def test_equal_numbers_count_once(scale: float) -> None:
    """A thousand copies of one rounding error, or of its multiple by a power of two, are one."""
    truth = np.full(1000, 4 / 3) * np.where(np.arange(1000) % 2, 1.0, scale)
    found = statistics.of_outputs([(truth.astype(np.float32), expected(truth))])
    assert found is not None
    assert 0 < (statistics.statistics(found).gain.z or 0) < 2


@LAW
@given(st.floats(1, 2), st.floats(0, 1))
def test_numbers_that_are_rounded_alike_count_once(middle: float, width: float) -> None:
    """The best of results are off to one side where truths lie within a fraction of an ulp."""
    truth = middle + width * 2.0**-23 * np.random.default_rng(5).uniform(-0.5, 0.5, 1000)
    found = statistics.of_outputs([(truth.astype(np.float32), expected(truth, error=2.0**-26))])
    assert found is not None
    assert not statistics.statistics(found).fails


@LAW
@given(st.lists(st.integers(0, 99), min_size=2, max_size=5, unique=True))
def test_the_order_of_cases_does_not_matter(seeds: list[int]) -> None:
    parts = [evidence(seed, noise, size=16) for seed in seeds]
    one, other = total(parts), total(parts[::-1])
    for field in ("gain", "bias", "ratio"):
        a, b = getattr(one, field), getattr(other, field)
        np.testing.assert_allclose([a.value, a.allowed], [b.value, b.allowed], rtol=1e-9)


def test_groups_beyond_the_limit_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [evidence(seed, noise) for seed in range(4)]
    open_ = total(parts)
    monkeypatch.setattr(statistics, "GROUPS", 100)
    closed = total(parts)
    np.testing.assert_allclose(closed.gain.allowed, open_.gain.allowed, rtol=1e-6)
    whole = sum(parts[1:], parts[0])
    assert len(whole.groups) <= 100


def test_all_of_the_evidence_is_added_up() -> None:
    one, other = (evidence(seed, noise) for seed in (1, 2))
    both = one + other
    alike = {f.name for f in fields(Evidence)} - {"groups", "shares", "unit"}
    for name in alike:
        np.testing.assert_allclose(
            getattr(both, name), getattr(one, name) + getattr(other, name), rtol=1e-12
        )


@pytest.mark.parametrize(("cases", "deviations"), [(1, 13.4), (10, 7.0), (100, 6.6)])
def test_a_variance_that_few_runs_tell_has_wider_bounds(cases: int, deviations: float) -> None:
    """Student's distribution reaches 12.6 with 16 degrees of freedom where the normal does 6.1."""
    variance = np.full(2, 1e6)
    shared = {"drawn": variance, "doubt": variance**2, "shares": np.zeros((0, 2))}
    one = replace(evidence(1, noise), groups=np.zeros(0), **shared)
    whole = sum([one] * (cases - 1), one)
    allowed = statistics.statistics(whole).bias.allowed * whole.weights[1]
    assert allowed / np.sqrt(cases * variance[0]) == pytest.approx(deviations, rel=0.02)


def test_what_has_no_one_truth_is_left_out() -> None:
    truth = np.array([1.0, 2.0])
    wanted = expected(truth)
    got = truth.astype(np.float32)
    anything = Expected("float32", DERIVED, truth, 0 * truth, wanted.sigma, truth > 1)
    assert statistics.of_outputs([(got, anything)]) is None
    exact = Expected("float32", Rule("exact", ""), truth, 0 * truth, None, None)
    assert statistics.of_outputs([(got, exact)]) is None


# -- Causes ----------------------------------------------------------------------------------------


def a_case(n: int, **attrs: Any) -> Case:
    return Case(registry.get("layer_norm"), "float32", (np.ones((3, n), np.float32),), attrs)


@pytest.mark.parametrize(
    ("gain", "attrs", "words"),
    [
        (np.sqrt(1023 / 1024) - 1, {}, "ddof 1 instead of 0 in a divisor, n = 1024"),
        (1024 / 1023 - 1, {}, "ddof 1 instead of 0, n = 1024"),
        (-1 / 1024, {}, "ddof 0 instead of 1, n = 1024"),
        (31.0, {}, "no factor 1/√d, d = 1024"),
        (-0.1, {"p": 0.1}, "no factor 1/(1 - p), p = 0.1"),
        (-6.8e-4, {}, "operands cut off to TF32"),
        (-5.0e-6, {"eps": 1e-5}, "of the size of eps = 1e-05"),
        (1.234e-3, {}, ""),
    ],
)
def test_the_size_of_a_gain_names_the_cause(gain: float, attrs: Any, words: str) -> None:
    found = causes.of_gain(gain, a_case(1024, **attrs))
    assert words in found and bool(words) == bool(found)


# -- Faults ----------------------------------------------------------------------------------------


def scaled(op: str, gain: float) -> Callable[..., Any]:
    return lambda *arrays, **attrs: OPS[op](*arrays, **attrs) * np.float32(1 + gain)


FAULTS = {
    "rms_norm": 2.4e-7,
    "matmul": 2.4e-7,
    "softplus": 8e-7,
    "lerp": 1.2e-7,
    "hardswish": 1.2e-7,
}
"""Ops in float32 with a common relative error that most single elements hide."""


@pytest.mark.parametrize("op", FAULTS)
def test_a_scale_is_caught(op: str, faulty: Any, judged: Any) -> None:
    backend = faulty({op: scaled(op, FAULTS[op])})
    assert any(r.verdict == "fail" for r in judged(backend, f"{op}-float32"))


def test_the_record_and_the_reproducer_show_what_no_element_does(
    faulty: Any, judged: Any, capsys: Any, rerun: Any
) -> None:
    backend = faulty({"rms_norm": scaled("rms_norm", 1.2e-7)})
    (result,) = judged(backend, "rms_norm-float32-random", examples=40)
    assert (result.verdict, result.worst) == ("fail", None)
    assert result.tightness < 1
    assert result.gain == pytest.approx(1.2e-7, abs=3e-8) and result.gain_z > 6
    assert "gain" in result.message and "over" in result.message
    assert rerun(result.reproducer) == 1
    assert "fail: " in capsys.readouterr().out
    assert rerun(result.reproducer.replace('"faulty"', '"numpy"')) == 0


def test_a_common_factor_is_named_in_a_failing_case(faulty: Any, judged: Any) -> None:
    def biased(x: Any, *, correction: Any, **attrs: Any) -> Any:
        return OPS["var"](x, correction=1 - correction, **attrs)

    (result,) = judged(faulty({"var": biased}), "var-float32-shapes")
    assert "all by the factor 1" in result.message


def test_a_test_that_can_tell_nothing_of_values_is_vacuous(judged: Any) -> None:
    (result,) = judged("numpy", "empty-float32-shapes")
    assert (result.verdict, result.vacuous) == ("vacuous", 1.0)


@pytest.mark.parametrize("op", FAULTS)
def test_the_honest_backend_raises_no_alarm(op: str, judged: Any) -> None:
    for result in judged("numpy", f"{op}-float32"):
        assert result.verdict in ("pass", "unsupported"), result.message
        assert result.gain_z is None or abs(result.gain_z) < 4
