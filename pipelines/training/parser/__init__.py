"""The parser that ships with stancewatch: how it is built and how it is measured."""
