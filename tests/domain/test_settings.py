"""What the environment may say, and what refuses to start."""

import pytest

from coconstruction.settings import Settings, SettingsError

KEY = {"SECRET_KEY": "thirty-two signs drawn at random…"}


def test_without_a_key_nothing_is_served() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY manque"):
        Settings.from_env({"DEMO": "0"})


def test_a_command_signs_nothing_and_needs_no_key() -> None:
    settings = Settings.from_env({}, command=True)
    assert not settings.may_serve


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "example.org", "::"])
def test_the_demonstration_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(SettingsError, match="DEMO=1 n’accepte que l’adresse de cette machine"):
        Settings.from_env({**KEY, "DEMO": "1", "HOST": host})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.53"])
def test_loopback_is_this_machine(host: str) -> None:
    assert Settings.from_env({**KEY, "DEMO": "1", "HOST": host}).demo


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1"])
def test_the_real_service_listens_where_it_is_told(host: str) -> None:
    assert Settings.from_env({**KEY, "HOST": host}).host == host


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORT", "abc", "PORT vaut"),
        ("PORT", "0", "PORT vaut"),
        ("PORT", "70000", "PORT vaut"),
        ("BRAND", "acme", "BRAND vaut"),
        ("SECRET_KEY", "short", "SECRET_KEY est trop courte"),
        ("MAIL_URL", "smtp:nowhere", "MAIL_URL ne se lit pas"),
        ("MAIL_URL", "post", "MAIL_URL ne se lit pas"),
        ("MAIL_URL", "smtp://relay:port", "MAIL_URL ne se lit pas"),
        ("MAIL_URL", "smtp://:25", "MAIL_URL ne se lit pas"),
        ("MAIL_URL", "smtps://[::1", "MAIL_URL ne se lit pas"),
        ("MAIL_URL", "file://folder", "MAIL_URL ne se lit pas"),
        ("MAIL_FROM", "L’équipe", "MAIL_FROM vaut"),
        ("MAIL_FROM", "Équipe <a@b.fr>\nBcc: c@d.fr", "MAIL_FROM vaut"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES vaut"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_env({**KEY, variable: value})


def test_a_refused_mail_setting_does_not_say_its_password() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({**KEY, "MAIL_URL": "smtp://site:secret@relay:port"})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["keep:", "file:///var/letters", "smtp://relay", "smtp://relay:25", "smtps://site:p%40ss@relay:465"]
)
def test_letters_leave_by_these(url: str) -> None:
    assert Settings.from_env({**KEY, "MAIL_URL": url}).mail_url == url


@pytest.mark.parametrize("sender", ["site@collectivites.fr", "L’équipe <site@collectivites.fr>"])
def test_letters_are_signed_as_told(sender: str) -> None:
    assert Settings.from_env({**KEY, "MAIL_FROM": sender}).mail_from == sender


PROVIDER = {
    "PROCONNECT_ISSUER": "https://provider.example/api/v2",
    "PROCONNECT_CLIENT_ID": "site",
    "PROCONNECT_CLIENT_SECRET": "secret",
}


def test_proconnect_is_off_unless_it_is_told() -> None:
    assert Settings.from_env(KEY).proconnect_issuer == ""
    told = Settings.from_env({**KEY, **PROVIDER, "PROCONNECT_ISSUER": "https://provider.example/api/v2/"})
    assert (told.proconnect_issuer, told.proconnect_acr) == ("https://provider.example/api/v2", "eidas1")


@pytest.mark.parametrize("missing", PROVIDER)
def test_proconnect_is_told_whole_or_not_at_all(missing: str) -> None:
    with pytest.raises(SettingsError, match="ProConnect se règle en trois fois"):
        Settings.from_env({**KEY, **PROVIDER, missing: ""})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PROCONNECT_ISSUER", "http://provider.example/api/v2"),
        ("PROCONNECT_ISSUER", "provider.example"),
        ("PROCONNECT_ISSUER", "https://"),
        ("PROCONNECT_ISSUER", "https://provider.example/?tenant=1"),
        ("PROCONNECT_ACR", "strong"),
    ],
)
def test_a_proconnect_that_cannot_be_trusted_is_refused(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable} vaut"):
        Settings.from_env({**KEY, **PROVIDER, variable: value})


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql://"])
def test_the_address_hosting_platforms_give_is_understood(prefix: str) -> None:
    settings = Settings.from_env({**KEY, "DATABASE_URL": f"{prefix}u:p@db/name"})
    assert settings.database_url == "postgresql+psycopg://u:p@db/name"
