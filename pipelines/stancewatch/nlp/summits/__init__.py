"""Summits: where leaders met over the war, who was there, and how it ended.

ground      a sentence as summits are read: places and people marked, all else as it is written
signs       nouns for a meeting, those who gather, and what they do
gatherings  which of these tell of a meeting of many
places      the city that it was held in
outcomes    how it went
reader      from an article's sentences to tellings
"""

from stancewatch.nlp.summits.reader import SummitReader

__all__ = ["SummitReader"]
