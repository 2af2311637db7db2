"""The page is well-formed, needs nothing from outside, and no string can break out of it."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from tensorcts.reports import html, pages
from tensorcts.reports.records import VERDICTS, Record, Worst

VOID = frozenset({"meta", "input", "br", "link", "hr", "img"})
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    "\" onfocus='alert(1)' autofocus=\"",
    "{{ 7 * 7 }} {% raw %} ${alert(1)} `",
    "\u2028\u2029\x00 \ud800 ]]> &lt; &amp;",
]


class Page(HTMLParser):
    """Checks that every element is closed where it must be, and keeps what tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        optional = {"li", "p"}
        while self.open[-1] != tag and self.open[-1] in optional:
            self.open.pop()
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    @property
    def data(self) -> dict[str, Any]:
        """The data embedded for the script."""
        scripts = self.texts["script"]
        content: dict[str, Any] = json.loads(scripts[0])
        return content

    @property
    def text(self) -> str:
        """All text that a reader sees."""
        hidden = ("script", "style")
        return " ".join(" ".join(t) for tag, t in self.texts.items() if tag not in hidden)


def test_well_formed_with_unique_ids(record: Record) -> None:
    page = Page(html.render([record]))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert ("html", {"lang": "en"}) in page.tags


def test_nothing_comes_from_outside(record: Record) -> None:
    text = html.render([record])
    page = Page(text)
    for _, attrs in page.tags:
        assert "src" not in attrs
        assert (attrs.get("href") or "#").startswith("#")
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttpRequest|import\(", text)
    assert "default-src 'none'" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_strings_stay_strings(record: Record, text: str) -> None:
    tags = len(Page(html.render([record])).tags)
    for result in record.results:
        result.message = result.waiver = result.attributes = result.reproducer = text
        result.worst = Worst([0], [text], text, text, None, None, text)
    record.run.backends[0].device = record.run.suite = record.run.environment["cpu"] = text
    record.run.ops["gelu"]["summary"] = record.run.ops["gelu"]["rule"] = text
    assert record.end
    record.end.canaries[text] = False
    page = Page(html.render([record]))
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert not any(tag == "img" for tag, _ in page.tags)
    assert abs(len(page.tags) - tags) < 40
    assert any(detail["message"] == text for detail in page.data["details"])


def test_hostile_names_stay_strings(record: Record) -> None:
    text = HOSTILE[0]
    record.run.ops[text] = record.run.ops.pop("gelu") | {"family": text}
    for result in record.results:
        result.op = text if result.op == "gelu" else result.op
        result.check = text
    page = Page(html.render([record]))
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert text in [op[0] for op in page.data["ops"]]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_lacks(record: Record, value: float) -> None:
    for result in record.results:
        result.ulp = result.z = value
        result.worst = Worst([0], ["x"], "nan", "inf", value, value, "0 ulp")
    data = Page(html.render([record])).data
    assert data["results"][0][7] == f"{value:.3g}"


def test_the_data_holds_every_verdict(record: Record) -> None:
    data = Page(html.render([record])).data
    assert len(data["results"]) == len(record.results)
    names = [name for name, _, _ in data["states"]]
    assert names[2:] == list(VERDICTS)
    found = {names[row[4]] for row in data["results"]}
    assert found == {r.verdict for r in record.results}


def test_every_state_has_a_glyph_of_its_own() -> None:
    glyphs = [s.glyph for s in html.STATES]
    assert len(set(glyphs)) == len(glyphs)
    assert all(len(g) == 1 for g in glyphs[1:])


def test_pass_rate_stands_beside_coverage(record: Record) -> None:
    text = Page(html.render([record])).text
    assert text.count("passed") == 2
    assert text.count("coverage") == 2
    assert "5 of 6 ops" in " ".join(text.split())


def test_several_records_stand_side_by_side(record: Record) -> None:
    data = Page(html.render([record, record])).data
    assert [label for label, _, _ in data["backends"]] == ["alpha", "beta", "alpha (2)", "beta (2)"]
    assert {row[2] for row in data["results"]} == {0, 1, 2, 3}


def test_void_and_interrupted_runs_have_banners(record: Record) -> None:
    assert 'role="alert"' not in html.render([record])
    assert record.end
    record.end.canaries["nan lost"] = False
    assert "did not catch" in html.render([record])
    record.end = None
    assert "Interrupted." in html.render([record])


def test_a_missing_backend_gives_its_reason(record: Record) -> None:
    record.run.backends[1].unavailable = "needs a device"
    record.results = [r for r in record.results if r.backend == "alpha"]
    page = Page(html.render([record]))
    assert page.data["backends"][1] == ["beta", True, "needs a device"]
    assert "needs a device" in page.text


def test_failures_can_be_read_without_javascript(record: Record) -> None:
    text = " ".join(Page(html.render([record])).text.split())
    assert "gelu float32" in text
    assert "got -0.0012, truth -0.0018; 3,410 ulp" in text


def test_a_run_without_results_has_a_page(record: Record) -> None:
    record.results = []
    record.run.backends = []
    assert Page(html.render([record])).data["results"] == []


def test_ops_and_dtypes_that_only_results_name(record: Record) -> None:
    record.run.ops.clear()
    data = Page(html.render([record])).data
    assert {op[0] for op in data["ops"]} == {r.op for r in record.results}


def test_dtypes_are_ordered_by_kind_and_width() -> None:
    names = ["bool", "uint8", "int8", "int64", "complex64", "bfloat16", "float16", "float64", "odd"]
    ordered = [
        "float64",
        "float16",
        "bfloat16",
        "complex64",
        "int64",
        "int8",
        "uint8",
        "bool",
        "odd",
    ]
    assert sorted(names, key=pages.dtype_order) == ordered


def test_a_large_run_renders_quickly_and_small(sized: Callable[[int, int, int], Record]) -> None:
    record = sized(200, 20, 4)
    start = time.perf_counter()
    text = html.render([record])
    assert time.perf_counter() - start < 20
    assert len(text) < 3_000_000
    assert len(Page(text).data["ops"]) == 200


def test_what_is_unsupported_is_listed_with_its_reason(record: Record) -> None:
    page = Page(html.render([record]))
    assert "beta: they cost too much" in page.text
    assert "gelu, relu, add, softmax, less in float64" in page.text
    for result in record.results:
        result.verdict = "pass"
    assert "Unsupported" not in Page(html.render([record])).texts["h2"]


def test_cases_left_out_of_a_pass_are_shown(record: Record) -> None:
    passed = next(r for r in record.results if r.backend == "alpha" and r.verdict == "pass")
    passed.unsupported = {"no negative strides": 1234}
    page = Page(html.render([record]))
    assert "alpha: no negative strides" in page.text
    assert "1,234 cases of tests judged by others" in page.text
    assert sum(row[13] or 0 for row in page.data["results"]) == 1234
