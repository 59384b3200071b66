"""`rules/` and the baselines of `seeds/stances` as core values, every fault with its line."""

from stancewatch.stores.rulebook.baselines import load_baselines
from stancewatch.stores.rulebook.rulebook import Rulebook, load
from stancewatch.stores.rulebook.schemas import schemas, write_schemas

__all__ = ["Rulebook", "load", "load_baselines", "schemas", "write_schemas"]
