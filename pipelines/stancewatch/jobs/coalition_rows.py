"""A coalition view as records, for a program: `stancewatch coalition --format jsonl`."""

from __future__ import annotations

from collections.abc import Iterator

from stancewatch.core.coalition import Move, Place, View
from stancewatch.core.compose import scope_words
from stancewatch.core.topic import Side
from stancewatch.core.watch import Reading

Row = dict[str, object]


def rows(view: View) -> Iterator[Row]:
    """The view as records: the question first, then each part in the order it is shown in."""
    question = view.question
    yield _row(
        "view", view, day=f"{question.day:%Y-%m-%d}", days=question.lately.days,
        silent=list(view.silent),
    )  # fmt: skip
    for total in view.totals:
        sides = {side.value: list(total.sides[side]) for side in Side}
        yield _row("total", view, group=total.name, unknown=list(total.unknown), **sides)
    for place in _everyone(view):
        yield _row("place", view, **_place_row(place, view))
    for move in view.moves:
        yield _row("move", view, **_move_row(move))
    for claim in view.claims:
        says = _reading_row(claim.says)
        yield _row("claim", view, country=claim.country, says=says, reports=claim.number)


def _row(kind: str, view: View, **fields: object) -> Row:
    return {"type": kind, "topic": view.question.topic, **fields}


def _everyone(view: View) -> Iterator[Place]:
    """Everyone with a level, then those of whom something is pending alone."""
    yield from (place for _, places in view.levels for place in places)
    yield from (place for place in view.unsettled if place.stance.level is None)


def _place_row(place: Place, view: View) -> Row:
    stance, pending = place.stance, place.pending
    return {
        "country": place.country,
        "level": stance.level,
        "standing": stance.standing.value,
        "since": str(stance.since) if stance.since else None,
        "condition": stance.condition,
        "scope": scope_words(stance.whose, stance.where),
        "own_words": place.own,
        "pledge": _pledge_word(place, view),
        "says": _reading_row(place.says),
        "opposed": _reading_row(place.opposed),
        "pending_level": pending.level if pending else None,
        "pending_says": _reading_row(pending.says) if pending else None,
        "pending_why": pending.why if pending else None,
        "settles": place.settles if place.unsettled else None,
    }


def _pledge_word(place: Place, view: View) -> str | None:
    if place in view.done:
        return "done"
    return "promised" if place in view.promised else None


def _move_row(move: Move) -> Row:
    shift = move.shift
    return {
        "country": shift.key[0],
        "from": shift.from_level,
        "to": shift.to_level,
        "happened_at": str(shift.happened_at),
        "changed_side": move.crosses,
        "condition": shift.condition,
        "because": shift.because,
        "says": _reading_row(move.says),
    }


def _reading_row(reading: Reading | None) -> Row | None:
    if reading is None:
        return None
    return {
        "id": reading.id,
        "level": reading.level,
        "quote": reading.quote,
        "speaker": reading.speaker,
        "office": reading.office,
        "evidence": reading.evidence.value,
        "outlet": reading.outlet,
        "url": reading.url,
        "at": str(reading.at) if reading.at else None,
    }
