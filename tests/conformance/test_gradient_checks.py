"""Gradients are judged as values are: of kernels, of own autodiff, composed; lies are caught."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tensorcts.backends import registry as backend_registry
from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.backends.protocol import UnsupportedError
from tensorcts.conformance import calling, checks, cotangents
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test
from tensorcts.conformance.hosts import InProcess, Isolated
from tensorcts.conformance.judge import Judge
from tensorcts.conformance.properties import repeating
from tensorcts.reference import gradients
from tensorcts.reference.registry import all_ops, get

Kernel = Callable[..., Any]


def softmax(x: Any, g: Any, axis: int) -> Any:
    y = OPS["softmax"](x, axis=axis)
    return (y * (g - np.sum(g * y, axis=axis, keepdims=True)),)


def without_the_mean(x: Any, g: Any, axis: int) -> Any:
    return (OPS["softmax"](x, axis=axis) * g,)


def relu(x: Any, g: Any, at_zero: float = 0.0) -> Any:
    return (np.where(x > 0, g, np.where(x == 0, x.dtype.type(at_zero) * g, x.dtype.type(0))),)


def add_unsummed(x: Any, y: Any, g: Any) -> Any:
    return g, g


def matmul_left(x: Any, y: Any, g: Any) -> Any:
    """A gradient that transposes the wrong factor."""
    honest = get("matmul.backward").function(x, y, g)
    return honest[1].astype(x.dtype), honest[0].astype(x.dtype)


def sum_of_first_batch(x: Any, g: Any, **attrs: Any) -> Any:
    (honest,) = get("sum.backward").function(x.astype(np.float64), g.astype(np.float64), **attrs)
    return ((honest * (np.arange(x.size).reshape(x.shape) < 60)).astype(x.dtype),)


LIES: dict[str, tuple[str, Kernel]] = {
    "the mean term is missing": ("softmax", without_the_mean),
    "everything flows through": ("relu", lambda x, g: (g,)),
    "more than all at the kink": ("relu", lambda x, g: relu(x, g, at_zero=1.25)),
    "scaled": ("tanh", lambda x, g: (g * (1 - np.tanh(x) ** 2) * x.dtype.type(1.0001),)),
    "zeros": ("exp", lambda x, g: (np.zeros_like(x),)),
    "the wrong sign of one": ("subtract", lambda x, y, g: (g, g)),
    "not summed where broadcast": ("add", add_unsummed),
    "NaN where the result is": ("sqrt", lambda x, g: (np.full_like(x, np.nan),)),
    "the factors exchanged": ("multiply", lambda x, y, g: (g * x, g * y)),
    "float64 for float32": ("exp", lambda x, g: ((g * np.exp(x)).astype(np.float64),)),
    "one cotangent too few": ("multiply", lambda x, y, g: (g * y,)),
    "lost from 60 elements on": ("sum", sum_of_first_batch),
    "an exception": ("silu", lambda x, g: 1 / 0),
}
"""For each lie the op, and the kernel of its gradient."""


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_caught_and_its_reproducer_reproduces(
    lie: str, faulty: Any, judged: Any, rerun: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    op, kernel = LIES[lie]
    (result,) = judged(faulty({f"{op}.backward": kernel}), f"{op}-float32-gradient")
    assert result.verdict in ("fail", "error") and result.way == "kernel"
    assert rerun(result.reproducer) == 1, result.reproducer
    assert capsys.readouterr().out.startswith((f"{result.verdict}: {op}.backward(", "pass"))


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_at_a_kink_each_convention_passes(at_zero: float, faulty: Any, judged: Any) -> None:
    kernel = {"relu.backward": lambda x, g: relu(x, g, at_zero)}
    (result,) = judged(faulty(kernel), "relu-float32-gradient")
    assert (result.verdict, result.way) == ("pass", "kernel"), result.message


def test_an_honest_kernel_passes(faulty: Any, judged: Any) -> None:
    (result,) = judged(faulty({"softmax.backward": softmax}), "softmax-float32-gradient")
    assert (result.verdict, result.way) == ("pass", "kernel"), result.message


COMPOSED = ("softmax", "layer_norm", "matmul", "concat", "take", "max", "frexp", "conv1d", "where")


@pytest.mark.parametrize("op", COMPOSED)
def test_composed_gradients_pass(op: str, judged: Any) -> None:
    results = judged("numpy", f"{op}-float32-gradient", f"{op}-float32-second_order")
    assert {(r.verdict, r.way) for r in results} == {("pass", "composed")}, results


COMPLEX = ("abs", "angle", "real", "imag", "conj", "matmul", "pow", "prod", "take", "vector_norm",
           "where")  # fmt: skip


@pytest.mark.parametrize("op", COMPLEX)
def test_composed_gradients_of_complex_numbers_pass(op: str, judged: Any) -> None:
    results = judged("numpy", f"{op}-complex64-gradient", f"{op}-complex64-second_order")
    assert {(r.verdict, r.way) for r in results} == {("pass", "composed")}, results


def test_a_complex_result_of_real_arrays_has_a_gradient(judged: Any) -> None:
    results = judged("numpy", "complex-float32-gradient", "complex-float32-second_order")
    assert {(r.verdict, r.way) for r in results} == {("pass", "composed")}, results


def test_cotangents_of_a_dtype_that_is_not_there_are_unsupported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared = NumpyBackend().capabilities
    fewer = replace(declared, dtypes=declared.dtypes - {"complex128"})
    monkeypatch.setattr(NumpyBackend, "capabilities", fewer)
    op, x = get("astype.backward"), np.ones(3, np.complex64)
    case = Case(op, "complex64", (x, x.astype(np.complex128)), {"dtype": "complex128"})
    assert judge(case).verdict == "unsupported"


def test_what_a_composed_gradient_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: op for name, op in OPS.items() if name != "exp"}
    monkeypatch.setattr(NumpyBackend, "ops", property(lambda self: few))
    found = [judge(case) for case in gradient_cases("tanhshrink", "float32")]
    assert {j.verdict for j in found} == {"pass"}, "it needs no exp"
    found = [judge(case) for case in gradient_cases("softmax", "float32")]
    assert "the composed gradient needs exp: numpy has no exp" in {j.message for j in found}


def test_nothing_is_composed_on_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the backend's ops get wrong the composed gradient has wrong."""
    wrong = {**OPS, "multiply": lambda x, y: np.multiply(x, y) * x.dtype.type(1.001)}
    monkeypatch.setattr(NumpyBackend, "ops", property(lambda self: wrong))
    assert "fail" in {judge(case).verdict for case in gradient_cases("multiply", "float32")}


def judge(case: Case) -> Any:
    host = InProcess(NumpyBackend())
    return Judge(host.capabilities, host.run, Cache(None), way=host.way)(case)


def gradient_cases(op: str, dtype: str) -> list[Case]:
    return list(checks.cases(Test(get(op), dtype, "gradient"), 0))[:6]


class Differentiating(NumpyBackend):
    """A backend with gradients of its own: the reference's, on its arrays."""

    name = "differentiating"
    factor = 1.0

    @property
    def differentiates(self) -> bool:
        return True

    def vjp(
        self, op: str, arrays: Sequence[Any], attrs: Mapping[str, Any], *cotangents: Sequence[Any]
    ) -> tuple[Any, ...]:
        if op == "exp":
            raise UnsupportedError("no gradient of exp")
        name = op + ".backward" * len(cotangents)
        given = [a for part in (arrays, *cotangents) for a in part]
        wide = [a if a is None or a.dtype.kind in "biu" else a.astype(np.float64) for a in given]
        found = get(name).function(*wide, **attrs)
        return tuple((self.factor * g).astype(np.float32) for g in found)


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "pass"), (1.001, "fail")])
def test_own_autodiff_of_both_orders(
    factor: float, verdict: str, monkeypatch: pytest.MonkeyPatch, judged: Any
) -> None:
    backend = Differentiating()
    backend.factor = factor
    monkeypatch.setattr(backend_registry, "load", lambda name: backend)
    results = judged("differentiating", "tanh-float32-gradient", "tanh-float32-second_order")
    assert [(r.verdict, r.way) for r in results] == [(verdict, "own")] * 2
    (refused,) = judged("differentiating", "exp-float32-gradient")
    assert (refused.verdict, refused.message) == ("unsupported", "no gradient of exp")


def test_a_kernel_comes_before_autodiff(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = {**OPS, "tanh.backward": lambda x, g: (g,)}
    monkeypatch.setattr(Differentiating, "ops", property(lambda self: kernel))
    backend = Differentiating()
    ways = [calling.way(backend, get(n)) for n in ("tanh.backward", "exp.backward", "tanh")]
    assert ways == ["kernel", "own", ""]


def test_a_worker_knows_the_way() -> None:
    host = Isolated("numpy", 60.0)
    try:
        assert [host.way(op) for op in ("exp.backward", "exp")] == ["composed", ""]
        (case, *_) = gradient_cases("exp", "float32")
        assert np.array_equal(
            host.run(case).outputs[0], InProcess(NumpyBackend()).run(case).outputs[0]
        )
    finally:
        host.close()


def test_16_bit_steps_are_stored_unless_a_kernel_takes_them_at_once() -> None:
    (case, *_) = gradient_cases("softmax", "float16")
    host = InProcess(NumpyBackend())
    models = [
        replace(Judge(host.capabilities, host.run, Cache(None)), way=lambda op, w=w: w).model(case)
        for w in ("kernel", "own", "composed")
    ]
    assert [model.stored for model in models] == [False, True, True]
    assert [model.accumulator for model in models] == ["float32", "float16", "float32"]


def test_every_gradient_has_cases_in_every_dtype() -> None:
    for test in checks.all_tests():
        if test.check in checks.GRADIENTS:
            found = list(checks.cases(test, 1))
            assert len(found) >= 1, test.id
            assert all(gradients.first(case.op) is test.op for case in found)


def test_no_attribute_vanishes_in_the_dtype() -> None:
    tests = [Test(get("layer_norm"), dtype, "gradient") for dtype in ("float16", "float32")]
    narrow, wide = ({case.attrs["eps"] for seed in range(4) for case in checks.cases(test, seed)}
                    for test in tests)  # fmt: skip
    assert wide - narrow == {1e-12}


def repeated(op: str, seed: int) -> list[str]:
    tried = checks.cases(Test(get(op), "float32", "properties"), seed)
    return [case.probe for case in tried if gradients.is_backward(case.op)]


BOTH = [repeating.THREADS, repeating.MEMORY]


def test_transformers_gradients_are_repeated() -> None:
    assert all(repeated(op, seed) == BOTH for op in cotangents.REPEATED for seed in range(2))


def test_every_family_takes_its_turn_in_four_seeds_and_every_op_in_time() -> None:
    ops = [op for op in all_ops() if cotangents.applies(op, "float32", 1)]
    turns = {seed: {op.name for op in ops if cotangents.is_repeated(op, "float32", seed)}
             for seed in range(4 * 12)}  # fmt: skip
    of_four = set().union(*(turns[seed] for seed in range(4)))
    assert {get(name).family for name in of_four} == {op.family for op in ops}
    assert set().union(*turns.values()) == {op.name for op in ops}
    assert max(map(len, turns.values())) <= len(cotangents.REPEATED) + 12
    assert all(repeated(name, 0) == BOTH for name in turns[0])
    assert repeated("exp", next(s for s in turns if "exp" not in turns[s])) == []


def test_a_gradient_that_keeps_memory_is_told(faulty: Any, judged: Any) -> None:
    kept: list[Any] = []

    def keeping(x: Any, g: Any, axis: int) -> Any:
        kept.append(g.copy())
        return softmax(x, g, axis)

    (result,) = judged(faulty({"softmax.backward": keeping}), "softmax-float32-properties")
    assert result.verdict == "property-mismatch" and "leak_free" in result.message


def test_no_quotient_of_complex_numbers_by_infinity_decides(faulty: Any, judged: Any) -> None:
    """The definition leaves open what it gives; CuPy gives NaN."""

    def divide(x: Any, y: Any) -> Any:
        unlike = np.iscomplexobj(y) & np.isinf(np.abs(y))
        return np.where(unlike, np.nan, OPS["divide"](x, y)).astype(x.dtype)

    (result,) = judged(faulty({"divide": divide}), "vector_norm-complex64-second_order")
    assert result.verdict == "pass", result.message


def test_no_number_is_an_attribute_as_the_dtype_rounds_it() -> None:
    """0.1 in bfloat16 lies above hardtanh's bound of 0.1, or on it where that is rounded too."""
    test = Test(get("hardtanh"), "bfloat16", "gradient")
    cases = [case for seed in range(5) for case in checks.cases(test, seed)]
    assert any(case.attrs["min_val"] == 0.1 for case in cases)
    for case in cases:
        rounded = [np.asarray(v).astype(case.arrays[0].dtype) for v in case.attrs.values()]
        off = [r for r, v in zip(rounded, case.attrs.values(), strict=True) if r != v]
        assert not any(np.any(case.arrays[0] == r) for r in off)
