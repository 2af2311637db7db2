"""Records to render: one that is small and holds everything, and one of any size."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tensorcts.reports import html
from tensorcts.reports.records import VERDICTS, Backend, End, Record, Result, Run, Worst

CANARIES = {"off by two ulp": True, "nan lost": True, "sign of zero": True}


def _backend(name: str, device: str = "a device", dtypes: tuple[str, ...] = ()) -> Backend:
    return Backend(
        name, device, list(dtypes), {name: "1.2"}, "opencl", {"index_dtype": "int64"}, "native-run"
    )


def _run(backends: list[Backend], ops: dict[str, tuple[str, tuple[str, ...]]]) -> Run:
    described = {
        name: {
            "family": family,
            "dtypes": list(dtypes),
            "summary": f"What {name} is.",
            "rule": "derived",
        }
        for name, (family, dtypes) in ops.items()
    }
    return Run(
        "2026.1", "2026-11-23T06:41:07+00:00", 7, 25, "9f3a", {"cpu": "a CPU"}, backends, described
    )


@pytest.fixture
def record() -> Record:
    """Two backends and six ops; ``gelu`` fails, every verdict occurs, ``spare`` was not run."""
    floats = ("float64", "float32", "float16")
    ops = {
        "gelu": ("activations", floats),
        "relu": ("activations", (*floats, "int32")),
        "add": ("arithmetic", (*floats, "int32")),
        "softmax": ("normalizations", floats),
        "less": ("comparisons", (*floats, "int32")),
        "spare": ("spares", ("float32",)),
    }
    results = []
    for name, (_, dtypes) in list(ops.items())[:-1]:
        for dtype, backend, check in itertools.product(
            dtypes, ("alpha", "beta"), ("values", "shapes")
        ):
            verdict = "unsupported" if (backend, dtype) == ("beta", "float64") else "pass"
            message = (
                "beta has no float64 arrays: they cost too much" if verdict == "unsupported" else ""
            )
            results.append(
                Result(
                    backend,
                    name,
                    dtype,
                    check,
                    verdict,
                    25,
                    0.1,
                    "derived",
                    0.5,
                    0.9,
                    message=message,
                )
            )
    found = {r.backend + r.id: r for r in results}
    gelu = found["alphagelu-float32-values"]
    gelu.verdict, gelu.ulp, gelu.z, gelu.message = (
        "fail",
        3412.0,
        1.3e6,
        "41 of 512 elements are wrong",
    )
    gelu.worst = Worst([3, 17], ["x = -3.25"], "-0.0012", "-0.0018", 3412.0, 1.3e6, "2 ulp")
    gelu.shapes, gelu.attributes = [[8, 64]], "axis=-1"
    gelu.reproducer = 'import numpy as np\nassert np.float32(1) < 2, "a < b & c"\n'
    others = [v for v in VERDICTS if v not in ("pass", "unsupported", "fail")]
    for verdict, key in zip(others, (k for k in found if "add" in k and "float64" not in k)):
        found[key].verdict = verdict
        found[key].message = f"this is why: {verdict}"
        found[key].waiver = "known defect 41, until 2027-06" if verdict == "waived" else ""
    run = _run([_backend("alpha", dtypes=floats), _backend("beta", "another device")], ops)
    return Record(run, results, End(83.2, False, dict(CANARIES), ["pattern 'x*' matches no test"]))


@pytest.fixture
def sized() -> Callable[[int, int, int], Record]:
    """A record of so many ops, dtypes and backends, with failures and gaps sprinkled over it."""

    def make(ops: int, dtypes: int, backends: int) -> Record:
        names = tuple(
            f"float{8 * (n + 1)}_variant" if n % 3 else f"int{8 * (n + 1)}" for n in range(dtypes)
        )
        declared = {
            f"operation_{n}": (f"family_{n // 12}", names[: max(1, dtypes - n % 7)])
            for n in range(ops)
        }
        cycle = itertools.cycle(
            ["pass"] * 30 + ["fail", "unsupported", "waived", "pass", "crash", "vacuous"]
        )
        results = [
            Result(f"backend{b}", op, dtype, check, next(cycle), 25, 0.1, "derived", 0.5, 0.9)
            for b in range(backends)
            for op, (_, its) in declared.items()
            for dtype in its
            for check in ("values", "shapes")
        ]
        run = _run([_backend(f"backend{b}") for b in range(backends)], declared)
        return Record(run, results, End(83.2, False, dict(CANARIES)))

    return make


# -- A browser -------------------------------------------------------------------------------------

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
Open = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a record's page; at the end there were no requests, errors or console messages."""
    trouble: list[str] = []
    contexts = []

    def show(
        record: Record, size: tuple[int, int] = (1280, 800), theme: str = "light", hash: str = ""
    ) -> Any:
        path = tmp_path / "report.html"
        path.write_text(html.render([record]), encoding="utf-8")
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request", lambda r: None if r.url.startswith(path.as_uri()) else trouble.append(r.url)
        )
        page.goto(path.as_uri() + hash)
        return page

    yield show
    for context in contexts:
        context.close()
    assert not trouble
