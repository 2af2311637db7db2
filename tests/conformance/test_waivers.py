"""Waivers: bad files are refused by name, stale ones are reported, expired ones don't hold."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from tensorcts.conformance import waivers
from tensorcts.conformance.waivers import Waiver, WaiverError
from tensorcts.reports.records import Result

ENTRY = 'cases = "exp-*"\nreason = "known"\nlink = "https://example.org/1"\nexpires = 2999-12-31\n'
GOOD = f"[[waiver]]\n{ENTRY}"
TODAY = datetime.date.today()
DAY = datetime.timedelta(days=1)


def waiver(cases: str = "exp-float32-*", expires: datetime.date = TODAY, **more: Any) -> Waiver:
    return Waiver(cases, "known", "https://example.org/1", expires, **more)


def result(
    test: str = "exp-float32-random", verdict: Any = "fail", backend: str = "mine"
) -> Result:
    return Result(backend, *test.split("-"), verdict)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text(GOOD + 'backend = "mine"\n\n' + GOOD)
    first, second = waivers.read(path)
    assert (first.cases, first.reason, first.backend) == ("exp-*", "known", "mine")
    assert (second.backend, second.expires) == ("", datetime.date(2999, 12, 31))


def test_an_empty_file_waives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text("")
    assert waivers.read(path) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[waiver", "can't read"),
        ("cases = 'x'\n", r"\[\[waiver\]\] tables and nothing else"),
        ("[waiver]\n" + ENTRY, r"\[\[waiver\]\] tables and nothing else"),
        ("[[waivers]]\n" + ENTRY, r"\[\[waiver\]\] tables and nothing else"),
        ('waiver = ["exp-*"]\n', r"waiver"),
        (GOOD.replace('cases = "exp-*"\n', ""), "waiver 1: cases is missing"),
        (GOOD.replace('reason = "known"\n', ""), "waiver 1: reason is missing"),
        (GOOD.replace('link = "https://example.org/1"\n', ""), "waiver 1: link is missing"),
        (GOOD.replace("expires = 2999-12-31\n", ""), "waiver 1: expires is missing"),
        (GOOD.replace('"known"', '""'), "waiver 1: reason is ''"),
        (GOOD.replace("2999-12-31", '"2999-12-31"'), "waiver 1: expires is '2999-12-31'"),
        (GOOD.replace("2999-12-31", "2999-12-31T00:00:00"), "waiver 1: expires is"),
        (GOOD.replace('"exp-*"', "3"), "waiver 1: cases is 3"),
        (GOOD + GOOD.replace("reason", "raeson"), "waiver 2: unknown key 'raeson'"),
        (GOOD + 'devices = "cpu"\n', "waiver 1: devices is 'cpu'"),
        (GOOD + "devices = [1]\n", "waiver 1: devices is"),
    ],
)
def test_each_mistake_is_named_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text(text)
    with pytest.raises(WaiverError, match=says) as refused:
        waivers.read(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_bytes(b"\xff")]
)
def test_a_file_that_can_not_be_read_is_refused(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "waivers.toml"
    make(path)
    with pytest.raises(WaiverError, match="can't read the waivers in"):
        waivers.read(path)


def test_a_failure_is_waived_with_reason_and_link() -> None:
    for verdict in ("fail", "error", "crash", "hang", "property-mismatch"):
        found = result(verdict=verdict)
        waivers.apply([waiver()], found)
        assert (found.verdict, found.waiver) == ("waived", "known (https://example.org/1)")


@pytest.mark.parametrize("verdict", ["pass", "unsupported", "vacuous", "unavailable"])
def test_what_does_not_fail_is_not_waived(verdict: str) -> None:
    found = result(verdict=verdict)
    waivers.apply([waiver()], found)
    assert (found.verdict, found.waiver) == (verdict, "")


@pytest.mark.parametrize(
    ("cases", "test", "matches"),
    [
        ("exp-float32-*", "exp-float32-random", True),
        ("exp-*", "exp-float16-layouts", True),
        ("exp-*", "expm1-float32-random", False),
        ("*-float32-random", "exp-float32-random", True),
        ("exp-float32", "exp-float32-random", False),
        ("Exp-float32-*", "exp-float32-random", False),
    ],
)
def test_patterns_match_whole_ids(cases: str, test: str, matches: bool) -> None:
    assert waiver(cases).matches(result(test)) is matches


def test_a_waiver_may_speak_of_one_backend_or_device() -> None:
    assert waiver(backend="mine").matches(result(backend="mine"))
    assert waiver(backend="mine").matches(result(backend="mine:gpu"))
    assert not waiver(backend="mine").matches(result(backend="other"))
    assert waiver(devices=["gpu"]).matches(result(backend="mine:gpu"))
    assert not waiver(devices=["gpu"]).matches(result(backend="mine"))
    assert waiver(devices=["default"]).matches(result(backend="mine"))


def test_a_waiver_holds_to_the_end_of_its_day_and_no_longer() -> None:
    today, yesterday = result(), result()
    waivers.apply([waiver(expires=TODAY)], today)
    waivers.apply([waiver(expires=TODAY - DAY)], yesterday)
    assert today.verdict == "waived"
    assert yesterday.verdict == "fail"
    assert f"its waiver expired on {TODAY - DAY}" in yesterday.message


TESTS = ("sin-int8-a", "exp-float32-0", "exp-float32-1")


def complaints(*verdicts: str, known: tuple[str, ...] = TESTS, **more: Any) -> list[str]:
    held = [waiver(**more)]
    seen = [result(f"exp-float32-{n}", v) for n, v in enumerate(verdicts)] + [result("sin-int8-a")]
    for one in seen:
        waivers.apply(held, one)
    return waivers.complaints(held, seen, known)


def test_a_stale_waiver_is_reported() -> None:
    assert complaints("fail", "pass") == []
    assert complaints("pass", "pass") == ["the waiver 'exp-float32-*' is not needed: 2 tests pass"]
    assert complaints("pass", "pass", sometimes=True) == []


def test_a_waiver_is_not_stale_while_some_of_its_tests_have_not_run() -> None:
    assert complaints("pass") == []
    assert complaints() == []


def test_a_waiver_that_matches_no_test_is_reported_whatever_ran() -> None:
    assert complaints(known=TESTS[:1]) == ["the waiver 'exp-float32-*' matches no test"]


def test_a_waiver_of_another_backend_or_device_is_no_news() -> None:
    assert complaints("pass", "pass", devices=["gpu"]) == []
    assert complaints("pass", "pass", backend="other") == []


def test_what_could_not_run_says_nothing_about_a_waiver() -> None:
    assert complaints("unsupported", "pass") == []


def test_the_shipped_waivers_can_be_read_and_have_not_expired() -> None:
    folder = Path(waivers.__file__).parents[1] / "tolerances" / "waivers"
    names = [path.stem for path in folder.glob("*.toml")]
    held = [w for name in names for w in waivers.shipped(name)]
    assert {w.backend for w in held} == set(names)
    assert [w.cases for w in held if w.expired] == []
    assert waivers.shipped("none-such") == []
