"""Repeated calls: randomness, races, leaks and batches are measured, and refute what is claimed."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test, cases
from tensorcts.conformance.execute import execute
from tensorcts.conformance.judge import Judge, Judgement
from tensorcts.conformance.properties import concurrency, repeating
from tensorcts.reference import registry
from tensorcts.reports.records import Result

Op = Callable[..., Any]
CALLS = itertools.count()


def random_order(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    """A sum whose order differs from call to call, as atomic additions' does."""
    order = np.random.default_rng().permutation(x.shape[axis]) if axis == -1 else None
    shuffled = x if order is None else np.take(x, order, axis=axis)
    return OPS["sum"](shuffled, axis=axis, keepdims=keepdims, dtype=dtype)


def random_order_of_all(x: Any, *, axis: Any, keepdims: bool, dtype: str) -> Any:
    """A sum of a whole array in an order that differs from call to call."""
    shuffled = np.random.default_rng().permutation(x.ravel()) if axis is None else x
    return OPS["sum"](shuffled, axis=axis, keepdims=keepdims, dtype=dtype)


def once_in_a_while(x: Any) -> Any:
    return OPS["exp"](x) if next(CALLS) % 7 else np.nextafter(OPS["exp"](x), np.float32(2))


def through_a_shared_buffer() -> Op:
    buffers: dict[Any, Any] = {}

    def exp(x: Any) -> Any:
        buffer = buffers.setdefault((x.shape, x.dtype), np.empty_like(x))
        np.copyto(buffer, x)
        time.sleep(0)  # another thread may come in between
        np.exp(buffer, out=buffer)
        return buffer.copy()

    return exp


def leaking() -> Op:
    kept: list[Any] = []

    def exp(x: Any) -> Any:
        result = OPS["exp"](x)
        kept.append(result)
        return result.copy()

    return exp


def by_position(x: Any) -> Any:
    """Rows from the eighth on by a formula of their own, as vector and scalar loops have."""
    result = OPS["tanh"](x)
    if x.ndim > 1:
        result[8:] = np.nextafter(result[8:], np.float32(0))
        result[:8] = np.nextafter(result[:8], np.float32(0)) if len(x) > 8 else result[:8]
    return result


FAULTS: dict[str, tuple[str, Op, str, str]] = {
    "order": ("sum", random_order, "deterministic", "property-mismatch"),
    "order of all": ("sum", random_order_of_all, "deterministic", "property-mismatch"),
    "now and then": ("exp", once_in_a_while, "deterministic", "property-mismatch"),
    "race": ("exp", through_a_shared_buffer(), "thread_safe", "property-mismatch"),
    "leak": ("exp", leaking(), "leak_free", "property-mismatch"),
    "batch, not claimed": ("tanh", by_position, "batch_invariant", "pass"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_measured(name: str, faulty: Any, judged: Any) -> None:
    op, wrong, figure, verdict = FAULTS[name]
    result = _result(judged, faulty({op: wrong}), op)
    assert result.measured[figure] == "no"
    assert result.verdict == verdict
    assert verdict == "pass" or f"{figure} is declared yes, measured no" in result.message


def _result(judged: Any, backend: str, op: str) -> Result:
    (result,) = judged(backend, f"{op}-float32-properties")
    return result


@pytest.mark.parametrize("op", ["exp", "sum", "softmax", "conv2d", "sort", "rand", "split"])
def test_an_honest_backend_keeps_its_claims(op: str, judged: Any) -> None:
    result = _result(judged, "numpy", op)
    assert result.verdict == "pass", result.message
    expected = {"deterministic": "yes", "thread_safe": "yes", "leak_free": "yes"}
    assert expected.items() <= result.measured.items()


@pytest.mark.skipif(np.finfo(np.longdouble).nmant != 63, reason="no padded numbers here")
def test_bytes_that_pad_a_number_tell_nothing() -> None:
    one, other = np.full((2, 3), 1.5, np.longdouble)
    other.view(np.uint8).reshape(3, -1)[:, 10:] = 255  # x87 numbers have 10 bytes
    assert one.tobytes() != other.tobytes()
    assert repeating._bits(one) == repeating._bits(other)
    assert repeating._bits(one) != repeating._bits(np.nextafter(one, 2))


class Counting(NumpyBackend):
    """A backend whose own count of memory grows by some bytes a call, up to a limit, or once."""

    def __init__(self, leaked: int, once: int, limit: float = np.inf) -> None:
        super().__init__()
        self._held, self._leaked, self._once, self._limit = 0, leaked, once, limit

    @property
    def ops(self) -> dict[str, Op]:
        return {"exp": self._exp}

    def _exp(self, x: Any) -> Any:
        self._held += self._leaked if self._held < self._limit else 0
        return OPS["exp"](x)

    def memory(self) -> int:
        self._held += self._once
        return self._held


@pytest.mark.parametrize(("leaked", "once", "leaks"), [(8, 0, True), (0, 64, False), (0, 0, False)])
def test_the_backend_s_own_count_of_memory(leaked: int, once: int, leaks: bool) -> None:
    found = repeated(Counting(leaked, once))
    assert found.measured == {"leak_free": "no" if leaks else "yes"}
    assert not leaks or "8,000 bytes more of the backend's memory after 1000" in found.message


@pytest.mark.parametrize("limit", [8 * 60, 8 * 600])
def test_what_an_allocator_keeps_is_no_leak(limit: int) -> None:
    assert repeated(Counting(8, 0, limit)).measured == {"leak_free": "yes"}


def repeated(backend: NumpyBackend) -> Judgement:
    """What a thousand calls of exp show."""
    case = next(c for c in _cases("exp") if c.probe == repeating.MEMORY)
    judge = Judge(backend.capabilities, lambda case: execute(backend, case), Cache(None))
    return judge(case)


@pytest.mark.parametrize(
    ("op", "rows"), [("exp", True), ("matmul", True), ("softmax", None), ("trace", False)]
)
def test_rows_that_stand_for_themselves_are_found_by_the_definition(op: str, rows: Any) -> None:
    found = BATCHED in {case.probe for case in _cases(op)}
    assert rows is None or found == rows


BATCHED = repeating.BATCH


def test_a_sum_along_the_first_axis_has_no_rows() -> None:
    x = np.random.default_rng(0).standard_normal((9, 33)).astype(np.float32)
    attrs: dict[str, Any] = {"axis": 0, "keepdims": True, "dtype": "float32"}
    assert not repeating._batches(Case(registry.get("sum"), "float32", (x,), attrs))
    assert repeating._batches(Case(registry.get("sum"), "float32", (x,), {**attrs, "axis": 1}))


def _cases(op: str) -> list[Case]:
    return list(cases(Test(registry.get(op), "float32", "properties"), 0))


def test_no_thread_ends_while_memory_is_traced() -> None:
    """CPython crashes where one does as ``tracemalloc`` starts, which it does after this."""
    seen: list[set[int]] = [set(), set()]

    def call(into: set[int]) -> tuple[NDArray[Any]]:
        into.add(threading.get_native_id())
        return (np.zeros(1),)

    for threads in seen:
        concurrency.run([partial(call, threads)] * concurrency.THREADS)
    assert seen[0] == seen[1]
