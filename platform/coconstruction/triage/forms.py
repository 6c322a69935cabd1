from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from coconstruction.accounts.models import Agent
from coconstruction.triage.actions import Answer
from coconstruction.triage.models import Destination, Kind, MotiveTemplate
from coconstruction.triage.policy import kinds_for
from coconstruction.triage.queries import Row
from coconstruction.triage.wording import ACTS, DESTINATIONS, KINDS
from coconstruction.web.addresses import whole_number
from coconstruction.web.fields import line, options, paragraph

LONGEST_MOTIVE, LONGEST_NOTE, LONGEST_VIEW = 2000, 2000, 60


class AnswerForm(FlaskForm):
    kind = RadioField(_l("Réponse"), validators=[InputRequired(_l("Choisissez une réponse."))])
    destination = SelectField(_l("Vers quoi ?"), validate_choice=False)
    solution = SelectField(_l("Quelle solution ?"), validate_choice=False)
    motive = paragraph(
        _l("Raisons de la décision"),
        LONGEST_MOTIVE,
        hint=_l("Ce texte est public, et envoyé aux collectivités concernées."),
        required=_l("Une décision se motive : écrivez-en les raisons."),
    )

    def offer(self, kinds: Sequence[Kind], solutions: Mapping[int, str]) -> None:
        self.solutions = {str(key) for key in solutions}
        self.kind.choices = options({kind: KINDS[kind] for kind in kinds})
        self.destination.choices = options({"": _l("Sans objet"), **DESTINATIONS})
        self.solution.choices = options({"": _l("Sans objet"), **{str(key): name for key, name in solutions.items()}})

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.kind.data != Kind.REDIRECT:
            return valid
        if self.destination.data not in set(Destination):
            self.destination.errors = [_l("Dites vers quoi ce besoin est réorienté.")]
            return False
        if self.destination.data == Destination.SOLUTION and self.solution.data not in self.solutions:
            self.solution.errors = [_l("Choisissez la solution.")]
            return False
        return valid

    def answer(self) -> Answer:
        motive = self.motive.data or ""
        if self.kind.data != Kind.REDIRECT:
            return Answer(self.kind.data, motive)
        to_solution = self.destination.data == Destination.SOLUTION
        return Answer(Kind.REDIRECT, motive, self.destination.data, int(self.solution.data) if to_solution else None)


class NoteForm(FlaskForm):
    text = paragraph(
        _l("Note de travail"),
        LONGEST_NOTE,
        hint=_l("Lue par l’équipe seulement, jamais publique."),
        required=_l("Écrivez la note."),
    )


class ViewForm(FlaskForm):
    name = line(_l("Nom de la vue"), LONGEST_VIEW, required=_l("Donnez un nom à cette vue."))
    query = HiddenField()


class TemplateForm(FlaskForm):
    name = line(_l("Nom du modèle"), 80, required=_l("Donnez un nom à ce modèle."))
    kind = SelectField(_l("Réponse"), choices=options(KINDS))
    destination = SelectField(_l("Vers quoi ?"), choices=options({"": _l("Sans objet"), **DESTINATIONS}))
    text = paragraph(_l("Raisons"), LONGEST_MOTIVE, required=_l("Écrivez les raisons."))
    active = BooleanField(_l("Le proposer à l’équipe"))

    def validate_destination(self, field: SelectField) -> None:
        if self.kind.data != Kind.REDIRECT:
            field.data = ""


class AppealForm(FlaskForm):
    text = paragraph(
        _l("Pourquoi un nouvel examen ?"),
        LONGEST_MOTIVE,
        hint=_l("Dites ce que la décision n’a pas vu. Ce texte est lu par l’équipe, et n’est pas public."),
        required=_l("Dites pourquoi."),
    )


class AppealAnswerForm(FlaskForm):
    motive = paragraph(
        _l("Raisons de la réponse"),
        LONGEST_MOTIVE,
        hint=_l("Ce texte est public, et envoyé aux collectivités concernées."),
        required=_l("Une réponse se motive : écrivez-en les raisons."),
    )


class ManyForm(FlaskForm):
    """Of what is done to many needs: `besoin` repeats, one for each that is ticked."""

    act = SelectField(_l("Pour les besoins cochés"), choices=options(ACTS))
    curator = SelectField(_l("À qui ?"), validate_choice=False)
    template = SelectField(_l("Quel modèle de réponse ?"), validate_choice=False)
    every = BooleanField(_l("Tous ceux que gardent les filtres, sur toutes les pages"))

    def offer(self, curators: Sequence[Agent], templates: Sequence[MotiveTemplate]) -> None:
        self._curators = {str(each.id) for each in curators}
        self.curator.choices = options({str(each.id): each.name or each.email for each in curators})
        self.template.choices = options({str(each.id): each.name for each in templates})
        self._templates = {str(each.id): each for each in templates}

    def validate_curator(self, field: SelectField) -> None:
        if self.act.data == "confier" and field.data not in self._curators:
            raise ValidationError(_l("Dites à qui confier ces besoins."))

    def validate_template(self, field: SelectField) -> None:
        if self.act.data == "repondre" and field.data not in self._templates:
            raise ValidationError(_l("Choisissez un modèle de réponse."))

    def spare(self, conflicted: set[int]) -> None:
        """Needs in which the person chosen has an interest."""
        self._conflicted = conflicted

    def chosen_name(self) -> str:
        """Of the person or of the template, as the page repeats it."""
        field = self.curator if self.act.data == "confier" else self.template
        return str(dict((value, label) for value, label, *_rest in field.iter_choices()).get(field.data, ""))

    def chosen(self) -> list[int]:
        numbers = (whole_number(each) for each in request.form.getlist("besoin"))
        return [each for each in numbers if each is not None]

    def does(self, row: Row) -> bool:
        """Whether it would change this need."""
        if self.act.data == "confier":
            there = str(row.assignee.id if row.assignee else "") == self.curator.data
            return not there and row.need.id not in self._conflicted
        if self.act.data == "publier":
            return row.draft is not None and row.draft.kind in kinds_for(row.need)
        return self._templates[self.template.data].kind in kinds_for(row.need)

    def answer(self) -> Answer:
        words = self._templates[self.template.data]
        return Answer(words.kind, words.text, words.destination)
