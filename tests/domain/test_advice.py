"""Which desk pays on which day, as the State's dated rules read."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coconstruction.funding.advice import Line, Outcome, Situation, Standing, Verdict, advise, best, in_force
from coconstruction.funding.desks import PUBLISHED, Desk, Gathering, Nature, round_rule
from coconstruction.funding.nature import nature_of
from coconstruction.needs.themes import THEMES
from coconstruction.territories.models import KINDS

DRAFT, WAVE_1, WAVE_2 = date(2020, 11, 1), date(2021, 6, 1), date(2021, 10, 1)
TREE = {"all": [{"inhabitants": 300_000}, {"organisations": 5}]}
TODAY = date(2026, 11, 23)
RULES = [*PUBLISHED, round_rule(1, TREE, date(2021, 1, 25)), round_rule(2, {"organisations": 2}, date(2026, 1, 1))]

days = st.dates(date(2019, 1, 1), date(2030, 1, 1))
situations = st.builds(
    Situation,
    nature=st.sampled_from(Nature),
    theme=st.sampled_from(["", *THEMES]),
    origin=st.sampled_from(["need", "existing_service"]),
    cost_cents=st.none() | st.integers(1, 10**11),
    kinds=st.frozensets(st.sampled_from(KINDS), max_size=4),
    inhabitants=st.integers(0, 2_000_000),
    departements=st.integers(0, 4),
    organisations=st.integers(0, 9),
)


def village(**more: object) -> Situation:
    told = {"kinds": frozenset({"commune"}), "inhabitants": 8_169, "organisations": 1, "cost_cents": 2_800_000}
    return Situation(**{**told, **more})  # type: ignore[arg-type]


def answer(situation: Situation, desk: Desk, day: date) -> Line:
    return next(each for each in advise(situation, RULES, day) if each.rule.desk is desk)


def meets_axis_two(situation: Situation, day: date) -> bool:
    """The history of the threshold, read aloud."""
    if day < date(2021, 1, 25):
        return situation.inhabitants >= 1_000_000 or situation.departements >= 3
    if day < date(2021, 9, 20):
        return situation.inhabitants >= 500_000 or situation.departements >= 1
    return situation.inhabitants >= 300_000 or situation.departements >= 1


@given(situations, days)
def test_every_desk_answers_once_and_sorts_all_it_asks(situation: Situation, day: date) -> None:
    lines = advise(situation, RULES, day)
    assert [each.rule.desk for each in lines] == list(Desk)
    for line in lines:
        assert len(line.met) + len(line.missing) + len(line.doubtful) == len(line.rule.criteria)
        assert line.amount_cents is None or not line.missing


@given(situations, days)
def test_axis_two_asks_what_its_wave_asked_and_axis_three_the_contrary(situation: Situation, day: date) -> None:
    reached = meets_axis_two(situation, day)
    national, local = answer(situation, Desk.AXIS_TWO, day), answer(situation, Desk.AXIS_THREE, day)
    threshold = next(each for each in national.findings if isinstance(each.criterion, Gathering))
    assert (threshold.outcome is Outcome.MET) == reached
    assert (local.findings[0].outcome is Outcome.MISSING) == reached


@given(situations, days)
def test_no_aid_is_above_the_cost_but_the_flat_one(situation: Situation, day: date) -> None:
    for line in advise(situation, RULES, day):
        if line.amount_cents is not None and line.rule.flat_cents is None:
            assert situation.cost_cents is not None
            assert 0 <= line.amount_cents <= situation.cost_cents


@pytest.mark.parametrize(
    ("day", "name", "standing", "amount"),
    [
        (date(2020, 9, 30), "Axe 2, projet de 2020", Standing.NOT_YET, None),
        (DRAFT, "Axe 2, projet de 2020", Standing.DRAFT, None),
        (date(2021, 1, 24), "Axe 2, projet de 2020", Standing.DRAFT, None),
        (date(2021, 1, 25), "Axe 2, vague 1", Standing.UNKNOWN, 50_000_01),
        (date(2021, 9, 19), "Axe 2, vague 1", Standing.UNKNOWN, 50_000_01),
        (date(2021, 9, 20), "Axe 2, vague 2", Standing.OPEN, 75_000_02),
        (date(2021, 11, 22), "Axe 2, vague 2", Standing.OPEN, 75_000_02),
        (date(2021, 11, 23), "Axe 2, vague 2", Standing.CLOSED, 75_000_02),
    ],
)
@pytest.mark.usefixtures("in_french")
def test_axis_two_changes_with_the_day(day: date, name: str, standing: Standing, amount: int | None) -> None:
    line = answer(village(inhabitants=1_000_000, cost_cents=100_000_03), Desk.AXIS_TWO, day)
    assert (str(line.rule.name), line.standing, line.amount_cents) == (name, standing, amount)


def test_a_village_is_sent_to_the_prefect_who_may_pay_all() -> None:
    line = answer(village(), Desk.AXIS_THREE, WAVE_2)
    assert (line.verdict, line.amount_cents) == (Verdict.PAYS, 2_800_000)
    assert answer(village(cost_cents=10**9), Desk.AXIS_THREE, WAVE_2).amount_cents == 29_700_000
    assert answer(village(), Desk.AXIS_THREE, date(2021, 2, 28)).verdict is Verdict.SHUT
    assert answer(village(), Desk.AXIS_THREE, TODAY).verdict is Verdict.ASK


def test_what_depends_on_a_choice_is_not_counted_upon() -> None:
    assert best(advise(village(), RULES, WAVE_2)) is None
    county = village(kinds=frozenset({"departement"}), departements=1, theme="procedures")
    found = best(advise(county, RULES, WAVE_2))
    assert found is not None
    assert (found.rule.desk, found.amount_cents) == (Desk.AXIS_TWO, 2_100_000)


def test_the_franceconnect_ticket_is_flat_and_for_it_alone() -> None:
    plugged = village(nature=Nature.FRANCECONNECT, cost_cents=None)
    line = answer(plugged, Desk.FRANCECONNECT, date(2022, 1, 1))
    assert (line.verdict, line.amount_cents) == (Verdict.PAYS, 500_000)
    assert answer(plugged, Desk.FRANCECONNECT, TODAY).standing is Standing.UNKNOWN
    assert not answer(village(), Desk.FRANCECONNECT, TODAY).concerns


def test_cybersecurity_goes_to_anssi_whose_terms_are_unknown() -> None:
    line = answer(village(nature=Nature.CYBERSECURITY), Desk.ANSSI, TODAY)
    assert (line.verdict, line.amount_cents, line.concerns) == (Verdict.ASK, None, True)


@pytest.mark.parametrize("desk", [Desk.AXIS_ONE, Desk.AXIS_TWO])
def test_no_national_desk_buys_equipment(desk: Desk) -> None:
    assert not answer(village(nature=Nature.EQUIPMENT), desk, WAVE_2).concerns


@pytest.mark.parametrize(("kind", "outcome"), [("commune", "met"), ("ccas", "doubtful"), ("association", "missing")])
def test_a_kind_the_sources_do_not_name_is_a_doubt(kind: str, outcome: str) -> None:
    line = answer(village(kinds=frozenset({kind})), Desk.AXIS_TWO, WAVE_2)
    assert line.findings[1].outcome == outcome


def test_axis_one_follows_the_threshold_of_the_day() -> None:
    chosen = {day: in_force(RULES, day)[Desk.AXIS_ONE].criteria[0] for day in (WAVE_1, date(2022, 1, 1), TODAY)}
    assert not isinstance(chosen[WAVE_1], Gathering)  # the edition of 2021 published no figure
    assert chosen[date(2022, 1, 1)] == Gathering(TREE)
    assert chosen[TODAY] == Gathering({"organisations": 2})


def test_what_is_to_check_depends_on_where_the_need_comes_from() -> None:
    new, existing = (answer(village(origin=each), Desk.AXIS_ONE, TODAY) for each in ("need", "existing_service"))
    assert new.to_check != existing.to_check


@given(days)
def test_a_rule_that_shut_never_opens_again(day: date) -> None:
    for before, after in zip(advise(village(), RULES, day), advise(village(), RULES, day + timedelta(1)), strict=True):
        if before.standing is Standing.CLOSED and before.rule is after.rule:
            assert after.standing is Standing.CLOSED


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("Les familles se déplacent en mairie", Nature.SERVICE),
        ("Se connecter avec FranceConnect", Nature.FRANCECONNECT),
        ("Après une CYBERATTAQUE", Nature.CYBERSECURITY),
        ("Un rançongiciel a tout chiffré", Nature.CYBERSECURITY),
    ],
)
def test_the_words_of_a_need_tell_what_it_would_buy(text: str, nature: Nature) -> None:
    assert nature_of(text) is nature
