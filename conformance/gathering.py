"""Gathering the evidence of a test's cases, and the cases that show by themselves what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tensorcts.conformance import causes, statistics
from tensorcts.conformance.cases import Case
from tensorcts.conformance.statistics import Evidence, Statistics

KEPT = 64
"""At most so many cases are kept to show what is wrong."""


@dataclass(frozen=True, eq=False)  # each is its own: arrays are no single truth
class Witness:
    """A case and its evidence."""

    case: Case
    evidence: Evidence

    @cached_property
    def weight(self) -> float:
        """How much it says, for whatever statistic."""
        own = statistics.statistics(self.evidence)
        return max(abs(own.gain.z or 0.0), abs(own.bias.z or 0.0), own.ratio.value)


class Gathering:
    """The evidence of a test; the sums are kept, of the cases only the most telling ones."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._whole: Evidence | None = None
        self._kept: list[Witness] = []

    def add(self, case: Case, evidence: Evidence) -> None:
        """Add a case, unless one with the same numbers was: its errors would be the same."""
        digest = case.digest()
        if digest in self._seen:
            return
        self._seen.add(digest)
        self._whole = evidence if self._whole is None else self._whole + evidence
        self._kept.append(Witness(case, evidence))
        if len(self._kept) > KEPT:
            self._kept.remove(min(self._kept, key=lambda witness: witness.weight))

    @property
    def statistics(self) -> Statistics | None:
        """The figures of all cases, None where there is no evidence."""
        return None if self._whole is None else statistics.statistics(self._whole)

    def witnesses(self) -> list[Witness]:
        """The fewest kept cases that fail together, the most telling one first.

        All where they don't.
        """
        found = self.statistics
        assert found is not None
        ordered = sorted(self._kept, key=lambda witness: _says(found, witness), reverse=True)
        whole = None
        for count, witness in enumerate(ordered, 1):
            whole = witness.evidence if whole is None else whole + witness.evidence
            if statistics.statistics(whole).fails:
                return ordered[:count]
        return ordered

    def message(self) -> str:
        """What is wrong, and the likely cause."""
        found, first = self.statistics, self.witnesses()[0]
        assert found is not None
        return causes.of_test(found, first.case, first.evidence)


def _says(found: Statistics, witness: Witness) -> float:
    """How much a case says for the statistic that fails."""
    own = statistics.statistics(witness.evidence)
    for whole, part in ((found.gain, own.gain), (found.bias, own.bias)):
        if whole.fails:
            return (part.z or 0.0) * (1 if whole.value > 0 else -1)
    return own.ratio.value
