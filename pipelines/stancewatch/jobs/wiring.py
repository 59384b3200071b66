"""The one place where a stage of the spine is tied to a room: which ledger, detector and sinks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stancewatch.core.digest import digest
from stancewatch.core.ports import Sink
from stancewatch.core.watch import Reading
from stancewatch.jobs.asking import Asking
from stancewatch.nlp.detector import TextDetectorSpec
from stancewatch.nlp.weights import Weights
from stancewatch.settings import Settings, runner
from stancewatch.sinks.table import SinkConfig, open_sink
from stancewatch.stores.ledger import LedgerSpec
from stancewatch.stores.rulebook import Rulebook, load_baselines
from stancewatch.transforms.elements import SpineSpec


@dataclass(frozen=True, slots=True)
class House(Asking):
    """Rules and settings, loaded once, and the live things made from them on demand."""

    baselines: tuple[Reading, ...]
    detector: TextDetectorSpec

    @property
    def reader(self) -> str:
        """What was filed under another reader could be read otherwise now."""
        return digest("reader", self.book.reading_digest, self.detector.open().digest)

    @property
    def beam(self) -> tuple[str, ...]:
        """Beam's options for the runner that was asked for."""
        return runner(self.settings.runner).options

    def spine(self, now: datetime, quiet: str = "") -> SpineSpec:
        return SpineSpec(
            ledger=LedgerSpec(self.settings.ledger),
            detector=self.detector,
            outlets=self.book.outlets,
            watches=self.book.watches,
            policies=self.policies,
            reader=self.reader,
            now=now,
            quiet=quiet,
            eras=self.eras,
        )

    def sinks(self, config: SinkConfig) -> dict[str, Sink]:
        """The sinks that routes need and that can be had: Slack only with a token."""
        wanted = {route.sink for route in self.book.routes} | {self.settings.sink or "console"}
        if self.settings.channel:
            wanted.add("slack")
        if not config.slack_token:
            wanted.discard("slack")
        return {name: open_sink(name, config) for name in sorted(wanted)}


def build(settings: Settings) -> House:
    """Everything a job needs. Raises RuleError with every fault of the rules and baselines."""
    book = Asking.of(settings).book
    baselines = _baselines(settings.baselines, book)
    topics = tuple(book.topics.values())
    parser = str(settings.parser) if settings.parser else None
    detector = TextDetectorSpec(topics, book.actors, Weights(settings.reader, parser))
    return House(settings, book, baselines, detector)


def _baselines(directory: Path | None, book: Rulebook) -> tuple[Reading, ...]:
    return load_baselines(directory, book) if directory else ()
