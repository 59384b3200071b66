"""Two messages to look at and to test with. The quotes, names and addresses are made up."""

from __future__ import annotations

from datetime import UTC, datetime

from stancewatch.core.moment import Moment, day
from stancewatch.core.notification import Form, Item, Notification, Quoted, Summit

CHANNEL = "C0ALERTS"


def at(month: int, date: int, hour: int, minute: int = 0) -> Moment:
    return Moment(datetime(2025, month, date, hour, minute, tzinfo=UTC))


def quoted(words: str, **changes: object) -> Quoted:
    fields: dict[str, object] = {
        "words": words,
        "outlet": "The Daily Example",
        "at": at(2, 16, 21, 30),
        "url": "https://www.daily.example/world/2025/02/16/troops?a=1&b=2",
        "speaker": "Alex Example",
        "office": "prime minister",
        "how": "own words",
    }
    return Quoted(**(fields | changes))  # type: ignore[arg-type]


def item(country: str, name: str, flag: str, **changes: object) -> Item:
    fields: dict[str, object] = {
        "shift_id": f"shift-{country}",
        "country": country,
        "name": name,
        "flag": flag,
        "from_level": "open",
        "to_level": "willing",
        "happened_at": at(2, 16, 21, 30),
        "now": quoted("If it is needed, we stand ready to put our own troops on the ground."),
        "before": None,
        "rule": "en-ready-to-send",
        "because": "head of government, own words",
        "witnesses": 1,
        "copies": 6,
        "scope": "inside Ukraine",
    }
    return Item(**(fields | changes))  # type: ignore[arg-type]


def uk_item(**changes: object) -> Item:
    before = quoted(
        "We will play our full part in security guarantees, and I rule nothing out.",
        outlet="Example Broadcasting",
        at=day(2025, 2, 3),
        url="https://news.example-broadcasting.example/politics/4711",
        how="own words",
    )
    fields = {"before": before, "condition": "if necessary"}
    return item("GB", "UK", "🇬🇧", **(fields | changes))


def notification(*items: Item, **changes: object) -> Notification:
    fields: dict[str, object] = {
        "incident": "incident-uk",
        "form": Form.ROOT,
        "sink": "slack",
        "channel": CHANNEL,
        "topic": "troop-deployment",
        "headline": "UK: open → willing",
        "items": items or (uk_item(),),
    }
    return Notification(**(fields | changes))  # type: ignore[arg-type]


def uk_alert(**changes: object) -> Notification:
    return notification(**changes)


def paris_summit(**changes: object) -> Notification:
    summit = Summit(
        name="Emergency summit in Paris",
        place="Paris",
        outcome="no agreement",
        at=day(2025, 2, 17),
        quote="The leaders left without a common line on sending troops.",
    )
    fields: dict[str, object] = {
        "incident": "incident-paris",
        "headline": "Paris summit: 2 moved towards sending troops, 3 said no",
        "summit": summit,
    }
    return notification(*_paris_items(), **(fields | changes))


def _paris_items() -> tuple[Item, ...]:
    after = at(2, 17, 20, 5)
    return (
        uk_item(),
        item("SE", "Sweden", "🇸🇪", from_level="reluctant", to_level="open",
             happened_at=after, scope="", witnesses=2, copies=2,
             now=quoted("We rule nothing out once there is a just peace to uphold.",
                        at=after, speaker="Kim Example", office="foreign minister")),
        item("DE", "Germany", "🇩🇪", from_level="open", to_level="reluctant",
             happened_at=after, scope="",
             now=quoted("It is far too early for this debate, and frankly the wrong moment.",
                        at=after, speaker="Robin Example", office="chancellor")),
        item("PL", "Poland", "🇵🇱", from_level="reluctant", to_level="rejects",
             happened_at=after, because="head of government, own words",
             now=quoted("We do not intend to send Polish soldiers to the territory of Ukraine.",
                        at=after, speaker="Sascha Example")),
        item("IT", "Italy", "🇮🇹", from_level=None, to_level="rejects", happened_at=day(2025, 2, 17),
             scope="", because="head of government, paraphrased, two witnesses",
             witnesses=2, copies=9,
             now=quoted("The option of European soldiers is the most complex and the least useful.",
                        at=after, speaker="Andrea Example", how="paraphrased")),
    )  # fmt: skip
