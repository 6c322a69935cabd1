from collections.abc import Sequence

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import ValidationError

from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need
from coconstruction.needs.themes import THEMES
from coconstruction.web.addresses import whole_number
from coconstruction.web.fields import line, options, paragraph

ANEW = "nouveau"
LONGEST_MOTIVE = 2000


class GroupForm(FlaskForm):
    """`besoin` repeats, one for each that is ticked. The text is asked for only when the common need is a new one."""

    into = RadioField(_l("Sous quel besoin ?"), validate_choice=False)
    title = line(_l("Le problème commun en une phrase"), 140)
    problem = paragraph(_l("Ce qui se passe aujourd’hui, chez toutes"), 4000)
    audience = paragraph(_l("Pour qui ?"), 1000)
    theme = SelectField(_l("Thème"), choices=options({"": _l("Choisissez un thème"), **THEMES}), validate_choice=False)
    bearer = SelectField(_l("Qui porte le besoin commun ?"), validate_choice=False)
    motive = paragraph(
        _l("Pourquoi les réunir ?"),
        LONGEST_MOTIVE,
        hint=_l("Ce texte est public, et envoyé aux collectivités concernées."),
        required=_l("Une décision se motive : écrivez-en les raisons."),
    )

    def offer(self, chosen: Sequence[Need]) -> None:
        self._keys = {str(each.id) for each in chosen}
        new = {ANEW: _l("Un nouveau besoin commun, avec son propre texte")}
        self.into.choices = options({**new, **{str(each.id): each.title for each in chosen}})
        self.bearer.choices = options({str(each.id): each.organisation.name for each in chosen})

    @property
    def is_new(self) -> bool:
        return self.into.data not in self._keys

    def validate_into(self, field: RadioField) -> None:
        if field.data != ANEW and field.data not in self._keys:
            raise ValidationError(_l("Choisissez sous quel besoin les réunir."))

    def validate_title(self, field: object) -> None:
        if self.is_new and not self.title.data:
            raise ValidationError(_l("Dites le problème en une phrase."))

    def validate_problem(self, field: object) -> None:
        if self.is_new and not self.problem.data:
            raise ValidationError(_l("Décrivez la situation d’aujourd’hui."))

    def validate_theme(self, field: SelectField) -> None:
        if self.is_new and field.data not in THEMES:
            raise ValidationError(_l("Choisissez un thème."))

    def validate_bearer(self, field: SelectField) -> None:
        if self.is_new and field.data not in self._keys:
            raise ValidationError(_l("Choisissez qui porte le besoin commun."))

    def content(self) -> NeedContent:
        return NeedContent(
            title=self.title.data or "",
            problem=self.problem.data or "",
            audience=self.audience.data or "",
            theme=self.theme.data or "",
        )


class UngroupForm(FlaskForm):
    motive = paragraph(
        _l("Pourquoi les séparer ?"),
        LONGEST_MOTIVE,
        hint=_l("Ce texte est public."),
        required=_l("Une décision se motive : écrivez-en les raisons."),
    )


def chosen_numbers() -> list[int]:
    """The needs that the address or the form names."""
    numbers = (whole_number(each) for each in request.values.getlist("besoin"))
    return [each for each in numbers if each is not None]
