"""How often one may ask (docs/decisions/0014). A person never meets these limits; a machine that tries does."""

import ipaddress
import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, request
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded
from flask_login import current_user
from limits.errors import ConfigurationError

from coconstruction import clock
from coconstruction.errors import Link, Refused
from coconstruction.settings import Settings, SettingsError
from coconstruction.web import counters  # noqa: F401 - registers its scheme

UNLIMITED = "none:"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
IPV6_SUBSCRIBER = 64  # bits of the address that tell one subscriber from another
View = TypeVar("View", bound=Callable[..., object])


def requester() -> str:
    """Where the request comes from; behind a proxy, TRUSTED_PROXIES tells whom to believe. One subscriber holds
    billions of IPv6 addresses: they count as one."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - nowhere, and nobody listens there
    if address.version == 6:
        return f"at:{ipaddress.ip_network((address, IPV6_SUBSCRIBER), strict=False)}"
    return f"at:{address}"


def person() -> str:
    """Who is signed in; a visitor, by where the request comes from."""
    return f"by:{current_user.id}" if current_user.is_authenticated else requester()


# Should the counters fail, the site still answers, and says so in its log: the codes have their own count besides.
limiter = Limiter(key_func=requester, strategy="fixed-window", headers_enabled=True, swallow_errors=True)


def init_app(app: Flask, settings: Settings) -> None:
    """After identity is known and before access is checked: whoever is refused is counted too."""
    counted = settings.rate_limit_url != UNLIMITED
    app.config.update(RATELIMIT_ENABLED=counted, RATELIMIT_STORAGE_URI=settings.rate_limit_url)
    try:
        limiter.init_app(app)
    except ConfigurationError as error:
        raise SettingsError(f"RATE_LIMIT_URL ne convient pas : {error}") from error


def refusal(_breach: RateLimitExceeded) -> Refused:
    """The header Retry-After says the same in seconds."""
    met = limiter.current_limit
    # The library rounds the hour up to the next second.
    seconds = met.reset_at - 1 - clock.now().timestamp() if met else 60
    return Refused(
        "too_many_requests",
        _ln(
            "Trop de demandes en peu de temps. Attendez %(num)s minute, puis recommencez : rien n’a été enregistré.",
            "Trop de demandes en peu de temps. Attendez %(num)s minutes, puis recommencez : rien n’a été enregistré.",
            max(1, math.ceil(seconds / 60)),
        ),
        Link(str(_l("Aller à l’accueil")), "/"),
        status=429,
    )


def _reading() -> bool:
    return request.method in SAFE


def sign_in(view: View) -> View:
    """Links to sign in, from one place; `accounts/sign_in.py` counts them by address."""
    return _limited(view, "20 per minute; 100 per hour", requester, exempt_when=_reading)


def codes(view: View) -> View:
    """Codes sent or typed."""
    return _limited(view, "20 per minute; 60 per hour", person, exempt_when=_reading)


def posting(view: View) -> View:
    """What is published or changed in an organisation's name."""
    return _limited(view, "60 per minute; 600 per hour", person, exempt_when=_reading)


def autocomplete(view: View) -> View:
    """Answers while one types: five a second."""
    return _limited(view, "300 per minute", person)


def papers(view: View) -> View:
    """Files made on demand, which take the machine a while."""
    return _limited(view, "20 per minute; 200 per hour", person)


def _limited(view: View, rates: str, key: Callable[[], str], **more: Any) -> View:
    return cast("View", limiter.limit(rates, key_func=key, **more)(view))
