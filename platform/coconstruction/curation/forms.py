from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField
from wtforms.validators import ValidationError

from coconstruction.accounts.forms import refuse_unreadable
from coconstruction.web.fields import attachment, paragraph

LONGEST_MOTIVE = 2000


class MotiveForm(FlaskForm):
    motive = paragraph(
        _l("Raisons de la décision"),
        LONGEST_MOTIVE,
        hint=_l("Ce texte est public, et envoyé aux collectivités concernées."),
        required=_l("Une décision se motive : écrivez-en les raisons."),
    )


class VerificationForm(FlaskForm):
    motive = paragraph(
        _l("Comment avez-vous vérifié ?"),
        LONGEST_MOTIVE,
        hint=_l("Par exemple : appel au secrétariat de la mairie, au numéro de l’annuaire officiel."),
        required=_l("Dites comment vous avez vérifié."),
    )


class ApprovalForm(VerificationForm):
    document = attachment(
        _l("Pièce vue"),
        hint=_l("Inutile si la personne en a joint une. PDF, PNG ou JPEG, cinq mégaoctets au plus."),
    )
    vouches_for_domain = BooleanField(_l("Ce domaine est bien celui de l’organisation : il prouvera pour d’autres"))
    with_mandate = BooleanField(_l("Cette personne a aussi mandat d’engager la collectivité"))

    # Whether an approval must bring its own: nobody has added any to the request.
    document_needed = False

    def validate_document(self, field: FileField) -> None:
        refuse_unreadable(field)
        if self.document_needed and not field.data and request.form.get("decision") != "refuser":
            raise ValidationError(_l("Joignez la pièce sur laquelle vous vous fondez."))


class DuplicateForm(FlaskForm):
    motive = paragraph(
        _l("Comment le savez-vous ?"),
        LONGEST_MOTIVE,
        hint=_l("Envoyé aux agents de l’organisation qui n’agira plus. Par exemple : même SIREN, même adresse."),
        required=_l("Dites comment vous le savez."),
    )
