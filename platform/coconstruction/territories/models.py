from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.database import Base

KINDS = (
    "commune",
    "cc",
    "ca",
    "cu",
    "metropole",
    "ept",
    "departement",
    "region",
    "statut_particulier",
    "syndicat_mixte",
    "ccas",
    "sdis",
    "etat",
    "association",
    "partenaire",
)

# What an import of syndicats and local establishments may load (docs/decisions/0016); the rest is the referential's.
GROUPING_KINDS = frozenset({"syndicat_mixte", "ccas", "sdis"})


class Descent(StrEnum):
    """What became of an organisation. A split one has no heir: nobody took its place whole."""

    MERGED = "merged"
    RENAMED = "renamed"
    SPLIT = "split"
    DUPLICATE = "duplicate"


INHERITING = (Descent.MERGED, Descent.RENAMED, Descent.DUPLICATE)


# Folded keys are searched by range (`>= "sa" and < "sa{"`): byte order, whatever the server's language.
Key = String(200).with_variant(String(200, collation="C"), "postgresql")


class Organisation(Base):
    """A legal body. `reference` is the referential's name for it ("commune:35360"); `code` is its public address:
    the SIREN when it has one. `population` is municipal, in inhabitants. `name_key` is the name as people type it,
    folded: "gironde" for the Département de la Gironde. Communes, Paris among them, have an `insee_code`. `source`: the
    export that answers for it ("banatic", "sirene"), empty for the referential and for what was added by hand; `nature`
    is then its legal form, in French, as shown."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("population >= 0", name="population"),
        Index("ix_organisation_name_key", "name_key"),
        Index("ix_organisation_departement_code", "departement_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Key)
    siren: Mapped[str | None] = mapped_column(String(9))
    insee_code: Mapped[str | None] = mapped_column(String(5), index=True)
    departement_code: Mapped[str | None] = mapped_column(String(3))
    departement_name: Mapped[str | None] = mapped_column(String(60))
    region_code: Mapped[str | None] = mapped_column(String(3))
    region_name: Mapped[str | None] = mapped_column(String(60))
    postal_codes: Mapped[str] = mapped_column(String(400), default="")
    population: Mapped[int] = mapped_column(default=0)
    communes_count: Mapped[int] = mapped_column(default=0)
    departement_level: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    nature: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(String(10), default="")


class Territory(Base):
    """The communes of every body that is not itself a commune."""

    __tablename__ = "territory"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


class GroupingMember(Base):
    """The direct members of a syndicat, the commune or EPCI of a CCAS or CIAS: its territory comes from them."""

    __tablename__ = "grouping_member"

    grouping_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


class PlaceName(Base):
    """A name people still type (commune déléguée ou associée, arrondissement), and the commune that answers for it."""

    __tablename__ = "place_name"
    __table_args__ = (Index("ix_place_name_name_key", "name_key"),)

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Key)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)


class NameWord(Base):
    """What an organisation is found by: the words of its name, its SIREN, INSEE and postal codes, its département."""

    __tablename__ = "name_word"

    word: Mapped[str] = mapped_column(Key, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


class Alias(Base):
    """Another reference of an organisation: "departement:67" is the Collectivité européenne d’Alsace, and the code of a
    former commune is the commune it joined (docs/decisions/0012). Former references and former SIREN stay for good."""

    __tablename__ = "alias"

    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))


class OrganisationProgramme(Base):
    """A commune on the list of a priority programme of the State (`programmes.NAMES`), as its last file says."""

    __tablename__ = "organisation_programme"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    programme: Mapped[str] = mapped_column(String(20), primary_key=True)


class OfficialContact(Base):
    """An e-mail address that the State's directory (annuaire de l’administration, DILA) gives for an organisation."""

    __tablename__ = "official_contact"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), primary_key=True, index=True)


class Lineage(Base):
    """What became of an organisation that no longer exists: it was merged, renamed or split into its successor, or was
    the same one entered twice. Its acts stay its own."""

    __tablename__ = "lineage"
    __table_args__ = (
        CheckConstraint("kind IN ('merged', 'renamed', 'split', 'duplicate')", name="kind"),
        CheckConstraint("predecessor_id <> successor_id", name="another"),
    )

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    predecessor: Mapped[Organisation] = relationship(foreign_keys=predecessor_id)
    successor: Mapped[Organisation] = relationship(foreign_keys=successor_id)


class LoadedReferential(Base):
    """A single row: which referential is loaded. `stamp` changes with every import that changes something."""

    __tablename__ = "loaded_referential"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(String(20))
    vintage: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    stamp: Mapped[str] = mapped_column(String(32))
    imported_at: Mapped[datetime]
