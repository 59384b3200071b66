"""A DoFn that holds a ledger of its own, from its spec, for as long as it lives."""

from __future__ import annotations

import apache_beam as beam

from stancewatch.transforms.elements import SpineSpec


class Ledgered(beam.DoFn):
    def __init__(self, spec: SpineSpec) -> None:
        self._spec = spec

    def setup(self) -> None:
        self._ledger = self._spec.ledger.open()

    def teardown(self) -> None:
        self._ledger.__exit__(None, None, None)
