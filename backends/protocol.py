"""What a backend is: arrays in, arrays out, and a mapping from op names to callables.

A backend names its ops and moves data; it holds no mathematics of ours and never falls back to
NumPy: what its library or device lacks is unsupported.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from numpy.typing import NDArray


class UnsupportedError(Exception):
    """The backend does not offer this op, dtype or argument; the message says what and why."""


class UnavailableError(Exception):
    """The backend can't run here; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Capabilities:
    """What a backend is and what it declares; the suite holds it to every declaration.

    device: what it runs on, as the driver names it.
    dtypes: the dtypes that its arrays can hold.
    versions: the libraries, drivers and compilers behind it.
    profile: the tolerance profile that its elementwise functions claim (tolerances/README.md).
    correctly_rounded: elementwise primitives that it claims to round correctly, beyond what the
        profile asks for ("divide", "sqrt"), or "op/dtype" pairs ("fma/float32").
    accumulator: for a dtype, or an "op/dtype" pair, the dtype that sums and contractions accumulate
        in (default: float32 for 16-bit floats, else the dtype itself).
    operand_bits: for a dtype, or an "op/dtype" pair, the significand bits that contractions keep of
        their operands (11 for TF32; default: all that the dtype has).
    intermediates: "op/dtype" pairs that round every intermediate result to the tensor's dtype,
        where others keep it in the accumulator's.
    backward_stable: "op/dtype" pairs whose algorithm gives the result of slightly wrong inputs,
        where the definition's own is more accurate (Welford's variance).
    unchecked: constraints whose breach the backend does not notice, as "op/C1" pairs with the
        labels of the op's text, or results that it refuses in a way that ends the device's context,
        as "op/trait" pairs: such calls are not tried.
    traits: the option taken where an op's result is implementation-defined (the registry's Choice;
        "op/trait" for one op alone), and ``index_dtype``, ``flush_subnormals`` ("no", "results",
        "all": inputs too), which speaks of float32 and of what is computed in it,
        ``flush_subnormals_float64``, and ``views`` ("no": every result is memory of its own).
        Claims, measured where they are made: ``accumulation_rounding`` ("nearest", "toward_zero"),
        ``deterministic``, ``batch_invariant``, ``thread_safe`` and ``leak_free`` ("yes"),
        ``products`` ("rounded" before they are added, "exact"), ``division`` ("rounded once"),
        ``not_finite`` and ``zero_signs`` ("kept"), ``ties`` ("the first").
    evidence: "native-run" on the device itself, "emulated-run" or "semantic-proxy" elsewhere.
    """

    device: str
    dtypes: frozenset[str]
    versions: Mapping[str, str] = field(default_factory=dict)
    profile: str = "opencl"
    correctly_rounded: frozenset[str] = frozenset()
    accumulator: Mapping[str, str] = field(default_factory=dict)
    operand_bits: Mapping[str, int] = field(default_factory=dict)
    intermediates: frozenset[str] = frozenset()
    backward_stable: frozenset[str] = frozenset()
    unchecked: frozenset[str] = frozenset()
    traits: Mapping[str, str] = field(default_factory=dict)
    evidence: str = "native-run"


class Backend(ABC):
    """A library or device under test. Subclasses are final.

    The constructor takes a device name (``--backend=torch:cuda``) or None for the default one, and
    raises UnavailableError where the package or the device is missing.
    """

    name: ClassVar[str]

    @abstractmethod
    def __init__(self, device: str | None = None) -> None: ...

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What the backend is and declares."""

    @property
    @abstractmethod
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        """The ops offered, under the registry's names.

        Each takes device arrays (or None for an optional one) as positional arguments and
        attributes as keywords, exactly as the definition does, with dtypes as names ("float32"),
        and returns a device array or a tuple of them. It raises UnsupportedError for what it can't
        do and ``lacking`` does not name; the message says why.
        """

    @abstractmethod
    def to_device(self, array: NDArray[Any]) -> Any:
        """A device array that holds a copy of ``array``, in row-major order."""

    @abstractmethod
    def to_host(self, array: Any) -> NDArray[Any]:
        """A NumPy copy of a device array, in its own dtype (of ml_dtypes where NumPy has none)."""

    @property
    def differentiates(self) -> bool:
        """Whether the backend has gradients of its own (``vjp``).

        A kernel for the gradient of one op stands in ``ops``, as ``softmax.backward``: it takes the
        op's arrays, then a cotangent of each result of floats, and gives a tuple of cotangents of
        the arrays of floats. Where there is neither the suite composes gradients of the ops.
        """
        return False

    def vjp(
        self,
        op: str,
        arrays: Sequence[Any],
        attrs: Mapping[str, Any],
        *cotangents: Sequence[Any],
    ) -> tuple[Any, ...]:
        """The cotangents of the arrays of floats, by the backend's own differentiation of the op.

        Of complex numbers they are adjoint for Re Σ a̅·b: what |z|² gives is 2·z, not its conjugate.
        cotangents: those of the op's results of floats. A second sequence asks for the second
            order: it holds cotangents of what the first gives, and what comes back are those of
            the arrays and of the first cotangents; and so on.
        """
        raise UnsupportedError(f"{self.name} has no gradients of its own")

    @property
    def lacking(self) -> Mapping[str, str]:
        """Why things are not offered: the reason of an op, of a dtype, or of a pair, "op/dtype".

        A pair also declares that the op, which is offered in other dtypes, is not in this one.
        """
        return {}

    def unsupported(self, op: str, dtype: str) -> str | None:
        """Why the op is not offered in the dtype, or None where it is."""
        if op not in self.ops:
            return self._because(f"{self.name} has no {op}", op)
        if dtype not in self.capabilities.dtypes:
            return self._because(f"{self.name} has no {dtype} arrays on this device", dtype)
        if f"{op}/{dtype}" in self.lacking:
            return self._because(f"{self.name} has no {op} of {dtype}", f"{op}/{dtype}")
        return None

    def _because(self, lack: str, key: str) -> str:
        reason = self.lacking.get(key)
        return lack if reason is None else f"{lack}: {reason}"

    def adopt(self, array: Any) -> Any:
        """A device array in the memory of another library's on the same device, by DLPack.

        Raises UnsupportedError where the backend can't take such memory.
        """
        raise UnsupportedError(f"{self.name} takes no memory of other libraries")

    def strided(
        self, array: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
    ) -> Any:
        """A view of a 1-d device array; ``strides`` and ``offset`` count elements.

        Raises UnsupportedError where the backend has no such views (negative strides, say).
        """
        raise UnsupportedError(f"{self.name} offers no strided views")

    def assign(self, target: Any, source: Any) -> None:
        """Overwrite the elements of a device array, a view too, by another one of its shape.

        Raises UnsupportedError where arrays can't be written to, ValueError (or an error of the
        library's own) where elements of ``target`` share their memory.
        """
        raise UnsupportedError(f"{self.name} offers no writing to arrays")

    def memory(self) -> int | None:
        """The bytes that arrays take on the device by its own count, None where it keeps none."""
        return None

    def synchronize(self) -> None:
        """Wait until all work is done; errors of asynchronous work surface here."""
        return

    def is_lost(self, error: Exception) -> bool:
        """Whether the error says that the device will not answer any more in this process."""
        return False
