from datetime import timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField, StringField
from wtforms.validators import AnyOf, DataRequired, ValidationError

from coconstruction.accounts.emails import normalised_email
from coconstruction.accounts.forms import DELIBERATED_ON, DELIBERATION
from coconstruction.accounts.mandating import Terms
from coconstruction.accounts.models import MandateRole, Role, Scope
from coconstruction.accounts.wording import ROLES
from coconstruction.clock import day_start
from coconstruction.web.fields import clean, day, line, options, paragraph

A_DAY = timedelta(days=1)


class InvitationForm(FlaskForm):
    email = EmailField(
        _l("Adresse électronique de votre collègue"),
        description=_l("Format attendu : nom@domaine.fr. Toute adresse convient : vous répondez de cette personne."),
        filters=[clean],
        validators=[DataRequired(_l("Donnez l’adresse de votre collègue."))],
    )
    role = RadioField(
        _l("Cette personne est"),
        choices=options(ROLES),
        validate_choice=False,
        default=Role.AGENT,
        validators=[AnyOf(list(Role), message=_l("Choisissez l’une des trois réponses."))],
    )
    function = line(_l("Sa fonction"), 120, hint=_l("Par exemple : secrétaire de mairie, DSI, maire."))

    def validate_email(self, field: StringField) -> None:
        if normalised_email(field.data or "") is None:
            raise ValidationError(_l("Cette adresse n’est pas complète ou pas valable. Exemple : nom@domaine.fr"))

    def address(self) -> str:
        return normalised_email(self.email.data or "") or ""


class ReasonForm(FlaskForm):
    motive = paragraph(_l("Raisons"), 1000, hint=_l("La personne concernée les recevra."))


class GrantForm(ReasonForm):
    role = RadioField(
        _l("Ce mandat lui permet"),
        choices=options(
            {
                MandateRole.AGENT: _l("d’engager l’organisation, comme agent"),
                MandateRole.ELU: _l("d’engager l’organisation, comme élu ou élue"),
                MandateRole.REFERENT: _l("d’être référent : de veiller sur les personnes de l’organisation"),
            }
        ),
        validate_choice=False,
        default=MandateRole.AGENT,
        validators=[AnyOf(list(MandateRole), message=_l("Choisissez l’une des trois réponses."))],
    )
    scope = SelectField(_l("Il vaut pour"), validate_choice=True)
    starts_on = day(_l("À partir du"), hint=_l("Tout de suite si vous laissez vide."))
    ends_on = day(_l("Jusqu’au"), hint=_l("Ce jour compris. Sans terme si vous laissez vide."))
    deliberation_number = line(DELIBERATION, 60, hint=_l("S’il y en a un. Par exemple : 2026-042."))
    deliberation_on = day(DELIBERATED_ON)

    def validate_ends_on(self, field: object) -> None:
        if self.ends_on.data and self.role.data == MandateRole.REFERENT:
            raise ValidationError(_l("Un référent l’est jusqu’à ce qu’un autre le remplace : laissez cette date vide."))
        if self.ends_on.data and self.starts_on.data and self.ends_on.data < self.starts_on.data:
            raise ValidationError(_l("Le mandat finirait avant de commencer."))

    def terms(self) -> Terms:
        role = MandateRole(self.role.data)
        referent = role is MandateRole.REFERENT
        scope, _, number = ("everything" if referent else self.scope.data).partition(":")
        return Terms(
            role=role,
            commits=not referent,
            scope=Scope(scope),
            scope_id=int(number or 0),
            starts_at=day_start(self.starts_on.data) if self.starts_on.data else None,
            ends_at=day_start(self.ends_on.data + A_DAY) if self.ends_on.data else None,
            deliberation_number=self.deliberation_number.data or "",
            deliberation_on=self.deliberation_on.data,
        )
