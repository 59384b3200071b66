"""JSON Schema of every kind of rule file, for editors: completion and faults while typing.

`rules/schema/` holds a copy; a file asks for it in its first line:
`# yaml-language-server: $schema=../schema/watch.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from stancewatch.stores.rulebook import topics
from stancewatch.stores.rulebook.actors import BodyRow, CountryRow, GroupRow, OfficesRow
from stancewatch.stores.rulebook.baselines import BaselineRow
from stancewatch.stores.rulebook.cases import CaseRow
from stancewatch.stores.rulebook.outlets import OutletRow
from stancewatch.stores.rulebook.routes import RouteRow, SilenceRow
from stancewatch.stores.rulebook.truth import TruthRow
from stancewatch.stores.rulebook.watches import WatchRow

JsonSchema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"  # the one that editors' YAML support reads
SHAPES: dict[str, Any] = {
    "countries": list[CountryRow],
    "bodies": list[BodyRow],
    "groups": list[GroupRow],
    "offices": OfficesRow,
    "sources": list[OutletRow],
    "watch": WatchRow,
    "routes": list[RouteRow],
    "silences": list[SilenceRow],
    "baselines": list[BaselineRow],
    "truth": list[TruthRow],
    "test": CaseRow,
    **topics.SHAPES,
}


def schemas() -> dict[str, JsonSchema]:
    """The schema of each kind of file, by kind."""
    return {
        kind: {"$schema": DIALECT, **TypeAdapter(shape).json_schema()}
        for kind, shape in SHAPES.items()
    }


def as_text(schema: JsonSchema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write_schemas(directory: Path) -> None:
    """Puts the schemas into `directory` as `<kind>.json`."""
    directory.mkdir(parents=True, exist_ok=True)
    for kind, schema in schemas().items():
        (directory / f"{kind}.json").write_text(as_text(schema), encoding="utf-8")
