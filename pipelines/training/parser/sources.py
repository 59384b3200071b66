"""Which GUM documents may train a parser that others redistribute and sell.

GUM's annotations are CC BY 4.0; its texts have the licence of where they came from, which the
`meta::sourceURL` line names. A document is kept only if its source is in the table. Anything not
in the table is dropped: a licence nobody wrote down is not a licence.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_BY_HOST = {
    "en.wikipedia.org": "CC BY-SA",
    "en.wikivoyage.org": "CC BY-SA",
    "en.wikinews.org": "CC BY",
    "journals.plos.org": "CC BY",
    "www.mdpi.com": "CC BY",
    "dh2017.adho.org": "CC BY",
    "journals.linguisticsociety.org": "CC BY",
    "openstax.org": "CC BY",
    "press.rebus.community": "CC BY",
    "creativecommons.org": "CC BY",
    "www.congress.gov": "public domain",
    "www.speaker.gov": "public domain",
    "www.supremecourt.gov": "public domain",
    "www.whitehouse.gov": "public domain",
}

# An open host does not make every book or speech on it open.
_CLOSED = re.compile(r"openstax\.org/books/introduction-anthropology\b")


def licence(url: str) -> str | None:
    """The licence of a text with this source, or None: it is not known to be open enough."""
    if _CLOSED.search(url):
        return None
    return _BY_HOST.get(urlsplit(url).hostname or "")
