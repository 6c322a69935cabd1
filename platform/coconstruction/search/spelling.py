"""Which known word was meant: few slips, same first letter, then the most used."""

from collections.abc import Mapping


def slips_allowed(folded: str) -> int:
    """Codes and short words are taken at their word."""
    if not folded.isalpha() or len(folded) < 4:
        return 0
    return 1 if len(folded) < 8 else 2


def nearest(folded: str, known: Mapping[str, int]) -> str | None:
    """Among the known words, each with its number of documents."""
    allowed = slips_allowed(folded)
    found = ((distance(folded, word, allowed), -count, word) for word, count in known.items() if word != folded)
    slips, _, word = min(found, default=(allowed + 1, 0, ""))
    return word if slips <= allowed else None


def distance(one: str, other: str, most: int) -> int:
    """Letters added, dropped, replaced, or swapped with their neighbour; `most + 1` stands for anything beyond."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, above = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)
