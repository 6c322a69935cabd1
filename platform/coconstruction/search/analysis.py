"""From text to terms: the same for both engines, for documents and for questions.

Accents go before the stem does, so that "metier" finds "métier"; then the plural, which the French stemmer forgets on
the very words of this site (usager/usagers, élu/élus); then the stem.
"""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from coconstruction.search.index import Document
from coconstruction.search.stop_words import STOP_WORDS

BODY_CAP = 4  # saying a word more often than that says nothing more
LONGEST_WORD = 40

_WORD = re.compile(r"[^\W_]+")
_SIRET = re.compile(r"(?<!\d)(\d{3})[\s.]?(\d{3})[\s.]?(\d{3})(?:[\s.]?\d{5})?(?!\d)")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_SAINTS = {"st": "saint", "ste": "sainte"}
_stemmer = snowballstemmer.stemmer("french")
_stemming = threading.Lock()  # the stemmer keeps the word it works on


@dataclass(frozen=True)
class Word:
    """A word of a text: as typed between `start` and `end`, folded, and the term it is searched by."""

    start: int
    end: int
    folded: str
    term: str

    @property
    def is_stop(self) -> bool:
        return self.folded in STOP_WORDS or (len(self.folded) == 1 and not self.folded.isdigit())


def readable(text: str) -> str:
    """The text whose offsets `words` speaks of: accents typed apart are put back on their letters."""
    return unicodedata.normalize("NFC", text)


def words(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        if folded := fold(match[0])[:LONGEST_WORD]:
            yield Word(match.start(), match.end(), folded, term_of(folded))


def question_words(text: str) -> list[Word]:
    """The words that carry the question: stop words only when there is nothing else ("Eu" and "Y" are communes)."""
    found = list(words(_SIRET.sub(r"\1\2\3", readable(text))))
    return [word for word in found if not word.is_stop] or found


def title_key(text: str) -> str:
    """What a title and a question have in common when they are the same."""
    return " ".join(_SAINTS.get(word.folded, word.folded) for word in words(readable(text)))[:200]


@dataclass(frozen=True)
class Analysed:
    """What an engine indexes of a document: the terms of each part (of the body, how many times), the words as they
    are written for prefixes and spelling, and the number of words."""

    title: frozenset[str]
    keywords: frozenset[str]
    body: Mapping[str, int]
    words: frozenset[str]
    length: int

    @property
    def terms(self) -> frozenset[str]:
        return self.title | self.keywords | self.body.keys()


def analyse(document: Document) -> Analysed:
    title, keywords, body = (list(words(readable(part))) for part in (document.title, document.keywords, document.body))
    body = [word for word in body if not word.is_stop]
    times = Counter(word.term for word in body)
    every = [*title, *keywords, *body]
    return Analysed(
        title=frozenset(word.term for word in title),
        keywords=frozenset(word.term for word in keywords),
        body={term: min(count, BODY_CAP) for term, count in times.items()},
        words=frozenset(word.folded for word in every),
        length=len(every),
    )


@lru_cache(100_000)
def fold(word: str) -> str:
    """Lower-case letters and digits, without accents or ligatures."""
    decomposed = unicodedata.normalize("NFKD", word.translate(_LIGATURES)).casefold()
    return "".join(sign for sign in decomposed if sign.isalnum())


@lru_cache(100_000)
def term_of(folded: str) -> str:
    """The stem of a folded word; codes and numbers are left alone."""
    if not folded.isalpha():
        return folded
    word = _singular(_SAINTS.get(folded, folded))
    if word.endswith("ee") and len(word) > 4:
        word = word[:-1]  # dématérialisée, once folded, is no ending the stemmer knows
    with _stemming:
        stem = str(_stemmer.stemWord(word))
    return stem[:-2] + "c" if stem.endswith("qu") else stem or folded  # public, publique


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    if 3 < len(word) <= 6 and word.endswith(("eux", "oux")):
        return word[:-1]
    return word
