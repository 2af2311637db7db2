"""Our definitions against array_api_strict, an independent reading of the Array API 2024.12.

array_api_strict answers as a backend does and is judged by the definitions: values, shapes, result
dtypes and errors, on samples of the suite's own samplers. It computes by NumPy, so the waivers of
NumPy's defects hold for it; every other difference stands in ``differences.py`` with its reason.
That the definitions raise on bad arguments too is tested in ``tests/conformance/test_calls.py``.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from itertools import product
from typing import Any

import numpy as np
import pytest

xp = pytest.importorskip("array_api_strict")

from tensorcts.conformance import checks, waivers  # noqa: E402
from tensorcts.conformance.cache import Cache  # noqa: E402
from tensorcts.conformance.cases import Case  # noqa: E402
from tensorcts.conformance.checks import Test, usual_dtype  # noqa: E402
from tensorcts.conformance.execute import execute  # noqa: E402
from tensorcts.conformance.judge import Judge, Judgement  # noqa: E402
from tensorcts.reference.promotions import REFUSED, answer  # noqa: E402
from tensorcts.reference.registry import Op, get  # noqa: E402
from tensorcts.reports.records import FAILURES  # noqa: E402

from . import adapter  # noqa: E402
from .calls import DTYPES, NAMES  # noqa: E402
from .differences import CHOSEN, DIFFERENCES, WIDER, Difference  # noqa: E402
from .standard import Standard  # noqa: E402

SHAPES = ((), (3, 0), (4,), (2, 3), (3, 3), (3, 1, 2, 2))
CHECKED = ("special_values", "bad_arguments")


@pytest.fixture(autouse=True, scope="module")
def _version() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        xp.set_array_api_strict_flags(api_version="2024.12")
        yield
        xp.reset_array_api_strict_flags()


@cache
def judge_of(namespace: Any, op: str, dtype: str) -> Judge:
    backend = Standard(namespace, CHOSEN if namespace is xp else {})
    test = f"{op}-{dtype}-special_values"
    known = [w for w in waivers.shipped("numpy") if w.speaks_of("numpy", test)]
    waived = partial(waivers.reason, known)
    return Judge(backend.capabilities, partial(execute, backend), Cache(None), waived)


def cases(op: Op) -> Iterator[Case]:
    for dtype in (d for d in op.dtypes if d in DTYPES):
        for check in set(CHECKED) & set(checks.checks_of(op, dtype)):
            yield from checks.cases(Test(op, dtype, check), 0)
        yield from (checks.curated(Test(op, dtype, "shapes"), shape) for shape in SHAPES)


@cache
def judgements(name: str) -> list[Judgement]:
    """What is said of array_api_strict's answers, but for calls that the standard does not have."""
    found = []
    for case in cases(get(name)):
        judge = judge_of(xp, name, case.dtype)
        outcome = judge.run(case)
        found += [judge.judge(case, outcome)] if outcome.verdict != "unsupported" else []
    return found


def failures(name: str) -> list[Judgement]:
    failed = [one for one in judgements(name) if one.verdict in FAILURES]
    return [one for one in failed if not judge_of(xp, name, one.case.dtype).waived(one.case)]


@pytest.mark.parametrize("name", NAMES)
def test_both_agree_but_for_what_is_named(name: str) -> None:
    assert any(one.verdict == "pass" and not one.case.refused for one in judgements(name))
    new = [one for one in failures(name) if not any(d.concerns(one) for d in DIFFERENCES)]
    assert [f"{one.case.describe()}: {one.message}" for one in new] == []


@pytest.mark.parametrize(
    ("name", "difference"),
    [
        pytest.param(name, d, marks=pytest.mark.xfail(reason=d.reason, raises=AssertionError))
        for d in DIFFERENCES
        for name in d.ops.split()
    ],
    ids=lambda value: value.message if isinstance(value, Difference) else value,
)
def test_a_named_difference_is_one(name: str, difference: Difference) -> None:
    assert not any(difference.concerns(one) for one in failures(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_dtypes_are_the_standard_s(name: str) -> None:
    """A dtype that ours lacks is refused there too, with TypeError, or stands in ``WIDER``."""
    op = get(name)
    case = checks.curated(Test(op, usual_dtype(op), "shapes"), (3, 3))
    taken = {d for d in DTYPES if d not in op.dtypes and accepts(case, d)}
    assert taken == set(WIDER.get(name, ("", ""))[0].split())


def accepts(case: Case, dtype: str) -> bool:
    """Whether array_api_strict has the op in the dtype, whatever it says of the values."""
    arrays = [
        np.abs(a).astype(dtype) if a is not None and a.dtype == case.dtype else a
        for a in case.arrays
    ]
    attrs = case.attrs | ({"dtype": dtype} if "dtype" in case.attrs else {})
    outcome = execute(Standard(xp, {}), replace(case, arrays=tuple(arrays), attrs=attrs))
    return not outcome.message.startswith("TypeError")


@pytest.mark.parametrize(("a", "b"), [*product(DTYPES, repeat=2)])
def test_promotion(a: str, b: str) -> None:
    """Array_api_strict's kinds do not mix either."""
    try:
        theirs = str(np.dtype(xp.result_type(getattr(xp, a), getattr(xp, b))._np_dtype))
    except TypeError:
        theirs = REFUSED
    assert answer(a, b) == theirs


def functions(namespace: Any) -> dict[str, Any]:
    return {n: f for n, f in vars(namespace).items() if n in NAMES and inspect.isfunction(f)}


@pytest.mark.parametrize("space", [adapter, adapter.linalg], ids=["main", "linalg"])
def test_the_adapter_has_the_standard_s_signatures(space: Any) -> None:
    theirs = functions(xp if space is adapter else xp.linalg)
    for name, function in functions(space).items():
        assert parameters(function) == parameters(theirs[name]), name


def parameters(function: Any) -> list[Any]:
    """Names, but for positional-only ones, kinds and defaults; a device is each library's own."""
    given = [p for p in inspect.signature(function).parameters.values() if p.name != "device"]
    return [(p.name if p.kind != p.POSITIONAL_ONLY else "", p.kind, p.default) for p in given]


@pytest.mark.parametrize("name", NAMES)
def test_the_adapter_gives_what_the_definition_does(name: str) -> None:
    op = get(name)
    dtype = next(d for d in ("float32", *op.dtypes) if d in op.dtypes and d in DTYPES)
    judge = judge_of(adapter, name, dtype)
    found = [judge(checks.curated(Test(op, dtype, "shapes"), shape)) for shape in SHAPES]
    assert {one.verdict for one in found} <= {"pass", "vacuous", "unsupported"}
    assert any(one.verdict != "unsupported" for one in found)
