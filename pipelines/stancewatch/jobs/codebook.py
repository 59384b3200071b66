"""What every file and field of a release means: data first, then the page made from it.

A row with a field that is not described here is refused by `jobs.release`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stancewatch.core.actor import Rank, Voice
from stancewatch.core.mention import Evidence, Modality
from stancewatch.core.stance import Standing
from stancewatch.core.topic import Kind, Topic
from stancewatch.core.watch import Verdict
from stancewatch.core.weigh import TIER


@dataclass(frozen=True, slots=True)
class Field:
    """`type` ends with a question mark where the value may be null."""

    name: str
    type: str
    meaning: str
    unit: str = ""


def _fields(*rows: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(Field(*row) for row in rows)


SHARE = "from 0 to 1"
TIME = "UTC; as precise as it is known"
COUNTRY = ("country", "text", "whose position it is: a country, or a body such as NATO", "code")
TOPIC = ("topic", "text", "id of the topic")
CONDITION = ("condition", "text?", "its words; empty: there is one, without words; null: none")
SCOPE = ("scope", "text", "whose troops and where, in words; empty: nothing is stated")

ARTICLE = _fields(
    ("type", "text", "`article`"),
    ("id", "text", "the same for the same article in every release"),
    ("revision", "text", "digest of the wording that was read (title and text)"),
    ("url", "text?", "its address, without tracking parameters"),
    ("source", "text", "the outlet's domain or name"),
    ("title", "text", "its headline"),
    ("lang", "text?", "its language as the source gave it", "language tag"),
    ("published", "date?", "when any wording of it was first published", TIME),
    ("updated", "date?", "when this wording was published", TIME),
    ("text_sha256", "text", "SHA-256 of the text in UTF-8: whoever has the text can compare it"),
    ("text_length", "integer", "how long the text is", "characters"),
)
WITH_TEXTS = _fields(
    ("author", "text?", "who signed it, as printed"),
    ("text", "text", "the text as it was read"),
)
READING = _fields(
    ("id", "text", "the same for the same words in every release"),
    ("quote", "text", "the sentence; of a baseline, its summary"),
    ("speaker", "text?", "who spoke"),
    ("office", "text?", "the speaker's office on that day"),
    ("evidence", "text", "how the words reached us; see Evidence"),
    ("modality", "text", "how it is put; see Modality"),
    ("level", "text", "the level it speaks for; see Scales"),
    ("confidence", "number", "how sure the detector is", SHARE),
    CONDITION,
    ("outlet", "text", "who published it"),
    ("url", "text?", "of the article or the reference"),
    ("title", "text", "of the article"),
    ("published", "date?", "when the article was first published", TIME),
    ("stated_at", "date?", "when the words were spoken, where the text tells it", TIME),
    ("rule", "text", "which rule found it; `baseline` for a baseline"),
    ("kind", "text", "`press`, or `baseline`: a recorded starting point"),
    ("ruled", "text?", "what an analyst ruled on it, who and why, in words"),
)

TABLES: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "articles": ("One row for each article, in the wording that was read last.", ARTICLE),
    "mentions": (
        "One row for each position found in the text of an article.",
        _fields(
            ("type", "text", "`mention`"),
            ("id", "text", "the same for the same words in every release"),
            ("article", "text", "`id` of the article"),
            ("revision", "text", "`revision` of the article"),
            ("url", "text?", "of the article"),
            ("published", "date?", "of the article", TIME),
            COUNTRY,
            TOPIC,
            ("stance", "text", "the level; see Scales"),
            ("voice", "text", "in whose name the words are spoken; see Voices"),
            ("conditional", "boolean", "whether a condition is attached"),
            ("current", "boolean", "false where older words are recalled"),
            ("confidence", "number", "how sure the detector is", SHARE),
            ("holder_text", "text", "the words that name the holder"),
            ("holder_span", "list of integers", "start and end of them", "characters"),
            ("holder_field", "text", "where they stand: `title` or `text`"),
            ("cue_text", "text", "the words that carry the position"),
            ("cue_span", "list of integers", "start and end of them", "characters"),
            ("cue_field", "text", "where they stand: `title` or `text`"),
            ("evidence", "text", "how the words reached us; see Evidence"),
            ("modality", "text", "how it is put; see Modality"),
            CONDITION,
            SCOPE,
            ("speaker", "text?", "who spoke"),
            ("office", "text?", "the speaker's office on that day"),
            ("stated_at", "date?", "when the words were spoken, where the text tells it", TIME),
            ("rule", "text", "which rule found it"),
            ("quote", "text", "the sentence"),
        ),
    ),
    "occurrences": (
        "One row for each summit, merged from all articles that tell of it.",
        _fields(
            ("type", "text", "`occurrence`"),
            ("id", "text", "the same for the same summit as long as its first day is"),
            TOPIC,
            ("summit", "text", "what it is called"),
            ("place", "text?", "where it was held"),
            ("outcome", "text", "the weightiest that any article told; see Outcomes"),
            ("countries", "list of texts", "everyone named", "codes"),
            ("at", "date", "the first day told of", TIME),
            ("last", "date", "the last day told of", TIME),
            ("quote", "text", "the sentence behind the outcome"),
            ("articles", "list of texts", "`id` of each article that tells of it"),
        ),
    ),
    "shifts": (
        "One row for each change of a position, with the evidence on both sides.",
        _fields(
            ("type", "text", "`shift`"),
            COUNTRY,
            TOPIC,
            ("from", "text?", "the level before; null where none was known"),
            ("to", "text", "the level after; see Scales"),
            ("happened_at", "date", "when the words were spoken that decide it", TIME),
            ("established_at", "date", "when the publication came that completed it", TIME),
            ("status", "text", "`established`: shifts that no longer stand are not released"),
            ("confidence", "number", "independent witnesses taken together", SHARE),
            CONDITION,
            ("conditions", "list of conditions", "added, dropped or changed since"),
            SCOPE,
            ("because", "text", "why, in a sentence"),
            ("witnesses", "integer", "independent ones in catalogued outlets", "witnesses"),
            ("single_source", "boolean", "nobody's own words, and one witness"),
            ("baseline", "boolean", "a recorded starting point, not news"),
            ("evidence", "list of readings", "what speaks for it, the strongest first"),
            ("before", "list of readings", "what spoke for the level before; at most 20"),
        ),
    ),
    "stances": (
        "One row for each country and topic: where it stands at the end of the evidence.",
        _fields(
            ("type", "text", "`stance`"),
            COUNTRY,
            TOPIC,
            ("level", "text?", "null while nothing is established; see Scales"),
            ("standing", "text", "how settled it is; see Standings"),
            ("since", "date?", "when it was reached", TIME),
            ("confirmed_at", "date?", "when somebody last said so", TIME),
            ("confidence", "number", "independent witnesses taken together", SHARE),
            CONDITION,
            SCOPE,
            ("pending_level", "text?", "a level that waits for evidence"),
            ("pending_since", "date?", "since when it waits", TIME),
            ("evidence", "list of readings", "what speaks for it; at most 20"),
            ("opposed_by", "list of readings", "what speaks against it; at most 20"),
        ),
    ),
    "rulings": (
        "One row for each verdict of an analyst on a piece of evidence.",
        _fields(
            ("type", "text", "`ruling`"),
            ("id", "text", "of the ruling"),
            COUNTRY,
            TOPIC,
            ("verdict", "text", "see Verdicts"),
            ("level", "text?", "the level that a relabelling names; see Scales"),
            ("withdraws", "text?", "`id` of the ruling that is withdrawn"),
            ("subject", "text", "`id` of the reading that was ruled on"),
            ("author", "text", "who ruled"),
            ("because", "text", "why"),
            ("ruled_at", "date", "when", TIME),
        ),
    ),
}

VOICES: Mapping[Voice, str] = {
    Voice.GOVERNMENT: "the government, its ministers and its spokespeople: the country's position",
    Voice.PARTY: "a party or a member of parliament",
    Voice.MILITARY: "the armed forces",
    Voice.PUBLIC: "opinion polls and protests",
    Voice.OTHER: "anybody else",
}
EVIDENCE: Mapping[Evidence, str] = {
    Evidence.OWN_WORDS: "quoted, signed, or on the government's own site",
    Evidence.PARAPHRASE: "a named office-holder, paraphrased",
    Evidence.INSTITUTION: "a named institution or a spokesperson",
    Evidence.UNNAMED: "officials without a name",
    Evidence.NARRATOR: "a summary without a speaker",
    Evidence.THIRD_PARTY: "what somebody else says of the country",
}
MODALITIES: Mapping[Modality, str] = {
    Modality.ASSERTED: "said without reserve",
    Modality.CONDITIONAL: "tied to a condition",
    Modality.DENIED: "the text denies it: no evidence of the position",
    Modality.HEARSAY: "reported to have been said",
    Modality.RECAP: "older words, recalled",
}
STANDINGS: Mapping[Standing, str] = {
    Standing.ESTABLISHED: "its evidence is enough",
    Standing.PENDING: "nothing is established yet, something waits for evidence",
    Standing.CONTESTED: "evidence of equal weight on both sides, or a change back too soon",
    Standing.SPLIT: "voices of one government differ",
    Standing.INHERITED: "a new government has not restated it",
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.ACCEPT: "it is certain, and suffices alone",
    Verdict.REJECT: "it is no evidence",
    Verdict.RELABEL: "it is certain, at the level that the ruling names",
    Verdict.WITHDRAW: "an earlier ruling holds no longer",
}
RANKS: Mapping[Rank, str] = {
    Rank.LEADER: "leads the government",
    Rank.HEAD: "a head of state who does not lead it",
    Rank.MINISTER: "a minister",
    Rank.JUNIOR: "a junior minister",
    Rank.SPOKESPERSON: "speaks for one of them",
}

CONVENTIONS = """\
Each table comes twice with the same rows: as JSON lines (`.jsonl`), one object a line, and as CSV
(`.csv`) with a header. In CSV, null is written `null`, truth `true` or `false`, and a list is JSON
in its cell. A cell that a spreadsheet would take for a formula begins with `'`. All files are
UTF-8.

Dates are UTC and as precise as they are known: `2025-02-17T09:30:00Z`, `2025-02-17`, `2025-02`.
Where dates of unlike precision are compared, a day stands for its noon.

Types: a question mark says that the value may be null. A *reading* is described in a table of its
own.
"""


def names(table: str, *, with_texts: bool = False) -> tuple[str, ...]:
    """The fields of a table, in the order of its columns."""
    return tuple(field.name for field in fields_of(table, with_texts=with_texts))


def fields_of(table: str, *, with_texts: bool = False) -> tuple[Field, ...]:
    return TABLES[table][1] + (WITH_TEXTS if with_texts and table == "articles" else ())


def codebook(
    topics: Mapping[str, Topic], made_by: Mapping[str, Any], *, with_texts: bool = False
) -> str:
    """The page: tables and fields, the words in them, and which rules and detector made them."""
    parts = ["# Codebook\n", CONVENTIONS, *_tables(with_texts=with_texts)]
    parts += [*_scales(topics.values()), *_outcomes(topics.values())]
    parts.append(_words("Voices", VOICES, "In whose name words are spoken."))
    parts.append(_words("Evidence", _tiers(), "How the words reached us, the weightiest first."))
    parts.append(_words("Offices", RANKS, "How far an office binds, the weightiest first."))
    parts.append(_words("Modality", MODALITIES, "How a position is put."))
    parts.append(_words("Standings", STANDINGS, "How settled a stance is."))
    parts.append(_words("Verdicts", VERDICTS, "What an analyst makes of a reading."))
    parts.append(_words("Made by", made_by, "The digests change with what they stand for."))
    return "\n".join(parts)


def _tables(*, with_texts: bool) -> Iterator[str]:
    for table, (about, _) in TABLES.items():
        yield _table(table, about, fields_of(table, with_texts=with_texts))
    yield _table("Reading", "An item of `evidence`, `before` and `opposed_by`.", READING)


def _table(name: str, about: str, fields: Iterable[Field]) -> str:
    rows = (f"| `{f.name}` | {f.type} | {f.unit} | {f.meaning} |" for f in fields)
    head = f"## {name}\n\n{about}\n\n| field | type | unit | meaning |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def _tiers() -> dict[str, str]:
    return {each: f"tier {TIER[each]}: {meaning}" for each, meaning in EVIDENCE.items()}


def _scales(topics: Iterable[Topic]) -> Iterator[str]:
    for topic in topics:
        if topic.policy:
            levels = {level.name: f"{level.side}: {level.meaning}" for level in topic.policy.levels}
            about = f"{topic.title}, from refusal to deed: side and meaning of each level."
            yield _words(f"Scales: `{topic.id}`", levels, about)


def _outcomes(topics: Iterable[Topic]) -> Iterator[str]:
    for topic in topics:
        if topic.kind is Kind.OCCURRENCE:
            listed = ", ".join(f"`{outcome}`" for outcome in topic.outcomes)
            yield f"## Outcomes: `{topic.id}`\n\n{topic.title}, the weightiest first: {listed}.\n"


def _words(title: str, words: Mapping[Any, Any], about: str) -> str:
    rows = "\n".join(f"| `{word}` | {_cell(meaning)} |" for word, meaning in words.items())
    return f"## {title}\n\n{about}\n\n| | |\n|---|---|\n{rows}\n"


def _cell(text: object) -> str:
    """Words from rule files stand in one cell."""
    return " ".join(str(text).split()).replace("|", "\\|")
