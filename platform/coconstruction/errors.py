"""What the domain answers when a rule says no: a reason code, a sentence, and the next step."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    label: str
    url: str


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
