"""Naming organisations without knowing their codes: searched, then ticked, without losing what else was typed."""

from collections.abc import Sequence

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.widgets import CheckboxInput, ListWidget

from coconstruction.needs.wording import place_name
from coconstruction.territories.models import Organisation
from coconstruction.web.fields import MayBeEmpty, clean, line

LONGEST_CODE = 40
MOST_TICKED = 20


class PickingForm(FlaskForm):
    """Its button « chercher » sends the form without doing what it is for."""

    search = line(_l("Chercher une organisation"), 100, hint=_l("Son nom, son code postal ou son SIREN."))
    picked = SelectMultipleField(
        _l("Organisations"),
        choices=[],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[MayBeEmpty()],
    )

    def searching(self) -> bool:
        return "chercher" in request.form

    def ticked(self) -> list[str]:
        """Their codes, as they came."""
        codes = [clean(code)[:LONGEST_CODE] for code in (self.picked.data or [])[:MOST_TICKED]]
        return [code for code in codes if code]

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """To be ticked."""
        self.picked.choices = [SelectChoice(each.code, place_name(each)) for each in organisations]
