"""A file that is not what it should be is refused whole, and said to be at fault with its place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from coconstruction import journal
from coconstruction.database import db
from coconstruction.territories.files import ReferentialError
from coconstruction.territories.models import LoadedReferential, Organisation, Territory
from coconstruction.territories.referential import FILES, FOLDER, read_referential

pytestmark = pytest.mark.referential
Edit = Callable[[str], str]


def line(number: int, old: str, new: str) -> Edit:
    """Line 1 holds the bracket: entry n is on line n + 1."""

    def edit(text: str) -> str:
        lines = text.split("\n")
        assert old in lines[number - 1], lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
        return "\n".join(lines)

    return edit


def without_line(number: int) -> Edit:
    return lambda text: "\n".join(text.split("\n")[: number - 1] + text.split("\n")[number:])


def cut(octets: int) -> Edit:
    return lambda text: text[:octets]


FAULTS: list[tuple[str, Edit, tuple[str, ...]]] = [
    ("communes.json", cut(5_000_000), ("communes.json", "ligne")),
    ("epci.json", cut(1_234_567), ("epci.json", "ligne")),
    ("ept.json", cut(0), ("ept.json", "ligne 1")),
    ("communes.json", line(8, '"population"', '"population'), ("communes.json", "ligne 8")),
    ("communes.json", line(5, '"nom":', '"nome":'), ("communes.json", "entrée 4", "01005", "« nom »")),
    ("communes.json", line(5, '"code":', '"cod":'), ("communes.json", "entrée 4", "« code »")),
    ("communes.json", line(5, '"code":"01005"', '"code":"01004"'), ("entrée 4", "« code »", "« 01004 »")),
    ("communes.json", line(5, '"01005"', "1005"), ("entrée 4", "« code »", "« 1005 »")),
    ("communes.json", line(2, ":860", ':"860"'), ("entrée 1", "01001", "« population »")),
    ("communes.json", line(2, ":860", ":-860"), ("entrée 1", "« population »", "« -860 »")),
    ("communes.json", line(2, '"population"', '"habitants"'), ("entrée 1", "01001", "« population »", "manque")),
    ("communes.json", line(2, ":860", ":true"), ("entrée 1", "« population »")),
    ("communes.json", line(2, '"210100012"', '"21010001"'), ("entrée 1", "« siren »")),
    ("communes.json", line(3, '"210100020"', '"210100012"'), ("SIREN 210100012", "commune:01001", "commune:01002")),
    ("communes.json", line(2, '["01400"]', '"01400"'), ("entrée 1", "« codesPostaux »")),
    ("communes.json", line(2, '"departement":"01"', '"departement":"00"'), ("entrée 1", "« departement »", "« 00 »")),
    ("communes.json", line(2, '"region":"84"', '"region":"53"'), ("entrée 1", "« region »")),
    ("communes.json", line(2, "commune-actuelle", "commune-future"), ("entrée 1", "« type »", "« commune-future »")),
    ("communes.json", without_line(2), ("epci.json", "« code »", "« 01001 »")),
    ("communes.json", lambda _text: "[]", ("communes.json", "liste")),
    ("communes.json", lambda _text: '{"code": "01001"}', ("communes.json", "liste")),
    ("communes.json", lambda _text: '["01001"]', ("communes.json", "entrée 1", "objet")),
    ("epci.json", without_line(2), ("epci.json", "« membres »", "manque")),
    ("epci.json", line(2, '"type":"CC"', '"type":"SIVU"'), ("epci.json", "entrée 1", "200000172", "« SIVU »")),
    ("epci.json", line(2, '"code":"74042"', '"code":"74164"'), ("epci.json", "entrée 1", "« membres »")),
    ("epci.json", line(2, '"code":"74042"', '"code":"74999"'), ("entrée 1, membres n° 1", "« code »", "« 74999 »")),
    ("epci.json", lambda text: text.replace("MET69", "METRO"), ("epci.json", "« type »", "MET69")),
    ("ept.json", without_line(2), ("ept.json", "« membres »")),
    ("departements.json", without_line(36), ("communes.json", "(34001)", "« departement »", "« 34 »")),
    ("departements.json", line(2, '"typeLiaison":5', '"typeLiaison":9'), ("entrée 1", "« typeLiaison »", "« 9 »")),
    (
        "regions.json",
        lambda text: text.replace('"code":"53"', '"code":"54"'),
        ("departements.json", "« region »", "« 53 »"),
    ),
]


def broken(folder: Path, file: str, edit: Edit) -> Path:
    for name in FILES:
        if name == file:
            (folder / name).write_text(edit((FOLDER / name).read_text("utf-8")), "utf-8")
        else:
            (folder / name).symlink_to(FOLDER / name)
    return folder


@pytest.mark.parametrize(("file", "edit", "told"), FAULTS)
def test_a_faulty_file_is_refused_with_its_place(tmp_path: Path, file: str, edit: Edit, told: tuple[str, ...]) -> None:
    with pytest.raises(ReferentialError) as refusal:
        read_referential(broken(tmp_path, file, edit))
    for words in told:
        assert words in str(refusal.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReferentialError, match=r"regions\.json ne peut pas être lu"):
        read_referential(tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    folder = broken(tmp_path, "regions.json", str)
    (folder / "regions.json").write_bytes('[{"nom":"Île"}]'.encode("latin-1"))
    with pytest.raises(ReferentialError, match=r"regions\.json n’est pas du JSON en UTF-8"):
        read_referential(folder)


def test_a_package_of_an_unknown_year_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "package.json").write_text('{"version": "5.3.0"}')
    with pytest.raises(ReferentialError, match="millésime des populations de 5"):
        read_referential(broken(folder, "", str))


def test_a_refused_file_leaves_the_database_as_it_was(app: Flask, tmp_path: Path) -> None:
    before = contents(app)
    folder = broken(tmp_path, "communes.json", cut(8_000_000))

    result = app.test_cli_runner().invoke(args=["territories", "import", "--from", str(folder)])

    assert result.exit_code == 1
    assert "communes.json, ligne" in result.stderr
    assert "rien n’a été chargé" in result.stderr
    assert contents(app) == before


def contents(app: Flask) -> tuple[object, ...]:
    with app.app_context():
        session = db.session()
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (Organisation, Territory)]
        return *counts, session.scalar(select(LoadedReferential.stamp)), journal.last_line(session)
