"""Small exports of Banatic and Sirene, written by hand with their real headers, on real communes and EPCI."""

from collections.abc import Iterable, Sequence
from pathlib import Path

BANATIC = (
    "Département",
    "Arrondissement",
    "Commune siège",
    "N° SIREN",
    "Nom du groupement",
    "Nature juridique",
    "Nombre de membres",
    "Siren membre",
    "Nom membre",
    "Catégorie des membres du groupement",
)
SIRENE = (
    "siren",
    "nic",
    "siret",
    "etablissementSiege",
    "etatAdministratifUniteLegale",
    "categorieJuridiqueUniteLegale",
    "denominationUniteLegale",
    "codeCommuneEtablissement",
)
VERN, ACIGNE, RENNES_METROPOLE, VITRE_COMMUNAUTE = "213503527", "213500010", "243500139", "200039022"
EAU, BASSIN, PAYS = "253500076", "253500084", "253500092"


def banatic(path: Path, lines: Iterable[Sequence[str]], header: Sequence[str] = BANATIC, sep: str = ";") -> Path:
    """Each line: SIREN, name, nature, SIREN of the member, name of the member."""
    rows = [
        ("35 - Ille-et-Vilaine", "353", "", siren, name, nature, "2", member, told, "commune")
        for siren, name, nature, member, told in lines
    ]
    return table(path, header, rows, sep)


def sirene(path: Path, lines: Iterable[Sequence[str]], header: Sequence[str] = SIRENE) -> Path:
    """Each line: SIREN, state, legal form, name, INSEE code of the seat's commune."""
    rows = [
        (siren, "00011", f"{siren}00011", "true", state, form, name, commune)
        for siren, state, form, name, commune in lines
    ]
    return table(path, header, rows, ",")


def table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], sep: str) -> Path:
    text = "\n".join(sep.join(f'"{cell}"' for cell in row) for row in (header, *rows))
    path.write_text(text + "\n", "utf-8")
    return path
