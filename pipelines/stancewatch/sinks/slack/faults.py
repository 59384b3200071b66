"""What a failed call to Slack means for the message: one of the four kinds of SinkError.

The rule behind the tables: if Slack may have stored the message, the outcome is unknown, and only
an answer that surely stored nothing is permanent, busy or about access. Nothing of the answer but
its error code goes into the error: a body could repeat the token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from stancewatch.errors import (
    SinkAuthError,
    SinkBusyError,
    SinkError,
    SinkPermanentError,
    SinkUnknownError,
)

GARBLED_WAIT = 30.0  # seconds, where Slack says "wait" but not how long
LONGEST_WAIT = 86_400.0

BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

UNKNOWN = frozenset(
    {
        "fatal_error",
        "internal_error",
        "invalid_cursor",  # of a search in pieces: the next one starts afresh
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)

_ACCESS = "check SLACK_BOT_TOKEN: a bot token of this workspace, xoxb-..."
_SCOPES = (
    "give the app the scopes chat:write and channels:history (groups:history for private "
    "channels) and install it again"
)
_ADMIN = "a workspace administrator must allow the app"

AUTH = {
    "invalid_auth": _ACCESS,
    "not_authed": _ACCESS,
    "token_revoked": _ACCESS,
    "token_expired": _ACCESS,
    "account_inactive": _ACCESS,
    "not_allowed_token_type": _ACCESS,
    "missing_scope": _SCOPES,
    "no_permission": _SCOPES,
    "access_denied": _ADMIN,
    "accesslimited": _ADMIN,
    "ekm_access_denied": _ADMIN,
    "org_login_required": _ADMIN,
    "team_access_not_granted": _ADMIN,
}

_CHANNEL = (
    "use the channel's ID (C...) in rules/routes.yaml; for a private channel, invite the bot: "
    "/invite @NAME-OF-THE-APP"
)
_BLOCKS = "this is a fault of stancewatch: please report it with the delivery key"

PERMANENT = {
    "channel_not_found": _CHANNEL,
    "not_in_channel": "invite the bot: /invite @NAME-OF-THE-APP",
    "is_archived": "choose another channel in rules/routes.yaml, or unarchive this one",
    "restricted_action": "the channel's posting permissions keep the app out",
    "invalid_blocks": _BLOCKS,
    "invalid_blocks_format": _BLOCKS,
    "invalid_metadata_format": _BLOCKS,
    "metadata_too_large": _BLOCKS,
    "msg_too_long": _BLOCKS,
    "msg_blocks_too_long": _BLOCKS,
    "no_text": _BLOCKS,
    "thread_not_found": "the alert this belongs to was deleted",
    "message_not_found": "the alert this belongs to was deleted",
    "cant_update_message": "the alert was posted by another app or user",
    "edit_window_closed": "the workspace no longer lets this message be edited",
}

# Answers of something in front of Slack that surely posted nothing: a proxy, a wrong address.
_TURNED_AWAY = frozenset({401, 403, 404, 407})
_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}\Z")


def classify(status: int, headers: Mapping[str, str], code: object, where: str) -> SinkError:
    """The error for an answer that is not `ok`. `code` is Slack's word for it, if it is one."""
    code = code if isinstance(code, str) and _CODE.match(code) else None
    if status == 429 or code in BUSY:
        wait = retry_after(headers)
        return SinkBusyError("Slack asks us to wait", where=where, retry_after=wait)
    if code in AUTH:
        return SinkAuthError(f"Slack refuses the app: {code}", where=where, mend=AUTH[code])
    if status >= 500 or code in UNKNOWN:
        return SinkUnknownError(f"Slack failed: {code or status}", where=where)
    if code is not None:
        mend = PERMANENT.get(code, "")
        return SinkPermanentError(f"Slack refuses the message: {code}", where=where, mend=mend)
    return _without_code(status, where)


def _without_code(status: int, where: str) -> SinkError:
    if status in _TURNED_AWAY:
        mend = "check SLACK_API_BASE_URL and the proxy"
        return SinkAuthError(f"no Slack answers there: HTTP {status}", where=where, mend=mend)
    return SinkUnknownError(f"Slack's answer is unreadable: HTTP {status}", where=where)


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait, from a header that may be missing, garbled or absurd."""
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), "").strip()
    if not re.fullmatch(r"[0-9]{1,9}", value):
        return GARBLED_WAIT
    return min(max(float(value), 1.0), LONGEST_WAIT)
