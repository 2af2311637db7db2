"""The rules: exact, ulp, derived. Which one an op falls under, and the bound it gives.

exact    the truth rounded once to the result's dtype, bit for bit.
ulp      an elementwise primitive: at most as many ulps off as its row in the tables says.
derived  everything else: at most ½ ulp + SIGMAS·σ, σ from the noise model (``spreads``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op
from tensorcts.tolerances import budgets
from tensorcts.tolerances.model import NoiseModel

SIGMAS = 6.0
"""How many standard deviations a derived bound allows beyond the last rounding."""

_OF_THE_MODULUS = ("abs", "sign")
"""Ops that are exact for real numbers only: of complex ones they take the modulus."""

PRODUCTS = ("outer", "kron")
"""More such ops: a product of complex numbers rounds more than once and may overflow inside."""


@dataclass(frozen=True)
class Rule:
    """A rule with its parameter, and the sentence that explains it."""

    kind: Literal["exact", "ulp", "derived"]
    text: str
    ulps: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind}({self.ulps:g})" if self.kind == "ulp" else self.kind


def rule_for(op: Op, result: str, model: NoiseModel) -> Rule:
    """The rule for results of the dtype ``result``."""
    if not dtypes.is_inexact(result):
        return Rule("exact", f"{result} results are exact")
    real = not dtypes.is_complex(model.dtype)
    if op.name in budgets.exact_ops() and (real or op.name not in _OF_THE_MODULUS + PRODUCTS):
        return Rule("exact", budgets.exact_ops()[op.name])
    if op.name in model.correctly_rounded and model.dtype in dtypes.FLOATING:
        return Rule("exact", "correctly rounded: declared by the backend")
    if op.name in budgets.rows() and model.dtype in dtypes.FLOATING and not model.stored:
        ulps = model.budgets(model.dtype)[op.name]
        source = budgets.source(op.name, model.profile, model.dtype)
        if ulps == 0.5:
            return Rule("exact", f"correctly rounded: {source}")
        return Rule("ulp", f"at most {ulps:.4g} ulp: {source}", ulps)
    if op.name in ("add", "subtract"):
        return Rule("exact", "both parts correctly rounded (IEEE 754-2019 §5.4.1)")
    return Rule("derived", f"½ ulp + {SIGMAS:g}·σ: {model.describe()}")
