"""A backend with a fault, and the honest one beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tensorcts.backends.numpy_native import NumpyBackend
from tensorcts.backends.numpy_native.table import OPS
from tensorcts.backends.protocol import Backend, Capabilities
from tensorcts.backends.scipy_sparse import ScipyBackend
from tensorcts.conformance.faults.registry import Fault
from tensorcts.reference.gradients import first
from tensorcts.reference.registry import get


def honest(op: str) -> Backend:
    """The backend that offers the op, or that whose gradient it is: NumPy's, SciPy's if sparse."""
    return NumpyBackend() if first(get(op)).name in OPS else ScipyBackend()


def faulty(fault: Fault) -> Backend:
    """The honest backend with the fault in it."""
    return Replaced(honest(fault.op), {fault.op: fault.make()}, fault.claims)


def without(fault: Fault) -> Backend:
    """The honest backend with the fault's claims."""
    return Replaced(honest(fault.op), {}, fault.claims)


class Replaced(Backend):
    """A backend with some ops replaced and traits added; else it is as it was, its name too."""

    def __init__(
        self,
        backend: Backend,
        replaced: Mapping[str, Callable[..., Any]],
        claims: Mapping[str, str],
    ) -> None:
        """Take a loaded backend."""
        self._backend = backend
        self._claims = claims
        self._ops = {**backend.ops, **replaced}
        self.name = backend.name  # type: ignore[misc]  # that of an instance, not of the class

    @property
    def capabilities(self) -> Capabilities:
        """As the backend declares, and the claims."""
        declared = self._backend.capabilities
        return replace(declared, traits={**declared.traits, **self._claims})

    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """The backend's, but for those replaced."""
        return self._ops

    def to_device(self, array: Any) -> Any:
        """As the backend does."""
        return self._backend.to_device(array)

    def to_host(self, array: Any) -> Any:
        """As the backend does."""
        return self._backend.to_host(array)

    def strided(
        self, array: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
    ) -> Any:
        """As the backend does."""
        return self._backend.strided(array, shape, strides, offset)

    def assign(self, target: Any, source: Any) -> None:
        """As the backend does."""
        self._backend.assign(target, source)
