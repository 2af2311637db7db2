"""The pytest plugin: ``pytest --backend=NAME`` runs the conformance suite and nothing else.

Loaded by every pytest run in an environment that has tensorcts, so it imports nothing heavy until
a backend is asked for.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tensorcts.conformance.recording import Recorder
    from tensorcts.conformance.session import Session

PROPERTY = "tensorcts"
SUITE = Path(__file__).with_name("test_conformance.py")
_TEST_ID = re.compile(r"test_op\[(?P<op>.+)-(?P<dtype>\w+)-(?P<check>\w+)@(?P<backend>.+)\]$")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite's options."""
    group = parser.getgroup("tensorcts", "conformance of tensor backends")
    group.addoption(
        "--backend",
        action="append",
        default=[],
        metavar="NAME[:DEVICE]",
        help="backend to judge (repeatable); 'tensorcts backends' lists them",
    )
    for kind in ("op", "dtype", "check"):
        group.addoption(
            f"--{kind}",
            action="append",
            default=[],
            metavar="NAME",
            help=f"only this {kind} (repeatable)",
        )
    group.addoption(
        "--report",
        type=Path,
        metavar="DIR",
        help="folder for the record, the HTML page and the reproducers",
    )
    group.addoption(
        "--examples",
        type=int,
        default=20,
        metavar="N",
        help="random cases a test draws (default 20)",
    )
    group.addoption(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="seed that every case follows from (default 0)",
    )
    group.addoption(
        "--seeds",
        type=int,
        default=1,
        metavar="N",
        help="how many seeds each test is made from, from --seed on (default 1)",
    )
    group.addoption(
        "--profile",
        metavar="NAME",
        help="tolerance profile to judge by (default: the one that the backend declares)",
    )
    group.addoption(
        "--waivers",
        type=Path,
        metavar="FILE",
        help="TOML file of known defects, beside those shipped",
    )
    group.addoption(
        "--isolate",
        action="store_true",
        help="run the backend in a worker process: a crash or hang costs one case",
    )
    group.addoption(
        "--case-timeout",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="with --isolate: when a case counts as a hang (default 60)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Turn to the suite where a backend was asked for; refuse what can't work at once."""
    if not config.option.backend:
        return
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(SUITE)]
    session = _session(config)
    config.stash[_SESSION] = session
    if not hasattr(config, "workerinput"):
        from tensorcts.conformance.recording import Recorder, RecordingError

        try:
            config.stash[_RECORDER] = Recorder(session, config.option.report)
        except RecordingError as error:
            raise pytest.UsageError(str(error)) from error


def _session(config: pytest.Config) -> Session:
    from tensorcts.backends.protocol import UnavailableError
    from tensorcts.backends.registry import UnknownBackendError
    from tensorcts.conformance import waivers
    from tensorcts.conformance.runner import Settings
    from tensorcts.conformance.session import Session, all_waivers, select
    from tensorcts.reference.registry import UnknownOpError

    option = config.option
    if not option.case_timeout > 0:
        raise pytest.UsageError(f"--case-timeout is {option.case_timeout:g}, not a time to wait")
    try:
        select(option.op, option.dtype, option.check)
        extra = waivers.read(option.waivers) if option.waivers else []
        session = Session(
            option.backend,
            Settings(option.seed, option.examples, option.profile, option.seeds),
            all_waivers(option.backend, extra),
            option.isolate,
            option.case_timeout,
        )
        for backend in option.backend:
            session.host(backend)
    except (
        UnknownOpError,
        UnknownBackendError,
        UnavailableError,
        waivers.WaiverError,
        ValueError,
    ) as error:
        raise pytest.UsageError(str(error)) from error
    return session


_SESSION = pytest.StashKey["Session"]()
_RECORDER = pytest.StashKey["Recorder"]()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a test and backend: test_op[softmax-float32-special_values@opencl]."""
    if "conformance_test" not in metafunc.fixturenames:
        return
    option = metafunc.config.option
    if not option.backend:
        raise pytest.UsageError("the conformance suite needs --backend=NAME")
    from tensorcts.conformance.session import select

    tests = select(option.op, option.dtype, option.check)
    pairs = [(test, backend) for test in tests for backend in option.backend]
    ids = [f"{test.id}@{backend}" for test, backend in pairs]
    metafunc.parametrize(("conformance_test", "backend"), pairs, ids=ids)


@pytest.fixture
def conformance_session(request: pytest.FixtureRequest) -> Session:
    """The session with the backends under test."""
    return request.config.stash[_SESSION]


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Record on the controller, where the reports of all workers arrive."""
    if recorder := session.config.stash.get(_RECORDER, None):
        session.config.pluginmanager.register(_Recording(session, recorder), "tensorcts-recording")


class _Recording:
    """Writes results as they come and sums up at the end."""

    def __init__(self, session: pytest.Session, recorder: Recorder) -> None:
        self._session = session
        self._recorder = recorder

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            for name, value in report.user_properties:
                if name == PROPERTY:
                    self._recorder.add_content(dict(value))  # type: ignore[call-overload]
        elif str(report.when) == "???" and (match := _TEST_ID.search(report.nodeid)):
            self._recorder.add_crash(**match.groupdict(), message=str(report.longrepr))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int | pytest.ExitCode
    ) -> None:
        self._recorder.finish(interrupted=exitstatus == pytest.ExitCode.INTERRUPTED)
        if exitstatus == pytest.ExitCode.OK and not self._recorder.held:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        from rich.console import Console

        writer = terminalreporter._tw
        console = Console(
            file=io.StringIO(), width=writer.fullwidth, force_terminal=bool(writer.hasmarkup)
        )
        self._recorder.print_summary(console)
        terminalreporter.write(console.file.getvalue())  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers of isolated backends."""
    if session := config.stash.get(_SESSION, None):
        session.close()
