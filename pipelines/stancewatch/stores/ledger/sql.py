"""The ledger as the pipeline, the dispatcher and the CLI hold it: one method, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType

from sqlalchemy import URL, Connection

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure
from stancewatch.core.feed import FeedState
from stancewatch.core.notification import Notification, Receipt
from stancewatch.core.occurrence import Sighting
from stancewatch.core.ports import KeyRecord, Queued, Told
from stancewatch.core.record import Filing, Outcome, Untold
from stancewatch.core.route import Silence
from stancewatch.core.ruling import Ruling
from stancewatch.core.stance import Stance
from stancewatch.core.watch import Decision, Key, Reading
from stancewatch.stores.ledger import keys, notes, outbox, queries, rulings, tracking
from stancewatch.stores.ledger.address import connect, reading, shown, writing
from stancewatch.stores.ledger.decided import Decided, delivered
from stancewatch.stores.ledger.export import Outcomes, Row, exported
from stancewatch.stores.ledger.filing import file_all, partly
from stancewatch.stores.ledger.notes import Failed, Run
from stancewatch.stores.ledger.queries import NOW, ShiftRow, When
from stancewatch.stores.ledger.rows import (
    BEFORE_ALL,
    Place,
    article_of,
    next_read_otherwise,
    pieces,
    select_articles,
)
from stancewatch.stores.ledger.schema import REVISIONS
from stancewatch.stores.ledger.upgrade import bring_up


class SqlLedger(AbstractContextManager["SqlLedger"]):
    """Open with `open_ledger`. Implements the ports Ledger and Outbox of the core.

    Every method is one transaction on a connection of its own, so threads may share a ledger;
    processes may not inherit one (open it after the fork, through a `LedgerSpec`).
    """

    def __init__(self, url: URL) -> None:
        self.where = shown(url)
        self._engine = connect(url)
        bring_up(self._engine, self.where)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    def _reading(self) -> AbstractContextManager[Connection]:
        return reading(self._engine, self.where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return writing(self._engine, self.where)

    # Articles

    def filed(self, ids: Sequence[str], reader: str) -> Mapping[tuple[str, str], Article]:
        found: dict[tuple[str, str], Article] = {}
        with self._reading() as connection:
            for piece in pieces(sorted(set(ids))):
                mine = REVISIONS.c.reader.in_((reader, partly(reader)))
                rows = connection.execute(select_articles().where(REVISIONS.c.id.in_(piece), mine))
                found |= {(a.id, a.revision): a for a in map(article_of, rows)}
        return found

    def filed_otherwise(self, reader: str) -> Iterator[Article]:
        """Every revision that this reader has not read as it now stands: after a change of rules
        all of them. They may be filed anew while they are listed."""
        after: Place | None = BEFORE_ALL
        while after is not None:
            with self._reading() as connection:
                articles, after = next_read_otherwise(connection, reader, after)
            yield from articles

    # Tracking

    def file(
        self, filings: Sequence[Filing], *, reader: str, now: datetime, quiet: str = ""
    ) -> Sequence[Key]:
        with self._writing() as connection:
            return file_all(connection, filings, reader, now, quiet)

    def plant(self, readings: Sequence[Reading], *, now: datetime, quiet: str) -> Sequence[Key]:
        with self._writing() as connection:
            return tracking.plant(connection, readings, now, quiet)

    def dirty(self) -> Sequence[Key]:
        with self._reading() as connection:
            return keys.all_keys(connection, dirty=True)

    def evidence(self, key: Key, rules: str = "") -> KeyRecord:
        with self._reading() as connection:
            return tracking.evidence(connection, key, rules)

    def commit(self, outcome: Outcome, *, now: datetime, quiet: str) -> bool:
        with self._writing() as connection:
            return tracking.commit(connection, tracking.Commit(outcome, now, quiet))

    def folded_otherwise(self, rules: Callable[[Key], str | None], *, quiet: str) -> None:
        with self._writing() as connection:
            keys.mark_folded_otherwise(connection, rules, quiet)

    # Rulings

    def rule(self, ruling: Ruling, *, now: datetime, quiet: str = "") -> bool:
        """Add a ruling and mark its key; False, and nothing changed, if it is there already."""
        with self._writing() as connection:
            return rulings.add(connection, ruling, now, quiet)

    def rulings(self, key: Key | None = None) -> Sequence[Ruling]:
        """All that were ever made, the earliest first."""
        with self._reading() as connection:
            return rulings.rulings(connection, key)

    def rulings_on(self, key: Key) -> Sequence[Ruling]:
        """Those on words that their article still has."""
        with self._reading() as connection:
            return rulings.rulings_on(connection, key)

    def detected(self, prefix: str, *, limit: int = 20) -> Sequence[Reading]:
        """Press readings whose id begins so, as they were found, whatever was ruled."""
        with self._reading() as connection:
            return rulings.detected(connection, prefix, limit)

    def detected_in(self, article_id: str, country: str) -> Sequence[Reading]:
        """What the current wording of an article says of a country, as it was found."""
        with self._reading() as connection:
            return rulings.detected_in(connection, article_id, country)

    # Outbox

    def untold(self) -> Sequence[Untold]:
        with self._reading() as connection:
            return outbox.untold(connection)

    def readings(self, ids: Iterable[str]) -> Mapping[str, Reading]:
        with self._reading() as connection:
            return queries.readings(connection, ids)

    def sightings(self) -> Sequence[Sighting]:
        with self._reading() as connection:
            return queries.sightings(connection)

    def told(self) -> Sequence[Told]:
        with self._reading() as connection:
            return outbox.told(connection)

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
        with self._writing() as connection:
            shifts = outbox.shifts_of(connection, waiting)
            settled = outbox.still_untold(connection, untold_ids, now)
            if not (settled and outbox.told_in_part(connection, waiting)):
                connection.rollback()
                return False
            delivered(connection, decisions, shifts, now)
            outbox.remember(connection, told, now)
            outbox.queue(connection, notifications, now)
            return True

    def lease(self, now: datetime, seconds: float) -> Queued | None:
        with self._writing() as connection:
            return outbox.lease(connection, now, seconds)

    def sent(self, receipt: Receipt, *, now: datetime) -> None:
        with self._writing() as connection:
            outbox.sent(connection, receipt, now)

    def put_off(
        self, delivery_key: str, until: datetime, *, problem: str, look_first: bool
    ) -> None:
        with self._writing() as connection:
            outbox.put_off(connection, delivery_key, until, problem, look_first)

    def give_up(self, delivery_key: str, *, problem: str, now: datetime) -> None:
        with self._writing() as connection:
            outbox.give_up(connection, delivery_key, problem, now)

    def next_due(self) -> datetime | None:
        with self._reading() as connection:
            return outbox.next_due(connection)

    # Feeds, failures, silences, runs, progress

    def feed_states(self) -> Mapping[str, FeedState]:
        """By the feed's URL."""
        with self._reading() as connection:
            return notes.feed_states(connection)

    def save_feed_states(self, states: Mapping[str, FeedState]) -> None:
        with self._writing() as connection:
            notes.save_feed_states(connection, states)

    def sighted(self, feed: str, article_ids: Iterable[str], *, now: datetime) -> None:
        """These articles, filed before, stood in this feed."""
        with self._writing() as connection:
            notes.sighted(connection, feed, article_ids, now)

    def record_failures(self, failures: Sequence[Failure], *, now: datetime) -> None:
        with self._writing() as connection:
            notes.save_failures(connection, failures, now)

    def failures(
        self, *, since: datetime | None = None, limit: int | None = None
    ) -> Sequence[Failed]:
        """The latest first."""
        with self._reading() as connection:
            return notes.failures(connection, since, limit)

    def record_silences(self, silences: Iterable[Silence], *, now: datetime) -> None:
        with self._writing() as connection:
            notes.save_silences(connection, silences, now)

    def silences(self) -> Sequence[Silence]:
        """All that were ever recorded, expired ones too."""
        with self._reading() as connection:
            return notes.silences(connection)

    def begin_run(self, command: str, *, now: datetime) -> int:
        with self._writing() as connection:
            return notes.begin_run(connection, command, now)

    def end_run(self, run: int, counts: Mapping[str, int], *, now: datetime) -> None:
        with self._writing() as connection:
            notes.end_run(connection, run, counts, now)

    def runs(self, *, limit: int = 20) -> Sequence[Run]:
        """The latest first."""
        with self._reading() as connection:
            return notes.runs(connection, limit)

    def progress(self, archive: str) -> int:
        """How many articles of an archive (by its digest) are committed."""
        with self._reading() as connection:
            return notes.progress(connection, archive)

    def advance(self, archive: str, done: int, *, now: datetime) -> None:
        with self._writing() as connection:
            notes.advance(connection, archive, done, now)

    # Questions

    def stances(self, when: When = NOW) -> Sequence[Stance]:
        with self._reading() as connection:
            return queries.stances(connection, when)

    def shifts(self, key: Key | None = None, when: When = NOW) -> Sequence[ShiftRow]:
        with self._reading() as connection:
            return queries.shifts(connection, key, when)

    def shift_versions(self, key: Key | None = None) -> Sequence[ShiftRow]:
        with self._reading() as connection:
            return queries.shift_versions(connection, key)

    def decisions(
        self,
        key: Key | None = None,
        *,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        standing: bool = True,
    ) -> Sequence[Decided]:
        with self._reading() as connection:
            return queries.decisions(
                connection, key, subject=subject, since=since, until=until, standing=standing
            )

    def export(
        self, types: Sequence[str], *, outcomes: Outcomes | None = None, stable: bool = False
    ) -> Iterator[Row]:
        """Rows of these types in one unchanging view, sorted, one at a time (see `export`)."""
        with self._reading() as connection:
            yield from exported(connection, types, outcomes or {}, stable)
