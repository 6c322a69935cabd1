"""Who may decide on a tie between a person and an organisation, and why not."""

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.models import Affiliation, Agent, Authority, Proof
from coconstruction.errors import Link, Refused
from coconstruction.territories.models import Organisation

OWN_MAILBOX = frozenset({Proof.OFFICIAL_ADDRESS, Proof.OFFICIAL_CODE})


def refusal_to_ask_affiliation(organisation: Organisation) -> Refused | None:
    if organisation.active:
        return None
    return Refused(
        "organisation_gone",
        _l("Cette organisation n’existe plus sous ce nom. Choisissez celle qui lui a succédé."),
        Link(str(_l("Choisir une organisation")), "/compte/organisations/nouvelle"),
    )


def refusal_to_decide(
    affiliation: Affiliation, by_agent: Agent, authority: Authority | None, motive: str
) -> Refused | None:
    """On a request to be affiliated."""
    if affiliation.proven_at is not None or affiliation.ended_at is not None:
        return Refused("already_decided", _l("Une décision a déjà été prise sur cette demande."), _account())
    if authority is Authority.REFERENT and affiliation.put_out_by_team:
        return put_out_by_team()
    return refusal_to_rule(affiliation, by_agent, authority, motive)


def refusal_to_end(
    affiliation: Affiliation, by_agent: Agent, authority: Authority | None, motive: str
) -> Refused | None:
    if affiliation.ended_at is not None:
        return Refused("already_ended", _l("Ce rattachement est déjà terminé."), _account())
    if affiliation.agent_id == by_agent.id:
        return None
    return refusal_to_rule(affiliation, by_agent, authority, motive)


def refusal_to_rule(
    affiliation: Affiliation, by_agent: Agent, authority: Authority | None, motive: str
) -> Refused | None:
    """On anything that concerns a colleague's belonging or mandates."""
    if authority is None:
        return not_in_charge()
    if affiliation.agent_id == by_agent.id:
        return Refused(
            "own_affiliation",
            _l("On ne décide pas pour soi-même : demandez à une autre personne."),
            _account(),
            status=403,
        )
    if authority is Authority.CURATOR and not motive.strip():
        return Refused(
            "motive_missing", _l("Donnez vos raisons : la personne concernée les recevra."), _account(), status=422
        )
    return None


def refusal_to_suspend(affiliation: Affiliation) -> Refused | None:
    if affiliation.live:
        return None
    return Refused(
        "not_live", _l("Ce rattachement n’est pas en vigueur : il n’y a rien à suspendre."), _account(), status=409
    )


def refusal_to_ask_for_mandate(affiliation: Affiliation) -> Refused | None:
    if not affiliation.live:
        return not_proven()
    if affiliation.mandate_request is not None:
        return Refused("mandate_asked", _l("Votre demande de mandat attend déjà une réponse."), _account())
    return None


def refusal_to_wear(affiliation: Affiliation) -> Refused | None:
    if affiliation.live:
        return None
    name = affiliation.organisation.name
    if affiliation.ended_at is not None:
        sentence = _l("Votre rattachement à %(name)s est terminé. Vous pouvez le demander de nouveau.", name=name)
        return Refused("affiliation_ended", sentence, _account(), status=403)
    if affiliation.suspended_at is not None:
        sentence = _l(
            "Votre rattachement à %(name)s est suspendu : ce qui le prouvait ne vaut plus. Prouvez-le autrement.",
            name=name,
        )
        return Refused("affiliation_suspended", sentence, _proof_of(affiliation), status=403)
    if affiliation.lapses_at is not None:
        sentence = _l("La saisie pour %(name)s est finie.", name=name)
        return Refused("assistance_over", sentence, Link(str(_l("Voir la curation")), "/curation"), status=403)
    sentence = _l("Vous ne pouvez pas encore agir pour %(name)s : votre rattachement n’est pas vérifié.", name=name)
    return Refused("not_live", sentence, _proof_of(affiliation), status=403)


def refusal_to_become_referent(affiliation: Affiliation, *, has_referent: bool) -> Refused | None:
    """The first référent is whoever holds the organisation's own mailbox; the next ones are named by a référent."""
    if not affiliation.live:
        return not_proven()
    if has_referent:
        return Refused(
            "has_referent",
            _l("Cette organisation a déjà un référent : c’est à lui d’en nommer un autre."),
            _account(),
        )
    if not any(rung.ended_at is None and rung.kind in OWN_MAILBOX for rung in affiliation.proofs):
        return Refused(
            "mailbox_not_proven",
            _l(
                "Devient référent de lui-même qui lit le courrier officiel de l’organisation. "
                "Sinon, demandez un mandat de référent : l’équipe vous répondra."
            ),
            _account(),
            status=403,
        )
    return None


def put_out() -> Refused:
    return Refused(
        "put_out",
        _l("Une personne a mis fin à votre rattachement, ou l’a refusé : une personne doit l’accorder de nouveau."),
        _account(),
        status=403,
    )


def put_out_by_team() -> Refused:
    return Refused(
        "put_out_by_team",
        _l("L’équipe de l’Incubateur a mis fin à ce rattachement, ou l’a suspendu : c’est à elle de le rendre."),
        _account(),
        status=403,
    )


def not_in_charge() -> Refused:
    return Refused(
        "not_in_charge",
        _l("Cette décision revient à un référent de l’organisation, ou à l’équipe de l’Incubateur."),
        _account(),
        status=403,
    )


def last_referent() -> Refused:
    return Refused(
        "last_referent",
        _l("C’est le dernier référent de l’organisation : nommez-en d’abord un autre."),
        _account(),
    )


def mandate_over() -> Refused:
    return Refused("mandate_over", _l("Le mandat finirait avant de commencer."), _account(), status=422)


def mandate_held() -> Refused:
    return Refused("mandate_held", _l("Cette personne a déjà ce mandat."), _account())


def document_missing() -> Refused:
    return Refused(
        "document_missing",
        _l("Joignez la pièce sur laquelle vous vous fondez : sans elle, la décision ne pourrait pas être revue."),
        status=422,
    )


def free_domain(domain: str) -> Refused:
    return Refused(
        "free_domain",
        _l("N’importe qui peut ouvrir une boîte en @%(domain)s : ce domaine ne prouve rien.", domain=domain),
        Link(str(_l("Voir la curation")), "/curation"),
        status=422,
    )


def no_official_address() -> Refused:
    return Refused(
        "no_official_address",
        _l("Nous n’avons pas d’adresse officielle où envoyer un code pour cette organisation."),
        _account(),
    )


def too_many_codes() -> Refused:
    return Refused(
        "too_many_codes",
        _l("Trois codes ont déjà été envoyés à cette adresse depuis hier. Attendez demain, ou écrivez à l’équipe."),
        _account(),
        status=429,
    )


def too_many_documents(affiliation_id: int) -> Refused:
    return Refused(
        "too_many_documents",
        _l("Cinq pièces sont déjà jointes : l’équipe vous écrira s’il en faut d’autres."),
        Link(str(_l("Revenir à ma demande")), f"/compte/organisations/{affiliation_id}/preuve"),
    )


def already_proven() -> Refused:
    return Refused("already_proven", _l("Ce rattachement est déjà vérifié."), _account())


def not_proven() -> Refused:
    return Refused(
        "not_proven",
        _l("Ce rattachement doit d’abord être vérifié. Un mandat pourra ensuite être demandé."),
        _account(),
    )


def _account() -> Link:
    return Link(str(_l("Voir mon compte")), "/compte")


def _proof_of(affiliation: Affiliation) -> Link:
    return Link(str(_l("Prouver mon appartenance")), f"/compte/organisations/{affiliation.id}/preuve")
