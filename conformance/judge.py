"""Judging one case: run it, compare every output with its truth, name the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance import (
    aliasing,
    calling,
    causes,
    distributions,
    oracle,
    probes,
    properties,
    statistics,
)
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case, describe_array, element
from tensorcts.conformance.compare import Comparison, compare, without_subnormals
from tensorcts.conformance.execute import Executor, Outcome
from tensorcts.conformance.oracle import Expected, expect, must_raise
from tensorcts.conformance.statistics import Evidence
from tensorcts.reference import dtypes
from tensorcts.reports.records import FAILURES, STEPWISE, Verdict, Way, Worst
from tensorcts.tolerances.model import NoiseModel

_FLUSHING = {
    "float32": "flush_subnormals",
    "bfloat16": "flush_subnormals",
    "float64": "flush_subnormals_float64",
}
"""The trait that says what becomes of subnormals in a dtype; of float16 nobody flushes them."""


def held_to(capabilities: Capabilities, profile: str | None) -> Capabilities:
    """The capabilities, with another tolerance profile where one is given."""
    return capabilities if profile is None else replace(capabilities, profile=profile)


@dataclass(frozen=True)
class Judgement:
    """The verdict on one case, with the comparison of its worst output.

    cause: what the errors of a failing case have in common, where that is known.
    evidence: what its elements add up to, where that says something.
    """

    case: Case
    verdict: Verdict
    message: str = ""
    rule: str = ""
    comparison: Comparison = field(default_factory=lambda: Comparison("pass"))
    waiver: str = ""
    measured: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""
    evidence: Evidence | None = None

    @property
    def worst(self) -> Worst | None:
        """The worst element, for the record."""
        found = self.comparison
        if found.index is None:
            return None
        inputs = [element(array, found.index) for array in self.case.arrays]
        return Worst(
            list(found.index), inputs, found.got, found.truth, found.ulp, found.z, found.allowed
        )


@dataclass(frozen=True)
class Judge:
    """Judges cases of a backend with the capabilities given; ``run`` executes them there.

    waived: why a case may fail, empty where it may not.
    way: how the backend comes to the gradient of the name given.
    """

    capabilities: Capabilities
    run: Executor
    cache: Cache
    waived: Callable[[Case], str] = lambda case: ""
    way: Callable[[str], Way] = lambda op: ""

    def model(self, case: Case) -> NoiseModel:
        """The rounding errors that the backend admits to in this op and dtype."""
        declared = self.capabilities
        pair, way = f"{case.op.name}/{case.dtype}", self.way(case.op.name)
        return NoiseModel.of(
            case.dtype,
            profile=declared.profile,
            correctly_rounded=_claimed(declared.correctly_rounded, case.dtype),
            accumulator=calling.accumulator(declared.accumulator, case, way),
            own=calling.own_accumulators(declared.accumulator, case, way),
            stored=pair in declared.intermediates or way in STEPWISE,
            flush=self._flush(case) != "no",
            backward=pair in declared.backward_stable,
            operand_bits=declared.operand_bits.get(pair, declared.operand_bits.get(case.dtype)),
            truncating=declared.traits.get("accumulation_rounding") != "nearest",
        )

    def expected(self, case: Case) -> tuple[Expected, ...]:
        """The truths of the case and their tolerances."""
        return expect(case, self.model(case), self.capabilities.traits, self.cache)

    def __call__(self, case: Case) -> Judgement:
        """Run the case and judge what comes back."""
        broken = case.refused.partition(":")[0] or must_raise(case, self.capabilities.traits)
        if f"{case.op.name}/{broken}" in self.capabilities.unchecked:
            message = f"{broken} is declared to be unchecked"
            return Judgement(case, "unsupported", message)
        if reason := probes.beyond(case, self.model(case)):
            return Judgement(case, "vacuous", reason)
        found = self.judge(case, self.run(case))
        waiver = self.waived(case) if found.verdict in FAILURES else ""
        return replace(found, verdict="waived", waiver=waiver) if waiver else found

    def judge(self, case: Case, outcome: Outcome) -> Judgement:
        """Judge what came back for a case."""
        if case.probe in properties.READERS and outcome.verdict is None:
            return self._measured(case, outcome.outputs)
        if case.probe in properties.OPTIONS and outcome.verdict in (None, "error"):
            return self._option_taken(case, outcome)
        if case.refused and not oracle.answers_breach(case, self.capabilities.traits):
            return _refusal(case, outcome)
        if case.probe not in aliasing.PROBES and self._is_random(case):
            return _random(case, outcome)
        refused = must_raise(case, self.capabilities.traits)
        if refused is not None and outcome.verdict in (None, "error"):
            raised = outcome.verdict == "error"
            message = "" if raised else f"no error was raised, as {refused} = raises declares"
            return Judgement(case, "pass" if raised else "fail", message)
        if case.probe in aliasing.PROBES:
            return self._probed(case, outcome)
        if outcome.verdict is not None:
            return Judgement(case, outcome.verdict, outcome.message)
        expected = self.expected(case)
        rule = str(expected[0].rule) if expected else ""
        if len(outcome.outputs) != len(expected):
            message = f"{len(outcome.outputs)} outputs came back, not {len(expected)}"
            return Judgement(case, "fail", message, rule)
        flush = self._flush(case)
        zeroed = _zeroed(case) if flush == "all" else None
        flushed = None if zeroed is None else self.expected(zeroed)
        if flushed is not None and _shapes(flushed) != _shapes(expected):
            zeros = _shapes(flushed) == [output.shape for output in outcome.outputs]
            expected, flushed = (flushed, flushed) if zeros else (expected, None)
        masks = oracle.admitted(case, self.capabilities.traits, expected, outcome.outputs)
        worst = _worst(case, outcome.outputs, expected, flushed, masks, flush)
        if worst.outcome == "fail" and any(each.sigma is not None for each in expected):
            surer = self._surer(case, expected)
            also = None if zeroed is None or flushed is None else self._surer(zeroed, flushed)
            worst = _worst(case, outcome.outputs, surer, also, masks, flush)
        one_truth = flushed is None and all(mask is None for mask in masks)
        pairs = zip(outcome.outputs, expected, strict=True)
        evidence = statistics.of_outputs(pairs) if one_truth else None
        cause = causes.of_case(case, evidence) if evidence and worst.outcome == "fail" else ""
        message = "; ".join(filter(None, (worst.message, cause)))
        return Judgement(case, worst.outcome, message, rule, worst, cause=cause, evidence=evidence)

    def _probed(self, case: Case, outcome: Outcome) -> Judgement:
        """Whether what came after the call showed where it must, and nowhere else.

        A result that can't be written to is as good as one whose memory is its own; elements that
        share their memory must not be written.
        """
        if case.probe in aliasing.FURTHER_CALLS:
            return _called_further(case, outcome)
        views = self.capabilities.traits.get("views", "yes") != "no"
        own = case.op.aliases != "always" or not views
        writes_result = case.probe == aliasing.WRITE_RESULT
        shared = writes_result and aliasing.overlaps(case)
        if outcome.verdict == "error" and (shared or own):
            return Judgement(case, "pass")
        if outcome.verdict is not None:
            return Judgement(case, outcome.verdict, outcome.message)
        if shared and not own:
            return Judgement(case, "fail", "elements that share their memory could be written")
        if shared:
            return Judgement(case, "pass")
        written, before, after = outcome.outputs
        message = aliasing.fault(case, written, before, after, views=views)
        return Judgement(case, "fail" if message else "pass", message)

    def _measured(self, case: Case, outputs: tuple[NDArray[Any], ...]) -> Judgement:
        """What a probe measured, and whether it refutes what is declared."""
        traits = self.capabilities.traits
        expected = partial(expect, case, traits=traits, cache=self.cache)
        own = self.model(case), self._flush(case), expected
        declared = properties.Declared(case, self.capabilities, *own)
        try:
            found = properties.READERS[case.probe](declared, outputs)
        except (IndexError, ValueError, TypeError) as error:
            return Judgement(case, "fail", f"nothing to be measured came back: {error}")
        return _of_reading(case, found)

    def _option_taken(self, case: Case, outcome: Outcome) -> Judgement:
        """Which option of a choice the outcome keeps to, and whether that is the one declared."""

        def fits(traits: Mapping[str, str]) -> bool:
            other = replace(self, capabilities=replace(self.capabilities, traits=traits))
            verdict = other.judge(replace(case, probe=""), outcome).verdict
            return verdict in ("pass", "vacuous")

        return _of_reading(case, properties.option(case, self.capabilities.traits, fits))

    def _surer(self, case: Case, expected: tuple[Expected, ...]) -> tuple[Expected, ...]:
        return oracle.surer(case, self.model(case), self.capabilities.traits, expected)

    def _is_random(self, case: Case) -> bool:
        """Whether only the distribution of the results is known."""
        generator = self.capabilities.traits.get("random_generator")
        drawn = case.op.family == distributions.FAMILY
        return drawn and (case.probe != "" or generator != distributions.PHILOX)

    def _flush(self, case: Case) -> str:
        """What the backend declares to make of subnormals in the case's dtype."""
        trait = _FLUSHING.get(dtypes.component(case.dtype), "")
        return self.capabilities.traits.get(trait, "no")


def _of_reading(case: Case, found: properties.Reading) -> Judgement:
    verdict: Verdict = "property-mismatch" if found.refuted else "pass"
    message = "; ".join(found.refuted)
    return Judgement(case, verdict, message, "property", measured=found.measured)


def _called_further(case: Case, outcome: Outcome) -> Judgement:
    if outcome.verdict is not None:
        return Judgement(case, outcome.verdict, outcome.message)
    message = aliasing.mixed_up(case.probe, outcome.outputs)
    return Judgement(case, "fail" if message else "pass", message)


def _zeroed(case: Case) -> Case | None:
    """The case with zeros for subnormal inputs, where there are any."""
    arrays = tuple(None if a is None else without_subnormals(a) for a in case.arrays)
    same = all(a is b for a, b in zip(arrays, case.arrays, strict=True))
    return None if same else replace(case, arrays=arrays)


def _shapes(expected: tuple[Expected, ...]) -> list[tuple[int, ...]]:
    """The shapes of the truths, which hang on the values in ``unique_values`` and ``nonzero``."""
    return [each.hi.shape for each in expected]


def _refusal(case: Case, outcome: Outcome) -> Judgement:
    """A call with bad arguments must raise, whatever the error."""
    if outcome.verdict in ("error", "unsupported"):
        return Judgement(case, "pass")
    if outcome.outputs:
        came = ", ".join(describe_array(output) for output in outcome.outputs)
        return Judgement(case, "fail", f"{case.refused}: {came} came back instead of an error")
    return Judgement(case, outcome.verdict or "fail", outcome.message)


def _random(case: Case, outcome: Outcome) -> Judgement:
    if outcome.verdict is not None:
        return Judgement(case, outcome.verdict, outcome.message)
    message = distributions.fault(case, outcome.outputs)
    return Judgement(case, "fail" if message else "pass", message, "distribution")


def _claimed(claims: frozenset[str], dtype: str) -> frozenset[str]:
    """The primitives that are claimed to be correctly rounded, in every dtype or in this one."""
    pairs = (claim.partition("/") for claim in claims)
    return frozenset(name for name, _, only in pairs if only in ("", dtype))


def _worst(
    case: Case,
    outputs: tuple[NDArray[Any], ...],
    expected: tuple[Expected, ...],
    flushed: tuple[Expected, ...] | None,
    admitted: tuple[NDArray[np.bool_] | None, ...],
    flush: str,
) -> Comparison:
    """The comparison of the worst output."""
    others = flushed or [None] * len(expected)
    each = zip(outputs, expected, others, admitted, strict=True)
    comparisons = (
        compare(got, wanted, zero_sign=case.op.zero_sign, flush=flush, flushed=also, admitted=mask)
        for got, wanted, also, mask in each
    )
    return max(comparisons, key=_severity, default=Comparison("pass"))


def _severity(comparison: Comparison) -> tuple[int, float]:
    order = {"pass": 0, "vacuous": 1, "fail": 2}
    return order[comparison.outcome], comparison.z or comparison.ulp or 0.0
