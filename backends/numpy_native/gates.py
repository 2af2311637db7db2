"""Gated linear units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.backends.numpy_native.activations import OPS as ACTIVATIONS
from tensorcts.backends.numpy_native.narrow import through_float32

Array = NDArray[Any]


def _gated(activation: Callable[[Array], Array]) -> Callable[..., Array]:
    """One half times the activation of the other."""

    def gate_half(x: Array, *, axis: int, gate: str) -> Array:
        if gate not in ("first", "second"):
            raise ValueError(f"gate must be first or second, not {gate!r}")
        first, second = np.split(x, 2, axis=axis)
        passed, gating = (second, first) if gate == "first" else (first, second)
        return passed * activation(gating)

    return gate_half


OPS: dict[str, Callable[..., Any]] = {
    "glu": through_float32(_gated(scipy.special.expit)),
    "reglu": through_float32(_gated(ACTIVATIONS["relu"])),
    "geglu": through_float32(_gated(ACTIVATIONS["gelu"])),
    "swiglu": through_float32(_gated(ACTIVATIONS["silu"])),
}
