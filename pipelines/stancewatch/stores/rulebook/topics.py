"""`rules/topics/<topic>`: the scale and policy in `topic.yaml`, the words in `<language>.yaml`.

Rows say what one file may hold; `check_topic` what the files of one topic must agree on, and
`make_topic` turns sound rows into a Topic. None of them reads a file or knows a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, Strict

from stancewatch.core.actor import Voice
from stancewatch.core.lexicon import Cue, Lexicon, OutcomeCue
from stancewatch.core.topic import Example, Kind, Level, Policy, Side, Topic
from stancewatch.stores.rulebook.faults import did_you_mean
from stancewatch.stores.rulebook.fields import Day, Duration, Flag, Row, Slug, Text, Texts, at_least
from stancewatch.stores.rulebook.located import Step
from stancewatch.stores.rulebook.watches import Status

Thousandths = Annotated[int, Strict(), Field(ge=0, le=1000)]
Count = Annotated[int, Strict(), Field(ge=1)]
Where = Callable[[str, tuple[Step, ...]], str]  # (stem of the file, path in it) -> file:line


class ValidRow(Row):
    from_: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None


class LevelRow(Row):
    level: Slug
    side: Side
    meaning: Text


class PolicyRow(Row):
    """How evidence becomes a stance; the defaults are those of `core.topic.Policy`."""

    enter: Thousandths = 500
    turn: Annotated[int, Field(ge=0, le=990)] = 0
    leave: Thousandths = 300
    witnesses: Count = 2
    confirm_within: Duration = timedelta(days=7)
    window: Duration = timedelta(days=90)
    dwell: Duration = timedelta(hours=6)
    voices: Annotated[tuple[Voice, ...], at_least(1)] = (Voice.GOVERNMENT,)


class TopicRow(Row):
    """`topic.yaml`."""

    id: Slug
    title: Text
    kind: Kind
    status: Status = "experimental"
    owner: Text
    description: Text | None = None
    references: Texts = ()
    falsepositives: Texts = ()
    valid: ValidRow = ValidRow()
    scale: tuple[LevelRow, ...] = ()
    policy: PolicyRow = PolicyRow()
    outcomes: tuple[Slug, ...] = ()


class CueRow(Row):
    """Words that carry a position: `stance` as they stand, `negated` when denied."""

    id: Slug
    title: Text | None = None
    stance: Slug
    negated: Slug | None = None
    weakened: Slug | None = None
    anaphoric: Flag = True
    refuses: Flag = False
    patterns: Annotated[Texts, at_least(1)]

    def core(self) -> Cue:
        return Cue(
            self.id,
            self.stance,
            self.patterns,
            self.negated,
            self.weakened,
            self.anaphoric,
            self.refuses,
        )


class OutcomeRow(Row):
    id: Slug
    title: Text | None = None
    outcome: Slug
    patterns: Annotated[Texts, at_least(1)]


class ExampleRow(Row):
    """A text that proves the rules. An empty `expect` says that nothing must be found in it."""

    title: str = ""
    text: Text
    author: Text | None = None
    published: Text
    expect: tuple[dict[str, Any], ...]


class LexiconRow(Row):
    """`<language>.yaml`."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    status: Status = "experimental"
    owner: Text
    references: Texts = ()
    falsepositives: Texts = ()
    triggers: Annotated[Texts, at_least(1)]
    hints: Texts = ()
    theatre: Texts = ()
    scene: Texts = ()
    elsewhere: Texts = ()
    words: dict[str, Texts] = Field(default_factory=dict)
    forces: Texts = ()
    missions: Texts = ()
    distractors: Texts = ()
    cues: tuple[CueRow, ...] = ()
    gatherings: Texts = ()
    formats: Texts = ()
    meetings: Texts = ()
    venues: dict[str, Texts] = Field(default_factory=dict)
    outcomes: tuple[OutcomeRow, ...] = ()
    examples: tuple[ExampleRow, ...] = ()

    def core(self) -> Lexicon:
        return Lexicon(
            triggers=self.triggers,
            hints=self.hints,
            theatre=self.theatre,
            scene=self.scene,
            elsewhere=self.elsewhere,
            words=dict(self.words),
            forces=self.forces,
            missions=self.missions,
            distractors=self.distractors,
            cues=tuple(cue.core() for cue in self.cues),
            gatherings=self.gatherings,
            formats=self.formats,
            meetings=self.meetings,
            venues=dict(self.venues),
            outcomes=tuple(OutcomeCue(row.id, row.outcome, row.patterns) for row in self.outcomes),
        )


SHAPES: dict[str, Any] = {"topic": TopicRow, "lexicon": LexiconRow}

Trouble = tuple[str, tuple[Step, ...], str, str]  # stem, path, what is wrong, what to do


def check_topic(topic: TopicRow, lexicons: Mapping[str, LexiconRow]) -> Iterator[Trouble]:
    """Where the files of one topic disagree."""
    levels = [row.level for row in topic.scale]
    yield from _scale(topic, levels)
    for language, lexicon in lexicons.items():
        yield from _lexicon(language, lexicon, topic, levels)


def _scale(topic: TopicRow, levels: list[str]) -> Iterator[Trouble]:
    if topic.kind is Kind.STANCE and not levels:
        yield "topic", (), "a stance topic needs a scale", "add `scale:`, or make it an occurrence"
    for number, level in enumerate(levels):
        if level in levels[:number]:
            yield "topic", ("scale", number), f"the level {level!r} is there twice", "keep one"
    if topic.policy.leave > topic.policy.enter:
        mend = "raise `enter`, or lower `leave`"
        yield "topic", ("policy", "leave"), "`leave` is above `enter`", mend
    valid = topic.valid
    if valid.from_ and valid.until and valid.until <= valid.from_:
        yield "topic", ("valid", "until"), "the topic ends before it begins", "swap the two days"


def _lexicon(
    language: str, lexicon: LexiconRow, topic: TopicRow, levels: list[str]
) -> Iterator[Trouble]:
    if lexicon.language != language:
        problem = f"language {lexicon.language!r} stands in {language}.yaml"
        yield language, ("language",), problem, f"write {language!r}, or rename the file"
    if levels or topic.kind is Kind.OCCURRENCE:
        yield from _cues(language, lexicon, levels)
    for number, row in enumerate(lexicon.outcomes):
        if row.outcome not in topic.outcomes:
            mend = did_you_mean(row.outcome, topic.outcomes)
            path = ("outcomes", number, "outcome")
            yield language, path, f"unknown outcome {row.outcome!r}", mend


def _cues(language: str, lexicon: LexiconRow, levels: list[str]) -> Iterator[Trouble]:
    first: dict[str, int] = {}
    for number, cue in enumerate(lexicon.cues):
        if first.setdefault(cue.id, number) != number:
            yield language, ("cues", number, "id"), f"the cue {cue.id!r} is there twice", "keep one"
        for key in ("stance", "negated", "weakened"):
            level = getattr(cue, key)
            if level is not None and level not in levels:
                mend = did_you_mean(level, levels)
                yield language, ("cues", number, key), f"unknown level {level!r}", mend


def make_topic(topic: TopicRow, lexicons: Mapping[str, LexiconRow], where: Where) -> Topic:
    return Topic(
        id=topic.id,
        title=topic.title,
        kind=topic.kind,
        policy=_policy(topic) if topic.kind is Kind.STANCE else None,
        outcomes=topic.outcomes,
        valid_from=topic.valid.from_,
        valid_until=topic.valid.until,
        status=topic.status,
        lexicons={language: lexicons[language].core() for language in sorted(lexicons)},
        examples=tuple(_examples(lexicons, where)),
    )


def _policy(topic: TopicRow) -> Policy:
    levels = tuple(Level(row.level, row.side, row.meaning) for row in topic.scale)
    return Policy(levels=levels, **topic.policy.model_dump())


def _examples(lexicons: Mapping[str, LexiconRow], where: Where) -> Iterator[Example]:
    for language in sorted(lexicons):
        for number, row in enumerate(lexicons[language].examples):
            yield Example(
                text=row.text,
                published=row.published,
                expect=row.expect,
                where=where(language, ("examples", number)),
                title=row.title,
                author=row.author,
            )
