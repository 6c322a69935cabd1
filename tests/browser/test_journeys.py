"""A village posts a need, others join, it is selected. With scripts, every page is looked over on the way."""

import pytest

from tests.browser import people, story
from tests.browser.conftest import Arrive
from tests.served import Site
from tests.stranger import recount

ENGAGED = {
    "secretaire@arbrissel.example",
    "numerique@rocheauxfees.example",
    "dsi@ille-et-vilaine.example",
    "maire@vern-sur-seiche.example",
    "velo@rennes-metropole.example",
}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_village_takes_its_need_to_the_published_selection(own_site: Site, arrive: Arrive, scripts: bool) -> None:
    visitor = arrive(own_site, scripts=scripts)
    visitor.watch.refusals = {422}  # forms sent back once on purpose
    story.draft(visitor)
    need = story.post(visitor)
    story.gather(visitor, need)
    assert story.read_letters(visitor, f"Seuil franchi : « {story.TITLE} »") == dict.fromkeys(ENGAGED, 1)

    story.shortlist(visitor)
    story.enter_in_round(visitor, "60 000")
    story.turn_clock(visitor, "Vote")
    story.vote(visitor, people.MIREILLE, (story.OTHERS[0],))
    story.vote(visitor, people.BERTRAND, (story.TITLE, story.OTHERS[0], story.OTHERS[1]))
    story.vote(visitor, people.FATOU, (story.TITLE, *story.OTHERS))
    story.vote(visitor, people.MIREILLE, (story.TITLE, story.OTHERS[0]), version=2)
    story.check_sealed(visitor)

    story.turn_clock(visitor, "Publication du résultat")
    document = story.published(visitor)
    kept, spent = recount(document)
    assert (kept, spent) == (document["outcome"]["selected"], document["outcome"]["spent"])
    titles = {each["id"]: each["title"] for each in document["candidates"]}
    assert [titles[each] for each in kept] == [story.TITLE, *story.OTHERS[:2]]
    assert story.state_of(visitor, need) == "Retenu"
    unlucky = next(each for each in document["candidates"] if each["id"] not in kept)
    assert story.state_of(visitor, unlucky["path"]) == "Non retenu à ce tour"
