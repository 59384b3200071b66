"""`stancewatch export`: records, or a dataset; one at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stancewatch.cli import stancewatch
from stancewatch.errors import UsageError
from stancewatch.stores.ledger import open_ledger
from tests.jobs.build import archive, article, follow, house_in
from tests.stores.ledger.build import file, filing, refold


def run(*words: str, **env: str) -> Result:
    return CliRunner().invoke(stancewatch, ["export", *words], env=env)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--release", "DIR", "--output", "x"], "--release and --output exclude each other"),
        (["--release", "DIR", "--format", "csv"], "--release and --format exclude each other"),
        (["--release", "DIR", "--stable", "--types", "shifts"], "--release and --types, --stable"),
        (["--verify", "DIR", "--release", "x"], "--verify and --release exclude each other"),
        (["--author", "Ada"], "--author: only for a release"),
        (["--with-texts", "--released", "2025-01-01"], "--released, --with-texts: only for"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, words: list[str], told: str) -> None:
    found = run(*(str(tmp_path) if word == "DIR" else word for word in words))
    assert isinstance(found.exception, UsageError)
    assert told in str(found.exception)


def test_an_occupied_folder_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    found = run("--release", str(tmp_path), STANCEWATCH_RULES="/nowhere")
    assert isinstance(found.exception, UsageError)
    assert "new or an empty folder" in str(found.exception)


def test_records_go_to_a_file_as_they_go_to_the_screen(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'l.sqlite'}"
    with open_ledger(url) as ledger:
        file(ledger, filing("a", "2025-02-10", "open", condition="=1+1"))
        refold(ledger)
    for form in ("jsonl", "csv"):
        path = tmp_path / form
        words = ("--types", "shifts,stances", "--format", form)
        screen = run(*words, STANCEWATCH_LEDGER=url)
        assert screen.exit_code == 0, screen.output
        assert run(*words, "-o", str(path), STANCEWATCH_LEDGER=url).stdout == ""
        assert path.read_text("utf-8") == screen.stdout
        assert screen.stdout.count("'=1+1") == (2 if form == "csv" else 0)


@pytest.mark.slow
def test_a_release_is_written_verified_and_found_out(tmp_path: Path) -> None:
    records = [article(record) for record in archive()[:8]]
    made = []
    for name, story in (("one", records), ("two", records[::-1])):
        (tmp_path / name).mkdir()
        house = house_in(tmp_path / name)
        follow(house, story)
        made.append(tmp_path / name / "release")
        env = {"STANCEWATCH_PROFILE": "demo", "STANCEWATCH_LEDGER": house.settings.ledger}
        written = run("--release", str(made[-1]), "--author", "Ada Example", **env)
        assert written.exit_code == 0, written.output
        assert "Wrote version" in written.stderr
    one, two = ({p.relative_to(d): p.read_bytes() for p in d.rglob("*.*")} for d in made)
    assert one == two
    assert run("--verify", str(made[0])).exit_code == 0
    (made[0] / "shifts.jsonl").write_text("", "utf-8")
    found = run("--verify", str(made[0]))
    assert (found.exit_code, found.stdout) == (1, "changed: shifts.jsonl\n")
