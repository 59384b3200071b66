"""YAML 1.2 with the line of every value, so that a fault can say where it is.

libyaml only builds the tree of nodes; what a scalar means is decided here, because YAML 1.1
would read Norway (NO) as false, 12:30 as 750 and 0777 as 511. Plain `null`, `true`, `false` and
integers have their YAML 1.2 meaning, everything else is text. Libyaml because rules are read at
the start of every command, and a pure Python parser takes twenty times as long over them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stancewatch.stores.rulebook.faults import Faults, Place

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Step = str | int

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
# 007 and +5 are text: they would not come back the same. Nor is a number ever this long.
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
DEEPEST = 50  # lists and mappings inside each other; rules need six
_STANDARD = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its name as shown to people, its data, and where each piece of it stands."""

    file: str
    data: Any
    root: Any

    def place(self, *steps: Step) -> Place:
        """The line of the value at `steps`, of its key in a mapping; as near as the steps lead.

        Steps that are not in the data are passed over: a missing key is shown at its mapping.
        """
        node, line = self.root, _line(self.root)
        for step in steps:
            if found := _child(node, step):
                node, line = found
        return Place(self.file, line)


def read(path: Path, file: str, faults: Faults) -> Document | None:
    """The document at `path`, shown as `file`; None where it cannot be read at all."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        faults.add(Place(file), f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.add(Place(file, line), "is not UTF-8 text", "save it as UTF-8")
    else:
        return parse(text, file, faults)
    return None


def parse(text: str, file: str, faults: Faults) -> Document | None:
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.reader.ReaderError as error:
        faults.add(Place(file, _line_of(text, error)), "holds a control character", "take it out")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Place(file, mark.line + 1 if mark else 0)
        faults.add(where, f"is not YAML: {_said(error)}", _mend(text, where.line))
    else:
        return Document(file, _Reader(file, faults).value(root), root)
    return None


def _line_of(text: str, error: Any) -> int:
    """The reader counts characters or bytes; the first control character is what it met."""
    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return text.count("\n", 0, found.start() if found else int(error.position)) + 1


def _said(error: Any) -> str:
    return ", ".join(part for part in (error.context, error.problem) if part)


def _mend(text: str, line: int) -> str:
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in here:
        return "indent with spaces, not tabs"
    return "look at this line and the one above: quotes, brackets, indentation, a colon in a text"


class _Reader:
    """Turns nodes into plain values and tells what no rule file may hold."""

    def __init__(self, file: str, faults: Faults) -> None:
        self.file, self.faults = file, faults
        self.open: set[int] = set()  # nodes being read: meeting one again is a loop

    def value(self, node: Any) -> Any:
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if id(node) in self.open:
            self.fault(node, "an alias leads back to itself", "write the value out")
            return None
        if len(self.open) == DEEPEST:
            self.fault(node, "is nested too deeply", "look for brackets that are never closed")
            return None
        self.open.add(id(node))
        self.check_tag(node)
        mapping = isinstance(node, yaml.MappingNode)
        found = self.mapping(node) if mapping else [self.value(each) for each in node.value]
        self.open.remove(id(node))
        return found

    def mapping(self, node: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(key, "a key has to be a word", "quote it")
            elif (word := key.value) in found:
                self.fault(key, f"{word!r} is already on line {lines[word]}", "keep one of them")
            else:
                found[word], lines[word] = self.value(value), _line(key)
        return found

    def scalar(self, node: Any) -> str | int | bool | None:
        self.check_tag(node)
        word = str(node.value)
        # An explicit !!str and a quoted text are text whatever they look like.
        return word if node.style or node.tag == f"{_STANDARD}str" else plain(word)

    def check_tag(self, node: Any) -> None:
        if not node.tag.startswith(_STANDARD):
            self.fault(node, f"the tag {node.tag!r} is unknown", "take it out, or quote the text")

    def fault(self, node: Any, problem: str, mend: str) -> None:
        self.faults.add(Place(self.file, _line(node)), problem, mend)


def plain(word: str) -> str | int | bool | None:
    """What an unquoted word means in YAML 1.2, except that only whole numbers are numbers."""
    if word in _NULL:
        return None
    if word in _BOOL:
        return _BOOL[word]
    return int(word) if _INT.fullmatch(word) else word


def _line(node: Any) -> int:
    return 1 if node is None else int(node.start_mark.line) + 1


def _child(node: Any, step: Step) -> tuple[Any, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == step:
                return value, _line(key)
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], _line(node.value[step])
    return None
