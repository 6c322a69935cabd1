"""Why a round says no. The same answer decides the button and the server's refusal; whoever asks has read the calendar
and, to decide, locked the round."""

from collections.abc import Collection
from datetime import datetime

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.mandates import refusal_to_commit
from coconstruction.accounts.models import Affiliation, Scope
from coconstruction.errors import Link, Refused
from coconstruction.needs import policy as needs_policy
from coconstruction.needs.models import Need, State
from coconstruction.rounds import policy
from coconstruction.rounds.calendar import Calendar, Phase
from coconstruction.rounds.models import Ballot, Round
from coconstruction.rounds.policy import Action, Role
from coconstruction.rounds.wording import moment

RESULT_KNOWN = frozenset(phase for phase in Phase if policy.reason(Action.SEE_RESULT, phase, Role.VISITOR) is None)


def refusal_to_vote(round_: Round, calendar: Calendar, acting: Affiliation | None, at: datetime) -> Refused | None:
    phase = calendar.phase_at(at)
    code = policy.reason(Action.CAST_BALLOT, phase, policy.role_of(acting, round_.id, at))
    if code is None:
        return None
    if code == policy.NO_MANDATE and acting is not None:
        return refusal_to_commit(acting, Scope.ROUND, round_.id, at)
    return WITHOUT_THE_RIGHT[code]() if code in WITHOUT_THE_RIGHT else _not_voting(round_, calendar, phase)


def refusal_of_choices(round_: Round, known: Collection[int], choices: Collection[int]) -> Refused | None:
    """`known`: the candidates of this round."""
    if set(choices) <= set(known):
        return None
    return Refused(
        "unknown_candidate",
        _l("Votre bulletin désigne un besoin qui n’est pas candidat à ce tour. Rouvrez la page du bulletin."),
        _back_to_ballot(round_),
        status=422,
    )


def refusal_to_replace(round_: Round, current: Ballot | None, expected_version: int) -> Refused | None:
    """Two agents of one organisation at once: the second sees what the first did, and nothing is overwritten."""
    version = current.version if current else 0
    if version == expected_version:
        return None
    if current is None:
        sentence = _l("La page du bulletin n’était plus à jour. Rouvrez-la, puis déposez votre bulletin.")
    else:
        sentence = _l(
            "%(agent)s a déposé la version %(version)s du bulletin de votre collectivité le %(at)s, après "
            "l’ouverture de votre page. Relisez-la : vous pourrez ensuite la remplacer.",
            agent=current.affiliation.agent.name or current.affiliation.agent.email,
            version=version,
            at=moment(current.cast_at),
        )
    return Refused("ballot_replaced", sentence, _back_to_ballot(round_))


def refusal_to_edit(round_: Round, calendar: Calendar, at: datetime) -> Refused | None:
    """Envelope, rule, seed, candidates and prices are those of the opening: voters decide on what they read."""
    if round_.frozen_at is not None:
        return _frozen(round_)
    code = policy.reason(Action.EDIT_SETTING, calendar.phase_at(at), Role.CURATOR)
    if code is None:
        return None
    if code == policy.OPENED:
        sentence = _l(
            "Le vote est ouvert : l’enveloppe, la règle, le tirage au sort, les candidats et leurs prix ne changent "
            "plus. Tant que personne n’a voté, vous pouvez reporter l’ouverture, puis corriger."
        )
        return Refused(code, sentence, Link(str(_l("Changer les dates")), f"/curation/tours/{round_.id}/calendrier"))
    return Refused(code, _l("Le vote est clos : ce tour ne change plus."), _to_round(round_))


def refusal_to_enter(round_: Round, calendar: Calendar, need: Need, at: datetime) -> Refused | None:
    if round_.frozen_at is not None:
        return _frozen(round_)
    if code := policy.reason(Action.ENTER_CANDIDATE, calendar.phase_at(at), Role.CURATOR):
        return Refused(
            code,
            _l("Le vote est ouvert : plus aucun besoin n’entre dans ce tour. Il pourra être présenté au suivant."),
            _to_round(round_),
        )
    if need.state != State.SHORTLISTED:
        return Refused(
            "not_shortlisted",
            _l("Seul un besoin présélectionné par le comité entre dans un tour."),
            Link(str(_l("Voir le besoin")), need.path),
        )
    return None


def refusal_to_create(calendar: Calendar, at: datetime) -> Refused | None:
    """A round that is over before it begins would be published at once, with nobody's ballot, for good."""
    return None if calendar.starts[Phase.COUNTING] > at else _past("/curation/tours/nouveau")


def refusal_to_move(round_: Round, before: Calendar, after: Calendar, at: datetime) -> Refused | None:
    """A date may slip, even a past one; but a vote that is closed or has ballots does not reopen, and what is published
    stays so."""
    settled = [Phase.VOTING] if round_.frozen_at is not None else []
    settled += [phase for phase in (Phase.COUNTING, Phase.PUBLISHED) if before.starts[phase] <= at]
    if Phase.COUNTING in settled:
        settled.append(Phase.VOTING)
    if all(before.starts[phase] == after.starts[phase] for phase in settled):
        return _refusal_of_past(round_, before, after, at)
    return Refused(
        "date_settled",
        _l(
            "Cette date ne change plus : le vote a reçu des bulletins, il est clos, ou le résultat est publié. "
            "Les dates à venir peuvent encore bouger."
        ),
        Link(str(_l("Revoir le calendrier")), f"/curation/tours/{round_.id}/calendrier"),
    )


def refusal_to_turn_back(round_: Round, phase: Phase, *, published: bool) -> Refused | None:
    """The demonstration moves freely until its result is stored."""
    if not published or phase in RESULT_KNOWN:
        return None
    return Refused(
        "published",
        _l("Le résultat de ce tour est publié : il ne se dépublie pas. Réinstallez la démonstration pour recommencer."),
        Link(str(_l("Voir le résultat")), f"/tours/{round_.slug}/resultats"),
    )


def _refusal_of_past(round_: Round, before: Calendar, after: Calendar, at: datetime) -> Refused | None:
    """The close moved to yesterday would shut out ballots already cast, and the publication could not be undone."""
    moved = [each for each in (Phase.COUNTING, Phase.PUBLISHED) if before.starts[each] != after.starts[each]]
    if all(after.starts[phase] > at for phase in moved):
        return None
    return _past(f"/curation/tours/{round_.id}/calendrier")


def _past(path: str) -> Refused:
    return Refused(
        "date_past",
        _l("La clôture du vote et la publication du résultat ne se fixent pas dans le passé."),
        Link(str(_l("Revoir le calendrier")), path),
        status=422,
    )


def _frozen(round_: Round) -> Refused:
    sentence = _l(
        "Un premier bulletin a été déposé : l’enveloppe, la règle, le tirage au sort, les candidats et leurs prix "
        "ne changent plus. Seules les dates à venir peuvent encore bouger."
    )
    return Refused("frozen", sentence, _to_round(round_))


def _not_voting(round_: Round, calendar: Calendar, phase: Phase | None) -> Refused:
    if phase in RESULT_KNOWN:
        sentence = _l("Le vote est clos et le résultat est publié.")
        return Refused("vote_closed", sentence, Link(str(_l("Voir le résultat")), f"/tours/{round_.slug}/resultats"))
    step = Link(str(_l("Voir le calendrier du tour")), f"/tours/{round_.slug}#calendrier")
    if phase is Phase.COUNTING:
        when = moment(calendar.starts[Phase.PUBLISHED])
        sentence = _l("Le vote est clos. Le résultat sera publié le %(when)s, heure de Paris.", when=when)
        return Refused("vote_closed", sentence, step)
    when = moment(calendar.starts[Phase.VOTING])
    return Refused("vote_not_open", _l("Le vote ouvrira le %(when)s, heure de Paris.", when=when), step)


WITHOUT_THE_RIGHT = {
    policy.NO_AFFILIATION: needs_policy.no_organisation,
    policy.OTHER_KIND: needs_policy.not_for_this_kind,
}


def _to_round(round_: Round) -> Link:
    return Link(str(_l("Voir le tour")), f"/tours/{round_.slug}")


def _back_to_ballot(round_: Round) -> Link:
    return Link(str(_l("Rouvrir la page du bulletin")), f"/tours/{round_.slug}/bulletin")
