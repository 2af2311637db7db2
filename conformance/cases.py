"""A case: one call of one op, with everything that is needed to repeat it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.reference.registry import Op

Arrays = tuple[NDArray[Any] | None, ...]


@dataclass(frozen=True)
class Case:
    """One call: the op, the dtype it is called in, its arrays and attributes.

    layout: how the arrays lie in the backend's memory (``layouts.LAYOUTS``), None for row-major.
    refused: the constraint that the call breaks, with what is wrong ("C1: no such axis"): it must
        raise. Empty for a call that must not.
    probe: what is tried beside the values: a write after the call (``aliasing.PROBES``), exactness
        (``probes.EXACT``). Empty for none.
    """

    op: Op
    dtype: str
    arrays: Arrays
    attrs: Mapping[str, Any] = field(default_factory=dict)
    layout: str | None = None
    refused: str = ""
    probe: str = ""

    def digest(self) -> bytes:
        """What the truth depends on: op, attributes and the bits of the arrays (not the layout)."""
        state = hashlib.blake2b(digest_size=20)
        state.update(f"{self.op.name} {self.dtype} {sorted(self.attrs.items())!r}".encode())
        for array in self.arrays:
            if array is None:
                state.update(b"None")
                continue
            state.update(f"{dtypes.name_of(array.dtype)}{array.shape}".encode())
            state.update(np.ascontiguousarray(array).tobytes())
        return state.digest()

    @property
    def attributes(self) -> str:
        """The attributes in one line: axis=0, dtype='int8'."""
        return ", ".join(f"{key}={value!r}" for key, value in self.attrs.items())

    def describe(self) -> str:
        """The call in one line: shapes and dtypes of the arrays, attributes, what is special."""
        parts = [describe_array(a) for a in self.arrays]
        parts += [self.attributes] if self.attrs else []
        marks = "".join(f" [{mark}]" for mark in (self.layout, self.probe, self.refused) if mark)
        return f"{self.op.name}({', '.join(parts)}){marks}"


def describe_array(array: NDArray[Any] | None) -> str:
    """An array's dtype and shape, as in float32[3, 5]."""
    if array is None:
        return "None"
    return f"{dtypes.name_of(array.dtype)}{list(array.shape)}"


def element(array: NDArray[Any] | None, index: tuple[int, ...]) -> str:
    """The element of an input at the index of the output, where the input broadcasts to it."""
    if array is None:
        return "None"
    if array.ndim <= len(index):
        aligned = index[len(index) - array.ndim :]
        if all(n == 1 or i < n for n, i in zip(array.shape, aligned, strict=True)):
            place = tuple(0 if n == 1 else i for n, i in zip(array.shape, aligned, strict=True))
            return number(array[place])
    return f"array{list(array.shape)}"


def number(value: Any) -> str:
    """A number written so that it can be read back exactly in its dtype."""
    return repr(value.item() if isinstance(value, np.generic) else value)
