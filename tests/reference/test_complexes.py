"""Complex functions: parts, laws, the sides of their cuts, and their errors."""

from __future__ import annotations

import cmath
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.oracle import expect
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.dtypes import format_of
from tensorcts.reference.ops import definitions as ops
from tensorcts.reference.registry import get
from tensorcts.tolerances import budgets
from tensorcts.tolerances.model import NoiseModel

FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
             "tanh", "asinh", "acosh", "atanh")  # fmt: skip

parts = st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3)
numbers = st.builds(complex, parts, parts)


def exact(number: complex) -> Exact:
    return Exact(np.array(number))


def near(a: Any, b: Any) -> bool:
    """Equal to 40 digits."""
    a, b = a.value.item(), b.value.item()
    return bool(abs(a - b) <= 1e-40 * (abs(a) + abs(b)))


def test_parts_keep_every_bit() -> None:
    values = np.array([0.0, -0.0, np.inf, -np.inf, 1.5])
    real, imag = (g.ravel() for g in np.meshgrid(values, values))
    z = ops.complex(real, imag)
    for got, wanted in ((ops.real(z), real), (ops.imag(z), imag), (ops.imag(ops.conj(z)), -imag)):
        np.testing.assert_array_equal(np.signbit(got), np.signbit(wanted))
        np.testing.assert_array_equal(got, wanted)


def test_parts_broadcast() -> None:
    assert ops.complex(np.zeros((2, 1)), np.zeros(3)).shape == (2, 3)
    with pytest.raises(ValueError, match="broadcast"):
        ops.complex(np.zeros(2), np.zeros(3))


@pytest.mark.parametrize("name", FUNCTIONS)
@given(numbers)
def test_exact_agrees_with_the_standard_library(name: str, z: complex) -> None:
    got, _ = getattr(ops, name)(exact(z)).split()
    assert cmath.isclose(complex(got), getattr(cmath, name)(z), rel_tol=1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(numbers)
def test_functions_commute_with_conjugation(name: str, z: complex) -> None:
    function = getattr(ops, name)
    assert near(ops.conj(function(exact(z))), function(ops.conj(exact(z))))


INVERSES = [("exp", "log"), ("sin", "asin"), ("cos", "acos"), ("tan", "atan"), ("sinh", "asinh"),
            ("cosh", "acosh"), ("tanh", "atanh")]  # fmt: skip


@pytest.mark.parametrize(("function", "inverse"), INVERSES)
@given(numbers)
def test_inverse_functions(function: str, inverse: str, z: complex) -> None:
    assert near(getattr(ops, function)(getattr(ops, inverse)(exact(z))), exact(z))


@given(numbers)
def test_roots_and_powers(z: complex) -> None:
    root = ops.sqrt(exact(z))
    assert near(root * root, exact(z))
    assert near(ops.pow(exact(z), exact(2 + 0j)), exact(z) * exact(z))
    assert near(ops.pow(exact(z), exact(1 + 1j)) / exact(z), ops.exp(exact(1j) * ops.log(exact(z))))


@given(numbers)
def test_polar_form(z: complex) -> None:
    size, angle = np.abs(np.array(z)), ops.angle(np.array(z))
    assert cmath.isclose(cmath.rect(size, angle), z, rel_tol=1e-14)


CUTS = [("log", -2.0), ("sqrt", -2.0), ("asin", 2.0), ("asin", -2.0), ("acos", 2.0),
        ("acos", -2.0), ("acosh", 0.5), ("acosh", -2.0), ("atanh", 2.0), ("atanh", -2.0),
        ]  # fmt: skip


@pytest.mark.parametrize(("name", "x"), CUTS)
@pytest.mark.parametrize("turned", [False, True])
def test_the_sign_of_a_zero_chooses_the_side_of_a_cut(name: str, x: float, turned: bool) -> None:
    """The truth in complex128 is C99's on both sides, though arbitrary precision has no -0."""
    if turned and name not in ("asin", "atanh"):
        return
    name = {"asin": "asinh", "atanh": "atan"}[name] if turned else name
    pairs = np.array([(0.0, x), (-0.0, x)] if turned else [(x, 0.0), (x, -0.0)])
    z = ops.complex(pairs[:, 0], pairs[:, 1])
    model = NoiseModel.of("complex128", profile="opencl")
    (expected,) = expect(Case(get(name), "complex128", (z,)), model, {}, Cache(None))
    wanted = np.array([getattr(cmath, name)(complex(number)) for number in z])
    np.testing.assert_allclose(expected.hi, wanted, rtol=1e-15)
    assert wanted[0] != wanted[1]


def test_the_sign_of_zero_parts_decides_on_the_angle() -> None:
    z = ops.complex(np.array([0.0, -0.0, -0.0, -2.0]), np.array([-0.0, 0.0, -0.0, -0.0]))
    model = NoiseModel.of("complex128", profile="opencl")
    (expected,) = expect(Case(get("angle"), "complex128", (z,)), model, {}, Cache(None))
    np.testing.assert_array_equal(expected.hi, [-0.0, np.pi, -np.pi, -np.pi])
    assert np.signbit(expected.hi[0])


@pytest.mark.parametrize("profile", budgets.PROFILES)
def test_every_complex_function_has_a_budget(profile: str) -> None:
    rows = budgets.ulps(profile, "complex64")
    assert {f"complex {name}" for name in FUNCTIONS} <= set(rows)


@pytest.mark.parametrize("profile", ["correctly-rounded", "tight", "opencl"])
def test_budgets_are_the_sums_that_the_table_derives(profile: str) -> None:
    real, both = budgets.ulps(profile, "float32"), budgets.ulps(profile, "complex64")
    got = {name: both[f"complex {name}"] for name in FUNCTIONS}
    product = real["sin"] + real["sinh"] + 0.5
    root = (real["hypot"] + 0.5) / 2 + real["sqrt"] + real["divide"]
    assert got["exp"] == real["exp"] + real["sin"] + 0.5
    assert got["sin"] == got["cos"] == got["sinh"] == got["cosh"] == product
    assert got["tan"] == got["tanh"] == 2 * product + both["complex divide"]
    log = max(real["log"] + real["hypot"] / np.log(2), real["atan2"])
    assert got["log"] == pytest.approx(log, abs=0.06)
    assert got["sqrt"] == root
    assert got["asin"] == got["acos"] == 2 * root + 1 + real["atan2"]
    assert got["asinh"] == got["acosh"] == got["asin"]
    assert got["atan"] == got["atanh"] == real["atan2"] + 2.5


def test_the_error_of_a_power_grows_with_its_exponent() -> None:
    form = format_of("float32")
    rows = budgets.ulps("opencl", "complex64")
    noise = Noise(rows, form, form, np.random.default_rng(0))
    x = np.full(500, 0.3 + 0.4j)

    def relative(y: complex) -> float:
        z = ops.pow(Noisy(x, noise), Noisy(np.full(500, y), noise)).value
        return float(np.std(z) / np.abs(np.mean(z)))

    assert relative(20 + 20j) > 5 * relative(1 + 0j) > 0
