"""How a round speaks of its phases and dates, always in the time of Paris."""

from datetime import datetime
from typing import Any

from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coconstruction.clock import PARIS
from coconstruction.rounds.calendar import Phase

PHASES: dict[Phase, Any] = {
    Phase.COLLECTING: _l("Dépôt des besoins"),
    Phase.SUPPORTING: _l("Soutiens et coalitions"),
    Phase.SHORTLISTING: _l("Présélection"),
    Phase.VOTING: _l("Vote"),
    Phase.COUNTING: _l("Dépouillement"),
    Phase.PUBLISHED: _l("Publication du résultat"),
    Phase.PILOTING: _l("Pilotes"),
}
NOW: dict[Phase, Any] = {
    Phase.COLLECTING: _l("Le tour recueille les besoins jusqu’au %(end)s, heure de Paris."),
    Phase.SUPPORTING: _l("Le tour recueille soutiens et coalitions jusqu’au %(end)s, heure de Paris."),
    Phase.SHORTLISTING: _l("Le comité présélectionne les besoins jusqu’au %(end)s, heure de Paris."),
    Phase.VOTING: _l("Le vote est ouvert jusqu’au %(end)s, heure de Paris."),
    Phase.COUNTING: _l("Le vote est clos. Le résultat sera publié le %(end)s, heure de Paris."),
    Phase.PUBLISHED: _l("Le résultat du tour est publié. Les pilotes commencent le %(end)s, heure de Paris."),
}


def sentence(phase: Phase | None, title: str, until: datetime | None, at: datetime) -> str:
    """Where a round stands. `until` ends the phase; before the first phase, it is the day the round begins."""
    if until is None:
        return _("Tour « %(title)s » : la phase des pilotes a commencé.", title=title)
    end = moment(until, year=until.astimezone(PARIS).year != at.astimezone(PARIS).year)
    if phase is None:
        return _("Le tour « %(title)s » commence le %(end)s, heure de Paris.", title=title, end=end)
    return str(NOW[phase]) % {"end": end}


def moment(value: datetime, *, year: bool = True) -> str:
    """« vendredi 30 avril 2027 à 18 h »."""
    english = str(get_locale()) == "en"
    local = value.astimezone(PARIS)
    hour = "HH:mm" if english else ("H\u00a0'h'" if local.minute == 0 else "H\u00a0'h'\u00a0mm")
    day = "d" if english or local.day > 1 else "'1er'"
    pattern = f"EEEE {day} MMMM{' y' if year else ''} {QUOTED_AT[english]}\u00a0{hour}"
    return str(format_datetime(value, pattern))


QUOTED_AT = {True: "'at'", False: "'à'"}
