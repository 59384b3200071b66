"""The examples inside topic files: texts that prove the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stancewatch.core.article import make_article
from stancewatch.core.moment import parse_moment
from stancewatch.core.ports import Detector
from stancewatch.core.topic import Example, Kind, Topic

Label = Mapping[str, object]


def found_in(detector: Detector, topic: Topic, example: Example) -> Sequence[Label]:
    """What the detector reads in an example on its topic, in the words of `expect`."""
    detection = detector.detect(
        make_article(
            source="example.org",
            title=example.title,
            text=example.text,
            author=example.author,
            published=parse_moment(example.published),
        )
    )
    if topic.kind is Kind.OCCURRENCE:
        return [
            {"place": t.place, "outcome": t.outcome, "countries": list(t.countries)}
            for t in detection.tellings
            if t.topic == topic.id
        ]
    return [
        {
            "country": m.country,
            "stance": m.level,
            "voice": str(m.voice),
            "conditional": m.conditional,
            "current": m.current,
        }
        for m in detection.mentions
        if m.topic == topic.id
    ]


def misread(example: Example, found: Sequence[Label]) -> str:
    """How the reading differs from what the example promises; '' where it does not.

    An expectation names what it cares about: {country, stance} holds whatever the voice.
    """
    missing = [wanted for wanted in example.expect if not _among(wanted, found)]
    extra = len(found) - len(example.expect)
    if not missing and extra == 0:
        return ""
    apart = f"{abs(extra)} {'more' if extra > 0 else 'fewer'} than expected"
    what = f"missing {_told(missing)}" if missing else apart
    return f"{what}; found {_told(found) or 'nothing'}"


def _among(wanted: Label, found: Sequence[Label]) -> bool:
    return any(wanted.items() <= each.items() for each in found)


def _told(labels: Sequence[Label]) -> str:
    return ", ".join(" ".join(str(value) for value in label.values()) for label in labels)
