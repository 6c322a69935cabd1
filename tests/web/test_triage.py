"""The curators' answers: nothing seen before it is published, everything undone within ten minutes, one appeal."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock, worker
from coconstruction.accounts.models import Agent
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.actions import support
from coconstruction.needs.models import Need, State
from coconstruction.notifications.models import Letter
from coconstruction.triage.models import Batch, Decision, DecisionDraft
from tests import cast
from tests.reading import Page, PageClient
from tests.selection import CURATOR

MAYOR, SECOND = "maire@vern.example", "seconde@incubateur.example"
MOTIVE = "Le programme ne paie pas de tablettes."
TITLES = [f"Cantine numéro {number}" for number in range(4)]


@pytest.fixture
def needs(app: Flask) -> list[int]:
    with app.app_context(), transaction() as session:
        cast.agent(session, CURATOR, curator=True)
        cast.agent(session, SECOND, curator=True)
        vern = cast.affiliation(session, MAYOR, cast.VERN)
        return [cast.posted_need(session, vern, replace(cast.CONTENT, title=title)) for title in TITLES]


@pytest.fixture
def curator(needs: list[int], client: PageClient) -> PageClient:
    cast.sign_in(client, CURATOR)
    return client


@pytest.fixture
def mayor(needs: list[int], app: Flask) -> PageClient:
    person = PageClient(app, use_cookies=True)
    cast.sign_in(person, MAYOR)
    return person


def write(curator: PageClient, need_id: int, gesture: str = "brouillon", kind: str = "decline", **more: str) -> Page:
    form = {"kind": kind, "motive": MOTIVE, "geste": gesture, **more}
    return curator.send(f"/curation/besoins/{need_id}/reponse", form)


def decline(curator: PageClient, need_id: int) -> None:
    assert write(curator, need_id, "publier").status == 200


def tell(app: Flask) -> None:
    with app.app_context():
        worker.tell_answers()


def actions_on(session: Session, need_id: int) -> list[str]:
    lines = select(JournalEntry.action).where(JournalEntry.subject_kind == "need", JournalEntry.subject_id == need_id)
    return list(session.scalars(lines.order_by(JournalEntry.seq)))


def test_a_draft_is_seen_by_curators_only(
    curator: PageClient, mayor: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    write(curator, needs[0])
    for person in (mayor, PageClient(app)):
        for path in (f"/besoins/{needs[0]}", "/besoins?etat=declined", "/delais", f"/organisations/{213503527}"):
            assert MOTIVE not in person.page(path).text
        assert "Écarté" not in person.page(f"/besoins/{needs[0]}").text
    assert session.get_one(Need, needs[0]).state == State.OPEN
    assert MOTIVE in curator.page(f"/curation/besoins/{needs[0]}").text
    assert MOTIVE in curator.page("/curation/reponses").text
    assert "need.declined" not in actions_on(session, needs[0])


def test_a_need_declined_says_why_to_everyone_and_takes_nobody_any_more(
    curator: PageClient, mayor: PageClient, needs: list[int], app: Flask
) -> None:
    decline(curator, needs[0])
    page = PageClient(app).page(f"/besoins/{needs[0]}").text
    assert "Écarté" in page
    assert "Ce besoin ne relève pas de ce programme." in page
    assert MOTIVE in page
    assert mayor.send(f"/besoins/{needs[0]}/soutien", {}).status == 409
    assert TITLES[0] not in PageClient(app).page("/besoins").text
    assert TITLES[0] in PageClient(app).page("/besoins?etat=declined").text


@pytest.mark.parametrize(
    ("kind", "more", "state", "sentence"),
    [
        ("keep", {}, "open", "il relève du programme et reste ouvert"),
        ("ask", {}, "open", "demande des précisions à son porteur"),
        ("redirect", {"destination": "axis_three"}, "redirected", "réorienté vers l’axe trois"),
        ("redirect", {"destination": "anssi"}, "redirected", "réorienté vers l’ANSSI"),
        ("decline", {"destination": "anssi"}, "declined", "ne relève pas de ce programme"),
    ],
)
def test_each_answer_is_read_in_its_own_words(
    curator: PageClient, needs: list[int], session: Session, kind: str, more: dict[str, str], state: str, sentence: str
) -> None:
    assert write(curator, needs[0], "publier", kind, **more).status == 200
    assert session.get_one(Need, needs[0]).state == state
    assert sentence in curator.page(f"/besoins/{needs[0]}").text


@pytest.mark.parametrize(
    "form",
    [
        {"motive": "   "},
        {"motive": "x" * 2001},
        {"kind": "shortlist"},
        {"kind": "redirect"},
        {"kind": "redirect", "destination": "mars"},
        {"kind": "redirect", "destination": "solution", "solution": "999"},
        {"kind": "reopen"},
    ],
)
def test_an_answer_that_says_too_little_changes_nothing(
    curator: PageClient, needs: list[int], session: Session, form: dict[str, str]
) -> None:
    sent = {"kind": "decline", "motive": MOTIVE, "geste": "publier", **form}
    assert curator.send(f"/curation/besoins/{needs[0]}/reponse", sent).status == 422
    assert session.scalars(select(DecisionDraft)).all() == []
    assert session.get_one(Need, needs[0]).state == State.OPEN


def test_choosing_a_template_or_looking_ahead_writes_nothing(
    curator: PageClient, needs: list[int], session: Session
) -> None:
    page = curator.page(f"/curation/besoins/{needs[0]}")
    number = next(option["value"] for option in page.soup.select("#modele option") if "FranceConnect" in option.text)
    begun = curator.send(f"/curation/besoins/{needs[0]}/reponse", {"geste": "modele", "modele": str(number)})
    assert begun.status == 200
    assert "forfait, de 5 000 €" in begun.field("motive")
    assert "réorienté vers le forfait FranceConnect" in begun.text
    seen = write(curator, needs[0], "apercu")
    assert "Ce besoin ne relève pas de ce programme." in seen.text
    assert session.scalars(select(DecisionDraft)).all() == []


def test_a_batch_is_one_letter_a_person_and_leaves_after_ten_minutes(
    curator: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        support(writing, cast.affiliation(writing, "maire@arbrissel.example", cast.ARBRISSEL), needs[1])
    for need_id in needs[:3]:
        write(curator, need_id)
    form = {"act": "publier", "besoin": [str(each) for each in needs], "geste": "appliquer"}
    assert curator.send("/curation/besoins/ensemble", form).status == 200  # the fourth has no draft: left out
    states = [session.get_one(Need, need_id).state for need_id in needs]
    assert states == ["declined", "declined", "declined", "open"]
    tell(app)
    assert session.scalars(select(Letter).where(Letter.template == "decisions")).all() == []
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        tell(app)
        tell(app)
    letters = session.scalars(select(Letter).where(Letter.template == "decisions").order_by(Letter.recipient)).all()
    told = {each.recipient: [line["title"] for line in each.context["decisions"]] for each in letters}
    assert told == {"maire@arbrissel.example": [TITLES[1]], MAYOR: TITLES[:3]}


def test_what_is_undone_is_as_before_and_tells_nobody(
    curator: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    before = session.get_one(Need, needs[0])
    was = (before.state, before.first_answer_at)
    decline(curator, needs[0])
    batch = session.scalars(select(Batch)).one()
    assert "Annuler ce geste" in curator.page("/curation/besoins").text
    assert curator.send(f"/curation/gestes/{batch.id}/annulation", {}).status == 200
    session.expire_all()
    after = session.get_one(Need, needs[0])
    assert (after.state, after.first_answer_at) == was
    assert PageClient(app).page(f"/besoins/{needs[0]}").soup.select(".co-answer") == []
    assert session.get_one(DecisionDraft, needs[0]).motive == MOTIVE
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        tell(app)
    assert session.scalars(select(Letter).where(Letter.template == "decisions")).all() == []
    assert actions_on(session, needs[0])[-2:] == ["need.declined", "need.answer_undone"]
    assert curator.send(f"/curation/gestes/{batch.id}/annulation", {}).status == 409


def test_undoing_is_refused_late_and_to_others(
    curator: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    decline(curator, needs[0])
    path = f"/curation/gestes/{session.scalars(select(Batch.id)).one()}/annulation"
    other = PageClient(app, use_cookies=True)
    cast.sign_in(other, SECOND)
    assert other.send(path, {}).status == 403
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        late = curator.send(path, {})
    assert late.status == 409
    assert "Les dix minutes sont passées" in late.text
    assert session.get_one(Need, needs[0]).state == State.DECLINED


def test_many_are_given_to_someone_and_given_back(curator: PageClient, needs: list[int], session: Session) -> None:
    second = session.scalars(select(Agent.id).where(Agent.email == SECOND)).one()
    form = {"act": "confier", "curator": str(second), "besoin": [str(each) for each in needs[:2]]}
    seen = curator.send("/curation/besoins/ensemble", form)
    assert "2 besoins changent" in seen.text
    assert "Confié à" not in seen.text
    curator.send("/curation/besoins/ensemble", {**form, "geste": "appliquer"})
    assert [actions_on(session, each)[-1] for each in needs[:3]] == ["need.assigned", "need.assigned", "need.posted"]
    again = curator.send("/curation/besoins/ensemble", form)
    assert "2 besoins ne changent pas" in again.text
    curator.send(f"/curation/gestes/{session.scalars(select(Batch.id)).one()}/annulation", {})
    assert "2 besoins changent" in curator.send("/curation/besoins/ensemble", form).text


def test_a_need_is_not_given_to_whoever_has_an_interest_in_it(
    curator: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        cast.affiliation(writing, SECOND, cast.VERN)
    second = session.scalars(select(Agent.id).where(Agent.email == SECOND)).one()
    refused = curator.send(f"/curation/besoins/{needs[0]}/attribution", {"a": str(second)})
    assert refused.status == 403
    assert "a un intérêt dans" in refused.text
    form = {"act": "confier", "curator": str(second), "besoin": [str(each) for each in needs]}
    assert "4 besoins ne changent pas" in curator.send("/curation/besoins/ensemble", form).text


def test_the_preview_of_many_is_exactly_what_happens(curator: PageClient, needs: list[int], session: Session) -> None:
    write(curator, needs[0])
    write(curator, needs[2])
    seen = curator.send("/curation/besoins/ensemble", {"act": "publier", "every": "y"})
    kept = [field["value"] for field in seen.soup.select("input[name=besoin]")]
    assert kept == [str(needs[0]), str(needs[2])]
    curator.send("/curation/besoins/ensemble", {"act": "publier", "besoin": kept, "geste": "appliquer"})
    assert sorted(session.scalars(select(Decision.need_id))) == [needs[0], needs[2]]


def test_one_of_many_that_may_not_be_answered_any_more_leaves_them_all_as_they_were(
    curator: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    write(curator, needs[0])
    write(curator, needs[1])
    kept = {"act": "publier", "besoin": [str(needs[0]), str(needs[1])]}
    curator.send("/curation/besoins/ensemble", kept)
    with app.app_context(), transaction() as writing:
        writing.get_one(Need, needs[1]).state = State.WITHDRAWN
    curator.send("/curation/besoins/ensemble", {**kept, "geste": "appliquer"})
    session.expire_all()
    assert session.get_one(Need, needs[1]).state == State.WITHDRAWN
    assert session.scalars(select(Decision.need_id)).all() == [needs[0]]


def test_a_bearer_appeals_once_and_another_curator_answers_in_public(
    curator: PageClient, mayor: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    decline(curator, needs[0])
    assert "Demander un nouvel examen" in mayor.page(f"/besoins/{needs[0]}").text
    assert mayor.send(f"/besoins/{needs[0]}/recours", {"text": "Ce ne sont pas des tablettes."}).status == 200
    again = mayor.send(f"/besoins/{needs[0]}/recours", {"text": "J’insiste."})
    assert again.status == 409
    assert "ne l’est qu’une fois par décision" in again.text
    assert "Ce ne sont pas des tablettes." not in PageClient(app).page(f"/besoins/{needs[0]}").text
    decision = session.scalars(select(Decision.id)).one()
    own = curator.page(f"/curation/recours/{decision}")
    assert own.status == 403
    assert "une autre personne" in own.text
    second = PageClient(app, use_cookies=True)
    cast.sign_in(second, SECOND)
    assert TITLES[0] in second.page("/curation/besoins?etape=recours").text
    answer = {"motive": "Le service relève bien du programme.", "geste": "rouvrir"}
    assert second.send(f"/curation/recours/{decision}", answer).status == 200
    session.expire_all()
    assert session.get_one(Need, needs[0]).state == State.OPEN
    assert "Le service relève bien du programme." in PageClient(app).page(f"/besoins/{needs[0]}").text
    assert second.send(f"/curation/recours/{decision}", answer).status == 409
    assert session.scalars(select(Letter.recipient).where(Letter.template == "appeal_answered")).all() == [MAYOR]


def test_an_appeal_comes_from_the_bearer_within_sixty_days(
    curator: PageClient, mayor: PageClient, needs: list[int], app: Flask
) -> None:
    assert mayor.send(f"/besoins/{needs[1]}/recours", {"text": "Et alors ?"}).status == 409
    decline(curator, needs[0])
    stranger = PageClient(app, use_cookies=True)
    with app.app_context(), transaction() as session:
        cast.affiliation(session, "maire@arbrissel.example", cast.ARBRISSEL)
    cast.sign_in(stranger, "maire@arbrissel.example")
    assert stranger.send(f"/besoins/{needs[0]}/recours", {"text": "Pour eux."}).status == 403
    with time_machine.travel(clock.now() + timedelta(days=61)):
        cast.sign_in(mayor, MAYOR)
        late = mayor.send(f"/besoins/{needs[0]}/recours", {"text": "Trop tard ?"})
    assert late.status == 409
    assert "soixante jours" in late.text


def test_the_team_may_reopen_what_it_declined(curator: PageClient, needs: list[int], session: Session) -> None:
    decline(curator, needs[0])
    assert write(curator, needs[0], "publier", "reopen").status == 200
    assert session.get_one(Need, needs[0]).state == State.OPEN


def test_the_filters_follow_from_need_to_need(curator: PageClient, needs: list[int]) -> None:
    curator.send(f"/curation/besoins/{needs[1]}/notes", {"text": "Voir avec la préfecture."})
    first = curator.page(f"/curation/besoins/{needs[0]}?etape=a-repondre&departement=35")
    assert "1 sur 4" in first.text
    following = first.soup.select_one("a[rel=next]")
    assert following is not None
    assert following["href"] == f"/curation/besoins/{needs[1]}?etape=a-repondre&departement=35"
    sent = curator.send(
        f"/curation/besoins/{needs[0]}/reponse?etape=a-repondre&departement=35",
        {"kind": "keep", "motive": "Recevable.", "geste": "publier"},
    )
    assert sent.title == TITLES[1]
    assert "1 sur 3" in sent.text
    assert "Voir avec la préfecture." in sent.text
    assert "Voir avec la préfecture." not in curator.page(f"/besoins/{needs[1]}").text


def test_a_view_is_kept_for_whoever_named_it(curator: PageClient, needs: list[int], app: Flask) -> None:
    curator.send("/curation/vues", {"name": "Bretagne en attente", "query": "etape=a-repondre&departement=35"})
    tag = curator.page("/curation/besoins").soup.select_one(".fr-tag")
    assert tag is not None
    assert (tag.text, tag["href"]) == ("Bretagne en attente", "/curation/besoins?etape=a-repondre&departement=35")
    other = PageClient(app, use_cookies=True)
    cast.sign_in(other, SECOND)
    assert "Bretagne en attente" not in other.page("/curation/besoins").text
    curator.send("/curation/vues", {"name": "Bretagne en attente", "geste": "retirer"})
    assert curator.page("/curation/besoins").soup.select(".fr-tag") == []


def test_precisions_asked_are_waited_for_until_the_text_changes(
    curator: PageClient, mayor: PageClient, needs: list[int]
) -> None:
    write(curator, needs[0], "publier", "ask")
    assert TITLES[0] in curator.page("/curation/besoins?etape=precisions").text
    form = {**cast.CONTENT.as_json(), "title": TITLES[0], "problem": "Trois cents fiches, en fait.", "version": "1"}
    assert (
        mayor.send(f"/besoins/{needs[0]}/modification", {key: value for key, value in form.items() if value}).status
        == 200
    )
    assert TITLES[0] not in curator.page("/curation/besoins?etape=precisions").text


def test_the_public_delay_is_the_median_of_first_answers(app: Flask, needs: list[int], client: PageClient) -> None:
    posted = clock.now() - timedelta(days=30)
    with app.app_context(), transaction() as session:
        for need_id, days in zip(needs, (1, 4, 20, None), strict=True):
            need = session.get_one(Need, need_id)
            need.posted_at = posted
            need.first_answer_at = posted + timedelta(days=days) if days else None
    text = client.page("/delais").text
    assert "4 jours" in text
    assert "3" in text
    assert "attendent la leur" in text


@pytest.mark.parametrize(
    "path", ["/curation/besoins", "/curation/besoins/1", "/curation/reponses", "/curation/modeles"]
)
def test_the_bench_is_closed_to_others(mayor: PageClient, path: str) -> None:
    assert mayor.page(path).status == 403
