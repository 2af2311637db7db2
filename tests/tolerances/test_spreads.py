"""What elements add up to: the sums of noisy runs, and of those that lean to one side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from tensorcts.reference import dtypes, registry
from tensorcts.tolerances import spreads
from tensorcts.tolerances.leanings import TRUNCATED
from tensorcts.tolerances.model import NoiseModel


def model(**more: Any) -> NoiseModel:
    return NoiseModel.of("float32", profile="opencl", **more)


def spread(op: str, arrays: list[Any], attrs: dict[str, Any], how: NoiseModel) -> Any:
    function = partial(registry.get(op).function, **attrs)
    wide = [dtypes.widen(a) for a in arrays]

    def run(wrap: Callable[[Any], Any]) -> tuple[Any, ...]:
        return (function(*map(wrap, wide)),)

    truth = np.asarray(function(*wide))
    (found,) = spreads.spreads(run, [truth], ["float32"], how, 7)
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


def test_sums_leave_out_what_is_not_finite() -> None:
    truth = np.array([1.0, np.inf, 0.0, 2.0])
    error = np.array([0.5, np.nan, 1.0, 0.5])
    found = spreads.sums(error, truth, np.zeros(4), "float32")
    np.testing.assert_allclose(found, [12 * 1.5, 12 * 1.0, 12 * 0.5])
