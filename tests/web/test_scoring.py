"""At least two curators review a need, each without the other's notes; whoever has an interest in it steps aside."""

import json
from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.coalitions.actions import join, leave
from coconstruction.database import db, transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.scoring import queries
from coconstruction.scoring.models import DeclaredInterest, Review, ReviewCorrection, ScoringGrid
from tests import cast
from tests.reading import Page, PageClient, words

ANNE, BASILE, CHLOE, DENIS = (f"{name}@incubateur.example" for name in ("anne", "basile", "chloe", "denis"))
TEAM = (ANNE, BASILE, CHLOE, DENIS)
AGENT, VISITOR = "maire@vern.example", ""
METRO = "metro@demo.example"
CODES = ("portage", "equipe", "impact_direct", "impact_induit", "deploiement", "programmes", "code_ouvert")
# Words that nobody reads too early; the note 1 of a criterion is on every form, its comment is on none.
SECRET = {name: f"Commentaire-secret-de-{name.partition('@')[0]}" for name in TEAM}
INDEX, GRID = "/curation/evaluations", "/curation/grille"


@pytest.fixture
def need_id(app: Flask) -> int:
    """Past its threshold, as if its coalition had gathered; borne by Vern-sur-Seiche, with Rennes Métropole."""
    with app.app_context(), transaction() as session:
        for email in TEAM:
            cast.agent(session, email, curator=True)
        number = cast.posted_need(session, cast.affiliation(session, AGENT, cast.VERN))
        join(session, cast.affiliation(session, METRO, cast.RENNES_METROPOLE), number, "pilote", [])
        session.get_one(Need, number).state = State.QUALIFIED
        return number


@pytest.fixture
def seen_by(app: Flask, need_id: int) -> Callable[[str], PageClient]:
    def enter(email: str) -> PageClient:
        client = PageClient(app, use_cookies=True)
        if email:
            cast.sign_in(client, email)
        return client

    return enter


@pytest.fixture
def at(need_id: int) -> str:
    return f"/curation/besoins/{need_id}/evaluation"


def opinion(email: str, step: str, note: int = 3, **notes: int) -> dict[str, object]:
    each = {f"note_{code}": str(notes.get(code, note)) for code in CODES}
    return {**each, "comment": SECRET[email], "version": "1", "step": step}


def refusal_of(page: Page) -> tuple[int, str]:
    told = page.soup.select_one(".fr-alert[data-refusal]")
    return page.status, str(told["data-refusal"]) if told else ""


def listed(page: Page, part: str) -> bool:
    found = page.soup.select_one(f"#{part} tbody th")
    return found is not None and cast.CONTENT.title in words(found)


def lines(session: Session) -> list[tuple[str, dict[str, object]]]:
    wanted = select(JournalEntry).where(JournalEntry.action.regexp_match("^(review|interest|scoring)"))
    return [(each.action, each.payload) for each in session.scalars(wanted.order_by(JournalEntry.seq))]


def test_the_first_grid_weighs_what_the_edition_published(session: Session) -> None:
    grid = session.scalars(select(ScoringGrid)).one()
    assert [each.code for each in grid.read] == list(CODES)
    assert all(len(each.levels) == 5 and all(each.levels) and each.weight > 0 for each in grid.read)


def test_a_draft_is_kept_half_written_and_submitted_whole(
    seen_by: Callable[[str], PageClient], at: str, session: Session
) -> None:
    anne = seen_by(ANNE)
    anne.send(at, {"note_portage": "2", "comment": "Début", "version": "1", "step": "draft"})
    page = anne.page(at)
    assert page.soup.select_one("input[name=note_portage][value='2'][checked]")
    assert page.field("comment").strip() == "Début"
    assert listed(anne.page(INDEX), "a-ecrire")
    short = anne.send(at, {"note_portage": "2", "comment": "Début", "version": "1", "step": "submit"})
    assert short.status == 422
    assert "6 réponses sont à revoir" in short.text
    assert lines(session) == [], "a draft is nobody's business"
    done = anne.send(at, opinion(ANNE, "submit"))
    assert "Votre évaluation est rendue." in done.soup.get_text()
    assert listed(anne.page(INDEX), "en-attente")
    assert lines(session) == [("review.submitted", {"grid": 1})]
    assert refusal_of(anne.send(at, opinion(ANNE, "submit", 1))) == (409, "already_submitted")
    assert session.scalars(select(Review)).one().notes == dict.fromkeys(CODES, 3)


# Who reads what Anne, then Anne and Basile, wrote. Chloé holds a draft, Denis is tied to the bearer.
READ = {
    "one in": {ANNE: {ANNE}, BASILE: set(), CHLOE: {CHLOE}, DENIS: set(), AGENT: set(), METRO: set(), VISITOR: set()},
    "two in": {
        ANNE: {ANNE, BASILE},
        BASILE: {ANNE, BASILE},
        CHLOE: {CHLOE},
        DENIS: set(),
        AGENT: set(),
        METRO: set(),
        VISITOR: set(),
        "elise@incubateur.example": {ANNE, BASILE},
    },
}


@pytest.mark.parametrize(("stage", "reader"), [(stage, who) for stage, by in READ.items() for who in by])
def test_nobody_reads_a_word_before_their_turn_whatever_the_page(
    app: Flask, seen_by: Callable[[str], PageClient], need_id: int, at: str, stage: str, reader: str
) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, "elise@incubateur.example", curator=True)
        cast.affiliation(session, DENIS, cast.VERN, mandate=False)
    seen_by(CHLOE).send(at, opinion(CHLOE, "draft"))
    seen_by(ANNE).send(at, opinion(ANNE, "submit", 0))
    if stage == "two in":
        seen_by(BASILE).send(at, opinion(BASILE, "submit", 4))
    client = seen_by(reader)
    every = [
        *(at, f"{at}?grille=1", f"{at}?version=1", INDEX, GRID, "/curation", f"/besoins/{need_id}", "/besoins", "/"),
        *("/curation/journal", f"/curation/journal?sujet=need&numero={need_id}", "/organisations/213503527"),
        *("/compte/donnees.json", f"/curation/besoins/{need_id}/preselection", f"/besoins/{need_id}/coalition.csv"),
    ]
    told = "".join(client.get(path, follow_redirects=True).get_data(as_text=True) for path in every)
    assert {who for who in TEAM if SECRET[who] in told} == READ[stage][reader]
    both = {ANNE, BASILE} <= READ[stage][reader]
    # Neither the mean, nor the disagreement, is told to whoever may not read both.
    assert ("2 sur 4" in told, "4 points d’écart" in told) == (both, both)
    assert listed(client.page(INDEX), "a-discuter") == both if reader in (*TEAM, "elise@incubateur.example") else True


def test_what_was_read_is_no_longer_reviewed_but_who_had_begun_ends(
    app: Flask, seen_by: Callable[[str], PageClient], at: str, session: Session
) -> None:
    chloe = seen_by(CHLOE)
    chloe.send(at, opinion(CHLOE, "draft"))
    for email in (ANNE, BASILE):
        seen_by(email).send(at, opinion(email, "submit"))
    for step in ("draft", "submit"):
        assert refusal_of(seen_by(DENIS).send(at, opinion(DENIS, step))) == (409, "reviews_readable")
    assert chloe.send(at, opinion(CHLOE, "submit")).status == 200
    told = chloe.page(at).text
    assert all(SECRET[email] in told for email in (ANNE, BASILE, CHLOE))
    assert "100 % d’accord" in told or "d’accord entre les notes 100 %" in told
    assert listed(chloe.page(INDEX), "terminees")


def test_a_draft_thrown_away_lets_its_author_read(seen_by: Callable[[str], PageClient], at: str) -> None:
    chloe = seen_by(CHLOE)
    chloe.send(at, opinion(CHLOE, "draft"))
    for email in (ANNE, BASILE):
        seen_by(email).send(at, opinion(email, "submit"))
    assert "Tant que vous gardez un brouillon" in chloe.page(at).text
    assert SECRET[ANNE] in chloe.send(f"{at}/abandon").text
    assert refusal_of(chloe.send(f"{at}/abandon")) == (409, "no_draft")
    assert refusal_of(chloe.send(at, opinion(CHLOE, "submit"))) == (409, "reviews_readable")


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ({}, []),
        ({"equipe": 3, "portage": 2}, []),
        ({"equipe": 4}, ["Équipe : 3 points d’écart"]),
        ({"equipe": 4, "code_ouvert": 4}, ["Équipe : 3 points d’écart", "Code ouvert : 3 points d’écart"]),
        (dict.fromkeys(CODES, 4), ["La note d’ensemble : 3 points d’écart"]),
    ],
)
def test_notes_more_than_two_points_apart_are_named_to_be_discussed(
    seen_by: Callable[[str], PageClient], at: str, notes: dict[str, int], named: list[str]
) -> None:
    anne = seen_by(ANNE)
    anne.send(at, opinion(ANNE, "submit", 1))
    seen_by(BASILE).send(at, opinion(BASILE, "submit", 1, **notes))
    page = anne.page(at)
    told = [words(each) for each in page.soup.select("#synthese ul:not(.fr-btns-group) li")]
    assert set(named) <= set(told)
    assert bool(told) == bool(named) == listed(anne.page(INDEX), "a-discuter")


def test_a_submitted_review_is_corrected_with_a_reason_and_keeps_what_it_said(
    seen_by: Callable[[str], PageClient], at: str, session: Session
) -> None:
    anne = seen_by(ANNE)
    assert refusal_of(anne.send(at, {**opinion(ANNE, "correct"), "motive": "Mieux"})) == (409, "nothing_submitted")
    anne.send(at, opinion(ANNE, "submit", 1))
    assert anne.send(at, opinion(ANNE, "correct", 2)).status == 422
    anne.send(at, {**opinion(ANNE, "correct", 2), "motive": "Relu le dossier."})
    kept = session.scalars(select(ReviewCorrection)).one()
    assert (kept.notes, kept.motive) == (dict.fromkeys(CODES, 1), "Relu le dossier.")
    assert session.scalars(select(Review)).one().notes == dict.fromkeys(CODES, 2)
    anne.send(at, {**opinion(ANNE, "correct", 2), "motive": "Rien."})
    assert lines(session) == [("review.submitted", {"grid": 1}), ("review.corrected", {"grid": 1})]
    seen_by(BASILE).send(at, opinion(BASILE, "submit", 2))
    assert "Relu le dossier." in seen_by(BASILE).page(at).text


def test_the_journal_of_reviews_says_nothing_of_them(
    seen_by: Callable[[str], PageClient], at: str, session: Session
) -> None:
    for email in (ANNE, BASILE):
        seen_by(email).send(at, opinion(email, "submit", 4))
    seen_by(ANNE).send(at, {**opinion(ANNE, "correct", 2), "motive": "Motif-secret"})
    seen_by(CHLOE).send(at.replace("evaluation", "interet"), {"reason": "Raison-secrète"})
    told = json.dumps(lines(session), ensure_ascii=False)
    page = seen_by(DENIS).page("/curation/journal").text
    for text in (told, page):
        assert "review.submitted" in text
        assert "interest.declared" in text
        for secret in (*SECRET.values(), "Motif-secret", "Raison-secrète", "portage"):
            assert secret not in text


# --- interests ---

CONFLICTS = {
    "tied to the bearer": lambda session: cast.affiliation(session, CHLOE, cast.VERN, mandate=False),
    "tied to a member": lambda session: cast.affiliation(session, CHLOE, cast.RENNES_METROPOLE, mandate=False),
    "formerly tied to the bearer": lambda session: ended(session, CHLOE, cast.VERN),
    "tied to what the bearer became": lambda session: (
        cast.vanish(session, cast.VERN, into=cast.ARBRISSEL)
        or cast.affiliation(session, CHLOE, cast.ARBRISSEL, mandate=False)
    ),
}
NO_CONFLICTS = {
    "no tie": lambda _session: None,
    "tied elsewhere": lambda session: cast.affiliation(session, CHLOE, cast.BRETAGNE, mandate=False),
    "asked, never proven": lambda session: asked(session, CHLOE, cast.VERN),
    "tied to who left": lambda session: left(session, CHLOE),
}


def ended(session: Session, email: str, reference: str) -> None:
    tie = cast.affiliation(session, email, reference, mandate=False)
    tie.ended_at, tie.ended_by_id = clock.now(), tie.agent_id


def asked(session: Session, email: str, reference: str) -> None:
    person, place = cast.agent(session, email), cast.organisation(session, reference)
    session.add(
        Affiliation(
            agent_id=person.id, organisation_id=place.id, role="agent", function="", motive="", asked_at=clock.now()
        )
    )


def left(session: Session, email: str) -> None:
    cast.affiliation(session, email, cast.RENNES_METROPOLE, mandate=False)
    leave(session, cast.affiliation(session, METRO, cast.RENNES_METROPOLE), 1)


@pytest.mark.parametrize(("name", "step"), product({**CONFLICTS, **NO_CONFLICTS}, ("draft", "submit")))
def test_a_tie_to_the_coalition_is_found_and_refused_by_name(
    app: Flask, seen_by: Callable[[str], PageClient], at: str, name: str, step: str
) -> None:
    with app.app_context(), transaction() as session:
        {**CONFLICTS, **NO_CONFLICTS}[name](session)
    chloe = seen_by(CHLOE)
    page = chloe.send(at, opinion(CHLOE, step))
    if name in NO_CONFLICTS:
        assert page.status == 200
        return
    assert refusal_of(page) == (403, "conflict_of_interest")
    assert "Vous êtes, ou avez été, rattaché à une organisation" in page.text
    assert listed(chloe.page(INDEX), "deports")
    assert chloe.page(at).soup.select("button[value=submit]") == []


def test_an_interest_is_declared_takes_effect_and_is_undone(
    seen_by: Callable[[str], PageClient], at: str, session: Session
) -> None:
    chloe, interest = seen_by(CHLOE), at.replace("evaluation", "interet")
    assert chloe.send(interest, {"reason": " "}).status == 422
    chloe.send(interest, {"reason": "Mon frère y travaille."})
    assert refusal_of(chloe.send(interest, {"reason": "Encore"})) == (409, "already_declared")
    refused = chloe.send(at, opinion(CHLOE, "submit"))
    assert refusal_of(refused) == (403, "conflict_of_interest")
    assert "Mon frère y travaille." in refused.text
    assert "Mon frère" not in seen_by(ANNE).page(at).text
    assert refusal_of(seen_by(ANNE).send(f"{interest}/retrait")) == (409, "nothing_declared")
    chloe.send(f"{interest}/retrait")
    assert chloe.send(at, opinion(CHLOE, "submit")).status == 200
    assert [action for action, _ in lines(session)] == ["interest.declared", "interest.withdrawn", "review.submitted"]
    assert session.scalars(select(DeclaredInterest)).one().withdrawn_at is not None


def test_a_review_by_who_steps_aside_since_no_longer_counts(seen_by: Callable[[str], PageClient], at: str) -> None:
    for email in (ANNE, BASILE):
        seen_by(email).send(at, opinion(email, "submit"))
    seen_by(BASILE).send(at.replace("evaluation", "interet"), {"reason": "Je le découvre."})
    anne = seen_by(ANNE).page(at).text
    assert "1 évaluation rendue, il en faut 2. 1 mise de côté, pour intérêt." in anne
    assert SECRET[BASILE] not in anne
    basile = seen_by(BASILE).page(at).text
    assert SECRET[ANNE] not in basile
    assert "elle ne compte plus" in basile
    seen_by(CHLOE).send(at, opinion(CHLOE, "submit"))
    assert SECRET[CHLOE] in seen_by(ANNE).page(at).text


def test_who_stepped_aside_is_told_by_number_and_kind_never_by_name(
    app: Flask, seen_by: Callable[[str], PageClient], need_id: int, at: str
) -> None:
    with app.app_context(), transaction() as session:
        cast.affiliation(session, DENIS, cast.VERN, mandate=False)
        cast.affiliation(session, DENIS, cast.RENNES_METROPOLE, mandate=False)
    seen_by(CHLOE).send(at.replace("evaluation", "interet"), {"reason": "Un proche."})
    with app.app_context():
        need = db.session.get_one(Need, need_id)
        assert queries.recused(db.session(), need_id) == queries.Recused(2, ["commune", "metropole"])
        team = list(db.session.scalars(select(Agent).where(Agent.is_curator).order_by(Agent.id)))
        free = queries.reviewers_without_interest(db.session(), need, team)
        assert [each.email for each in free] == [ANNE, BASILE]
        assert [each.cause for each in queries.interests(db.session(), team[3], need)] == ["bears", "joined"]
    told = seen_by(ANNE).page(at).text
    assert "2 membres de l’équipe se sont déportés" in told
    assert "denis" not in told
    assert "chloe" not in told


def test_a_curator_forgotten_leaves_what_the_team_decided_on_and_nothing_personal(
    seen_by: Callable[[str], PageClient], at: str, session: Session
) -> None:
    seen_by(ANNE).send(at, opinion(ANNE, "submit"))
    seen_by(CHLOE).send(at, opinion(CHLOE, "draft"))
    seen_by(CHLOE).send(at.replace("evaluation", "interet"), {"reason": "Un proche y travaille."})
    for email in (ANNE, CHLOE):
        seen_by(email).send("/compte/suppression", {"sure": "y"})
    assert [each.comment for each in session.scalars(select(Review))] == [SECRET[ANNE]]
    kept = session.scalars(select(DeclaredInterest)).one()
    assert (kept.reason, kept.withdrawn_at) == ("", None)


@pytest.mark.parametrize("state", [each for each in State if each not in (State.DRAFT,)])
def test_only_what_waits_for_a_round_is_reviewed(
    app: Flask, seen_by: Callable[[str], PageClient], need_id: int, at: str, state: State
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Need, need_id).state = state
    answer = seen_by(ANNE).send(at, opinion(ANNE, "submit"))
    allowed = state in (State.QUALIFIED, State.SHORTLISTED, State.NOT_SELECTED)
    assert refusal_of(answer) == ((200, "") if allowed else (409, "not_reviewed"))


@pytest.mark.parametrize("who", [AGENT, METRO, VISITOR])
def test_evaluations_are_the_teams(seen_by: Callable[[str], PageClient], at: str, session: Session, who: str) -> None:
    client = seen_by(who)
    for path in (at, INDEX, GRID):
        assert client.get(path).status_code == (403 if who else 302)
    for path in (at, f"{at}/abandon", at.replace("evaluation", "interet"), GRID):
        assert client.send(path, {**opinion(ANNE, "submit"), "reason": "x"}).status == 403
    assert session.scalars(select(Review.id)).all() == []


def test_a_note_that_is_none_is_sent_back(seen_by: Callable[[str], PageClient], at: str, session: Session) -> None:
    for note in ("5", "-1", "a", "1.5"):
        form = {**opinion(ANNE, "submit"), "note_portage": note}
        assert seen_by(ANNE).send(at, form).status == 422, note
    assert session.scalars(select(Review.id)).all() == []


# --- grids ---


def grid_sent(page: Page, **changed: object) -> dict[str, object]:
    """The form as the page gives it."""
    form = page.soup.select_one("form[action='/curation/grille']")
    assert form is not None
    typed = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[name]")}
    del typed["csrf_token"]
    return {**typed, "motive": "Le comité l’a demandé.", **changed}


def test_a_changed_grid_is_a_new_version_and_what_stands_stays(
    seen_by: Callable[[str], PageClient], at: str, session: Session
) -> None:
    anne, basile = seen_by(ANNE), seen_by(BASILE)
    for client, email in ((anne, ANNE), (basile, BASILE)):
        client.send(at, opinion(email, "submit"))
    page = anne.page(GRID)
    assert "2 évaluations rendues tiennent sous cette version." in page.text
    assert anne.send(GRID, {**grid_sent(page), "motive": ""}).status == 422
    assert refusal_of(anne.send(GRID, grid_sent(page))) == (422, "same_grid")
    more = {f"c7-level_{note}": f"Niveau {note}" for note in range(5)}
    anne.send(GRID, grid_sent(page, **{"c0-label": "Portage politique", "c1-label": "", "c7-label": "Sobriété"}, **more)
              | {"c7-weight": "2"})  # fmt: skip
    grid = session.get_one(ScoringGrid, 2)
    assert [each.code for each in grid.read] == ["portage", *CODES[2:], "sobriete"]
    assert grid.read[0].label == "Portage politique"
    assert refusal_of(basile.send(GRID, grid_sent(page, **{"c0-weight": "9"}))) == (409, "edited_meanwhile")
    assert "Sous une autre grille" in anne.page(at).text
    former = anne.page(f"{at}?grille=1")
    assert SECRET[BASILE] in former.text
    assert former.soup.select("button[value=submit]") == []
    assert seen_by(CHLOE).page(f"{at}?grille=1").soup.select("button[value=submit]") == []
    assert seen_by(CHLOE).page(f"{at}?grille=3").status == 404
    assert SECRET[BASILE] not in anne.page(at).text


def test_what_is_begun_under_a_grid_ends_under_it_and_a_draft_follows(
    seen_by: Callable[[str], PageClient], at: str, session: Session
) -> None:
    seen_by(CHLOE).send(at, opinion(CHLOE, "draft"))
    anne = seen_by(ANNE)
    anne.send(GRID, grid_sent(anne.page(GRID), **{"c0-weight": "9"}))
    assert "La grille a changé depuis votre brouillon" in seen_by(CHLOE).page(at).text
    assert refusal_of(seen_by(CHLOE).send(at, opinion(CHLOE, "submit"))) == (409, "edited_meanwhile")
    seen_by(CHLOE).send(at, {**opinion(CHLOE, "submit"), "version": "2"})
    assert session.scalars(select(Review)).one().grid_version == 2
    anne.send(GRID, grid_sent(anne.page(GRID), **{"c0-weight": "8"}))
    assert "version 2" in anne.page(at).text
    anne.send(at, {**opinion(ANNE, "submit"), "version": "2"})
    assert SECRET[CHLOE] in anne.page(f"{at}?grille=2").text


@pytest.mark.parametrize(
    "wrong", [{"c0-weight": "0"}, {"c0-weight": "x"}, {"c0-level_2": ""}, {f"c{n}-label": "" for n in range(7)}]
)
def test_a_grid_without_sense_is_sent_back(
    seen_by: Callable[[str], PageClient], session: Session, wrong: dict[str, object]
) -> None:
    anne = seen_by(ANNE)
    assert anne.send(GRID, grid_sent(anne.page(GRID), **wrong)).status == 422
    assert len(session.scalars(select(ScoringGrid.version)).all()) == 1


def test_the_lists_ask_a_bounded_number_of_times(
    app: Flask, seen_by: Callable[[str], PageClient], at: str, count: Callable[[PageClient, str], int]
) -> None:
    for email in (ANNE, BASILE):
        seen_by(email).send(at, opinion(email, "submit"))
    client = seen_by(ANNE)
    few = {path: count(client, path) for path in (INDEX, at, GRID)}
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, AGENT, cast.VERN)
        for _ in range(9):
            session.get_one(Need, cast.posted_need(session, author, cast.CONTENT)).state = State.QUALIFIED
    assert {path: count(client, path) for path in (INDEX, at, GRID)} == few
