"""Running one test: all its cases, the worst of them, its verdict and its reproducer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tensorcts.conformance import checks, shrink
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import GRADIENTS, Test
from tensorcts.conformance.gathering import Gathering
from tensorcts.conformance.hosts import Host
from tensorcts.conformance.judge import Judge, Judgement
from tensorcts.conformance.properties import together
from tensorcts.conformance.reproduce import script, script_together
from tensorcts.reference.registry import BACKWARD
from tensorcts.reports.records import FAILURES, VERDICTS, Result, Verdict
from tensorcts.tolerances import budgets


@dataclass(frozen=True)
class Settings:
    """What a run is made with.

    seed: every case follows from it.
    examples: how many random cases each test draws; less than 0 raises ValueError.
    profile: the tolerance profile to judge by in place of the declared ones; an unknown one raises
        TableError.
    seeds: how many seeds each test is made from, this one and those that follow it. What a backend
        compiles for a shape serves all of them. Less than 1 raises ValueError.
    """

    seed: int
    examples: int
    profile: str | None = None
    seeds: int = 1

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise ValueError(f"seeds is {self.seeds}; a test is made from 1 or more")
        if self.examples < 0:
            raise ValueError(f"examples is {self.examples}; a test draws 0 or more")
        if self.profile is not None:
            budgets.known(self.profile)


class _Tally:
    """The judgements of one test, added up as they come."""

    def __init__(self) -> None:
        self.cases = self.elements = self.vacuous = 0
        self.ulp: float | None = None
        self.z: float | None = None
        self.tightness: float | None = None
        self.gathering = Gathering()
        self.rule = ""
        self.answers = False
        self.unsupported: Counter[str] = Counter()
        self.verdicts: dict[Verdict, int] = {}
        self.first: dict[Verdict, Judgement] = {}
        self.waivers: dict[str, None] = {}
        self.measured: dict[str, str] = {}

    def add(self, judgement: Judgement) -> None:
        self.cases += 1
        self.verdicts[judgement.verdict] = self.verdicts.get(judgement.verdict, 0) + 1
        shown = self.first.setdefault(judgement.verdict, judgement)
        if len(judgement.cause) > len(shown.cause):  # the case that tells more stands for the rest
            self.first[judgement.verdict] = judgement
        if judgement.verdict == "unsupported":
            self.unsupported[judgement.message] += 1
        filled = all(a is None or a.size > 0 for a in judgement.case.arrays)
        self.answers |= filled and judgement.verdict == "pass"
        if judgement.waiver:
            self.waivers[judgement.waiver] = None
        self.measured = together(self.measured, judgement.measured)
        found = judgement.comparison
        self.elements += found.count
        self.vacuous += found.vacuous
        self.rule = judgement.rule or self.rule
        self.ulp = _larger(self.ulp, found.ulp)
        self.z = _larger(self.z, found.z)
        self.tightness = _larger(self.tightness, found.tightness)
        if judgement.evidence is not None and judgement.verdict == "pass":
            self.gathering.add(judgement.case, judgement.evidence)

    @property
    def verdict(self) -> Verdict:
        """The gravest failure; else waived, unsupported, vacuous or pass.

        Arrays without elements pass whatever the tolerance: they make no vacuous test a pass. A
        backend that lacks a kernel may still answer for them: a test is unsupported where some
        case is and none of any size passes. What else it does not support is counted beside a pass.
        """
        for verdict in reversed(VERDICTS):
            if verdict in FAILURES and verdict in self.verdicts:
                return verdict
        for verdict in ("waived", "unavailable"):
            if verdict in self.verdicts:
                return verdict
        if self.unsupported and not self.answers:
            return "unsupported"
        if "pass" not in self.verdicts:
            return "vacuous"
        return "vacuous" if 0 < self.elements == self.vacuous else "pass"


def run_test(test: Test, backend: str, host: Host, judge: Judge, settings: Settings) -> Result:
    """Run all cases of a test on the backend that a host holds."""
    started = time.perf_counter()
    result = Result(backend, test.op.name, test.dtype, test.check, "unsupported")
    reason = host.unsupported(test.op.name, test.dtype)
    if reason is not None:
        result.message = reason
        return result
    if test.check in GRADIENTS:
        result.way = judge.way(test.op.name + BACKWARD)
    tally = _Tally()
    for judgement in judgements(test, judge, settings):
        tally.add(judgement)
    result.verdict = tally.verdict
    result.cases, result.rule = tally.cases, tally.rule
    result.ulp, result.z, result.tightness = tally.ulp, tally.z, tally.tightness
    result.vacuous = tally.vacuous / tally.elements if tally.elements else 0.0
    result.measured = tally.measured
    result.unsupported = dict(tally.unsupported)
    result.waiver = "; ".join(tally.waivers) if result.verdict == "waived" else ""
    shown = tally.first.get(result.verdict)
    if shown is not None and result.verdict != "pass":
        _describe(result, shrink.smallest(shown, judge), settings.profile)
    _add_statistics(result, tally.gathering, settings.profile)
    result.seconds = time.perf_counter() - started
    return result


def _add_statistics(result: Result, gathering: Gathering, profile: str | None) -> None:
    """The figures over all elements; they may fail a test that each element passes."""
    found = gathering.statistics
    if found is None:
        return
    result.gain, result.gain_z = found.gain.value, found.gain.z
    result.bias, result.bias_z = found.bias.value, found.bias.z
    result.ratio = found.ratio.value
    if result.verdict != "pass" or not found.fails:
        return
    cases = [witness.case for witness in gathering.witnesses()]
    result.verdict, result.message = "fail", gathering.message()
    _describe_case(result, cases[0])
    result.reproducer = script_together(cases, result.backend, profile)


def judgements(
    test: Test, judge: Callable[[Case], Judgement], settings: Settings
) -> Iterator[Judgement]:
    """What is made of each case of a test."""
    for seed in range(settings.seed, settings.seed + settings.seeds):
        if test.check != "random":
            yield from map(judge, checks.cases(test, seed))
            continue
        from tensorcts.conformance import randoms

        yield from randoms.judgements_of(test, judge, seed, settings.examples)


def _larger(a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return b if a is None else a
    return max(a, b)


def _describe(result: Result, shown: Judgement, profile: str | None) -> None:
    """What the reader of the record needs to see of the case that is shown."""
    result.message = shown.message
    _describe_case(result, shown.case)
    result.worst = shown.worst
    if result.verdict in FAILURES or result.verdict == "waived":
        result.reproducer = script(shown.case, result.backend, profile)


def _describe_case(result: Result, case: Case) -> None:
    result.shapes = [list(a.shape) if a is not None else [] for a in case.arrays]
    result.attributes = case.attributes
