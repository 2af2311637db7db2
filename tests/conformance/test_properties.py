"""Properties: what honest and faulty kernels are measured to be, and which claims that refutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test, cases
from tensorcts.conformance.execute import Outcome, execute
from tensorcts.conformance.judge import Judge, Judgement
from tensorcts.reference import registry

Op = Callable[..., Any]


def rounded_to(bits: int, x: Any) -> Any:
    step = np.ldexp(np.float32(1), np.frexp(x)[1] - bits)
    return (np.round(x / np.where(x == 0, 1, step)) * np.where(x == 0, 0, step)).astype(x.dtype)


def truncated_to(bits: int, x: Any, towards: Op = np.trunc) -> Any:
    step = np.ldexp(1.0, np.frexp(x)[1] - bits)
    return towards(x / np.where(x == 0, 1, step)) * step


def one_by_one(kept: Op) -> Op:
    """A matrix product that keeps every partial sum by a function."""

    def matmul(a: Any, b: Any) -> Any:
        if a.ndim != 2 or b.ndim != 2:
            return OPS["matmul"](a, b)
        total = np.zeros((len(a), b.shape[1]))
        for k in range(a.shape[1]):
            total = kept(total + a[:, k, None].astype(np.float64) * b[k].astype(np.float64))
        return total.astype(a.dtype)

    return matmul


def in_pairs(x: Any, *, axis: int, keepdims: bool, dtype: str) -> Any:
    while x.shape[-1] > 1:
        x = x[..., ::2] + x[..., 1::2]
    return x[..., 0]


def flat(x: Any, **_: Any) -> Any:
    """The sum rounded once, whatever the terms."""
    return np.array([float(sum(map(Fraction, row.tolist()))) for row in x]).astype(x.dtype)


def measured(test: str, wrong: Op, **declared: Any) -> tuple[dict[str, str], list[Judgement]]:
    """The figures and judgements of an op that is computed by ``wrong``."""
    name, _, dtype = test.partition("-")
    backend = Backend({name: wrong}, declared)
    judge = Judge(backend.capabilities, lambda case: execute(backend, case), Cache(None))
    found = [judge(case) for case in cases(Test(registry.get(name), dtype, "properties"), 0)]
    return {k: v for each in found for k, v in each.measured.items()}, found


class Backend(NumpyBackend):
    def __init__(self, replaced: dict[str, Op], declared: dict[str, Any]) -> None:
        super().__init__()
        self._replaced = replaced
        self._capabilities = replace(self._capabilities, **declared)

    @property
    def ops(self) -> dict[str, Op]:
        return {**OPS, **self._replaced}


def narrow(dtype: Any) -> Op:
    return one_by_one(lambda total: total.astype(dtype).astype(np.float64))


def tf32(a: Any, b: Any) -> Any:
    return OPS["matmul"](rounded_to(11, a), rounded_to(11, b))


def right_rounded(a: Any, b: Any) -> Any:
    return OPS["matmul"](a, rounded_to(11, b))


FIGURES: dict[str, tuple[str, Op, dict[str, str]]] = {
    "TF32": ("matmul-float32", tf32, {"operand_bits": "11", "accumulator_bits": "24"}),
    "TF32 on the right": ("matmul-float32", right_rounded, {"operand_bits": "11"}),
    "float16 sums": ("matmul-float32", narrow(np.float16), {"accumulator_bits": "11"}),
    "float32 sums": ("matmul-float64", narrow(np.float32), {"accumulator_bits": "24"}),
    "float16 by itself": ("matmul-float16", narrow(np.float16), {"accumulator_bits": "11"}),
    "truncated sums": (
        "matmul-float32",
        one_by_one(lambda total: truncated_to(24, total)),
        {"accumulator_bits": "24", "accumulation_rounding": "toward_zero", "order": "sequential"},
    ),
    "sums rounded down": (
        "matmul-float32",
        one_by_one(lambda total: truncated_to(24, total, np.floor)),
        {"accumulation_rounding": "down", "accumulator_bits": "24"},
    ),
    "sums truncated at the end": (
        "sum-float32",
        lambda x, **_: truncated_to(24, np.sum(x, -1, dtype=np.float64)).astype(x.dtype),
        {"accumulator_bits": "53", "result_rounding": "toward_zero"},
    ),
    "sums rounded up at the end": (
        "sum-float32",
        lambda x, **_: truncated_to(24, np.sum(x, -1, dtype=np.float64), np.ceil).astype(x.dtype),
        {"result_rounding": "up"},
    ),
    "sums rounded down at the end": (
        "sum-float32",
        lambda x, **_: truncated_to(24, np.sum(x, -1, dtype=np.float64), np.floor).astype(x.dtype),
        {"result_rounding": "down"},
    ),
    "wider sums": ("matmul-float32", narrow(np.float64), {"accumulator_bits": "53"}),
    "pairs": ("sum-float32", in_pairs, {"order": "pairwise", "accumulator_bits": "24"}),
    "all at once": ("sum-float32", flat, {"accumulator_bits": "≥ 57"}),
    "fused products": ("matmul-float32", narrow(np.float32), {"products": "exact"}),
}


@pytest.mark.parametrize("name", FIGURES)
def test_what_is_measured(name: str) -> None:
    test, wrong, expected = FIGURES[name]
    figures, _ = measured(test, wrong)
    assert {key: figures.get(key) for key in expected} == expected


REFUTED: dict[str, tuple[str, Op, dict[str, Any], str]] = {
    "operands": ("matmul-float32", tf32, {}, "operands of 24 bits are declared, 11 measured"),
    "accumulator": ("matmul-float16", narrow(np.float16), {}, "declared, 11 measured"),
    "rounding": (
        "matmul-float32",
        one_by_one(lambda total: truncated_to(24, total)),
        {"traits": {"accumulation_rounding": "nearest"}},
        "accumulation_rounding is declared nearest, measured toward_zero",
    ),
}


@pytest.mark.parametrize("name", REFUTED)
def test_a_claim_that_is_refuted(name: str) -> None:
    test, wrong, declared, message = REFUTED[name]
    _, found = measured(test, wrong, **declared)
    assert "property-mismatch" in {each.verdict for each in found}
    assert message in " ".join(each.message for each in found)


DECLARED: dict[str, tuple[str, Op, dict[str, Any]]] = {
    "operands": ("matmul-float32", tf32, {"operand_bits": {"matmul/float32": 11}}),
    "accumulator": (
        "matmul-float16", narrow(np.float16), {"accumulator": {"matmul/float16": "float16"}},
    ),
    "nothing of rounding": (
        "matmul-float32", one_by_one(lambda total: truncated_to(24, total)), {"traits": {}},
    ),
    "one op apart": (
        "matmul-float32",
        one_by_one(lambda total: truncated_to(24, total)),
        {"traits": {
            "accumulation_rounding": "nearest", "matmul/accumulation_rounding": "toward_zero",
        }},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DECLARED)
def test_what_is_declared_is_no_mismatch(name: str) -> None:
    test, wrong, declared = DECLARED[name]
    _, found = measured(test, wrong, **declared)
    assert {each.verdict for each in found} == {"pass"}, found[0].message


def test_a_mismatch_reaches_the_record_with_figures_and_a_reproducer(
    faulty: Any, judged: Any, rerun: Any
) -> None:
    (result,) = judged(faulty({"matmul": tf32}), "matmul-float32-properties")
    assert result.verdict == "property-mismatch"
    assert result.measured["operand_bits"] == "11"
    assert rerun(result.reproducer) == 1


def test_declared_operand_bits_widen_the_tolerance(cache: Any) -> None:
    """An honest TF32 product fails undeclared and passes declared; bfloat16's does not pass so."""
    x = np.random.default_rng(0).standard_normal((2, 64, 64)).astype(np.float32)
    case = Case(registry.get("matmul"), "float32", (x[0], x[1]))
    plain = NumpyBackend().capabilities
    tf32_declared = replace(plain, operand_bits={"float32": 11})
    kept = [(11, plain, "fail"), (11, tf32_declared, "pass"), (8, tf32_declared, "fail")]
    for bits, declared, verdict in kept:
        result = OPS["matmul"](rounded_to(bits, x[0]), rounded_to(bits, x[1]))
        judge = Judge(declared, lambda _, result=result: Outcome((result,)), cache)
        assert judge(case).verdict == verdict, bits


def test_garbage_is_a_failure_not_a_figure() -> None:
    figures, found = measured("sum-float32", lambda x, **_: np.zeros(3, np.float32))
    assert found[0].verdict == "fail"
    assert "accumulator_bits" not in figures
