"""Whoever follows every link that the public is given, and searches for people by name, finds organisations."""

from collections import Counter, deque
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urldefrag, urljoin, urlsplit
from zipfile import ZipFile

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.assistance.actions import Request, start
from coconstruction.coalitions.actions import join
from coconstruction.database import transaction
from coconstruction.discussions.actions import Words, say
from coconstruction.discussions.voices import Voice
from coconstruction.following.actions import tell
from coconstruction.journal import last_line
from coconstruction.needs.actions import save_draft, support
from coconstruction.papers import odt, pdf
from coconstruction.settings import Settings
from coconstruction.web.spreadsheets import ODS
from coconstruction.worker import run_once
from tests import cast
from tests.reading import PageClient
from tests.selection import CURATOR, PUBLISHED, VOTERS, VOTING, deposit, prepare

FAMILY, NEIGHBOUR = "Quatrefages", "neighbour@apart.example"
MOST_OF_A_KIND = 25  # the directory has 36,000 organisations
SEARCHES = [f"{page}?q={FAMILY.lower()}" for page in ("/besoins", "/solutions", "/organisations", "/recherche")]
EVERYWHERE = ("/", "/besoins?q=cantine", "/organisations?q=arbrissel", "/recherche?q=demo", *SEARCHES)


@pytest.fixture
def lived_in(app: Flask, worker_settings: Settings, session: Session) -> Iterator[Flask]:
    """People of every sort have acted in every way."""
    candidates = prepare(app)
    app.extensions["search"].rebuild([], last_line(session)[0])
    with time_machine.travel(VOTING, tick=False):
        for email in VOTERS:
            deposit(PageClient(app), email, candidates[:2])
        with app.app_context(), transaction() as writing:
            village = cast.organisation(writing, cast.ARBRISSEL)
            author = cast.affiliation(writing, "vern@demo.example", cast.VERN)
            need_id = cast.posted_need(writing, author)
            curator = cast.agent(writing, CURATOR)
            hat = start(writing, curator, village, Request(f"Mme {FAMILY}", "téléphone", f"Selon Mme {FAMILY}."))
            support(writing, hat, need_id)
            join(writing, cast.affiliation(writing, "metro@demo.example", cast.RENNES_METROPOLE), need_id, "pilote", [])
            say(writing, Voice(author.agent, author), need_id, Words("Et chez vous ?"))
            tell(writing, author, need_id, "L’essai commence", "En mars.")
            say(writing, Voice(curator), need_id, Words("Une solution existe."), 1)
            save_draft(writing, author, None, cast.CONTENT)
            for person in writing.scalars(select(Agent)):
                person.name = f"Zoé {FAMILY}"
            for tie in writing.scalars(select(Affiliation)):
                tie.function, tie.motive = "Directrice", f"Demandez à Mme {FAMILY}"
            cast.agent(writing, NEIGHBOUR, "commune:35001")
    with time_machine.travel(PUBLISHED, tick=False):
        assert run_once(app, worker_settings)
        yield app


@pytest.mark.parametrize("who", [None, NEIGHBOUR])
def test_no_page_that_others_can_reach_names_anyone(lived_in: Flask, who: str | None) -> None:
    reader = PageClient(lived_in)
    if who:
        cast.sign_in(reader, who)
    seen = Counter(_kind(lived_in, path) for path in _walk(lived_in, reader))
    assert {
        "dossier.show",
        "papers.coalition",
        "papers.members",
        "discussions.show",
        "following.news",
        "rounds.results",
        "organisations.show",
        "search.index",
    } <= seen.keys(), seen


def _walk(app: Flask, reader: PageClient) -> Iterator[str]:
    waiting, known, count = deque(EVERYWHERE), set(EVERYWHERE), Counter[str]()
    while waiting:
        path = waiting.popleft()
        count[kind := _kind(app, path)] += 1
        if count[kind] > MOST_OF_A_KIND:
            continue
        answer = reader.get(path, follow_redirects=True)
        told = _told(answer)
        assert [word for word in (FAMILY, *VOTERS, CURATOR) if word in told] == [], path
        yield path
        for link in _links(told, path) if answer.mimetype == "text/html" else ():
            if link not in known:
                known.add(link)
                waiting.append(link)


def _told(answer: TestResponse) -> str:
    """What a person reads of it, in a file too."""
    if answer.mimetype == pdf.MEDIA_TYPE:
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.get_data())).pages)
    if answer.mimetype in (odt.MEDIA_TYPE, ODS):
        with ZipFile(BytesIO(answer.get_data())) as packed:
            return " ".join(packed.read(name).decode() for name in ("content.xml", "meta.xml"))
    return answer.get_data(as_text=True)


def _links(told: str, path: str) -> Iterator[str]:
    for each in BeautifulSoup(told, "html.parser").select("a[href]"):
        link = urldefrag(urljoin(path, str(each["href"])))[0]
        if not urlsplit(link).netloc and link.startswith("/"):
            yield link


def _kind(app: Flask, path: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path)[0])
    except HTTPException:
        return "none"
