"""What a question needs: rules and a ledger, without Beam, detector or sinks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stancewatch.core.fold import rules_digest
from stancewatch.core.moment import Moment
from stancewatch.core.topic import Kind, Policy
from stancewatch.core.watch import Key
from stancewatch.errors import LedgerError, UsageError
from stancewatch.settings import Settings
from stancewatch.stores.rulebook import Rulebook, load

if TYPE_CHECKING:
    from stancewatch.stores.ledger import SqlLedger


@dataclass(frozen=True, slots=True)
class Asking:
    settings: Settings
    book: Rulebook

    @classmethod
    def of(cls, settings: Settings) -> Asking:
        return cls(settings, load(settings.rules, settings.sources))

    def known_ledger(self) -> SqlLedger:
        """The ledger, if there is one: a question must not make an empty one and answer from it."""
        path = self.settings.ledger_file
        if path and not path.exists():
            raise LedgerError(
                "there is no ledger here yet",
                where=self.settings.ledger,
                mend="run monitor or backfill first, or name another with --ledger or --profile",
            )
        return self.ledger()

    def ledger(self) -> SqlLedger:
        # Who only checks rules must not wait for SQLAlchemy.
        from stancewatch.stores.ledger import open_ledger

        if path := self.settings.ledger_file:
            path.parent.mkdir(parents=True, exist_ok=True)
        return open_ledger(self.settings.ledger)

    @property
    def policies(self) -> Mapping[str, Policy]:
        """By stance topic."""
        topics = self.book.topics.items()
        return {name: topic.policy for name, topic in topics if topic.policy}

    @property
    def eras(self) -> Mapping[str, Sequence[Moment]]:
        """By country, the days on which its leader changed."""
        return self.book.actors.eras()

    def fold_rules(self, key: Key) -> str | None:
        """What a fold of this key depends on beside its evidence; None for an unknown topic."""
        policy = self.policies.get(key[1])
        return rules_digest(policy, self.eras.get(key[0], ())) if policy else None

    @property
    def outcomes(self) -> Mapping[str, Sequence[str]]:
        """By occurrence topic, weightiest first."""
        topics = self.book.topics.items()
        return {name: t.outcomes for name, t in topics if t.kind is Kind.OCCURRENCE}

    def country(self, word: str) -> str:
        """The code of a country given by code or name. Raises UsageError for none."""
        names = {
            name.casefold(): code
            for code, country in self.book.actors.countries.items()
            for name in (code, country.name, *country.names)
        }
        if found := names.get(word.strip().casefold()):
            return found
        near = difflib.get_close_matches(word.casefold(), names, 3)
        mend = f"did you mean {', '.join(near)}?" if near else "a name or code from rules/actors"
        raise UsageError(f"no country is called {word!r}", mend=mend)
