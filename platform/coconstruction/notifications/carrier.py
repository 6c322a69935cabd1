"""Carries the letters: claims one, sends it, says so. A crash between sending and saying so may send that one
letter twice. One that cannot leave is tried again later and later, for about a week, and stays in the database."""

import re
import smtplib
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.database import transaction
from coconstruction.notifications.models import Letter
from coconstruction.settings import Settings

CLAIM_LASTS = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 36
AT_ONCE = 50  # then the worker sees to its other duties


def carry_letters(settings: Settings) -> int:
    """Send some of what waits; the number of letters sent."""
    sent = 0
    for _ in range(AT_ONCE):
        if (letter_id := _claim()) is None:
            break
        sent += _carry(letter_id, settings)
    return sent


def render(letter: Letter, settings: Settings) -> EmailMessage:
    """The first line of the template is the subject; letters are written in French whoever triggered them."""
    with force_locale("fr"):
        text = render_template(f"emails/{letter.template}.txt", base_url=settings.base_url, **letter.context)
    subject, _, body = text.partition("\n")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, letter.recipient, " ".join(subject.split())
    message.set_content(body.lstrip("\n"))
    return message


def _claim() -> int | None:
    """Take the oldest letter that nobody holds: the conditional update lets one worker only have it."""
    with transaction() as session:
        now = clock.now()
        free = or_(Letter.claimed_at.is_(None), Letter.claimed_at < now)
        waiting = select(Letter.id).where(Letter.sent_at.is_(None), free, Letter.attempts < MOST_ATTEMPTS)
        letter_id = session.scalar(waiting.order_by(Letter.id).limit(1))
        taken = session.execute(
            update(Letter)
            .where(Letter.id == letter_id, Letter.sent_at.is_(None), free)
            .values(claimed_at=now + CLAIM_LASTS, attempts=Letter.attempts + 1)
            .returning(Letter.id)
        )
        return taken.scalar()


def _carry(letter_id: int, settings: Settings) -> bool:
    try:
        with transaction() as session:
            message = render(session.get_one(Letter, letter_id), settings)
        _send(message, settings.mail_url, letter_id)
    except Exception as error:  # noqa: BLE001 - a letter that cannot be written must not hold up those behind it
        # Not the error's own words: a relay quotes the addresses it refuses.
        current_app.logger.warning("letter %s did not leave: %s", letter_id, type(error).__name__)
        with transaction() as session:
            letter = session.get_one(Letter, letter_id)
            letter.last_error = re.sub(r"[^\s<>'\"]+@[^\s<>'\"]+", "…", str(error))[:300]
            letter.claimed_at = clock.now() + min(CLAIM_LASTS * 2 ** (letter.attempts - 1), LONGEST_WAIT)
        return False
    with transaction() as session:
        _close(session, letter_id, keep=settings.demo)
    return True


def _close(session: Session, letter_id: int, *, keep: bool) -> None:
    letter = session.get_one(Letter, letter_id)
    letter.sent_at = clock.now()
    if not keep:
        letter.context = {}  # a sign-in link must not outlive its letter


def _send(message: EmailMessage, mail_url: str, letter_id: int) -> None:
    url = urlsplit(mail_url)
    if url.scheme == "keep":
        current_app.logger.info("letter %s kept in the database", letter_id)
    elif url.scheme == "file":
        folder = Path(unquote(url.path))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{letter_id}.eml").write_bytes(bytes(message))
    else:
        kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
        with kind(url.hostname or "localhost", url.port or 0, timeout=20) as server:
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)
