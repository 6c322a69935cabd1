"""The coalition of a need on a few sheets, for a council, a prefect or a file."""

from collections.abc import Iterator

from coconstruction import clock
from coconstruction.coalitions.queries import Member
from coconstruction.coalitions.thresholds import Progress
from coconstruction.coalitions.wording import (
    counted,
    criterion_label,
    member_role,
    missing,
    pledge_total,
    rule_sentence,
)
from coconstruction.needs.themes import THEMES
from coconstruction.needs.wording import place_name, state_label
from coconstruction.papers.paper import Block, Heading, Items, Paper, Paragraph, Table, Terms
from coconstruction.papers.queries import Facts
from coconstruction.papers.wording import address_of, departement_of, nature_of, pledges_of, standing
from coconstruction.territories.departements import Share
from coconstruction.web.filters import date, datetime, euros, number, percent

MOST_LISTED = 300  # a file of two thousand would keep everyone waiting; a spreadsheet holds them better
ONE_OUT_OF_ANOTHER = "{} sur {}"


def summary(facts: Facts, base_url: str) -> Paper:
    need, address = facts.need, address_of(facts.need, base_url)
    return Paper(
        name=f"coalition-besoin-{need.id}",
        title=f"Synthèse de la coalition : {need.title}",
        heading="Synthèse de la coalition",
        subject=need.title,
        footer=f"Établi le {datetime(clock.now())} (heure de Paris). Page à jour : {address}",
        blocks=[*_need(facts, address), *_threshold(facts), *_covered(facts), *_pledges(facts)],
    )


def _need(facts: Facts, address: str) -> Iterator[Block]:
    need = facts.need
    known = (
        ("Porté par", place_name(need.organisation)),
        ("Thème", str(THEMES.get(need.theme, ""))),
        ("Publié le", date(need.posted_at) if need.posted_at else ""),
        ("État", f"{state_label(need.state)}, depuis le {date(need.state_at)}"),
        ("Coût estimé", euros(need.estimated_cost) if need.estimated_cost else "non renseigné"),
        ("Soutiens", f"{number(need.supports_count)} organisations disent avoir aussi ce besoin"),
        ("Adresse permanente", address),
    )
    yield Heading("Le besoin")
    yield Terms([(term, meaning) for term, meaning in known if meaning])
    said = (
        ("Ce qui se passe aujourd’hui", need.problem),
        ("Pour qui", need.audience),
        ("À quelle fréquence", need.frequency),
        ("Comment font-ils sans cela", need.workaround),
        ("Ce que cela changerait", need.expected_effect),
    )
    yield Terms([(term, text) for term, text in said if text])


def _threshold(facts: Facts) -> Iterator[Block]:
    progress, crossing = facts.coalition.progress, facts.coalition.crossing
    yield Heading("Le seuil de mutualisation")
    yield Paragraph(f"Le seuil : {rule_sentence(progress)}.")
    if crossing is not None:
        yield Paragraph(f"Seuil franchi le {date(crossing.at)}.")
    if not progress.met:
        yield Paragraph(f"Il manque {missing(progress)}.")
    rows = [_criterion(leaf) for leaf in progress.leaves()]
    header = ("Critère", "Réuni", "Demandé", "Atteint")
    yield Table("Où en est chaque critère", header, rows, numeric=(1, 2), shares=(5, 4, 4, 2))


def _criterion(leaf: Progress) -> tuple[str, ...]:
    if leaf.criterion is None:
        raise ValueError("a leaf has a criterion")
    gathered, asked = counted(leaf.criterion, leaf.value), counted(leaf.criterion, leaf.target)
    return criterion_label(leaf), gathered, asked, "oui" if leaf.met else "non"


def _covered(facts: Facts) -> Iterator[Block]:
    yield Heading("La population couverte")
    yield Paragraph(
        f"{number(facts.need.covered_population)} habitants vivent sur les territoires réunis des membres "
        f"({facts.vintage}, Insee). Chacun est compté une seule fois, même si sa commune, son intercommunalité et son "
        "département sont tous membres."
    )
    if facts.shares:
        header = ("Département", "Communes", "Habitants", "Part")
        rows = [_departement(share) for share in facts.shares]
        yield Table("Part de chaque département", header, rows, numeric=(1, 2, 3), shares=(5, 4, 5, 2))


def _departement(share: Share) -> tuple[str, ...]:
    place = share.departement
    return (
        f"{place.code} {place.name}",
        ONE_OUT_OF_ANOTHER.format(number(share.communes), number(place.communes)),
        ONE_OUT_OF_ANOTHER.format(number(share.population), number(place.population)),
        f"moins de {percent(1)}" if share.percent < 1 else percent(int(share.percent)),
    )


def _pledges(facts: Facts) -> Iterator[Block]:
    coalition = facts.coalition
    yield Heading("Les collectivités engagées")
    if not coalition.members:
        yield Paragraph("Aucune collectivité ne s’est encore engagée.")
        return
    if coalition.totals:
        yield Paragraph("En tout, elles mettent en commun :")
        yield Items([pledge_total(amount, kind) for kind, amount in coalition.totals.items()])
    if coalition.pending:
        yield Paragraph("Sous condition, et pas encore comptés :")
        yield Items([pledge_total(amount, kind) for kind, amount in coalition.pending.items()])
    header = ("Collectivité", "Place", "Habitants", "Met en commun")
    rows = [_member(each) for each in coalition.members[:MOST_LISTED]]
    yield Table("Ce que chacune met en commun", header, rows, numeric=(2,), shares=(5, 4, 3, 7))
    if len(coalition.members) > MOST_LISTED:
        yield Paragraph(
            f"Ce sont les {MOST_LISTED} plus peuplées sur {number(len(coalition.members))}. La page du besoin donne "
            "la liste entière, à lire ou à télécharger."
        )
    yield Paragraph(
        "Les habitants de chaque ligne ne s’additionnent pas : un habitant peut relever de plusieurs de ces "
        "collectivités."
    )


def _member(member: Member) -> tuple[str, ...]:
    place, body = member.membership, member.membership.organisation
    where = ", ".join(part for part in (nature_of(body), departement_of(body)) if part)
    return (
        f"{body.name}\n{where}",
        f"{member_role(place.role)}, {standing(place)}",
        number(body.population) if body.population else "",
        "\n".join(pledges_of(member)) or "Rien de précis pour l’instant",
    )
