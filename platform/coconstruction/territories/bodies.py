"""From the files to the bodies: who exists, on which communes, under which names (docs/decisions/0012)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coconstruction.territories.files import PARIS, Area, Commune, Files, Grouping, ReferentialError
from coconstruction.territories.names import name_key

KINDS = {"CC": "cc", "CA": "ca", "CU": "cu", "METRO": "metropole", "EPT": "ept"}
LYON = "MET69"


@dataclass(frozen=True)
class Body:
    """An organisation of the referential; `communes` are references, none when it is itself a commune."""

    reference: str
    code: str
    kind: str
    name: str
    name_key: str
    population: int
    communes_count: int
    siren: str | None = None
    insee_code: str | None = None
    departement_code: str | None = None
    departement_name: str | None = None
    region_code: str | None = None
    region_name: str | None = None
    postal_codes: str = ""
    departement_level: bool = False
    communes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Special:
    """A body that stands for départements, and for a région when it is also one. `name` is None: the file’s."""

    code: str
    name: str | None
    departements: tuple[str, ...]
    region: str | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        regions = (f"region:{self.region}",) if self.region else ()
        return tuple(f"departement:{code}" for code in self.departements) + regions


SPECIALS = (
    Special("6AE", "Collectivité européenne d’Alsace", ("67", "68")),
    Special("20R", "Collectivité de Corse", ("2A", "2B"), "94"),
    Special("972R", "Collectivité territoriale de Martinique", ("972",), "02"),
    Special("973R", "Collectivité territoriale de Guyane", ("973",), "03"),
    Special("976D", "Département de Mayotte", ("976",), "06"),
    Special("975", "Collectivité territoriale de Saint-Pierre-et-Miquelon", ("975",), "975"),
    Special("977", "Collectivité de Saint-Barthélemy", ("977",), "977"),
    Special("978", "Collectivité de Saint-Martin", ("978",), "978"),
    Special("986", "Territoire des îles Wallis et Futuna", ("986",), "986"),
    Special("987", None, ("987",), "987"),
    Special("988", None, ("988",), "988"),
)
SHORT_NAMES = {"6AE": "Alsace"}
# Southern lands and Clipperton have communes in the file, but nobody elected to speak for them.
WITHOUT_BODY = frozenset({"984", "989"})


def all_bodies(files: Files) -> list[Body]:
    """Communes first, in the order of their codes."""
    _refuse_absent(files)
    communes = [_commune(files, commune) for _, commune in sorted(files.communes.items())]
    groupings = [_grouping(files, grouping) for grouping in (*files.epci, *files.ept)]
    specials = [_special(files, special) for special in SPECIALS]
    return [*communes, *groupings, *specials, *_departements(files), *_regions(files)]


def _refuse_absent(files: Files) -> None:
    """The bodies named here must find their communes in the files."""
    departements = {commune.departement for commune in files.communes.values()}
    for code in sorted({code for special in SPECIALS for code in special.departements} - departements):
        raise ReferentialError(f"communes.json, clé « departement » : aucune commune dans le département {code}.")
    if PARIS not in files.communes:
        raise ReferentialError(f"communes.json, clé « code » : la commune {PARIS} (Paris) manque.")
    if [epci.type for epci in files.epci].count(LYON) != 1:
        raise ReferentialError(f"epci.json, clé « type » : une Métropole de Lyon ({LYON}) est attendue, et une seule.")


def reference_of(commune: str) -> str:
    return "collectivite:75C" if commune == PARIS else f"commune:{commune}"


def _commune(files: Files, commune: Commune) -> Body:
    departement, region = files.departements[commune.departement], files.regions[commune.region]
    reference, paris = reference_of(commune.code), commune.code == PARIS
    return Body(
        reference=reference,
        code=commune.siren or path_of(reference),
        kind="statut_particulier" if paris else "commune",
        name=commune.name,
        name_key=name_key(commune.name),
        population=commune.population,
        communes_count=1,
        siren=commune.siren,
        insee_code=commune.code,
        departement_code=departement.code,
        departement_name=departement.name,
        region_code=region.code,
        region_name=region.name,
        postal_codes=" ".join(commune.postal_codes),
        departement_level=paris,
        aliases=(f"commune:{PARIS}", f"departement:{commune.departement}") if paris else (),
    )


def _grouping(files: Files, grouping: Grouping) -> Body:
    lyon, communes = grouping.type == LYON, [files.communes[code] for code in grouping.members]
    reference = f"{'ept' if grouping.type == 'EPT' else 'epci'}:{grouping.code}"
    return _body(
        files,
        communes,
        reference="collectivite:69M" if lyon else reference,
        kind="statut_particulier" if lyon else KINDS[grouping.type],
        name=grouping.name,
        short_name=grouping.name.removeprefix(f"{grouping.type} "),
        siren=grouping.code,
        departement=files.departements[_most_populated_departement(communes)],
        departement_level=lyon,
        aliases=(reference,) if lyon else (),
    )


def _special(files: Files, special: Special) -> Body:
    communes = [c for c in files.communes.values() if c.departement in special.departements]
    departement, alone = files.departements[special.departements[0]], len(special.departements) == 1
    region = files.regions[departement.region]
    return _body(
        files,
        communes,
        reference=f"collectivite:{special.code}",
        kind="statut_particulier",
        name=special.name or region.name,
        short_name=SHORT_NAMES.get(special.code, region.name),
        departement=departement if alone else None,
        region=region,
        departement_level=True,
        aliases=special.aliases,
    )


def _departements(files: Files) -> Iterator[Body]:
    elsewhere = {code for special in SPECIALS for code in special.departements} | WITHOUT_BODY
    elsewhere.add(files.communes[PARIS].departement)
    lyon = {code for epci in files.epci if epci.type == LYON for code in epci.members}
    for area in files.departements.values():
        if area.code not in elsewhere:
            yield _body(
                files,
                # The file still counts the Métropole de Lyon in the Rhône, which it left in 2015.
                [c for c in files.communes.values() if c.departement == area.code and c.code not in lyon],
                reference=f"departement:{area.code}",
                kind="departement",
                name=f"Département {area.link}{area.name}",
                short_name=area.name,
                departement=area,
                departement_level=True,
            )


def _regions(files: Files) -> Iterator[Body]:
    elsewhere = {special.region for special in SPECIALS} | WITHOUT_BODY
    for area in files.regions.values():
        if area.code not in elsewhere:
            yield _body(
                files,
                [c for c in files.communes.values() if c.region == area.code],
                reference=f"region:{area.code}",
                kind="region",
                name=f"Région {area.name}",
                short_name=area.name,
                region=area,
            )


def _body(
    files: Files,
    communes: Iterable[Commune],
    *,
    reference: str,
    kind: str,
    name: str,
    short_name: str,
    siren: str | None = None,
    departement: Area | None = None,
    region: Area | None = None,
    departement_level: bool = False,
    aliases: tuple[str, ...] = (),
) -> Body:
    members = sorted(communes, key=lambda commune: commune.code)
    region = region or (files.regions[departement.region] if departement else None)
    return Body(
        reference=reference,
        code=siren or path_of(reference),
        kind=kind,
        name=name,
        name_key=name_key(short_name),
        population=sum(commune.population for commune in members),
        communes_count=len(members),
        siren=siren,
        departement_code=departement.code if departement else None,
        departement_name=departement.name if departement else None,
        region_code=region.code if region else None,
        region_name=region.name if region else None,
        departement_level=departement_level,
        communes=tuple(reference_of(commune.code) for commune in members),
        aliases=aliases,
    )


def _most_populated_departement(communes: Iterable[Commune]) -> str:
    people: Counter[str] = Counter()
    for commune in communes:
        people[commune.departement] += commune.population
    return max(sorted(people), key=people.__getitem__)


def path_of(reference: str) -> str:
    return reference.replace(":", "-")
