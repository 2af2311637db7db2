"""What elements add up to: the sums of noisy runs, and of those that lean to one side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from tensorcts.reference import dtypes, registry
from tensorcts.reference.arrays.noise import TRUNCATED
from tensorcts.tolerances import spreads
from tensorcts.tolerances.model import NoiseModel


def model(**more: Any) -> NoiseModel:
    return NoiseModel.of("float32", profile="opencl", **more)


def spread(op: str, arrays: list[Any], attrs: dict[str, Any], how: NoiseModel) -> Any:
    function = partial(registry.get(op).function, **attrs)
    wide = [dtypes.widen(a) for a in arrays]

    def run(wrap: Callable[[Any], Any]) -> tuple[Any, ...]:
        return (function(*map(wrap, wide)),)

    truth = np.asarray(function(*wide))
    (found,) = spreads.spreads(run, [truth], ["float32"], how, 7, truth.size)
    (alone,) = spreads.sigma(run, [truth], how, 7)
    np.testing.assert_array_equal(found.sigma, alone)
    return truth, found


def positive(*shape: int) -> Any:
    return np.random.default_rng(3).uniform(1, 2, shape).astype(np.float32)


def gains(truth: Any, found: Any) -> Any:
    """The gains of the leaning runs."""
    unit = dtypes.format_of("float32").ulp(truth)
    weight = np.sum((truth / unit) ** 2 / ((found.sigma / unit) ** 2 + 1 / 12))
    return found.sums[spreads.SAMPLES :, 0] / weight


@pytest.mark.parametrize("op", ["matmul", "multiply", "sum"])
def test_correct_rounding_leans_to_no_side(op: str) -> None:
    arrays = [positive(8, 64)] + ([positive(64, 8)] if op == "matmul" else [])
    attrs = {"axis": 1, "keepdims": False, "dtype": "float32"} if op == "sum" else {}
    if op == "multiply":
        arrays.append(positive(8, 64))
    _, found = spread(op, arrays, attrs, model())
    assert not np.any(found.sums[spreads.SAMPLES :])


def test_a_budget_leans_by_what_it_leaves_beside_a_rounding() -> None:
    """exp may be off by 3 ulp of float32: 2.5 ulp to one side, which is ½ to 1 times 2**-23."""
    truth, found = spread("exp", [positive(256)], {}, model())
    farthest, *drawn = gains(truth, found)
    assert 2.5 * 2.0**-24 < farthest <= 2.5 * 2.0**-23
    assert np.all(np.abs(drawn) <= farthest)
    assert len({*np.sign(drawn)}) == 2


def test_a_truncating_accumulator_leans_with_the_length() -> None:
    arrays = [positive(4, 256), positive(256, 4)]
    truth, found = spread("matmul", arrays, {}, model(truncating=True))
    np.testing.assert_allclose(gains(truth, found), -TRUNCATED * 256 * 2.0**-24, rtol=1e-6)


def test_an_accumulator_that_truncates_loses_no_more() -> None:
    generator = np.random.default_rng(5)
    products = generator.standard_normal((4000, 256))
    total = np.zeros(4000)
    for column in products.T:
        exact = total + column
        near = exact.astype(np.float32)
        away = np.abs(near) > np.abs(exact)
        total = np.where(away, np.nextafter(near, np.float32(0)), near).astype(np.float64)
    truth = np.sum(products, axis=1)
    gain = np.sum((total - truth) * truth) / np.sum(truth**2)
    assert gain == pytest.approx(-TRUNCATED * 256 * 2.0**-24, rel=0.1)


def test_operands_cut_to_few_bits_lean() -> None:
    arrays = [positive(4, 256), positive(256, 4)]
    truth, found = spread("matmul", arrays, {}, model(operand_bits=11))
    assert 2.0**-12 < gains(truth, found)[0] < 2.0**-10


def test_samples_computed_a_few_at_a_time_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    truth, together = spread("exp", [positive(4000)], {}, model())
    monkeypatch.setattr(spreads, "AT_ONCE", 5 * 4000)
    _, apart = spread("exp", [positive(4000)], {}, model())
    np.testing.assert_allclose(gains(truth, apart), gains(truth, together), rtol=0.02)
    first, second = (np.mean(found.sigma**2 / truth**2) for found in (together, apart))
    assert first == pytest.approx(second, rel=0.05)


def test_the_order_of_an_einsum_keeps_the_samples_in_order() -> None:
    """Each draws its own; those that lean have no error where nothing but sums round."""
    arrays = [dtypes.widen(positive(4, 5)) for _ in range(3)]

    def run(wrap: Callable[[Any], Any]) -> tuple[Any, ...]:
        return (np.einsum("ij,kj,kl->il", *map(wrap, arrays)),)

    (found,) = spreads.spreads(run, list(run(lambda array: array)), ["float32"], model(), 7, 20)
    drawn, leaning = np.split(found.sums[:, 2], [spreads.SAMPLES])
    assert np.min(drawn) > 1 > 1e-9 > np.max(leaning)


def test_sums_leave_out_what_is_not_finite() -> None:
    truth = np.array([1.0, np.inf, 0.0, 2.0])
    error = np.array([0.5, np.nan, 1.0, 0.5])
    found = spreads.sums(error, truth, np.zeros(4), "float32")
    np.testing.assert_allclose(found, [12 * 1.5, 12 * 1.0, 12 * 0.5])


def sigma_in_float16(function: Callable[..., Any], *numbers: Any) -> Any:
    """σ of a function of which each step is stored in float16."""
    arrays = [np.asarray(number) for number in numbers]
    how = NoiseModel.of("float16", profile="opencl", stored=True)
    truth = np.asarray(function(*arrays))
    (found,) = spreads.sigma(lambda wrap: (function(*map(wrap, arrays)),), [truth], how, 7)
    return found


def test_what_overflows_on_the_way_spreads_without_bound() -> None:
    """At 300 x² is infinite in float16, and the gradient of gelu_tanh its product with 0."""

    def gradient(x: Any, g: Any) -> Any:
        return registry.get("gelu_tanh.backward").function(x, g)[0]

    assert np.isfinite(sigma_in_float16(gradient, [10.0], [1.0]))
    assert np.isinf(sigma_in_float16(gradient, [300.0], [1.0]))


@pytest.mark.parametrize(("exponent", "low", "high"), [
    (3, 0.0, 1e-2), (20, np.inf, np.inf), (-20, 2.0**-27, 2.0**-24)
])  # fmt: skip
def test_ldexp_rounds_where_the_format_ends(exponent: int, low: float, high: float) -> None:
    found = sigma_in_float16(lambda x: np.sum(np.ldexp(x, exponent)), [0.75, -0.625])
    assert low <= np.where(np.isnan(found), np.inf, found) <= high


def test_an_attribute_rounds_to_the_format_though_nothing_but_zero_is_added() -> None:
    """In float16 1e-12 is 0, and 1/√(0 + 1e-12) infinite."""
    assert not np.isfinite(sigma_in_float16(lambda x: 1 / np.sqrt(x + 1e-12), [0.0]))
    assert sigma_in_float16(lambda x: np.sqrt(x + 0.25), [0.0]) < 1e-3


def test_an_exact_complex_zero_of_float64_has_no_spread() -> None:
    zero, exact = np.zeros(3, np.complex128), NoiseModel.of("complex128", profile="opencl")
    (found,) = spreads.sigma(lambda wrap: (0 * np.negative(wrap(zero)),), [zero], exact, 7)
    np.testing.assert_array_equal(found, np.zeros(3))


@pytest.mark.parametrize("op", ["cumulative_sum", "cumulative_prod"])
def test_the_results_of_a_scan_share_its_errors(op: str) -> None:
    """What honest scans add up to is what noisy ones do; of independent errors it is a tenth."""
    rows = np.random.default_rng(5).normal(1, 0.02, (64, 1024)).astype(np.float32)
    attrs = {"axis": 1, "include_initial": False, "dtype": "float32"}
    truth, found = spread(op, [rows], attrs, model())
    scan = np.cumsum if op == "cumulative_sum" else np.cumprod
    unit = dtypes.format_of("float32").ulp(truth)
    error = (scan(rows, axis=1, dtype=np.float32) - truth) / unit
    honest = [
        spreads.sums(*each, "float32")
        for each in zip(error, truth / unit, found.sigma / unit, strict=True)
    ]
    noisy = np.mean(found.sums[: spreads.SAMPLES, 1] ** 2)
    assert 0.1 < np.sum(np.square(honest)[:, 1]) / noisy < 4
