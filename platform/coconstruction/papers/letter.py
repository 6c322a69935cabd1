"""The letter by which a member commits itself: filled with what the site knows, dots where it does not."""

from collections.abc import Iterator
from dataclasses import dataclass

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.coalitions.models import Membership
from coconstruction.coalitions.queries import Member
from coconstruction.coalitions.wording import member_role
from coconstruction.needs.models import Need
from coconstruction.needs.wording import place_name
from coconstruction.papers.paper import Block, Heading, Items, Paper, Paragraph, Signature, Terms
from coconstruction.papers.wording import DOTS, address_of, departement_of, nature_of, pledges_of, standing
from coconstruction.web.filters import date, number


@dataclass(frozen=True)
class Letter:
    """`reader`: who asks for the letter; nobody else is named in it."""

    need: Need
    member: Member
    reader: Agent
    vintage: str


def letter(about: Letter, base_url: str) -> Paper:
    need, body = about.need, about.member.membership.organisation
    return Paper(
        name=f"lettre-d-engagement-besoin-{need.id}",
        title=f"Lettre d’engagement de {body.name} : {need.title}",
        heading="Lettre d’engagement",
        subject=f"De {place_name(body)} à la coalition réunie pour ce besoin : {need.title}",
        footer=f"Préparée le {date(clock.now())}. Besoin et coalition : {address_of(need, base_url)}",
        blocks=[*_parties(about, base_url), *_commitment(about), *_decision(about), *_signature()],
    )


def _parties(about: Letter, base_url: str) -> Iterator[Block]:
    need, body = about.need, about.member.membership.organisation
    known = (
        ("Organisation", body.name),
        ("Nature", nature_of(body)),
        ("SIREN", body.siren or ""),
        ("Département", departement_of(body)),
        ("Habitants", f"{number(body.population)} ({about.vintage}, Insee)" if body.population else ""),
    )
    yield Heading("Qui s’engage")
    yield Terms([(term, meaning) for term, meaning in known if meaning])
    yield Heading("Pour quel besoin")
    yield Terms(
        [
            ("Besoin", need.title),
            ("Porté par", place_name(need.organisation)),
            ("Adresse permanente", address_of(need, base_url)),
        ]
    )


def _commitment(about: Letter) -> Iterator[Block]:
    place = about.member.membership
    yield Heading("Notre engagement")
    yield Paragraph(
        f"Par la présente, {place.organisation.name} confirme sa place dans la coalition réunie pour ce besoin : "
        f"{member_role(place.role)} ({standing(place)})."
    )
    pledges = pledges_of(about.member)
    yield Paragraph("Nous mettons en commun :" if pledges else f"Nous mettons en commun : {DOTS}{DOTS}")
    if pledges:
        yield Items(pledges)
    if place.affiliation.agent_id == about.reader.id and about.reader.name and not place.affiliation.assisted:
        yield Paragraph(f"Engagement enregistré sur la plateforme par {about.reader.name}.")


def _decision(about: Letter) -> Iterator[Block]:
    place = about.member.membership
    yield Heading("La décision de notre assemblée")
    yield Paragraph(f"Délibération {_number(place)} du {_day(place)}.")
    if place.firm_at is None:
        yield Paragraph("Tant que notre assemblée n’a pas délibéré, cet engagement est une intention.")


def _number(place: Membership) -> str:
    return f"n° {place.deliberation_number or DOTS}"


def _day(place: Membership) -> str:
    return date(place.deliberation_on) if place.deliberation_on else DOTS


def _signature() -> Iterator[Block]:
    yield Heading("Signature")
    yield Paragraph(f"Fait à {DOTS}, le {DOTS}")
    yield Paragraph(f"Nom, prénom et qualité de la personne qui signe : {DOTS}{DOTS}")
    yield Signature("Signature et cachet")
