"""One message to one sink, free of any sink's markup. All outside text is still raw here.

Sinks render and escape it. Equal content has an equal delivery key, so a message is sent once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stancewatch.core.digest import digest
from stancewatch.core.moment import Moment


class Form(StrEnum):
    ROOT = "root"  # a new message
    EDIT = "edit"  # the root as it now is: nobody is pinged
    REPLY = "reply"  # in the root's thread


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words with who said them, where and when. `verbatim` is False for a summary of our own,
    which must not stand in quotation marks."""

    words: str
    outlet: str
    at: Moment | None
    url: str | None
    speaker: str | None = None
    office: str | None = None
    how: str = ""  # "own words", "paraphrased", ...
    verbatim: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """One country's shift as a person reads it."""

    shift_id: str
    country: str
    name: str
    flag: str
    from_level: str | None
    to_level: str
    happened_at: Moment
    now: Quoted
    before: Quoted | None
    rule: str
    because: str
    witnesses: int
    copies: int  # articles behind those witnesses
    condition: str | None = None
    scope: str = ""
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class Summit:
    name: str
    place: str | None
    outcome: str
    at: Moment
    quote: str


@dataclass(frozen=True, slots=True)
class Notification:
    """`headline` is one line without markup. `cause` names the changes that a later edit or reply
    tells of, so that an edit back to earlier words is still another message."""

    incident: str
    form: Form
    sink: str
    channel: str
    topic: str
    headline: str
    items: tuple[Item, ...]
    summit: Summit | None = None
    is_digest: bool = False
    severity: str = "notice"
    cause: str = ""
    command: str = "stancewatch"  # what a reader types to ask why, with the profile it ran under

    @property
    def delivery_key(self) -> str:
        """The same for the same message to the same place, on every machine and day."""
        if self.form is Form.ROOT:
            return digest("delivery", self.incident, self.form, self.sink, self.channel)
        return digest(
            "delivery",
            self.incident,
            self.form,
            self.sink,
            self.channel,
            self.cause,
            self.headline,
            *(repr(item) for item in self.items),
            repr(self.summit),
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof of delivery: where the sink put the message. `reference` is Slack's `ts`."""

    delivery_key: str
    channel: str
    reference: str
    recovered: bool = False  # found by its key after an ambiguous attempt, not posted again
