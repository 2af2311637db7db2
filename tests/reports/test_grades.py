"""Grades: the tightest profile that the measured errors meet, and what stands against the next."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tensorcts.reports import grades, html, terminal
from tensorcts.reports.records import Backend, Record, Result, Run, Verdict, Worst

LIMITS = {"best": 0.5, "good": 2.5, "fair": 4.0}
FAULT = Worst([0], ["x = 1"], "2", "1", 9.0, None, "4 ulp")


def result(op: str, ulp: float | None, verdict: Verdict = "pass", **more: Any) -> Result:
    """A test of the backend alpha in float32, judged by 4 ulp."""
    tightness = None if ulp is None else ulp / 4
    fields: dict[str, Any] = {"rule": "ulp(4)", "tightness": tightness} | more
    return Result("alpha", op, "float32", "random", verdict, 1, ulp=ulp, **fields)


@pytest.fixture
def graded(record: Record) -> Record:
    """The record with limits for three ops, and no results yet."""
    for op in ("add", "gelu", "relu"):
        record.run.ops[op]["limits"] = {"float32": LIMITS}
    record.results = []
    return record


def profiles(record: Record) -> dict[str, str]:
    return {grade.op: grade.profile for grade in grades.of_ops(record)}


@pytest.mark.parametrize(
    ("ulp", "profile"),
    [(0.0, "best"), (0.5, "best"), (0.5000001, "good"), (2.5, "good"), (3.0, "fair")],
)
def test_the_tightest_profile_that_holds_is_the_grade(
    graded: Record, ulp: float, profile: str
) -> None:
    graded.results = [result("add", ulp)]
    assert profiles(graded) == {"add": profile}


def test_the_largest_error_of_all_tests_counts(graded: Record) -> None:
    graded.results = [result("add", 0.3), result("add", 2.6), result("add", None), result("add", 1)]
    assert profiles(graded) == {"add": "fair"}


def test_a_gradient_is_no_measure_of_the_op(graded: Record) -> None:
    gradient = result("add", 90.0, "fail", rule="derived", way="own", worst=FAULT)
    graded.results = [result("add", 0.3), gradient]
    assert profiles(graded) == {"add": "best"}


def test_too_large_an_error_meets_none(graded: Record) -> None:
    graded.results = [result("add", 9.0, "fail", worst=FAULT)]
    assert profiles(graded) == {"add": ""}


def test_an_error_too_large_for_the_profile_judged_by_may_meet_a_looser_one(graded: Record) -> None:
    exact = {"rule": "exact", "tightness": None}
    graded.results = [result("add", 1.0, "fail", worst=FAULT, **exact)]
    assert profiles(graded) == {"add": "good"}


@pytest.mark.parametrize("verdict", ["fail", "waived", "error", "crash", "hang"])
def test_what_fails_by_anything_else_has_no_grade(graded: Record, verdict: Verdict) -> None:
    graded.results = [result("add", 0.5), result("add", 0.1, verdict, worst=FAULT)]
    assert profiles(graded) == {"add": ""}
    assert grades.lines(graded) == ["alpha: float32 none (not fair: add fails, not by precision "
                                    "alone)"]  # fmt: skip


def test_a_failing_test_may_not_have_seen_the_largest_error(graded: Record) -> None:
    exact = {"rule": "exact", "tightness": None}
    graded.results = [result("add", 1.0, "fail", worst=FAULT, **exact), result("gelu", 0.5)]
    assert grades.lines(graded) == [
        "alpha: float32 good at best (not best: add: 1 ulp, allowed 0.5)"
    ]
    assert str(grades.of_ops(graded)[0]).startswith("grade good at best: at most 1 ulp")
    assert grades.summarised(graded, "alpha")["float32"]["at_best"]


def test_what_fails_by_less_than_the_figures_show_is_not_rounded_correctly(graded: Record) -> None:
    """exp(2**-53) is half an ulp and 2**-55 from 1."""
    exact = {"rule": "exact", "tightness": None}
    graded.results = [result("add", 0.5, "fail", worst=FAULT, **exact)]
    assert profiles(graded) == {"add": "good"}


def test_a_waived_error_counts(graded: Record) -> None:
    graded.results = [result("add", 9.0, "waived", worst=FAULT)]
    assert profiles(graded) == {"add": ""}


def test_other_rules_and_ops_without_limits_are_not_graded(graded: Record) -> None:
    graded.results = [
        result("add", 0.5),
        result("add", 7.0, rule="property"),
        result("gelu", 0.5, rule="derived"),
        result("softmax", 0.5, rule="derived"),
        result("less", 0.5, rule="exact"),
    ]
    assert profiles(graded) == {"add": "best"}


def test_a_derived_op_meets_the_profile_judged_by_or_nothing(graded: Record) -> None:
    graded.results = [
        result("softmax", 0.5, rule="derived"),
        result("gelu", 9.0, "fail", rule="derived"),
    ]
    said = grades.texts(graded)
    assert said == {
        ("alpha", "softmax", "float32"): "meets opencl, the profile judged by; derived, so not "
        "graded"
    }


def test_what_is_not_offered_has_no_grade(graded: Record) -> None:
    graded.results = [result("add", None, "unsupported")]
    assert not grades.of_ops(graded)
    assert not grades.lines(graded)


def test_records_without_limits_have_no_grades(record: Record) -> None:
    assert not grades.of_ops(record)
    assert "Precision grade" not in html.render([record])


ERRORS = st.floats(0, 10)


@given(st.lists(ERRORS, min_size=1), ERRORS)
def test_a_further_error_never_makes_a_grade_tighter(errors: list[float], further: float) -> None:
    def place(ulps: list[float]) -> int:
        profile = grades.Grade("alpha", "add", "float32", max(ulps), LIMITS, True, True).profile
        return [*LIMITS, ""].index(profile)

    assert place([*errors, further]) >= place(errors)


@given(st.dictionaries(st.sampled_from(["add", "gelu", "relu"]), ERRORS, min_size=1))
def test_a_backend_is_as_good_as_its_worst_op(errors: dict[str, float]) -> None:
    ops = {op: {"limits": {"float32": LIMITS}} for op in errors}
    run = Run("1", "", 0, 1, "", {}, [Backend("alpha")], ops)
    record = Record(run, [result(op, ulp) for op, ulp in errors.items()], None)
    (found,) = grades.overall(record)
    order = [*LIMITS, ""]
    assert found.profile == max(profiles(record).values(), key=order.index)


def test_a_backend_has_the_grade_that_all_ops_meet(graded: Record) -> None:
    graded.results = [result("add", 0.5), result("gelu", 1.3), result("relu", 2.0)]
    (found,) = grades.overall(graded)
    assert (found.profile, found.graded) == ("good", 3)
    assert found.obstacle == "best: relu: 2 ulp, allowed 0.5"


def test_nothing_stands_against_the_tightest(graded: Record) -> None:
    graded.results = [result("add", 0.5)]
    assert grades.lines(graded) == ["alpha: float32 best"]


def test_half_an_ulp_and_a_little_more_do_not_read_the_same(graded: Record) -> None:
    graded.results = [result("add", 0.500016)]
    assert grades.lines(graded) == [
        "alpha: float32 good (not best: add: 0.500016 ulp, allowed 0.5)"
    ]


def test_grades_are_shown_everywhere(graded: Record) -> None:
    graded.results = [result("add", 0.5), result("gelu", 1.3)]
    console = Console(file=io.StringIO(), width=200)
    terminal.print_summary(graded, console)
    line = "alpha: float32 good (not best: gelu: 1.3 ulp, allowed 0.5)"
    assert f"grade {line}\n" in console.file.getvalue()  # type: ignore[attr-defined]
    page = html.render([graded])
    assert "best: gelu: 1.3 ulp, allowed 0.5" in page
    assert (
        "grade good: at most 1.3 ulp, where the profiles allow best 0.5, good 2.5, fair 4" in page
    )


def test_the_summary_for_programs_is_json(graded: Record) -> None:
    graded.results = [result("add", 0.5), result("gelu", float("inf"), "fail", worst=FAULT)]
    found = grades.summarised(graded, "alpha")
    assert found["float32"]["profile"] is None
    assert found["float32"]["ops"] == {"add": "best", "gelu": None}
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert grades.summarised(graded, "beta") == {}
