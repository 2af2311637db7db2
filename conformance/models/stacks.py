"""Stacks: a model as a list of layers over named arrays, run by the reference or on a backend."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Backend, UnsupportedError
from tensorcts.reference import dtypes
from tensorcts.reference.ops import definitions
from tensorcts.reports.records import Verdict

Arrays = Mapping[str, Any]
Wrap = Callable[[NDArray[Any]], Any]


@dataclass(frozen=True)
class Layer:
    """One layer: ``apply(ops, arrays, x)`` gives its activations from those of the layer before."""

    name: str
    apply: Callable[[Any, Arrays, Any], Any]


@dataclass(frozen=True, eq=False)
class Stack:
    """A model and its inputs.

    dtype: the dtype of the weights and of every op's result.
    arrays: weights and inputs by name; the floating ones are in that dtype.
    """

    name: str
    dtype: str
    layers: tuple[Layer, ...]
    arrays: Mapping[str, NDArray[Any]]

    @cached_property
    def widened(self) -> dict[str, NDArray[Any]]:
        """The arrays in their wide dtypes: weights are inputs, taken as they were rounded."""
        return {name: dtypes.widen(array) for name, array in self.arrays.items()}

    def running(self, wrap: Wrap) -> tuple[Any, ...]:
        """Every layer's activations by the definitions, each computed from the one before."""
        arrays = self._wrapped(wrap)
        results: list[Any] = []
        for layer in self.layers:
            results.append(layer.apply(definitions, arrays, results[-1] if results else None))
        return tuple(results)

    def stepping(self, wrap: Wrap, given: Iterable[NDArray[Any]]) -> tuple[Any, ...]:
        """Every layer's activations by the definitions, computed from those ``given`` before it."""
        arrays = self._wrapped(wrap)
        before = [None, *(wrap(dtypes.widen(x)) for x in given)]
        return tuple(layer.apply(definitions, arrays, x) for layer, x in zip(self.layers, before))

    def _wrapped(self, wrap: Wrap) -> dict[str, Any]:
        return {n: wrap(a) if a.dtype.kind in "fc" else a for n, a in self.widened.items()}


class Offered:
    """A backend's ops as a namespace; what it lacks raises UnsupportedError at its use."""

    def __init__(self, backend: Backend, dtype: str) -> None:
        """Offer the ops of ``backend`` for work in ``dtype``."""
        self._backend, self._dtype = backend, dtype
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        reason = self._backend.unsupported(name, self._dtype)
        if reason is not None:
            raise UnsupportedError(reason)
        self.used.add(name)
        return self._backend.ops[name]


@dataclass
class Activations:
    """What a backend computed: each layer's activations, and why it stopped where it did."""

    arrays: list[NDArray[Any]] = field(default_factory=list)
    used: frozenset[str] = frozenset()
    verdict: Verdict | None = None
    message: str = ""


def run_on(backend: Backend, stack: Stack) -> Activations:
    """Run the layers natively, on device arrays from beginning to end; exceptions are verdicts."""
    found = Activations()
    offered = Offered(backend, stack.dtype)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            _run(backend, stack, offered, found)
    except UnsupportedError as reason:
        found.verdict, found.message = "unsupported", str(reason)
    except Exception as error:
        found.verdict, found.message = "error", f"{type(error).__name__}: {error}".strip()
    found.used = frozenset(offered.used)
    return found


def _run(backend: Backend, stack: Stack, offered: Offered, found: Activations) -> None:
    if stack.dtype not in backend.capabilities.dtypes:
        raise UnsupportedError(f"{backend.name} has no {stack.dtype} arrays on this device")
    arrays = {name: backend.to_device(array) for name, array in stack.arrays.items()}
    x: Any = None
    for layer in stack.layers:
        x = layer.apply(offered, arrays, x)
        backend.synchronize()
        found.arrays.append(backend.to_host(x))
