"""What was found in a text is shown to a person: in colour, in brackets, or as a web page."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from stancewatch.jobs.explain import explain_lines, visible
from stancewatch.jobs.explain_page import explain_page
from stancewatch.jobs.wiring import House

from .build import house_in

TWO = (
    "Italy ruled out sending soldiers to Ukraine, Prime Minister Giorgia Meloni said.\n\n"
    "France is ready to send soldiers to Ukraine if there is a ceasefire, President Emmanuel"
    " Macron said. Spain ruled out sending missiles to soldiers in Ukraine."
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house_in(tmp_path_factory.mktemp("explain"))


def record(text: str, **more: str) -> dict[str, Any]:
    return {"text": text, "published": "2025-09-04", **more}


def told(house: House, given: dict[str, Any], *, coloured: bool = False) -> list[Text]:
    return list(explain_lines(house, given, coloured=coloured))


class Page(HTMLParser):
    """The elements of a page, the words of its figures, and of everything."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.figures: list[str] = []
        self.marked: list[tuple[str, str]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append(tag)
        if tag not in ("meta", "br"):
            self._open.append(tag)
        if tag == "figure":
            self.figures.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open or not data.strip():
            return
        self.words += data
        if "figure" in self._open:
            self.figures[-1] += data
        if self._open[-1] == "mark":
            self.marked.append((data.strip(), ""))
        elif self._open[-2:] == ["mark", "span"]:
            self.marked[-1] = (self.marked[-1][0], data)


def test_without_colours_the_marks_are_in_brackets(house: House) -> None:
    lines = [line.plain for line in told(house, record(TWO))]
    assert lines[0] == (
        "Italy [cue: ruled out] sending soldiers to Ukraine,"
        " [holder: Prime Minister Giorgia Meloni] said.\n\n"
        "France [cue: is ready to send] soldiers to Ukraine [condition: if there is a ceasefire],"
        " [holder: President Emmanuel Macron] said."
        " Spain ruled out sending missiles to soldiers in Ukraine."
    )
    assert "  France: willing  government voice, paraphrased" in lines
    assert any(
        line.startswith("    read by    the constructions (rule rule-out)") for line in lines
    )
    assert '  not "ruled out" (rule-out): its object is something else' in lines


def test_in_colour_the_words_stay_as_they_are(house: House) -> None:
    first, legend, *_ = told(house, record(TWO), coloured=True)
    assert first.plain == TWO
    marked = {first.plain[span.start : span.end]: span.style for span in first.spans}
    assert marked["ruled out"] == "bold yellow"
    assert marked["Prime Minister Giorgia Meloni"] == "bold cyan"
    assert marked["if there is a ceasefire"] == "magenta"
    assert legend.plain == "holder · cue · condition"


def test_marks_hold_behind_what_steers_a_terminal(house: House) -> None:
    text = f"One.\r\n\x1b[31m\u202e{TWO}"
    (passage, *_) = told(house, record(text))
    assert passage.plain.startswith("One. \n\ufffd[31m\ufffdItaly [cue: ruled out] sending")


def test_what_is_seen_is_as_long_as_what_is_read() -> None:
    text = "a\tb\r\n\x1b\u200b\u2028\ud800é"
    assert visible(text) == "a b \n\ufffd\ufffd \ufffdé"
    assert len(visible(text)) == len(text)


def test_the_page_has_a_figure_for_each_mention(house: House) -> None:
    page = Page(explain_page(house, record(TWO)))
    assert len(page.figures) == 2
    assert page.marked == [
        ("ruled out", "CUE"),
        ("Prime Minister Giorgia Meloni", "HOLDER"),
        ("is ready to send", "CUE"),
        ("if there is a ceasefire", "CONDITION"),
        ("President Emmanuel Macron", "HOLDER"),
    ]
    for fact in (
        "France: willing", "government voice", "paraphrased", "confidence", "0.", "(rule ready)",
        "because", "cue ready",
    ):  # fmt: skip
        assert fact in page.figures[1], fact
    assert "(rule-out): its object is something else" in page.words


def test_the_page_says_why_nothing_was_found(house: House) -> None:
    text = "Spain ruled out sending missiles to soldiers in Ukraine."
    page = Page(explain_page(house, record(text)))
    assert page.figures == [text]
    assert "Nothing found: no position: its object is something else." in page.words
    assert "Who could hold a position: Spain." in page.words


def test_nothing_in_a_text_becomes_part_of_the_page(house: House) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=y>\"'&amp;</figure>{0}"
    given = record(f"{hostile} {TWO} {hostile}", title=hostile, lang='en"><b>')
    plain = Page(explain_page(house, record(TWO, title="A title")))
    unread = Page(explain_page(house, given))
    read = Page(explain_page(house, {**given, "lang": "en"}))
    assert {*unread.elements, *read.elements} <= {*plain.elements}
    assert hostile in unread.words
    assert len(read.figures) == len(plain.figures)


def test_the_page_loads_nothing(house: House) -> None:
    html = explain_page(house, record(TWO))
    assert "default-src 'none'" in html
    assert not {"link", "script", "img", "iframe", "a"} & {*Page(html).elements}


def test_a_page_is_text_that_any_file_can_hold(house: House, tmp_path: Path) -> None:
    html = explain_page(house, record(f"\x00{TWO}\ud800", lang="de", title="\udfff"))
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    assert f"\ufffd{TWO.partition(chr(10))[0]}" in html
