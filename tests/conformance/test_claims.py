"""What a backend claims of its arithmetic, and the options it declares: it is held to both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance import judge
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.execute import Outcome
from tensorcts.reference import registry


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
