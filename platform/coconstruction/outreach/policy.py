"""Who may invite, whom, and how often."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from coconstruction import clock
from coconstruction.accounts.mandates import refusal_to_commit
from coconstruction.accounts.models import Affiliation, Scope
from coconstruction.errors import Link, Refused
from coconstruction.needs import policy as needs_policy
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need

MOST_AT_ONCE = 20
DAY, MOST_A_DAY = timedelta(days=1), 30  # letters that one organisation sends
WEEK, MOST_A_WEEK = timedelta(days=7), 3  # letters that one organisation receives


def refusal_to_invite(need: Need, acting: Affiliation | None, *, member: bool) -> Refused | None:
    """By those who carry the need, under the mandate with which they joined."""
    if need.state not in TAKES_ORGANISATIONS:
        return needs_policy.closed(need)
    if acting is None or not acting.live:
        return needs_policy.no_organisation()
    if not member and not needs_policy.owns(need, acting):
        return Refused(
            "not_of_the_coalition",
            _l("Seules les collectivités engagées, et celle qui porte le besoin, invitent à rejoindre."),
            Link(str(_l("Rejoindre et mettre en commun")), f"/besoins/{need.id}/rejoindre"),
            status=403,
        )
    return refusal_to_commit(acting, Scope.NEED, need.id, clock.now())


def refusal_to_write_more(sent: int, wanted: int) -> Refused | None:
    if sent + wanted <= MOST_A_DAY:
        return None
    return Refused(
        "too_many_invitations",
        _l(
            "Votre collectivité envoie trente invitations par jour au plus, et en a déjà envoyé %(sent)s depuis hier. "
            "Choisissez-en moins, ou revenez demain.",
            sent=sent,
        ),
        status=429,
    )


def since_a_day() -> datetime:
    return clock.now() - DAY


def since_a_week() -> datetime:
    return clock.now() - WEEK


def nothing_to_answer() -> Refused:
    return Refused(
        "unknown_invitation",
        _l("Ce lien ne correspond à aucune invitation. Il est peut-être coupé : copiez-le en entier."),
        Link(str(_l("Voir les besoins")), "/besoins"),
        status=410,
    )
