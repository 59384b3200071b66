"""What an article says -> a filing: its readings of watched keys, and why the rest is none."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from stancewatch.core.article import sketch
from stancewatch.core.outlet import Outlets
from stancewatch.core.record import Filing
from stancewatch.core.watch import Decision, Reading, Reason, Watch, match
from stancewatch.transforms.elements import NAMESPACE, Detected, SpineSpec


class Match(beam.PTransform[Detected, Filing]):
    """PCollection[Detected] -> PCollection[Filing], one for one."""

    def __init__(self, spec: SpineSpec) -> None:
        super().__init__()
        self._spec = spec

    def expand(self, detected: beam.PCollection) -> beam.PCollection:
        return detected | "match with the watches" >> beam.ParDo(
            _Match(self._spec.outlets, tuple(self._spec.watches))
        )


class _Match(beam.DoFn):
    def __init__(self, outlets: Outlets, watches: tuple[Watch, ...]) -> None:
        self._outlets = outlets
        self._watches = watches

    def process(self, element: Detected) -> Iterator[Filing]:
        filing = file_of(element, self._outlets, self._watches)
        Metrics.counter(NAMESPACE, "readings").inc(len(filing.readings))
        if element.detection.unread:
            Metrics.counter(NAMESPACE, "unread").inc()
        yield filing


def file_of(element: Detected, outlets: Outlets, watches: tuple[Watch, ...]) -> Filing:
    """The filing of one article. The pure heart is `core.watch.match`."""
    article, detection = element.article, element.detection
    outlet = outlets.of_article(article)
    # The sketch is only wanted where there is a reading to compare.
    shape = sketch(f"{article.title} {article.text}") if detection.mentions else ()
    matched = [match(each, article, outlet, watches, shape) for each in detection.mentions]
    decisions = [each for each in matched if isinstance(each, Decision)]
    if detection.unread:
        country = outlet.country or "" if outlet else ""
        why = (Reason.UNSUPPORTED, detection.unread, article.published)
        decisions.append(Decision(article.id, (country, ""), *why))
    return Filing(
        article=article,
        mentions=detection.mentions,
        tellings=detection.tellings,
        readings=tuple(each for each in matched if isinstance(each, Reading)),
        decisions=tuple(decisions),
    )
