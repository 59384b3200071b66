"""Whose soldiers a position is about, and where they would be."""

from __future__ import annotations

import re

from stancewatch.core.mention import Where, Whose
from stancewatch.nlp.holders import Force
from stancewatch.nlp.reader.passage import Sentence

_OUTSIDE = re.compile(
    r" (?:outside (?:of )?(?:ukraine|§u|§p|§h)|neighbouring|neighboring|"
    r"beyond (?:that|its|the) (?:country 's )?borders?) "
)
_AIR_SEA = re.compile(
    r" (?:jets|aircraft|air (?:support|policing|patrols|surveillance|"
    r"force)|naval|navy|at sea|minesweepers|mine clearance|black sea|"
    r"airspace|warships) "
)


def whose_of(force: Force | None) -> Whose:
    if force is None:
        return Whose.UNSTATED
    if force.own or force.nations:
        return Whose.OWN
    return Whose.ALLIED if force.allied else Whose.UNSTATED


def where_of(sentence: Sentence) -> Where:
    text = sentence.line.text
    if _OUTSIDE.search(text):
        return Where.OUTSIDE
    if _AIR_SEA.search(text):
        return Where.AIR_SEA
    return Where.INSIDE if " §u " in text else Where.UNSTATED
