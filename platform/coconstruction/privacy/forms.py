from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired


class ErasureForm(FlaskForm):
    sure = BooleanField(
        _l("J’ai compris : mon compte sera supprimé pour de bon"),
        validators=[InputRequired(_l("Cochez la case pour confirmer."))],
    )
