"""What the learned reader decides of one country in one passage: a level, or none, in each slot.

A slot is a voice, and for the government two of them: what it says now and what it is recalled
to have said. Shared by the reader and by the training that makes its weights.
"""

from __future__ import annotations

from stancewatch.core.actor import Voice

LEVELS = ("none", "rejects", "reluctant", "open", "willing", "committed")
SLOTS: tuple[tuple[Voice, bool], ...] = (
    (Voice.GOVERNMENT, True),
    (Voice.GOVERNMENT, False),
    (Voice.PARTY, True),
    (Voice.MILITARY, True),
    (Voice.PUBLIC, True),
    (Voice.OTHER, True),
)


def slot_of(voice: Voice, current: bool) -> int:
    """The slot of a label; recalled words of other voices count with their current ones."""
    return SLOTS.index((voice, current or voice is not Voice.GOVERNMENT))
