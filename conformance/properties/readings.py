"""What a probe of a property reads from a backend's results, and what of it refutes a claim."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance.cases import Case
from tensorcts.conformance.oracle import Expected
from tensorcts.reference import dtypes
from tensorcts.tolerances.model import NoiseModel


def together(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """The figures of both; of two for one property that which promises less."""
    both = ((name, one[name], other[name]) for name in one.keys() & other.keys())
    return {**one, **other, **{name: min(b, a, key=_promised) for name, a, b in both}}


def _promised(figure: str) -> float:
    """How much a figure promises: "no" and "any" nothing, else its bits, or those of its dtype."""
    if figure.partition("_")[0] in ("no", "unknown", "any"):
        return 0
    if figure in dtypes.FLOATING:
        return dtypes.format_of(figure).p
    digits = figure.removeprefix("≥ ")
    return int(digits) if digits.isdecimal() else math.inf


@dataclass(frozen=True)
class Reading:
    """The figures measured, by property, and a sentence for each declaration that they refute."""

    measured: Mapping[str, str] = field(default_factory=dict)
    refuted: tuple[str, ...] = ()

    def __add__(self, other: Reading) -> Reading:
        return Reading(together(self.measured, other.measured), self.refuted + other.refuted)


@dataclass(frozen=True)
class Declared:
    """What a backend declares of the op and dtype of a case.

    flush: what becomes of subnormals in the dtype: "no", "results", "all".
    expected: the truths of the case's outputs, with the tolerances of a noise model.
    """

    case: Case
    capabilities: Capabilities
    model: NoiseModel
    flush: str
    expected: Callable[[NoiseModel], tuple[Expected, ...]]

    def trait(self, name: str) -> str | None:
        """The trait's option for this op, None where none is declared."""
        traits = self.capabilities.traits
        return traits.get(f"{self.case.op.name}/{name}", traits.get(name))

    @property
    def operand_bits(self) -> int:
        """The significand bits that a contraction keeps of its operands."""
        own = dtypes.format_of(self.case.dtype).p
        return own if self.model.operand_bits is None else self.model.operand_bits

    def holds(self, name: str, measured: str, how: str) -> Reading:
        """The reading of a property that a trait of its name speaks of."""
        wanted = self.trait(name)
        if wanted in (None, measured):
            return Reading({name: measured})
        return Reading(
            {name: measured}, (f"{name} is declared {wanted}, measured {measured}: {how}",)
        )
