from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import AnyOf, InputRequired, ValidationError

from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Origin
from coconstruction.needs.themes import THEMES
from coconstruction.web.addresses import whole_number
from coconstruction.web.fields import amount, line, options, paragraph

LONGEST_TITLE = 140
LONGEST_TEXT = 4000


class NeedForm(FlaskForm):
    """The four short steps of a posting, on one page."""

    draft = HiddenField()
    seen = HiddenField()
    title = line(
        _l("Le problème en une phrase"),
        LONGEST_TITLE,
        hint=_l("Par exemple : « Les familles se déplacent en mairie pour inscrire leurs enfants à la cantine. »"),
        required=_l("Dites le problème en une phrase."),
    )
    problem = paragraph(
        _l("Que se passe-t-il aujourd’hui ?"),
        LONGEST_TEXT,
        hint=_l("Racontez une situation réelle, avec vos mots."),
        required=_l("Décrivez la situation d’aujourd’hui."),
    )
    origin = RadioField(
        _l("De quoi s’agit-il ?"),
        choices=options(
            {
                Origin.NEED: _l("Nous cherchons un service numérique pour ce problème"),
                Origin.EXISTING_SERVICE: _l("Nous avons déjà un service en code ouvert, à enrichir et à partager"),
            }
        ),
        default=Origin.NEED,
        validate_choice=False,
        validators=[AnyOf(list(Origin), message=_l("Choisissez l’une des deux réponses."))],
    )
    service_url = line(_l("Adresse du service existant"), 300, hint=_l("Elle commence par https://"))
    audience = paragraph(
        _l("Pour qui ?"), 1000, hint=_l("Habitants, agents, associations… et combien, si vous le savez.")
    )
    frequency = line(_l("À quelle fréquence ?"), 300, hint=_l("Chaque jour, à chaque rentrée, une fois par mandat…"))
    workaround = paragraph(_l("Comment faites-vous sans cela ?"), 2000)
    expected_effect = paragraph(_l("Qu’est-ce que cela changerait ?"), 2000)
    estimated_cost = amount(
        _l("Coût estimé, en euros"),
        hint=_l("Si vous en avez une idée. Un ordre de grandeur suffit, par exemple 28 000."),
    )
    theme = SelectField(
        _l("Thème"),
        choices=options({"": _l("Choisissez un thème"), **THEMES}),
        validate_choice=False,
        validators=[InputRequired(_l("Choisissez un thème.")), AnyOf(list(THEMES), message=_l("Choisissez un thème."))],
    )

    def validate_service_url(self, field: HiddenField) -> None:
        if self.origin.data == Origin.EXISTING_SERVICE and not field.data:
            raise ValidationError(_l("Donnez l’adresse du service existant."))
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_l("L’adresse commence par https:// ou http://."))

    def content(self) -> NeedContent:
        return NeedContent(
            title=self.title.data or "",
            problem=self.problem.data or "",
            audience=self.audience.data or "",
            frequency=self.frequency.data or "",
            workaround=self.workaround.data or "",
            expected_effect=self.expected_effect.data or "",
            theme=self.theme.data or "",
            origin=self.origin.data or Origin.NEED,
            estimated_cost=self.estimated_cost.data,
            service_url=self.service_url.data or "",
        )

    def unfinished(self) -> NeedContent:
        """What can be kept of a form still being filled: each field cut to what its column holds."""
        typed = self.content()
        return NeedContent(
            title=typed.title[:LONGEST_TITLE],
            problem=typed.problem[:LONGEST_TEXT],
            audience=typed.audience[:LONGEST_TEXT],
            frequency=typed.frequency[:LONGEST_TEXT],
            workaround=typed.workaround[:LONGEST_TEXT],
            expected_effect=typed.expected_effect[:LONGEST_TEXT],
            theme=typed.theme if typed.theme in THEMES else "",
            origin=typed.origin if typed.origin in list(Origin) else Origin.NEED,
            estimated_cost=typed.estimated_cost if self.estimated_cost.validate(self) else None,
            service_url=typed.service_url[:300],
        )

    def draft_id(self) -> int | None:
        return whole_number(self.draft.data)


class EditForm(NeedForm):
    version = HiddenField(validators=[InputRequired()])

    def version_number(self) -> int:
        return whole_number(self.version.data) or 0


class WithdrawForm(FlaskForm):
    motive = paragraph(
        _l("Pourquoi retirer ce besoin ?"),
        1000,
        hint=_l("Votre réponse sera publique."),
        required=_l("Dites en une phrase pourquoi vous le retirez."),
    )
