"""kill -9 at random moments of real runs, and what is left after the next one.

    python -m tests.soak.kills [--times 50]

A backfill of an archive in many chunks, and a monitor that loops over feeds which grow, both with
alerts to a Slack. Each is killed at a moment drawn by chance, perhaps while it sends, and run
again. The history must be that of a run that nobody disturbed, and Slack must hold each message of
the outbox once.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml
from sqlalchemy import select

from stancewatch.core.notification import Receipt
from stancewatch.settings import shipped
from stancewatch.stores.ledger import HISTORY, SqlLedger, open_ledger
from stancewatch.stores.ledger.codec import load
from stancewatch.stores.ledger.schema import DECISIONS, NOTIFICATIONS, RECEIPTS, UNTOLD
from tests.sinks.fake_slack import FakeSlack, Json, Message, Workspace, fake_slack
from tests.soak.command import Commands, Running, commands
from tests.soak.faults import assert_told_once
from tests.sources.server import Stage, Visit, serving

CHANNEL = "C0DESK"
DAY = datetime(2025, 2, 18, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 9, tzinfo=UTC)
ARTICLES = 300
SPEAKING = 60  # of these, from the seeds
SHOWN = 2  # items by which a feed grows at each visit
ANSWER = 0.1  # seconds that Slack takes before and after it stores a message
LOOK = 0.01

ROUTES = f"""
- id: desk
  sink: slack
  channel: {CHANNEL}
  group_by: country
  group_wait: 1s
  repeat_interval: 4h
  severity: notice
  digest_above: 8
"""
TELL = (
    "{side_change: true, any_level: true, single_source: true, first_position: true,"
    " conditions: true}"
)
GOVERNMENTS = ("de", "dk", "fr", "gb", "no", "pl", "se")


class SlowWorkspace(Workspace):
    """Takes its time, so that some are killed while they wait for an answer."""

    def answer(self, method: str, token: str | None, arguments: Json) -> Json:
        time.sleep(ANSWER)
        answer = super().answer(method, token, arguments)
        time.sleep(ANSWER)
        return answer


@dataclass(frozen=True, slots=True)
class Left:
    """What people can see in the end."""

    history: str
    messages: tuple[tuple[str, str, str], ...]


@dataclass
class Scene(ABC):
    """One command, one ledger after the other, and the Slack that it alerts."""

    folder: Path
    commands: Commands
    slack: FakeSlack
    number: int = 0
    seconds: float = 0.0  # that an undisturbed run takes
    calls: int = 0  # of Slack, in an undisturbed run
    kills: int = 0
    found: int = 0  # messages of killed runs that had arrived without a receipt

    @property
    @abstractmethod
    def disturbed(self) -> list[str]:
        """The run that is killed."""

    @property
    @abstractmethod
    def ending(self) -> list[str]:
        """The run that does the rest, and ends."""

    @property
    def ledger(self) -> str:
        return f"sqlite:///{self.folder / f'ledger-{self.number}.db'}"

    def begin(self) -> None:
        """An empty ledger and an empty Slack."""
        self.number += 1
        self.slack.workspace = SlowWorkspace()

    def undisturbed(self) -> Left:
        self.begin()
        begun = time.monotonic()
        self.run(*self.ending)
        self.seconds = time.monotonic() - begun
        self.calls = len(self.slack.workspace.calls)
        assert self.calls, "nobody is told: nothing to lose"
        return self.left()

    def killed(self, draw: random.Random) -> Left:
        self.begin()
        for _ in range(draw.randint(1, 2)):
            self._kill(draw)
        self.run(*self.ending)
        self.run("deliver", "--channel", CHANNEL, "--max-wait", "1m")
        return self.left()

    def _kill(self, draw: random.Random) -> None:
        """At any time, or while it sends one of the messages that are not sent yet."""
        running = self._start(self.disturbed)
        told = len(self.slack.workspace.calls)
        if told >= self.calls or draw.random() < 0.5:
            _until(running, draw.uniform(0, self.seconds), lambda: False)
        else:
            enough = draw.randint(told + 1, self.calls)
            _until(running, 3 * self.seconds, lambda: len(self.slack.workspace.calls) >= enough)
            time.sleep(draw.uniform(0, 2 * ANSWER))
        running.kill()
        self.kills += running.wait() != 0

    def run(self, *arguments: str, out: str = "out.txt") -> None:
        running = self._start(arguments, out)
        assert running.wait() == 0, (self.folder / "err.txt").read_text()[-2000:]

    def _start(self, arguments: Sequence[str], out: str = "out.txt") -> Running:
        where = ["--profile", str(self.folder / "profile.toml"), "--ledger", self.ledger]
        token = self.slack.workspace.token
        environ = {"SLACK_API_BASE_URL": self.slack.base_url, "SLACK_BOT_TOKEN": token}
        files = (self.folder / out, self.folder / "err.txt")
        return self.commands.start([*where, *arguments], environ, *files)

    def left(self) -> Left:
        out = f"history-{self.number}.jsonl"
        self.run("export", "--types", ",".join(HISTORY), "--stable", out=out)
        messages = self.slack.workspace.messages
        with open_ledger(self.ledger) as ledger:
            self.found += sound(ledger, self.slack.workspace)
        return Left((self.folder / out).read_text(), tuple(sorted(map(_seen, messages))))


def _until(running: Running, seconds: float, done: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done() and not running.ended():
        time.sleep(LOOK)


def _seen(message: Message) -> tuple[str, str, str]:
    return message.payload["delivery_key"], message.text, json.dumps(message.blocks)


def sound(ledger: SqlLedger, workspace: Workspace) -> int:
    """Nothing waits; history, outbox and receipts agree; Slack has every message once. How many of
    these were looked up instead of sent again."""
    assert (ledger.dirty(), ledger.untold(), ledger.next_due()) == ([], [], None)
    assert_told_once(ledger)
    with ledger._reading() as connection:
        states = dict(
            connection.execute(select(NOTIFICATIONS.c.delivery_key, NOTIFICATIONS.c.state)).all()
        )
        rows = connection.execute(select(RECEIPTS.c.delivery_key, RECEIPTS.c.payload)).all()
        changed = set(connection.scalars(select(UNTOLD.c.shift_id)))
        decided = set(connection.scalars(select(DECISIONS.c.subject)))
    assert set(states.values()) <= {"sent"}
    receipts = {key: load(Receipt, payload) for key, payload in rows}
    assert set(states) == set(receipts)
    assert changed <= decided
    arrived = Counter(_keys(workspace))
    assert arrived == Counter(states.keys()), [key for key, times in arrived.items() if times != 1]
    return sum(receipt.recovered for receipt in receipts.values())


def _keys(workspace: Workspace) -> Iterator[str]:
    """Of everything that was ever posted or edited."""
    for method, arguments in workspace.calls:
        if method in ("chat.postMessage", "chat.update"):
            payload = arguments["metadata"]["event_payload"]
            yield payload.get("edit_key") or payload["delivery_key"]


# --- A backfill ---


class Backfill(Scene):
    @property
    def disturbed(self) -> list[str]:
        return ["backfill", str(self.folder / "archive.jsonl"), "--alert", "--channel", CHANNEL]

    @property
    def ending(self) -> list[str]:
        return self.disturbed


def archive(path: Path, articles: int) -> None:
    """Most of what is in an archive is about something else."""
    told = shipped("seeds/articles/archive.jsonl").read_text("utf-8").splitlines()
    told = told[len(told) // 3 :]  # from the days on when positions move
    lines = [
        told.pop(0) if number % (articles // SPEAKING) == 0 else json.dumps(_ships(number))
        for number in range(articles)
    ]
    path.write_text("\n".join(lines), "utf-8")


def _ships(number: int) -> dict[str, str]:
    return {
        "id": f"ships-{number}",
        "source": "north-sea-post.example",
        "title": f"Ships: {number}",
        "text": f"The harbour master counted {number} ships in the roads, and none in dock.",
        "published": f"2024-{1 + number % 12:02}-{1 + number % 28:02}",
    }


# --- A monitor ---


@dataclass
class Monitor(Scene):
    feeds: list[GrowingFeed] = field(default_factory=list)
    port: int = 0

    @property
    def _asked(self) -> list[str]:
        feeds = str(self.folder / "feeds.toml")
        address = f"127.0.0.1:{self.port}"
        return ["monitor", "--feeds", feeds, "--allow-address", address, "--channel", CHANNEL]

    @property
    def disturbed(self) -> list[str]:
        return [*self._asked, "--every", "1s"]

    @property
    def ending(self) -> list[str]:
        return [*self._asked, "--once"]

    def begin(self) -> None:
        super().begin()
        for feed in self.feeds:
            feed.shown = 0

    def run(self, *arguments: str, out: str = "out.txt") -> None:
        for feed in self.feeds:
            feed.shown = len(feed.items)
        super().run(*arguments, out=out)


@dataclass
class GrowingFeed:
    """A feed of the seeds, a few items longer at each visit."""

    head: str
    items: list[str]  # the newest first
    tail: str
    shown: int = 0

    def play(self, visit: Visit) -> None:
        self.shown = min(len(self.items), self.shown + SHOWN)
        body = "".join((self.head, *self.items[-self.shown :], self.tail))
        visit.give(200, body.encode())


def growing(stage: Stage, catalogue: Path) -> list[GrowingFeed]:
    """The feeds that are RSS, served, and the catalogue of them."""
    found, rows = [], []
    for path in sorted(shipped("seeds/snapshots").glob("*.xml")):
        text = path.read_text("utf-8")
        if items := re.findall(r"<item>.*?</item>\s*", text, re.DOTALL):
            head, tail = text.split("<item>", 1)[0], text.rsplit("</item>", 1)[1]
            feed = GrowingFeed(head, items, tail)
            stage.plays[f"/{path.name}"] = feed.play
            rows.append(f'[[feed]]\nurl = "{stage.url(f"/{path.name}")}"\n')
            rows.append(f'source = "{path.stem}.example"\nlang = "en"\n')
            found.append(feed)
    catalogue.write_text("\n".join(rows), "utf-8")
    return found


# --- Both ---


@contextmanager
def backfill(folder: Path) -> Iterator[Backfill]:
    archive(folder / "archive.jsonl", ARTICLES)
    with _ready(folder, LATER) as (keeper, slack):
        yield Backfill(folder, keeper, slack)


@contextmanager
def monitor(folder: Path) -> Iterator[Monitor]:
    with serving() as stage, _ready(folder, DAY) as (keeper, slack):
        feeds = growing(stage, folder / "feeds.toml")
        yield Monitor(folder, keeper, slack, feeds=feeds, port=stage.port)


@contextmanager
def _ready(folder: Path, day: datetime) -> Iterator[tuple[Commands, FakeSlack]]:
    """What every run is started with. Reading by constructions alone is quick."""
    rules(folder / "rules")
    profile = {
        "rules": str(folder / "rules"),
        "sources": str(shipped("seeds/articles/sources.yaml")),
        "baselines": str(baselines(folder / "stances")),
        "reader": False,
        "parser": False,
        "prime": False,
    }
    settings = "\n".join(f"{name} = {json.dumps(value)}" for name, value in profile.items())
    (folder / "profile.toml").write_text(settings, "utf-8")
    with commands(folder / "profile.toml", day) as keeper, fake_slack() as slack:
        yield keeper, slack


def rules(folder: Path) -> None:
    """As they are shipped, but everything is told, and to Slack, and fewer people and outlets are
    known: the rules travel with each stage of a pipeline, and there are many."""
    shutil.copytree(shipped("rules"), folder)
    (folder / "routes.yaml").write_text(ROUTES, "utf-8")
    (folder / "sources.yaml").write_text("[]\n", "utf-8")
    for watch in (folder / "watches").glob("*.yaml"):
        head, _ = watch.read_text("utf-8").split("\ntell:")
        watch.write_text(f"{head}\ntell: {TELL}\n", "utf-8")
    for offices in (folder / "actors" / "offices").glob("*.yaml"):
        if offices.stem not in GOVERNMENTS:
            offices.unlink()


def baselines(folder: Path) -> Path:
    """Those of the governments that are known here."""
    folder.mkdir()
    for path in shipped("seeds/stances").glob("*.yaml"):
        stated = yaml.safe_load(path.read_text("utf-8"))
        known = [each for each in stated if each["country"].lower() in GOVERNMENTS]
        (folder / path.name).write_text(json.dumps(known), "utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    asked = parser.parse_args()
    print("run         times  kills  shifts  messages  looked up  s each")
    for scene in (backfill, monitor):
        with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as staged:
            report(staged, staged.undisturbed(), range(asked.times))


def report(scene: Scene, calm: Left, seeds: Sequence[int]) -> None:
    """A line of the table. Stops at the first run that leaves something else behind."""
    begun, kills, found = time.monotonic(), scene.kills, scene.found
    for seed in seeds:
        same(scene.killed(random.Random(seed)), calm, scene)
    each = (time.monotonic() - begun) / len(seeds)
    kills, found = scene.kills - kills, scene.found - found
    name, shifts = type(scene).__name__.lower(), calm.history.count('"type": "shift"')
    counts = f"{len(seeds):>6} {kills:>6} {shifts:>7} {len(calm.messages):>9} {found:>10}"
    print(f"{name:<10} {counts} {each:>7.1f}", flush=True)


def same(left: Left, calm: Left, scene: Scene) -> None:
    """One history; and of what is told at once in the end, the very same messages."""
    assert left.history == calm.history
    assert left.messages
    if isinstance(scene, Backfill):
        assert left.messages == calm.messages


if __name__ == "__main__":
    main()
