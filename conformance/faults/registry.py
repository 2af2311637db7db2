"""What a fault is, and the table of all of them."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from tensorcts.conformance.checks import usual_dtype
from tensorcts.reference.registry import get

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[..., Callable[[Any], Any]]

CATEGORIES: dict[str, str] = {
    "formula": "another function than the one asked for",
    "composite": "a layer's parts put together wrongly",
    "stability": "the right formula in an order that overflows or cancels",
    "precision": "too few bits in operands, accumulators or coefficients",
    "rounding": "the last step in a wrong direction, or taken twice",
    "special": "NaN, infinities, zeros, subnormals and the ends of the range",
    "indexing": "the wrong elements: bounds, strides, tiles, ties, duplicates",
    "movement": "data brought to the wrong places, or left out",
    "integer": "integers that saturate, lose bits or are taken for others",
    "gradient": "cotangents pulled back wrongly",
    "random": "numbers that are not as random as they look",
    "state": "results that depend on what was computed before",
}
"""Every category and what goes wrong there."""

_MODULES = (
    "formulas",
    "products",
    "composites",
    "stabilities",
    "precisions",
    "approximations",
    "roundings",
    "specials",
    "limits",
    "indexings",
    "movements",
    "integers",
    "gradients",
    "pullbacks",
    "conjugates",
    "randoms",
    "states",
)
_FAULTS: dict[str, Fault] = {}


@dataclass(frozen=True)
class Fault:
    """One defect of one op.

    dtypes: those in which it shows.
    text: what is wrong, and where real code was wrong in this way.
    make: gives the faulty op, a new one for each backend.
    accepts: whether it takes arguments that must be refused. No other fault is tried with any, as
        few of them trouble to refuse what the honest op does.
    claims: traits that its backend declares beside the honest one's, and would keep without it.
    """

    name: str
    category: str
    op: str
    dtypes: tuple[str, ...]
    text: str
    make: Callable[[], Callable[..., Any]]
    accepts: bool = False
    claims: Mapping[str, str] = field(default_factory=dict)


class UnknownFaultError(LookupError):
    """There is no fault of that name."""


def faults_of(
    category: str, *, made: bool = False, accepts: bool = False, **claims: str
) -> Decorator:
    """The decorator with which a module registers the faults of its category.

    made: whether what is decorated makes the faulty op, which keeps a state of its own.
    """

    def fault(op: str, *dtypes: str) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            name = function.__name__
            if name in _FAULTS:
                raise ValueError(f"fault {name!r} stands twice")
            shown = dtypes or (usual_dtype(get(op)),)
            if strange := set(shown) - set(get(op).dtypes):
                raise ValueError(f"fault {name!r}: {op} has no {', '.join(strange)}")
            text = inspect.cleandoc(function.__doc__ or "")
            make = function if made else lambda: function
            _FAULTS[name] = Fault(name, category, op, shown, text, make, accepts, claims)
            return function

        return register

    return fault


@cache
def all_faults() -> dict[str, Fault]:
    """Every fault by name, category by category."""
    for module in _MODULES:
        import_module(f"tensorcts.conformance.faults.{module}")
    return _FAULTS


def named(name: str) -> Fault:
    """The fault of a name; raises UnknownFaultError that names the nearest ones."""
    if name in all_faults():
        return all_faults()[name]
    near = difflib.get_close_matches(name, all_faults())
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise UnknownFaultError(f"unknown fault {name!r}{hint}")
