"""Which rungs are open to whom, cell by cell: every kind of organisation, mailbox and past, against the sentences of
docs/decisions/0017 written out here."""

from itertools import product

import pytest

from coconstruction.accounts.emails import domain_of, is_free, normalised_email
from coconstruction.accounts.ladder import Facts, proven_at_once, ways
from coconstruction.accounts.models import DomainState, Proof
from coconstruction.territories.models import KINDS

HERE = "secretaire@ville-vern.example"
VILLAGE = "mairie.arbrissel@orange.fr"

# What an agent writes from: the address, what is known of its domain here, what it then proves by itself. At an
# official address, neither a free provider nor a refused domain matters; at a free provider, nothing said of it does.
Mailboxes = dict[str, tuple[str, DomainState | None, Proof | None]]
MAILBOXES: Mailboxes = {
    "official address, own domain": (HERE, DomainState.OFFICIAL, Proof.OFFICIAL_ADDRESS),
    "official address, free provider": (VILLAGE, None, Proof.OFFICIAL_ADDRESS),
    "official address, refused domain": (HERE, DomainState.REFUSED, Proof.OFFICIAL_ADDRESS),
    "verified domain": (HERE, DomainState.VERIFIED, Proof.EMAIL_DOMAIN),
    "official domain": (HERE, DomainState.OFFICIAL, Proof.EMAIL_DOMAIN),
    "pending domain": (HERE, DomainState.PENDING, None),
    "unknown domain": (HERE, None, None),
    "refused domain": (HERE, DomainState.REFUSED, None),
    "free provider": (VILLAGE, None, None),
    "free provider, verified by mistake": (VILLAGE, DomainState.VERIFIED, None),
    "free provider, official by mistake": (VILLAGE, DomainState.OFFICIAL, None),
}
OTHERS_CONTACT = "accueil@ailleurs.example"

# A code goes to the official mailbox of these, and of no other kind.
SMALL_BODIES = {"commune", "cc", "syndicat_mixte", "ccas"}
LARGE_BODIES = {
    "ca", "cu", "metropole", "ept", "departement", "region", "statut_particulier", "sdis", "etat", "association",
    "partenaire",
}  # fmt: skip

# Beyond the address: is there an official address to write to, a référent, were they put out by somebody?
# The ways open in a small body, then in any other; the team is always one, and comes last.
CODE, REFERENT, CURATOR = Proof.OFFICIAL_CODE, Proof.REFERENT, Proof.CURATOR
WAYS: dict[tuple[bool, bool, bool], tuple[tuple[Proof, ...], tuple[Proof, ...]]] = {
    # contact, référent, put out:    in a small body             in another
    (True, True, False): ((CODE, REFERENT, CURATOR), (REFERENT, CURATOR)),
    (True, False, False): ((CODE, CURATOR), (CURATOR,)),
    (False, True, False): ((REFERENT, CURATOR), (REFERENT, CURATOR)),
    (False, False, False): ((CURATOR,), (CURATOR,)),
    (True, True, True): ((REFERENT, CURATOR), (REFERENT, CURATOR)),
    (True, False, True): ((CURATOR,), (CURATOR,)),
    (False, True, True): ((REFERENT, CURATOR), (REFERENT, CURATOR)),
    (False, False, True): ((CURATOR,), (CURATOR,)),
}


def facts(kind: str, mailbox: str, *, contact: bool = True, referent: bool = False, put_out: bool = False) -> Facts:
    address, state, _ = MAILBOXES[mailbox]
    contacts = [OTHERS_CONTACT] if contact else []
    return Facts(
        address=address,
        kind=kind,
        contacts=[address, *contacts] if mailbox.startswith("official address") else contacts,
        domain_state=state,
        free=is_free(domain_of(address)),
        has_referent=referent,
        revoked=put_out,
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mailbox", MAILBOXES)
def test_an_address_proves_what_its_line_says_in_every_body(kind: str, mailbox: str) -> None:
    address, _, rung = MAILBOXES[mailbox]
    evidence = {Proof.OFFICIAL_ADDRESS: address, Proof.EMAIL_DOMAIN: address.split("@")[1]}
    expected = (rung, evidence[rung]) if rung else None
    for contact, referent in product((True, False), repeat=2):
        assert proven_at_once(facts(kind, mailbox, contact=contact, referent=referent)) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mailbox", MAILBOXES)
def test_no_address_proves_again_whoever_was_put_out(kind: str, mailbox: str) -> None:
    for contact, referent in product((True, False), repeat=2):
        asked = facts(kind, mailbox, contact=contact, referent=referent, put_out=True)
        assert proven_at_once(asked) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mailbox", [name for name, (_, _, rung) in MAILBOXES.items() if rung is None])
@pytest.mark.parametrize(("contact", "referent", "put_out"), WAYS)
def test_the_other_rungs_are_those_of_the_table(
    kind: str, mailbox: str, contact: bool, referent: bool, put_out: bool
) -> None:
    small, other = WAYS[contact, referent, put_out]
    found = ways(facts(kind, mailbox, contact=contact, referent=referent, put_out=put_out))
    assert found == (small if kind in SMALL_BODIES else other)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mailbox", MAILBOXES)
@pytest.mark.parametrize("referent", [True, False])
def test_whoever_was_put_out_is_let_in_by_people_alone(kind: str, mailbox: str, referent: bool) -> None:
    """The official mailbox's own holder too: no code is sent to oneself."""
    assert ways(facts(kind, mailbox, referent=referent, put_out=True)) == ((REFERENT,) if referent else ()) + (CURATOR,)


def test_the_tables_speak_of_every_kind_and_case() -> None:
    assert set(KINDS) == SMALL_BODIES | LARGE_BODIES
    assert not SMALL_BODIES & LARGE_BODIES
    assert set(WAYS) == set(product((True, False), repeat=3))
    assert {state for _, state, _ in MAILBOXES.values()} == {*DomainState, None}


def test_the_rungs_are_ordered_as_they_are_shown() -> None:
    assert [str(rung) for rung in Proof] == [
        "proconnect",
        "official_address",
        "email_domain",
        "official_code",
        "referent",
        "curator",
        "assisted",
    ]


@pytest.mark.parametrize(
    "domain",
    [
        "orange.fr",
        "wanadoo.fr",
        "laposte.net",
        "gmail.com",
        "numericable.fr",
        "mailo.com",
        "free.fr",
        "sfr.fr",
        "neuf.fr",
        "club-internet.fr",
        "aliceadsl.fr",
        "hotmail.fr",
        "outlook.fr",
        "live.fr",
        "yahoo.fr",
        "icloud.com",
        "netcourrier.com",
        "noos.fr",
        "voila.fr",
    ],
)
def test_where_anyone_opens_a_mailbox_is_known(domain: str) -> None:
    assert is_free(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "rennes.fr",
        "metropole.rennes.fr",
        "vernsurseiche.fr",
        "ville-gironde.fr",
        "gironde.fr",
        "paris.fr",
        "mairie-bordeaux.fr",
        "strasbourg.eu",
        "bretagne.bzh",
        "ille-et-vilaine.fr",
        "anct.gouv.fr",
        "mail.gmail.com.example",
        "notgmail.com.example",
        "",
    ],
)
def test_a_towns_domain_is_not_taken_for_a_provider(domain: str) -> None:
    assert not is_free(domain)


@pytest.mark.parametrize("typed", ["Mairie@ORANGE.fr", " mairie@Orange.FR ", "mairie@orange.fr"])
def test_a_provider_is_known_however_it_is_typed(typed: str) -> None:
    assert is_free(domain_of(normalised_email(typed) or ""))
