"""`rules/sources.yaml`: the outlets that we know. `--sources` reads the same shape."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from stancewatch.core.outlet import Outlet
from stancewatch.stores.rulebook.fields import Code, Flag, Row, Text, like, shaped

_DOMAIN = (r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", "lemonde.fr")
Domain = Annotated[str, shaped(*_DOMAIN), like(*_DOMAIN)]


class OutletRow(Row):
    """`tier` 1 is an agency or paper of record, 3 a blog; `agency` the wire family it is."""

    name: Text
    domain: Domain
    owner: Text
    agency: Text | None = None
    tier: Annotated[int, Strict(), Field(ge=1, le=3)] = 2
    official: Flag = False
    state_media: Flag = False
    country: Code | None = None

    def core(self) -> Outlet:
        return Outlet(**self.model_dump())
