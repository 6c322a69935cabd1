from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import Field
from wtforms.validators import ValidationError

from coconstruction.accounts.documents import Upload
from coconstruction.discussions.actions import Words
from coconstruction.discussions.attachments import refusal_of
from coconstruction.discussions.markdown import mention_of, mentioned
from coconstruction.discussions.policy import MOST_MENTIONS
from coconstruction.needs.picking import PickingForm
from coconstruction.territories.models import Organisation
from coconstruction.web.fields import MayBeEmpty, on_one_line, paragraph

LONGEST_MESSAGE, LONGEST_REASON = 5000, 1000


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


class MessageForm(TextForm, PickingForm):
    """The organisations picked are named before the message is published."""

    pieces = MultipleFileField(
        _l("Pièces jointes"),
        description=_l("PDF, ODT, PNG ou JPEG. Trois au plus, cinq mégaoctets en tout. Elles sont publiques."),
        validators=[MayBeEmpty()],
    )

    def validate_pieces(self, _field: Field) -> None:
        if refusal := refusal_of(self.uploads()):
            raise ValidationError(refusal.sentence)

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
