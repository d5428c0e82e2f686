"""Bringing a list of people, and saying what its columns are."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.actions.importing.reading import LONGEST_PASTE, Line, read_file, read_text
from accounts.models import ImportLine
from accounts.queries.import_problems import FIELD_NAMES
from operations.forms import TextField

SAMPLES = 2


class ImportForm(forms.Form):
    """A list, pasted or as a file."""

    text = TextField(
        label=_("Paste the list"),
        required=False,
        strip=False,
        rows=8,
        max_length=LONGEST_PASTE,
        help_text=_("One person a line, as it is copied out of a spreadsheet or a directory."),
    )
    upload = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        help_text=_("CSV or Excel (.xlsx), up to 20 MB and 200,000 people."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("upload")) == bool((data.get("text") or "").strip()):
            raise forms.ValidationError(gettext("Paste a list or choose a file: one of the two."))
        return data

    def lines(self) -> Iterator[Line]:
        """What was brought, line by line.

        :raises ActionRefused: it can't be read.
        """
        upload = self.cleaned_data["upload"]
        return read_file(upload.file) if upload else read_text(self.cleaned_data["text"])


class ColumnsForm(forms.Form):
    """Which column says what, each with what stands in it."""

    has_headings = forms.BooleanField(label=_("The first line says what the columns are"), required=False)

    def __init__(self, *args: Any, lines: list[ImportLine], width: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(str(place), _called(place, lines)) for place in range(1, width + 1)]
        for what, label in FIELD_NAMES.items():
            is_needed = what == "email"
            self.fields[what] = forms.TypedChoiceField(
                label=str(label),
                required=is_needed,
                coerce=int,
                empty_value=None,
                choices=[("", gettext("Choose the column") if is_needed else gettext("Not in this list")), *columns],
                help_text=_ABOUT.get(what, ""),
            )
        self.order_fields([*FIELD_NAMES, "has_headings"])

    def columns(self) -> dict[str, int | None]:
        """What → which column."""
        return {what: self.cleaned_data[what] for what in FIELD_NAMES}


_ABOUT = {
    "email": _("People are known by their address."),
    "team": _("Teams that are not there yet are made, once you have seen which."),
    "lead": _(
        "Either the address of who leads the team of the person in this line, or “yes” where that person leads it."
    ),
}


def _called(place: int, lines: list[ImportLine]) -> str:
    """The column by its first cell, and two of what follows, so that it is known with headings and without."""
    cells = [line.cells[place - 1] for line in lines if place <= len(line.cells) and line.cells[place - 1]]
    heading, samples = (cells[0], cells[1 : 1 + SAMPLES]) if cells else ("", [])
    called = gettext("Column %(number)d: %(heading)s") % {"number": place, "heading": _short(heading) or "–"}
    return f"{called} ({', '.join(_short(sample) for sample in samples)})" if samples else called


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


class StartForm(forms.Form):
    """What has to be seen before a list is imported."""

    def __init__(self, *args: Any, counts: dict[str, int], leaving: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if counts.get("teams"):
            label = ngettext("Make %(count)d new team", "Make %(count)d new teams", counts["teams"])
            self.fields["makes_teams"] = forms.BooleanField(label=label % {"count": counts["teams"]})
        if counts.get(ImportLine.Outcome.ERROR):
            self.fields["skips_errors"] = forms.BooleanField(widget=forms.HiddenInput, initial=True)
        elif leaving:
            label = ngettext(
                "%(count)d person who is not in this list leaves the organization",
                "%(count)d people who are not in this list leave the organization",
                leaving,
            )
            self.fields["ends_missing"] = forms.BooleanField(
                label=label % {"count": leaving},
                required=False,
                help_text=gettext(
                    "From then on they can open nothing here, lead nothing and sign for nobody. What they answered and "
                    "signed stays. Owners, you yourself and outside signers always stay."
                ),
            )
