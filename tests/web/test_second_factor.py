"""A curator decides nothing with a mailbox alone: a code of one's phone is asked, once a session."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from coconstruction import clock
from coconstruction.accounts.models import AgentSession, RecoveryCode, SecondFactor
from coconstruction.app import create_app
from coconstruction.database import SAFE_METHODS, transaction
from coconstruction.journal import JournalEntry
from coconstruction.notifications.models import Letter
from coconstruction.settings import Settings
from coconstruction.web.access import Access, access_of
from tests import cast
from tests.conftest import hang_up
from tests.reading import Page, PageClient
from tests.web.test_sessions import another_browser, is_signed_in, key_of, opens_nothing

CLAIRE = "claire@incubateur.example"
FACTOR = "/compte/second-facteur"
ADD, VERIFY, REMOVE, RENEW = (f"{FACTOR}/{each}" for each in ("ajout", "verification", "retrait", "codes"))
SOLUTION = {"name": "Un service partagé", "summary": "Il sert à plusieurs."}
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def claire(app: Flask, client: PageClient) -> PageClient:
    """A curator who has given nothing but a mailbox."""
    with app.app_context(), transaction() as session:
        cast.agent(session, CLAIRE, curator=True)
    cast.sign_in(client, CLAIRE, second_factor=False)
    return client


def begin(client: PageClient) -> pyotp.TOTP:
    """The application of a phone, told the key that the page shows."""
    page = client.send(FACTOR)
    assert page.title == "Ajouter un second facteur"
    (key,) = (each.get_text() for each in page.soup.select("main code"))
    return pyotp.TOTP(key)


def now_of(phone: pyotp.TOTP, *, steps: int = 0) -> str:
    return phone.at(clock.now() + steps * HALF_MINUTE)


def enrol(client: PageClient) -> tuple[pyotp.TOTP, list[str]]:
    """The phone, and the recovery codes, with the code of now spent."""
    phone = begin(client)
    page = client.send(ADD, {"code": now_of(phone)})
    assert page.title == "Vos codes de secours"
    return phone, [each.get_text() for each in page.soup.select("main code")]


def give(client: PageClient, code: str, **more: str) -> Page:
    return client.send(VERIFY, {"code": code, **more})


def may_decide(client: PageClient) -> bool:
    return client.send("/solutions/nouvelle", SOLUTION).status != 403


def letters(session: Session) -> list[str]:
    wanted = select(Letter).where(Letter.template == "second_factor", Letter.recipient == CLAIRE).order_by(Letter.id)
    return [str(each.context["action"]) for each in session.scalars(wanted)]


def journal(session: Session) -> list[str]:
    wanted = select(JournalEntry.action).where(JournalEntry.action.startswith("second_factor"))
    return [each.removeprefix("second_factor.") for each in session.scalars(wanted.order_by(JournalEntry.seq))]


def test_a_curator_adds_a_phone_and_is_told_the_codes_once(claire: PageClient, session: Session) -> None:
    before = key_of(claire)
    _phone, codes = enrol(claire)
    assert len(set(codes)) == 10
    assert key_of(claire) != before
    assert opens_nothing(claire.application, before)
    assert may_decide(claire)
    page = claire.page(FACTOR)
    assert "Il vous reste 10 codes de secours" in page.text
    assert not any(code in page.text for code in codes)
    assert letters(session) == journal(session) == ["added"]


def test_the_square_says_the_key_in_a_picture_the_policy_allows(claire: PageClient) -> None:
    claire.send(FACTOR)
    page = claire.page(ADD)
    picture = page.soup.select_one("main img")
    assert picture is not None
    assert str(picture["src"]).startswith("data:image/svg+xml;base64,")
    assert picture["alt"]
    assert not page.soup.select("main [style]")


def test_a_wrong_first_code_adds_nothing(claire: PageClient, session: Session) -> None:
    begin(claire)
    assert "Il vous reste 4 essais" in claire.send(ADD, {"code": "000000"}).text
    assert not may_decide(claire)
    assert letters(session) == []


def test_the_secret_and_the_codes_are_not_kept_in_clear(claire: PageClient, session: Session) -> None:
    phone, codes = enrol(claire)
    stored = session.scalars(select(SecondFactor.secret)).one()
    assert phone.secret not in stored
    kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {each.replace("-", "") for each in codes} & set(kept)


CURATION = sorted(
    {"/curation/journal", "/curation/tours", "/curation/tours/nouveau", "/solutions/nouvelle", "/curation"}
)


@pytest.mark.parametrize("path", CURATION)
def test_pages_stay_readable_and_say_what_is_missing(claire: PageClient, path: str) -> None:
    page = claire.page(path)
    assert page.status == 200
    assert page.links()["Donner mon code"].startswith(f"{VERIFY}?next=")
    enrol(claire)
    assert "Donner mon code" not in claire.page(path).links()


def test_every_write_of_a_curator_asks_for_it(app: Flask, claire: PageClient) -> None:
    written = [rule for rule in app.url_map.iter_rules() if _writes_as_curator(app, rule)]
    assert len(written) > 15
    token = claire.token()
    for rule in written:
        answer = claire.post(_address(rule), data={"csrf_token": token})
        assert answer.status_code == 403, rule.rule
        assert "second_factor_required" in answer.get_data(as_text=True), rule.rule


def test_a_curator_at_work_in_an_organisation_gives_it_too(app: Flask, claire: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        tie = cast.affiliation(writing, "maire@vern.example", cast.VERN)
        address = f"/organisations/{tie.organisation.code}/equipe/personnes/{tie.id}/fin"
    assert claire.page(address).status == 200
    page = claire.send(address, {"motive": "N’y travaille plus depuis l’été."})
    assert page.status == 403
    assert page.soup.select("[data-refusal=second_factor_required]")
    enrol(claire)
    assert claire.send(address, {"motive": "N’y travaille plus depuis l’été."}).status == 200


def test_what_was_written_is_given_back_and_can_be_sent_after_the_code(claire: PageClient) -> None:
    page = claire.send("/solutions/nouvelle", {"summary": "Il sert déjà à trois communes."})
    assert page.status == 403
    assert page.field("summary") == "Il sert déjà à trois communes."
    assert "Renvoyer" in page.buttons()
    link = page.soup.select_one("[data-refusal] a")
    assert link is not None
    assert link["href"] == f"{VERIFY}?next=%2Fsolutions%2Fnouvelle"
    assert link["target"] == "_blank"  # beside the page that holds what was written
    token = page.field("csrf_token")
    enrol(claire)
    again = claire.post("/solutions/nouvelle", data={"csrf_token": token, "summary": page.field("summary")})
    assert again.status_code == 422  # read at last, and found incomplete


def test_someone_who_is_no_curator_is_never_asked(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, "anne@arbrissel.example", cast.ARBRISSEL)
    cast.sign_in(client, "anne@arbrissel.example", second_factor=False)
    assert client.send("/compte/profil", {"name": "Anne"}).status == 200
    assert "Donner mon code" not in client.page("/compte").links()


def test_each_session_gives_its_own_code_and_comes_back_to_its_page(claire: PageClient) -> None:
    phone, _codes = enrol(claire)
    other = another_browser(claire.application, CLAIRE)
    with other.application.app_context(), transaction() as session:
        mine = AgentSession.second_factor_at.is_not(None)
        latest = session.scalars(select(AgentSession).where(mine).order_by(AgentSession.created_at.desc())).first()
        assert latest is not None
        latest.second_factor_at = None
    assert not may_decide(other)
    page = other.page(f"{VERIFY}?next=/curation/tours/nouveau")
    before = key_of(other)
    token = page.field("csrf_token")
    form = {"csrf_token": token, "code": now_of(phone, steps=1), "next": page.field("next")}
    answer = other.post(VERIFY, data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/curation/tours/nouveau")
    assert opens_nothing(other.application, before)
    assert may_decide(other)


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_on_this_site(claire: PageClient, path: str) -> None:
    phone, _codes = enrol(claire)
    form = {"csrf_token": claire.token(), "code": now_of(phone, steps=1), "next": path}
    assert claire.post(VERIFY, data=form).headers["Location"] == "/compte"


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_serves_half_a_minute_before_and_after(claire: PageClient, steps: int, right: bool) -> None:
    phone, _codes = enrol(claire)
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        assert ("C’est vérifié" in give(claire, now_of(phone, steps=steps)).text) is right


def test_a_code_serves_once(claire: PageClient) -> None:
    with time_machine.travel(clock.now(), tick=False):
        phone, _codes = enrol(claire)
        assert "il a déjà servi" in give(claire, now_of(phone)).text
        assert "C’est vérifié" in give(claire, now_of(phone, steps=1)).text
        assert "il a déjà servi" in give(claire, now_of(phone)).text


@pytest.mark.parametrize(
    "typed", ["٣٣٣٣٣٣", "é", "\x00", "      ", "1" * 40, "123 456", "１２３４５６", "-1", "%s", "²²²²²²"]
)
def test_whatever_is_typed_is_answered(claire: PageClient, typed: str) -> None:
    enrol(claire)
    assert give(claire, typed).status in (200, 422)


def test_a_code_may_be_typed_in_groups(claire: PageClient) -> None:
    phone, _codes = enrol(claire)
    code = now_of(phone, steps=1)
    assert "C’est vérifié" in give(claire, f" {code[:3]} {code[3:]} ").text


def test_five_wrong_codes_make_one_wait_and_say_until_when(claire: PageClient) -> None:
    phone, codes = enrol(claire)
    start = clock.now() + timedelta(minutes=5)
    with time_machine.travel(start, tick=False):
        told = [give(claire, "000000").text for _ in range(5)]
        assert ["4 essais" in told[0], "1 essai." in told[3], "Attendez un quart d’heure" in told[4]] == [True] * 3
        for code in (now_of(phone), codes[0]):
            page = give(claire, code)
            assert page.status == 429
            assert re.search(r"attendez jusqu’à \d+ h \d\d", page.text)
    with time_machine.travel(start + timedelta(minutes=16), tick=False):
        assert "C’est vérifié" in give(claire, now_of(phone)).text


def test_a_recovery_code_serves_once_however_it_is_typed(claire: PageClient, session: Session) -> None:
    _phone, codes = enrol(claire)
    assert "C’est vérifié" in give(claire, codes[0].upper().replace("-", " ")).text
    assert "il a déjà servi" in give(claire, codes[0]).text
    assert "Il vous reste 9 codes de secours" in claire.page(FACTOR).text
    assert letters(session) == journal(session) == ["added", "recovery_used"]


def test_new_recovery_codes_ask_for_a_code_and_end_the_former(claire: PageClient, session: Session) -> None:
    phone, former = enrol(claire)
    assert claire.page(RENEW).status == 200
    assert "il a déjà servi" in claire.send(RENEW, {"code": "000000"}).text
    page = claire.send(RENEW, {"code": now_of(phone, steps=1)})
    fresh = [each.get_text() for each in page.soup.select("main code")]
    assert len(fresh) == 10
    assert not set(fresh) & set(former)
    assert "il a déjà servi" in give(claire, former[0]).text
    assert "C’est vérifié" in give(claire, fresh[0]).text
    assert journal(session)[:2] == ["added", "codes_renewed"]


def test_an_open_session_does_not_suffice_to_remove_it(claire: PageClient, session: Session) -> None:
    phone, _codes = enrol(claire)
    assert may_decide(claire)
    assert claire.send(REMOVE).status == 422
    assert "il a déjà servi" in claire.send(REMOVE, {"code": "000000"}).text
    assert may_decide(claire)
    before = key_of(claire)
    assert "est retiré" in claire.send(REMOVE, {"code": now_of(phone, steps=1)}).text
    assert opens_nothing(claire.application, before)
    assert not may_decide(claire)
    assert letters(session) == journal(session) == ["added", "removed"]
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0


def test_who_lost_everything_is_reset_by_an_operator(app: Flask, claire: PageClient, session: Session) -> None:
    enrol(claire)
    run = app.test_cli_runner().invoke
    assert run(args=["accounts", "reset-second-factor", CLAIRE]).exit_code == 0
    assert not is_signed_in(claire)
    assert letters(session) == journal(session) == ["added", "reset"]
    cast.sign_in(claire, CLAIRE, second_factor=False)
    enrol(claire)
    for email in ("nobody@demo.example", "not an address"):
        refused = run(args=["accounts", "reset-second-factor", email])
        assert (refused.exit_code, email in refused.output) == (2, True)


def test_a_changed_site_key_is_told_and_recovery_codes_still_serve(
    app: Flask, claire: PageClient, worker_settings: Settings
) -> None:
    phone, codes = enrol(claire)
    changed = create_app(replace(worker_settings, secret_key="another key for tests, of no value either"))
    later = PageClient(changed, use_cookies=True)
    cast.sign_in(later, CLAIRE, second_factor=False)
    assert "La clé du site a changé" in give(later, now_of(phone, steps=1)).text
    assert "C’est vérifié" in give(later, codes[0]).text
    assert "est retiré" in later.send(REMOVE, {"code": codes[1]}).text
    enrol(later)
    hang_up(changed)


def test_a_key_changed_before_the_first_code_only_asks_to_begin_again(
    claire: PageClient, worker_settings: Settings
) -> None:
    begin(claire)
    changed = create_app(replace(worker_settings, secret_key="another key for tests, of no value either"))
    later = PageClient(changed, use_cookies=True)
    cast.sign_in(later, CLAIRE, second_factor=False)
    enrol(later)
    hang_up(changed)


def test_beginning_twice_keeps_the_key_already_scanned(claire: PageClient) -> None:
    phone = begin(claire)
    assert begin(claire).secret == phone.secret
    assert claire.send(ADD, {"code": now_of(phone)}).title == "Vos codes de secours"
    assert claire.send(FACTOR).status == 409  # one at a time


def test_the_pages_lead_to_each_other(claire: PageClient) -> None:
    assert claire.page("/compte").links()["Mon second facteur"] == FACTOR
    assert claire.page(VERIFY).title == "Votre second facteur"  # nothing to verify yet
    assert give(claire, "123456").title == "Votre second facteur"
    enrol(claire)
    assert claire.page(ADD).title == "Votre second facteur"


def _writes_as_curator(app: Flask, rule: Rule) -> bool:
    writes = (rule.methods or set()) - SAFE_METHODS
    return bool(writes) and access_of(app.view_functions[rule.endpoint]) is Access.CURATOR


def _address(rule: Rule) -> str:
    return re.sub(r"<(\w+:)?\w+>", lambda found: "1" if found[1] else "x", rule.rule)
