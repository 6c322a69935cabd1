"""What curators may answer, when, and why not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.models import Affiliation
from coconstruction.errors import Link, Refused
from coconstruction.needs.models import Need, State
from coconstruction.needs.policy import owns
from coconstruction.triage.models import Appeal, Batch, Decision, Kind

UNDO_WITHIN = timedelta(minutes=10)
APPEAL_WITHIN = timedelta(days=60)
ANSWERABLE = frozenset({State.OPEN, State.QUALIFIED, State.NOT_SELECTED})
REOPENABLE = frozenset({State.REDIRECTED, State.DECLINED})
BECOMES = {Kind.REDIRECT: State.REDIRECTED, Kind.DECLINE: State.DECLINED}


def kinds_for(need: Need) -> Sequence[Kind]:
    """The answers that this need may be given now."""
    if need.state in ANSWERABLE:
        return (Kind.KEEP, Kind.ASK, Kind.REDIRECT, Kind.DECLINE)
    return (Kind.REOPEN,) if need.state in REOPENABLE else ()


def refusal_to_decide(need: Need, kind: str) -> Refused | None:
    if kind in kinds_for(need):
        return None
    return Refused(
        "not_answerable",
        _l(
            "« %(title)s » ne peut plus recevoir cette réponse : il est à un autre moment de sa vie. Rouvrez-le pour "
            "voir où il en est.",
            title=need.title,
        ),
        _to(need),
    )


def refusal_to_assign(conflicted: Sequence[Need]) -> Refused | None:
    """`conflicted`: needs in which that person has an interest."""
    if not conflicted:
        return None
    return Refused(
        "conflict_of_interest",
        _l("Cette personne a un intérêt dans « %(title)s » : elle s’en déporte.", title=conflicted[0].title),
        _to(conflicted[0]),
        status=403,
    )


def no_draft(need: Need) -> Refused:
    return Refused(
        "no_draft",
        _l("La réponse à « %(title)s » a été publiée ou jetée entre-temps.", title=need.title),
        _to(need),
    )


def refusal_to_appeal(
    need: Need, acting: Affiliation | None, decision: Decision | None, appeal: Appeal | None, now: datetime
) -> Refused | None:
    """`decision`: the one that stands; `appeal`: the one already made against it."""
    if not owns(need, acting):
        return Refused(
            "not_the_bearer",
            _l("Seule la collectivité qui porte ce besoin peut demander un nouvel examen."),
            _public(need),
            status=403,
        )
    if decision is None or need.state not in REOPENABLE:
        return Refused("nothing_to_appeal", _l("Aucune décision n’écarte ni ne réoriente ce besoin."), _public(need))
    if appeal is not None:
        return Refused(
            "already_appealed",
            _l("Un nouvel examen a déjà été demandé : il ne l’est qu’une fois par décision."),
            _public(need),
        )
    if now > decision.at + APPEAL_WITHIN:
        return Refused(
            "too_late",
            _l(
                "Le délai de soixante jours est passé. Vous pouvez déposer un nouveau besoin, qui dira ce qui a changé."
            ),
            Link(str(_l("Déposer un besoin")), "/besoins/nouveau"),
        )
    return None


def refusal_to_answer_appeal(appeal: Appeal, curator_id: int) -> Refused | None:
    if appeal.answered_at is not None:
        return Refused("already_answered", _l("Cette demande a déjà reçu sa réponse."), _to(appeal.decision.need))
    if appeal.decision.curator_id == curator_id:
        return Refused(
            "same_curator",
            _l("Vous avez pris la décision contestée : c’est à une autre personne de l’équipe d’examiner la demande."),
            _to(appeal.decision.need),
            status=403,
        )
    return None


def refusal_to_undo(batch: Batch, curator_id: int, now: datetime, moved: Sequence[Need]) -> Refused | None:
    """`moved`: needs that something else has happened to since."""
    back = Link(str(_l("Revenir aux besoins à examiner")), "/curation/besoins")
    if batch.curator_id != curator_id:
        return Refused("not_yours", _l("Seule la personne qui a agi peut annuler."), back, status=403)
    if batch.undone_at is not None:
        return Refused("already_undone", _l("C’est déjà annulé."), back)
    if now > batch.at + UNDO_WITHIN:
        return Refused(
            "too_late",
            _l("Les dix minutes sont passées, et les courriels partis. Une nouvelle décision peut corriger celle-ci."),
            back,
        )
    if moved:
        return Refused(
            "moved_since",
            _l("Impossible d’annuler : « %(title)s » a changé entre-temps. Rien n’a été annulé.", title=moved[0].title),
            back,
        )
    return None


def _to(need: Need) -> Link:
    return Link(str(_l("Rouvrir ce besoin")), f"/curation/besoins/{need.id}")


def _public(need: Need) -> Link:
    return Link(str(_l("Revenir au besoin")), need.path)
