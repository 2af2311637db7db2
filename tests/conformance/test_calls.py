"""The checks of calls instead of values: bad arguments must raise, views must be views."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

from tensorcts.backends import registry as backend_registry
from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance import aliasing
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test, cases, checks_of, usual_dtype
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge
from tensorcts.conformance.runner import Settings, judgements
from tensorcts.conformance.samplers import all_refusers
from tensorcts.reference.registry import get

WITH_REFUSALS = sorted(all_refusers())


def refused(op: str) -> list[Any]:
    return list(cases(Test(get(op), usual_dtype(get(op)), "bad_arguments"), 0))


@pytest.mark.parametrize("op", WITH_REFUSALS)
def test_a_refusal_breaks_a_constraint_of_the_text(op: str) -> None:
    labels = set(re.findall(r"\((C\d+)\)", get(op).text))
    named = {case.refused.partition(":")[0] for case in refused(op)}
    assert named and named <= labels


@pytest.mark.parametrize("op", WITH_REFUSALS)
def test_the_definition_raises_where_a_backend_must(op: str) -> None:
    for case in refused(op):
        with pytest.raises((ValueError, IndexError, TypeError)):
            case.op.function(*case.arrays, **case.attrs)


def wrapping(x: Any, y: Any) -> Any:
    """An add that takes no notice of shapes."""
    size = max(x.size, y.size)
    return np.resize(x, size) + np.resize(y, size)


LIES = {
    "add-float32-bad_arguments": lambda x, y: OPS["add"](x, y) if x.shape == y.shape
    else wrapping(x, y),
    "abs-float32-aliasing": lambda x: x,
    "reshape-float32-aliasing": lambda x, *, shape: x.reshape(-1)[::-1].reshape(shape),
}  # fmt: skip


@pytest.mark.parametrize("test", LIES)
def test_a_lie_is_caught_and_reproduced(
    test: str, faulty: Any, judged: Any, rerun: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = faulty({test.partition("-")[0]: LIES[test]})
    (result,) = judged(backend, test)
    assert result.verdict == "fail", result.message
    assert rerun(result.reproducer) == 1
    assert result.message in capsys.readouterr().out


def test_a_constraint_declared_to_be_unchecked_is_not_tried(cache: Cache) -> None:
    """It is unsupported there, and never a pass."""
    host = InProcess(NumpyBackend())
    declared = dataclasses.replace(host.capabilities, unchecked=frozenset({"add/C2"}))
    verdicts = {Judge(declared, host.run, cache)(case).verdict for case in refused("add")}
    assert verdicts == {"unsupported"}
    assert {Judge(declared, host.run, cache)(case).verdict for case in refused("less")} == {"pass"}


def test_nothing_is_written_to_a_view_of_no_elements(cache: Cache) -> None:
    """NumPy's broadcast views are read-only, of no elements too."""
    attrs = {"shape": (0, 5)}
    case = Case(get("expand"), "float32", (np.array(1, np.float32),), attrs)
    host = InProcess(NumpyBackend())
    judge = Judge(host.capabilities, host.run, cache)
    found = judge(dataclasses.replace(case, probe=aliasing.WRITE_RESULT))
    assert (found.verdict, found.message) == ("pass", "")


def test_what_is_left_uninitialized_may_hold_what_was_before() -> None:
    assert aliasing.USE_AGAIN in aliasing.probes(get("zeros_like"))
    assert aliasing.USE_AGAIN not in aliasing.probes(get("empty_like"))


def test_a_backend_without_views_may_copy(cache: Cache, faulty: Any) -> None:
    """What always is a view must be one, but where the backend declares that it has none."""
    viewing = dataclasses.replace(get("reshape"), aliases="always")
    tried = cases(Test(viewing, "float32", "aliasing"), 0)
    probe = [c for c in tried if c.probe in (aliasing.WRITE_RESULT, aliasing.WRITE_ARGUMENT)]
    name = faulty({"reshape": lambda x, *, shape: x.reshape(shape).copy()})
    host = InProcess(backend_registry.load(name))
    without = dataclasses.replace(host.capabilities, traits={"views": "no"})
    for declared, verdict in ((host.capabilities, "fail"), (without, "pass")):
        judge = Judge(declared, host.run, cache)
        assert {judge(case).verdict for case in probe} == {verdict}


class PackedOnly(NumpyBackend):
    """A backend whose transfers take row-major memory, as MLX's do."""

    def to_device(self, array: Any) -> Any:
        assert array.flags.c_contiguous
        return super().to_device(array)


@pytest.mark.parametrize("check", checks_of(get("exp"), "float32"))
def test_a_backend_is_given_row_major_arrays(check: str, cache: Cache) -> None:
    """Other layouts are made on the device, of what was transferred."""
    host = InProcess(PackedOnly())
    judge = Judge(host.capabilities, host.run, cache)
    test = Test(get("exp"), "float32", check)
    assert {found.verdict for found in judgements(test, judge, Settings(0, 3))} == {"pass"}


@pytest.mark.parametrize("op", ["take", "gather", "scatter"])
def test_an_axis_that_is_not_there_is_not_looked_along(op: str, cache: Cache) -> None:
    """What a backend declares of indices says nothing of a call that breaks a constraint."""
    host = InProcess(NumpyBackend())
    assert {Judge(host.capabilities, host.run, cache)(case).verdict for case in refused(op)} == {
        "pass"
    }
