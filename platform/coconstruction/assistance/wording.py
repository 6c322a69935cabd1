from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

# What a curator may do for an organisation, as the journal names it.
ACTS: Mapping[str, str] = {
    "need.posted": _l("dépôt du besoin"),
    "need.edited": _l("modification du besoin"),
    "need.withdrawn": _l("retrait du besoin"),
    "need.reopened": _l("réouverture du besoin"),
    "need.supported": _l("soutien"),
    "need.support_seconded": _l("soutien confirmé"),
    "need.unsupported": _l("retrait du soutien"),
    "coalition.joined": _l("entrée dans la coalition"),
    "coalition.role_changed": _l("changement de place dans la coalition"),
    "coalition.pledges_changed": _l("changement des engagements"),
    "coalition.left": _l("sortie de la coalition"),
    "discussion.posted": _l("message dans la discussion"),
    "discussion.edited": _l("modification d’un message"),
    "discussion.removed": _l("retrait d’un message"),
}


def assisted_act_label(action: str) -> str:
    return str(ACTS[action])
