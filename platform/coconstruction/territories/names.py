"""Names as people type them: without accents, hyphens or apostrophes, "st" for "saint"."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_SAINTS = {"st": "saint", "ste": "sainte"}
VOWELS = frozenset("aeiouy")
_PLAIN_SEPARATORS = re.compile(r"[^a-z0-9]+")


def name_key(text: str) -> str:
    """The folded words of a name, apart by one space: ASCII lower-case letters and digits only."""
    return " ".join(_SAINTS.get(word, word) for word in _words(text))


def typed_words(text: str) -> list[tuple[str, ...]]:
    """The words being typed, each with its readings: the last may be unfinished, hence "st" also begins Strasbourg."""
    words = _words(text)
    number = "".join(words)
    if number.isdecimal() and len(number) >= 5:  # "217 500 016", a SIREN; fourteen figures are its SIRET
        return [(number[:9],)]
    readings: list[tuple[str, ...]] = [(_SAINTS.get(word, word),) for word in words]
    if words and words[-1] in _SAINTS and not text[-1].isspace():
        readings[-1] += (words[-1],)
    return readings


def of_name(name: str) -> str:
    """ "de Rennes", "d’Amiens", "du Havre", "des Sables-d’Olonne"."""
    for article, joined in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return joined + name.removeprefix(article)
    return f"d’{name}" if name_key(name)[:1] in VOWELS else f"de {name}"


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _PLAIN_SEPARATORS.sub(" ", letters.casefold()).split()
