"""Slack by bot token: `blocks` renders, `escape` protects, `client` sends, `faults` classifies."""
