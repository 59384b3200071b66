"""Writes cli.md, next to this file, from the program's own help.

python docs/reference/build_cli.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from stancewatch.cli import stancewatch
from stancewatch.cli.options import GLOBAL

PAGE = Path(__file__).with_name("cli.md")
WIDTH = 88
HEAD = """\
# Commands

This page is made from the program's own help by `python docs/reference/build_cli.py`; a test
fails when it is out of date.

Results go to standard output, everything else to standard error. What the exit code means:
[Exit codes](exit-codes.md).
"""
GLOBAL_HEAD = """\
## Global options

They may stand before or after the command. Each has a twin in the environment, such as
`STANCEWATCH_LEDGER`; what is typed wins. [Settings](settings.md) says more of each.
"""


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """The command and all below it, with their full names."""
    yield name, command
    if isinstance(command, click.Group):
        for word, below in command.commands.items():
            yield from commands(below, f"{name} {word}")


def page() -> str:
    found = list(commands(stancewatch, "stancewatch"))
    parts = [HEAD, GLOBAL_HEAD, _block(_shared(_help(*found[0])))]
    for name, command in found:
        parts += [f"## {name}\n", _block(_own(_help(name, command)))]
    return "\n".join(parts)


def _help(name: str, command: click.Command) -> str:
    context = click.Context(
        command,
        info_name=name,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        **stancewatch.context_settings,
    )
    return command.get_help(context)


def _own(text: str) -> str:
    return text.partition("\nGlobal options")[0]


def _shared(text: str) -> str:
    lines = text.partition("\nGlobal options")[2].splitlines()[1:]
    assert len(lines) >= len(GLOBAL), lines
    return "\n".join(line.removeprefix("  ") for line in lines)


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
