"""Expected failures. Each says what is wrong, where, and how to mend it; each survives pickling.

A surprise is not in this tree: it stops the job loudly.
"""

from __future__ import annotations


class StancewatchError(Exception):
    """What went wrong (`problem`), where (file:line or URL), and the mend, if one is known."""

    exit_code = 1

    def __init__(self, problem: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(problem, where, mend)
        self.problem = problem
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f" ({self.mend})" if self.mend else ""
        return f"{place}{self.problem}{mend}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.problem, self.where, self.mend)


def _rebuild(kind: type[StancewatchError], problem: str, where: str, mend: str) -> StancewatchError:
    return kind(problem, where=where, mend=mend)


class UsageError(StancewatchError):
    """The command line, the environment or a profile asks for something that cannot be."""

    exit_code = 2


class RuleError(StancewatchError):
    """Rule files are at fault. `problem` lists every fault, one a line, each with file:line."""

    exit_code = 2


class SourceError(StancewatchError):
    """An input could not be fetched or read: it becomes a dead letter."""


class DetectError(StancewatchError):
    """One text could not be read by the detector: it becomes a dead letter."""


class ModelError(StancewatchError):
    """A model cannot load. It stops the job: it never means "no mentions"."""


class LedgerError(StancewatchError):
    """The ledger cannot be opened, or is of another version."""


class LedgerAddressError(LedgerError):
    """What was given as a ledger cannot be one."""

    exit_code = 2


class SinkError(StancewatchError):
    """A message was not accepted. The subclass says what may be done about it."""


class SinkPermanentError(SinkError):
    """The sink refused this message for good (bad channel, bad payload): a dead letter."""


class SinkAuthError(SinkError):
    """The sink refused us: stop sending, keep the queue."""


class SinkBusyError(SinkError):
    """The sink asks us to wait. `retry_after` is in seconds."""

    def __init__(
        self, problem: str, *, where: str = "", mend: str = "", retry_after: float = 1.0
    ) -> None:
        super().__init__(problem, where=where, mend=mend)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_busy, (self.problem, self.where, self.mend, self.retry_after)


def _rebuild_busy(problem: str, where: str, mend: str, retry_after: float) -> SinkBusyError:
    return SinkBusyError(problem, where=where, mend=mend, retry_after=retry_after)


class SinkUnknownError(SinkError):
    """The message may or may not have arrived (time-out, reset, 5xx): look before resending."""
