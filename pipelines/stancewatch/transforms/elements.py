"""What travels between the stages, one frozen type for each moment of an article's life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stancewatch.core.article import Article
from stancewatch.core.moment import Moment
from stancewatch.core.outlet import Outlets
from stancewatch.core.ports import Detection, Detector, Ledger, Spec
from stancewatch.core.topic import Policy
from stancewatch.core.watch import Watch

NAMESPACE = "stancewatch"  # of every Beam metric
FAILURES = "failures"  # the tag of every dead-letter output


@dataclass(frozen=True, slots=True)
class Detected:
    article: Article
    detection: Detection


@dataclass(frozen=True, slots=True)
class SpineSpec:
    """All that the spine is built from. Pickles small; `now` is this run's time.

    `reader` names the rules and detector (a digest): what was filed by another reader is read
    again. `eras` are the days on which a country's leader changed. `quiet` is the reason why
    shifts learned in this run are told to nobody, or ''.
    """

    ledger: Spec[Ledger]
    detector: Spec[Detector]
    outlets: Outlets
    watches: Sequence[Watch]
    policies: Mapping[str, Policy]
    reader: str
    now: datetime
    quiet: str = ""
    eras: Mapping[str, Sequence[Moment]] = field(default_factory=dict)
