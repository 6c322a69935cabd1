"""Sign-in by ProConnect, the State's OpenID provider for people who work for a public body (docs/decisions/0015).

It says who somebody is and for which SIRET; it filters nobody: what that gives here is decided here."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from secrets import token_urlsafe
from typing import Any, Self
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, current_app
from flask_babel import lazy_gettext as _l
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from coconstruction.accounts.emails import normalised_email
from coconstruction.errors import Link, Refused
from coconstruction.settings import LEVELS as KNOWN_LEVELS
from coconstruction.settings import Settings

SCOPES = "openid given_name usual_name email siret idp_id roles organization_label"
ALGORITHMS = ["RS256", "ES256"]
SECONDS = 10  # without a word from the provider
# What the libraries raise when an answer is not what the protocol says, a list for an object included.
NONSENSE = (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError, AttributeError, RuntimeError)
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
# Access tokens live sixty seconds: the library's own minute of tolerance would find every one of them expired.
LEEWAY = 5
# With the rest it must fit in a cookie, of which browsers keep 4,096 bytes. Without it one signs out here only.
LONGEST_TOKEN = 1600
MFA = "eidas1-mfa"
LEVELS = {"eidas0": 0, "eidas1": 1, "eidas2": 2, "eidas3": 3}


@dataclass(frozen=True)
class Person:
    """What ProConnect said, checked. `subject` is of one identity provider: the same person may come back under
    another one."""

    issuer: str
    subject: str
    email: str
    name: str
    siret: str
    idp_id: str
    organisation: str
    roles: tuple[str, ...]
    acr: str

    @property
    def strong(self) -> bool:
        """Whether it gave more than one factor."""
        return is_strong(self.acr)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**{**stored, "roles": tuple(stored["roles"])})


def init_app(app: Flask, settings: Settings) -> None:
    if not settings.proconnect_issuer:
        return
    registry = OAuth(app)
    registry.register(
        "proconnect",
        client_id=settings.proconnect_client_id,
        client_secret=settings.proconnect_client_secret,
        server_metadata_url=f"{settings.proconnect_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPES,
            "token_endpoint_auth_method": "client_secret_post",
            "default_timeout": SECONDS,
            "leeway": LEEWAY,
        },
    )
    app.extensions["proconnect"] = registry.proconnect
    app.extensions["proconnect_issuer"] = settings.proconnect_issuer


def configured() -> bool:
    return "proconnect" in current_app.extensions


def depart(callback: str, acr: str) -> Response:
    """To the provider, with what will be checked on the way back kept in the visitor's session."""
    client = _client()
    if "S256" in (_described(client).get("code_challenge_methods_supported") or ()):
        client.client_kwargs["code_challenge_method"] = "S256"
    asked = {"state": token_urlsafe(32), "nonce": token_urlsafe(32), **_level(acr)}
    response: Response = client.authorize_redirect(callback, **asked)
    return response


def arrive(acr: str) -> tuple[Person, str]:
    """The person and the ID token, once the code is exchanged and every signature and claim is checked. `acr`: what was
    asked. The state serves once: coming back by the same address is refused."""
    client = _client()
    issuer = _described(client)["issuer"]
    try:
        token = client.authorize_access_token(leeway=LEEWAY, claims_options=_expected(client, issuer))
        claims = dict(token["userinfo"])
        info = _userinfo(client, token, claims["sub"])
    except MismatchingStateError as error:
        raise _not_ours() from error
    except RequestException as error:
        raise _unreachable() from error
    except NONSENSE as error:
        raise _not_believed() from error
    got = str(claims.get("acr") or "")
    if not at_least(got, acr):
        raise _too_weak()
    id_token = str(token["id_token"])
    return _person(claims, info, got), id_token if len(id_token) <= LONGEST_TOKEN else ""


def farewell(id_token: str, state: str, back: str) -> str | None:
    """Where to sign out of ProConnect too; None when it offers no such place or does not answer."""
    try:
        place = _described(_client()).get("end_session_endpoint")
    except Refused:
        return None
    asked = {"id_token_hint": id_token, "state": state, "post_logout_redirect_uri": back}
    return f"{place}?{urlencode(asked)}" if place else None


def at_least(got: str, asked: str) -> bool:
    """Whether one level of assurance is no weaker than another: eidas2 and above have two factors by themselves."""
    if got == asked:
        return True
    known = got.removesuffix("-mfa") in LEVELS and asked.removesuffix("-mfa") in LEVELS
    if not known or (is_strong(asked) and not is_strong(got)):
        return False
    return LEVELS[got.removesuffix("-mfa")] >= LEVELS[asked.removesuffix("-mfa")]


def is_strong(acr: str) -> bool:
    return acr.endswith("-mfa") or LEVELS.get(acr, 0) >= LEVELS["eidas2"]


def _level(acr: str) -> dict[str, str]:
    """Two factors are required, by an essential claim (OpenID Connect Core, §5.5.1.1): `acr_values` only wishes, and
    whoever is already signed in at the provider would come back as they are. ProConnect says nothing of the two
    together."""
    if not is_strong(acr):
        return {"acr_values": acr}
    enough = [each for each in KNOWN_LEVELS if at_least(each, acr)]
    return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": enough}}})}


def _client() -> Any:
    return current_app.extensions["proconnect"]


def _described(client: Any) -> Mapping[str, Any]:
    """What the provider says of itself, once it says to be the one of the settings (OpenID Connect Discovery, §4.3).
    Anything else is not kept: the next person asks again."""
    try:
        told: dict[str, Any] = client.load_server_metadata()
    except (RequestException, *NONSENSE) as error:
        raise _unreachable() from error
    expected = current_app.extensions["proconnect_issuer"]
    if told.get("issuer") != expected or not all(isinstance(told.get(each), str) for each in ENDPOINTS):
        told.clear()
        raise _unreachable()
    # What the ID token may be signed with is decided here, not there.
    told["id_token_signing_alg_values_supported"] = ALGORITHMS
    return told


def _expected(client: Any, issuer: str) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }


def _userinfo(client: Any, token: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """ProConnect signs it: the library's own reader takes plain JSON only."""
    metadata = client.load_server_metadata()
    answer = client.get(metadata["userinfo_endpoint"], token=token)
    answer.raise_for_status()
    read = jwt.decode(answer.text, KeySet.import_key_set(client.fetch_jwk_set()), algorithms=ALGORITHMS)
    jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": metadata["issuer"]},
        aud={"essential": True, "value": client.client_id},
        sub={"essential": True, "value": subject},
    ).validate(read.claims)
    return dict(read.claims)


def _person(claims: Mapping[str, Any], info: Mapping[str, Any], acr: str) -> Person:
    email = normalised_email(str(info.get("email") or ""))
    if email is None:
        raise _not_believed()
    names = (str(info.get(name) or "").strip() for name in ("given_name", "usual_name"))
    roles = info.get("roles")
    return Person(
        issuer=str(claims["iss"])[:200],
        subject=str(claims["sub"])[:255],
        email=email,
        name=" ".join(filter(None, names))[:120],
        siret=_siret(str(info.get("siret") or "")),
        idp_id=str(info.get("idp_id") or "")[:100],
        organisation=str(info.get("organization_label") or "")[:200],
        roles=tuple(str(role)[:40] for role in roles[:5]) if isinstance(roles, list) else (),
        acr=acr[:100],
    )


def _siret(told: str) -> str:
    """Fourteen digits, or nothing: half a number would be somebody else's."""
    number = "".join(told.split())
    return number if re.fullmatch(r"[0-9]{14}", number) else ""


def _refused(code: str, sentence: str, status: int) -> Refused:
    return Refused(code, sentence, Link(str(_l("Me connecter autrement")), "/connexion"), status=status)


def _unreachable() -> Refused:
    return _refused(
        "proconnect_unreachable",
        _l("ProConnect ne répond pas. Réessayez dans un instant, ou demandez un lien de connexion par courriel."),
        503,
    )


def declined() -> Refused:
    return _refused(
        "proconnect_declined",
        _l(
            "ProConnect n’a pas ouvert la connexion : vous y avez renoncé, ou votre fournisseur d’identité n’offre pas "
            "ce qui est demandé ici."
        ),
        403,
    )


def _not_ours() -> Refused:
    return _refused(
        "proconnect_state",
        _l("Cette connexion n’a pas commencé ici, ou elle a déjà servi. Recommencez depuis la page de connexion."),
        400,
    )


def _not_believed() -> Refused:
    return _refused(
        "proconnect_invalid",
        _l("La réponse de ProConnect n’a pas pu être vérifiée. Recommencez depuis la page de connexion."),
        400,
    )


def _too_weak() -> Refused:
    return _refused(
        "proconnect_acr",
        _l("ProConnect n’a pas donné le niveau d’assurance demandé. Connectez-vous-y avec un second facteur."),
        403,
    )
