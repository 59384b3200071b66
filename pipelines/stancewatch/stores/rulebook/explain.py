"""From pydantic's errors to faults: plain words, the line in the file, and what to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stancewatch.stores.rulebook.faults import Fault, did_you_mean
from stancewatch.stores.rulebook.located import Document, Step

JsonSchema = dict[str, Any]

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_LIMITS = {"greater_than_equal": "at least", "less_than_equal": "at most"}


def explain(
    error: ValidationError, document: Document, at: Sequence[Step], schema: Callable[[], JsonSchema]
) -> Iterator[Fault]:
    """The faults in `error`, found in the data at `at` of the document.

    `schema` is asked for the known keys, and only when a key is unknown.
    """
    for details in error.errors(include_url=False):
        problem, mend = _in_words(details, schema)
        yield Fault(document.place(*at, *details["loc"]), problem, mend)


def _in_words(details: ErrorDetails, schema: Callable[[], JsonSchema]) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    name, value = _name(details["loc"]), details["input"]
    if kind == "rule":
        return str(context["problem"]), str(context["mend"])
    if kind == "extra_forbidden":
        return f"unknown key {name!r}", did_you_mean(str(name), keys_at(schema(), details["loc"]))
    if kind == "missing":
        return f"{name!r} is missing", f"add `{name}:`"
    if kind in ("literal_error", "enum"):
        options = re.findall(r"'([^']*)'", str(context["expected"]))
        return f"{value!r} is no value of {name!r}", _choose(value, options)
    if kind in _WANTED:
        return _not_a(_WANTED[kind], name, value)
    if kind in _LIMITS:
        limit = next(iter(context.values()))
        return f"{name!r} cannot be {value!r}", f"write {_LIMITS[kind]} {limit}"
    return f"{name!r}: {details['msg']}", ""


def _name(loc: Sequence[Step]) -> Step:
    """The key that the error is about: of an item of a list, the list's."""
    return next((step for step in reversed(loc) if isinstance(step, str)), "item")


def _choose(value: object, options: list[str]) -> str:
    otherwise = f"choose from {', '.join(options)}"
    return did_you_mean(str(value), options, otherwise)


def _not_a(wanted: str, name: Step, value: object) -> tuple[str, str]:
    if value is None:
        return f"{name!r} is empty", f"write {wanted} there, or take it out"
    if wanted == "text" and isinstance(value, bool):
        return f"{name!r} holds {str(value).lower()}, not text", "put the word in quotes"
    mend = "write `key: value` lines" if wanted == "a mapping" else f"write {wanted}"
    return f"{name!r} has to be {wanted}, not {_shape(value)}", mend


def _shape(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return repr(value)


def keys_at(schema: JsonSchema, loc: Sequence[Step]) -> set[str]:
    """The keys that the schema knows beside the last step of `loc`."""
    level = _resolved(schema, schema)
    for step in loc[:-1]:
        level = [
            each
            for node in level
            for child in _below(node, step)
            for each in _resolved(schema, child)
        ] or level
    return {key for node in level for key in node.get("properties", {})}


def _below(node: JsonSchema, step: Step) -> list[JsonSchema]:
    if isinstance(step, int):
        return [node["items"]] if "items" in node else []
    if step in node.get("properties", {}):
        return [node["properties"][step]]
    extra = node.get("additionalProperties")
    return [extra] if isinstance(extra, dict) else []


def _resolved(schema: JsonSchema, node: JsonSchema) -> list[JsonSchema]:
    """The node without references and alternatives."""
    if "$ref" in node:
        return _resolved(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[-1]])
    choices = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    return [each for choice in choices for each in _resolved(schema, choice)] or [node]
