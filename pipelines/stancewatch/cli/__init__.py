"""What a person types: a few lines over `jobs`. Beam and spaCy are imported by the commands that
need them, so that `--help` and `rules check` answer at once."""

from __future__ import annotations

import signal
import sys

import click

from stancewatch import __version__
from stancewatch.cli.ask import history, stances, why
from stancewatch.cli.backtest import backtest
from stancewatch.cli.checkup import doctor, feeds
from stancewatch.cli.coalition import coalition
from stancewatch.cli.export import export
from stancewatch.cli.options import Group
from stancewatch.cli.rules import rules
from stancewatch.cli.ruling import ruling
from stancewatch.cli.run import backfill, deliver, detect, monitor
from stancewatch.errors import StancewatchError


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", prog_name="stancewatch")
def stancewatch() -> None:
    """Whose position just changed, says who, and how do you know?

    Reads news feeds and archives, keeps for every tracked country the position its government
    holds, with its history, and alerts when it shifts.

    \b
    Start here:
      stancewatch --profile demo monitor      a demo over feeds that ship with the program
      stancewatch monitor --every 5m          watch the live feeds
      stancewatch why GB                      why was I told, or not told?

    Exit codes: 0 done, 1 failed, 2 usage or rules at fault, 3 done with failures recorded.
    """


for command in (
    monitor, backfill, deliver, detect, stances, coalition, history, why, ruling, export, rules,
    backtest, feeds, doctor,
):  # fmt: skip
    stancewatch.add_command(command)


def main() -> None:
    """The console script: expected errors become one line and their exit code."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        code = stancewatch(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except StancewatchError as error:
        click.echo(f"stancewatch: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _stop(*_: object) -> None:
    """A service manager's SIGTERM ends a loop as ctrl-C does."""
    raise KeyboardInterrupt
