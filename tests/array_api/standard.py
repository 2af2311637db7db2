"""A namespace of the Array API as a backend, to be judged like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from tensorcts.backends.protocol import Backend, Capabilities

from .calls import DTYPES, NAMES, call


class Standard(Backend):
    """``xp`` under our ops' names."""

    name = "array_api"

    def __init__(self, xp: Any, traits: Mapping[str, str]) -> None:
        self.xp, self.traits = xp, traits

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            device="cpu",
            dtypes=frozenset(DTYPES),
            correctly_rounded=frozenset({"divide", "reciprocal", "sqrt"}),
            traits=self.traits,
        )

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        return {name: partial(call, self.xp, name) for name in NAMES}

    def to_device(self, array: Any) -> Any:
        return self.xp.asarray(array, copy=True)

    def to_host(self, array: Any) -> Any:
        return np.array(array)
