"""The HTML page on precision: every function, dtype and backend, in one file without a network.

The plots are plotly.js's, which the Python package plotly ships: SVG with zoom. It and the details
lie in the page compressed and are unpacked when a detail is opened.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from markupsafe import Markup

from tensorcts.reports import pages
from tensorcts.reports.precision import details, wording
from tensorcts.reports.precision.columns import Column, columns
from tensorcts.reports.precision.records import Sweep

TEMPLATES = Path(__file__).parent / "templates"
STYLES = [pages.TEMPLATES / "base.css", TEMPLATES / "precision.css"]
SCRIPTS = [
    pages.TEMPLATES / "common.js",
    *(TEMPLATES / name for name in ("data.js", "plots.js", "detail.js", "overview.js")),
]

DRAWER = "plotly.offline"
"""The module that has the script."""


class MissingError(Exception):
    """The package that draws is not installed."""


@dataclass(frozen=True)
class Row:
    """A function in a dtype: on each column its sweep, or None."""

    function: str
    dtype: str
    sweeps: list[Sweep | None]

    @property
    def key(self) -> str:
        """What the address of the detail ends in."""
        return f"{self.function}/{self.dtype}"

    @property
    def worst(self) -> float:
        """The largest error of all columns."""
        return max((s.max for s in self.sweeps if s), default=0.0)

    @property
    def detail(self) -> str:
        """What the script unpacks and shows."""
        return details.packed(details.detail({n: s for n, s in enumerate(self.sweeps) if s}))


def render(sets: Sequence[Sequence[Sweep]]) -> str:
    """One HTML page on several sets of records, side by side; raises MissingError."""
    shown = columns(sets)
    rows = list(_rows(shown))
    script, licence = plotly()
    environment = pages.environment(TEMPLATES)
    page = environment.get_template("precision.html").render(
        style=pages.assets(STYLES),
        script=pages.assets(SCRIPTS),
        data=Markup(pages.embed(_data(shown, rows))),
        plotly=details.pack(script),
        licence=licence,
        columns=shown,
        names=list(dict.fromkeys(k for c in shown for k, text in c.facts.items() if text)),
        rows=rows,
        dtypes=list(dict.fromkeys(row.dtype for row in rows)),
        sizes=wording.SIZES,
        words=wording,
    )
    return pages.encodable(page)


def _rows(columns: Sequence[Column]) -> Iterator[Row]:
    """By dtype, then by function as they come in the records."""
    keys = dict.fromkeys(key for column in columns for key in column.sweeps)
    for dtype in sorted({dtype for _, dtype in keys}, key=pages.dtype_order):
        for function in dict.fromkeys(name for name, its in keys if its == dtype):
            yield Row(function, dtype, [c.sweeps.get((function, dtype)) for c in columns])


def _data(columns: Sequence[Column], rows: Sequence[Row]) -> dict[str, object]:
    return {"columns": [c.label for c in columns], "details": {row.key: row.detail for row in rows}}


def plotly() -> tuple[str, str]:
    """What draws, and its licence; raises MissingError where it is not installed."""
    try:
        script: str = importlib.import_module(DRAWER).get_plotlyjs()
    except ImportError as error:
        raise MissingError(
            "the page needs the package plotly: pip install 'tensorcts[plots]'"
        ) from error
    files = metadata.files("plotly") or []
    licences = [file.read_text() for file in files if file.name.startswith("LICENSE")]
    return script, "\n".join(licences)
