"""The question with its misspelt words put right, spelt as the answers spell them."""

from collections.abc import Iterable, Mapping

from coconstruction.search.analysis import readable, words


def suggestion(text: str, corrections: Mapping[str, str], answers: Iterable[str]) -> str | None:
    if not corrections:
        return None
    spellings = _spellings(set(corrections.values()), answers)
    text = readable(text)
    pieces, at = [], 0
    for word in words(text):
        if meant := corrections.get(word.folded):
            pieces += [text[at : word.start], spellings.get(meant, meant)]
            at = word.end
    return "".join([*pieces, text[at:]]) if pieces else None


def _spellings(wanted: set[str], answers: Iterable[str]) -> Mapping[str, str]:
    """The index knows words without their accents only: the answers still have them."""
    found: dict[str, str] = {}
    for answer in answers:
        text = readable(answer)
        for word in words(text):
            if word.folded in wanted:
                found.setdefault(word.folded, text[word.start : word.end].lower())
        if len(found) == len(wanted):
            break
    return found
