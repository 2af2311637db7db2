"""The HTML page: the matrix of one or several records, in one file that needs no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from tensorcts.reports import fingerprints, grades, pages, totals
from tensorcts.reports.records import FAILURES, Backend, Record, Result
from tensorcts.reports.totals import Totals, duration, explain, number, percent, throughput

SHOWN = 200
"""At most so many failures are listed; the matrix has them all."""
STYLES = [pages.TEMPLATES / name for name in ("base.css", "style.css")]
SCRIPTS = [
    pages.TEMPLATES / name
    for name in ("common.js", "data.js", "matrix.js", "panel.js", "controls.js")
]


@dataclass(frozen=True)
class State:
    """What a cell of the matrix can show, a verdict or the lack of one."""

    name: str
    glyph: str
    meaning: str

    @property
    def failing(self) -> bool:
        """Whether it is a verdict that fails the run."""
        return self.name in FAILURES


STATES = (
    State("undefined", "", "the op is not defined for this dtype"),
    State("not-run", "?", "no verdict: the run ended before, or left it out"),
    State("unsupported", "–", "the backend does not offer it; never a pass"),
    State("unavailable", "○", "the backend or device was missing"),
    State("pass", "·", "every case is within its bound"),
    State("vacuous", "V", "the bounds were too wide to tell anything"),
    State("waived", "W", "a known failure, with reason and expiry"),
    State("property-mismatch", "≠", "a declared property does not hold"),
    State("fail", "F", "a result is outside its bound"),
    State("error", "E", "the backend raised an exception"),
    State("crash", "C", "the backend's process died"),
    State("hang", "H", "no answer in time"),
)
"""All states, mildest first: the verdicts in the order of the record, after two that are none."""
CODES = {state.name: code for code, state in enumerate(STATES)}


@dataclass(frozen=True)
class Column:
    """One backend of the record that stands at ``place`` among the records."""

    number: int
    label: str
    backend: Backend
    record: Record
    place: int
    totals: Totals

    @property
    def shares(self) -> list[tuple[State, int]]:
        """The states that occur, gravest first, with their counts."""
        return [(s, n) for s in reversed(STATES) if (n := self.totals.counts.get(s.name, 0))]  # type: ignore[call-overload]

    @property
    def facts(self) -> dict[str, str]:
        """What is known about the backend and its run, under names."""
        run, end, backend = self.record.run, self.record.end, self.backend
        caught = list(end.canaries.values()) if end else []
        facts = {
            "device": backend.device,
            "evidence": backend.evidence,
            "profile": backend.profile,
            "unavailable": backend.unavailable,
            "versions": ", ".join(f"{k} {v}" for k, v in backend.versions.items()),
            "dtypes": ", ".join(sorted(backend.dtypes, key=pages.dtype_order)),
            "traits": ", ".join(f"{k} = {v}" for k, v in backend.traits.items()),
            "suite": run.suite,
            "tables": run.tables,
            "seeds": run.seeding.partition(" ")[2],
            "examples": str(run.examples),
            "started": run.started,
            "took": f"{duration(end.seconds)}, {throughput(end)}" if end else "",
            "canaries": f"{sum(caught)} of {len(caught)} caught" if end else "",
        }
        return facts | run.environment


def render(records: Sequence[Record]) -> str:
    """One HTML page on all the records' backends, side by side."""
    environment = pages.environment(pages.TEMPLATES)
    environment.globals |= {"percent": percent, "duration": duration, "explain": explain}
    columns = _columns(records)
    names = list(dict.fromkeys(name for c in columns for name, text in c.facts.items() if text))
    labels = {(c.place, c.backend.name): c.label for c in columns}
    failing = [
        (labels.get((place, g.backend), g.backend), g)
        for place, record in enumerate(records)
        for g in totals.failures(record)
    ]
    failing.sort(key=lambda item: totals.gravity(item[1].worst), reverse=True)
    waived: dict[str, list[Result]] = {}
    for reason, results in (item for r in records for item in totals.waived(r).items()):
        waived.setdefault(reason, []).extend(results)
    page = environment.get_template("page.html").render(
        style=pages.assets(STYLES),
        script=pages.assets(SCRIPTS),
        data=Markup(pages.embed(payload(records, columns))),
        records=records,
        columns=columns,
        facts=names,
        states=STATES,
        by_name={s.name: s for s in STATES},
        waived=waived,
        figures=[
            (fingerprints.columns(found), fingerprints.lines(record))
            for record in records
            if (found := fingerprints.measured(record))
        ],
        graded=[
            (labels.get((place, found.backend), found.backend), found)
            for place, record in enumerate(records)
            for found in grades.overall(record)
        ],
        lacks=[
            (labels.get((n, x.backend), x.backend), x)
            for n, r in enumerate(records)
            for x in totals.lacks(r)
        ],
        complaints=dict.fromkeys(text for r in records if r.end for text in r.end.waivers),
        failing=failing[:SHOWN],
        hidden=max(len(failing) - SHOWN, 0),
    )
    return pages.encodable(page)


def _columns(records: Sequence[Record]) -> list[Column]:
    """The backends of all records; a name that comes again is numbered."""
    columns: list[Column] = []
    seen: dict[str, int] = {}
    for place, record in enumerate(records):
        for backend in record.run.backends:
            count = seen[backend.name] = seen.get(backend.name, 0) + 1
            label = backend.name if count == 1 else f"{backend.name} ({count})"
            sums = totals.of_backend(record, backend.name)
            columns.append(Column(len(columns) + 1, label, backend, record, place, sums))
    return columns


# -- The data that the page's script reads ---------------------------------------------------------


class _Index:
    """Numbers things in the order in which they are first met."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def __getitem__(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))


def payload(records: Sequence[Record], columns: Sequence[Column]) -> dict[str, Any]:
    """All verdicts, with every string that repeats held once; numbers are formatted already."""
    ops: dict[str, dict[str, Any]] = {}
    for record in records:
        for name, op in record.run.ops.items():
            held = ops.setdefault(name, {**op, "dtypes": []})
            held["dtypes"] += [d for d in op.get("dtypes", []) if d not in held["dtypes"]]
    for result in (r for record in records for r in record.results):
        dtypes = ops.setdefault(result.op, {"dtypes": []})["dtypes"]
        if result.dtype not in dtypes:
            dtypes.append(result.dtype)
    dtypes = sorted({d for op in ops.values() for d in op["dtypes"]}, key=pages.dtype_order)
    families = list(dict.fromkeys(str(op.get("family", "other")) for op in ops.values()))
    order = sorted(ops, key=lambda name: families.index(str(ops[name].get("family", "other"))))
    checks, rules, details, texts = _Index(), _Index(), _Index(), _Index()
    places = {(c.place, c.backend.name): c.number - 1 for c in columns}
    op_places = {name: place for place, name in enumerate(order)}
    dtype_places = {dtype: place for place, dtype in enumerate(dtypes)}
    graded = [
        [op_places[op], dtype_places[dtype], places[place, backend], texts[text]]
        for place, record in enumerate(records)
        for (backend, op, dtype), text in grades.texts(record).items()
        if (place, backend) in places
    ]
    rows = [
        [
            op_places[result.op],
            dtype_places[result.dtype],
            places[place, result.backend],
            checks[result.check],
            CODES[result.verdict],
            result.cases,
            rules[result.rule],
            number(result.ulp),
            number(result.z),
            percent(round(1000 * result.vacuous), 1000) if result.vacuous else "",
            number(result.tightness),
            f"{number(result.gain)}, z {number(result.gain_z)}" if result.gain is not None else "",
            number(result.ratio),
            sum(result.unsupported.values()) or "",
            details[detail] if (detail := _detail(result)) else -1,
        ]
        for place, record in enumerate(records)
        for result in record.results
        if (place, result.backend) in places
    ]
    return {
        "states": [[s.name, s.glyph, s.failing] for s in STATES],
        "backends": [
            [c.label, bool(c.backend.unavailable), c.backend.unavailable] for c in columns
        ],
        "dtypes": dtypes,
        "families": families,
        "ops": [
            [
                name,
                families.index(str(ops[name].get("family", "other"))),
                sorted(dtype_places[d] for d in ops[name]["dtypes"]),
                str(ops[name].get("summary", "")),
                str(ops[name].get("rule", "")),
            ]
            for name in order
        ],
        "checks": list(checks.places),
        "rules": list(rules.places),
        "details": [json.loads(text) for text in details.places],
        "texts": list(texts.places),
        "grades": graded,
        "results": rows,
    }


def _detail(result: Result) -> str:
    """What only failing results and the like have, as JSON, or nothing."""
    held = {
        "message": result.message,
        "waiver": result.waiver,
        "shapes": " ".join("×".join(map(str, s)) or "scalar" for s in result.shapes),
        "attributes": result.attributes,
        "way": result.way,
        "reproducer": result.reproducer,
    }
    worst = None
    if result.worst:
        w = asdict(result.worst) | {"ulp": number(result.worst.ulp), "z": number(result.worst.z)}
        worst = {k: [str(x) for x in v] if isinstance(v, list) else str(v) for k, v in w.items()}
    if not worst and not any(held[k] for k in ("message", "waiver", "reproducer")):
        return ""
    return json.dumps({k: v for k, v in held.items() if v} | ({"worst": worst} if worst else {}))
