from collections.abc import Mapping
from datetime import date as Date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import AnyOf, NumberRange, Optional

from coconstruction import clock
from coconstruction.funding.advice import HUNDRED, Situation
from coconstruction.funding.desks import Desk, Nature
from coconstruction.funding.shares import Method
from coconstruction.funding.wording import DESKS, METHODS, NATURES
from coconstruction.needs.themes import THEMES
from coconstruction.territories.kinds import NAMES
from coconstruction.web.fields import LARGEST_AMOUNT, WholeNumber, amount, day, options

NO_AID = "aucune"
ONE_OF_THEM = _l("Choisissez l’une des réponses.")


def choice(label: Any, names: Mapping[Any, Any], *, hint: Any = "", default: Any = "") -> SelectField:
    known = [AnyOf([str(each) for each in names], message=ONE_OF_THEM)]
    choices = options(names)
    return SelectField(
        label, description=hint, choices=choices, validate_choice=False, validators=known, default=default
    )


class AskForm(FlaskForm):
    """Sent by a plain link or a GET: it changes nothing."""

    class Meta:
        csrf = False

    date = day(_l("À quelle date ?"), hint=_l("Les règles de ce jour-là s’appliquent. Sans date : aujourd’hui."))

    @property
    def as_of(self) -> Date:
        return (None if self.date.errors else self.date.data) or today()


class AdvisorForm(AskForm):
    """A need described in a few words, for whoever has not posted one."""

    kind = choice(_l("Votre collectivité"), NAMES, default="commune")
    inhabitants = WholeNumber(
        _l("Habitants couverts"),
        description=_l("En tout, sans compter deux fois la même commune. Par exemple 8 169."),
        validators=[Optional(), NumberRange(0, LARGEST_AMOUNT, message=_l("Donnez un nombre d’habitants."))],
    )
    cost = amount(_l("Coût estimé, en euros"), hint=_l("Par exemple 28 000."))
    nature = choice(_l("Que faut-il payer ?"), NATURES, default=Nature.SERVICE.value)
    theme = choice(_l("Thème"), {"": _l("Je ne sais pas"), **THEMES})
    organisations = amount(_l("Combien de collectivités en tout ?"), hint=_l("Avec la vôtre. Sans réponse : une."))
    departements = amount(
        _l("Dont combien de départements ?"), hint=_l("Conseils départementaux qui participent eux-mêmes.")
    )

    @property
    def situation(self) -> Situation:
        whole = self.departements.data or 0
        return Situation(
            nature=Nature(self.nature.data),
            theme=self.theme.data,
            cost_cents=self.cost.data * HUNDRED if self.cost.data else None,
            kinds=frozenset({self.kind.data}),
            inhabitants=self.inhabitants.data or 0,
            departements=max(whole, self.kind.data == "departement"),
            organisations=self.organisations.data or 1,
        )


class NeedAdviceForm(AskForm):
    """What one may suppose about a need; empty: what the need says."""

    cost = amount(_l("Coût estimé, en euros"), hint=_l("Pour voir avec un autre montant."))
    nature = choice(_l("Que faut-il payer ?"), {"": _l("Ce que dit le besoin"), **NATURES})
    aid = choice(
        _l("Quelle aide retirer du coût ?"),
        {"": _l("La plus forte dont le montant est sûr"), NO_AID: _l("Aucune"), **DESKS},
    )

    @property
    def supposed_nature(self) -> Nature | None:
        return Nature(self.nature.data) if self.nature.data and not self.nature.errors else None

    @property
    def supposed_cost(self) -> int | None:
        return self.cost.data * HUNDRED if self.cost.data and not self.cost.errors else None

    @property
    def desk(self) -> Desk | None:
        chosen = self.aid.data
        return Desk(chosen) if chosen and chosen != NO_AID and not self.aid.errors else None

    @property
    def without_aid(self) -> bool:
        return bool(self.aid.data == NO_AID)


class SplitForm(FlaskForm):
    method = RadioField(
        _l("Comment partager ce qui reste à payer ?"),
        choices=options(METHODS),
        validate_choice=False,
        validators=[AnyOf([each.value for each in Method], message=_l("Choisissez un partage."))],
    )


def today() -> Date:
    return clock.now().astimezone(clock.PARIS).date()
