"""Who may decide on a tie between a person and an organisation, and why not."""

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.errors import Link, Refused
from coconstruction.territories.models import Organisation


def refusal_to_ask_affiliation(organisation: Organisation) -> Refused | None:
    if organisation.active:
        return None
    return Refused(
        "organisation_gone",
        _l("Cette organisation n’existe plus sous ce nom. Choisissez celle qui lui a succédé."),
        Link(str(_l("Choisir une organisation")), "/compte/organisations/nouvelle"),
    )


def refusal_to_decide(affiliation: Affiliation, by_agent: Agent, motive: str) -> Refused | None:
    """On a request to be affiliated."""
    if affiliation.proven_at is not None or affiliation.ended_at is not None:
        return Refused("already_decided", _l("Une décision a déjà été prise sur cette demande."), _queue())
    return _refusal_as_curator(affiliation, by_agent) or _refusal_without(motive)


def refusal_to_decide_on_mandate(affiliation: Affiliation, by_agent: Agent, motive: str) -> Refused | None:
    if not affiliation.live or affiliation.mandate or affiliation.mandate_asked_at is None:
        return Refused("no_mandate_asked", _l("Aucune demande de mandat n’attend ici de décision."), _queue())
    return _refusal_as_curator(affiliation, by_agent) or _refusal_without(motive)


def refusal_to_end(affiliation: Affiliation, by_agent: Agent, motive: str) -> Refused | None:
    if affiliation.ended_at is not None:
        return Refused("already_ended", _l("Ce rattachement est déjà terminé."), _account())
    if affiliation.agent_id == by_agent.id:
        return None
    return _refusal_as_curator(affiliation, by_agent) or _refusal_without(motive)


def refusal_to_ask_for_mandate(affiliation: Affiliation) -> Refused | None:
    if not affiliation.live:
        return Refused(
            "not_proven",
            _l("Votre rattachement doit d’abord être vérifié. Vous pourrez ensuite demander un mandat."),
            _account(),
        )
    if affiliation.mandate:
        return Refused("mandate_held", _l("Vous avez déjà mandat pour engager cette organisation."), _account())
    if affiliation.mandate_asked_at is not None:
        return Refused("mandate_asked", _l("Votre demande de mandat attend déjà une réponse."), _account())
    return None


def refusal_to_wear(affiliation: Affiliation) -> Refused | None:
    if affiliation.live:
        return None
    return Refused(
        "not_live",
        _l(
            "Vous ne pouvez pas agir pour cette organisation : votre rattachement n’est pas vérifié, ou il est terminé."
        ),
        _account(),
        status=403,
    )


def _refusal_as_curator(affiliation: Affiliation, by_agent: Agent) -> Refused | None:
    if not by_agent.is_curator:
        return Refused(
            "curators_only",
            _l("Cette décision revient à l’équipe de l’Incubateur des territoires."),
            _account(),
            status=403,
        )
    if affiliation.agent_id == by_agent.id:
        return Refused(
            "own_affiliation",
            _l("On ne décide pas pour soi-même : demandez à une autre personne de l’équipe."),
            _queue(),
            status=403,
        )
    return None


def _refusal_without(motive: str) -> Refused | None:
    if motive.strip():
        return None
    return Refused(
        "motive_missing", _l("Donnez vos raisons : la personne concernée les recevra."), _queue(), status=422
    )


def _account() -> Link:
    return Link(str(_l("Voir mon compte")), "/compte")


def _queue() -> Link:
    return Link(str(_l("Voir les demandes en attente")), "/curation")
