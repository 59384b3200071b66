"""Questions to a parse, asked the same way whatever labels the parser has.

Universal Dependencies (the parser that ships with stancewatch) and ClearNLP (the official English
models of spaCy) differ in shape as well as in name. These functions speak of *predicates*: the
word that says what a clause says, so the adjective in "is ready", never its "is".

Only a parser need have run (and what it listens to). Words are compared in their inflected forms,
because no lemma may be there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from stancewatch.errors import ModelError
from stancewatch.nlp.languages.english import CLASSES
from stancewatch.nlp.languages.grammar import words_of

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Token

    Tokens = tuple[Token, ...]

# The parser that ships; its licence is its own and lies beside it.
SHIPPED = Path(__file__).parent / "models" / "parser-en"
UNUSED = ("trainable_lemmatizer", "lemmatizer", "morphologizer", "attribute_ruler", "ner")


class Role(Enum):
    """What a word is to the word it hangs on."""

    ROOT = auto()
    SUBJECT = auto()
    OBJECT = auto()
    AGENT = auto()
    OBLIQUE = auto()  # UD: the noun; its preposition hangs on it
    CASE = auto()
    PREPOSITION = auto()  # ClearNLP: the noun hangs on it
    PREPOSED = auto()  # ClearNLP: the noun behind a preposition
    OWNER = auto()
    COMPLEMENT = auto()
    CONTROLLED = auto()  # a complement whose subject is somebody of the clause above
    ADVERBIAL = auto()
    RELATIVE = auto()
    CLAUSE = auto()  # any other clause
    BESIDE = auto()  # parataxis: beside the clause, under no word of it
    CONJUNCT = auto()
    COPULAR = auto()  # ClearNLP: "ready" under "is"; UD hangs "is" on "ready"
    EXPLETIVE = auto()


# One table for both schemes: no label means one thing in one and another in the other.
ROLES: dict[str, Role] = {
    "ROOT": Role.ROOT,
    "root": Role.ROOT,
    "nsubj": Role.SUBJECT,
    "nsubj:pass": Role.SUBJECT,
    "nsubj:outer": Role.SUBJECT,
    "nsubjpass": Role.SUBJECT,
    "obj": Role.OBJECT,
    "dobj": Role.OBJECT,
    "iobj": Role.OBJECT,
    "obl:agent": Role.AGENT,
    "agent": Role.AGENT,
    "obl": Role.OBLIQUE,
    "nmod": Role.OBLIQUE,
    "case": Role.CASE,
    "prep": Role.PREPOSITION,
    "dative": Role.PREPOSITION,
    "pobj": Role.PREPOSED,
    "nmod:poss": Role.OWNER,
    "poss": Role.OWNER,
    "ccomp": Role.COMPLEMENT,
    "xcomp": Role.CONTROLLED,
    "advcl": Role.ADVERBIAL,
    "acl:relcl": Role.RELATIVE,
    "relcl": Role.RELATIVE,
    "acl": Role.CLAUSE,
    "advcl:relcl": Role.CLAUSE,
    "csubj": Role.CLAUSE,
    "csubj:pass": Role.CLAUSE,
    "csubjpass": Role.CLAUSE,
    "pcomp": Role.CLAUSE,
    "parataxis": Role.BESIDE,
    "conj": Role.CONJUNCT,
    "acomp": Role.COPULAR,
    "attr": Role.COPULAR,
    "oprd": Role.COPULAR,
    "expl": Role.EXPLETIVE,
}
_SCHEMES = ({"nsubj", "obl", "case"}, {"nsubj", "pobj", "prep"})
_CLAUSAL = frozenset(
    {
        Role.ROOT,
        Role.COMPLEMENT,
        Role.CONTROLLED,
        Role.ADVERBIAL,
        Role.RELATIVE,
        Role.CLAUSE,
        Role.BESIDE,
    }
)

SAYING = frozenset(word for word in CLASSES["say"] if " " not in word)
_BE = words_of("be am is are was were been being 's 're 'm ’s ’re ’m")
_NOT = frozenset({"not", "n't", "n’t", "never"})
_NOBODY = frozenset({"nobody", "none", "nothing", "neither"})
_NO = frozenset({"no", "neither"})
_RELATIVE = frozenset({"who", "which", "that"})


def load(source: str | Path = SHIPPED) -> Language:
    """A pipeline by folder or by package name; ModelError where it cannot load or does not parse.

    Components that nothing here asks for are left out.
    """
    import spacy

    try:
        nlp = spacy.load(source, exclude=UNUSED)
    except (OSError, ValueError, LookupError, TypeError, ImportError) as error:
        told = f"the parser cannot load: {error}"
        mend = "reinstall, or name another installed spaCy pipeline"
        raise ModelError(told, where=str(source), mend=mend) from error
    _check(nlp, str(source))
    return nlp


def _check(nlp: Language, where: str) -> None:
    if "parser" not in nlp.pipe_names:
        raise ModelError("the pipeline has no parser", where=where)
    labels = set(nlp.pipe_labels["parser"])
    if not any(scheme <= labels for scheme in _SCHEMES):
        raise ModelError(
            "the labels of the parser are neither Universal Dependencies nor ClearNLP", where=where
        )


# --- A predicate and its arguments ---


def subjects(pred: Token) -> Tokens:
    """Who does it: grammatical subjects, "that" and "who" replaced by what they stand for.

    A predicate without a subject of its own borrows it: from the first of a coordination ("came
    and saw"), from the clause that controls it ("refuses to send", "urged Rome to send"), or from
    the clause it is an aside to ("refused, saying").
    """
    own = _own_subjects(pred)
    carrier = _carrier(pred)
    if own or carrier.head == carrier:
        return own
    above = _content(carrier.head)
    match _role(carrier):
        case Role.CONJUNCT | Role.ADVERBIAL:
            return subjects(above)
        case Role.CONTROLLED:
            return _with(above, Role.OBJECT) or subjects(above)
        case _:
            return ()


def agents(pred: Token) -> Tokens:
    """Who does it in the passive: "ruled out by Rome"."""
    return tuple(_behind(by) for by in _with(pred, Role.AGENT))


def obliques(pred: Token, preps: Collection[str]) -> Tokens:
    """The nouns that hang on a predicate or noun by one of these prepositions, in lower case.

    A preposition of several words is one string: "according to".
    """
    found = (_phrase(token) for token in _dependents(pred))
    return tuple(noun for prep, noun in found if noun is not None and prep in preps)


def negated(pred: Token) -> bool:
    """By a "not" or "never" of its own, by "no longer", or by a subject that is nobody."""
    words = _dependents(pred)
    return (
        any(word.lower_ in _NOT or _no_longer(word) for word in words)
        or any(word.lower_ == "without" and word.dep_ in ("mark", "case") for word in words)
        or any(_is_nobody(subject) for subject in _own_subjects(pred))
    )


def members(head: Token) -> Tokens:
    """A word and all that are coordinated with it, in the order of the text."""
    found = [head]
    for child in head.children:
        if _role(child) is Role.CONJUNCT:
            found.extend(members(child))
    return tuple(sorted(found, key=lambda token: token.i))


def possessor(noun: Token) -> Token | None:
    """Whose it is: "Italy's refusal". For "the refusal of Italy" ask `obliques`."""
    return next((child for child in noun.children if _role(child) is Role.OWNER), None)


# --- Clauses ---


def clause_of(token: Token) -> Token:
    """The predicate of the innermost clause that a word stands in."""
    while not _heads_clause(token):
        token = token.head
    return _content(token)


def clause_parent(pred: Token) -> Token | None:
    """The predicate of the clause above, or None at the root of a sentence."""
    carrier = _carrier(pred)
    return None if carrier.head == carrier else clause_of(carrier.head)


def speaker_of(token: Token) -> Token | None:
    """Whose words a word is among, as the nearest verb of saying above its clause tells.

    The clause may be the complement of the verb ("Rome said it will"), stand beside it ("It will,
    Rome said"), or hang on "according to Rome". None where no one is said to speak.
    """
    pred: Token | None = clause_of(token)
    inside = True  # a remark covers the clause it stands by, not what is coordinated with that
    while pred is not None:
        speaker = (_by_the_way(pred) if inside else None) or _above(pred)
        if speaker is not None:
            return speaker
        inside = _role(_carrier(pred)) not in (Role.CONJUNCT, Role.BESIDE)
        pred = clause_parent(pred)
    return None


def _above(pred: Token) -> Token | None:
    """The speaker, where the clause is what a verb of saying says."""
    parent = clause_parent(pred)
    told = _role(_carrier(pred)) in (Role.COMPLEMENT, Role.BESIDE)
    return _speaker(parent) if parent is not None and told else None


def _by_the_way(pred: Token) -> Token | None:
    """The speaker in ", Rome said" or "according to Rome", which hang on the clause itself."""
    sources = obliques(pred, {"according to"})
    beside = (_speaker(_content(word)) for word in _with(pred, Role.BESIDE))
    return next((who for who in (*sources, *beside) if who is not None), None)


def _speaker(verb: Token) -> Token | None:
    found = subjects(verb) if verb.lower_ in SAYING else ()
    return found[0] if found else None


# --- Shapes: what the two schemes draw differently ---


def _role(token: Token) -> Role | None:
    role = ROLES.get(token.dep_)
    if role is Role.COPULAR and token.head.lower_ not in _BE:
        return Role.CONTROLLED  # "remains ready", which UD calls xcomp
    if role is Role.COMPLEMENT and any(_is_to(kid) for kid in token.children):
        return Role.CONTROLLED  # "urged Rome to go", the same
    if role is Role.CONJUNCT and _is_remark(token):
        return Role.BESIDE  # parsers take ", he told us" for a member of a list
    return role


def _is_remark(verb: Token) -> bool:
    """Says what went before: ", he told us", joined by no "and" and with no clause of its own."""
    if verb.lower_ not in SAYING or verb.i < verb.head.i:
        return False
    kids = {ROLES.get(kid.dep_) for kid in verb.children}
    joined = any(word.dep_ == "cc" for word in verb.doc[verb.head.i : verb.i])
    return Role.SUBJECT in kids and Role.COMPLEMENT not in kids and not joined


def _is_to(kid: Token) -> bool:
    return kid.lower_ == "to" and kid.dep_ == "aux"


def _heads_clause(token: Token) -> bool:
    role = _role(token)
    if role is Role.CONJUNCT:
        return _heads_clause(token.head)
    return role in _CLAUSAL or role is Role.COPULAR or token.head == token


def _content(verb: Token) -> Token:
    """The word that says what a clause says: "ready" for the "is" of ClearNLP."""
    kids = tuple(verb.children)
    if verb.lower_ not in _BE or any(_role(kid) is Role.EXPLETIVE for kid in kids):
        return verb  # "there are no plans" has "are" for its predicate in UD too
    return next((kid for kid in kids if _role(kid) is Role.COPULAR), verb)


def _carrier(pred: Token) -> Token:
    """The word that a predicate's clause hangs by: the "is" of ClearNLP for "ready"."""
    copular = _role(pred) is Role.COPULAR and _content(pred.head) == pred
    return pred.head if copular else pred


def _dependents(pred: Token) -> Tokens:
    carrier = _carrier(pred)
    kids = [*pred.children] if carrier == pred else [*carrier.children, *pred.children]
    return tuple(sorted((kid for kid in kids if kid != pred), key=lambda kid: kid.i))


def _with(pred: Token, role: Role) -> Tokens:
    return tuple(token for token in _dependents(pred) if _role(token) is role)


def _own_subjects(pred: Token) -> Tokens:
    found = _with(pred, Role.SUBJECT)
    if not found and any(_role(word) is Role.EXPLETIVE for word in _dependents(pred)):
        found = _with(pred, Role.COPULAR)  # ClearNLP: "plans" in "there are plans"
    return tuple(_antecedent(subject, pred) for subject in found)


def _antecedent(subject: Token, pred: Token) -> Token:
    carrier = _carrier(pred)
    relative = subject.lower_ in _RELATIVE and _role(carrier) is Role.RELATIVE
    return carrier.head if relative else subject


def _phrase(token: Token) -> tuple[str, Token | None]:
    """The preposition and the noun that a dependent is made of; no noun where it is no such."""
    role = _role(token)
    behind = _behind(token)
    if role is Role.PREPOSITION or (role is Role.AGENT and behind != token):
        return (_preposition(token), behind if behind != token else None)
    if role in (Role.OBLIQUE, Role.AGENT):
        return (_cases(token), token)
    return ("", None)


def _behind(word: Token) -> Token:
    """The noun behind a preposition of ClearNLP; a noun is itself."""
    for kid in word.children:
        if _role(kid) is Role.PREPOSED:
            return kid
        if _role(word) is _role(kid) is Role.PREPOSITION:
            return _behind(kid)  # "according" -> "to" -> noun
    return word


def _preposition(word: Token) -> str:
    """ClearNLP: a preposition with those that hang on it, as in "according to"."""
    more = (kid for kid in word.children if _role(kid) is Role.PREPOSITION)
    return " ".join((word.lower_, *(_preposition(kid) for kid in more)))


def _cases(noun: Token) -> str:
    """UD: all words of a noun's preposition, in order."""
    return " ".join(word.lower_ for kid in noun.children for word in _case_words(kid))


def _case_words(kid: Token) -> Iterator[Token]:
    if _role(kid) is Role.CASE and kid.i < kid.head.i:  # not the 's behind an owner
        yield kid
        yield from (more for more in kid.children if more.dep_ == "fixed")


def _no_longer(word: Token) -> bool:
    return word.lower_ == "longer" and any(kid.lower_ == "no" for kid in word.children)


def _is_nobody(subject: Token) -> bool:
    return subject.lower_ in _NOBODY or any(kid.lower_ in _NO for kid in subject.children)
