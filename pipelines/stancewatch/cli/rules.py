"""Commands for rule authors: check, test, explain, score, schema."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from stancewatch.cli.options import Command, Day, Group, settings_of, start_logging
from stancewatch.core.moment import Moment
from stancewatch.errors import RuleError, UsageError


@click.group(cls=Group)
def rules() -> None:
    """Check the rule files, and ask what they find in a text."""


@rules.command(cls=Command)
@click.option("--examples", is_flag=True, help="Read every example inside the rules, too.")
@click.pass_context
def check(ctx: click.Context, examples: bool) -> None:
    """Load every rule file and report all faults at once, each with file and line."""
    from stancewatch.jobs.asking import Asking
    from stancewatch.stores.rulebook import load_baselines

    settings = settings_of(ctx)
    book = Asking.of(settings).book
    baselines = load_baselines(settings.baselines, book) if settings.baselines else ()
    number = sum(len(topic.examples) for topic in book.topics.values())
    click.echo(
        f"{settings.rules}: no faults in {len(book.topics)} topics ({number} examples),"
        f" {len(book.watches)} watches, {len(book.routes)} routes, {len(book.silences)} silences,"
        f" {len(book.actors.countries)} countries and bodies, {len(book.actors.people)} people,"
        f" {len(baselines)} baselines."
    )
    if examples:
        _examples(ctx)


def _examples(ctx: click.Context) -> None:
    from stancewatch.jobs.explain import wrong_examples
    from stancewatch.jobs.wiring import build

    house = build(settings_of(ctx))
    if wrong := wrong_examples(house):
        raise RuleError("\n".join(wrong), mend=f"{len(wrong)} example(s) read otherwise")
    click.echo("Every example is read as its rule file says.")


@rules.command(cls=Command)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.pass_context
def test(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Play the stories in FILES, or in all of rules/tests: the positions and alerts they give."""
    from stancewatch.jobs.ruletest import read_cases, run_cases
    from stancewatch.jobs.wiring import build

    start_logging(ctx.obj)
    house = build(settings_of(ctx))
    cases = read_cases(house, files)
    wrong: list[str] = []
    for result in run_cases(house, cases):
        wrong += result.differences
        number = result.case.expectations
        told = f"{len(result.differences)} wrong" if result.differences else "as expected"
        click.echo(
            f"{result.case.place.file}: {number} expectation(s), {told}: {result.case.title}"
        )
    if wrong:
        raise RuleError("\n".join(wrong), mend=f"{len(wrong)} expectation(s) do not hold")
    click.echo(f"{len(cases)} file(s), all as expected.")


@rules.command(cls=Command)
@click.argument("text", metavar="TEXT|FILE|-")
@click.option(
    "--published", type=Day(), metavar="DATE", help="When it was published; offices depend on it."
)
@click.option("--author", help="Who signed it.")
@click.option("--title", default="", help="Its headline.")
@click.option("--lang", help="Its language, if it is not to be guessed.")
@click.option(
    "--html",
    type=click.File("w", encoding="utf-8", errors="replace"),
    metavar="FILE|-",
    help="Write it as a web page instead.",
)
@click.pass_context
def explain(
    ctx: click.Context,
    text: str,
    published: Moment | None,
    author: str | None,
    title: str,
    lang: str | None,
    html: TextIO | None,
) -> None:
    """What is found in a text, where, by which rule and why; or why nothing is."""
    from stancewatch.cli.show import console
    from stancewatch.jobs.explain import explain_lines
    from stancewatch.jobs.explain_page import explain_page
    from stancewatch.jobs.wiring import build

    given = {"title": title, "published": str(published or ""), "author": author, "lang": lang}
    record = {"text": _words(text), **given}
    house = build(settings_of(ctx))
    if html:
        html.write(explain_page(house, record))
        return
    out = console()
    coloured = out.color_system is not None and not out.no_color
    for line in explain_lines(house, record, coloured=coloured):
        # A line is one fact: whoever reads it from a pipe gets it in one piece.
        out.print(line, soft_wrap=not out.is_terminal)


def _words(text: str) -> str:
    """Standard input for "-", a file where one has that name, else the text itself."""
    if text == "-":
        return sys.stdin.read()
    return Path(text).read_text("utf-8") if _names_a_file(text) else text


def _names_a_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # too long to be a name
        return False


@rules.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--topic", default="troop-deployment", show_default=True, help="Which stance topic.")
@click.option("--errors", default=10, show_default=True, help="Show so many mistakes of a kind.")
@click.option("--constructions", is_flag=True, help="Read without the learned reader.")
@click.pass_context
def score(
    ctx: click.Context, paths: tuple[Path, ...], topic: str, errors: int, constructions: bool
) -> None:
    """How well the rules read passages that people have labelled (JSON lines)."""
    from stancewatch.cli.show import console
    from stancewatch.jobs.score import mark, read, report
    from stancewatch.jobs.wiring import build

    settings = settings_of(ctx)
    house = build(replace(settings, reader=None) if constructions else settings)
    if topic not in house.policies:
        raise UsageError(f"there is no stance topic {topic!r}")
    marks = mark(house, list(read(paths)), topic)
    out = console()
    for each in report(marks, house.policies[topic], errors):
        out.print(each)
        out.print()


@rules.command(cls=Command)
@click.argument("directory", type=click.Path(path_type=Path), default="rules/schema")
@click.pass_context
def schema(ctx: click.Context, directory: Path) -> None:
    """Write the JSON Schemas for editors into DIRECTORY."""
    from stancewatch.stores.rulebook import write_schemas

    settings_of(ctx)
    write_schemas(directory)
    click.echo(f"wrote the schemas to {directory}")
