"""Every test runs on the engine that follows the database under test: `--engine=sqlite` or `--engine=postgresql`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coconstruction.search.index import Document, SearchIndex
from tests import postgres_server
from tests.search.asking import Key, keys
from tests.search.place import Place

VILLAGE = Document("organisation", 1, "Eu", "Seine-Maritime", "217602550 76255 76260", {"departement": ("76",)}, 6_500)
SUR_SEICHE = Document(
    "organisation", 2, "Vern-sur-Seiche", "Ille-et-Vilaine", "213503527 35352 35770", {"departement": ("35",)}, 8_169
)
SAINT_DENIS_93 = Document("organisation", 3, "Saint-Denis", "", "93066 93200", {"departement": ("93",)}, 149_000)
SAINT_DENIS_11 = Document("organisation", 4, "Saint-Denis", "", "11339 11310", {"departement": ("11",)}, 500)
FAMILY = Document(
    "need", 1, "Portail famille pour les usagers du périscolaire",
    "Les élus veulent dématérialiser les démarches de la cantine. L’œuvre est commune aux écoles.",
    "Vern-sur-Seiche", {"theme": ("education",), "state": ("open",), "departement": ("35",)}, 12,
)  # fmt: skip
GRAVES = Document(
    "need", 2, "Gestion des cimetières", "Tenir le plan des concessions et prévenir les familles.",
    "Eu", {"theme": ("etat-civil",), "state": ("open",), "departement": ("76",)}, 3,
)  # fmt: skip
CANTEEN = Document(
    "need", 3, "Réserver la cantine par téléphone", "Les parents n’ont pas tous un ordinateur.",
    "Saint-Denis", {"theme": ("education",), "state": ("qualified",), "departement": ("93",)}, 40,
)  # fmt: skip
FORMS = Document(
    "solution", 1, "Démarches simplifiées", "Des formulaires <b>en ligne</b> pour chaque usager.",
    "DINUM", {"theme": ("relation-usager", "education"), "lifecycle": ("en-service",)},
)  # fmt: skip
DOCUMENTS = [VILLAGE, SUR_SEICHE, SAINT_DENIS_93, SAINT_DENIS_11, FAMILY, GRAVES, CANTEEN, FORMS]


@pytest.fixture
def place(engine_name: str, tmp_path: Path, worker_id: str) -> Iterator[Place]:
    """Where nothing was ever indexed."""
    if engine_name == "sqlite":
        yield Place("sqlite://", tmp_path / "index")
        return
    name = f"search_{worker_id}"
    yield Place(postgres_server.create_database(name), tmp_path / "index")
    postgres_server.drop_database(name)


@pytest.fixture
def index(place: Place) -> Iterator[SearchIndex]:
    """The eight documents above, at watermark 10."""
    with place.opened() as opened:
        opened.rebuild(DOCUMENTS, 10)
        yield opened


@pytest.fixture
def found(index: SearchIndex) -> Callable[..., list[Key]]:
    return lambda text, **narrowed: keys(index, text, **narrowed)
