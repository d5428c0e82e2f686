"""For whom and what: lines that can be added and edited without any script."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import JobRole, Organization, Team
from governance.actions import LineOfScope
from governance.models import DataClass, Use
from operations.forms import TextField

# What nobody ticks is allowed: said where that is easy to overlook.
_ALL = {"data_classes": _("Nothing chosen: all, personal and confidential data included.")}

# More than this is a list to choose from, not boxes to tick.
MOST_BOXES = 40


class ScopeLineForm(forms.Form):
    """One line: *or* within a kind, *and* across kinds, nothing chosen is all."""

    teams = forms.MultipleChoiceField(label=_("Teams"), required=False)
    job_roles = forms.MultipleChoiceField(label=_("Job roles"), required=False)
    uses = forms.MultipleChoiceField(label=_("For"), required=False)
    data_classes = forms.MultipleChoiceField(label=_("Kinds of data"), required=False)
    repositories = TextField(
        label=_("Repositories"),
        required=False,
        rows=2,
        help_text=_("One per line. Nothing: all repositories."),
    )

    def __init__(self, *args: Any, choices: dict[str, list[tuple[int, str | Promise]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in choices.items():
            field = cast(forms.MultipleChoiceField, self.fields[name])
            if len(options) <= MOST_BOXES:
                field.widget = forms.CheckboxSelectMultiple()
            field.choices = options
            field.help_text = _ALL.get(name, _("Nothing chosen: all."))


class BaseScopeFormSet(forms.BaseFormSet):
    """All lines of a draft; choices are read once, not per line.

    What a line named before it was archived stays among them: taken away unseen, the line would say all.
    """

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        kwargs["form_kwargs"] = {"choices": _choices(organization, lines=kwargs["initial"])}
        super().__init__(*args, **kwargs)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Remove this line")


ScopeFormSet: Any = forms.formset_factory(
    ScopeLineForm, formset=BaseScopeFormSet, extra=0, min_num=1, can_delete=True, max_num=50
)


def lines_from(formset: Any) -> list[LineOfScope]:
    """The lines of a valid formset. An empty line next to others was added and never filled: it says nothing."""
    lines = [
        LineOfScope(
            team_ids=frozenset(map(int, data.get("teams", ()))),
            job_role_ids=frozenset(map(int, data.get("job_roles", ()))),
            use_ids=frozenset(map(int, data.get("uses", ()))),
            data_class_ids=frozenset(map(int, data.get("data_classes", ()))),
            repositories=data.get("repositories", "").strip(),
        )
        for data in formset.cleaned_data
        if not data.get("DELETE")
    ]
    return [line for line in lines if line != LineOfScope()] or [LineOfScope()]


def named_lines(formset: Any) -> list[dict[str, Any]]:
    """The lines of a valid formset with their names, as ``queries.submissions.scope_of`` gives what is saved."""
    names = {kind: dict(choices) for kind, choices in formset.form_kwargs["choices"].items()}
    chosen = {"teams": "team_ids", "job_roles": "job_role_ids", "uses": "use_ids", "data_classes": "data_class_ids"}
    return [
        {
            kind: [{"id": pk, "name": names[kind][pk]} for pk in names[kind] if pk in getattr(line, ids)]
            for kind, ids in chosen.items()
        }
        | {"repositories": [text.strip() for text in line.repositories.splitlines() if text.strip()]}
        for line in lines_from(formset)
    ]


def scope_initial(saved: Sequence[LineOfScope], *, another: bool = False) -> Sequence[dict[str, Any]]:
    """What the lines show first; ``another`` adds an empty one."""
    lines = [
        {
            "teams": sorted(line.team_ids),
            "job_roles": sorted(line.job_role_ids),
            "uses": sorted(line.use_ids),
            "data_classes": sorted(line.data_class_ids),
            "repositories": line.repositories,
        }
        for line in saved
    ]
    return [*lines, {}] if another or not lines else lines


def _choices(
    organization: Organization, *, lines: Sequence[dict[str, Any]]
) -> dict[str, list[tuple[int, str | Promise]]]:
    """What there is to choose from, and what the lines name already; in one query."""
    kinds: dict[str, Any] = {"teams": Team, "job_roles": JobRole, "uses": Use, "data_classes": DataClass}
    named = {kind: {pk for line in lines for pk in line.get(kind, ())} for kind in kinds}
    first, *others = (
        model.objects.filter(Q(archived_at__isnull=True) | Q(pk__in=named[kind]), organization=organization)
        .order_by()
        .values_list(Value(kind), "pk", "name", "archived_at")
        for kind, model in kinds.items()
    )
    choices: dict[str, list[tuple[int, str | Promise]]] = {kind: [] for kind in kinds}
    for kind, pk, name, archived_at in sorted(first.union(*others), key=lambda row: row[2]):
        choices[kind].append((pk, name if archived_at is None else _("%(name)s (archived)") % {"name": name}))
    return choices
