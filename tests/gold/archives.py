"""Archives of texts as the tools of this folder read them: JSON lines, plain or packed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def records(path: Path) -> Iterator[Mapping[str, Any]]:
    """A record has `text`, and may have `title`, `author`, `published`, `lang`."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())
