from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, ValidationError

from coconstruction.needs.models import Need
from coconstruction.rounds.actions import RoundContent, calendar_mark, content_mark
from coconstruction.rounds.calendar import Calendar, Phase, from_paris, to_paris
from coconstruction.rounds.counting.greedy import RULE
from coconstruction.rounds.models import Ballot, Candidate, Round
from coconstruction.rounds.wording import PHASES
from coconstruction.web.addresses import whole_number
from coconstruction.web.fields import Euros, line

CENTS = 100
YEARS = range(2020, 2100)
BAD_DATE = _l("Donnez une date et une heure, par exemple le 30 avril 2027 à 18:00.")
NO_PRICE = _l("Donnez un prix.")
NO_VERSION = _l("La page du bulletin n’était plus à jour. Rouvrez-la, puis déposez votre bulletin.")


class ParisTime(DateTimeLocalField):
    """An instant, typed and shown in the time of Paris, to the minute."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **more)

    def process_data(self, value: datetime | None) -> None:
        super().process_data(to_paris(value) if value else None)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(BAD_DATE) from None

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data.year not in YEARS:
            raise ValidationError(BAD_DATE)


class SeenForm(FlaskForm):
    """`seen`: the mark of what the page showed, so that nobody writes over what another has changed since."""

    seen = HiddenField()


class DatesForm(SeenForm):
    """One field per phase, added below."""

    def calendar(self) -> Calendar:
        return Calendar(self.instants())

    def instants(self) -> dict[Phase, datetime]:
        return {phase: from_paris(self[phase.value].data) for phase in Phase}

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        starts = self.instants()
        late = [after for before, after in pairwise(Phase) if starts[after] <= starts[before]]
        for phase in late:
            self[phase.value].errors = [_l("Cette phase doit commencer après la précédente.")]
        return not late

    @classmethod
    def dated(cls, calendar: Calendar) -> "DatesForm":
        starts = {phase.value: start for phase, start in calendar.starts.items()}
        return cls(data={**starts, "seen": calendar_mark(calendar)})


for each_phase, each_label in PHASES.items():
    setattr(DatesForm, each_phase.value, ParisTime(each_label, validators=[InputRequired(BAD_DATE)]))


class ContentForm(SeenForm):
    title = line(
        _l("Nom du tour"),
        140,
        hint=_l("Par exemple : « Tour 2027, axe 1 ». L’adresse de la page en est tirée une fois pour toutes."),
        required=_l("Donnez un nom au tour."),
    )
    envelope = Euros(
        _l("Enveloppe, en euros"),
        hint=_l("Par exemple 8 000 000."),
        required=_l("Donnez le montant de l’enveloppe."),
    )
    seed = line(
        _l("Phrase du tirage au sort"),
        120,
        hint=_l("Elle ordonne les ex æquo. Choisissez un texte que personne ne pouvait prévoir, connu avant le vote."),
        required=_l("Donnez la phrase d’où sera tiré l’ordre des ex æquo."),
    )

    def content(self) -> RoundContent:
        envelope = in_cents(self.envelope.data)
        return RoundContent(self.title.data or "", envelope, self.seed.data or "", RULE)

    @classmethod
    def of(cls, round_: Round) -> "ContentForm":
        euros = Decimal(round_.envelope) / CENTS
        seen = content_mark(round_)
        return cls(data={"title": round_.title, "envelope": euros, "seed": round_.seed, "seen": seen})


class RoundForm(ContentForm, DatesForm):
    pass


class CandidateForm(FlaskForm):
    need = SelectField(_l("Besoin présélectionné"), coerce=str, validators=[InputRequired(_l("Choisissez un besoin."))])
    price = Euros(
        _l("Prix, en euros"),
        hint=_l("Ce que le tour lui verse s’il est retenu. Par exemple 200 000."),
        required=NO_PRICE,
    )

    @classmethod
    def among(cls, needs: Sequence[Need], *, bound: bool = True) -> "CandidateForm":
        """Not `bound`: what was posted is another form’s."""
        form = cls() if bound else cls(formdata=None)
        form.need.choices = [("", _l("Choisissez un besoin")), *((str(each.id), each.title) for each in needs)]
        return form

    def need_id(self) -> int:
        return int(self.need.data)

    def cents(self) -> int:
        return in_cents(self.price.data)


class PriceForm(FlaskForm):
    price = Euros(_l("Nouveau prix, en euros"), required=NO_PRICE)

    def cents(self) -> int:
        return in_cents(self.price.data)


class BallotForm(FlaskForm):
    version = HiddenField(validators=[InputRequired(NO_VERSION)])
    choices = SelectMultipleField(_l("Besoins approuvés"), coerce=whole_number, validate_choice=False)

    @classmethod
    def filled(cls, ballot: Ballot | None) -> "BallotForm":
        return cls(formdata=None, version=ballot.version if ballot else 0, choices=ballot.choices if ballot else [])

    def validate_version(self, field: HiddenField) -> None:
        if whole_number(field.data) is None:
            raise ValidationError(NO_VERSION)

    def validate_choices(self, field: SelectMultipleField) -> None:
        if None in (field.data or []):
            raise ValidationError(
                _l("Un de vos choix n’est pas lisible. Cochez de nouveau les besoins que vous approuvez.")
            )

    def expected_version(self) -> int:
        return whole_number(self.version.data) or 0

    def approved(self) -> list[int]:
        return self.choices.data or []

    def chosen(self, candidates: Collection[Candidate]) -> list[Candidate]:
        return [each for each in candidates if each.id in self.approved()]


def in_cents(euros: Decimal | None) -> int:
    return int((euros or 0) * CENTS)
