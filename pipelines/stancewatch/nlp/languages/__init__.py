"""The languages that can be read: one module each, and this table."""

from stancewatch.nlp.languages.english import ENGLISH
from stancewatch.nlp.languages.grammar import Grammar

GRAMMARS: dict[str, Grammar] = {"en": ENGLISH}
