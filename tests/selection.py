"""A round for the tests: three candidates, voters on real organisations, and the hours of its calendar."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from coconstruction.curation.actions import shortlist
from coconstruction.database import transaction
from coconstruction.needs.models import Need, State
from coconstruction.rounds.actions import RoundContent, create_round, enter_candidate
from coconstruction.rounds.calendar import Calendar, Phase
from coconstruction.rounds.counting.greedy import RULE
from coconstruction.rounds.models import Round
from tests import cast
from tests.reading import Page, PageClient

OPENS = datetime(2027, 4, 5, 7, tzinfo=UTC)  # 9 h in Paris
CLOSES = datetime(2027, 4, 30, 16, tzinfo=UTC)  # 18 h in Paris
PUBLISHED = datetime(2027, 5, 10, 8, tzinfo=UTC)
STARTS = {
    Phase.COLLECTING: datetime(2027, 1, 4, 8, tzinfo=UTC),
    Phase.SUPPORTING: datetime(2027, 2, 1, 8, tzinfo=UTC),
    Phase.SHORTLISTING: datetime(2027, 3, 1, 8, tzinfo=UTC),
    Phase.VOTING: OPENS,
    Phase.COUNTING: CLOSES,
    Phase.PUBLISHED: PUBLISHED,
    Phase.PILOTING: datetime(2027, 9, 1, 7, tzinfo=UTC),
}
PREPARING = OPENS - timedelta(days=10)
VOTING = OPENS + timedelta(days=3)
CALENDAR = Calendar(STARTS)
CONTENT = RoundContent("Tour 2027", 10_000_000, "Loto du 3 avril 2027", RULE)  # 100 000 €
TITLES = ("Réserver une salle en ligne", "Prévenir les habitants par SMS", "Suivre les travaux de voirie")
PRICES = (6_000_000, 5_000_000, 4_000_000)
VOTERS = {
    "vern@demo.example": cast.VERN,
    "metro@demo.example": cast.RENNES_METROPOLE,
    "dep@demo.example": cast.ILLE_ET_VILAINE,
}
CURATOR = "curator@demo.example"
ROUND = "/tours/tour-2027"
BALLOT = f"{ROUND}/bulletin"
RESULT = f"{ROUND}/resultats"


def prepare(app: Flask) -> list[int]:
    """The ids of the candidates, in the order of TITLES."""
    with time_machine.travel(PREPARING, tick=False), app.app_context(), transaction() as session:
        cast.agent(session, CURATOR, curator=True)
        for email, reference in VOTERS.items():
            cast.agent(session, email, reference, mandate=True)
        round_ = create_round(session, cast.agent(session, CURATOR), CONTENT, CALENDAR)
        return [enter(session, round_, title, price) for title, price in zip(TITLES, PRICES, strict=True)]


def enter(session: Session, round_: Round, title: str, price: int) -> int:
    need_id = shortlisted(session, title)
    return enter_candidate(session, cast.agent(session, CURATOR), round_.id, need_id, price).id


def shortlisted(session: Session, title: str) -> int:
    """A need past its threshold, as if its coalition had gathered."""
    author = cast.affiliation(session, "vern@demo.example", cast.VERN)
    need_id = cast.posted_need(session, author, replace(cast.CONTENT, title=title))
    session.get_one(Need, need_id).state = State.QUALIFIED
    shortlist(session, cast.agent(session, CURATOR), need_id, "Utile partout.")
    return need_id


def deposit(client: PageClient, email: str, choices: list[int], version: int = 0) -> Page:
    cast.sign_in(client, email)
    return client.send(BALLOT, {"choices": choices, "version": version, "step": "deposit"})
