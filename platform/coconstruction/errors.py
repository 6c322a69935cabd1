"""What the domain answers when a rule says no: a reason code, a sentence, and the next step."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Link:
    """`apart`: opened beside, so that the page one is on, with what is written there, stays."""

    label: str
    url: str
    apart: bool = False


class Refused(Exception):
    """A rule said no. `status` is the HTTP status: 409 for a state, 403 for a right, 422 for an input."""

    def __init__(self, code: str, sentence: str, next_step: Link | None = None, *, status: int = 409) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.next_step = next_step
        self.status = status


class NotFound(Exception):
    """The thing does not exist, or the asker must not learn that it does."""


def edited_meanwhile(path: str) -> Refused:
    """Of two pages opened together, the second to be sent. `path`: where to read what the first one recorded."""
    return Refused(
        "edited_meanwhile",
        _l("Une autre personne a changé ceci après l’ouverture de votre page. Relisez ce qui est enregistré."),
        Link(str(_l("Rouvrir la page")), path),
    )
