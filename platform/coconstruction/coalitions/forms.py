from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, FormField, HiddenField, RadioField, SelectField
from wtforms.form import Form
from wtforms.validators import AnyOf, NumberRange, Optional, ValidationError

from coconstruction import clock
from coconstruction.accounts.forms import refuse_unreadable, upload_of
from coconstruction.coalitions.actions import Decision, Offer
from coconstruction.coalitions.conditions import When
from coconstruction.coalitions.models import MemberRole, Pledge, PledgeKind
from coconstruction.coalitions.thresholds import Criterion, Junction
from coconstruction.coalitions.wording import CRITERIA
from coconstruction.web.addresses import whole_number
from coconstruction.web.fields import Euros, WholeNumber, amount, attachment, day, line, options, paragraph

ROLES = {
    MemberRole.CONTRIBUTEUR: _l("Contributeur : nous aidons, à notre mesure"),
    MemberRole.PILOTE: _l("Territoire pilote : nous essayons les premiers"),
    MemberRole.CO_PORTEUR: _l("Co-porteur : nous construisons avec le chef de file"),
    MemberRole.PORTEUR: _l("Chef de file : nous menons le projet"),
}
WHEN = {
    "": _l("Tout de suite"),
    When.CROSSING: _l("Si la coalition franchit le seuil"),
    When.INHABITANTS: _l("Si la coalition couvre assez d’habitants"),
    When.ORGANISATIONS: _l("Si la coalition réunit assez de collectivités"),
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
    when = SelectField(
        _l("Ces jours et ces euros valent"),
        description=_l("Sous condition, ils sont montrés à part, et comptent dès qu’elle est remplie."),
        choices=options(WHEN),
        validate_choice=False,
        validators=[AnyOf(list(WHEN), message=_l("Choisissez l’une des réponses."))],
        default="",
    )
    when_target = amount(_l("À partir de combien d’habitants, ou de collectivités ?"))
    expertise = line(_l("Expertise"), 300, hint=_l("Par exemple : une juriste en protection des données."))
    code_or_data = line(_l("Code ou données"), 300, hint=_l("Par exemple : le fichier de nos équipements."))

    def validate_when(self, field: SelectField) -> None:
        if field.data in (When.INHABITANTS, When.ORGANISATIONS) and not self.when_target.data:
            raise ValidationError(_l("Dites à partir de combien, juste au-dessous."))

    def offers(self) -> list[Offer]:
        """What is offered, in a stable order."""
        found, condition = [], self._condition()
        if self.pilot_site.data:
            found.append(Offer(PledgeKind.PILOT_SITE, 1, self.pilot_note.data or ""))
        if self.person_days.data:
            found.append(Offer(PledgeKind.PERSON_DAYS, self.person_days.data, condition=condition))
        if self.euros.data:
            found.append(Offer(PledgeKind.EUROS, int(self.euros.data * CENTS), condition=condition))
        for kind in (PledgeKind.EXPERTISE, PledgeKind.CODE_OR_DATA):
            if note := self[kind].data:
                found.append(Offer(kind, 1, note))
        return found

    def _condition(self) -> Mapping[str, Any] | None:
        if not self.when.data:
            return None
        return {self.when.data: True if self.when.data == When.CROSSING else self.when_target.data}


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
        for name, target in (each.condition or {}).items():
            known |= {"when": name, "when_target": None if name == When.CROSSING else target}
    return JoinForm(data=known)


class EngageForm(FlaskForm):
    number = line(
        _l("Numéro de la délibération ou de l’arrêté"),
        60,
        hint=_l("Par exemple : 2026-042."),
        required=_l("Donnez le numéro de la délibération."),
    )
    taken_on = day(_l("Date"), required=_l("Donnez la date de la délibération."))
    document = attachment(
        _l("La délibération"),
        hint=_l("PDF, PNG ou JPEG, cinq mégaoctets au plus. Lue par les membres de la coalition et par l’équipe."),
    )

    def validate_taken_on(self, field: DateField) -> None:
        if field.data is not None and clock.day_start(field.data) > clock.now():
            raise ValidationError(_l("Cette date n’est pas encore passée."))

    def validate_document(self, field: FileField) -> None:
        refuse_unreadable(field)

    def decision(self) -> Decision:
        return Decision(self.number.data or "", cast(date, self.taken_on.data), upload_of(self.document))


class HandOverForm(FlaskForm):
    to = SelectField(_l("À qui passez-vous le relais ?"), validate_choice=True)


class CriteriaForm(Form):
    """A target for each criterion that counts."""

    inhabitants = amount(CRITERIA[Criterion.INHABITANTS])
    departements = amount(CRITERIA[Criterion.DEPARTEMENTS])
    organisations = amount(CRITERIA[Criterion.ORGANISATIONS])
    regions = amount(CRITERIA[Criterion.REGIONS])
    pledged_share_percent = WholeNumber(
        CRITERIA[Criterion.PLEDGED_SHARE],
        validators=[Optional(), NumberRange(1, 100, message=_l("Donnez un pourcentage entre 1 et 100."))],
    )

    def leaves(self) -> list[Mapping[str, Any]]:
        return [{criterion.value: self[criterion].data} for criterion in Criterion if self[criterion].data]


class RuleForm(FlaskForm):
    """Two levels: what is required, and a group of which one is enough. No rule so far has needed more."""

    every = FormField(CriteriaForm)
    one_of = FormField(CriteriaForm)
    motive = paragraph(
        _l("Pourquoi ce changement ?"),
        1000,
        hint=_l("Public, avec la date. Par exemple : la vague 2 abaisse le seuil à 300 000 habitants."),
    )
    seen = HiddenField()

    def tree(self) -> Mapping[str, Any] | None:
        """Nothing, when nothing is asked."""
        parts, choice = self.every.form.leaves(), self.one_of.form.leaves()
        if choice:
            parts = [choice[0] if len(choice) == 1 else {Junction.ANY.value: choice}, *parts]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else {Junction.ALL.value: parts}

    def seen_version(self) -> int:
        return whole_number(self.seen.data) or 0


def written(tree: Mapping[str, Any], seen: int) -> RuleForm:
    """The form that writes this rule; what has more than two levels is left out."""
    every: dict[str, Any] = {}
    one_of: dict[str, Any] = {}
    for part in tree.get(Junction.ALL, [tree]):
        (name, content), *_rest = part.items()
        if name == Junction.ANY:
            one_of |= dict(_leaves(content))
        elif name in list(Criterion):
            every[name] = content
    return RuleForm(formdata=None, data={"every": every, "one_of": one_of, "seen": seen})


def _leaves(parts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for part in parts:
        yield from ((name, target) for name, target in part.items() if name in list(Criterion))
