"""Send what is due, once. The only code that talks to sinks.

    lease -> look for it first, if an earlier try may have arrived -> send -> receipt

A busy sink is asked again when it said; an unclear outcome is looked up before it is sent again;
a refusal for good is a dead letter; a refused token stops that sink and keeps its queue.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from stancewatch.core.failure import Failure, Stage
from stancewatch.core.ports import Clock, Failures, Outbox, Queued, Sink
from stancewatch.errors import (
    SinkAuthError,
    SinkBusyError,
    SinkPermanentError,
    SinkUnknownError,
)

log = logging.getLogger(__name__)

LEASE = 120.0  # seconds in which one send must be over
FIRST_WAIT = timedelta(seconds=5)  # after an unclear outcome; doubles
LONGEST_WAIT = timedelta(minutes=15)
AUTH_WAIT = timedelta(minutes=5)  # before a refused token is tried again


class Box(Outbox, Failures, Protocol):
    """What dispatch needs of the ledger."""


@dataclass(slots=True)
class Sent:
    """What one round of dispatch did."""

    sent: int = 0
    recovered: int = 0
    put_off: int = 0
    given_up: int = 0
    stopped: dict[str, str] = field(default_factory=dict)  # sink: why it is not used any more


def dispatch(box: Box, sinks: Mapping[str, Sink], clock: Clock) -> Sent:
    """Send every message that is due now."""
    done = Sent()
    while (queued := box.lease(clock(), LEASE)) is not None:
        _one(box, sinks, queued, clock, done)
    return done


def _one(box: Box, sinks: Mapping[str, Sink], queued: Queued, clock: Clock, done: Sent) -> None:
    name, key = queued.notification.sink, queued.notification.delivery_key
    problem = done.stopped.get(name) or ("" if name in sinks else _missing(name))
    if problem:
        done.stopped[name] = problem
        _put_off(box, queued, clock, AUTH_WAIT, problem, done)
        return
    try:
        _deliver(box, sinks[name], queued, clock, done)
    except SinkBusyError as error:
        _put_off(box, queued, clock, timedelta(seconds=error.retry_after), str(error), done)
    except SinkUnknownError as error:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(queued.attempts, 10))
        _put_off(box, queued, clock, wait, str(error), done, look_first=True)
    except SinkAuthError as error:
        done.stopped[name] = str(error)
        _put_off(box, queued, clock, AUTH_WAIT, str(error), done)
    except SinkPermanentError as error:
        now = clock()
        box.give_up(key, problem=str(error), now=now)
        where = f"{name} {queued.notification.channel}".strip()
        letter = Failure(Stage.DELIVER, where, "refused", str(error), queued.notification.headline)
        box.record_failures([letter], now=now)
        done.given_up += 1
        log.error("%s refused a message for good: %s", where, error)


def _deliver(box: Box, sink: Sink, queued: Queued, clock: Clock, done: Sent) -> None:
    found = sink.find(queued.notification, queued.root) if queued.look_first else None
    receipt = found or sink.send(queued.notification, queued.root)
    box.sent(receipt, now=clock())
    done.recovered += found is not None
    done.sent += found is None


def _put_off(
    box: Box,
    queued: Queued,
    clock: Clock,
    wait: timedelta,
    problem: str,
    done: Sent,
    *,
    look_first: bool = False,
) -> None:
    key = queued.notification.delivery_key
    look_first = look_first or queued.look_first
    box.put_off(key, clock() + wait, problem=problem, look_first=look_first)
    done.put_off += 1
    log.warning("a message waits %d s: %s", wait.total_seconds(), problem)


def _missing(sink: str) -> str:
    if sink == "slack":
        return "SLACK_BOT_TOKEN is not set: messages to Slack wait in the ledger"
    return f"there is no sink {sink!r}"
