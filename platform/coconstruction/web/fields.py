"""Form fields as every form of the site writes them: trimmed, in one Unicode form, of a stated length."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, DecimalField, Field, Form, IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

REQUIRED = _l("Ce champ est à remplir.")
TOO_LONG = _l("Ce texte est trop long : %(max)d signes au plus.")
LARGEST_AMOUNT = 1_000_000_000
NO_DAY = _l("Donnez une date, par exemple le 30 avril 2027.")
YEARS = range(1900, 2200)


# Letters in name only, which show nothing: a title made of them would be an empty link.
FILLERS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0"))
JOINER = "\u200d"  # within an emoji


def clean(value: Any) -> Any:
    """Composed Unicode, trimmed, without what is not seen: control signs, marks that turn the text around."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").translate(FILLERS)
    seen = (sign for sign in text if sign in "\n\t" + JOINER or unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
    kept = "".join(seen).strip()
    return kept if kept.replace(JOINER, "").strip() else ""


def on_one_line(value: Any) -> Any:
    return " ".join(clean(re.sub(r"\s", " ", value)).split()) if isinstance(value, str) else value


def options(names: Mapping[Any, Any]) -> list[SelectChoice]:
    """Choices of a field from their names by value."""
    return [SelectChoice(value, label) for value, label in names.items()]


class MayBeEmpty:
    """Told to the page. Unlike `Optional`, it lets a form's own rule see that the field is empty."""

    field_flags = MappingProxyType({"optional": True})

    def __call__(self, _form: Form, _field: Field) -> None:
        """Anything goes."""


def line(label: Any, longest: int, *, hint: Any = "", required: Any = None) -> StringField:
    return StringField(label, description=hint, filters=[on_one_line], validators=_text_rules(longest, required))


def paragraph(label: Any, longest: int, *, hint: Any = "", required: Any = None) -> TextAreaField:
    return TextAreaField(label, description=hint, filters=[clean], validators=_text_rules(longest, required))


def amount(label: Any, *, hint: Any = "") -> IntegerField:
    """A whole number above zero, or nothing."""
    range_ = NumberRange(1, LARGEST_AMOUNT, message=_l("Donnez un nombre entier entre 1 et un milliard."))
    return WholeNumber(label, description=hint, validators=[Optional(), range_])


def attachment(label: Any, *, hint: Any = "", required: Any = None) -> FileField:
    return FileField(label, description=hint, validators=[FileRequired(required) if required else MayBeEmpty()])


def day(label: Any, *, hint: Any = "", required: Any = None) -> DateField:
    """A date; nothing is an answer too, without `required`."""
    return Day(label, description=hint, validators=[InputRequired(required) if required else Optional()])


class Day(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(NO_DAY) from None

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data.year not in YEARS:
            raise ValidationError(NO_DAY)


def plain_digits(text: str) -> str:
    """« 28 000,50 € », as people write it, as a program reads it."""
    return re.sub(r"[\s€]", "", text).replace(",", ".")


class Euros(DecimalField):
    """An amount above zero with at most two decimals. Without `required`, nothing is an answer too."""

    def __init__(self, label: Any, hint: Any = "", required: Any = None, **more: Any) -> None:
        range_ = NumberRange(
            Decimal("0.01"), LARGEST_AMOUNT, message=_l("Donnez un montant entre 0,01 et un milliard.")
        )
        presence = InputRequired(required) if required else Optional()
        super().__init__(label, description=hint, validators=[presence, range_], places=2, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = plain_digits(valuelist[0]) if valuelist else ""
        if text and not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", text):
            raise ValueError(_l("Donnez un montant en euros, par exemple 1 500 ou 1 500,50."))
        self.data = Decimal(text) if text else None


class WholeNumber(IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        typed = [plain_digits(text) for text in valuelist]
        try:
            super().process_formdata(typed)
        except ValueError:
            self.data = None
            raise ValueError(_l("Donnez un nombre entier, par exemple 28 000.")) from None


def _text_rules(longest: int, required: Any) -> list[Any]:
    presence = DataRequired(required) if required else MayBeEmpty()
    return [presence, Length(max=longest, message=TOO_LONG)]
