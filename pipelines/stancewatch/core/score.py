"""How well mentions were found, against passages that people have labelled.

A label is compared passage by passage as a set: what was found and is not in the gold is wrong,
what is in the gold and was not found is missing.

Summits are compared one to one inside a passage. Two are the same when they stood in the same city
(a venue, or a spelling, counts as its city: "Elysée" and "PARIS" are Paris) or when both have no
place. A gold label without a place may name the city in its name ("Paris summit"): then the city,
too, is right. Names beyond that are the labeller's words and are not compared. How often a summit
was found at all, in the right place, and with the right outcome as well, are three tallies, each
stricter than the one before: so the errors of finding, placing and judging are apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from stancewatch.core.actor import Voice
from stancewatch.core.topic import Policy, Side
from stancewatch.core.venue import Venues

BINS = (0, 500, 600, 700, 800, 900)  # lower edges of confidence, in thousandths


@dataclass(frozen=True, slots=True)
class Label:
    """What is said of one country in one passage. A person's label has full confidence."""

    passage: str
    country: str
    voice: Voice
    level: str
    conditional: bool
    current: bool
    confidence: int = 1000


@dataclass(frozen=True, slots=True)
class SummitLabel:
    """What is said of one summit in one passage."""

    passage: str
    name: str
    place: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Tally:
    found: int
    gold: int
    both: int

    @property
    def precision(self) -> float:
        return self.both / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.both / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.both / (self.found + self.gold) if self.found + self.gold else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Found mentions of about one confidence, and how many of them are right."""

    low: int
    found: int
    right: int


@dataclass(frozen=True, slots=True)
class Score:
    """`confusion` counts (gold level, found level) where country and voice agree; None stands for
    nothing found, or nothing there. `wrong_side` are found for a gold against, or the reverse."""

    tallies: Mapping[str, Tally]
    by_level: Mapping[str, Tally]
    wrong_side: int
    confusion: Mapping[tuple[str | None, str | None], int]
    calibration: Sequence[Bin]
    conditional: Tally
    not_current: Tally
    missing: Sequence[Label]
    wrong: Sequence[Label]


Key = Callable[[Label], Hashable]


def score(gold: Sequence[Label], found: Sequence[Label], policy: Policy) -> Score:
    def side(label: Label) -> Side:
        return policy.side(label.level)

    government = [each for each in gold if each.voice is Voice.GOVERNMENT]
    told = [each for each in found if each.voice is Voice.GOVERNMENT]

    def polarity(label: Label) -> Hashable:
        return label.passage, label.country, side(label)

    def level(label: Label) -> Hashable:
        return label.passage, label.country, label.level

    def with_voice(label: Label) -> Hashable:
        return label.passage, label.country, label.voice, side(label)

    return Score(
        tallies={
            "government, country and polarity": tally(government, told, polarity),
            "government, country and exact level": tally(government, told, level),
            "all voices, country, voice and polarity": tally(gold, found, with_voice),
        },
        by_level={
            each.name: tally(
                [label for label in government if label.level == each.name],
                [label for label in told if label.level == each.name],
                level,
            )
            for each in policy.levels
        },
        wrong_side=_wrong_side(gold, found, policy),
        confusion=_confusion(government, told),
        calibration=_calibration(gold, found),
        conditional=_flag(gold, found, lambda label: label.conditional),
        not_current=_flag(gold, found, lambda label: not label.current),
        missing=_without(gold, found),
        wrong=_without(found, gold),
    )


def tally(gold: Iterable[Label], found: Iterable[Label], key: Key) -> Tally:
    wanted, got = set(map(key, gold)), set(map(key, found))
    return Tally(len(got), len(wanted), len(got & wanted))


def _held(label: Label) -> tuple[str, str, Voice]:
    return label.passage, label.country, label.voice


def _exact(label: Label) -> Hashable:
    return *_held(label), label.level


def _wrong_side(gold: Sequence[Label], found: Sequence[Label], policy: Policy) -> int:
    """A yes read for a no: the mistake that costs a reader's trust."""
    sides: dict[Hashable, set[Side]] = {}
    for label in gold:
        sides.setdefault(_held(label), set()).add(policy.side(label.level))
    opposite = {Side.FOR: Side.AGAINST, Side.AGAINST: Side.FOR}
    return sum(
        sides.get(_held(label)) == {opposite.get(policy.side(label.level))} for label in found
    )


def _confusion(
    gold: Sequence[Label], found: Sequence[Label]
) -> Mapping[tuple[str | None, str | None], int]:
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for held in sorted({_held(label) for label in (*gold, *found)}):
        wanted = {label.level for label in gold if _held(label) == held}
        got = {label.level for label in found if _held(label) == held}
        counts.update((level, level) for level in wanted & got)
        only_gold, only_found = sorted(wanted - got), sorted(got - wanted)
        for place in range(max(len(only_gold), len(only_found))):
            pair = (
                only_gold[place] if place < len(only_gold) else None,
                only_found[place] if place < len(only_found) else None,
            )
            counts[pair] += 1
    return counts


def _calibration(gold: Sequence[Label], found: Sequence[Label]) -> list[Bin]:
    right = set(map(_exact, gold))
    bins = []
    for low, high in zip(BINS, (*BINS[1:], 1001), strict=True):
        inside = [label for label in found if low <= label.confidence < high]
        bins.append(Bin(low, len(inside), sum(_exact(label) in right for label in inside)))
    return bins


def _flag(gold: Sequence[Label], found: Sequence[Label], flag: Callable[[Label], bool]) -> Tally:
    """A flag is judged where the mention itself is right."""
    common = set(map(_exact, gold)) & set(map(_exact, found))
    marked = {_exact(label) for label in gold if flag(label)} & common
    told = {_exact(label) for label in found if flag(label)} & common
    return Tally(len(told), len(marked), len(marked & told))


def _without(some: Sequence[Label], others: Sequence[Label]) -> list[Label]:
    known = set(map(_exact, others))
    left = [label for label in some if _exact(label) not in known]
    return sorted(left, key=lambda label: (-label.confidence, label.passage, label.country))


def score_summits(
    gold: Sequence[SummitLabel], found: Sequence[SummitLabel], venues: Venues
) -> Mapping[str, Tally]:
    """Tallies of three keys, each stricter than the one before."""

    def placed(one: SummitLabel, other: SummitLabel) -> bool:
        return bool(_cities(one, venues) & _cities(other, venues, of_name=False))

    same: Mapping[str, Same] = {
        "summits, found at all": lambda *_: True,
        "summits, place": placed,
        "summits, place and outcome": lambda one, other: (
            one.outcome == other.outcome and placed(one, other)
        ),
    }
    return {
        what: Tally(len(found), len(gold), _matched(gold, found, each))
        for what, each in same.items()
    }


Same = Callable[[SummitLabel, SummitLabel], bool]


def _matched(gold: Sequence[SummitLabel], found: Sequence[SummitLabel], same: Same) -> int:
    """How many of the gold have a partner of their own among the found of their passage.

    Where there are several, the largest possible number of pairs counts, whatever their order.
    """
    partner: dict[int, int] = {}  # found -> gold

    def pair(wanted: int, tried: set[int]) -> bool:
        for other, label in enumerate(found):
            alike = label.passage == gold[wanted].passage and same(gold[wanted], label)
            if alike and other not in tried:
                tried.add(other)
                if other not in partner or pair(partner[other], tried):
                    partner[other] = wanted
                    return True
        return False

    return sum(pair(wanted, set()) for wanted in range(len(gold)))


def _cities(label: SummitLabel, venues: Venues, of_name: bool = True) -> set[str]:
    """The cities that a label may be compared by; "" stands for no place.

    A place that only repeats the name ("European Council") is none.
    """
    if label.place and venues.city(label.place) != venues.city(label.name):
        return {venues.city(label.place)}
    return {"", *(venues.named_in(label.name) if of_name else ())}
