"""Messages on their way: each leased to one dispatcher, sent once, in the order of its thread."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from stancewatch.core.notification import Form, Notification, Receipt
from stancewatch.core.ports import Queued, Told
from stancewatch.core.watch import Decision
from stancewatch.stores.ledger import SqlLedger, open_ledger
from tests.core.build import KEY
from tests.stores.ledger.build import LATER, NOW, file, filing, refold

LEASE = 60.0
MINUTE = timedelta(minutes=1)


def message(
    incident: str = "i1", form: Form = Form.ROOT, headline: str = "GB moved"
) -> Notification:
    return Notification(incident, form, "slack", "C1", KEY[1], headline, ())


def queue(ledger: SqlLedger, *messages: Notification, told: Sequence[Told] = ()) -> None:
    assert ledger.settle((), (), told, messages, now=NOW)


def lease(ledger: SqlLedger, after: timedelta = timedelta()) -> Queued:
    queued = ledger.lease(NOW + after, LEASE)
    assert queued is not None
    return queued


def receipt(of: Notification, reference: str = "1740000000.000100") -> Receipt:
    return Receipt(of.delivery_key, of.channel, reference)


def states(ledger: SqlLedger) -> list[tuple[object, object]]:
    return [(row["headline"], row["state"]) for row in ledger.export(["notifications"])]


def test_a_message_is_leased_once(ledger: SqlLedger) -> None:
    queue(ledger, message())
    assert lease(ledger) == Queued(message(), 0, look_first=False, root=None)
    assert ledger.lease(NOW, LEASE) is None
    assert ledger.next_due() == NOW + MINUTE


def test_a_queued_key_is_left_as_it_is(ledger: SqlLedger) -> None:
    queue(ledger, message())
    queue(ledger, message(headline="GB moved, worded otherwise"))
    assert states(ledger) == [("GB moved", "queued")]
    ledger.sent(receipt(lease(ledger).notification), now=NOW)
    queue(ledger, message())
    assert ledger.lease(LATER, LEASE) is None
    assert ledger.next_due() is None


def test_a_lease_that_ran_out_is_looked_for_first(ledger: SqlLedger) -> None:
    queue(ledger, message())
    lease(ledger)
    assert ledger.lease(NOW + timedelta(seconds=59), LEASE) is None
    again = lease(ledger, MINUTE)
    assert (again.look_first, again.attempts) == (True, 1)


def test_a_message_put_off_comes_back_when_it_is_due(ledger: SqlLedger) -> None:
    queue(ledger, message())
    key = lease(ledger).notification.delivery_key
    ledger.put_off(key, NOW + MINUTE, problem="busy", look_first=False)
    assert ledger.next_due() == NOW + MINUTE
    assert ledger.lease(NOW, LEASE) is None
    again = lease(ledger, MINUTE)
    assert (again.look_first, again.attempts) == (False, 1)
    ledger.put_off(key, NOW + 2 * MINUTE, problem="timed out", look_first=True)
    assert states(ledger) == [("GB moved", "unknown")]
    assert lease(ledger, 2 * MINUTE).look_first


def test_the_first_receipt_stands(ledger: SqlLedger) -> None:
    queue(ledger, message(), told=[Told("i1", "desk", KEY[1], message(), None)])
    lease(ledger)
    ledger.sent(receipt(message(), "1.1"), now=NOW)
    ledger.sent(receipt(message(), "2.2"), now=LATER)
    [told] = ledger.told()
    assert told.receipt == receipt(message(), "1.1")
    [row] = ledger.export(["notifications"])
    assert (row["reference"], row["sent_at"]) == ("1.1", "2025-03-01T12:00:00Z")


def test_a_sent_message_cannot_be_put_off_or_given_up(ledger: SqlLedger) -> None:
    queue(ledger, message())
    lease(ledger)
    ledger.sent(receipt(message()), now=NOW)
    ledger.put_off(message().delivery_key, LATER, problem="late", look_first=False)
    ledger.give_up(message().delivery_key, problem="late", now=LATER)
    assert states(ledger) == [("GB moved", "sent")]


def test_edits_and_replies_wait_for_the_root(ledger: SqlLedger) -> None:
    edit, reply = message(form=Form.EDIT), message(form=Form.REPLY, headline="FR too")
    queue(ledger, edit, reply, message())
    root = lease(ledger)
    assert root.notification.form is Form.ROOT
    assert ledger.lease(NOW, LEASE) is None
    ledger.put_off(message().delivery_key, NOW + MINUTE, problem="busy", look_first=False)
    assert ledger.lease(NOW, LEASE) is None
    assert ledger.next_due() == NOW + MINUTE  # and not now, which would be a busy loop
    lease(ledger, MINUTE)
    ledger.sent(receipt(message()), now=NOW)
    assert lease(ledger) == Queued(edit, 0, look_first=False, root=receipt(message()))
    assert ledger.lease(NOW, LEASE) is None  # an older edit never overtakes a newer one
    ledger.sent(receipt(edit), now=NOW)
    assert lease(ledger) == Queued(reply, 0, look_first=False, root=receipt(message()))


def test_one_incident_does_not_hold_up_another(ledger: SqlLedger) -> None:
    queue(ledger, message("i1"), message("i2"))
    assert {lease(ledger).notification.incident for _ in range(2)} == {"i1", "i2"}


def test_the_thread_of_a_dead_root_is_dead(ledger: SqlLedger) -> None:
    queue(ledger, message(), message(form=Form.REPLY, headline="FR too"), message("i2"))
    ledger.give_up(message().delivery_key, problem="channel_not_found", now=NOW)
    queue(ledger, message(form=Form.REPLY, headline="PL too"))
    assert states(ledger) == [
        ("GB moved", "dead"),
        ("GB moved", "queued"),
        ("FR too", "dead"),
        ("PL too", "dead"),
    ]
    assert lease(ledger).notification.incident == "i2"
    ledger.sent(receipt(message("i2")), now=NOW)
    assert ledger.next_due() is None


def test_a_dead_message_keeps_its_problem_and_is_never_retried(ledger: SqlLedger) -> None:
    queue(ledger, message())
    lease(ledger)
    ledger.give_up(message().delivery_key, problem="channel_not_found", now=NOW)
    queue(ledger, message())
    assert ledger.lease(LATER, LEASE) is None
    [row] = ledger.export(["notifications"])
    assert (row["state"], row["problem"], row["attempts"]) == ("dead", "channel_not_found", 1)


def test_an_incident_remembers_its_root_as_it_now_is(ledger: SqlLedger) -> None:
    first = Told("i1", "desk", KEY[1], message(), None)
    edited = replace(first, root=message(headline="GB and FR moved"))
    queue(ledger, message(), told=[first])
    ledger.settle((), (), [edited], (), now=LATER)
    assert ledger.told() == [edited]


def test_settling_decides_and_queues_in_one_piece(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    refold(ledger)
    [untold] = ledger.untold()
    why = Decision(untold.recorded.id, KEY, "sent", "route desk", None)
    told = [Told("i1", "desk", KEY[1], message(), None)]
    assert ledger.settle([untold.id], [why], told, [message()], now=NOW)
    assert (ledger.untold(), ledger.told()) == ([], told)
    assert why in [each.decision for each in ledger.decisions(KEY)]


def test_of_two_dispatchers_one_settles(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    file(ledger, filing("b", "2025-02-18", "rejects"))
    refold(ledger)
    first, second = ledger.untold()
    assert ledger.settle([first.id], (), (), [message("i1")], now=NOW)
    assert not ledger.settle([first.id, second.id], (), (), [message("i2")], now=NOW)
    assert ledger.untold() == [second]
    assert [row["incident"] for row in ledger.export(["notifications"])] == ["i1"]


def test_an_untold_shift_carries_why_it_was_withheld(ledger: SqlLedger) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    refold(ledger)
    [untold] = ledger.untold()
    assert untold.earlier == ""
    for reason in ("silenced", "single-source"):
        why = Decision(untold.recorded.id, KEY, reason, "", None)
        ledger.settle((), [why], (), (), now=NOW)
    ledger.settle([untold.id], (), (), (), now=NOW)
    file(ledger, filing("b", "2025-02-18", "willing"))
    refold(ledger)
    assert [u.earlier for u in ledger.untold()] == ["single-source"]


def test_what_waits_for_one_route_stays_untold_and_is_not_acted_on_twice(
    ledger: SqlLedger,
) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    refold(ledger)
    [untold] = ledger.untold()
    why = Decision(untold.recorded.id, KEY, "sent", "route desk", None)
    assert ledger.settle((), [why], (), [message("i1")], now=NOW, waiting=[untold.id])
    [waits] = ledger.untold()
    assert waits == replace(untold, id=waits.id)
    # Who read it before, be it to tell or to settle it, comes too late.
    assert not ledger.settle((), [why], (), [message("i2")], now=NOW, waiting=[untold.id])
    assert not ledger.settle([untold.id], [why], (), [message("i2")], now=NOW)
    assert [row["incident"] for row in ledger.export(["notifications"])] == ["i1"]
    assert ledger.settle([waits.id], (), (), (), now=NOW)
    assert ledger.untold() == []


def test_what_is_said_while_a_shift_waits_does_not_hide_why_it_was_withheld(
    ledger: SqlLedger,
) -> None:
    file(ledger, filing("a", "2025-02-17", "willing"))
    refold(ledger)
    [new] = ledger.untold()
    first, then = (
        Decision(new.recorded.id, KEY, reason, "", None) for reason in ("single-source", "sent")
    )
    ledger.settle([new.id], [first], (), (), now=NOW)
    file(ledger, filing("b", "2025-02-18", "willing"))
    refold(ledger)
    [grown] = ledger.untold()
    ledger.settle((), [then], (), (), now=NOW, waiting=[grown.id])
    assert [each.earlier for each in ledger.untold()] == ["single-source"]
    assert then in [each.decision for each in ledger.decisions(KEY)]


def test_dispatchers_at_once_never_share_a_message(url: str) -> None:
    incidents = [f"i{number}" for number in range(40)]
    with open_ledger(url) as ledger:
        queue(ledger, *map(message, incidents))

    def drain(_: int) -> list[str]:
        taken = []
        with open_ledger(url) as mine:
            while queued := mine.lease(NOW, LEASE):
                taken.append(queued.notification.incident)
                mine.sent(receipt(queued.notification), now=NOW)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [each for part in pool.map(drain, range(4)) for each in part]
    assert sorted(taken) == sorted(incidents)
