"""The page in a real browser: filters, keyboard, panel, themes, layout; no network, no errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tensorcts.reports import html
from tensorcts.reports.records import Record

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def _cell(page: Any, op: str, dtype: str) -> Any:
    return page.locator(f'#matrix td[aria-label^="{op} {dtype}:"]')


def _ops(page: Any) -> list[str]:
    names: list[str] = page.locator("#matrix tr[data-o] th").all_inner_texts()
    return names


def _focused(page: Any) -> str:
    label: str = page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''")
    return label.split(":")[0]


def test_each_cell_tells_its_verdicts(show: Open, record: Record) -> None:
    page = show(record)
    cell = _cell(page, "gelu", "float32")
    assert cell.get_attribute("aria-label") == "gelu float32: alpha fail, beta pass"
    assert cell.get_attribute("title") == cell.get_attribute("aria-label")
    assert cell.inner_text() == "F·"
    assert _cell(page, "gelu", "float64").inner_text() == "·–"
    assert _cell(page, "spare", "float32").inner_text() == "??"
    undefined = _cell(page, "gelu", "int32")
    assert undefined.get_attribute("aria-label") == "gelu int32: not defined"
    assert undefined.inner_text() == ""
    assert undefined.evaluate("e => getComputedStyle(e).backgroundImage") == "none"


def test_the_text_filter_and_the_address(show: Open, record: Record) -> None:
    page = show(record)
    page.keyboard.press("/")
    page.keyboard.type("EL")
    assert _ops(page) == ["gelu", "relu"]
    assert page.locator("#count").inner_text() == "2 of 6 ops"
    assert "q=EL" in page.url
    page.locator("#find").fill("nothing like it")
    assert "No op matches" in page.locator("#matrix").inner_text()


def test_the_selects(show: Open, record: Record) -> None:
    page = show(record)
    page.select_option("#family", "arithmetic")
    assert _ops(page) == ["add"]
    page.select_option("#family", "")
    page.select_option("#dtype", "int32")
    assert _ops(page) == ["relu", "add", "less"]
    assert page.locator("#matrix thead th").count() == 2
    page.select_option("#backend", "beta")
    assert _cell(page, "relu", "int32").inner_text() == "·"


def test_verdicts_can_be_hidden(show: Open, record: Record) -> None:
    page = show(record)
    page.click("#failing")
    assert _ops(page) == ["gelu", "add"]
    page.click("#failing")
    assert len(_ops(page)) == 6
    page.click("#legend button:has-text('not run')")
    assert "spare" not in _ops(page)
    assert "hide=not-run" in page.url


def test_a_sent_address_restores_the_view(show: Open, record: Record) -> None:
    page = show(record, hash="#q=gelu&backend=alpha&cell=gelu/float32")
    assert _ops(page) == ["gelu"]
    assert "worst at" in page.locator("#panel").inner_text()


def test_a_click_opens_worst_case_and_reproducer(show: Open, record: Record) -> None:
    page = show(record)
    _cell(page, "gelu", "float32").click()
    text = page.locator("#panel").inner_text()
    for piece in (
        "[3, 17]",
        "x = -3.25",
        "-0.0012",
        "-0.0018",
        "3,410 ulp, z 1.3e6",
        "2 ulp",
        "8×64",
    ):
        assert piece in text
    assert "41 of 512 elements are wrong" in text
    assert page.locator("#panel code").inner_text() == record.results[2 * 2].reproducer
    page.locator("#panel .copy").click()
    page.locator("#panel .copy:has-text('Copied')").wait_for()
    page.click("#panel .close")
    assert page.locator("#panel").is_hidden()


def test_gaps_are_explained_once(show: Open, record: Record) -> None:
    page = show(record)
    _cell(page, "gelu", "float64").click()
    assert (
        "values, shapes – unsupported: beta has no float64 arrays: they cost too much"
        in page.locator("#panel").inner_text()
    )


def test_the_keyboard_alone(show: Open, record: Record) -> None:
    page = show(record)
    page.locator('#matrix td[tabindex="0"]').focus()
    assert _focused(page) == "gelu float64"
    page.keyboard.press("ArrowRight")
    assert _focused(page) == "gelu float32"
    page.keyboard.press("ArrowDown")
    assert _focused(page) == "relu float32"
    page.keyboard.press("ArrowDown")
    assert _focused(page) == "add float32"
    page.keyboard.press("End")
    assert _focused(page) == "add int32"
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    assert "gelu float32" in page.locator("#panel-title").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    assert _focused(page) == "gelu float32"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"


def test_focus_can_be_seen(show: Open, record: Record) -> None:
    page = show(record)
    page.locator('#matrix td[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    style = page.evaluate(
        "(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(document.activeElement))"
    )
    assert style == ["solid", "2px"]


def test_the_panel_follows_the_arrows(show: Open, record: Record) -> None:
    page = show(record)
    _cell(page, "gelu", "float64").click()
    page.keyboard.press("ArrowDown")
    assert "relu float64" in page.locator("#panel-title").inner_text()
    assert page.locator("#matrix [aria-selected]").count() == 1


def test_the_list_of_failures_leads_to_the_cell(show: Open, record: Record) -> None:
    page = show(record)
    assert page.locator("#list").is_hidden()
    page.select_option("#family", "comparisons")
    page.click("#listed")
    page.locator("#list a", has_text="gelu float32").click()
    assert "gelu float32" in page.locator("#panel-title").inner_text()
    assert _focused(page) == "gelu float32"
    page.keyboard.press("Escape")
    assert page.locator("#list").is_visible()


def test_without_javascript_the_failures_can_be_read(
    browser: Any, record: Record, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html.render([record]), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("#list").is_visible()
    assert page.locator("#matrix").is_hidden()
    assert page.locator("#list a", has_text="gelu float32").is_visible()
    context.close()


def test_the_panel_tells_the_grade_without_being_unfolded(show: Open, record: Record) -> None:
    record.run.ops["relu"]["limits"] = {"float32": {"best": 0.4, "good": 2.5}}
    for result in record.results:
        result.rule = "ulp(3)" if result.op == "relu" else result.rule
    page = show(record)
    _cell(page, "relu", "float32").click()
    said = "grade good: at most 0.5 ulp, where the profiles allow best 0.4, good 2.5"
    assert page.locator(f'#panel p:has-text("{said}")').first.is_visible()
