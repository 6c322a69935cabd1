"""How numbers, amounts and dates are written for a reader."""

from datetime import date as Date
from datetime import datetime as DateTime
from decimal import Decimal

from flask import Flask
from flask_babel import format_date, format_datetime, get_locale

THIN, NO_BREAK = "\u202f", "\u00a0"


def number(value: int) -> str:
    separator = "," if str(get_locale()) == "en" else THIN
    return f"{value:,}".replace(",", separator)


def euros(value: int) -> str:
    """Whole euros."""
    return f"€{number(value)}" if str(get_locale()) == "en" else f"{number(value)}{NO_BREAK}€"


def cents(value: int) -> str:
    """An amount in cents, written with its cents only when there are any."""
    whole, rest = divmod(value, 100)
    if not rest:
        return euros(whole)
    mark = "." if str(get_locale()) == "en" else ","
    return euros(whole).replace(number(whole), f"{number(whole)}{mark}{rest:02d}")


def date(value: Date | DateTime) -> str:
    return str(format_date(value, "d MMMM y" if str(get_locale()) == "en" else "long"))


def datetime(value: DateTime) -> str:
    pattern = "d MMMM y 'at' HH:mm" if str(get_locale()) == "en" else "d MMMM y 'à' H 'h' mm"
    return str(format_datetime(value, pattern))


def time(value: DateTime) -> str:
    return str(format_datetime(value, "HH:mm" if str(get_locale()) == "en" else "H 'h' mm"))


def hour(value: DateTime) -> str:
    """Without its minutes."""
    return str(format_datetime(value, "HH:00" if str(get_locale()) == "en" else "H 'h'"))


def percent(value: int | Decimal) -> str:
    return f"{value}%" if str(get_locale()) == "en" else f"{value}{NO_BREAK}%"


def init_app(app: Flask) -> None:
    for each in (number, euros, cents, date, datetime, time, hour, percent):
        app.jinja_env.filters[each.__name__] = each
