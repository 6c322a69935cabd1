"""May this hat commit its organisation to this? One answer for the button and for the server: why not, what to do."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.models import Affiliation, Mandate, Scope
from coconstruction.errors import Link, Refused


def refusal_to_commit(acting: Affiliation, scope: Scope, scope_id: int, at: datetime) -> Refused | None:
    """`acting` is live. Of several mandates that do not serve, the one closest to serving is spoken of."""
    if serving_mandate(acting, scope, scope_id, at):
        return None
    committing = [each for each in acting.mandates if each.commits]
    if any(each.in_force(at) for each in committing):
        return _refused("mandate_elsewhere", _l("Votre mandat vaut pour un autre besoin ou un autre tour."))
    return _of_the_latest(committing, at) if committing else no_mandate()


def serving_mandate(acting: Affiliation, scope: Scope, scope_id: int, at: datetime) -> Mandate | None:
    """The first one under which this may be done."""
    serving = (each for each in acting.mandates if each.commits and each.in_force(at) and each.covers(scope, scope_id))
    return next(serving, None)


def no_mandate() -> Refused:
    return _refused(
        "no_mandate",
        _l(
            "Cela engage votre collectivité : il faut un mandat pour le faire. Demandez-le depuis votre compte, "
            "ou prévenez une personne de votre collectivité qui l’a déjà."
        ),
    )


def _of_the_latest(committing: list[Mandate], at: datetime) -> Refused:
    latest = max(committing, key=lambda each: (each.ended_at is None, each.starts_at > at, each.id))
    if latest.ended_at is not None:
        return _refused("mandate_revoked", _l("Votre mandat vous a été retiré. Ce que vous avez fait sous lui reste."))
    if latest.starts_at > at:
        return _refused("mandate_not_started", _l("Votre mandat n’a pas encore commencé."))
    return _refused("mandate_expired", _l("Votre mandat est arrivé à son terme. Ce que vous avez fait sous lui reste."))


def _refused(code: str, sentence: str) -> Refused:
    return Refused(code, sentence, Link(str(_l("Demander un mandat")), "/compte"), status=403)
