"""Judges of the NumPy backend with some ops replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.precision import blocks
from tensorcts.conformance.precision.functions import find
from tensorcts.conformance.precision.judging import Judge, Task


class Replacing(NumpyBackend):
    """The NumPy backend with some ops replaced."""

    def __init__(self, replaced: dict[str, Callable[..., Any]]) -> None:
        super().__init__()
        self._ops = {**OPS, **replaced}

    @property
    def ops(self) -> dict[str, Callable[..., Any]]:
        return self._ops


@pytest.fixture
def judge() -> Callable[..., Judge]:
    """A judge of a function in a dtype, by NumPy's op or one in its place."""

    def make(name: str, dtype: str, replacement: Any = None, size: int = blocks.BLOCK) -> Judge:
        function = find(name)
        kind = blocks.plan(function, dtype, exhaustive=True).kind
        replaced = {} if replacement is None else {function.op.name: replacement}
        return Judge(Task("numpy", name, dtype, kind, size=size), InProcess(Replacing(replaced)))

    return make
