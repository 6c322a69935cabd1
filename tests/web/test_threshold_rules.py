"""The team changes the threshold: it sees first what that would do, and takes nothing back from who has crossed."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.coalitions.actions import join, leave
from coconstruction.coalitions.models import Crossing, ThresholdRule
from coconstruction.coalitions.presets import PRESETS
from coconstruction.coalitions.wording import tree_sentence
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.notifications.models import Letter
from tests import cast
from tests.reading import Page, PageClient
from tests.web.climbing import refusal_on

CHLOE = "chloe@incubateur.example"
HERE = "/curation/seuils"
THREE = {"every-organisations": "3", "motive": "Trois suffisent.", "seen": "1"}


@pytest.fixture
def need_id(app: Flask) -> int:
    """With three communes of Ille-et-Vilaine: far from 300 000 inhabitants."""
    with app.app_context(), transaction() as session:
        cast.agent(session, CHLOE, curator=True)
        author = cast.affiliation(session, "vern@demo.example", cast.VERN)
        number = cast.posted_need(session, author)
        join(session, author, number, "porteur", [])
        for reference in (cast.ARBRISSEL, "commune:35077"):
            join(session, cast.affiliation(session, f"{reference}@demo.example", reference), number, "pilote", [])
        return number


@pytest.fixture
def chloe(client: PageClient, need_id: int) -> PageClient:
    cast.sign_in(client, CHLOE)
    return client


def publish(client: PageClient, **form: str) -> Page:
    return client.send(HERE, {**THREE, "step": "publish", **form})


def test_the_effect_is_shown_before_anything_is_published(chloe: PageClient, session: Session, need_id: int) -> None:
    seen = chloe.send(HERE, {**THREE, "step": "preview"}).text
    assert "Le seuil : 3 collectivités." in seen
    assert "L’atteindraient : " + cast.CONTENT.title in seen
    assert session.scalars(select(ThresholdRule.version)).all() == [1]
    assert session.get_one(Need, need_id).state == State.OPEN


def test_once_published_it_carries_over_those_who_reach_it_and_tells_them(
    chloe: PageClient, session: Session, need_id: int
) -> None:
    done = publish(chloe).text
    assert "Le nouveau seuil est publié. 1 besoin le franchit." in done
    assert "Trois suffisent." in PageClient(chloe.application).page("/seuils").text
    assert session.get_one(Need, need_id).state == State.QUALIFIED
    crossing = session.scalars(select(Crossing)).one()
    assert (crossing.rule_version, crossing.cause, crossing.membership_id) == (2, "rule", None)
    assert len(session.scalars(select(Letter).where(Letter.template == "threshold_crossed")).all()) == 3
    lines = session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq.desc()).limit(5)).all()
    assert "threshold.published" in lines
    assert "par un changement du seuil" in chloe.page(f"/besoins/{need_id}").text


def test_a_stricter_rule_takes_no_crossing_back(chloe: PageClient, app: Flask, session: Session, need_id: int) -> None:
    publish(chloe)
    stricter = publish(chloe, **{"every-organisations": "50", "motive": "Pour voir.", "seen": "2"})
    assert "Aucun besoin ne le franchit pour l’instant." in stricter.text
    with app.app_context(), transaction() as writing:  # an arrival settles the coalition anew
        join(writing, cast.affiliation(writing, "metro@demo.example", cast.RENNES_METROPOLE), need_id, "pilote", [])
    session.expire_all()
    crossing = session.scalars(select(Crossing)).one()
    assert (crossing.rule_version, crossing.fallen_at) == (2, None)
    page = chloe.page(f"/besoins/{need_id}").text
    assert "Il fallait alors : 3 collectivités." in page
    assert "Le seuil : 50 collectivités." in page
    with app.app_context(), transaction() as writing:
        for reference in (cast.ARBRISSEL, cast.RENNES_METROPOLE):
            email = "metro@demo.example" if reference == cast.RENNES_METROPOLE else f"{reference}@demo.example"
            leave(writing, cast.affiliation(writing, email, reference), need_id)
    session.expire_all()
    assert session.scalars(select(Crossing)).one().fallen_at is not None  # below the rule it had met


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"every-organisations": ""}, "Donnez au moins une condition."),
        ({"motive": ""}, "Dites pourquoi ce seuil change"),
        ({"every-organisations": "beaucoup"}, "Donnez un nombre entier"),
        ({"every-organisations": "-3"}, "Donnez un nombre entier entre 1"),
        ({"one_of-pledged_share_percent": "101"}, "entre 1 et 100"),
    ],
)
def test_a_rule_that_makes_no_sense_is_given_back(
    chloe: PageClient, session: Session, form: dict[str, str], sentence: str
) -> None:
    refused = publish(chloe, **form)
    assert (refused.status, sentence in refused.text) == (422, True)
    assert session.scalars(select(ThresholdRule.version)).all() == [1]


def test_a_rule_published_meanwhile_is_not_written_over(chloe: PageClient, session: Session) -> None:
    publish(chloe)
    assert refusal_on(publish(chloe, motive="Moi aussi.")) == (409, "rule_changed_meanwhile")
    assert session.scalars(select(ThresholdRule.motive).order_by(ThresholdRule.version)).all() == [
        "",
        "Trois suffisent.",
    ]


@pytest.mark.parametrize("code", PRESETS)
def test_each_threshold_of_the_programme_is_a_click_away_and_comes_out_as_it_is(
    chloe: PageClient, app: Flask, session: Session, code: str
) -> None:
    page = chloe.page(f"{HERE}?modele={code}")
    form = {str(each["name"]): str(each.get("value", "")) for each in page.soup.select("main form input[name]")}
    publish(chloe, **{**form, "every-organisations": form["every-organisations"], "motive": "Du programme."})
    tree = PRESETS[code][1]
    assert session.scalars(select(ThresholdRule.tree).order_by(ThresholdRule.version)).all()[-1] == tree
    with app.test_request_context():
        said = " ".join(tree_sentence(tree).split())
    assert f"Aujourd’hui : {said}." in chloe.page("/seuils").text


def test_only_the_team_changes_it(client: PageClient, need_id: int, session: Session) -> None:
    cast.sign_in(client, "vern@demo.example")
    assert publish(client).status == 403
    cast.sign_in(client, CHLOE, second_factor=False)
    assert publish(client).status in (200, 403)
    assert session.scalars(select(ThresholdRule.version)).all() == [1]
