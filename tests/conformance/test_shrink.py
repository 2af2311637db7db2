"""Shrinking: a failing elementwise case is shown on as few elements as still fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.backends.protocol import Backend
from tensorcts.conformance import shrink
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.execute import execute
from tensorcts.conformance.judge import Judge, Judgement
from tensorcts.reference import registry

Op = Callable[..., Any]


class Wrong(NumpyBackend):
    def __init__(self, op: str, function: Op) -> None:
        super().__init__()
        self._wrong = {op: function}

    @property
    def ops(self) -> dict[str, Op]:
        return {**OPS, **self._wrong}


def judge_of(backend: Backend, waiver: str = "") -> Judge:
    return Judge(
        backend.capabilities,
        lambda case: execute(backend, case),
        Cache(None),
        lambda case: waiver,
    )


def shrunk(op: str, function: Op, *arrays: Any, **more: Any) -> tuple[Judgement, Judgement]:
    """A judgement and what becomes of it."""
    judge = judge_of(Wrong(op, function), more.pop("waiver", ""))
    attrs = more.pop("attrs", {})
    found = judge(Case(registry.get(op), "float32", arrays, attrs, **more))
    return found, shrink.smallest(found, judge)


def numbers(*shape: int) -> Any:
    return np.linspace(0.25, 2, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def wrong_above(limit: float) -> Op:
    return lambda x: np.where(x > limit, 0, np.exp(x)).astype(x.dtype)


def wrong_from(size: int) -> Op:
    return lambda x: OPS["exp"](x) * np.float32(1 if x.size < size else 2)


def test_one_element_stands_for_all() -> None:
    found, small = shrunk("exp", wrong_above(1.5), numbers(9, 33))
    assert small.verdict == found.verdict == "fail"
    (x,) = small.case.arrays
    assert x is not None
    assert x.shape == (1,)
    assert found.case.arrays[0] is not None
    assert x[0] == found.case.arrays[0][found.comparison.index]
    assert x[0] > 1.5


@pytest.mark.parametrize("length", [2, 8, 64])
def test_a_kernel_that_fails_from_some_length_on_keeps_it(length: int) -> None:
    _, small = shrunk("exp", wrong_from(length), numbers(9, 33))
    assert [a.shape for a in small.case.arrays if a is not None] == [(length,)]


def test_a_case_that_fails_as_a_whole_only_stays() -> None:
    found, small = shrunk("exp", wrong_from(200), numbers(9, 33))
    assert small is found


def test_operands_are_taken_where_they_meet() -> None:
    def wrong(x: Any, y: Any) -> Any:
        return np.where((x > 1.9) & (y < 0.3), 0, x + y).astype(x.dtype)

    x, y = numbers(4, 1), numbers(3)
    _, small = shrunk("add", wrong, x, y)
    assert [a.tolist() for a in small.case.arrays if a is not None] == [[x[-1, 0]], [y[0]]]


def test_a_layout_is_dropped_where_it_does_not_matter() -> None:
    found, small = shrunk("exp", wrong_above(1.5), numbers(5, 6), layout="reversed")
    assert (found.case.layout, small.case.layout) == ("reversed", None)


def test_a_layout_that_matters_stays() -> None:
    def wrong(x: Any) -> Any:
        return OPS["exp"](x) * np.float32(1 if x.flags.c_contiguous else 2)

    found, small = shrunk("exp", wrong, numbers(5, 6), layout="transposed")
    assert small is found
    assert small.case.layout == "transposed"


def test_attributes_stay() -> None:
    attrs = {"dtype": "int32"}

    def wrong(x: Any, *, dtype: str) -> Any:
        return np.rint(x).astype(dtype)

    _, small = shrunk("astype", wrong, numbers(9, 33), attrs=attrs)
    assert small.case.attrs == attrs
    assert small.case.arrays[0] is not None
    assert small.case.arrays[0].size == 1


def test_a_waived_case_is_made_small_too() -> None:
    found, small = shrunk("exp", wrong_above(1.5), numbers(9, 33), waiver="known")
    assert (found.verdict, small.verdict, small.waiver) == ("waived", "waived", "known")
    assert small.case.arrays[0] is not None
    assert small.case.arrays[0].size == 1


@pytest.mark.parametrize("verdict", ["pass", "crash", "hang", "unsupported", "vacuous"])
def test_what_did_not_fail_by_a_value_is_left_alone(verdict: Any) -> None:
    found, _ = shrunk("exp", wrong_above(1.5), numbers(9, 33))

    def never(case: Case) -> Judgement:
        raise AssertionError("it was judged again")

    other = replace(found, verdict=verdict)
    assert shrink.smallest(other, never) is other  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", [{"refused": "C1: no such axis"}, {"probe": "exact in float32"}])
def test_special_calls_are_left_alone(mark: dict[str, str]) -> None:
    found, _ = shrunk("exp", wrong_above(1.5), numbers(9, 33))
    marked = replace(found, case=replace(found.case, **mark))  # type: ignore[arg-type]
    assert shrink.smallest(marked, judge_of(Wrong("exp", np.zeros_like))) is marked


def test_rows_that_belong_together_are_not_torn_apart() -> None:
    found, small = shrunk(
        "softmax", lambda x, axis: np.zeros_like(x), numbers(4, 5), attrs={"axis": 1}
    )
    assert found.verdict == "fail"
    assert small is found


def test_another_verdict_is_no_smaller_case() -> None:
    """Alone the element raises; what is looked for is the wrong value."""

    def wrong(x: Any) -> Any:
        if x.size < 100:
            raise RuntimeError("too small")
        return np.zeros_like(x)

    found, small = shrunk("exp", wrong, numbers(9, 33))
    assert (small.verdict, small) == ("fail", found)
