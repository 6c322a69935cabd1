"""The only reader of the environment. What is missing or unsafe refuses to start, with a sentence."""

import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
BRANDS = ("neutre", "etat")
# Levels of assurance of ProConnect, the weakest first.
LEVELS = ("eidas0", "eidas0-mfa", "eidas1", "eidas1-mfa", "eidas2", "eidas3")
NO_KEY = (
    "SECRET_KEY manque : sans elle, les sessions ne peuvent pas être signées. "
    "Donnez-lui 32 caractères au hasard ou plus, ou DEMO=1 pour une démonstration sur cette machine."
)


SHORTEST_KEY = 32


class SettingsError(Exception):
    """Said on standard error by whoever starts the product."""


@dataclass(frozen=True)
class Retention:
    """Days during which what is personal is kept, each from the event that the page of personal data names."""

    requests: int = 365
    documents: int = 365
    sessions: int = 90
    letters: int = 365
    invitations: int = 90
    drafts: int = 730
    accounts: int = 1095

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        days = {}
        for each in fields(cls):
            typed = environ.get(f"RETENTION_{each.name.upper()}_DAYS")
            if typed and not (typed.isdecimal() and int(typed) > 0):
                raise SettingsError(f"RETENTION_{each.name.upper()}_DAYS vaut « {typed} » : donnez un nombre de jours.")
            if typed:
                days[each.name] = int(typed)
        return cls(**days)


@dataclass(frozen=True)
class Settings:
    """`mail_url`: `smtp://[user:password@]host:port`, `smtps://…`, `file:///folder`, or `keep:` (letters stay in the
    database). `rate_limit_url`: where attempts are counted, `counters://<file>` on one machine, `redis://…` on
    several, `none:` for measures. `trusted_proxies`: how many relays in front add the address they were asked from."""

    database_url: str
    search_index_dir: Path
    secret_key: str
    demo: bool = False
    brand: str = "neutre"
    mail_url: str = "keep:"
    host: str = "127.0.0.1"
    port: int = 5000
    base_url: str = "http://127.0.0.1:5000"
    may_serve: bool = True
    mail_from: str = "Co-construction <ne-pas-repondre@localhost>"
    rate_limit_url: str = "memory://"
    trusted_proxies: int = 0
    proconnect_issuer: str = ""
    proconnect_client_id: str = ""
    proconnect_client_secret: str = ""
    proconnect_acr: str = "eidas1"
    retention: Retention = Retention()
    privacy_contact: str = ""

    def __post_init__(self) -> None:
        if self.brand not in BRANDS:
            raise SettingsError(f"BRAND vaut « {self.brand} » : choisissez parmi {', '.join(BRANDS)}.")
        if self.demo:
            refuse_public_demonstration(self.host)
        told = (self.proconnect_issuer, self.proconnect_client_id, self.proconnect_client_secret)
        if any(told) and not all(told):
            raise SettingsError(
                "ProConnect se règle en trois fois : donnez PROCONNECT_ISSUER, PROCONNECT_CLIENT_ID et "
                "PROCONNECT_CLIENT_SECRET, ou aucun."
            )
        if all(told):
            refuse_unknown_provider(self.proconnect_issuer, self.proconnect_acr)
        if not _carries(self.mail_url):  # not said again: it may hold a password
            raise SettingsError(
                "MAIL_URL ne se lit pas : donnez smtp://machine:port, smtps://machine:port, file:///dossier ou keep:."
            )
        if not re.fullmatch(r"[^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", self.mail_from):
            raise SettingsError(f"MAIL_FROM vaut « {self.mail_from} » : donnez « Nom <adresse@domaine> ».")

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, host: str | None = None, command: bool = False) -> Self:
        """`host` is the address the server was told to listen on, when it is known by another way than HOST.
        `command`: nothing will be served, so no session will be signed and no key is needed."""
        var = ROOT / "var"
        demo = environ.get("DEMO", "0") == "1"
        host, port = host or environ.get("HOST") or "127.0.0.1", _port(environ.get("PORT") or "5000")
        index = Path(environ.get("SEARCH_INDEX_DIR") or var / "index")
        return cls(
            database_url=normalised_url(environ.get("DATABASE_URL") or f"sqlite:///{var / 'plateforme.sqlite3'}"),
            search_index_dir=index,
            secret_key=_key(environ, var, demo=demo, command=command),
            demo=demo,
            brand=environ.get("BRAND") or "neutre",
            mail_url=environ.get("MAIL_URL") or "keep:",
            host=host,
            port=port,
            base_url=environ.get("BASE_URL") or f"http://{host}:{port}",
            may_serve=demo or bool(environ.get("SECRET_KEY")),
            mail_from=environ.get("MAIL_FROM") or cls.mail_from,
            rate_limit_url=environ.get("RATE_LIMIT_URL") or f"counters://{index.parent / 'limits.sqlite3'}",
            trusted_proxies=_count(environ.get("TRUSTED_PROXIES") or "0"),
            proconnect_issuer=(environ.get("PROCONNECT_ISSUER") or "").rstrip("/"),
            proconnect_client_id=environ.get("PROCONNECT_CLIENT_ID") or "",
            proconnect_client_secret=environ.get("PROCONNECT_CLIENT_SECRET") or "",
            proconnect_acr=environ.get("PROCONNECT_ACR") or "eidas1",
            retention=Retention.from_env(environ),
            privacy_contact=environ.get("PRIVACY_CONTACT") or "",
        )


def normalised_url(url: str) -> str:
    """Hosting platforms still hand out `postgres://`, which SQLAlchemy no longer knows."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def refuse_public_demonstration(host: str) -> None:
    """The demonstration signs anyone in with one click: it must never listen beyond this machine."""
    if not is_loopback(host):
        raise SettingsError(
            f"DEMO=1 n’accepte que l’adresse de cette machine (127.0.0.1), pas « {host} » : "
            "en démonstration, chacun peut entrer sous n’importe quel nom. Retirez DEMO=1 ou l’adresse."
        )


def refuse_unknown_provider(issuer: str, acr: str) -> None:
    """What it says is believed because of who answers at its address: only https tells."""
    address = urlsplit(issuer)
    trusted = address.scheme == "https" or (address.scheme == "http" and is_loopback(address.hostname or ""))
    if not trusted or not address.hostname or address.query or address.fragment:
        raise SettingsError(
            f"PROCONNECT_ISSUER vaut « {issuer} » : donnez l’adresse en https:// dont "
            "/.well-known/openid-configuration décrit ProConnect."
        )
    if acr not in LEVELS:
        raise SettingsError(f"PROCONNECT_ACR vaut « {acr} » : choisissez parmi {', '.join(LEVELS)}.")


def is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return host == "localhost"
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _carries(mail_url: str) -> bool:
    """Whether letters can leave by it."""
    if mail_url == "keep:":
        return True
    try:
        url = urlsplit(mail_url)
        if url.scheme == "file":
            return not url.netloc and len(url.path) > 1
        port = url.port  # raises when it is no number of a port
    except ValueError:
        return False
    return url.scheme in ("smtp", "smtps") and bool(url.hostname) and port != 0 and url.path in ("", "/")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"PORT vaut « {text} » : donnez un nombre entre 1 et 65535.")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise SettingsError(f"TRUSTED_PROXIES vaut « {text} » : donnez le nombre de relais devant le site, ou rien.")
    return int(text)


def _key(environ: Mapping[str, str], var: Path, *, demo: bool, command: bool) -> str:
    key = environ.get("SECRET_KEY")
    if key and not demo and len(key) < SHORTEST_KEY:
        raise SettingsError(f"SECRET_KEY est trop courte : donnez-lui {SHORTEST_KEY} caractères au hasard ou plus.")
    return key or _missing_key(var, demo=demo, command=command)


def _missing_key(var: Path, *, demo: bool, command: bool) -> str:
    if command and not demo:
        return secrets.token_urlsafe(32)
    if not demo:
        raise SettingsError(NO_KEY)
    # Every process of the demonstration must sign alike, and a restart must not sign everyone out.
    path = var / "demonstration.key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(32))
        path.chmod(0o600)
    return path.read_text()
