from collections.abc import Sequence

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import Field, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from coconstruction.accounts.documents import Upload
from coconstruction.discussions.actions import Words
from coconstruction.discussions.attachments import refusal_of
from coconstruction.discussions.markdown import mention_of, mentioned
from coconstruction.discussions.policy import MOST_MENTIONS
from coconstruction.needs.wording import place_name
from coconstruction.territories.models import Organisation
from coconstruction.web.fields import MayBeEmpty, clean, line, on_one_line, paragraph

LONGEST_MESSAGE, LONGEST_REASON = 5000, 1000
LONGEST_CODE = 40
MOST_TICKED = 20


class TextForm(FlaskForm):
    text = paragraph(
        _l("Votre message"),
        LONGEST_MESSAGE,
        hint=_l(
            "**gras**, *italique*, listes avec des tirets, > citation. Mentionnez une organisation par @ et son code."
        ),
        required=_l("Écrivez votre message."),
    )

    def validate_text(self, field: Field) -> None:
        if len(mentioned(field.data or "")) > MOST_MENTIONS:
            raise ValidationError(_l("Un message mentionne dix organisations au plus."))


class MessageForm(TextForm):
    """`search` and `mentions`: to name an organisation without knowing its code, before the message is published."""

    search = line(_l("Chercher une organisation à mentionner"), 100, hint=_l("Son nom, son code postal ou son SIREN."))
    mentions = SelectMultipleField(
        _l("Organisations à mentionner"),
        choices=[],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[MayBeEmpty()],
    )
    pieces = MultipleFileField(
        _l("Pièces jointes"),
        description=_l("PDF, ODT, PNG ou JPEG. Trois au plus, cinq mégaoctets en tout. Elles sont publiques."),
        validators=[MayBeEmpty()],
    )

    def validate_pieces(self, _field: Field) -> None:
        if refusal := refusal_of(self.uploads()):
            raise ValidationError(refusal.sentence)

    def searching(self) -> bool:
        return "chercher" in request.form

    def ticked(self) -> list[str]:
        codes = [clean(code)[:LONGEST_CODE] for code in (self.mentions.data or [])[:MOST_TICKED]]
        return [code for code in codes if code]

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """To be ticked."""
        self.mentions.choices = [SelectChoice(each.code, place_name(each)) for each in organisations]

    def words(self, picked: Sequence[Organisation]) -> Words:
        """With those picked named at the end, unless the text names them already."""
        text = self.text.data or ""
        known = mentioned(text)
        added = [mention_of(each.name, each.code) for each in picked if each.code not in known]
        return Words("\n\n".join([text, " ".join(added)]) if added else text, self.uploads())

    def uploads(self) -> list[Upload]:
        """What was attached, if anything."""
        found = []
        for each in self.pieces.data or []:
            each.seek(0)
            found.append(Upload(on_one_line(each.filename or ""), each.read()))
        return found


class ReportForm(FlaskForm):
    reason = paragraph(
        _l("Pourquoi le signaler ?"),
        LONGEST_REASON,
        hint=_l("Par exemple : publicité, propos blessants, données personnelles. Seule l’équipe le lira."),
        required=_l("Dites ce qui ne va pas."),
    )


class DecisionForm(FlaskForm):
    motive = paragraph(
        _l("Raisons de la décision"),
        LONGEST_REASON,
        hint=_l("Envoyées à l’auteur. Si le message est masqué, elles sont publiques."),
        required=_l("Une décision se motive : écrivez-en les raisons."),
    )
