"""Sums never flatter: rates round down, skips are no passes, NaN is the farthest of all."""

from __future__ import annotations

import math

import pytest

from tensorcts.reports import totals
from tensorcts.reports.records import FAILURES, VERDICTS, Record, Result


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "none"), (0, 3, "0.0 %"), (9999, 10000, "99.9 %"), (3, 3, "100.0 %"), (1, 3, "33.3 %")],
)
def test_only_the_whole_reads_as_the_whole(part: int, whole: int, text: str) -> None:
    assert totals.percent(part, whole) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.0, "0"),
        (0.87312, "0.873"),
        (17.42, "17.4"),
        (3412.0, "3,410"),
        (2.3e6, "2.3e6"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_numbers_have_three_digits(value: float | None, text: str) -> None:
    assert totals.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(1.84, "1.8 s"), (83.2, "1 min 23 s"), (7384, "2 h 3 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert totals.duration(seconds) == text


def test_only_a_pass_is_passed_and_what_is_not_offered_is_not_judged() -> None:
    sums = totals.totals((Result("b", v, "float32", "values", v) for v in VERDICTS), ops=20)
    assert sums.passed == 1
    assert sums.judged == len(VERDICTS) - 2
    assert sums.failed == len(FAILURES)
    assert (sums.offered, sums.ops) == (len(VERDICTS) - 2, 20)


def test_groups_come_worst_first(record: Record) -> None:
    groups = totals.failures(record)
    assert [g.worst.verdict for g in groups][:2] == ["hang", "crash"]
    fails = [Result("b", f"op{z}", "float32", "values", "fail", z=z) for z in (1.0, math.nan, 9.0)]
    record.results = fails
    assert [g.op for g in totals.failures(record)] == ["opnan", "op9.0", "op1.0"]


def test_the_shrunk_case_does_not_hide_a_worse_one(record: Record) -> None:
    group = next(g for g in totals.failures(record) if g.op == "gelu")
    assert "in other cases" not in totals.explain(group)
    group.worst.ulp = 1e9
    assert totals.explain(group).endswith("up to 1e9 ulp in other cases")


def test_what_is_unsupported_stands_under_its_reason(record: Record) -> None:
    record.results.append(
        Result("beta", "spare", "float32", "values", "unsupported", message="beta has no spare")
    )
    many, one = totals.lacks(record)
    assert (many.backend, many.reason) == ("beta", "they cost too much")
    assert many.listed == "gelu, relu, add, softmax, less in float64"
    assert (one.reason, one.listed) == ("no reason given", "spare in float32")


def test_cases_left_out_of_a_pass_are_counted_under_their_reason(record: Record) -> None:
    for dtype, cases in (("float32", 2), ("int32", 3)):
        reasons = {"beta has no views: none of numbers": cases, "C1 is declared to be unchecked": 1}
        record.results.append(
            Result("beta", "spare", dtype, "values", "pass", 25, unsupported=reasons)
        )
    whole, views, unchecked = totals.lacks(record)
    assert whole.cases == 0
    assert (views.reason, views.cases) == ("none of numbers", 5)
    assert (unchecked.listed, unchecked.cases) == ("spare in float32, int32", 2)
    assert totals.left_out(record, "beta") == (7, 2)
    assert totals.left_out(record, "alpha") == (0, 0)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("beta has no gelu: it: is slow", "it: is slow"),
        ("beta has no gelu", "no reason given"),
        ("torch: no kernel", "torch: no kernel"),
        ("C1 is declared to be unchecked", "C1 is declared to be unchecked"),
    ],
)
def test_a_reason_is_what_follows_the_lack(message: str, reason: str) -> None:
    assert totals.reason_in(message, "beta") == reason
