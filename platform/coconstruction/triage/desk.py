"""What curators keep for themselves: notes, views of the inbox, motives written once."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.database import insert_once, lock
from coconstruction.needs.models import Need
from coconstruction.triage.models import MotiveTemplate, Note, SavedView


def add_note(session: Session, curator: Agent, need_id: int, text: str) -> None:
    lock(session, Need, need_id)
    session.add(Note(need_id=need_id, curator_id=curator.id, text=text, at=clock.now()))


def save_view(session: Session, curator: Agent, name: str, query: str) -> None:
    """In the place of the view that bore this name."""
    session.execute(delete(SavedView).where(SavedView.curator_id == curator.id, SavedView.name == name))
    insert_once(session, SavedView, curator_id=curator.id, name=name, query=query, at=clock.now())


def drop_view(session: Session, curator: Agent, name: str) -> None:
    session.execute(delete(SavedView).where(SavedView.curator_id == curator.id, SavedView.name == name))


def write_template(session: Session, curator: Agent, template_id: int | None, values: dict[str, object]) -> None:
    row = lock(session, MotiveTemplate, template_id) if template_id else MotiveTemplate()
    for name, value in values.items():
        setattr(row, name, value)
    row.curator_id, row.at = curator.id, clock.now()
    session.add(row)
    session.flush()
