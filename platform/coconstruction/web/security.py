"""Headers sent with every answer, and the demonstration's refusal of anyone from another machine."""

from urllib.parse import urljoin

from flask import Flask, Response, abort, request

from coconstruction.settings import Settings, is_loopback

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the design system's own style sheet holds small data: images
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=12 * 3600,
    )
    if settings.demo:
        app.before_request(_refuse_other_machines)
    secure = settings.base_url.startswith("https://")
    # A form that signs out leads on to the provider: the policy follows each step of a redirection.
    provider = f" {urljoin(settings.proconnect_issuer, '/').rstrip('/')}" if settings.proconnect_issuer else ""
    policy = {"Content-Security-Policy": POLICY.replace("form-action 'self'", f"form-action 'self'{provider}")}
    transport = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if secure else {}
    headers = HEADERS | policy | transport

    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store" if request.endpoint != "static" else "public, max-age=3600"
        return response

    app.after_request(add_headers)


def _refuse_other_machines() -> None:
    host = request.host.rsplit(":", 1)[0] if not request.host.startswith("[") else request.host.split("]")[0]
    if not is_loopback(request.remote_addr or "") or not is_loopback(host):
        abort(403)
