"""Samplers: one set of arguments for an op, drawn part by part. One module per family of ops.

Beside an op's sampler stand its refusals: calls that break a constraint of its text; and, where a
seed may miss what matters, its essentials: samples that every seed tries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from numpy.typing import NDArray

from tensorcts.conformance.draws import Draw

Sample = tuple[tuple[NDArray[Any] | None, ...], dict[str, Any]]
"""The array arguments and the attributes."""

Sampler = Callable[[Draw], Sample]


@dataclass(frozen=True)
class Refusal:
    """A call that must raise an error.

    constraint: the label, in the op's text, of the constraint that it breaks ("C1").
    reason: what is wrong, in words ("the axis is out of range").
    """

    constraint: str
    reason: str
    arrays: tuple[NDArray[Any] | None, ...]
    attrs: dict[str, Any]


Refuser = Callable[[Draw], list[Refusal]]

Essentials = Callable[[Draw], list[Sample]]

_SAMPLERS: dict[str, Sampler] = {}
_REFUSERS: dict[str, Refuser] = {}
_ESSENTIALS: dict[tuple[str, str], Essentials] = {}
_FAMILIES = (
    "elementwise",
    "casts",
    "activations",
    "arithmetic",
    "creation",
    "contractions",
    "products",
    "matrices",
    "convolutions",
    "poolings",
    "shaping",
    "indexing",
    "scattering",
    "masking",
    "sorting",
    "reductions",
    "scans",
    "rows",
    "randoms",
    "sparses",
    "sparse_refusals",
    "grids",
    "slicing",
    "movements",
    "joining",
)


def sampler(*names: str) -> Callable[[Sampler], Sampler]:
    """Register the decorated function as the sampler of the ops named."""

    def register(function: Sampler) -> Sampler:
        for name in names:
            if name in _SAMPLERS:
                raise ValueError(f"op {name!r} has two samplers")
            _SAMPLERS[name] = function
        return function

    return register


def refuser(*names: str) -> Callable[[Refuser], Refuser]:
    """Register the decorated function as what gives the refusals of the ops named."""

    def register(function: Refuser) -> Refuser:
        for name in names:
            if name in _REFUSERS:
                raise ValueError(f"op {name!r} has two functions for its refusals")
            _REFUSERS[name] = function
        return function

    return register


def essentials(*names: str, check: str = "shapes") -> Callable[[Essentials], Essentials]:
    """Register the decorated function as what gives the essentials of the ops named to a check."""

    def register(function: Essentials) -> Essentials:
        for name in names:
            if (name, check) in _ESSENTIALS:
                raise ValueError(f"op {name!r} has two functions for its essentials under {check}")
            _ESSENTIALS[name, check] = function
        return function

    return register


@cache
def all_essentials() -> dict[tuple[str, str], Essentials]:
    """What gives the essentials of each op that has any, by op and check."""
    all_samplers()
    return _ESSENTIALS


@cache
def all_refusers() -> dict[str, Refuser]:
    """What gives the refusals of each op that has any, by op."""
    all_samplers()
    return _REFUSERS


@cache
def all_samplers() -> dict[str, Sampler]:
    """Every sampler, by op."""
    for family in _FAMILIES:
        import_module(f"{__name__}.{family}")
    return _SAMPLERS
