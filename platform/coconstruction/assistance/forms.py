from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import AnyOf, NumberRange, Optional, ValidationError

from coconstruction.assistance.actions import Request
from coconstruction.web.addresses import LARGEST_KEY
from coconstruction.web.fields import WholeNumber, line, options, paragraph

CHANNELS = {"téléphone": _l("Par téléphone"), "courrier": _l("Par courrier"), "sur place": _l("Sur place")}


class AssistanceForm(FlaskForm):
    who = line(
        _l("Qui le demande"),
        120,
        hint=_l("Le nom et la fonction de la personne. Par exemple : Mme Le Goff, maire."),
        required=_l("Dites qui le demande."),
    )
    channel = RadioField(
        _l("Comment"),
        choices=options(CHANNELS),
        validate_choice=False,
        validators=[AnyOf(list(CHANNELS), message=_l("Choisissez l’une des trois réponses."))],
    )
    motive = paragraph(_l("Ce qui est demandé"), 1000, required=_l("Dites ce qui est demandé."))
    need = WholeNumber(
        _l("Numéro du besoin à rejoindre"),
        description=_l("Seulement pour engager l’organisation : il faut alors une délibération ou un arrêté."),
        validators=[Optional(), NumberRange(1, LARGEST_KEY, message=_l("Donnez le numéro d’un besoin."))],
    )
    deliberation_number = line(_l("Numéro de la délibération ou de l’arrêté"), 60)

    def validate_deliberation_number(self, field: object) -> None:
        if self.need.data and not self.deliberation_number.data:
            raise ValidationError(_l("Donnez le numéro de la délibération qui engage l’organisation."))

    def request(self) -> Request:
        return Request(
            who=self.who.data or "",
            channel=self.channel.data or "",
            motive=self.motive.data or "",
            need_id=self.need.data,
            deliberation_number=self.deliberation_number.data or "",
        )


class ContestForm(FlaskForm):
    because = paragraph(
        _l("Pourquoi ?"),
        1000,
        hint=_l("Par exemple : personne ici ne l’a demandé."),
        required=_l("Dites pourquoi vous contestez cet acte."),
    )
