"""What a sweep finds: one wrong input among all, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tensorcts.conformance.precision import blocks
from tensorcts.conformance.precision.functions import find
from tensorcts.conformance.precision.judging import Judge, SweepError, Task, host
from tensorcts.conformance.precision.tallies import Tally, merge

Make = Callable[..., Judge]
BITS = 0x2E66
"""A float16 of everyday size: 0.1."""


def planted(right: Callable[..., Any], bits: int, wrong: Any) -> Callable[..., Any]:
    """The function, but for one input."""

    def function(x: NDArray[Any]) -> NDArray[Any]:
        result = np.array(right(x))
        here = x.view(f"u{x.itemsize}") == bits
        result[here] = wrong(result[here]) if callable(wrong) else wrong
        return result

    return function


def swept(judge: Judge) -> Tally:
    return merge(judge.tally(block) for block in range(judge.plan.count))


def ulps_up(count: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    return lambda x: (x.view(np.uint16) + np.uint16(count)).view(np.float16)


@pytest.fixture(scope="module")
def honest() -> Tally:
    plan = blocks.plan(find("sin"), "float16", exhaustive=True)
    return swept(Judge(Task("numpy", "sin", "float16", plan.kind), host("numpy")))


@pytest.mark.parametrize(
    ("bits", "ulps"),
    [(BITS, 1), (0x0001, 1), (0x8001, 300), (0x3C00, 2), (0xBBFF, 300), (0x4C00, 1), (0x7BFF, 2)],
)
def test_one_wrong_input_is_found(judge: Make, honest: Tally, bits: int, ulps: int) -> None:
    found = swept(judge("sin", "float16", planted(np.sin, bits, ulps_up(ulps))))
    worst = found.all.worst
    assert worst is not None and worst.inputs == (bits,)
    assert ulps - 0.51 < abs(worst.error) < ulps + 0.51
    assert found.all.counts["misrounded"] == honest.all.counts["misrounded"] + 1
    differing = [key for key in found.rows if found.rows[key] != honest.rows[key]]
    steps = {bits >> 10, bits + 1 >> 10}  # the step from it counts where it leads to
    mirrored = {key | 32 for key in steps}  # and that f(-x) is another one there
    assert bits >> 10 in differing and set(differing) <= steps | mirrored


WRONG = {
    "nan_for_a_number": ("exp", BITS, np.nan),
    "number_for_nan": ("log", 0xBC00, 0.0),
    "infinity_for_a_number": ("exp", 0x4980, np.inf),
    "number_for_infinity": ("exp", 0x498C, 65504.0),
    "sign_of_zero": ("sin", 0x8000, 0.0),
    "flushed": ("sin", 0x0001, 0.0),
    "monotonicity": ("exp", BITS, lambda x: x - 0.01),
    "symmetry": ("cos", BITS | 0x8000, ulps_up(1)),
}


@pytest.mark.parametrize("kind", WRONG)
def test_everything_that_goes_wrong_is_counted(judge: Make, kind: str) -> None:
    name, bits, wrong = WRONG[kind]
    before = swept(judge(name, "float16")).all
    found = swept(judge(name, "float16", planted(getattr(np, name), bits, wrong))).all
    assert found.counts[kind] == before.counts[kind] + 1
    assert found.examples[kind].inputs in {(bits,), (bits + 1,)}


def test_a_flushing_backend_shows_in_the_subnormal_rows(judge: Make) -> None:
    def flushing(x: NDArray[Any]) -> Any:
        result = np.sin(x)
        return np.where(np.abs(result) < 2.0**-14, np.copysign(np.float16(0), x), result)

    row = swept(judge("sin", "float16", flushing)).all
    assert row.counts["flushed"] == row.counts["subnormal_results"] > 2000


@pytest.mark.parametrize("size", [64, 4096])
def test_how_the_inputs_are_cut_into_blocks_does_not_show(judge: Make, size: int) -> None:
    """A step across the edge of two blocks counts, and counts once."""
    wrong = planted(np.exp, 4096, lambda x: x - 0.01)
    whole = swept(judge("exp", "float16", wrong))
    pieces = judge("exp", "float16", wrong, size)
    assert pieces.plan.count == 2**15 // size
    cut = swept(pieces)
    assert cut.all.counts == whole.all.counts and cut.all.counts["monotonicity"] == 1
    assert cut.all.worst == whole.all.worst and cut.histogram == whole.histogram
    assert cut == whole or size < 1024  # sums are taken within a binade


def test_pairs_are_found_too(judge: Make) -> None:
    """A sum of float16 that is wrong for one pair of 2**32."""

    def add(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
        result = x + y
        result[(x.view(np.uint16) == 7) & (y.view(np.uint16) == 0x3C01)] += np.float16(1)
        return result

    tally = judge("add", "float16", add).tally(0)
    assert tally.all.points == blocks.BLOCK and tally.all.counts["misrounded"] == 1
    assert tally.all.worst is not None and tally.all.worst.inputs == (7, 0x3C01)


def test_a_double_rounded_sum_is_a_tie_at_worst(judge: Make) -> None:
    row = judge("multiply", "float16").tally(900).all
    assert row.counts["misrounded"] == 0 and row.worst is not None and abs(row.worst.error) <= 0.5


@pytest.mark.parametrize(
    ("replacement", "text"),
    [
        (lambda x: np.exp(x).astype(np.float64), "gives float64"),
        (lambda x: np.exp(x)[1:], "gives float16[32767]"),
        (lambda x: 1 / 0, "error: ZeroDivisionError"),
    ],
)
def test_a_backend_without_results_says_so(judge: Make, replacement: Any, text: str) -> None:
    with pytest.raises(SweepError, match=text.replace("[", r"\[")):
        judge("exp", "float16", replacement).tally(0)
