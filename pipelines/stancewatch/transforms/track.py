"""Filings -> the history they change.

    file evidence -> the keys it touches -> refold each from the ledger -> commit the difference

The ledger is the only truth: evidence is filed first (idempotent, keys marked dirty), then each
dirty key is folded again, from the nearest checkpoint before what changed, and the difference
committed under a compare-and-swap. A crash in between leaves a dirty key, which the next run
refolds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from stancewatch.core.record import Filing
from stancewatch.core.watch import Key
from stancewatch.transforms.elements import NAMESPACE, SpineSpec
from stancewatch.transforms.ledgered import Ledgered
from stancewatch.transforms.refold import refold_key

BATCH = 200  # filings a transaction


class Track(beam.PTransform[Filing, tuple[Key, int]]):
    """PCollection[Filing] -> PCollection[(Key, number of changes)]; `leftover` keys are refolded
    too."""

    def __init__(self, spec: SpineSpec, leftover: Iterable[Key] = ()) -> None:
        super().__init__()
        self._spec = spec
        self._leftover = list(leftover)

    def expand(self, filings: beam.PCollection) -> beam.PCollection:
        touched = (
            filings
            | "filings in batches" >> beam.BatchElements(min_batch_size=BATCH, max_batch_size=BATCH)
            | "file the evidence" >> beam.ParDo(_File(self._spec))
        )
        left = filings.pipeline | "keys left by a crash" >> beam.Create(
            self._leftover, reshuffle=False
        )
        return (
            (touched, left)
            | "all touched keys" >> beam.Flatten()
            | "each key"
            >> beam.Map(lambda key: (key, None)).with_output_types(tuple[tuple[str, str], None])
            | "once" >> beam.GroupByKey()
            | "refold it" >> beam.ParDo(_Refold(self._spec))
        )


class _File(Ledgered):
    def process(self, element: list[Filing]) -> Iterator[Key]:
        touched = self._ledger.file(
            element, reader=self._spec.reader, now=self._spec.now, quiet=self._spec.quiet
        )
        Metrics.counter(NAMESPACE, "filed").inc(len(element))
        yield from touched


class _Refold(Ledgered):
    def process(self, element: tuple[Key, Iterable[None]]) -> Iterator[tuple[Key, int]]:
        spec = self._spec
        changes = refold_key(self._ledger, element[0], spec.policies, spec.eras, spec.now)
        for change, number in changes.items():
            Metrics.counter(NAMESPACE, f"shifts_{change}").inc(number)
        yield element[0], sum(changes.values())
