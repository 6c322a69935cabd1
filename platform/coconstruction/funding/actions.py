"""The leading member chooses how what remains to pay is shared."""

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions.queries import lead_of
from coconstruction.funding.models import CostSplit
from coconstruction.funding.policy import refusal_to_choose_split
from coconstruction.funding.shares import Method
from coconstruction.journal import record
from coconstruction.needs.actions import held
from coconstruction.needs.models import Need


def choose_split(session: Session, acting: Affiliation, need_id: int, method: Method) -> Need:
    """Chosen again, it changes nothing and is not told."""
    need = held(session, acting, need_id)
    if refusal := refusal_to_choose_split(need, acting, lead_of(session, need.id)):
        raise refusal
    chosen = session.get(CostSplit, need.id) or CostSplit(need_id=need.id)
    if chosen.method == method:
        return need
    chosen.method, chosen.affiliation_id, chosen.at = method, acting.id, clock.now()
    session.add(chosen)
    record(session, "coalition.split_chosen", ("need", need.id), by=acting, payload={"method": method.value})
    return need
