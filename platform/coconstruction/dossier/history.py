"""What happened to a need, from the journal, as anyone may read it: never a person's name, never a ballot."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation
from coconstruction.web.filters import date, percent

MOST_EVENTS = 60
SENTENCES = {
    "need.posted": _l("Besoin publié"),
    "need.edited": _l("Nouvelle version du texte"),
    "need.withdrawn": _l("Besoin retiré"),
    "need.reopened": _l("Besoin rouvert"),
    "coalition.joined": _l("A rejoint la coalition"),
    "coalition.role_changed": _l("A changé de place dans la coalition"),
    "coalition.pledges_changed": _l("A changé ce qu’elle met en commun"),
    "coalition.committed": _l("S’est engagée fermement"),
    "coalition.pledge_honoured": _l("A tenu un engagement"),
    "coalition.conditions_met": _l("Des engagements sous condition comptent désormais"),
    "coalition.lead_handed_over": _l("A pris le relais de chef de file"),
    "coalition.agreed": _l("A confirmé son engagement après le changement du texte"),
    "coalition.told": _l("Des nouvelles de la coalition"),
    "coalition.split_chosen": _l("A choisi comment la coalition partage le coût"),
    "coalition.left": _l("A quitté la coalition"),
    "need.crossed": _l("Seuil de mutualisation franchi"),
    "need.milestone": _l("Une étape vers le seuil"),
    "need.fell_back": _l("Repassé sous le seuil"),
    "need.regained": _l("De nouveau au-dessus du seuil"),
    "need.unqualified": _l("Resté trente jours sous le seuil : de nouveau ouvert"),
    "need.shortlisted": _l("Présélectionné par le comité"),
    "need.unshortlisted": _l("Présélection annulée"),
    "need.grouped": _l("Réuni à d’autres sous un besoin commun"),
    "need.groups": _l("Réunit d’autres besoins"),
    "need.ungrouped": _l("De nouveau seul"),
    "need.stepped_out": _l("Ne compte plus dans le besoin commun"),
    "need.stepped_back_in": _l("Compte de nouveau dans le besoin commun"),
    "need.kept_open": _l("Examiné : il relève du programme"),
    "need.asked_for_more": _l("L’équipe demande des précisions"),
    "need.redirected": _l("Réorienté"),
    "need.declined": _l("Écarté"),
    "need.opened_again": _l("Rouvert par l’équipe"),
    "need.answer_undone": _l("Réponse annulée aussitôt"),
    "need.appealed": _l("A demandé un nouvel examen"),
    "need.appeal_upheld": _l("Nouvel examen : le besoin est rouvert"),
    "need.appeal_rejected": _l("Nouvel examen : la décision est maintenue"),
    "need.in_round": _l("Entré dans le tour de sélection"),
    "need.selected": _l("Retenu"),
    "need.not_selected": _l("Non retenu à ce tour"),
}


def timeline(session: Session, need: Need) -> Sequence[Mapping[str, str]]:
    """Latest first, as `components/lists.html` takes it. Supports are counted elsewhere: each of them here would
    bury the decisions."""
    wanted = (
        select(JournalEntry, Organisation)
        .outerjoin(Organisation, Organisation.id == JournalEntry.organisation_id)
        .where(
            JournalEntry.subject_kind == "need",
            JournalEntry.subject_id == need.id,
            JournalEntry.action.in_(SENTENCES),
        )
        .order_by(JournalEntry.seq.desc())
        .limit(MOST_EVENTS)
    )
    return [_event(entry, organisation) for entry, organisation in session.execute(wanted)]


def _event(entry: JournalEntry, organisation: Organisation | None) -> Mapping[str, str]:
    return {
        "when": date(entry.at),
        "title": _title(entry),
        "by": organisation.name if organisation is not None else "",
        "text": entry.payload.get("motive", ""),
    }


def _title(entry: JournalEntry) -> str:
    if entry.action == "need.milestone":
        return _("A atteint %(share)s du seuil", share=percent(entry.payload["percent"]))
    return str(SENTENCES[entry.action])
