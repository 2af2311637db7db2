"""Plausible faults of arithmetic, each caught by its op's tests; claims that are held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS
from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance import judge
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.execute import Outcome
from tensorcts.reference import registry

FAULTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "half away from zero": (
        "round-float32",
        lambda x: np.copysign(np.floor(np.abs(x) + np.float32(0.5)), x),
    ),
    "C's remainder for Python's": ("remainder-int32", np.fmod),
    "Python's remainder for C's": ("fmod-float32", np.remainder),
    "the floor for the truncated quotient": ("trunc_divide-int16", np.floor_divide),
    "the truncated quotient for the floor": ("floor_divide-int16", OPS["trunc_divide"]),
    "NaN lost in clip": (
        "clip-float32",
        lambda x, low=None, high=None: np.fmin(
            np.fmax(x, x if low is None else low), np.inf if high is None else high
        ).astype(x.dtype),
    ),
    "NaN kept in fmax": ("fmax-float32", np.maximum),
    "the zero of the wrong sign": ("reciprocal-float32", lambda x: np.abs(1 / x) * np.sign(x)),
    "the next number of float32": (
        "nextafter-float16",
        lambda x, y: np.nextafter(x.astype("f4"), y.astype("f4")).astype(x.dtype),
    ),
    "a significand from 1 to 2": (
        "frexp-float32",
        lambda x: (2 * np.frexp(x)[0], np.frexp(x)[1] - np.int32(1)),
    ),
    "2**exponent overflows": (
        "ldexp-float32",
        lambda x, e: x * np.exp2(e.astype("f4")).astype("f4"),
    ),
    "shifts by the lowest bits": ("bitwise_left_shift-int32", lambda x, y: x << (y & 31)),
    "a logical shift": (
        "bitwise_right_shift-int32",
        lambda x, y: np.right_shift(x.view("u4"), y.view("u4")).view("i4"),
    ),
    "the end missed by lerp": ("lerp-float32", lambda x, y, w: x + w * (y - x)),
    "the measure of the other argument": (
        "isclose-float32",
        lambda x, y, **attrs: np.isclose(y, x, **attrs),
    ),
    "the sign of -0": ("signbit-float32", lambda x: x < 0),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plausible_fault_is_caught(fault: str, faulty: Any, judged: Any) -> None:
    test_id, function = FAULTS[fault]
    name = faulty({test_id.partition("-")[0]: function})
    assert "fail" in {result.verdict for result in judged(name, test_id)}


def verdict(op: str, arrays: tuple[Any, ...], got: Any, **declared: Any) -> str:
    """What a backend that declares this gets for a result."""
    capabilities = Capabilities("a device", frozenset({"float32"}), **declared)
    case = Case(registry.get(op), "float32", arrays)
    judging = judge.Judge(capabilities, lambda _: Outcome((got,)), Cache(None))
    return judging(case).verdict


def test_who_claims_fma_rounds_once() -> None:
    """(1 + 2**-12)² - 1 needs the product's 25 bits; rounded, the last is lost."""
    x, z = np.array([1 + 2.0**-12], np.float32), np.array([-1.0], np.float32)
    twice, once = x * x + z, np.array([2.0**-11 + 2.0**-24], np.float32)
    assert twice != once
    for claims in ({"fma/float32"}, {"fma"}):
        assert verdict("fma", (x, x, z), once, correctly_rounded=frozenset(claims)) == "pass"
        assert verdict("fma", (x, x, z), twice, correctly_rounded=frozenset(claims)) == "fail"
    for claims in ({"fma/float64"}, set[str]()):
        assert verdict("fma", (x, x, z), twice, correctly_rounded=frozenset(claims)) == "pass"


def test_a_sum_is_rounded_once_where_float64_is_not_enough() -> None:
    """It lies 2**-54 below the midpoint that float64 arithmetic would end on."""
    x, y, z = (
        np.array([v], np.float32) for v in (2.0**-24 * (1 + 2.0**-15), 1 - 2.0**-15, 1 + 2.0**-23)
    )
    claims = frozenset({"fma"})
    assert verdict("fma", (x, y, z), z, correctly_rounded=claims) == "pass"
    above = np.array([1 + 2.0**-22], np.float32)
    assert verdict("fma", (x, y, z), above, correctly_rounded=claims) == "fail"


@pytest.mark.parametrize("options", [{}, {"floor_of_quotient": "rounded"}])
def test_a_quotient_beside_an_integer_may_be_off_by_one_where_declared(
    options: Mapping[str, str],
) -> None:
    x, y = np.array([1.0], np.float32), np.array([0.1], np.float32)
    assert verdict("floor_divide", (x, y), np.array([9.0], np.float32), traits=options) == "pass"
    off = verdict("floor_divide", (x, y), np.array([10.0], np.float32), traits=options)
    assert off == ("pass" if options else "fail")
    assert verdict("floor_divide", (x, y), np.array([8.0], np.float32), traits=options) == "fail"


def test_a_choice_may_speak_of_one_output() -> None:
    """Any exponent of an infinity goes, where declared, but not any significand."""
    capabilities = Capabilities(
        "a device", frozenset({"float32"}), traits={"exponent_of_non_finite": "any"}
    )
    x = np.array([np.inf], np.float32)
    case = Case(registry.get("frexp"), "float32", (x,))

    def found(significand: float, exponent: int) -> str:
        outputs = np.array([significand], np.float32), np.array([exponent], np.int32)
        return judge.Judge(capabilities, lambda _: Outcome(outputs), Cache(None))(case).verdict

    assert found(np.inf, 129) in ("pass", "vacuous")
    assert found(1.0, 129) == "fail"


def test_a_bool_is_the_byte_0_or_1() -> None:
    two = np.array([2], np.uint8).view(bool)
    assert verdict("isnan", (np.array([np.nan], np.float32),), two) == "fail"


def test_the_sign_of_a_zero_counts_under_every_rule() -> None:
    minus = np.array([-0.0], np.float32)
    assert verdict("cbrt", (minus,), minus) == "pass"
    assert verdict("cbrt", (minus,), -minus) == "fail"
