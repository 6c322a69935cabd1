"""Proofs that an agent belongs to an organisation: given, taken back, the best one shown (docs/decisions/0017).
Whoever calls holds the affiliation."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, AffiliationProof, Agent, Proof

LADDER = tuple(Proof)


def prove(
    session: Session,
    affiliation: Affiliation,
    kind: Proof,
    *,
    evidence: str,
    by_agent: Agent | None = None,
    document_id: int | None = None,
) -> None:
    session.flush()
    rung = session.get(AffiliationProof, (affiliation.id, kind), populate_existing=True)
    if rung is None:
        rung = AffiliationProof(affiliation_id=affiliation.id, kind=kind)
        session.add(rung)
    rung.evidence, rung.proven_at, rung.document_id = evidence, clock.now(), document_id
    rung.proven_by_id = by_agent.id if by_agent else None
    rung.ended_at, rung.ended_because = None, ""
    affiliation.suspended_at = None
    if kind is not Proof.ASSISTED:  # which proves nothing of its agent
        affiliation.ended_by_id = None
    _show_best(session, affiliation)


def take_back(session: Session, affiliation: Affiliation, kind: Proof, because: str) -> None:
    """Without another one standing, the affiliation is suspended: its agent may climb another rung."""
    session.flush()
    rung = session.get(AffiliationProof, (affiliation.id, kind), populate_existing=True)
    if rung is None or rung.ended_at is not None:
        return
    rung.ended_at, rung.ended_because = clock.now(), because
    _show_best(session, affiliation)
    if affiliation.proof is None:
        affiliation.suspended_at = clock.now()


def take_all_back(session: Session, affiliation: Affiliation, because: str) -> None:
    """The affiliation ends, or is asked anew: nothing proven before counts any longer."""
    for rung in standing(session, affiliation):
        rung.ended_at, rung.ended_because = clock.now(), because
    _show_best(session, affiliation)


def standing(session: Session, affiliation: Affiliation) -> list[AffiliationProof]:
    """The proofs that hold, the best first."""
    session.flush()
    wanted = select(AffiliationProof).where(
        AffiliationProof.affiliation_id == affiliation.id, AffiliationProof.ended_at.is_(None)
    )
    found = session.scalars(wanted.execution_options(populate_existing=True))
    return sorted(found, key=lambda rung: LADDER.index(Proof(rung.kind)))


def _show_best(session: Session, affiliation: Affiliation) -> None:
    best = next(iter(standing(session, affiliation)), None)
    affiliation.proof = best.kind if best else None
    affiliation.evidence = best.evidence if best else ""
    affiliation.proven_at = best.proven_at if best else None
    affiliation.proven_by_id = best.proven_by_id if best else None
    session.flush()
