"""The doors of the core: what a transform or job needs of the outside, and nothing more.

A *spec* is a small frozen value that travels to a worker and is opened there; see
`jobs.wiring` for the rooms behind these doors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from stancewatch.core.article import Article
from stancewatch.core.checkpoint import Checkpoint
from stancewatch.core.failure import Failure
from stancewatch.core.mention import Mention
from stancewatch.core.notification import Notification, Receipt
from stancewatch.core.occurrence import Sighting, Telling
from stancewatch.core.record import Filing, Outcome, RecordedShift, Untold
from stancewatch.core.route import Silence
from stancewatch.core.watch import Decision, Key, Reading

T_co = TypeVar("T_co", covariant=True)

Clock = Callable[[], datetime]


class Spec(Protocol[T_co]):
    """Pickles, and opens the live thing on the worker. What takes seconds to build (a model) is
    built once per process, however often it is opened."""

    def open(self) -> T_co: ...


@dataclass(frozen=True, slots=True)
class Detection:
    """What one article says. `unread` is the reason why it could not be read, if so."""

    mentions: tuple[Mention, ...] = ()
    tellings: tuple[Telling, ...] = ()
    unread: str | None = None


class Detector(Protocol):
    @property
    def digest(self) -> str:
        """Changes when the same text could be read otherwise: code, model or rules."""
        ...

    def detect(self, article: Article) -> Detection:
        """Pure in the article. Raises DetectError for a text that breaks it."""
        ...


class Articles(Protocol):
    """What `gather` asks: have we read this already?"""

    def filed(self, ids: Sequence[str], reader: str) -> Mapping[tuple[str, str], Article]:
        """Of these article ids, every revision already filed by this `reader` (a digest of rules
        and detector), by (id, revision), with the dates and names merged so far."""
        ...


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """All that a fold of one key wants to know: everything, or from `start` on.

    `start` is the nearest checkpoint before the evidence that changed; `readings` are those after
    it and those that it needs, `recorded` begins with the last shift before it. `version` guards
    the commit: it changes with every filing or commit that touches the key. `quiet` was left with
    the dirty mark by who filed the evidence."""

    readings: tuple[Reading, ...]
    recorded: tuple[RecordedShift, ...]
    version: int
    quiet: str = ""
    start: Checkpoint | None = None


class Tracking(Protocol):
    """What `track` asks: file evidence, fold it, commit the difference."""

    def file(
        self, filings: Sequence[Filing], *, reader: str, now: datetime, quiet: str = ""
    ) -> Sequence[Key]:
        """One transaction: articles, mentions, tellings, readings, decisions; marks every key
        whose evidence may have changed as dirty, and returns those keys.

        `quiet` is the reason to tell nobody of shifts that this evidence makes. It stays with the
        dirty mark, so that a run that ends a crashed one keeps to it; a mark without a reason
        (somebody is to be told) is never overwritten by one with a reason."""
        ...

    def dirty(self) -> Sequence[Key]:
        """Keys filed to but not yet refolded: after a crash there may be some."""
        ...

    def evidence(self, key: Key, rules: str = "") -> KeyRecord:
        """From the nearest checkpoint that was left under these rules (a digest); without rules,
        from the beginning."""
        ...

    def commit(self, outcome: Outcome, *, now: datetime, quiet: str) -> bool:
        """One transaction: supersede shifts, write stance, decisions and checkpoints, one untold
        row a change, clear the dirty mark. False, and nothing written, if the key has changed."""
        ...

    def folded_otherwise(self, rules: Callable[[Key], str | None], *, quiet: str) -> None:
        """Mark as dirty what was last folded under other rules than its own (None: any will do)."""
        ...

    def plant(self, readings: Sequence[Reading], *, now: datetime, quiet: str) -> Sequence[Key]:
        """Baselines: the whole set. Those no longer in it go; touched keys are marked dirty."""
        ...


class Failures(Protocol):
    def record_failures(self, failures: Sequence[Failure], *, now: datetime) -> None: ...


class Ledger(Articles, Tracking, Failures, AbstractContextManager["Ledger"], Protocol):
    """Everything the spine needs of the ledger."""


@dataclass(frozen=True, slots=True)
class Told:
    """An incident already on its way: its notification, and where its root stands, if sent."""

    incident: str
    route: str
    topic: str
    root: Notification
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Queued:
    """An outbox row leased to one dispatcher. `attempts` counts those that began before.

    `look_first` is set when an earlier attempt may have arrived. `root` is the receipt of the
    incident's root for an edit or reply, None while the root is unsent."""

    notification: Notification
    attempts: int
    look_first: bool
    root: Receipt | None


class Outbox(Protocol):
    """What `deliver` asks."""

    def untold(self) -> Sequence[Untold]: ...

    def readings(self, ids: Iterable[str]) -> Mapping[str, Reading]: ...

    def sightings(self) -> Sequence[Sighting]: ...

    def told(self) -> Sequence[Told]: ...

    def settle(
        self,
        untold_ids: Sequence[str],
        decisions: Sequence[Decision],
        told: Sequence[Told],
        notifications: Sequence[Notification],
        *,
        now: datetime,
        waiting: Sequence[str] = (),
    ) -> bool:
        """One transaction: the outbox rows are decided, the messages are queued (a delivery key
        that is already queued or sent is left as it is). The rows in `waiting` were told to one
        route and stay untold for another. False, and nothing written, if another dispatcher has
        settled or told one of the rows: what was planned rests on what holds no longer."""
        ...

    def record_silences(self, silences: Sequence[Silence], *, now: datetime) -> None:
        """What is muted, by whom and why, as it stood when decisions were taken."""
        ...

    def lease(self, now: datetime, seconds: float) -> Queued | None:
        """The next message that is due, leased so that no other dispatcher takes it."""
        ...

    def sent(self, receipt: Receipt, *, now: datetime) -> None: ...

    def put_off(
        self, delivery_key: str, until: datetime, *, problem: str, look_first: bool
    ) -> None: ...

    def give_up(self, delivery_key: str, *, problem: str, now: datetime) -> None:
        """A dead letter: the message is kept with its reason and never retried."""
        ...

    def next_due(self) -> datetime | None:
        """When the earliest waiting message is due; None when none waits."""
        ...


class Sink(Protocol):
    """Sends one message. Raises SinkError in one of its four kinds; leaks no secret."""

    def send(self, notification: Notification, root: Receipt | None) -> Receipt: ...

    def find(self, notification: Notification, root: Receipt | None = None) -> Receipt | None:
        """The message with this delivery key, if an earlier attempt did arrive; that of an edit
        or reply is looked for at its `root`."""
        ...
