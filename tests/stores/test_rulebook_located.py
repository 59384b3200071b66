"""What a scalar means in a rule file, and on which line each value stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancewatch.stores.rulebook.faults import Faults
from stancewatch.stores.rulebook.located import Document, parse, read


def sound(text: str) -> Document:
    faults = Faults()
    document = parse(text, "some.yaml", faults)
    assert not faults.found
    assert document is not None
    return document


def told(text: str) -> list[str]:
    faults = Faults()
    parse(text, "some.yaml", faults)
    return [str(fault) for fault in sorted(faults.found)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("0777", "0777"),
        ("0o17", "0o17"),
        ("+5", "+5"),
        ("1e3", "1e3"),
        ("1.5", "1.5"),
        ("2025-02-17", "2025-02-17"),
        ("5", 5),
        ("-5", -5),
        ("0", 0),
        ('"5"', "5"),
        ("!!str 5", "5"),
        ("true", True),
        ('"true"', "true"),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('""', ""),
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
    ],
)
def test_scalars(written: str, meant: object) -> None:
    assert sound(f"key: {written}").data == {"key": meant}
    assert sound(f"- {written}").data == [meant]


def test_norway_is_a_key_as_well() -> None:
    assert sound("NO: 1\n5: 2\ntrue: 3\n").data == {"NO": 1, "5": 2, "true": 3}


TEXT = """\
list:
  - name: one
    items: [a,
      b]
  - name: two
text: |
  Two
  lines.
"""


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ((), 1),
        (("list", 0, "items", 1), 4),
        (("list", 1), 5),
        (("list", 1, "name"), 5),
        (("text",), 6),
        (("list", 1, "missing"), 5),
        (("list", 7), 1),
    ],
)
def test_places(steps: tuple[str | int, ...], line: int) -> None:
    assert str(sound(TEXT).place(*steps)) == f"some.yaml:{line}"


def test_a_duplicate_key_names_both_lines() -> None:
    assert told("a: 1\nb: 2\na: 3\n") == [
        "some.yaml:3: 'a' is already on line 1 (keep one of them)"
    ]


@pytest.mark.parametrize("depth", [51, 900, 100_000])
def test_brackets_without_end(depth: int) -> None:
    (fault,) = told("- 1\n- " + "[" * depth + "]" * depth)
    assert fault.startswith("some.yaml:2: is ")


def test_anchors_may_be_used() -> None:
    assert sound("one: &names [a]\ntwo: *names\n").data == {"one": ["a"], "two": ["a"]}


def test_a_control_character_is_found_on_its_line() -> None:
    assert told("a: é\nb: \x07\n") == ["some.yaml:2: holds a control character (take it out)"]


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path, faults = tmp_path / "latin.yaml", Faults()
    path.write_bytes("a: 1\nb: Élysée\n".encode("latin-1"))
    assert read(path, "latin.yaml", faults) is None
    assert [str(fault) for fault in faults.found] == [
        "latin.yaml:2: is not UTF-8 text (save it as UTF-8)"
    ]


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    path, faults = tmp_path / "windows.yaml", Faults()
    path.write_bytes("\ufeffa: 1\r\nb: NO\r\n".encode())
    document = read(path, "windows.yaml", faults)
    assert document is not None
    assert document.data == {"a": 1, "b": "NO"}
    assert document.place("b").line == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    faults = Faults()
    assert read(tmp_path / "none.yaml", "none.yaml", faults) is None
    assert [str(fault) for fault in faults.found] == [
        "none.yaml: cannot be read: No such file or directory"
    ]


def quoted(value: Any) -> str:
    """The value as YAML flow, every text in quotes."""
    match value:
        case dict():
            inside = ", ".join(f"{quoted(key)}: {quoted(each)}" for key, each in value.items())
            return f"{{{inside}}}"
        case list():
            return f"[{', '.join(map(quoted, value))}]"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case None:
            return "null"
        case _:
            return str(value).lower()


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_comes_back(value: Any) -> None:
    assert sound(quoted(value)).data == value


@given(st.text())
def test_any_text_is_read_or_told_why_not(text: str) -> None:
    faults = Faults()
    assert parse(text, "some.yaml", faults) is not None or faults.found
