"""Labelled passages -> examples for the learned reader, one for each candidate country."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stancewatch.core.actor import Voice
from stancewatch.core.moment import parse_moment
from stancewatch.nlp.gazetteer import Gazetteer
from stancewatch.nlp.languages import GRAMMARS
from stancewatch.nlp.names import Names
from stancewatch.nlp.normal import normal
from stancewatch.nlp.reader.masking import Masker, Piece, candidates, masked
from stancewatch.nlp.reader.slots import LEVELS, SLOTS, slot_of
from stancewatch.nlp.signers import Signers
from stancewatch.stores.rulebook import Rulebook

TOPIC = "troop-deployment"


@dataclass(frozen=True, slots=True)
class Example:
    """One country in one passage. `levels` and `conditional` are by slot; `cue` is a span of the
    normal text, or None where it is unknown or nothing is held."""

    passage: str
    country: str
    pieces: tuple[Piece, ...]
    levels: tuple[int, ...]
    conditional: tuple[bool, ...]
    cue: tuple[int, int] | None


def read(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


class Maker:
    """Finds the candidates as the detector does, so that training meets what reading will."""

    def __init__(self, book: Rulebook) -> None:
        names = Names(book.actors, GRAMMARS["en"])
        self._gazetteer = Gazetteer(names)
        self._signers = Signers(self._gazetteer)
        self._masker = Masker(names)
        self.lost = 0  # labels of a country that no name in the passage leads to

    def examples(self, passage: dict[str, Any]) -> Iterator[Example]:
        form = normal(passage["text"])
        day = parse_moment(passage.get("published"))
        found = self._masker.hits(form.text, self._gazetteer.offices(day, form.text))
        author = self._signers.byline(passage.get("author"), day)
        signer = author.countries[0] if author else None
        codes = candidates(found, signer)
        labels = [m for m in passage["mentions"] if m["topic"] == TOPIC]
        self.lost += len({m["country"] for m in labels} - set(codes))
        for code in codes:
            own = [m for m in labels if m["country"] == code]
            pieces = tuple(masked(form.text, found, code, signer))
            yield _example(passage["id"], code, pieces, own, form.text)


def _example(
    name: str, code: str, pieces: tuple[Piece, ...], labels: list[dict[str, Any]], text: str
) -> Example:
    levels = [0] * len(SLOTS)
    conditional = [False] * len(SLOTS)
    for label in labels:
        slot = slot_of(Voice(label["voice"]), label["current"])
        levels[slot] = LEVELS.index(label["stance"])
        conditional[slot] = label["conditional"]
    return Example(name, code, pieces, tuple(levels), tuple(conditional), _cue(labels, text))


def _cue(labels: list[dict[str, Any]], text: str) -> tuple[int, int] | None:
    for label in labels:
        words = normal(label.get("cue_text") or "").text
        place = text.find(words) if words else -1
        if place >= 0:
            return place, place + len(words)
    return None
