"""The conformance suite as pytest sees it: one item per op, dtype, check and backend."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tensorcts.conformance.checks import Test
from tensorcts.conformance.plugin import PROPERTY
from tensorcts.conformance.recording import explain_result
from tensorcts.conformance.session import Session
from tensorcts.reports.records import FAILURES


def test_op(
    conformance_test: Test,
    backend: str,
    conformance_session: Session,
    request: pytest.FixtureRequest,
) -> None:
    """Run the test; an unsupported, waived or vacuous one is never a plain pass."""
    result = conformance_session.run(conformance_test, backend)
    request.node.user_properties.append((PROPERTY, asdict(result)))
    if result.verdict in FAILURES:
        pytest.fail(explain_result(result), pytrace=False)
    if result.verdict == "waived":
        pytest.xfail(result.waiver)
    if result.verdict != "pass":
        pytest.skip(f"{result.verdict}: {result.message}")
