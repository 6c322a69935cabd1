from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import AnyOf, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from coconstruction.needs.themes import THEMES
from coconstruction.solutions.content import SolutionContent
from coconstruction.solutions.lifecycle import LIFECYCLES
from coconstruction.web.fields import line, options, paragraph


class SolutionForm(FlaskForm):
    seen = HiddenField()  # the sheet as the page showed it
    name = line(_l("Nom"), 120, required=_l("Donnez le nom de la solution."))
    summary = line(
        _l("Ce qu’elle fait, en une phrase"),
        300,
        hint=_l("Commencez par un verbe : « Réserver une salle depuis son téléphone »."),
        required=_l("Dites ce qu’elle fait."),
    )
    description = paragraph(_l("Description"), 4000)
    themes = SelectMultipleField(
        _l("Thèmes"),
        choices=options(THEMES),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("Choisissez au moins un thème."))],
    )
    lifecycle = SelectField(
        _l("Où en est-elle ?"), choices=options(LIFECYCLES), validate_choice=False, validators=[AnyOf(list(LIFECYCLES))]
    )
    licence = line(_l("Licence"), 60, hint=_l("Son identifiant SPDX, par exemple AGPL-3.0-or-later."))
    url = line(_l("Adresse du service"), 300, required=_l("Donnez l’adresse où on le trouve."))
    repository = line(_l("Adresse du code source"), 300)
    bearer = line(_l("Qui la porte ?"), 200)
    audience = line(_l("Pour qui ?"), 300)

    def validate_url(self, field: Field) -> None:
        web_address(field.data)

    def validate_repository(self, field: Field) -> None:
        if field.data:
            web_address(field.data)

    def content(self) -> SolutionContent:
        return SolutionContent(
            name=self.name.data or "",
            summary=self.summary.data or "",
            description=self.description.data or "",
            themes=sorted(self.themes.data or []),
            lifecycle=self.lifecycle.data,
            licence=self.licence.data or "",
            url=self.url.data or "",
            repository=self.repository.data or "",
            bearer=self.bearer.data or "",
            audience=self.audience.data or "",
        )


def web_address(text: str) -> None:
    """Only what a link may point to: a `javascript:` address would run in the reader's page."""
    if not text.startswith(("https://", "http://")):
        raise ValidationError(_l("L’adresse commence par https:// ou http://."))
