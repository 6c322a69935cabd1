from flask_babel import lazy_gettext as _l

from coconstruction.needs.picking import PickingForm
from coconstruction.web.fields import paragraph

LONGEST_WORD = 600


class InviteForm(PickingForm):
    word = paragraph(
        _l("Un mot de votre part"),
        LONGEST_WORD,
        hint=_l("Joint au courriel, et nulle part ailleurs."),
    )
