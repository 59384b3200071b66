"""A treebank of our own, small enough to read."""

from __future__ import annotations

_SENTENCES = (
    # word, lemma, tag, head, relation, "-" if no space follows
    "Poland/Poland/NNP/4/nsubj did/do/VBD/4/aux/- n't/not/RB/4/advmod agree/agree/VB/0/root/- "
    "././../4/punct",
    "The/the/DT/2/det minister/minister/NN/3/nsubj said/say/VBD/0/root troops/troop/NNS/6/nsubj "
    "will/will/MD/6/aux go/go/VB/3/ccomp/- ././../3/punct",
    "Soldiers/soldier/NNS/3/nsubj:pass were/be/VBD/3/aux:pass sent/send/VBN/0/root "
    "by/by/IN/5/case Rome/Rome/NNP/3/obl:agent/- ././../3/punct",
)
_HEADER = "# newdoc id = {name}\n# meta::sourceURL = {url}\n"


def document(name: str, url: str, times: int = 1) -> str:
    return _HEADER.format(name=name, url=url) + "".join(map(_block, _SENTENCES * times))


def _block(sentence: str) -> str:
    rows = [_row(number, word.split("/")) for number, word in enumerate(sentence.split(), 1)]
    return "\n".join(rows) + "\n\n"


def _row(number: int, parts: list[str]) -> str:
    form, lemma, tag, head, relation, *rest = parts
    misc = "SpaceAfter=No" if rest else "_"
    columns = (str(number), form, lemma, "X", tag, "_", head, relation, "_", misc)
    return "\t".join(columns)
