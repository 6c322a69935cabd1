from collections.abc import Sequence
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.validators import AnyOf

from coconstruction.coalitions.actions import Offer
from coconstruction.coalitions.models import MemberRole, Pledge, PledgeKind
from coconstruction.web.fields import Euros, amount, line, options

ROLES = {
    MemberRole.CONTRIBUTEUR: _l("Contributeur : nous aidons, à notre mesure"),
    MemberRole.PILOTE: _l("Territoire pilote : nous essayons les premiers"),
    MemberRole.CO_PORTEUR: _l("Co-porteur : nous construisons avec le porteur"),
    MemberRole.PORTEUR: _l("Porteur : nous menons le projet"),
}
CENTS = 100


class JoinForm(FlaskForm):
    """One line per thing put in common; all may stay empty."""

    role = RadioField(
        _l("Quelle sera votre place dans la coalition ?"),
        choices=options(ROLES),
        default=MemberRole.CONTRIBUTEUR,
        validate_choice=False,
        validators=[AnyOf(list(MemberRole), message=_l("Choisissez une place."))],
    )
    pilot_site = BooleanField(_l("Nous offrons un site pilote"))
    pilot_note = line(_l("Lequel ?"), 300, hint=_l("Par exemple : la mairie et ses deux écoles."))
    person_days = amount(_l("Jours de travail d’agents"), hint=_l("En tout, sur la durée du projet."))
    euros = Euros(_l("Participation en euros"), hint=_l("Par exemple 1 500 ou 1 500,50."))
    expertise = line(_l("Expertise"), 300, hint=_l("Par exemple : une juriste en protection des données."))
    code_or_data = line(_l("Code ou données"), 300, hint=_l("Par exemple : le fichier de nos équipements."))

    def offers(self) -> list[Offer]:
        """What is offered, in a stable order."""
        found = []
        if self.pilot_site.data:
            found.append(Offer(PledgeKind.PILOT_SITE, 1, self.pilot_note.data or ""))
        if self.person_days.data:
            found.append(Offer(PledgeKind.PERSON_DAYS, self.person_days.data))
        if self.euros.data:
            found.append(Offer(PledgeKind.EUROS, int(self.euros.data * CENTS)))
        for kind in (PledgeKind.EXPERTISE, PledgeKind.CODE_OR_DATA):
            if note := self[kind].data:
                found.append(Offer(kind, 1, note))
        return found


def filled(role: str, pledges: Sequence[Pledge]) -> JoinForm:
    """The form as a member last answered it."""
    known: dict[str, object] = {"role": role}
    for each in pledges:
        if each.kind == PledgeKind.PILOT_SITE:
            known |= {"pilot_site": True, "pilot_note": each.note}
        elif each.kind == PledgeKind.EUROS:
            known["euros"] = Decimal(each.amount) / CENTS
        else:
            known[each.kind] = each.amount if each.kind == PledgeKind.PERSON_DAYS else each.note
    return JoinForm(data=known)
