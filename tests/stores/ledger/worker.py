"""A process to be killed: `python -m tests.stores.ledger.worker URL` files, folds, tells, sends.

Every change becomes one message of its own, and whatever is sent is printed: a sink that keeps
its word. What an earlier process left in doubt is not sent again where the sink has it already.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from stancewatch.core.notification import Form, Notification, Receipt
from stancewatch.core.record import Untold
from stancewatch.stores.ledger import SqlLedger, open_ledger
from tests.stores.ledger.build import LATER, NOW, file, refold
from tests.stores.ledger.corpus import evidence


def main(url: str, arrived: set[str]) -> None:
    with open_ledger(url) as ledger:
        refold(ledger)
        for each in evidence():
            file(ledger, each)
            refold(ledger)
            tell(ledger)
            send(ledger, arrived)
    print("done", flush=True)


def tell(ledger: SqlLedger) -> None:
    for untold in ledger.untold():
        assert ledger.settle([untold.id], (), (), [message(untold)], now=NOW)


def message(untold: Untold) -> Notification:
    return Notification(untold.id, Form.ROOT, "print", "", "t", untold.change.value, ())


def send(ledger: SqlLedger, arrived: set[str]) -> None:
    # The clock stands at LATER, so that the leases of a killed process have run out.
    while queued := ledger.lease(LATER, seconds=0.0):
        incident = queued.notification.incident
        if not (queued.look_first and incident in arrived):
            print(incident, flush=True)
            arrived.add(incident)
        ledger.sent(Receipt(queued.notification.delivery_key, "", incident), now=LATER)


def words(lines: Iterable[str]) -> set[str]:
    return {line.strip() for line in lines}


if __name__ == "__main__":
    main(sys.argv[1], words(sys.stdin))
