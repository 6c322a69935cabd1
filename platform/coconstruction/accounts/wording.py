"""Belonging and mandates in plain French."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coconstruction.accounts.emails import domain_of
from coconstruction.accounts.ladder import Facts, Mailbox
from coconstruction.accounts.models import Mandate, MandateRole, Proof, Role, Scope

ROLES: Mapping[str, str] = {
    Role.AGENT: _l("Agent"),
    Role.ELU: _l("Élu ou élue"),
    Role.PARTENAIRE: _l("Partenaire"),
}
MANDATES: Mapping[str, str] = {
    MandateRole.AGENT: _l("agent mandaté"),
    MandateRole.ELU: _l("élu mandaté"),
    MandateRole.REFERENT: _l("référent"),
}
DOMAINS: Mapping[str, str] = {
    "official": _l("Officiel"),
    "verified": _l("Vérifié"),
    "pending": _l("À vérifier"),
    "refused": _l("Refusé"),
}


def proof_sentence(kind: str, evidence: str) -> str:
    """How belonging is proven, to the person it concerns."""
    sentences = {
        Proof.PROCONNECT: _("Par ProConnect : votre SIRET est celui de l’organisation"),
        Proof.OFFICIAL_ADDRESS: _("Votre adresse est l’adresse officielle de l’organisation"),
        Proof.EMAIL_DOMAIN: _("Par votre adresse en @%(domain)s", domain=evidence),
        Proof.OFFICIAL_CODE: _("Par un code envoyé à %(address)s", address=evidence),
        Proof.REFERENT: _("Par un référent de l’organisation"),
        Proof.CURATOR: _("Par l’équipe de l’Incubateur"),
        Proof.ASSISTED: _("Saisie par l’Incubateur, à la demande de l’organisation"),
    }
    return sentences[Proof(kind)]


def mailbox_sentence(facts: Facts) -> str:
    """What the agent's address proves of this organisation, before anything is asked."""
    domain = domain_of(facts.address)
    if facts.revoked:
        return _(
            "Une personne a mis fin à votre rattachement, ou l’a refusé : une personne doit l’accorder de nouveau."
        )
    sentences = {
        Mailbox.OFFICIAL: _("Votre adresse est l’adresse officielle de cette organisation : vous agirez dès l’envoi."),
        Mailbox.PROVING: _("Votre adresse en @%(domain)s le prouve : vous agirez dès l’envoi.", domain=domain),
        Mailbox.PENDING: _(
            "Nous ne savons pas encore si @%(domain)s est le domaine de cette organisation : l’équipe le vérifiera.",
            domain=domain,
        ),
        Mailbox.REFUSED: _("Le domaine @%(domain)s ne prouve pas l’appartenance à cette organisation.", domain=domain),
        Mailbox.FREE: _(
            "Chacun peut ouvrir une boîte en @%(domain)s : seule, l’adresse ne prouve rien, pour qu’aucun inconnu "
            "ne parle au nom de votre organisation. Il y a d’autres moyens.",
            domain=domain,
        ),
    }
    return sentences[facts.mailbox]


def scope_sentence(mandate: Mandate) -> str:
    if mandate.scope == Scope.ROUND:
        return _("pour un seul tour de sélection")
    return _("pour un seul besoin") if mandate.scope == Scope.NEED else ""


def role_label(role: str) -> str:
    return str(ROLES[role])


def mandate_label(role: str) -> str:
    return str(MANDATES[role])


def domain_label(state: str) -> str:
    return str(DOMAINS[state])


def browser_label(stored: str) -> str:
    browser, _slash, system = stored.partition(" / ")
    if not browser:
        return _("Navigateur inconnu")
    return _("%(browser)s sur %(system)s", browser=browser, system=system) if system else browser


FILTERS = (browser_label, proof_sentence, mailbox_sentence, scope_sentence, role_label, mandate_label, domain_label)
