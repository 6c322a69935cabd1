"""Who speaks, as anyone may read it: organisation, profile and function; never a name, never an address."""

from flask_babel import gettext as _

from coconstruction.accounts.presence import NOT_A_FUNCTION
from coconstruction.accounts.wording import role_label
from coconstruction.discussions.models import Message
from coconstruction.discussions.voices import Voice
from coconstruction.needs.wording import place_name
from coconstruction.web.filters import number

KILO = 1024


def speaker(message: Message) -> str:
    body = message.organisation
    return _("Équipe de l’Incubateur") if body is None else place_name(body)


def capacity(message: Message) -> str:
    """« Agent, secrétaire de mairie »; nothing for the team."""
    tie = message.affiliation
    if tie is None:
        return ""
    function = "" if NOT_A_FUNCTION in tie.function else tie.function.strip()
    return ", ".join(part for part in (role_label(tie.role), function) if part)


def spoken_for(voice: Voice) -> str:
    return _("l’équipe de l’Incubateur") if voice.hat is None else place_name(voice.hat.organisation)


def file_size(size: int) -> str:
    """To the kilobyte above."""
    return _("%(number)s ko", number=number(-(-size // KILO)))


FILTERS = (speaker, capacity, spoken_for, file_size)
