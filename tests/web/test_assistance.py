"""The team writes for a village that nobody represents online: shown as such, told to it, and open to contest."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.assistance.actions import LASTS
from coconstruction.coalitions.models import Membership
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.notifications.models import Letter
from coconstruction.settings import Settings
from coconstruction.worker import run_once
from tests import cast
from tests.reading import Page, PageClient
from tests.selection import BALLOT, VOTING, prepare
from tests.web.climbing import CHLOE, TOWN_HALL, act, acting_for, lines, refusal_on, settle

LINK = re.compile(r"/contester/\S+")
START = "/curation/organisations/213500051/saisie"
REQUEST = {"who": "Mme Le Goff, maire", "channel": "téléphone", "motive": "Soutenir ce besoin."}


@pytest.fixture
def need_id(app: Flask) -> int:
    settle(app)
    with app.app_context(), transaction() as session:
        return cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))


@pytest.fixture
def chloe(client: PageClient, need_id: int) -> PageClient:
    cast.sign_in(client, CHLOE)
    return client


@pytest.fixture
def box(worker_settings: Settings, tmp_path: Path) -> Settings:
    return replace(worker_settings, mail_url=f"file://{tmp_path}/letters")


def deliver(app: Flask, box: Settings) -> list[str]:
    """The links to contest, in the letters that the worker has sent to the town hall so far."""
    assert run_once(app, box)
    folder = Path(box.mail_url.removeprefix("file://"))
    letters = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in sorted(folder.glob("*.eml"))]
    told = [each.get_content() for each in letters if each["To"] == TOWN_HALL]
    return [LINK.findall(each)[0] for each in told]


def contest(app: Flask, link: str, because: str = "Personne ici ne l’a demandé.") -> Page:
    """By whoever reads the letter, without an account."""
    return PageClient(app, use_cookies=True).send(link, {"because": because})


def test_an_act_for_a_village_is_shown_as_such_told_and_contested(
    chloe: PageClient, app: Flask, session: Session, need_id: int, box: Settings
) -> None:
    started = chloe.send(START, REQUEST)
    assert "Vous écrivez pour Arbrissel pendant quatre heures au plus." in started.text
    assert acting_for(started) == "Arbrissel"
    assert act(chloe, need_id).status == 200
    line = session.scalars(select(JournalEntry).where(JournalEntry.action == "need.supported")).one()
    assert line.payload["under"]["proof"] == "assisted"

    shown = "Saisi par l’Incubateur pour Arbrissel"
    for public in (f"/besoins/{need_id}", "/organisations/213500051"):
        text = PageClient(app).page(public).text
        assert shown in text
        assert "Le Goff" not in text
        assert "chloe" not in text

    (link,) = deliver(app, box)
    assert deliver(app, box) == [link]  # once, however often the worker passes
    for _read_by_a_scanner_of_mail in range(2):
        assert PageClient(app).page(link).title == "Contester un acte"
    assert contest(app, link, because="").status == 422
    assert lines(session, "assistance.contested") == 0
    assert "cet acte est marqué comme contesté" in contest(app, link).text
    assert refusal_on(contest(app, link)) == (410, "contest_spent")
    assert "Contesté" in PageClient(app).page(f"/besoins/{need_id}").text
    assert "Personne ici ne l’a demandé." in chloe.page("/curation").text
    assert session.scalars(select(Letter.recipient).where(Letter.template == "act_contested")).one() == CHLOE


@pytest.mark.parametrize(
    "missing", [{"who": ""}, {"channel": "pigeon"}, {"motive": ""}, {"need": "1"}, {"need": "0"}, {"need": "a"}]
)
def test_a_request_that_is_not_told_whole_starts_nothing(
    chloe: PageClient, session: Session, missing: dict[str, str]
) -> None:
    refused = chloe.send(START, {**REQUEST, **missing})
    assert refused.status == 422
    assert lines(session, "assistance.started") == 0


def test_whoever_has_agents_online_speaks_for_itself(chloe: PageClient, app: Flask, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        cast.affiliation(writing, "mairie@arbrissel.example", cast.ARBRISSEL, mandate=False)
    for refused in (chloe.page(START), chloe.send(START, REQUEST)):
        assert refusal_on(refused) == (409, "has_agents")
    assert lines(session, "assistance.started") == 0


def test_it_ends_by_itself_or_by_hand(chloe: PageClient, session: Session, need_id: int) -> None:
    with time_machine.travel(clock.now(), tick=False) as hand:
        cast.sign_in(chloe, CHLOE)
        chloe.send(START, REQUEST)
        hand.shift(LASTS - timedelta(seconds=1))
        assert act(chloe, need_id).status == 200
        hand.shift(timedelta(seconds=1))
        assert acting_for(chloe.page("/besoins")) != "Arbrissel"
        assert refusal_on(chloe.send(f"/besoins/{need_id}/soutien/retrait"))[0] in (400, 403)
        assert lines(session, "need.unsupported") == 0

        chloe.send(START, REQUEST)
        assert "La saisie pour Arbrissel est finie." in chloe.send("/curation/saisie/fin").text
        assert refusal_on(act(chloe, need_id))[0] == 403


def test_with_a_deliberation_it_joins_that_coalition_alone(
    chloe: PageClient, app: Flask, session: Session, need_id: int
) -> None:
    with app.app_context(), transaction() as writing:
        author = cast.affiliation(writing, "maire@vern.example", cast.VERN)
        other = cast.posted_need(writing, author, replace(cast.CONTENT, title="Un autre besoin"))
    chloe.send(START, {**REQUEST, "need": str(need_id), "deliberation_number": "2026-042"})
    join = {"role": "contributeur"}
    assert chloe.send(f"/besoins/{need_id}/rejoindre", join).status == 200
    assert refusal_on(chloe.send(f"/besoins/{other}/rejoindre", join)) == (403, "mandate_elsewhere")
    assert session.scalars(select(Membership.need_id)).all() == [need_id]


def test_without_one_it_commits_the_village_to_nothing(chloe: PageClient, session: Session, need_id: int) -> None:
    chloe.send(START, REQUEST)
    refused = chloe.send(f"/besoins/{need_id}/rejoindre", {"role": "contributeur"})
    assert refusal_on(refused)[0] == 403
    assert session.scalars(select(Membership)).all() == []


def test_nobody_votes_for_it(app: Flask, client: PageClient, session: Session) -> None:
    candidates = prepare(app)
    settle(app)
    with time_machine.travel(VOTING, tick=False):
        cast.sign_in(client, CHLOE)
        client.send(START, {**REQUEST, "need": str(candidates[0]), "deliberation_number": "2026-042"})
        ballot = {"choices": candidates[:1], "version": 0, "step": "deposit"}
        assert refusal_on(client.send(BALLOT, ballot))[0] == 403
    assert lines(session, "ballot.cast") == 0
