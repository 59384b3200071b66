"""Dead letters -> the ledger. Nothing is lost: each keeps its place, its reason and an excerpt."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from stancewatch.core.failure import Failure
from stancewatch.transforms.elements import NAMESPACE, SpineSpec
from stancewatch.transforms.ledgered import Ledgered

BATCH = 200


class RecordFailures(beam.PTransform[Failure, Failure]):
    """PCollection[Failure] -> the same, recorded."""

    def __init__(self, spec: SpineSpec) -> None:
        super().__init__()
        self._spec = spec

    def expand(self, failures: beam.PCollection) -> beam.PCollection:
        return (
            failures
            | "failures in batches"
            >> beam.BatchElements(min_batch_size=BATCH, max_batch_size=BATCH)
            | "record them" >> beam.ParDo(_Record(self._spec))
        )


class _Record(Ledgered):
    def process(self, element: list[Failure]) -> Iterator[Failure]:
        self._ledger.record_failures(element, now=self._spec.now)
        Metrics.counter(NAMESPACE, "failures").inc(len(element))
        yield from element
