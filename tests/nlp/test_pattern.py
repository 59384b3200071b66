from __future__ import annotations

import pytest

from stancewatch.errors import RuleError
from stancewatch.nlp.reader.line import Chunk, Found, Line
from stancewatch.nlp.reader.pattern import compile_any, compile_pattern

CLASSES = {"send": ("send", "make available"), "adverb": ("not", "also")}


def line(words: str) -> Line:
    chunks, at = [], 0
    for word in words.split():
        chunks.append(Chunk(word, at, at + len(word)))
        at += len(word) + 1
    return Line(tuple(chunks))


@pytest.mark.parametrize(
    ("pattern", "words", "matches"),
    [
        ("rules|ruled out", "italy ruled out it", True),
        ("rules|ruled out", "italy overruled out it", False),
        ("will ~ <send>", "will not also send", True),
        ("will ~ <send>", "will probably send", True),
        ("will ~ <send>", "will he send", False),
        ("will <send>", "will make available", True),
        ("not? yet", "yet", True),
        ("plans * <force>", "plans for a large §f", True),
        ("plans * <force>", "plans ; a large §f", False),
        ("plans * <force>", "plans , but no §f", False),
        ("<holder> said", "§h said", True),
        ("<noforce> here", "§f here", False),
    ],
)
def test_the_pattern_language(pattern: str, words: str, matches: bool) -> None:
    found = list(line(words).find(compile_pattern(pattern, CLASSES)))
    assert bool(found) == matches


def test_the_longest_of_several_patterns_speaks() -> None:
    pattern = compile_any(["a b", "a b c"], {})
    assert list(line("x a b c").find(pattern)) == [Found(1, 4)]


def test_no_patterns_match_nothing() -> None:
    assert not list(line("a b").find(compile_any([], {})))


def test_an_unknown_class_is_a_rule_error_that_names_the_known() -> None:
    with pytest.raises(RuleError, match=r"unknown word class <sned>.*adverb, .*send"):
        compile_pattern("<sned> it", CLASSES)


def test_a_rewrite_keeps_the_rest() -> None:
    def make(given: Line, found: Found) -> Chunk:
        return Chunk("X", *given.span(found.first, found.last))

    changed = line("a b c b d").rewrite(compile_pattern("b", {}), make)
    assert [c.word for c in changed.chunks] == ["a", "X", "c", "X", "d"]
    assert changed.chunks[1].start == 2
    assert changed.words(0, 2) == " a X "
