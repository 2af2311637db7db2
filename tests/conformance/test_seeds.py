"""A test made from several seeds: the cases of each, one result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tensorcts.conformance import gathering
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test
from tensorcts.conformance.judge import Judgement
from tensorcts.conformance.runner import Settings, judgements
from tensorcts.conformance.session import Session
from tensorcts.reference.registry import get


def tried(op: str, check: str, seed: int, seeds: int) -> list[Case]:
    found = judgements(
        Test(get(op), "float32", check),
        lambda case: Judgement(case, "pass"),
        Settings(seed, 3, seeds=seeds),
    )
    return [judgement.case for judgement in found]


@pytest.mark.parametrize("check", ["shapes", "random", "gradient"])
def test_the_cases_are_those_of_each_seed(check: str) -> None:
    several = tried("take", check, 5, 3)
    one_by_one = [case for seed in (5, 6, 7) for case in tried("take", check, seed, 1)]
    assert [case.digest() for case in several] == [case.digest() for case in one_by_one]


def test_a_test_is_made_from_one_seed_or_more() -> None:
    with pytest.raises(ValueError, match="seeds is 0"):
        Settings(0, 3, seeds=0)


def test_all_seeds_make_one_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gathering, "KEPT", 4)
    session = Session(["numpy"], Settings(0, 0, seeds=2), cache=Cache(tmp_path))
    result = session.run(Test(get("softmax"), "float32", "shapes"), "numpy")
    assert (result.verdict, result.cases) == ("pass", 2 * len(tried("softmax", "shapes", 0, 1)))
    described: Any = session.describe()
    assert (described.seeds, described.seeding) == (2, "seeds 0 to 1")
