"""How much may be sent at once: a form's words, or words with a document."""

from flask import Flask, request

LARGEST_DOCUMENT = 5 * 1024 * 1024
LARGEST_FORM = 2 * 1024 * 1024  # far above any form: whoever pastes a whole report is given it back


def init_app(app: Flask) -> None:
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_FORM + LARGEST_DOCUMENT, MAX_FORM_MEMORY_SIZE=LARGEST_FORM)
    app.before_request(_limit_words)


def _limit_words() -> None:
    """Before anything reads the form."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_FORM
