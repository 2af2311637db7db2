"""A session: the backends that were asked for, and every test run on them, one result at a time."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from tensorcts.backends import registry as backend_registry
from tensorcts.backends.processors import cpu_name
from tensorcts.backends.protocol import Capabilities
from tensorcts.conformance import canaries, waivers
from tensorcts.conformance.cache import Cache, default_folder
from tensorcts.conformance.checks import CHECKS, Test, all_tests, usual_dtype
from tensorcts.conformance.hosts import Host, InProcess, Isolated
from tensorcts.conformance.judge import Judge, held_to
from tensorcts.conformance.runner import Settings, run_test
from tensorcts.conformance.waivers import Waiver
from tensorcts.reference.dtypes import STORABLE
from tensorcts.reference.registry import Op, all_ops, get
from tensorcts.reports import records
from tensorcts.reports.records import Result
from tensorcts.tolerances import budgets, rules
from tensorcts.tolerances.model import NoiseModel


@dataclass
class Session:
    """Backends under test.

    isolate: run each backend in a worker process of its own.
    timeout: seconds after which a case in a worker counts as a hang.
    """

    backends: Sequence[str]
    settings: Settings
    waivers: Sequence[Waiver] = ()
    isolate: bool = False
    timeout: float = 60.0
    cache: Cache = field(default_factory=lambda: Cache(default_folder()))
    _hosts: dict[str, Host] = field(default_factory=dict)

    def host(self, backend: str) -> Host:
        """The host of a backend, started at its first use; raises UnavailableError."""
        if backend not in self._hosts:
            self._hosts[backend] = (
                Isolated(backend, self.timeout)
                if self.isolate
                else InProcess(backend_registry.load(backend))
            )
        return self._hosts[backend]

    def declared(self, backend: str) -> Capabilities:
        """What a backend is held to; raises UnavailableError."""
        return held_to(self.host(backend).capabilities, self.settings.profile)

    def run(self, test: Test, backend: str) -> Result:
        """Run one test on one backend; a waiver may turn a failure into a waived one."""
        host = self.host(backend)
        held = [w for w in self.waivers if w.attributes and w.speaks_of(backend, test.id)]
        waived = partial(waivers.reason, held)
        judge = Judge(self.declared(backend), host.run, self.cache, waived, host.way)
        result = run_test(test, backend, host, judge, self.settings)
        waivers.apply(self.waivers, result)
        return result

    def run_all(self, tests: Sequence[Test]) -> Iterator[Result]:
        """Run tests, each on every backend."""
        for test in tests:
            for backend in self.backends:
                yield self.run(test, backend)

    def canaries(self) -> dict[str, bool]:
        """Which of the deliberately wrong results the comparison caught, for the first backend."""
        return canaries.run(self.declared(self.backends[0]), self.cache)

    def describe(self) -> records.Run:
        """The first line of the record."""
        return records.Run(
            suite=suite_version(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=self.settings.seed,
            examples=self.settings.examples,
            tables=budgets.fingerprint(),
            environment=environment(),
            backends=[self._described(name) for name in self.backends],
            ops={op.name: _facts(op) for op in all_ops()},
            seeds=self.settings.seeds,
        )

    def close(self) -> None:
        """End all workers."""
        for host in self._hosts.values():
            host.close()

    def _described(self, name: str) -> records.Backend:
        declared = self.declared(name)
        return records.Backend(
            name,
            declared.device,
            sorted(declared.dtypes),
            dict(declared.versions),
            declared.profile,
            {**declared.traits, **_claims(declared)},
            declared.evidence,
        )


def _claims(declared: Capabilities) -> dict[str, str]:
    """What a backend declares of its arithmetic, in words for the record."""
    accumulators = (f"{pair} in {dtype}" for pair, dtype in declared.accumulator.items())
    operands = (f"{pair} {bits}" for pair, bits in declared.operand_bits.items())
    claims = {
        "operand_bits": ", ".join(sorted(operands)),
        "accumulators": ", ".join(sorted(accumulators)),
        "backward_stable": ", ".join(sorted(declared.backward_stable)),
        "correctly_rounded": ", ".join(sorted(declared.correctly_rounded)),
        "stored_intermediates": ", ".join(sorted(declared.intermediates)),
    }
    return {name: text for name, text in claims.items() if text}


def all_waivers(backends: Sequence[str], extra: Sequence[Waiver]) -> list[Waiver]:
    """The shipped waivers that concern the backends, and those given beside them."""
    names = dict.fromkeys(backend.partition(":")[0] for backend in backends)
    shipped = [waiver for name in names for waiver in waivers.shipped(name)]
    return [w for w in shipped if any(w.concerns(backend) for backend in backends)] + list(extra)


def select(ops: Sequence[str], dtypes: Sequence[str], checks: Sequence[str]) -> list[Test]:
    """The tests of the ops, dtypes and checks named; an empty list means all.

    Raises UnknownOpError for an op that does not exist, ValueError for such a dtype or check and
    where no test is left.
    """
    for op in ops:
        get(op)
    for kind, given, known in (("dtype", dtypes, STORABLE), ("check", checks, CHECKS)):
        for name in given:
            if name not in known:
                raise ValueError(f"unknown {kind} {name!r}; there are {', '.join(known)}")
    tests = [
        test
        for test in all_tests()
        if (not ops or test.op.name in ops)
        and (not dtypes or test.dtype in dtypes)
        and (not checks or test.check in checks)
    ]
    if not tests:
        raise ValueError("no test is selected: none has such an op, dtype and check")
    return tests


_LIBRARIES = ("numpy", "scipy", "mpmath", "python-flint", "ml_dtypes", "hypothesis")
"""What computes truths and draws cases; the suite does without python-flint."""


def suite_version() -> str:
    """The installed version of the suite."""
    return _installed("tensorcts")


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def environment() -> dict[str, str]:
    """The machine and the libraries behind the judge."""
    libraries = {name: _installed(name) for name in _LIBRARIES}
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": cpu_name(),
        "cores": str(os.cpu_count()),
        **libraries,
    }


def _facts(op: Op) -> dict[str, object]:
    """What the record says of an op, whatever the dtype."""
    dtype = usual_dtype(op)
    model = NoiseModel.of(dtype, profile="opencl")
    rule = rules.rule_for(op, op.result_dtype(dtype, {"dtype": dtype}), model)
    texts = {"ulp": "within the ulps of its row in the tables", "derived": "½ ulp + 6·σ, derived"}
    return {
        "family": op.family,
        "dtypes": list(op.dtypes),
        "summary": op.summary,
        "rule": texts.get(rule.kind, rule.text),
        "limits": budgets.limits(op.name) if op.name in budgets.rows() else {},
    }
