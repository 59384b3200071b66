"""What a reading weighs: whether it is evidence at all, and how far its words bind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stancewatch.core.mention import Evidence, Modality
from stancewatch.core.topic import Policy
from stancewatch.core.watch import Decision, Reading, Reason, Verdict


def refuse(reading: Reading, policy: Policy) -> tuple[str, str] | None:
    """Why a reading is no evidence of its government's position, or None if it is."""
    if reading.ruled and reading.ruled.verdict is Verdict.REJECT:
        return Reason.RULED, reading.ruled.said
    if undated := refuse_undated(reading):
        return undated
    if reading.voice not in policy.voices:
        return (
            Reason.NOT_GOVERNMENT,
            f"the voice is {reading.voice}, not the government's",
        )
    if reading.modality is Modality.DENIED:
        return Reason.DENIED, "the text denies it"
    if not reading.current and reading.stated_at is None:
        return Reason.OLD_WORDS, "older words, recalled without a date"
    if reading.confidence < policy.leave:
        return Reason.WEAK, f"confidence {reading.confidence} is below {policy.leave}"
    return None


def refuse_undated(reading: Reading) -> tuple[str, str] | None:
    if reading.at is not None and reading.at.orders_evidence:
        return None
    return Reason.UNDATED, "no date, or only a year: it informs nobody's stance"


def decision_on(reading: Reading, reason: str, detail: str) -> Decision:
    return Decision(reading.id, reading.key, reason, detail, reading.at)


# How far words bind, by how they reached us. A quotation and a paraphrase of the same named
# office-holder are one tier: which of the two a feed carries is chance.
TIER = {
    Evidence.OWN_WORDS: 4,
    Evidence.PARAPHRASE: 4,
    Evidence.INSTITUTION: 3,
    Evidence.UNNAMED: 2,
    Evidence.NARRATOR: 1,
    Evidence.THIRD_PARTY: 0,
}
ALONE = 3  # from this tier up, one catalogued source can establish a level


def accepted(reading: Reading) -> bool:
    """An analyst vouches for it: no second witness is needed."""
    return reading.ruled is not None and reading.ruled.verdict is Verdict.ACCEPT


@dataclass(frozen=True, slots=True, order=True)
class Strength:
    tier: int = -1
    office: int = -1


def strength(reading: Reading) -> Strength:
    return Strength(TIER[reading.evidence], reading.rank.weight if reading.rank else 0)


def _weight(reading: Reading) -> tuple[Strength, int, int, int]:
    """Orders readings, strongest first when sorted in reverse; ids break ties only for display."""
    return (
        strength(reading),
        reading.evidence.weight,
        reading.confidence,
        int(reading.catalogued),
    )


def ranked(readings: Iterable[Reading]) -> list[Reading]:
    return sorted(sorted(readings, key=lambda r: r.id), key=_weight, reverse=True)


def lone_paraphrase(order: Sequence[Reading]) -> bool:
    """Whether neither anybody's own words nor an analyst's are among the evidence."""
    own = Evidence.OWN_WORDS
    return not any(r.evidence is own or r.official or accepted(r) for r in order)


HOW = {
    Evidence.OWN_WORDS: "own words",
    Evidence.PARAPHRASE: "paraphrased",
    Evidence.INSTITUTION: "a named institution",
    Evidence.UNNAMED: "unnamed officials",
    Evidence.NARRATOR: "reported without a speaker",
    Evidence.THIRD_PARTY: "said by others",
}


def because(best: Reading, witnesses: int) -> str:
    """One plain sentence: "prime minister, own words, if necessary; 2 independent witnesses"."""
    if best.kind == "baseline":
        return "the recorded baseline"
    who = best.office.replace("-", " ") if best.office else ""
    ruled = "as an analyst ruled" if best.ruled else ""
    parts = (who, HOW[best.evidence], best.condition, ruled)
    told = ", ".join(part for part in parts if part)
    return f"{told}; {witnesses} independent witness{'' if witnesses == 1 else 'es'}"
