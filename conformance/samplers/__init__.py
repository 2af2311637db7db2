"""Samplers: one set of arguments for an op, drawn part by part. One module per family of ops."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from numpy.typing import NDArray

from tensorcts.conformance.draws import Draw

Sample = tuple[tuple[NDArray[Any] | None, ...], dict[str, Any]]
"""The array arguments and the attributes."""

Sampler = Callable[[Draw], Sample]

_SAMPLERS: dict[str, Sampler] = {}
_FAMILIES = ("elementwise", "creation", "contractions", "shaping", "indexing", "reductions", "rows")


def sampler(*names: str) -> Callable[[Sampler], Sampler]:
    """Register the decorated function as the sampler of the ops named."""

    def register(function: Sampler) -> Sampler:
        for name in names:
            if name in _SAMPLERS:
                raise ValueError(f"op {name!r} has two samplers")
            _SAMPLERS[name] = function
        return function

    return register


@cache
def all_samplers() -> dict[str, Sampler]:
    """Every sampler, by op."""
    for family in _FAMILIES:
        import_module(f"{__name__}.{family}")
    return _SAMPLERS
