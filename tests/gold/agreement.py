"""How far two people agree on the gold set: what a reader of these passages can hope for at most.

    python tests/gold/agreement.py

The second label was given blind, by somebody who saw only the passages and GUIDELINES.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from stancewatch.core.actor import Voice
from stancewatch.core.score import Label, score
from stancewatch.settings import load
from stancewatch.stores.rulebook import load as load_rules

HERE = Path(__file__).parent
TOPIC = "troop-deployment"


def labels(path: Path) -> Iterator[Label]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        for m in row["mentions"]:
            yield Label(
                row["id"],
                m["country"],
                Voice(m["voice"]),
                m["stance"],
                m["conditional"],
                m["current"],
            )


def main() -> None:
    policy = load_rules(load(None, {}).rules).topics[TOPIC].policy
    assert policy is not None
    for split in ("dev", "test"):
        gold = list(labels(HERE / f"{split}.jsonl"))
        found = score(gold, list(labels(HERE / "second" / f"{split}.jsonl")), policy)
        for name, tally in found.tallies.items():
            print(f"{split:<5} {name:<42} F1 {tally.f1:.3f}")


if __name__ == "__main__":
    main()
