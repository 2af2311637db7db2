"""The suite beside its rivals: the same faults and honest backends, on the suite's own cases.

Only cases compare whose values say all: none that must raise, none that write, repeat or measure,
and none for which several results are right as a whole; where anything goes, or an element is right
by a property that the op allows, it does not count. By those rules a state that damages arguments,
a refusal that is not made and numbers that are not random can not be judged: such faults are
counted by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends import registry as backend_registry
from tensorcts.backends.protocol import UnavailableError
from tensorcts.conformance import distributions, oracle, probes
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test
from tensorcts.conformance.execute import Outcome
from tensorcts.conformance.faults.backends import faulty, without
from tensorcts.conformance.faults.registry import Fault, named
from tensorcts.conformance.faults.rivals import RIVALS
from tensorcts.conformance.faults.selftest import Place, attempt, opened, tests_of
from tensorcts.conformance.gathering import Gathering
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge, Judgement
from tensorcts.conformance.oracle import Expected
from tensorcts.conformance.runner import Settings, judgements
from tensorcts.conformance.session import all_waivers
from tensorcts.reference import dtypes
from tensorcts.reference.registry import get
from tensorcts.reports.records import FAILURES

OURS = "TensorCTS"
RULES = (OURS, *(rival.name for rival in RIVALS))

CHECKS = frozenset({"special_values", "shapes", "layouts", "probes", "random", "gradient"})
"""The checks whose cases compare values."""

Rejecting = Callable[[Case], frozenset[str] | None]
"""The rules that reject what a backend gives for a case, None where values don't say all."""


@dataclass(frozen=True)
class Caught:
    """The rules that caught a fault by the values of its results.

    suite: whether the suite caught it, by whatever check.
    """

    fault: str
    rules: frozenset[str]
    suite: bool


@dataclass(frozen=True)
class Alarms:
    """How many cases of an honest backend's test each rule rejects.

    waived: whether the test has a known defect of the backend's, and is left out.
    """

    backend: str
    cases: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    waived: bool = False


@dataclass
class Panel:
    """All rules on the cases of one test.

    enough: the rules that need not be asked any more.
    """

    rejecting: Rejecting
    enough: frozenset[str] = frozenset()
    cases: int = 0
    rejected: dict[str, int] = field(default_factory=dict)

    def __call__(self, case: Case) -> Judgement:
        """Count who rejects the case; to who draws the cases each is a pass."""
        rules = None if self.enough.union(self.rejected) >= set(RULES) else self.rejecting(case)
        if rules is not None:
            self.cases += 1
            for rule in rules:
                self.rejected[rule] = self.rejected.get(rule, 0) + 1
        return Judgement(case, "pass")


@dataclass
class Values:
    """The rules on the values of one backend's results; ours adds up what the elements tell."""

    host: InProcess
    cache: Cache
    gathering: Gathering = field(default_factory=Gathering)

    def __call__(self, case: Case) -> frozenset[str] | None:
        """Who rejects what the backend gives for the case."""
        judge = Judge(self.host.capabilities, self.host.run, self.cache, way=self.host.way)
        if not _comparable(case, judge):
            return None
        outcome, expected = _results(self.host.run(case)), judge.expected(case)
        several = any(each.alternatives for each in expected)
        if several or outcome.verdict in ("unsupported", "unavailable"):
            return None
        ours = judge.judge(case, outcome)
        if ours.verdict == "pass" and ours.evidence is not None:
            self.gathering.add(case, ours.evidence)
        rejecting = _rivals(outcome, _opened(case, judge, expected, outcome))
        return rejecting | ({OURS} if ours.verdict in FAILURES else frozenset())

    @property
    def biased(self) -> bool:
        """Whether ours rejects what the elements have in common."""
        found = self.gathering.statistics
        return found is not None and found.fails


def _results(outcome: Outcome) -> Outcome:
    """The outcome without what shows in an argument alone."""
    return replace(outcome, verdict=None) if outcome.verdict == "fail" else outcome


def _comparable(case: Case, judge: Judge) -> bool:
    """Whether a comparison of values is all that the case asks for."""
    asked = not case.refused and case.probe in ("", *probes.EXACT)
    answered = oracle.must_raise(case, judge.capabilities.traits) is None
    return (
        asked
        and answered
        and case.op.family != distributions.FAMILY
        and not probes.beyond(case, judge.model(case))
    )


def _opened(
    case: Case, judge: Judge, expected: tuple[Expected, ...], outcome: Outcome
) -> tuple[Expected, ...]:
    """What is expected, free where a result is right by a property that the op allows."""
    if len(outcome.outputs) != len(expected):
        return expected
    admitted = oracle.admitted(case, judge.capabilities.traits, expected, outcome.outputs)
    return tuple(map(_freer, expected, admitted))


def _freer(expected: Expected, right: NDArray[np.bool_] | None) -> Expected:
    if right is None or expected.free is None:
        return expected if right is None else replace(expected, free=right)
    return replace(expected, free=expected.free | right)


def _rivals(outcome: Outcome, expected: tuple[Expected, ...]) -> frozenset[str]:
    """The rivals that reject the outputs; an error fails any test."""
    if len(outcome.outputs) != len(expected):
        return frozenset(rival.name for rival in RIVALS)
    pairs = [_judged(got, each) for got, each in zip(outcome.outputs, expected, strict=True)]
    return frozenset(
        rival.name for rival in RIVALS if not all(rival.accepts(*pair) for pair in pairs)
    )


def _judged(got: NDArray[Any], expected: Expected) -> tuple[NDArray[Any], NDArray[Any]]:
    """The result and what is expected; the same where anything goes, or ours has no bound."""
    wanted = dtypes.round_once(expected.hi, expected.lo, expected.dtype)
    if (got.shape, got.dtype) != (wanted.shape, wanted.dtype):
        return got, wanted
    anything = np.zeros(got.shape, bool) if expected.free is None else expected.free
    if expected.sigma is not None:
        anything = anything | ~np.isfinite(expected.sigma)
    return np.where(anything, wanted, got), wanted


def try_fault(settings: Settings, folder: Path | None, name: str) -> Caught:
    """Who catches a fault; a case that a rule rejects of the honest backend too does not count."""
    fault, caught = named(name), frozenset[str]()
    for test in _of_values(fault):
        wrong = Values(InProcess(faulty(fault)), opened(folder))
        right = Values(InProcess(without(fault)), opened(folder))
        panel = Panel(_beside(wrong, right), caught)
        _run(test, panel, settings)
        caught |= frozenset(panel.rejected) | ({OURS} if wrong.biased else frozenset())
    suite = OURS in caught or attempt(fault, settings, folder).caught
    return Caught(name, caught, suite)


def try_backend(settings: Settings, folder: Path | None, item: tuple[str, Place]) -> Alarms:
    """Who raises an alarm on an honest backend, in the test of a place."""
    backend, (op, dtype, check) = item
    test, host = Test(get(op), dtype, check), _host(backend)
    if any(waiver.speaks_of(backend, test.id) for waiver in all_waivers([backend], ())):
        return Alarms(backend, waived=True)
    if host.unsupported(op, dtype) is not None:
        return Alarms(backend)
    values = Values(host, opened(folder))
    panel = Panel(values)
    _run(test, panel, settings)
    if values.biased:
        panel.rejected[OURS] = panel.rejected.get(OURS, 0) + 1
    return Alarms(backend, panel.cases, panel.rejected)


def places_of(fault: Fault) -> list[Place]:
    """The tests of a fault in which values are compared."""
    return [(test.op.name, test.dtype, test.check) for test in _of_values(fault)]


def backends_here() -> list[str]:
    """The backends that can run on this machine."""
    return [name for name in sorted(backend_registry.registered()) if _runs(name)]


def _runs(name: str) -> bool:
    try:
        backend_registry.load(name)
    except UnavailableError:
        return False
    return True


@cache
def _host(name: str) -> InProcess:
    return InProcess(backend_registry.load(name))


def _of_values(fault: Fault) -> list[Test]:
    return [test for test in tests_of(fault) if test.check in CHECKS]


def _beside(wrong: Rejecting, right: Rejecting) -> Rejecting:
    """Who rejects the one and not the other."""

    def rejecting(case: Case) -> frozenset[str] | None:
        rules = wrong(case)
        return rules - (right(case) or frozenset()) if rules else rules

    return rejecting


def _run(test: Test, panel: Panel, settings: Settings) -> None:
    for _ in judgements(test, panel, settings):
        pass
