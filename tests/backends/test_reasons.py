"""What a shipped backend lacks has a reason, and no reason speaks of what it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from tensorcts.backends import reasons
from tensorcts.backends import registry as backends
from tensorcts.backends.numpy_native import NumpyBackend
from tensorcts.backends.protocol import Backend, UnavailableError
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.checks import Test, curated
from tensorcts.conformance.execute import execute
from tensorcts.conformance.hosts import InProcess
from tensorcts.conformance.judge import Judge
from tensorcts.conformance.runner import Settings, run_test
from tensorcts.reference import dtypes, registry

OPS = {op.name: op for op in registry.all_ops()}


def faults(offered: set[str], held: frozenset[str], lacking: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a backend's reasons, given its ops and its dtypes."""
    yield from (f"no reason for {name}" for name in OPS if not (name in offered or name in lacking))
    yield from (f"no reason for {d}" for d in dtypes.STORABLE if not (d in held or d in lacking))
    for key, reason in lacking.items():
        name, _, dtype = key.partition("/")
        if dtype and not (name in offered and dtype in held and dtype in OPS[name].dtypes):
            yield f"{key} is no op that is offered in a dtype that it has"
        elif not dtype and (name in offered or name in held):
            yield f"a reason for {name}, which is offered"
        elif name not in OPS and name not in dtypes.STORABLE:
            yield f"{name} is no op and no dtype"
        if reason.strip() != reason or not reason or "\n" in reason or reason.endswith("."):
            yield f"{key}: {reason!r} is no short reason"


def load(name: str) -> Backend:
    if name in PEERS:
        pytest.importorskip(PEERS[name])
    try:
        return backends.load(name)
    except UnavailableError as reason:
        pytest.skip(str(reason))


PEERS = {"jax": "jax", "mlx": "mlx.core", "onnxruntime": "onnxruntime", "tinygrad": "tinygrad"}
"""The backends of extras of their own, and what each needs."""


@pytest.mark.parametrize("name", ["numpy", "scipy", "torch", "cuda", "opencl", *PEERS])
def test_a_shipped_backend_gives_its_reasons(name: str) -> None:
    backend = load(name)
    held = backend.capabilities.dtypes
    assert not [*faults(set(backend.ops), held, backend.lacking)]


def test_the_reasons_of_cuda_hold_without_a_gpu() -> None:
    table = pytest.importorskip("tensorcts.backends.cuda.table", exc_type=ImportError)
    held = frozenset(dtypes.STORABLE) - set(table.LACKING)
    assert not [*faults(set(table.OPS), held, table.LACKING)]


@pytest.mark.parametrize(
    ("lacking", "fault"),
    [
        ({}, "no reason for gelu"),
        ({"gelu": ""}, "no short reason"),
        ({"gelu": "why", "exp": "why"}, "exp, which is offered"),
        ({"gelu": "why", "gelo": "why"}, "gelo is no op"),
        ({"gelu": "why", "gelu/float32": "why"}, "gelu/float32 is no op that is offered"),
        ({"gelu": "why", "exp/int8": "why"}, "exp/int8 is no op that is offered"),
        ({"gelu": "why", "float32": "why"}, "float32, which is offered"),
    ],
)
def test_a_reason_that_is_missing_or_wrong_is_found(lacking: dict[str, str], fault: str) -> None:
    (found,) = faults(set(OPS) - {"gelu"}, frozenset(dtypes.STORABLE), lacking)
    assert fault in found


@pytest.mark.parametrize("name", ["numpy", "torch", "cuda"])
def test_a_dtype_that_an_op_lacks_is_refused_by_the_library_or_counts_wrong(name: str) -> None:
    backend = load(name)
    for op, _, dtype in (key.partition("/") for key in backend.lacking if "/" in key):
        if op != "histogram":  # counts in 16 bits
            case = curated(Test(OPS[op], dtype, "shapes"), (2, 3))
            assert execute(backend, case).verdict in ("error", "unsupported"), f"{op}/{dtype}"


class Reasoned(NumpyBackend):
    """Without exp, exp2 and float16."""

    @property
    def ops(self) -> Mapping[str, Any]:
        return {name: f for name, f in super().ops.items() if name not in ("exp", "exp2")}

    @property
    def lacking(self) -> Mapping[str, str]:
        return {"exp": "it costs too much", "sin/float64": "its table is short"}


@pytest.mark.parametrize(
    ("op", "dtype", "reason"),
    [
        ("exp", "float32", "numpy has no exp: it costs too much"),
        ("exp2", "float32", "numpy has no exp2"),
        ("sin", "float64", "numpy has no sin of float64: its table is short"),
        ("sin", "float8", "numpy has no float8 arrays on this device"),
        ("sin", "float32", None),
    ],
)
def test_a_message_names_the_lack_and_its_reason(op: str, dtype: str, reason: str | None) -> None:
    assert Reasoned().unsupported(op, dtype) == reason


@pytest.mark.parametrize(("op", "dtype"), [("exp", "float32"), ("sin", "float64")])
def test_a_reason_stands_in_the_record(op: str, dtype: str) -> None:
    host = InProcess(Reasoned())
    judge = Judge(host.capabilities, host.run, Cache(None))
    result = run_test(Test(OPS[op], dtype, "shapes"), "numpy", host, judge, Settings(0, 1))
    assert (result.verdict, result.message) == ("unsupported", host.unsupported(op, dtype))


def test_scans_of_torch_begin_with_the_initial_value_where_they_shall() -> None:
    torch = load("torch")
    x = torch.to_device(np.array([[2.0, 3.0], [4.0, 5.0]], np.float32))
    for name, first in (("cumulative_sum", 0), ("cumulative_prod", 1)):
        attrs = {"axis": -2, "dtype": "float32"}
        scan = torch.to_host(torch.ops[name](x, include_initial=False, **attrs))
        more = torch.to_host(torch.ops[name](x, include_initial=True, **attrs))
        assert np.array_equal(more, np.concatenate([np.full((1, 2), first), scan]))


def test_every_op_that_is_not_adapted_has_a_reason() -> None:
    found = reasons.of_ops("Lib", {"add", "gelu"}, {"swish": "no beta", "gates": "no gates"})
    assert found.keys() == OPS.keys() - {"add", "gelu"}
    assert (found["swish"], found["glu"]) == ("no beta", "no gates")
    assert found["exp"] == "the adapter calls no function of Lib for it"
    assert found["coo_matmul"] == "the adapter holds dense arrays of Lib alone"
