from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, Form, FormField, HiddenField, RadioField
from wtforms.validators import AnyOf, NumberRange, Optional

from coconstruction.scoring.actions import Opinion
from coconstruction.scoring.grid import Criterion
from coconstruction.scoring.models import Review
from coconstruction.scoring.score import NOTES
from coconstruction.territories.names import name_key
from coconstruction.web.addresses import whole_number
from coconstruction.web.fields import WholeNumber, line, options, paragraph

LONGEST_COMMENT, LONGEST_MOTIVE, LONGEST_LEVEL, LONGEST_LABEL = 4000, 1000, 300, 140
HEAVIEST = 100
MOST_CRITERIA = 15
LONGEST_CODE = 40
SPARE = 2
NOTE = "note_"


class ReviewForm(FlaskForm):
    """Its criteria are those of a grid: see `review_form`."""

    version = HiddenField()
    comment = paragraph(
        _l("Commentaire"),
        LONGEST_COMMENT,
        hint=_l("Ce qui explique vos notes. Lu par l’équipe une fois deux évaluations rendues ; jamais public."),
    )
    motive = paragraph(
        _l("Pourquoi cette correction ?"),
        LONGEST_MOTIVE,
        hint=_l("Lu par l’équipe, avec vos notes d’avant."),
    )

    @property
    def criteria(self) -> list[Field]:
        return [each for each in self if each.name.startswith(NOTE)]

    def opinion(self, version: int) -> Opinion:
        notes = {each.name.removeprefix(NOTE): int(each.data) for each in self.criteria if each.data}
        return Opinion(version, notes, self.comment.data or "")

    def complete(self) -> bool:
        """Whether each criterion has its note; says which has not."""
        silent = [each for each in self.criteria if not each.data]
        for each in silent:
            each.errors = [_("Donnez une note.")]
        return not silent

    def motivated(self) -> bool:
        if not self.motive.data:
            self.motive.errors = [_("Dites pourquoi vous corrigez.")]
        return bool(self.motive.data)

    @property
    def seen_version(self) -> int:
        return whole_number(self.version.data) or 0


def review_form(criteria: Sequence[Criterion], version: int, review: Review | None, *, blank: bool) -> ReviewForm:
    """The notes of these criteria, as the review has them. `blank`: nothing is sent yet."""
    fields = {f"{NOTE}{each.code}": _note(each) for each in criteria}
    form = type("ReviewFormOfGrid", (ReviewForm,), fields)
    known = {f"{NOTE}{code}": str(note) for code, note in review.notes.items()} if review else {}
    data = {**known, "comment": review.comment if review else "", "version": str(version)}
    return form(formdata=None, data=data) if blank else form()  # type: ignore[no-any-return]


def hints(criterion: Criterion) -> Mapping[str, str]:
    return {str(note): sentence for note, sentence in enumerate(criterion.levels)}


def _note(criterion: Criterion) -> RadioField:
    notes = [str(note) for note in NOTES]
    weight = _("Compte %(weight)s fois.", weight=criterion.weight) if criterion.weight > 1 else _("Compte une fois.")
    known = [Optional(), AnyOf(notes, message=_("Donnez une note de 0 à 4."))]
    choices = options({note: note for note in notes})
    return RadioField(criterion.label, description=weight, choices=choices, validate_choice=False, validators=known)


class InterestForm(FlaskForm):
    reason = paragraph(
        _l("Quel est votre intérêt dans ce besoin ?"),
        LONGEST_MOTIVE,
        hint=_l("Par exemple : un proche y travaille. Lu de vous seul : l’équipe voit que vous vous déportez."),
        required=_l("Dites quel est cet intérêt."),
    )


class CriterionForm(Form):
    code = HiddenField()
    label = line(_l("Critère"), LONGEST_LABEL, hint=_l("Videz-le pour ôter ce critère."))
    weight = WholeNumber(
        _l("Poids"),
        validators=[Optional(), NumberRange(1, HEAVIEST, message=_l("Donnez un poids entre 1 et 100."))],
    )
    level_0 = line(_l("Ce que veut dire 0"), LONGEST_LEVEL)
    level_1 = line(_l("Ce que veut dire 1"), LONGEST_LEVEL)
    level_2 = line(_l("Ce que veut dire 2"), LONGEST_LEVEL)
    level_3 = line(_l("Ce que veut dire 3"), LONGEST_LEVEL)
    level_4 = line(_l("Ce que veut dire 4"), LONGEST_LEVEL)

    @property
    def levels(self) -> list[Field]:
        return [self[f"level_{note}"] for note in NOTES]

    @property
    def given(self) -> bool:
        return bool(self.label.data)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for each in [self.weight, *self.levels] if self.given else []:
            if not each.data and not each.errors:
                each.errors = [_("Un critère a un poids et une phrase pour chaque note.")]
                valid = False
        return bool(valid)


class GridForm(FlaskForm):
    """`MOST_CRITERIA` places, added below: those left empty are no criterion."""

    seen = HiddenField()
    motive = paragraph(
        _l("Pourquoi cette grille change-t-elle ?"),
        LONGEST_MOTIVE,
        hint=_l("Lu par l’équipe, avec la date."),
        required=_l("Dites pourquoi la grille change."),
    )

    @property
    def places(self) -> "list[FormField[CriterionForm]]":
        """Those that hold something, and a few more to add to."""
        every = [self[f"c{number}"] for number in range(MOST_CRITERIA)]
        last = max((number for number, each in enumerate(every) if each.form.given or each.form.errors), default=-1)
        return every[: last + 1 + SPARE]

    def criteria(self, known: Collection[str]) -> list[Criterion]:
        """`known`: the codes of the grid in force; a criterion keeps its own, whatever its new words."""
        found: dict[str, Criterion] = {}
        for each in (place.form for place in self.places if place.form.given):
            own = each.code.data if each.code.data in known and each.code.data not in found else ""
            label = each.label.data or ""
            code = own or _new_code(label, {*known, *found})
            levels = tuple(level.data for level in each.levels)
            found[code] = Criterion(code, label, each.weight.data or 0, levels)
        return list(found.values())

    @property
    def seen_version(self) -> int:
        return whole_number(self.seen.data) or 0


def grid_form(version: int, criteria: Sequence[Criterion]) -> GridForm:
    """The form that writes these criteria."""
    rows = {
        f"c{number}": {
            "code": each.code,
            "label": each.label,
            "weight": each.weight,
            **{f"level_{note}": sentence for note, sentence in enumerate(each.levels)},
        }
        for number, each in enumerate(criteria)
    }
    return GridForm(formdata=None, data={"seen": str(version), **rows})


def _new_code(label: str, taken: Collection[str]) -> str:
    start = name_key(label).replace(" ", "_")[:LONGEST_CODE] or "critere"
    names = (start, *(f"{start}_{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


for _number in range(MOST_CRITERIA):
    setattr(GridForm, f"c{_number}", FormField(CriterionForm))
