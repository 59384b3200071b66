"""READ THIS FIRST. The one path that every article takes, live or from an archive.

    sightings of articles, or failures to read them      (sources, outside Beam)
      | gather    join copies of one text, leave out what is filed
      | detect    who holds which position, in whose voice
      | match     with the watches: a reading, or the reason why not
      | track     file the evidence, refold each touched key, commit the difference
    failures of every stage -> the ledger

`monitor` and `backfill` differ only in where sightings come from and whether shifts are told.
Delivery is not here: it reads the outbox that `track` fills (see `jobs.deliver`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.metrics import MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineResult

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure
from stancewatch.core.watch import Key
from stancewatch.transforms.detect import Detect
from stancewatch.transforms.elements import FAILURES, NAMESPACE, SpineSpec
from stancewatch.transforms.failures import RecordFailures
from stancewatch.transforms.gather import Gather
from stancewatch.transforms.match import Match
from stancewatch.transforms.track import Track

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counts:
    """What one run did. `read` = `articles` + `duplicates` + `failures`, always."""

    read: int = 0
    articles: int = 0
    duplicates: int = 0
    failures: int = 0
    unread: int = 0
    mentions: int = 0
    summits: int = 0
    readings: int = 0
    shifts_new: int = 0
    shifts_strengthened: int = 0
    shifts_retracted: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, n) + getattr(other, n) for n in self.__slots__))


def spine(
    sightings: beam.PCollection, spec: SpineSpec, leftover: Sequence[Key] = ()
) -> beam.PCollection:
    """The four stages on a collection of sightings; the keys whose history was looked at."""
    gathered = sightings | "gather" >> Gather(spec)
    detected = gathered["articles"] | "detect" >> Detect(spec)
    filings = detected["detected"] | "match" >> Match(spec)
    tracked = filings | "track" >> Track(spec, leftover)
    (
        (gathered[FAILURES], detected[FAILURES])
        | "all failures" >> beam.Flatten()
        | "dead letters" >> RecordFailures(spec)
    )
    return tracked


def run_spine(
    sightings: Sequence[Article | Failure],
    spec: SpineSpec,
    runner: Sequence[str],
    leftover: Sequence[Key] = (),
) -> Counts:
    """One bounded pipeline over these sightings. `runner` holds Beam's own options."""
    if not sightings and not leftover:
        return Counts()
    options = PipelineOptions(list(runner))
    pipeline = beam.Pipeline(options=options)
    spine(pipeline | "sightings" >> beam.Create(sightings, reshuffle=False), spec, leftover)
    result = pipeline.run()
    result.wait_until_finish()
    return _counts(result)


def _counts(result: PipelineResult) -> Counts:
    found = result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]
    totals: dict[str, int] = {}
    for each in found:
        name = each.key.metric.name
        totals[name] = totals.get(name, 0) + each.committed
    # What was filed once more because a sighting changed it was counted as a duplicate.
    articles = totals.pop("filed", 0) - totals.pop("reread", 0)
    known = {name: number for name, number in totals.items() if name in Counts.__slots__}
    return Counts(articles=articles, **known)
