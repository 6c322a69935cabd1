"""What must happen once happens once, whoever else acts at the same instant: separate processes, real transactions."""

from collections import Counter
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.coalitions.actions import join
from coconstruction.coalitions.models import Crossing, Membership
from coconstruction.coalitions.queries import coverage_of
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry, first_flaw, last_line
from coconstruction.needs.models import Need, Support
from coconstruction.notifications.models import Letter
from coconstruction.rounds.actions import set_demonstration_clock
from coconstruction.rounds.calendar import Phase
from coconstruction.rounds.models import Ballot, BallotVersion, Round
from coconstruction.settings import Settings
from coconstruction.territories.models import Organisation
from tests import cast, selection
from tests.concurrency.crowd import Act, rush
from tests.concurrency.faults import no_lock

LARGE = (cast.RENNES_METROPOLE, cast.ILLE_ET_VILAINE)


@pytest.fixture
def need_id(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        return cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))


def people(app: Flask, references: list[str]) -> list[str]:
    """A session key for one mandated agent of each organisation."""
    with app.app_context(), transaction() as session:
        keys = []
        for number, reference in enumerate(references):
            cast.agent(session, f"agent{number}@crowd.example", reference, mandate=True)
            session.flush()
            keys.append(cast.session_key(session, f"agent{number}@crowd.example"))
        return keys


def communes(session: Session, count: int) -> list[str]:
    here = Organisation.departement_code == "35", Organisation.kind == "commune", Organisation.reference != cast.VERN
    return list(session.scalars(select(Organisation.reference).where(*here).order_by(Organisation.id).limit(count)))


def test_fifty_joins_around_the_line_cross_it_once(
    app: Flask, worker_settings: Settings, session: Session, need_id: int
) -> None:
    references = [*communes(session, 48), *LARGE]
    acts = [Act(key, f"/besoins/{need_id}/rejoindre", {"role": "contributeur"}) for key in people(app, references)]
    assert Counter(rush(worker_settings, acts)) == {303: 50}
    assert session.scalar(select(func.count()).select_from(Membership)) == 50
    assert session.scalar(select(func.count()).select_from(Crossing)) == 1
    told = Counter(session.scalars(select(Letter.recipient).where(Letter.template == "threshold_crossed")))
    assert len(told) >= 5
    assert set(told.values()) == {1}
    need = session.get_one(Need, need_id)
    departement = cast.organisation(session, cast.ILLE_ET_VILAINE)
    assert (need.members_count, need.covered_population) == (50, departement.population)
    assert_journal_is_whole(session, {"coalition.joined": 50, "need.crossed": 1})


def test_fifty_joins_and_twenty_leaves_around_the_line_agree_in_the_end(
    app: Flask, worker_settings: Settings, session: Session, need_id: int
) -> None:
    """Among those who leave are the whole département and Rennes Métropole, without whom the line is not crossed."""
    leaving, joining = [*LARGE, *communes(session, 18)], communes(session, 68)[18:]
    keys = people(app, [*leaving, *joining])
    with app.app_context(), transaction() as writing:
        for number, reference in enumerate(leaving):
            join(writing, cast.affiliation(writing, f"agent{number}@crowd.example", reference), need_id, "pilote", [])
    acts = [Act(key, f"/besoins/{need_id}/rejoindre", {"role": "contributeur"}) for key in keys[20:]]
    gone = [Act(key, f"/besoins/{need_id}/quitter") for key in keys[:20]]
    mixed = [each for number, act in enumerate(acts) for each in (act, *gone[number : number + 1])]
    assert Counter(rush(worker_settings, mixed)) == {303: 70}
    present = select(Membership.organisation_id).where(Membership.left_at.is_(None))
    there = session.scalars(present).all()
    need = session.get_one(Need, need_id)
    assert need.members_count == len(there) == 50
    assert need.covered_population == coverage_of(session, there).population
    crossing = session.scalars(select(Crossing)).one()
    assert crossing.fallen_at is not None  # fifty villages are far from 300 000 inhabitants
    told = Counter(session.scalars(select(Letter.recipient).where(Letter.template == "threshold_crossed")))
    assert set(told.values()) == {1}
    lines = Counter(session.scalars(select(JournalEntry.action)))
    assert lines["need.fell_back"] == lines["need.regained"] + 1
    assert_journal_is_whole(session, {"coalition.joined": 70, "coalition.left": 20, "need.crossed": 1})


def test_a_hundred_supports_of_one_organisation_make_one_voice(
    app: Flask, worker_settings: Settings, session: Session, need_id: int
) -> None:
    keys = people(app, [cast.ARBRISSEL] * 5)
    acts = [Act(keys[number % 5], f"/besoins/{need_id}/soutien") for number in range(100)]
    assert Counter(rush(worker_settings, acts)) == {303: 100}
    voices = session.scalar(select(func.count()).select_from(Support).where(Support.need_id == need_id))
    assert voices == session.get_one(Need, need_id).supports_count == 2  # the bearer's, and this one
    assert_journal_is_whole(session, {"need.supported": 1, "need.support_seconded": 4})


def test_members_who_invite_the_same_at_once_send_one_letter_each(
    app: Flask, worker_settings: Settings, session: Session, need_id: int
) -> None:
    """While they support the need too: a support holds the need before it points to the organisation."""
    members, invited = communes(session, 24)[:16], communes(session, 24)[16:]
    keys = people(app, [*members, *invited])
    with app.app_context(), transaction() as writing:
        for number, reference in enumerate(members):
            join(writing, cast.affiliation(writing, f"agent{number}@crowd.example", reference), need_id, "pilote", [])
    codes = [cast.organisation(session, each).code for each in invited]
    asking = [Act(key, f"/besoins/{need_id}/inviter", {"picked": codes}) for key in keys[:16]]
    voices = [Act(key, f"/besoins/{need_id}/soutien") for key in keys]
    mixed = [each for number, act in enumerate(voices) for each in (act, *asking[number : number + 1])]
    assert Counter(rush(worker_settings, mixed)) == {303: 40}
    told = Counter(session.scalars(select(Letter.recipient).where(Letter.template == "join_invitation")))
    assert told == {f"agent{number}@crowd.example": 1 for number in range(16, 24)}
    assert_journal_is_whole(session, {"coalition.invited": 1})


def test_twenty_ballots_of_one_organisation_leave_one(app: Flask, worker_settings: Settings, session: Session) -> None:
    candidates = selection.prepare(app)
    with app.app_context(), transaction() as writing:
        set_demonstration_clock(writing, writing.scalars(select(Round.id)).one(), Phase.VOTING)
    keys = people(app, [cast.ARBRISSEL] * 4)
    acts = [
        Act(keys[number % 4], selection.BALLOT, {"choices": choices, "version": 0, "step": "deposit"})
        for number, choices in enumerate([[each] for each in candidates] * 7)
    ][:20]
    statuses = Counter(rush(worker_settings, acts))
    assert set(statuses) <= {303, 409}
    assert session.scalar(select(func.count()).select_from(Ballot)) == 1
    assert session.scalars(select(BallotVersion.version)).all() == [1]
    assert_journal_is_whole(session, {"ballot.cast": 1})


def test_without_its_lock_a_counter_drifts_or_breaks(app: Flask, worker_settings: Settings, session: Session) -> None:
    """The twin of the tests above: it must see the race they guard against. A counter is counted anew by each voice, so
    that only the last two of a need can leave it wrong: many needs, on which four people click together."""
    with app.app_context(), transaction() as writing:
        author = cast.affiliation(writing, "maire@vern.example", cast.VERN)
        titles = [f"Cantine numéro {number}" for number in range(30)]
        needs = [cast.posted_need(writing, author, replace(cast.CONTENT, title=title)) for title in titles]
    keys = people(app, communes(session, 4))
    acts = [Act(key, f"/besoins/{each}/soutien") for each in needs for key in keys]
    statuses = Counter(rush(worker_settings, acts, fault=no_lock))
    voices = select(Support.need_id, func.count()).where(Support.need_id.in_(needs)).group_by(Support.need_id)
    counted = {each.id: each.supports_count for each in session.scalars(select(Need).where(Need.id.in_(needs)))}
    assert counted != {key: count for key, count in session.execute(voices)} or any(
        status >= 500 for status in statuses
    ), statuses


def assert_journal_is_whole(session: Session, expected: dict[str, int]) -> None:
    lines = session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
    assert first_flaw(lines, *last_line(session)) is None
    counted = Counter(line.action for line in lines)
    assert {action: counted[action] for action in expected} == expected
