"""Properties: what a backend is, measured by probes and held against what it declares.

Each module has probes of one kind: ``cases`` yields them for an op in a dtype, ``read`` turns the
results of one into figures and into a sentence for each declaration that they refute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from numpy.typing import NDArray

from tensorcts.conformance.cases import Case
from tensorcts.conformance.properties import (
    accumulation,
    arithmetic,
    conversions,
    elementary,
    intermediates,
    options,
    repeating,
    ties,
)
from tensorcts.conformance.properties.readings import Declared, Reading, together
from tensorcts.reference.registry import Op

__all__ = ["OPTIONS", "READERS", "Declared", "Reading", "applies", "cases", "option", "together"]

Reader = Callable[[Declared, tuple[NDArray[Any], ...]], Reading]

READERS: dict[str, Reader] = {
    accumulation.SUMS: accumulation.read,
    accumulation.FACTORS: accumulation.read,
    **dict.fromkeys(elementary.PROBES, elementary.read),
    intermediates.STEPS: intermediates.read,
    **dict.fromkeys(arithmetic.PROBES, arithmetic.read),
    ties.PROBE: ties.read,
    conversions.PROBE: conversions.read,
    **dict.fromkeys(repeating.PROBES, repeating.read),
}
"""The probes, and for each what reads its results."""

OPTIONS = options.PROBES
option = options.read
"""The probes of implementation-defined results, read by what judges them."""

_FIXED = (elementary, arithmetic, ties, conversions)
"""Modules whose numbers no seed decides on."""


def applies(op: Op, dtype: str, usual: str) -> bool:
    """Whether anything is measured of the op in the dtype."""
    some = (repeating.applies, options.applies)
    own = (intermediates.applies, *(each.applies for each in _FIXED))
    return any(each(op, dtype, usual) for each in some) or any(each(op, dtype) for each in own)


def cases(
    op: Op,
    dtype: str,
    drawn: Callable[[tuple[int, ...]], Case],
    tried: Iterable[Case],
    usual: str,
) -> Iterator[Case]:
    """The probes of an op in a dtype.

    drawn: gives a sample of it for a shape.
    tried: the cases of other checks.
    """
    yield from accumulation.cases(op, dtype)
    for each in _FIXED:
        yield from each.cases(op, dtype)
    yield from intermediates.cases(op, dtype, drawn)
    yield from options.cases(op, dtype, usual, drawn, tried)
    yield from repeating.cases(op, dtype, drawn, usual)
