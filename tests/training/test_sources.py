from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from training.parser.build import open_gum
from training.parser.sources import licence

from .treebank import document


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://en.wikinews.org/wiki/A", "CC BY"),
        ("https://en.wikivoyage.org/wiki?curid=1", "CC BY-SA"),
        ("https://www.congress.gov/record", "public domain"),
        ("https://openstax.org/details/books/us-history", "CC BY"),
        ("https://openstax.org/books/introduction-anthropology/pages/1", None),
        ("https://www.youtube.com/watch?v=1", None),
        ("https://example.org/?from=en.wikinews.org", None),
        ("https://en.wikinews.org.example.org/", None),
        ("", None),
    ],
)
def test_only_a_source_in_the_table_is_open(url: str, expected: str | None) -> None:
    assert licence(url) == expected


def test_a_dropped_document_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gum.conllu.gz"
    texts = (
        document("kept", "https://en.wikinews.org/wiki/A"),
        document("shut", "https://example.org/b"),
    )
    path.write_bytes(gzip.compress("".join(texts).encode()))
    assert [found.name for found in open_gum(path)] == ["kept"]
    assert capsys.readouterr().err == "dropped shut: https://example.org/b\n"
