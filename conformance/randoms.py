"""Random cases: drawn by Hypothesis, shrunk to the simplest one that fails.

In a module of its own, as importing Hypothesis takes a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable

import hypothesis
from hypothesis import strategies

from tensorcts.conformance import checks
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test
from tensorcts.conformance.draws import Draw
from tensorcts.conformance.judge import Judgement
from tensorcts.reports.records import FAILURES

ENDINGS = ("crash", "hang")
"""Verdicts that end a worker."""


def judgements_of(
    test: Test, judge: Callable[[Case], Judgement], seed: int, examples: int
) -> list[Judgement]:
    """Judge cases drawn by Hypothesis; after a failure only the shrunk case is kept beside it."""
    if not examples:  # which Hypothesis takes for a mistake
        return []
    judgements: list[Judgement] = []
    failed: list[Judgement] = []

    @hypothesis.seed(test.seed(seed))
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategies.data())
    def attempt(data: strategies.DataObject) -> None:
        def integer(low: int, high: int) -> int:
            return data.draw(strategies.integers(low, high))

        draw = Draw(test.op, test.dtype, integer, styles=checks.styles(test))
        case = checks.sample(test, draw)
        if judgements and judgements[-1].verdict in ENDINGS:
            return  # every further one would cost a worker
        judgement = judge(case)
        if judgement.verdict in ENDINGS:
            judgements.append(judgement)
            return
        if judgement.verdict in FAILURES:
            failed.append(judgement)
            raise _FailedError
        if not failed:
            judgements.append(judgement)

    try:
        attempt()
    except (_FailedError, hypothesis.errors.Flaky):
        judgements.append(failed[-1])
    return judgements


class _FailedError(Exception):
    """Tells Hypothesis that a case failed."""
