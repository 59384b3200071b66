"""Sightings of articles -> the articles that are still to be read.

    sightings -> sort out failures -> join sightings of one text -> leave out what is filed

Every sighting ends as exactly one of: an article, a duplicate, a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from stancewatch.core.article import Article, merge
from stancewatch.core.failure import Failure
from stancewatch.transforms.elements import FAILURES, NAMESPACE, SpineSpec
from stancewatch.transforms.ledgered import Ledgered

BATCH = 200  # articles a question to the ledger


class Gather(beam.PTransform[Article | Failure, Article]):
    """PCollection[Article | Failure] -> {None: PCollection[Article], FAILURES: ...[Failure]}."""

    def __init__(self, spec: SpineSpec) -> None:
        super().__init__()
        self._spec = spec

    def expand(self, sightings: beam.PCollection) -> dict[str, beam.PCollection]:
        sorted_out = sightings | "sort out failures" >> beam.ParDo(_SortOut()).with_outputs(
            FAILURES, main="articles"
        )
        articles = (
            sorted_out.articles
            | "key by wording" >> beam.Map(_by_wording)
            | "sightings of one text" >> beam.GroupByKey()
            | "join them" >> beam.ParDo(_Join())
            | "in batches" >> beam.BatchElements(min_batch_size=BATCH, max_batch_size=BATCH)
            | "leave out what is filed" >> beam.ParDo(_LeaveOutFiled(self._spec))
        )
        return {"articles": articles, FAILURES: sorted_out[FAILURES]}


class _SortOut(beam.DoFn):
    def process(self, element: Article | Failure) -> Iterator[object]:
        Metrics.counter(NAMESPACE, "read").inc()
        if isinstance(element, Failure):
            yield beam.pvalue.TaggedOutput(FAILURES, element)
        else:
            yield element


def _by_wording(article: Article) -> tuple[tuple[str, str], Article]:
    return (article.id, article.revision), article


class _Join(beam.DoFn):
    def process(self, element: tuple[tuple[str, str], Iterable[Article]]) -> Iterator[Article]:
        sightings = list(element[1])
        Metrics.counter(NAMESPACE, "duplicates").inc(len(sightings) - 1)
        yield merge(sightings)


class _LeaveOutFiled(Ledgered):
    def process(self, element: list[Article]) -> Iterator[Article]:
        filed = self._ledger.filed([article.id for article in element], self._spec.reader)
        for article in element:
            known = filed.get((article.id, article.revision))
            if known is None:
                yield article
                continue
            Metrics.counter(NAMESPACE, "duplicates").inc()
            # A sighting with an earlier date or another credit may read otherwise.
            if (joined := merge([known, article])) != known:
                Metrics.counter(NAMESPACE, "reread").inc()
                yield joined
