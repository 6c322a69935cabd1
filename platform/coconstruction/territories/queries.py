from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, intersect, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from coconstruction.territories import closure, perimeters
from coconstruction.territories.closure import Ground
from coconstruction.territories.coverage import Atlas
from coconstruction.territories.models import Alias, Lineage, LoadedReferential, NameWord, Organisation, PlaceName
from coconstruction.territories.names import VOWELS, name_key, typed_words

PREFIXES = ("commune", "epci", "ept", "departement", "region", "collectivite")
NAMED_BY_THEIR_TERRITORY = frozenset({"departement", "region", "statut_particulier"})
SHORTEST_SEARCH = 2
MOST_WORDS = 6
BATCH = 500

_atlases: dict[str, Atlas] = {}
_departements: dict[str, dict[str, str]] = {}


@dataclass(frozen=True)
class Suggestion:
    """An organisation someone may mean; `place` when they typed the name of a place inside it."""

    organisation: Organisation
    place: PlaceName | None = None

    @property
    def label(self) -> str:
        """ "Sainte-Colombe — Gironde (33)": homonyms are told apart by their département."""
        name = _place_label(self.place, self.organisation.name) if self.place else self.organisation.name
        return f"{name} — {departement}" if (departement := self.departement) else name

    @property
    def departement(self) -> str | None:
        body = self.organisation
        if body.departement_code is None or body.kind in NAMED_BY_THEIR_TERRITORY:
            return None
        return f"{body.departement_name} ({body.departement_code})"


def atlas(session: Session) -> Atlas:
    """Built once per process for each import; telling that it is still good costs one row."""
    stamp = session.scalar(select(LoadedReferential.stamp))
    if stamp is None:
        return Atlas.build({}, {})
    known = _atlases.get(stamp)
    if known is None:
        known = _build_atlas(session)
        _atlases.clear()
        _atlases[stamp] = known
    return known


def vintage(session: Session) -> str:
    """Which populations are shown, for example "population municipale 2023"; empty before the first import."""
    return session.scalar(select(LoadedReferential.vintage)) or ""


def organisation_by_code(session: Session, code: str) -> Organisation | None:
    """By its public code, then by any reference: "departement-67" is the Collectivité européenne d’Alsace. Former codes
    lead to it for good, even once it sleeps."""
    found = session.scalar(select(Organisation).where(Organisation.code == code))
    if found is None and (key := resolve(session, [code]).get(code)):
        found = session.get(Organisation, key)
    return found or session.scalar(select(Organisation).join(Alias).where(Alias.reference == code))


def organisation_by_siren(session: Session, siren: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.siren == siren, Organisation.active))


def bodies_around(session: Session, organisation: Organisation) -> list[Organisation]:
    """The bodies whose territory holds this organisation's, the least populated first."""
    ids = atlas(session).around(organisation.id)
    around = select(Organisation).where(Organisation.id.in_(ids), Organisation.active)
    return list(session.scalars(around.order_by(Organisation.population, Organisation.id)))


def successors(session: Session, organisation_id: int) -> Sequence[Lineage]:
    """What took over from it, each with its successor."""
    wanted = select(Lineage).join(Lineage.successor).options(contains_eager(Lineage.successor))
    wanted = wanted.where(Lineage.predecessor_id == organisation_id)
    return session.scalars(wanted.order_by(Organisation.name_key, Organisation.id)).all()


def predecessors(session: Session, organisation_id: int) -> Sequence[Lineage]:
    """What it took over from, each with its predecessor."""
    wanted = select(Lineage).join(Lineage.predecessor).options(contains_eager(Lineage.predecessor))
    wanted = wanted.where(Lineage.successor_id == organisation_id)
    return session.scalars(wanted.order_by(Organisation.name_key, Organisation.id)).all()


def homonyms(session: Session, organisation: Organisation, limit: int = 50) -> Sequence[Organisation]:
    """The other bodies that answer to the same name, the most populated first."""
    same = Organisation.name_key == organisation.name_key, Organisation.id != organisation.id, Organisation.active
    wanted = select(Organisation).where(*same).order_by(Organisation.population.desc(), Organisation.id)
    return session.scalars(wanted.limit(limit)).all()


def resolve(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """The active organisation of each reference, alias, SIREN or INSEE code. Unknown, ambiguous: left out."""
    readings = {code: _readings(code) for code in codes}
    found = _ids_of(session, sorted({name for names in readings.values() for name in names}))
    ids = {code: {found[name] for name in names if name in found} for code, names in readings.items()}
    return {code: keys.pop() for code, keys in ids.items() if len(keys) == 1}


def organisations_coded(session: Session, codes: Collection[str]) -> Sequence[Organisation]:
    """Those of these codes that may act."""
    wanted = select(Organisation).where(Organisation.code.in_(codes), Organisation.active)
    return session.scalars(wanted.order_by(Organisation.id)).all()


def suggest(session: Session, text: str, limit: int = 10) -> list[Suggestion]:
    """Organisations by the words of their name, their SIREN, INSEE or postal code, exact name first, then the most
    populated. Two statements."""
    words = typed_words(text)[:MOST_WORDS]
    if sum(len(word[0]) for word in words) < SHORTEST_SEARCH:
        return []
    key = name_key(text)
    found: dict[int, tuple[int, int, Suggestion]] = {}
    for rank, suggestion in _matches(session, words, key, limit):
        body = suggestion.organisation
        ranked = (rank, -body.population, suggestion)
        if body.id not in found or ranked[:2] < found[body.id][:2]:
            found[body.id] = ranked
    best = sorted(found.values(), key=lambda ranked: (*ranked[:2], ranked[2].organisation.id))
    return [suggestion for _, _, suggestion in best[:limit]]


def named(text: str, *, gone: bool) -> Subquery:
    """The `id` and `rank` of every organisation that `text` may name, as `suggest` reads it; those that no longer exist
    by their very name, or with `gone` by any of its words."""
    words = typed_words(text)[:MOST_WORDS]
    found = [select(Organisation.id, literal(0).label("rank")).where(Organisation.name_key == name_key(text))]
    if sum(len(word[0]) for word in words) >= SHORTEST_SEARCH:
        found += _named_by(words, name_key(text), gone=gone)
    every = union_all(*found).subquery()
    return select(every.c.id, func.min(every.c.rank).label("rank")).group_by(every.c.id).subquery()


def places_named(session: Session, text: str, organisation_ids: Collection[int]) -> Mapping[int, PlaceName]:
    """The former place that `text` names inside each of these organisations, if any."""
    words = typed_words(text)[:MOST_WORDS]
    if not words:
        return {}
    wanted = select(PlaceName).where(PlaceName.organisation_id.in_(organisation_ids), _holds(PlaceName.name_key, words))
    # By the nearest name last, which is the one kept.
    rank = _rank(PlaceName.name_key, words, name_key(text))
    return {place.organisation_id: place for place in session.scalars(wanted.order_by(rank.desc(), PlaceName.code))}


def _named_by(words: list[tuple[str, ...]], key: str, *, gone: bool) -> list[Select[int, int]]:
    rank = _rank(Organisation.name_key, words, key).label("rank")
    by_words = intersect(*(_ids_by_word(word) for word in words))
    of_place = (_rank(PlaceName.name_key, words, key) + 1).label("rank")
    found = [
        select(Organisation.id, rank).where(Organisation.id.in_(by_words)),
        select(PlaceName.organisation_id, of_place).where(_holds(PlaceName.name_key, words)),
    ]
    if gone:  # few rows, whose words an import no longer keeps
        found.append(select(Organisation.id, rank).where(~Organisation.active, _holds(Organisation.name_key, words)))
    return found


def answering(session: Session, organisations: Sequence[Organisation]) -> Sequence[Organisation]:
    """The bodies that answer for these today, each once: two communes that merged are one. Asks nothing of the
    database when all of them live."""
    if all(body.active for body in organisations):
        return organisations
    lines = perimeters.heirs(session)
    living = {key for body in organisations for key in _living(body.id, lines)}
    return session.scalars(select(Organisation).where(Organisation.id.in_(living)).order_by(Organisation.id)).all()


def _living(key: int, lines: Mapping[int, Iterable[int]]) -> Iterator[int]:
    """Those at the end of the lines; itself when it has no heir."""
    seen, waiting = {key}, [key]
    while waiting:
        each = waiting.pop()
        following = set(lines.get(each, ())) - seen
        if not lines.get(each):
            yield each
        seen |= following
        waiting += following


def _build_atlas(session: Session) -> Atlas:
    leaves = select(Organisation.id, Organisation.population).where(
        Organisation.insee_code.is_not(None),
        Organisation.active,
        Organisation.kind.in_(("commune", "statut_particulier")),
    )
    populations = {row.id: row.population for row in session.execute(leaves)}
    known = perimeters.territories(session)
    lines = perimeters.heirs(session)
    # A former commune covers what the commune that took its place covers (docs/decisions/0016).
    ground = Ground(populations, known, {}, lines)
    inherited = {key: closure.communes_of(key, ground) for key in lines}
    local = set(session.scalars(select(Organisation.id).where(Organisation.source != "")))
    alone = {key: min(held) for key, held in {**known, **inherited}.items() if len(held) == 1}
    seats = {key: commune for key, commune in alone.items() if key in local or key in inherited}
    masks = {key: held for key, held in {**known, **inherited}.items() if key not in seats}
    return Atlas.build(populations, masks, seats)


def _readings(code: str) -> tuple[str, ...]:
    """What a code may stand for: "departement:35" and "departement-35" one thing, "35" several."""
    prefix, _, rest = code.strip().replace("-", ":", 1).partition(":")
    if rest:
        return (f"{prefix.lower()}:{rest.upper()}",)
    return (prefix, *(f"{kind}:{prefix.upper()}" for kind in PREFIXES))


def _ids_of(session: Session, names: Sequence[str]) -> dict[str, int]:
    """By reference or SIREN, else by alias."""
    found: dict[str, int] = {}
    led: dict[str, int] = {}
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        active = select(Organisation.reference, Organisation.code, Organisation.id).where(Organisation.active)
        for reference, code, key in session.execute(
            active.where(or_(Organisation.reference.in_(batch), Organisation.code.in_(batch)))
        ):
            found |= {reference: key, code: key}
        aliases = select(Alias.reference, Alias.organisation_id).join(Organisation).where(Organisation.active)
        led |= {name: key for name, key in session.execute(aliases.where(Alias.reference.in_(batch)))}
    return led | found


def _matches(session: Session, words: list[tuple[str, ...]], key: str, limit: int) -> Iterator[tuple[int, Suggestion]]:
    rank = _rank(Organisation.name_key, words, key)
    by_words = intersect(*(_ids_by_word(word) for word in words))
    bodies = select(Organisation, rank).where(Organisation.id.in_(by_words), Organisation.active)
    for body, ranked in session.execute(bodies.order_by(*_best_first(rank)).limit(limit)):
        yield ranked, Suggestion(body)
    # 2,600 short rows: reading them all costs less than an index of their words.
    rank = _rank(PlaceName.name_key, words, key) + 1
    places = select(PlaceName, Organisation, rank).join(Organisation).where(Organisation.active)
    named = places.where(_holds(PlaceName.name_key, words))
    for place, body, ranked in session.execute(named.order_by(*_best_first(rank)).limit(limit)):
        yield ranked, Suggestion(body, place)


def _rank(name: InstrumentedAttribute[str], words: list[tuple[str, ...]], key: str) -> ColumnElement[int]:
    """The very name; then the phrase at its start or anywhere in whole words ("lille" in Métropole européenne de Lille,
    hence before Lillers); then every word in the name; then the département or a number."""
    phrase = (literal(" ") + name + " ").like(f"% {key} %")
    return case((name == key, 0), (or_(_begins(name, key), phrase), 2), (_holds(name, words), 4), else_=6)


def _best_first(rank: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    return rank.asc(), Organisation.population.desc(), Organisation.id.asc()


def _ids_by_word(readings: tuple[str, ...]) -> Select[int]:
    return select(NameWord.organisation_id).where(or_(*(_begins(NameWord.word, word) for word in readings)))


def _begins(column: InstrumentedAttribute[str], start: str) -> ColumnElement[bool]:
    # A range both engines answer from the index; "{" comes right after "z", and keys hold nothing beyond.
    return and_(column >= start, column < start + "{")


def _holds(name: InstrumentedAttribute[str], words: list[tuple[str, ...]]) -> ColumnElement[bool]:
    spaced = literal(" ") + name
    return and_(*(or_(*(spaced.like(f"% {word}%") for word in readings)) for readings in words))


def _place_label(place: PlaceName, commune: str) -> str:
    elided = name_key(commune)[0] in VOWELS
    if place.kind == "arrondissement-municipal":
        label = _l("%(place)s, arrondissement de %(commune)s", place=place.name, commune=commune)
    elif place.kind == "commune-associee" and elided:
        label = _l("%(place)s, commune associée d’%(commune)s", place=place.name, commune=commune)
    elif place.kind == "commune-associee":
        label = _l("%(place)s, commune associée de %(commune)s", place=place.name, commune=commune)
    elif elided:
        label = _l("%(place)s, commune déléguée d’%(commune)s", place=place.name, commune=commune)
    else:
        label = _l("%(place)s, commune déléguée de %(commune)s", place=place.name, commune=commune)
    return str(label)


def departement_names(session: Session) -> Mapping[str, str]:
    """« 35 Ille-et-Vilaine » by code. Kept per process for each import, like the atlas."""
    stamp = session.scalar(select(LoadedReferential.stamp)) or ""
    if stamp not in _departements:
        pair = (Organisation.departement_code, Organisation.departement_name)
        rows = session.execute(select(*pair).where(pair[0].is_not(None)).distinct()).all()
        _departements.clear()
        _departements[stamp] = {str(code): f"{code} {name}" for code, name in rows}
    return _departements[stamp]
