"""Opening a sink by the name that a route gives it."""

from __future__ import annotations

import pytest

from stancewatch.errors import UsageError
from stancewatch.sinks.table import SinkConfig, open_sink


def test_an_unknown_sink_is_a_usage_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="console, slack"):
        open_sink("pager", SinkConfig())


def test_slack_without_a_token_says_what_to_set() -> None:
    with pytest.raises(UsageError, match="SLACK_BOT_TOKEN"):
        open_sink("slack", SinkConfig())
