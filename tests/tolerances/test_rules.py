"""The rules: which one an op falls under, σ and its laws, honest kernels inside, wrong ones out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS
from tensorcts.reference import dtypes, registry
from tensorcts.tolerances import budgets, spreads, ulps
from tensorcts.tolerances.model import NoiseModel
from tensorcts.tolerances.rules import SIGMAS, rule_for

MATMUL = registry.get("matmul")


def model(dtype: str, **more: Any) -> NoiseModel:
    return NoiseModel.of(dtype, profile=more.pop("profile", "opencl"), **more)


@pytest.mark.parametrize(
    ("op", "dtype", "rule"),
    [
        ("add", "float32", "exact"),
        ("multiply", "bfloat16", "exact"),
        ("add", "int8", "exact"),
        ("matmul", "int32", "exact"),
        ("sum", "uint8", "exact"),
        ("reshape", "float16", "exact"),
        ("astype", "float32", "exact"),
        ("max", "float64", "exact"),
        ("negative", "complex64", "exact"),
        ("add", "complex64", "exact"),
        ("abs", "float32", "exact"),
        ("abs", "complex64", "derived"),
        ("exp", "float32", "ulp(3)"),
        ("exp", "float64", "ulp(3)"),
        ("matmul", "float32", "derived"),
        ("softmax", "bfloat16", "derived"),
        ("multiply", "complex64", "derived"),
        ("gelu", "float32", "derived"),
    ],
)
def test_each_op_has_its_rule(op: str, dtype: str, rule: str) -> None:
    found = rule_for(registry.get(op), dtype, model(dtype))
    assert str(found) == rule
    assert found.text


def test_a_declared_rounding_makes_the_rule_exact() -> None:
    declared = model("float32", correctly_rounded=frozenset({"sqrt"}))
    assert rule_for(registry.get("sqrt"), "float32", declared).kind == "exact"
    assert "declared by the backend" in rule_for(registry.get("sqrt"), "float32", declared).text


def test_the_profile_picks_the_bound() -> None:
    exp = registry.get("exp")
    bounds = [rule_for(exp, "float32", model("float32", profile=p)).ulps for p in budgets.PROFILES]
    assert bounds == [0.0, 2.5, 3.0, 3.0]  # correctly rounded is exact
    assert rule_for(exp, "float32", model("float32", profile="correctly-rounded")).kind == "exact"


def test_comparisons_and_positions_are_exact_whatever_they_compare() -> None:
    assert rule_for(registry.get("less"), "bool", model("float32")).kind == "exact"
    assert rule_for(registry.get("argmax"), "int64", model("bfloat16")).kind == "exact"


def test_every_op_in_every_dtype_has_a_rule() -> None:
    for op in registry.all_ops():
        for dtype in op.dtypes:
            for profile in budgets.PROFILES:
                result = op.result_dtype(dtype, {"dtype": dtype})
                assert rule_for(op, result, model(dtype, profile=profile)).text


def spread(
    op: str, arrays: list[Any], attrs: dict[str, Any], how: NoiseModel, seed: int = 7
) -> tuple[Any, Any]:
    """The truth of an op and its σ."""
    function = partial(registry.get(op).function, **attrs)
    wide = [a if a.dtype.kind in "biu" else dtypes.widen(a) for a in arrays]

    def run(wrap: Callable[[Any], Any]) -> tuple[Any, ...]:
        return (function(*(wrap(a) if a.dtype.kind in "fc" else a for a in wide)),)

    truth = np.asarray(function(*wide))
    (sigma,) = spreads.sigma(run, [truth], how, seed)
    return truth, sigma


def z_of(op: str, arrays: list[Any], attrs: dict[str, Any], got: Any, dtype: str) -> float:
    """The largest |got - truth| in units of the bound ½ulp + 6σ."""
    truth, sigma = spread(op, arrays, attrs, model(dtype))
    form = dtypes.format_of(dtype)
    zero = np.zeros(truth.shape)
    unit = ulps.kahan_ulp(truth, zero, form)
    error = ulps.error(np.asarray(got).astype(np.float64), truth, zero, form)
    return float(np.max(error / (0.5 * unit + SIGMAS * sigma)))


def normal(*shape: int, dtype: str = "float32", offset: float = 0.0, seed: int = 1) -> Any:
    values = np.random.default_rng(seed).standard_normal(shape) + offset
    return values.astype(dtypes.numpy_dtype(dtype))


def test_sigma_is_the_same_each_time_and_follows_the_seed() -> None:
    arrays = [normal(4, 64), normal(64, 4)]
    first, again, other = (
        spread("matmul", arrays, {}, model("float32"), seed)[1] for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_allclose(np.median(other / first), 1, rtol=0.3)


@pytest.mark.parametrize("op", ["matmul", "softmax", "layer_norm"])
def test_sigma_grows_with_the_unit_roundoff(op: str) -> None:
    """float64's errors are drawn magnified: in its own ulps σ is what float32's is in its."""
    arrays, attrs = CALLS[op](256)
    wide = [a.astype(np.float64) for a in arrays]
    single = (
        spread(op, arrays, attrs, model("float32"))[1] / dtypes.format_of("float32").unit_roundoff
    )
    double = (
        spread(op, wide, attrs, model("float64"))[1] / dtypes.format_of("float64").unit_roundoff
    )
    np.testing.assert_allclose(np.median(double), np.median(single), rtol=0.15)


@pytest.mark.parametrize("scale", [2.0**-60, 2.0**40])
def test_sigma_grows_with_the_values(scale: float) -> None:
    arrays = [normal(4, 64), normal(64, 4)]
    scaled = [arrays[0] * np.float32(scale), arrays[1]]
    one, other = (spread("matmul", a, {}, model("float32"))[1] for a in (arrays, scaled))
    np.testing.assert_allclose(other, one * scale, rtol=1e-3)


def test_sigma_of_tiny_float64_results_does_not_vanish() -> None:
    x = np.array([0.0, -690.0, -700.0])
    truth, sigma = spread("softmax", [x], {"axis": -1}, model("float64"))
    assert np.all(sigma[1:] > 0.1 * 2.0**-53 * truth[1:])


def test_stored_intermediates_spread_more() -> None:
    x = [normal(8, 64, dtype="bfloat16")]
    models = [model("bfloat16", stored=stored) for stored in (False, True)]
    inside, stored = (spread("log_softmax", x, {"axis": -1}, m)[1] for m in models)
    assert np.median(stored) > 100 * np.median(inside)


def test_a_narrower_accumulator_spreads_more() -> None:
    arrays = [normal(4, 256), normal(256, 4)]
    own, half = (
        spread("matmul", arrays, {}, model("float32", accumulator=a))[1]
        for a in ("float32", "float16")
    )
    assert np.median(half) > 1000 * np.median(own)


CALLS: dict[str, Callable[[int], tuple[list[Any], dict[str, Any]]]] = {
    "matmul": lambda n: ([normal(4, n), normal(n, 4, seed=2)], {}),
    "sum": lambda n: ([normal(4, n)], {"axis": 1, "keepdims": False, "dtype": "float32"}),
    "mean": lambda n: ([normal(4, n, offset=100)], {"axis": 1, "keepdims": False}),
    "softmax": lambda n: ([normal(4, n)], {"axis": -1}),
    "log_softmax": lambda n: ([normal(4, n)], {"axis": -1}),
    "layer_norm": lambda n: ([normal(4, n, offset=100), normal(n), normal(n)], {"eps": 1e-5}),
    "rms_norm": lambda n: ([normal(4, n), normal(n)], {"eps": 1e-6}),
    "var": lambda n: ([normal(4, n)], {"axis": 1, "correction": 1, "keepdims": False}),
}
ORDERS: dict[str, Callable[[Any], Any]] = {
    "pairwise": lambda x: np.sum(x, axis=-1),
    "one by one": lambda x: np.cumsum(x, axis=-1, dtype=x.dtype)[..., -1],
    "eight lanes": lambda x: np.sum(np.cumsum(
        x.reshape(*x.shape[:-1], 8, -1), axis=-1, dtype=x.dtype)[..., -1], axis=-1),
}  # fmt: skip


@pytest.mark.parametrize("size", [64, 1024, 4096])
@pytest.mark.parametrize("op", CALLS)
def test_honest_float32_is_inside_with_room_to_spare(op: str, size: int) -> None:
    arrays, attrs = CALLS[op](size)
    assert z_of(op, arrays, attrs, OPS[op](*arrays, **attrs), "float32") < 0.6


@pytest.mark.parametrize("size", [64, 1024, 4096])
@pytest.mark.parametrize("order", ORDERS)
def test_any_order_of_summation_is_honest(order: str, size: int) -> None:
    x, attrs = normal(64, size), {"axis": 1, "keepdims": False, "dtype": "float32"}
    assert z_of("sum", [x], attrs, ORDERS[order](x), "float32") < 1
    a, b = normal(8, size), normal(size, 8, seed=2)
    products = a[:, None, :] * b.T[None, :, :]
    assert z_of("matmul", [a, b], {}, ORDERS[order](products), "float32") < 1


def one_pass(x: Any, w: Any, b: Any) -> Any:
    mean = x.mean(-1, keepdims=True)
    variance = np.abs((x * x).mean(-1, keepdims=True) - mean * mean)
    return (x - mean) / np.sqrt(variance + np.float32(1e-5)) * w + b


WRONG: dict[str, tuple[str, Callable[..., Any]]] = {
    "last k dropped": ("matmul", lambda a, b: a[:, :-1] @ b[:-1]),
    "float16 product": ("matmul", lambda a, b: (a.astype("f2") @ b.astype("f2")).astype("f4")),
    "last one dropped": ("sum", lambda x: x[:, :-1].sum(1)),
    "scaled": ("softmax", lambda x: OPS["softmax"](x, axis=-1) * np.float32(1 + 1e-4)),
    "biased": ("var", lambda x: x.var(1)),
    "one pass": ("layer_norm", one_pass),
    "n - 1 for n": (
        "rms_norm",
        lambda x, w: x / np.sqrt((x * x).sum(-1, keepdims=True) / 1023) * w,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_formulas_are_outside(name: str) -> None:
    op, formula = WRONG[name]
    arrays, attrs = CALLS[op](1024)
    assert z_of(op, arrays, attrs, formula(*arrays), "float32") > 2


@pytest.mark.parametrize("op", CALLS)
@pytest.mark.parametrize("size", [64, 1024])
def test_zero_and_a_scale_of_1_001_are_outside(op: str, size: int) -> None:
    arrays, attrs = CALLS[op](size)
    right = OPS[op](*arrays, **attrs)
    assert z_of(op, arrays, attrs, 0 * right, "float32") > 2
    assert z_of(op, arrays, attrs, right * np.float32(1.001), "float32") > 2


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("op", ["softmax", "layer_norm", "rms_norm", "matmul"])
def test_16_bit_results_rounded_once_are_within_half_an_ulp_or_so(op: str, dtype: str) -> None:
    arrays, attrs = CALLS[op](512)
    narrow = [a.astype(dtypes.numpy_dtype(dtype)) for a in arrays]
    assert z_of(op, narrow, attrs, OPS[op](*narrow, **attrs), dtype) <= 1
