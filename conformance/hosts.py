"""Where a backend runs: in this process, or in a worker that may crash or hang without harm."""

from __future__ import annotations

import multiprocessing
import signal
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import fields, replace
from multiprocessing.connection import Connection
from typing import Any

from tensorcts.backends import registry as backend_registry
from tensorcts.backends.protocol import Backend, Capabilities, UnavailableError
from tensorcts.conformance import calling
from tensorcts.conformance.cases import Case
from tensorcts.conformance.execute import Outcome, execute
from tensorcts.reference import registry
from tensorcts.reports.records import Way

START_SECONDS = 120.0
"""How long a worker may take to import its backend and find its device."""


class Host(ABC):
    """A backend that answers: what it is, what it lacks, and what it makes of a case."""

    capabilities: Capabilities

    @abstractmethod
    def unsupported(self, op: str, dtype: str) -> str | None:
        """Why the op is not offered in the dtype, or None where it is."""

    @abstractmethod
    def way(self, op: str) -> Way:
        """How a gradient comes about, empty for what is none."""

    @abstractmethod
    def run(self, case: Case) -> Outcome:
        """Run a case."""

    def close(self) -> None:
        """Let go of what is held."""
        return


class InProcess(Host):
    """A backend in this process."""

    def __init__(self, backend: Backend) -> None:
        """Take a loaded backend."""
        self.backend = backend
        self.capabilities = backend.capabilities
        self._lost = ""

    def unsupported(self, op: str, dtype: str) -> str | None:
        """As the backend says."""
        return self.backend.unsupported(op, dtype)

    def way(self, op: str) -> Way:
        """As the backend has it."""
        return calling.way(self.backend, registry.get(op))

    def run(self, case: Case) -> Outcome:
        """Run a case here; once the device is lost, further cases are unavailable."""
        if self._lost:
            return Outcome(verdict="unavailable", message=self._lost)
        outcome = execute(self.backend, case)
        if outcome.verdict == "crash":
            self._lost = f"the device was lost by a {case.op.name} (--isolate goes on after that)"
        return outcome


class Isolated(Host):
    """A backend in a worker process; a crash or a hang costs one case and a new worker."""

    def __init__(self, spec: str, timeout: float) -> None:
        """Start the worker; raises UnavailableError as the backend does.

        timeout: seconds after which a case counts as a hang.
        """
        backend_registry.check_name(spec)
        self._spec = spec
        self._timeout = timeout
        self._lost = ""
        self.capabilities = self._start()

    def unsupported(self, op: str, dtype: str) -> str | None:
        """As the backend in the worker says."""
        answer = self._ask(("unsupported", op, dtype), self._timeout)
        return answer if isinstance(answer, str) else None  # a crash shows when a case runs

    def way(self, op: str) -> Way:
        """As the backend in the worker has it."""
        answer = self._ask(("way", op), self._timeout)
        return "" if isinstance(answer, Outcome) else answer  # a crash shows when a case runs

    def run(self, case: Case) -> Outcome:
        """Run a case in the worker."""
        rest = [getattr(case, field.name) for field in fields(case)[1:]]
        answer = self._ask(("run", case.op.name, *rest), self._timeout)
        assert isinstance(answer, Outcome)
        return answer

    def close(self) -> None:
        """End the worker."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _start(self) -> Capabilities:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._spec, theirs), daemon=True)
        self._process.start()
        theirs.close()
        answer = self._receive(START_SECONDS)
        if not isinstance(answer, Capabilities):
            self.close()
        if isinstance(answer, Outcome):
            raise UnavailableError(f"{self._spec}: the worker did not start: {answer.message}")
        if isinstance(answer, UnavailableError):
            raise answer
        assert isinstance(answer, Capabilities)
        return answer

    def _ask(self, question: tuple[Any, ...], timeout: float) -> Any:
        if self._lost:
            return Outcome(verdict="unavailable", message=self._lost)
        with suppress(ConnectionError):  # what ended the worker is found out by receiving
            self._pipe.send(question)
        answer = self._receive(timeout)
        if isinstance(answer, Outcome) and answer.verdict in ("crash", "hang"):
            self.close()
            self._restart()
        return answer

    def _restart(self) -> None:
        """Start a new worker; where none starts any more, further cases are unavailable."""
        try:
            self._start()
        except UnavailableError as reason:
            self._lost = f"lost after a crash or hang: {reason}"

    def _receive(self, timeout: float) -> Any:
        """The worker's answer; a crash or a hang is an Outcome."""
        try:
            if not self._pipe.poll(timeout):
                return Outcome(verdict="hang", message=f"no answer within {timeout:g} s")
            return self._pipe.recv()
        except (EOFError, ConnectionError):
            self._process.join(5)
            return Outcome(verdict="crash", message=_ending(self._process.exitcode))


def _serve(spec: str, pipe: Connection) -> None:
    """The worker: load the backend, then answer until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        backend = backend_registry.load(spec)
    except UnavailableError as reason:
        pipe.send(reason)
        return
    pipe.send(replace(backend.capabilities))
    while True:
        try:
            question, *arguments = pipe.recv()
        except EOFError:
            return
        if question == "unsupported":
            pipe.send(backend.unsupported(*arguments))
        elif question == "way":
            pipe.send(calling.way(backend, registry.get(*arguments)))
        else:
            op, *rest = arguments
            pipe.send(execute(backend, Case(registry.get(op), *rest)))


def _ending(code: int | None) -> str:
    if code is None:
        return "the worker closed its pipe"
    if code < 0:
        return f"the worker was ended by {signal.Signals(-code).name}"
    return f"the worker ended with exit code {code}"
