"""Running one case on a backend: what comes back, or what went wrong."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tensorcts.backends.protocol import Backend, UnsupportedError
from tensorcts.conformance import aliasing, distributions, layouts
from tensorcts.conformance.calling import function_of
from tensorcts.conformance.cases import Arrays, Case
from tensorcts.conformance.properties import conversions, repeating
from tensorcts.reference import dtypes, gradients
from tensorcts.reports.records import Verdict


@dataclass(frozen=True)
class Outcome:
    """What a backend did with a case: its outputs as NumPy arrays, or a verdict and the reason."""

    outputs: tuple[NDArray[Any], ...] = ()
    verdict: Verdict | None = None
    message: str = ""


_KNOWN = frozenset(map(dtypes.numpy_dtype, dtypes.STORABLE))

Executor = Callable[[Case], Outcome]


def execute(backend: Backend, case: Case) -> Outcome:
    """Run a case; every exception of the backend becomes a verdict."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _executed(backend, case)
    except UnsupportedError as reason:
        return Outcome(verdict="unsupported", message=str(reason))
    except Exception as error:
        verdict: Verdict = "crash" if backend.is_lost(error) else "error"
        return Outcome(verdict=verdict, message=f"{type(error).__name__}: {error}".strip())


def _executed(backend: Backend, case: Case) -> Outcome:
    if case.probe in repeating.PROBES:
        return Outcome(repeating.run(backend, case))
    if case.probe == conversions.PROBE:
        return Outcome(conversions.run(backend, case))
    _demand_dtypes(backend, case)
    inputs = [None if a is None else layouts.place(backend, a, case.layout) for a in case.arrays]
    if case.probe in aliasing.PROBES:
        return Outcome(_probed(backend, case, inputs))
    if case.probe in distributions.PROBES:
        return Outcome(_drawn(backend, case))
    hosts = _called(backend, case, inputs, like=case.arrays)
    sizes = {array.nbytes for array in case.arrays if array is not None}
    if any(host.nbytes not in sizes for host in hosts):  # now that its size is known
        hosts = _called(backend, case, inputs, like=hosts)
    damaged = _damaged(backend, case, inputs)
    if damaged is not None:
        return Outcome(hosts, "fail", f"the op changed its input {damaged}")
    return Outcome(hosts)


def _demand_dtypes(backend: Backend, case: Case) -> None:
    """Cotangents may be of another dtype than the op is called in, as those of a cast are."""
    for array in case.arrays if gradients.is_backward(case.op) else ():
        name = None if array is None else dtypes.name_of(array.dtype)
        if name in gradients.DTYPES and name not in backend.capabilities.dtypes:
            raise UnsupportedError(f"{backend.name} has no {name} arrays on this device")


def _probed(backend: Backend, case: Case, inputs: list[Any]) -> tuple[NDArray[Any], ...]:
    """What the array written to held, and what the other one held before and after the write.

    Where the op is called again no result is written: what the first held, before and after; or
    what came of the first numbers, of others in their memory, and of the others by themselves.
    """
    result = _first_result(backend, case, inputs)
    if case.probe in aliasing.FURTHER_CALLS:
        before = np.array(backend.to_host(result))
        other = [
            None if a is None else backend.to_device(a) for a in aliasing.other_arguments(case)
        ]
        if case.probe == aliasing.USE_AGAIN:
            backend.assign(inputs[0], other[0])
            calls = [_first_result(backend, case, arrays) for arrays in (inputs, other)]
            return before, *(backend.to_host(each) for each in calls)
        _first_result(backend, case, other)
        return before, before, backend.to_host(result)
    pair = (result, inputs[0])
    written, other = pair if case.probe == aliasing.WRITE_RESULT else reversed(pair)
    old, before = backend.to_host(written), backend.to_host(other)
    if old.size > 0:  # a view that can't be written to has no elements to show it by
        backend.assign(written, backend.to_device(aliasing.marks(old)))
    backend.synchronize()
    return old, before, backend.to_host(other)


def _first_result(backend: Backend, case: Case, inputs: list[Any]) -> Any:
    result = backend.ops[case.op.name](*inputs, **case.attrs)
    backend.synchronize()
    return result[0] if isinstance(result, tuple | list) else result


def _drawn(backend: Backend, case: Case) -> tuple[NDArray[Any], ...]:
    """The numbers of one call, and where two are compared those of the other."""
    calls = [dict(case.attrs)]
    if case.probe != distributions.MANY:
        calls.append(distributions.second_call(case))
    results = [backend.ops[case.op.name](**attrs) for attrs in calls]
    backend.synchronize()
    return tuple(np.asarray(backend.to_host(result)) for result in results)


def _called(
    backend: Backend, case: Case, inputs: list[Any], *, like: Arrays
) -> tuple[NDArray[Any], ...]:
    """The outputs, in memory that was poisoned where the allocator hands it out by size."""
    _poison(backend, like)
    with np.errstate(all="ignore"):
        result = function_of(backend, case)(*inputs, **case.attrs)
    backend.synchronize()
    outputs = result if isinstance(result, tuple | list) else (result,)
    return tuple(np.asarray(backend.to_host(output)) for output in outputs)


def _poison(backend: Backend, arrays: Arrays) -> None:
    """Leave NaN (or -1) in memory that the backend's allocator is about to hand out again.

    An output that is not fully written then shows it.
    """
    for array in arrays:
        if array is not None and array.size > 0 and array.dtype in _KNOWN:
            junk = np.full(array.size * array.itemsize, 0xFF, np.uint8)
            backend.to_device(junk.view(array.dtype) if array.dtype != bool else junk == 0xFF)


def _damaged(backend: Backend, case: Case, inputs: list[Any]) -> int | None:
    """The position of the first input that no longer holds what it was given."""
    for position, (array, device) in enumerate(zip(case.arrays, inputs, strict=True)):
        if array is not None and backend.to_host(device).tobytes() != array.tobytes():
            return position
    return None
