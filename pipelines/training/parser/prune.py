"""Drop the words of the treebanks from a pipeline's string store.

Training leaves every word it saw in `vocab/strings.json`: a tenth of the size on disk, of no use
to the components, and third-party text besides. Labels and the strings of the lemmatizer's edits
stay. Parses are the same to the bit.
"""

from __future__ import annotations

import json
from pathlib import Path

import srsly  # type: ignore[import-untyped]
from spacy.language import Language
from spacy.pipeline import EditTreeLemmatizer
from spacy.pipeline._edit_tree_internals.edit_trees import EditTrees

_NO_TREE = 2**32 - 1  # what an edit tree has for a child it lacks


def prune(folder: Path, nlp: Language) -> None:
    """Rewrite the string store of `nlp`, which lies in `folder`."""
    kept = sorted(needed(nlp))
    (folder / "vocab" / "strings.json").write_text(
        json.dumps(kept, ensure_ascii=False, indent=0), "utf-8"
    )


def forget_addresses(nlp: Language) -> None:
    """Mail addresses that the lemmatizer learned by heart become a bare "@": they are nobody's."""
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, EditTreeLemmatizer):
            stored = srsly.msgpack_loads(pipe.trees.to_bytes())
            nobody = nlp.vocab.strings.add("@")
            for tree in stored["trees"]:
                if "orig" in tree and "@" in _ends(nlp, tree):
                    tree["orig"] = tree["subst"] = nobody
            pipe.trees = EditTrees(nlp.vocab.strings)  # one that is filled would keep both
            pipe.trees.from_bytes(srsly.msgpack_dumps(stored))


def _ends(nlp: Language, tree: dict[str, int]) -> str:
    return nlp.vocab.strings[tree["orig"]] + nlp.vocab.strings[tree["subst"]]


def needed(nlp: Language) -> set[str]:
    """The strings without which a component of `nlp` would not do the same."""
    kept = {"ROOT", "dep"}
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, EditTreeLemmatizer):
            kept |= _edits(nlp, pipe)
        else:
            kept |= {label for label in getattr(pipe, "labels", ()) if isinstance(label, str)}
    return kept - {""}


def _edits(nlp: Language, lemmatizer: EditTreeLemmatizer) -> set[str]:
    """The strings of the edits it may choose; it also keeps edits too rare to be a label."""
    trees = srsly.msgpack_loads(lemmatizer.trees.to_bytes())["trees"]
    reached: set[int] = set()
    waiting = [int(label) for label in lemmatizer.labels]
    while waiting:
        number = waiting.pop()
        if number == _NO_TREE or number in reached:
            continue
        reached.add(number)
        tree = trees[number]
        waiting += [tree[side] for side in ("prefix_tree", "suffix_tree") if side in tree]
    replaced = (trees[number] for number in reached if "orig" in trees[number])
    return {nlp.vocab.strings[tree[end]] for tree in replaced for end in ("orig", "subst")}
