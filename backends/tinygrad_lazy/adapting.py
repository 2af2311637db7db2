"""What all ops share: dtypes by name."""

from __future__ import annotations

from typing import Any

import tinygrad

from tensorcts.backends.protocol import UnsupportedError
from tensorcts.reference import dtypes

_OTHER_NAMES = {"float8_e4m3fn": "fp8e4m3", "float8_e5m2": "fp8e5m2"}

DTYPES: dict[str, Any] = {
    name: getattr(tinygrad.dtypes, _OTHER_NAMES.get(name, name))
    for name in dtypes.STORABLE
    if not dtypes.is_complex(name)
}
"""The dtypes that tinygrad has: no complex numbers."""

NAMES = {dtype: name for name, dtype in DTYPES.items()}
BITS = {1: "uint8", 2: "uint16"}


def dtype_of(name: str) -> Any:
    """tinygrad's dtype of that name; raises UnsupportedError where it has none."""
    if name not in DTYPES:
        raise UnsupportedError(f"tinygrad has no {name}")
    return DTYPES[name]
