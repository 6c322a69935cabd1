from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import EmailField, HiddenField, RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, ValidationError

from coconstruction.accounts.documents import Upload, refusal_of
from coconstruction.accounts.emails import normalised_email
from coconstruction.accounts.models import MandateRole, Role
from coconstruction.web.fields import attachment, clean, day, line, on_one_line, options, paragraph
from coconstruction.web.paths import local_path

DELIBERATION = _l("Numéro de la délibération ou de l’arrêté")
DELIBERATED_ON = _l("Date de la délibération ou de l’arrêté")
LONGEST_NEXT = 500  # signs kept of the page one came from


class _ComesBack(FlaskForm):
    """A form that leads back to the page one came from."""

    next = HiddenField()

    def next_path(self, default: str) -> str:
        path = local_path(self.next.data, default)
        return path if len(path) <= LONGEST_NEXT else default


class SignInForm(_ComesBack):
    email = EmailField(
        _l("Adresse électronique"),
        description=_l("De préférence votre adresse professionnelle. Format attendu : nom@domaine.fr"),
        filters=[clean],
        validators=[DataRequired(_l("Donnez votre adresse électronique."))],
    )

    def validate_email(self, field: StringField) -> None:
        if normalised_email(field.data or "") is None:
            raise ValidationError(_l("Cette adresse n’est pas complète ou pas valable. Exemple : nom@domaine.fr"))

    def address(self) -> str:
        return normalised_email(self.email.data or "") or ""


class ProfileForm(_ComesBack):
    name = line(
        _l("Prénom et nom"),
        120,
        hint=_l("Vos collègues et l’équipe les voient ; le public, jamais."),
        required=_l("Donnez votre prénom et votre nom."),
    )


class AffiliationForm(_ComesBack):
    organisation = HiddenField(filters=[clean])
    role = RadioField(
        _l("Vous y êtes"),
        choices=options(
            {
                Role.AGENT: _l("Agent"),
                Role.ELU: _l("Élu ou élue"),
                Role.PARTENAIRE: _l("Partenaire : vous y intervenez sans en faire partie"),
            }
        ),
        validate_choice=False,
        default=Role.AGENT,
        validators=[AnyOf(list(Role), message=_l("Choisissez l’une des trois réponses."))],
    )
    function = line(
        _l("Votre fonction"),
        120,
        hint=_l("Par exemple : secrétaire de mairie, DSI, maire."),
        required=_l("Dites votre fonction."),
    )
    motive = paragraph(
        _l("Comment pouvons-nous le vérifier ?"),
        1000,
        hint=_l(
            "Par exemple : un numéro de téléphone de la mairie, la page du site où votre nom figure. "
            "Inutile si votre adresse est celle de l’organisation."
        ),
    )


class EndForm(FlaskForm):
    motive = paragraph(_l("Pourquoi ?"), 1000)


class MandateForm(FlaskForm):
    role = RadioField(
        _l("Quel mandat demandez-vous ?"),
        choices=options(
            {
                MandateRole.AGENT: _l("Engager l’organisation, comme agent"),
                MandateRole.ELU: _l("Engager l’organisation, comme élu ou élue"),
                MandateRole.REFERENT: _l("Être référent : veiller sur les personnes de l’organisation"),
            }
        ),
        validate_choice=False,
        default=MandateRole.AGENT,
        validators=[AnyOf(list(MandateRole), message=_l("Choisissez l’une des trois réponses."))],
    )
    deliberation_number = line(DELIBERATION, 60, hint=_l("S’il y en a un. Par exemple : 2026-042."))
    deliberation_on = day(DELIBERATED_ON)


class FactorForm(_ComesBack):
    code = line(
        _l("Code"),
        40,
        hint=_l("Les six chiffres affichés par votre application, ou l’un de vos codes de secours."),
        required=_l("Tapez votre code."),
    )


class CodeForm(FlaskForm):
    code = line(
        _l("Code reçu à l’adresse officielle"),
        20,
        hint=_l("Huit chiffres. Format attendu : 1234 5678"),
        required=_l("Tapez les huit chiffres du code."),
    )


class DocumentForm(FlaskForm):
    document = attachment(
        _l("Pièce à joindre"),
        hint=_l(
            "Arrêté de nomination, procès-verbal d’élection, attestation de la mairie… PDF, PNG ou JPEG, cinq "
            "mégaoctets au plus. Seules les personnes qui vérifient votre demande la liront."
        ),
        required=_l("Choisissez un fichier."),
    )

    def validate_document(self, field: FileField) -> None:
        refuse_unreadable(field)


def refuse_unreadable(field: FileField) -> None:
    """As a form's own validator does."""
    if (found := upload_of(field)) and (refusal := refusal_of(found)):
        raise ValidationError(refusal.sentence)


def upload_of(field: FileField) -> Upload | None:
    """What was attached, if anything."""
    if not field.data:
        return None
    field.data.seek(0)
    return Upload(on_one_line(field.data.filename or ""), field.data.read())
