"""Catalogues in three forms, with every fault at its line; and the one that is shipped."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from stancewatch.core.feed import Feed
from stancewatch.core.outlet import Outlet, Outlets
from stancewatch.errors import UsageError
from stancewatch.sources.catalogue import load
from stancewatch.stores.rulebook.faults import Faults
from stancewatch.stores.rulebook.located import read

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "seeds" / "feeds" / "security-desk.toml"


def catalogue(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(UsageError) as fault:
        load(path)
    return [line.removeprefix(f"{path}:") for line in fault.value.problem.splitlines()]


def test_toml(tmp_path: Path) -> None:
    (tmp_path / "snapshot.xml").write_text("<rss/>")
    text = """
    [[feed]]
    name = "Harbour"
    url = "HTTPS://www.Harbour.example:443/rss"
    source = "harbour.example"
    lang = "no"
    country = "NO"
    hazard = "titles change"
    items_per_day = 40
    window = 20
    verified = false
    note = "not verified live"
    [[feed]]
    url = "snapshot.xml"
    """
    first, second = load(catalogue(tmp_path, "feeds.toml", text))
    assert first == Feed(
        "https://www.harbour.example/rss",
        "harbour.example",
        "Harbour",
        "no",
        "NO",
        hazard="titles change",
    )
    assert (second.url, second.path) == ("snapshot.xml", str(tmp_path / "snapshot.xml"))


def test_every_fault_of_a_toml_catalogue_has_its_line(tmp_path: Path) -> None:
    text = """[[feed]]
url = "https://a.example/"
nmae = "A"
[[feed]]
name = "no address"
[[feed]]
url = "https://b.example/"
country = "Norway"
lang = "norsk"
window = "20"
source = "b"
[[feed]]
url = "https://a.example/x"
[[feed]]
url = "https://a.example/x"
[[feed]]
url = "ftp://c.example/"
[[feed]]
url = "missing.xml"
"""
    found = faults(catalogue(tmp_path, "feeds.toml", text))
    assert [fault.partition(":")[0] for fault in found] == [*"1466", "6", "6", "14", "16", "18"]
    assert "'name' is" in found[0]


@pytest.mark.parametrize("text", ["[[feed]]\nurl = \n", "[feed]\nurl = 'x'", "", "a = 1"])
def test_what_is_no_catalogue_is_a_fault(text: str, tmp_path: Path) -> None:
    assert len(faults(catalogue(tmp_path, "feeds.toml", text))) == 1


def test_opml_lists_a_feed_once_however_many_folders_it_is_in(tmp_path: Path) -> None:
    text = """<?xml version="1.0"?><opml version="2.0"><body>
    <outline text="Desk"><outline type="rss" text="Harbour" xmlUrl="https://feeds.harbour.example/rss"
        htmlUrl="https://www.harbour.example/" language="en-GB"/></outline>
    <outline text="Again"><outline text="H" xmlUrl="https://feeds.harbour.example/rss"/></outline>
    <outline text="Coast" xmlUrl="https://coast.example/rss"/></body></opml>"""
    first, second = load(catalogue(tmp_path, "feeds.opml", text))
    assert (first.name, first.source, first.lang) == ("Harbour", "harbour.example", "en")
    assert (second.url, second.source) == ("https://coast.example/rss", "coast.example")


def test_opml_from_elsewhere_cannot_read_our_files(tmp_path: Path) -> None:
    secret = catalogue(tmp_path, "secret.xml", "<rss/>")
    for url in ("secret.xml", str(secret), secret.as_uri()):
        text = f'<opml><body>\n<outline xmlUrl="{url}"/></body></opml>'
        assert [
            fault.partition(":")[0] for fault in faults(catalogue(tmp_path, "f.opml", text))
        ] == ["2"]


def test_opml_with_a_document_type_is_refused(tmp_path: Path) -> None:
    text = '<!DOCTYPE opml [<!ENTITY a "b">]>\n<opml><body><outline xmlUrl="&a;"/></body></opml>'
    assert "document type" in faults(catalogue(tmp_path, "f.opml", text))[0]
    assert "not well-formed" in faults(catalogue(tmp_path, "f.opml", "<opml>\n<body></opml>"))[0]


def test_one_address_per_line(tmp_path: Path) -> None:
    text = "# our desk\nhttps://a.example/rss\n\n  https://b.example/rss  \n"
    assert [feed.source for feed in load(catalogue(tmp_path, "feeds.txt", text))] == [
        "a.example",
        "b.example",
    ]
    found = faults(catalogue(tmp_path, "feeds.txt", text + "https://a.example/rss\nnonsense\n"))
    assert [fault.partition(":")[0] for fault in found] == ["5", "6"]


def test_a_catalogue_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"\xe9")
    for path in (tmp_path / "none.toml", latin):
        with pytest.raises(UsageError):
            load(path)


def test_passwords_in_addresses_do_not_get_into_faults(tmp_path: Path) -> None:
    path = catalogue(tmp_path, "feeds.txt", "gopher://me:secret@a.example/\n")
    assert "secret" not in "".join(faults(path))


@pytest.fixture(scope="module")
def outlets() -> list[Outlet]:
    faults = Faults()
    document = read(ROOT / "rules" / "sources.yaml", "sources.yaml", faults)
    faults.raise_if_any()
    assert document is not None
    return [Outlet(**row) for row in document.data]


def test_the_shipped_feeds_say_that_they_were_not_asked() -> None:
    rows = tomllib.loads(SHIPPED.read_text("utf-8"))["feed"]
    assert len(rows) > 80
    assert all(row["verified"] is False and row["note"] == "not verified live" for row in rows)
    assert len(load(SHIPPED)) == len(rows)


def test_the_shipped_feeds_are_of_known_outlets(outlets: list[Outlet]) -> None:
    known = Outlets.of(outlets)
    assert [feed.url for feed in load(SHIPPED) if known.find(feed.source) is None] == []


def test_the_known_outlets_are_many_and_each_there_once(outlets: list[Outlet]) -> None:
    assert len(outlets) >= 150
    assert len({outlet.domain for outlet in outlets}) == len(outlets)
    assert len({outlet.name.casefold() for outlet in outlets}) == len(outlets)
    assert {outlet.tier for outlet in outlets} == {1, 2, 3}
    assert next(outlet.country for outlet in outlets if outlet.domain == "nrk.no") == "NO"
