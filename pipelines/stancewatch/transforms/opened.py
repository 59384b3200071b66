"""Live things on a worker: opened from their spec once per process and kept for the next run.

FnApiRunner makes new DoFns for every run and calls `setup` again; a model takes seconds to build.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

from stancewatch.core.ports import Spec

T = TypeVar("T")

_lock = threading.Lock()
_open: dict[object, Any] = {}


def shared(spec: Spec[T]) -> T:
    """The one live thing of this spec in this process. Specs are equal when they open alike."""
    with _lock:
        if spec not in _open:
            _open[spec] = spec.open()
        live: T = _open[spec]
        return live
