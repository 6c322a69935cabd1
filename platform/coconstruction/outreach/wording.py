from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from coconstruction.outreach.queries import Hurdle

HURDLES: Mapping[Hurdle, Any] = {
    Hurdle.MEMBER: _l("fait déjà partie de la coalition"),
    Hurdle.INVITED: _l("a déjà été invitée pour ce besoin"),
    Hurdle.NO_RIGHT: _l("ne peut pas rejoindre une coalition"),
    Hurdle.WANTS_NONE: _l("ne veut pas recevoir d’invitation"),
    Hurdle.OFTEN_ASKED: _l("a déjà reçu trois invitations cette semaine"),
    Hurdle.NO_ADDRESS: _l("n’a pas d’adresse connue ici : écrivez-lui, avec l’adresse de la page du besoin"),
}


def hurdle_sentence(hurdle: Hurdle) -> str:
    return str(HURDLES[hurdle])
