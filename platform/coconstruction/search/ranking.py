"""What makes a document answer better than another: one weighted BM25, whatever the engine.

A sentence must find something: no word is compulsory. But a document that covers far less of the question than the best
one is no answer, and would only swell the counts.
"""

import math

IN_TITLE, IN_KEYWORDS, IN_BODY = 8.0, 4.0, 1.0
SATURATION = 1.2
LENGTH_SHARE = 0.5
USUAL_LENGTH = 60  # words: a need of ordinary length
NEAR_SHARE = 0.5  # a beginning or a correction is worth half the word itself
COVER_SHARE = 0.3  # of what the best document covers
SAME_TITLE_SHARE = 1.2
WEIGHT_SHARE = 0.01  # for each power of ten of the weight: enough to tell homonyms apart


def rarity(documents: int, holding: int) -> float:
    """Inverse document frequency, never negative."""
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def damping(length: int) -> float:
    """How much a document of that many words has to say a word before it counts."""
    return SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * min(length, 10 * USUAL_LENGTH) / USUAL_LENGTH)


def prominence(weight: float, standing: float) -> float:
    return standing * (1 + WEIGHT_SHARE * math.log10(1 + max(weight, 0)))
