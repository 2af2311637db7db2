"""Gross lies, and a few subtle ones of the package's: each fails, and its reproducer reproduces."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance.faults.registry import named
from tensorcts.reports.records import FAILURES

Op = Callable[..., Any]


def raising(x: Any) -> Any:
    raise RuntimeError("the kernel did not start")


def after(op: str, change: Op) -> Op:
    """The honest op with its result changed."""
    return lambda *arrays, **attrs: change(np.asarray(OPS[op](*arrays, **attrs)))


LIES: dict[str, tuple[str, Op]] = {
    "zeros": ("tanh-float32", np.zeros_like),
    "zeros of a reduction": ("var-float32", after("var", np.zeros_like)),
    "the input as the result": ("silu-float32", lambda x: x),
    "NaN": ("softmax-float32", lambda x, axis: np.full_like(x, np.nan)),
    "float64 for float32": ("exp-float32", lambda x: np.exp(x.astype(np.float64))),
    "int32 for int64": ("add-int64", after("add", lambda y: y.astype(np.int32))),
    "wrong shape": ("exp-float32", after("exp", lambda y: y.reshape(1, *y.shape))),
    "scaled float64 sum": ("sum-float64", after("sum", lambda y: y * (1 + 1e-9))),
    "an exception": ("exp-float32", raising),
    "no result": ("exp-float32", lambda x: None),
    "a dtype unknown to the suite": ("exp-float32", lambda x: np.exp(x, dtype=np.longdouble)),
    "an output too many": ("exp-float32", lambda x: (np.exp(x), np.exp(x))),
    "an output too few": ("split-float32", lambda x, **attrs: OPS["split"](x, **attrs)[:-1]),
    "reversed strides ignored": ("exp-float32-layouts",
                                 named("exp_ignores_negative_strides").make()),
    "wrong from 256 elements on": ("sum-float32-shapes",
                                   lambda x, **a: OPS["sum"](x, **a) * (x.size < 256)),
    "wrong above 2**10 only": ("cos-float32", lambda x: np.cos(x) * (abs(x) < 1024)),
    "one input changed": ("exp-float32", named("exp_in_place").make()),
    "an earlier result changed": ("sigmoid-float32-aliasing",
                                  named("sigmoid_in_one_buffer").make()),
    "a mask off by one": ("scaled_dot_product_attention-float32",
                          named("attention_sees_the_next").make()),
    "a cast that truncates": ("astype-float32", named("cast_to_bfloat16_truncates").make()),
}  # fmt: skip
"""For each lie the test that must tell (any of the checks where none is named), and the new op."""


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_caught_and_its_reproducer_reproduces(
    lie: str, faulty: Any, judged: Any, rerun: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    test, function = LIES[lie]
    backend = faulty({test.partition("-")[0]: function})
    failed = [r for r in judged(backend, test) if r.verdict in FAILURES]
    assert failed
    for result in failed:
        assert rerun(result.reproducer) == 1, result.reproducer
        shown = capsys.readouterr().out
        assert re.match(rf"{result.verdict}: {result.op}(\.backward)*\(", shown)


@pytest.mark.parametrize("test", sorted({test for test, _ in LIES.values()}))
def test_the_honest_backend_raises_no_alarm_where_lies_are_caught(test: str, judged: Any) -> None:
    results = judged("numpy", test)
    assert {r.verdict for r in results} in ({"pass"}, {"pass", "unsupported"})


def test_an_honest_backend_does_not_reproduce(faulty: Any, judged: Any, rerun: Any) -> None:
    """A reproducer judges anew; it does not just repeat a verdict."""
    (result,) = judged(faulty({"exp": np.exp2}), "exp-float32-shapes")
    assert rerun(result.reproducer.replace("faulty", "numpy")) == 0


def test_a_reproducer_is_a_short_script_that_runs_by_itself(
    vendor: Any, command: Any, judged: Any, faulty: Any, tmp_path: Path
) -> None:
    (result,) = judged(faulty({"exp": np.zeros_like}), "exp-float32-random")
    path = tmp_path / "reproducer.py"
    path.write_text(result.reproducer)
    assert len(result.reproducer.splitlines()) == 5
    lying = vendor(faulty="def replaced(self):\n    return {'exp': np.zeros_like}")
    ended = command(str(path), path=lying)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith("fail: exp(")


def test_random_failures_are_shrunk(faulty: Any, judged: Any) -> None:
    wrong = after("sum", lambda y: y + np.float32(1))
    (result,) = judged(faulty({"sum": wrong}), "sum-float32-random")
    assert np.prod(result.shapes[0], dtype=int) <= 1
