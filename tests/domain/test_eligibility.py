"""Who may do what by kind of organisation, cell by cell, against the sentences of the public page."""

from itertools import product

import pytest

from coconstruction.accounts.eligibility import ACTIONS, RIGHTS, may
from coconstruction.territories.models import KINDS

# Communes, EPCI, EPT, départements, régions and collectivités à statut particulier do everything.
COLLECTIVITES = {
    "commune", "cc", "ca", "cu", "metropole", "ept", "departement", "region", "statut_particulier",
}  # fmt: skip
# Syndicats mixtes, CCAS and SDIS contribute, join and pilot.
GROUPINGS = {"syndicat_mixte", "ccas", "sdis"}
# Associations, partners and the State's services contribute only.
OTHERS = {"association", "partenaire", "etat"}

ALLOWED = {
    "contribute": COLLECTIVITES | GROUPINGS | OTHERS,
    "support": COLLECTIVITES,
    "join": COLLECTIVITES | GROUPINGS,
    "vote": COLLECTIVITES,
    "pilot": COLLECTIVITES | GROUPINGS,
}


@pytest.mark.parametrize(("kind", "action"), list(product(KINDS, ACTIONS)))
def test_each_kind_may_do_what_its_sentence_says(kind: str, action: str) -> None:
    assert may(kind, action) == (kind in ALLOWED[action])


def test_every_kind_of_organisation_has_its_sentence() -> None:
    assert set(KINDS) == COLLECTIVITES | GROUPINGS | OTHERS
    assert set(RIGHTS) == set(KINDS)
    assert set(ACTIONS) == set(ALLOWED)


def test_an_unknown_kind_is_an_error_rather_than_a_right() -> None:
    with pytest.raises(KeyError):
        may("royaume", "vote")
