from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from coconstruction.web.fields import line, paragraph

LONGEST_TITLE, LONGEST_TEXT = 140, 5000


class NewsForm(FlaskForm):
    title = line(
        _l("La nouvelle en une phrase"),
        LONGEST_TITLE,
        hint=_l("Par exemple : « Le premier essai commence en mars à Arbrissel. »"),
        required=_l("Dites la nouvelle en une phrase."),
    )
    text = paragraph(
        _l("Ce qu’il faut savoir"),
        LONGEST_TEXT,
        hint=_l("**gras**, *italique*, listes avec des tirets, > citation."),
        required=_l("Écrivez ce qu’il faut savoir."),
    )
