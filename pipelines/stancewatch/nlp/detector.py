"""The detector: gate, holders, reader and summits behind the one door of `core.ports`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

from stancewatch.core.actor import Actors
from stancewatch.core.article import Article, dateline_end
from stancewatch.core.digest import digest
from stancewatch.core.mention import Field, Mention
from stancewatch.core.moment import Moment
from stancewatch.core.occurrence import Telling
from stancewatch.core.ports import Detection
from stancewatch.core.topic import Kind, Topic
from stancewatch.errors import ModelError
from stancewatch.nlp.gazetteer import Gazetteer
from stancewatch.nlp.language import language_of
from stancewatch.nlp.languages import GRAMMARS
from stancewatch.nlp.names import Names
from stancewatch.nlp.normal import normal
from stancewatch.nlp.offices import Offices
from stancewatch.nlp.prefilter import Gate, Prefilter
from stancewatch.nlp.reader.agree import AgreeingReader
from stancewatch.nlp.reader.calibration import calibrated
from stancewatch.nlp.reader.forces import mark_forces
from stancewatch.nlp.reader.learned import LearnedReader, knows
from stancewatch.nlp.reader.merge import merged
from stancewatch.nlp.reader.passage import Passage, Sentence
from stancewatch.nlp.reader.rules import RuleReader
from stancewatch.nlp.reader.slots import LEVELS
from stancewatch.nlp.reader.syntax import Syntax
from stancewatch.nlp.reader.trace import Trace
from stancewatch.nlp.reader.wording import Wording
from stancewatch.nlp.reader.words import Words, compile_words
from stancewatch.nlp.sentences import sentences
from stancewatch.nlp.signers import Signers
from stancewatch.nlp.summits import SummitReader
from stancewatch.nlp.weights import Weights

CODE_VERSION = "readers-2"  # raise it when the same text may be read otherwise
OUT_OF_TIME = "outside the topic's dates"


@dataclass(frozen=True, slots=True)
class Look:
    """What became of one article on one topic, step by step."""

    topic: str
    stopped: str = ""
    mentions: tuple[Mention, ...] = ()
    tellings: tuple[Telling, ...] = ()
    holders: tuple[str, ...] = ()
    trace: Trace | None = None


class TextDetector:
    """Reads an article on every topic that has words in its language."""

    def __init__(self, topics: tuple[Topic, ...], actors: Actors, weights: Weights) -> None:
        rules = (repr(actors), *(t.digest for t in topics))
        self._digest = digest("detector", CODE_VERSION, weights.digest, *rules)
        self._readers = {code: _Language(code, topics, actors, weights) for code in GRAMMARS}

    @property
    def digest(self) -> str:
        return self._digest

    def reads(self, language: str) -> bool:
        return language in self._readers

    def detect(self, article: Article) -> Detection:
        language = language_of(article)
        if not self.reads(language):
            return Detection(unread=f"unsupported language: {language}")
        looks = tuple(self.look(article))
        return Detection(
            tuple(mention for look in looks for mention in look.mentions),
            tuple(telling for look in looks for telling in look.tellings),
        )

    def look(self, article: Article) -> Iterator[Look]:
        return self._readers[language_of(article)].look(article)


class _Language:
    def __init__(
        self, code: str, topics: tuple[Topic, ...], actors: Actors, weights: Weights
    ) -> None:
        grammar = GRAMMARS[code]
        self._code = code
        self._names = Names(actors, grammar)
        self._gazetteer = Gazetteer(self._names)
        self._signers = Signers(self._gazetteer)
        self._topics = tuple(topic for topic in topics if code in topic.lexicons)
        self._gate = Prefilter(self._topics, actors, code)
        self._words: dict[str, Words] = {
            t.id: compile_words(t.lexicons[code], grammar, f"{t.id}/{code}: ") for t in self._topics
        }
        self._readers = {
            t.id: self._reader(t, weights) for t in self._topics if t.kind is Kind.STANCE
        }
        self._summits = {
            t.id: SummitReader(t.id, t.lexicons[code], t.outcomes, self._names)
            for t in self._topics
            if t.kind is Kind.OCCURRENCE
        }

    def look(self, article: Article) -> Iterator[Look]:
        gates = self._gate.gates(article.title, article.text)
        for topic, gate in zip(self._topics, gates, strict=True):
            if not gate.passed or not _in_time(topic, article.published):
                yield Look(topic.id, gate.why_not or OUT_OF_TIME)
            else:
                yield self._read(topic, article, gate)

    def _read(self, topic: Topic, article: Article, gate: Gate) -> Look:
        whole = normal(f"{article.title}\n{article.text}").text
        offices = self._gazetteer.offices(article.published, whole)
        lines = tuple(self._sentences(article, topic, offices))
        holders = tuple(
            sorted(
                {
                    sentence.span(h.start, h.end).text
                    for sentence in lines
                    for index in range(len(sentence.line))
                    for h in sentence.holders(index)
                }
            )
        )
        if topic.id in self._summits:
            tellings = self._summits[topic.id].read(lines, article.published)
            return Look(topic.id, tellings=tellings, holders=holders)
        passage = Passage(
            lines,
            article.published,
            self._signers.of(article),
            gate.theatre,
            offices,
        )
        found, trace = self._readers[topic.id].traced(passage)
        mentions = tuple(
            replace(each, confidence=calibrated(each.confidence)) for each in merged(found)
        )
        return Look(topic.id, mentions=mentions, holders=holders, trace=trace)

    def _reader(self, topic: Topic, weights: Weights) -> RuleReader | AgreeingReader:
        """The constructions alone, or with the network where one knows the topic."""
        words = self._words[topic.id]
        rules = RuleReader(topic.id, words, self._names)
        if weights.reader is None or not knows(weights.reader, self._code, topic.id):
            return rules
        known = {level.name for level in topic.policy.levels} if topic.policy else set()
        if unknown := set(LEVELS[1:]) - known:
            told = f"the reader decides levels that the topic has not: {', '.join(sorted(unknown))}"
            raise ModelError(told, where=str(weights.reader))
        learned = LearnedReader(weights.reader, self._names, words.theatre)
        syntax = Syntax(weights.parser) if weights.parser else None
        return AgreeingReader(rules, learned, Wording(topic.id, words), syntax)

    def _sentences(self, article: Article, topic: Topic, offices: Offices) -> Iterator[Sentence]:
        words = self._words[topic.id]
        for field, text in ((Field.TITLE, article.title), (Field.TEXT, article.text)):
            form = normal(text)
            found = list(self._names.find(form.text))
            # A dateline names a place where a summit may be, never a holder of a position.
            begin = dateline_end(form.text) if topic.kind is Kind.STANCE else 0
            for whole_row in sentences(form.text, self._code):
                row = [chunk for chunk in whole_row if chunk.start >= begin]
                if not row:
                    continue
                within = [f for f in found if row[0].start <= f[0] and f[1] <= row[-1].end]
                line = self._gazetteer.holders(
                    row, form.text, within, offices, partial(mark_forces, words)
                )
                yield Sentence(line, field, form)


def _in_time(topic: Topic, published: Moment | None) -> bool:
    if published is None:
        return True
    day = published.at.date()
    return (topic.valid_from is None or topic.valid_from <= day) and (
        topic.valid_until is None or day < topic.valid_until
    )


@dataclass(frozen=True, slots=True)
class TextDetectorSpec:
    """Travels to a worker and opens there, once per process."""

    topics: tuple[Topic, ...]
    actors: Actors
    weights: Weights

    def open(self) -> TextDetector:
        rules = (repr(self.actors), *(topic.digest for topic in self.topics))
        key = digest("spec", repr(self.weights), *rules)
        with _BUILDING:  # Beam's threads ask at once, and it takes a second or two
            if key not in _BUILT:
                _BUILT.clear()  # a process reads with one set of rules at a time
                _BUILT[key] = TextDetector(self.topics, self.actors, self.weights)
            return _BUILT[key]


_BUILDING = Lock()
_BUILT: dict[str, TextDetector] = {}  # a spec cannot be hashed, so no lru_cache
