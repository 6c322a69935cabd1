"""Who may say what, and why not. The same answer decides the link and the server's refusal."""

from flask_babel import lazy_gettext as _l

from coconstruction import clock
from coconstruction.discussions.models import CHANGES_FOR, Message
from coconstruction.discussions.voices import Voice
from coconstruction.errors import Link, Refused
from coconstruction.needs.models import Need, State
from coconstruction.needs.policy import refusal_to_contribute, still_a_draft

MOST_ANSWERS = 100
MOST_MENTIONS = 10


def refusal_to_post(need: Need, voice: Voice) -> Refused | None:
    if need.state == State.DRAFT:
        return still_a_draft(need)
    if need.state == State.WITHDRAWN:
        return Refused(
            "discussion_closed",
            _l("Ce besoin est retiré : sa discussion reste lisible, et n’accepte plus de message."),
            Link(str(_l("Revenir au besoin")), need.path),
        )
    return None if voice.of_team else refusal_to_contribute(voice.hat)


def refusal_to_answer(need: Need, first: Message, voice: Voice, answers: int) -> Refused | None:
    """`first`: the message that begins the thread, which has so many answers."""
    if refusal := refusal_to_post(need, voice):
        return refusal
    if first.gone:
        return _gone(first)
    if answers >= MOST_ANSWERS:
        return Refused(
            "thread_full",
            _l("Ce fil est très long : écrivez un nouveau message."),
            Link(str(_l("Écrire un nouveau message")), f"/besoins/{need.id}/discussion#ecrire"),
        )
    return None


def refusal_to_edit(message: Message, voice: Voice) -> Refused | None:
    if not voice.wrote(message):
        return _not_yours(message)
    if message.gone:
        return _gone(message)
    if clock.now() >= message.posted_at + CHANGES_FOR:
        return Refused(
            "message_too_old",
            _l("Un message se modifie pendant quinze minutes. Vous pouvez encore le retirer, ou y répondre."),
            _back(message),
        )
    return None


def refusal_to_remove(message: Message, voice: Voice) -> Refused | None:
    if not voice.answers_for(message):
        return _not_yours(message)
    return _gone(message) if message.removed_at else None


def refusal_to_report(message: Message) -> Refused | None:
    return _gone(message) if message.gone else None


def refusal_to_hide(message: Message) -> Refused | None:
    return _gone(message) if message.gone else None


def refusal_to_restore(message: Message) -> Refused | None:
    if message.removed_at:
        return _gone(message)
    if message.hidden_at is None:
        return Refused("message_not_hidden", _l("Ce message n’est pas masqué."), _back(message))
    return None


def already_reported(message: Message) -> Refused:
    return Refused(
        "already_reported",
        _l("Vous avez déjà signalé ce message : l’équipe de l’Incubateur l’examine."),
        _back(message),
    )


def no_report(message: Message) -> Refused:
    return Refused("no_report", _l("Aucun signalement de ce message n’attend de réponse."), _back(message))


def too_many_mentions(need: Need) -> Refused:
    return Refused(
        "too_many_mentions",
        _l("Un message mentionne dix organisations au plus."),
        Link(str(_l("Revenir à la discussion")), f"/besoins/{need.id}/discussion"),
        status=422,
    )


def _gone(message: Message) -> Refused:
    return Refused("message_gone", _l("Ce message est retiré ou masqué."), _back(message))


def _not_yours(message: Message) -> Refused:
    return Refused(
        "not_your_message",
        _l("Seule la personne qui a écrit ce message, au nom de la même organisation, peut faire cela."),
        _back(message),
        status=403,
    )


def _back(message: Message) -> Link:
    return Link(str(_l("Revenir à la discussion")), message.path)
