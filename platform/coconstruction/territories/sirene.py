"""Reads Sirene, the register of legal units (Insee): its stock of units (StockUniteLegale), or an export of
establishments, which also says the commune of the seat. Headers and legal forms: docs/decisions/0016."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coconstruction.territories.changes import Change, Line
from coconstruction.territories.csv_files import Column, TableError, read_rows
from coconstruction.territories.groupings import Delivery, Group
from coconstruction.territories.identities import Identity
from coconstruction.territories.models import Alias, Organisation, Territory
from coconstruction.territories.names import of_name

UNIT = (
    Column("siren", ("siren",)),
    Column("form", ("categorieJuridiqueUniteLegale",)),
    Column("state", ("etatAdministratifUniteLegale",)),
    Column("name", ("denominationUniteLegale",)),
    Column("commune", ("codeCommuneEtablissement",), needed=False),
    Column("seat", ("etablissementSiege",), needed=False),
)
SEAT = (
    Column("siren", ("siren",)),
    Column("seat", ("etablissementSiege",)),
    Column("commune", ("codeCommuneEtablissement",)),
)
OPEN, CLOSED, NOT_THE_SEAT = "A", "C", ("false", "faux", "non", "0")
SIREN = re.compile(r"\d{9}")


@dataclass(frozen=True)
class Form:
    """A legal form (Insee, catégories juridiques): the organisation it makes, and what it is called."""

    kind: str
    nature: str


CCAS, CIAS, SDIS = "7361", "7367", "7372"
FORMS = {
    "7340": Form("syndicat_mixte", "Pôle métropolitain"),
    "7345": Form("syndicat_mixte", "Syndicat intercommunal à vocation multiple (SIVOM)"),
    "7353": Form("syndicat_mixte", "Syndicat intercommunal à vocation unique (SIVU)"),
    "7354": Form("syndicat_mixte", "Syndicat mixte fermé"),
    "7355": Form("syndicat_mixte", "Syndicat mixte ouvert"),
    "7357": Form("syndicat_mixte", "Pôle d’équilibre territorial et rural (PETR)"),
    CCAS: Form("ccas", "Centre communal d’action sociale (CCAS)"),
    CIAS: Form("ccas", "Centre intercommunal d’action sociale (CIAS)"),
    SDIS: Form("sdis", "Service départemental d’incendie et de secours (SDIS)"),
}

# Département, autre collectivité territoriale, collectivité d'outre-mer, région.
BODIES = {"7220": "departement", "7229": "departement", "7225": "departement", "7230": "region"}


@dataclass(frozen=True)
class Unit:
    siren: str
    form: str
    name: str
    commune: str
    line: int


def read_sirene(
    session: Session, path: Path, seats: Path | None = None, progress: Callable[[int], object] = bool
) -> Delivery:
    """`seats`: the stock of establishments, for the communes that `path` does not say. Raises TableError."""
    delivery = Delivery("sirene")
    units = _units(path, delivery, progress)
    if not units and not delivery.closed:
        raise TableError(f"{path.name} : aucun CCAS, SDIS, syndicat, pôle ou PETR n’y est décrit.")
    communes = _seats(seats, units, progress) if seats else {}
    atlas = _Communes.read(session)
    for unit in units.values():
        code = communes.get(unit.siren) or unit.commune
        if unit.form in BODIES:
            delivery.identities += atlas.identity(unit, code)
            continue
        group = atlas.group(unit, code)
        if isinstance(group, str):
            delivery.ignored.append(Line(Change.IGNORED, unit.siren, unit.name, group, unit.line))
        else:
            delivery.groups.append(group)
    return delivery


def _units(path: Path, delivery: Delivery, progress: Callable[[int], object]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for row in read_rows(path, UNIT, progress):
        if row["form"] not in FORMS.keys() | BODIES.keys() or row["seat"].lower() in NOT_THE_SEAT:
            continue
        unit = Unit(row["siren"], row["form"], row["name"], row["commune"].upper(), row.number)
        if not SIREN.fullmatch(unit.siren):
            delivery.ignored.append(Line(Change.IGNORED, unit.siren, unit.name, "SIREN illisible", row.number))
        elif row["state"] == CLOSED:
            delivery.closed[unit.siren] = row.number
        elif row["state"] != OPEN:
            reason = f"état administratif « {row['state']} » inconnu"
            delivery.ignored.append(Line(Change.IGNORED, unit.siren, unit.name, reason, row.number))
        else:
            units.setdefault(unit.siren, unit)
    return units


def _seats(path: Path, units: Mapping[str, Unit], progress: Callable[[int], object]) -> dict[str, str]:
    rows = read_rows(path, SEAT, progress)
    return {row["siren"]: row["commune"] for row in rows if row["siren"] in units and row["seat"].lower() == "true"}


@dataclass(frozen=True)
class _Communes:
    """`by_code`: INSEE codes, arrondissements and former communes included. `grouped`: the EPT or else the EPCI."""

    by_code: Mapping[str, Organisation]
    grouped: Mapping[int, str]

    @classmethod
    def read(cls, session: Session) -> "_Communes":
        found = select(Organisation).where(Organisation.insee_code.is_not(None), Organisation.active)
        communes = {commune.id: commune for commune in session.scalars(found)}
        aliases = session.execute(select(Alias.reference, Alias.organisation_id)).all()
        led = {name.removeprefix("commune:"): communes[key] for name, key in aliases if key in communes}
        pairs = select(Territory.commune_id, Organisation.reference).where(Organisation.active)
        joined = pairs.join(Organisation, Organisation.id == Territory.organisation_id)
        sorts = or_(*(Organisation.reference.startswith(sort) for sort in ("epci:", "ept:", "collectivite:69M")))
        # "ept:" comes after "epci:" and has the last word: the Métropole du Grand Paris is nobody's CIAS.
        ranked = session.execute(joined.where(sorts).order_by(Organisation.reference)).all()
        own = {commune.insee_code or "": commune for commune in communes.values()}
        return cls(led | own, {row.commune_id: row.reference for row in ranked})

    def identity(self, unit: Unit, code: str) -> list[Identity]:
        """Nothing when its seat is unknown."""
        commune = self.by_code.get(code)
        if commune is None:
            return []
        area = commune.region_code if unit.form == "7230" else commune.departement_code
        return [Identity(unit.siren, f"{BODIES[unit.form]}:{area}", unit.name, unit.line)]

    def group(self, unit: Unit, code: str) -> Group | str:
        """What to load, or why not."""
        form, commune = FORMS[unit.form], self.by_code.get(code)
        if form.kind == "syndicat_mixte":
            if not unit.name:
                return "sans dénomination"
            where = (commune.departement_code or "") if commune else ""
            return Group(unit.siren, unit.name[:200], form.kind, form.nature, unit.line, where)
        if commune is None:
            return f"commune du siège inconnue « {code} »" if code else "commune du siège absente du fichier"
        group = Group(unit.siren, "", form.kind, form.nature, unit.line, commune.departement_code or "")
        if unit.form == SDIS:
            group.name = f"Service départemental d’incendie et de secours ({commune.departement_name})"
        else:
            group.name = f"{form.nature.partition(' (')[0]} {of_name(commune.name)}"
            grouped = self.grouped.get(commune.id, commune.reference)
            group.members = {grouped if unit.form == CIAS else commune.reference: unit.line}
        return group
