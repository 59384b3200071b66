"""A page in one file: it loads nothing and runs nothing, whatever a text that it shows may hold."""

from __future__ import annotations

from html import escape

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(title: str, style: str, content: str, lang: str = "en") -> str:
    """`style` and `content` are ours, and what `content` quotes is escaped already."""
    return f"""\
<!DOCTYPE html>
<html lang="{escape(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
{content}
</body>
</html>
"""
