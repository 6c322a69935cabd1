"""A country's worth of rows, written through the product's own tables, with a progress bar."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, AffiliationProof, Agent, Mandate, Proof, Scope
from coconstruction.coalitions.models import Membership
from coconstruction.journal import SYSTEM, record
from coconstruction.needs.models import Need, Origin, State, Support
from coconstruction.needs.themes import THEMES
from coconstruction.territories.models import Organisation

START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 10_000
DEPARTEMENTS = [f"{number:02}" for number in range(1, 96)]
AGENTS = 2_000
WORDS = [
    *("cantine", "garderie", "réservation", "salle", "cimetière", "voirie", "éclairage", "déchets", "mobilité"),
    *("vélo", "transport", "scolaire", "papier", "guichet", "téléphone", "registre", "inscription", "paiement"),
    *("rendez-vous", "signalement", "association", "bibliothèque", "forêt", "eau", "énergie", "chauffage", "bâtiment"),
    *("permis", "urbanisme", "adresse", "secours", "isolement", "canicule", "bénévole", "marché", "commerce"),
    *("stage", "jeunesse"),
]


def seed(session: Session, needs: int, supports: int, memberships: int) -> None:
    """Needs of eighty words, supports spread evenly, small coalitions."""
    draw = random.Random(2021)
    places = list(session.scalars(select(Organisation.id).where(Organisation.active)))
    hats = agents(session, draw.sample(places, AGENTS))
    _fill(session, Need, "Besoins", needs, (_need(draw, number, hats) for number in range(needs)))
    ids = list(session.scalars(select(Need.id)))
    each = max(1, supports // len(ids))
    pairs = ((need, place) for need in ids for place in draw.sample(places, each))
    voices = ({"need_id": need, "organisation_id": place, "at": START} for need, place in pairs)
    _fill(session, Support, "Soutiens", each * len(ids), voices)
    _fill(session, Membership, "Engagements", memberships, _members(draw, ids, hats, memberships))
    _count(session)
    record(session, "benchmark.seeded", ("benchmark", 1), by=SYSTEM, payload={"needs": needs, "supports": supports})


def agents(session: Session, places: Sequence[int]) -> list[tuple[int, int]]:
    """(affiliation, organisation) of one mandated agent a place."""
    people = [
        {"email": f"agent{n}@banc.example", "name": "", "is_curator": False, "created_at": START}
        for n in range(len(places))
    ]
    session.execute(insert(Agent), people)
    ids = list(session.scalars(select(Agent.id).order_by(Agent.id)))[-len(places) :]
    proof = {"proof": Proof.CURATOR, "proven_at": START, "asked_at": START, "role": "agent"}
    ties = [
        {"agent_id": agent, "organisation_id": place, "function": "", "motive": "", "evidence": "", **proof}
        for agent, place in zip(ids, places, strict=True)
    ]
    session.execute(insert(Affiliation), ties)
    hats = [
        (row.id, row.organisation_id) for row in session.execute(select(Affiliation.id, Affiliation.organisation_id))
    ]
    rung = {"kind": Proof.CURATOR, "evidence": "", "proven_at": START}
    session.execute(insert(AffiliationProof), [{"affiliation_id": hat, **rung} for hat, _ in hats])
    terms = {"role": "agent", "commits": True, "scope": Scope.EVERYTHING, "scope_id": 0, "motive": ""}
    dates = {"starts_at": START, "granted_at": START}
    session.execute(insert(Mandate), [{"affiliation_id": hat, **terms, **dates} for hat, _ in hats])
    return hats


def _need(draw: random.Random, number: int, hats: Sequence[tuple[int, int]]) -> dict[str, Any]:
    hat, place = draw.choice(hats)
    at = START + timedelta(minutes=number * 20)
    text = {name: _sentence(draw, 20) for name in ("problem", "audience", "workaround", "expected_effect")}
    return {
        **text,
        "title": f"{_sentence(draw, 7).capitalize()} ({number})",
        "state": draw.choice((State.OPEN, State.OPEN, State.OPEN, State.QUALIFIED)),
        "origin": Origin.NEED,
        "theme": draw.choice(list(THEMES)),
        "frequency": "",
        "service_url": "",
        "estimated_cost": draw.randrange(5_000, 200_000),
        "organisation_id": place,
        "departement_code": draw.choice(DEPARTEMENTS),
        "author_id": hat,
        "created_at": at,
        "posted_at": at,
        "state_at": at,
        "version": 1,
        "supports_count": 0,
        "members_count": 0,
        "covered_population": draw.randrange(0, 600_000),
    }


def _sentence(draw: random.Random, length: int) -> str:
    """One word in ten is the trade's; the others come from thousands, the first ones oftenest, as in a language."""
    return " ".join(
        draw.choice(WORDS) if draw.random() < 0.1 else f"mot{int(draw.paretovariate(0.7)) % 5000}"
        for _ in range(length)
    )


def _members(
    draw: random.Random, needs: Sequence[int], hats: Sequence[tuple[int, int]], count: int
) -> Iterable[dict[str, Any]]:
    for number in range(count):
        hat, place = hats[number % len(hats)]
        need = needs[(number * 37) % len(needs)]
        yield {"need_id": need, "organisation_id": place, "affiliation_id": hat, "role": "pilote", "joined_at": START}


def _fill(session: Session, model: Any, label: str, total: int, rows: Iterable[dict[str, Any]]) -> None:
    with click.progressbar(length=total, label=label) as bar:
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                session.execute(insert(model), batch)
                bar.update(len(batch))
                batch = []
        if batch:
            session.execute(insert(model), batch)
            bar.update(len(batch))


def _count(session: Session) -> None:
    voices = select(func.count()).where(Support.need_id == Need.id).scalar_subquery()
    members = select(func.count()).where(Membership.need_id == Need.id).scalar_subquery()
    session.execute(update(Need).values(supports_count=voices, members_count=members))
