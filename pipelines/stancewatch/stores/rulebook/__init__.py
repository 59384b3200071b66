"""`rules/`, its tests, and the lists of `seeds/` as core values, every fault with its line."""

from stancewatch.stores.rulebook.baselines import load_baselines
from stancewatch.stores.rulebook.cases import Case, load_cases
from stancewatch.stores.rulebook.rulebook import Rulebook, load
from stancewatch.stores.rulebook.schemas import schemas, write_schemas
from stancewatch.stores.rulebook.truth import load_truth

__all__ = [
    "Case",
    "Rulebook",
    "load",
    "load_baselines",
    "load_cases",
    "load_truth",
    "schemas",
    "write_schemas",
]
