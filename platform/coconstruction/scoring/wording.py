"""Notes, scores and interests, in words."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from coconstruction.scoring.panel import QUORUM, Panel
from coconstruction.scoring.policy import interest_sentence
from coconstruction.scoring.score import BEST
from coconstruction.territories.kinds import kind_label
from coconstruction.territories.models import Organisation
from coconstruction.territories.programmes import NAMES
from coconstruction.web.filters import number, percent

NAMED = 12
PLURAL = 2
TENTHS = 10
HUNDRED = 100


def out_of_four(value: Fraction | int) -> str:
    """« 2,7 sur 4 »."""
    return _("%(note)s sur %(best)s", note=format_decimal(_tenth(value), "0.#"), best=BEST)


def points_apart(value: Fraction | int) -> str:
    """« 2,7 points »."""
    said = format_decimal(_tenth(value), "0.#")
    return _("%(number)s point", number=said) if value < PLURAL else _("%(number)s points", number=said)


def agreement(value: Fraction) -> str:
    """« 85 % »: rounded down, for only the same notes make 100 %."""
    return percent(int(HUNDRED * value))


def panel_sentence(panel: Panel) -> str:
    """How far the reviews have come, without a word of what they say."""
    count, aside = len(panel.counted), len(panel.rendered) - len(panel.counted)
    said = ngettext("%(num)s évaluation rendue", "%(num)s évaluations rendues", count)
    asked = ngettext("il en faut %(num)s.", "il en faut %(num)s.", QUORUM)
    told = _("%(said)s, %(asked)s", said=said, asked=asked)
    if not aside:
        return told
    more = ngettext("%(num)s mise de côté, pour intérêt.", "%(num)s mises de côté, pour intérêt.", aside)
    return f"{told} {more}"


def programme_name(code: str) -> str:
    return NAMES.get(code, code)


def kinds_named(kinds: Iterable[str]) -> str:
    return ", ".join(kind_label(each).lower() for each in kinds)


def some_names(bodies: Sequence[Organisation]) -> str:
    """The first of them, and how many others."""
    said = ", ".join(each.name for each in bodies[:NAMED])
    if (rest := len(bodies) - NAMED) <= 0:
        return said
    return said + " " + ngettext("et %(n)s autre", "et %(n)s autres", rest, n=number(rest))


def _tenth(value: Fraction | int) -> Decimal:
    """To the nearest tenth, halves up: what is shown. Sums are made on the exact value."""
    return Decimal((2 * TENTHS * Fraction(value) + 1) // 2) / TENTHS


FILTERS: Sequence[Callable[..., object]] = (
    out_of_four,
    points_apart,
    agreement,
    panel_sentence,
    programme_name,
    kinds_named,
    some_names,
    interest_sentence,
)
