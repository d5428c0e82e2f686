"""*What do you use today?*: two taps per tool; and asking it of everybody."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from accounts.queries import may_keep
from catalog.models import Tool
from checklists.actions import Used
from checklists.models import UsageReport, UsedTool
from operations.forms import HAS_PASSED, DayField, NameField, choice_field

OTHERS = range(1, 4)


@dataclass(frozen=True)
class Row:
    """One tool of the page: its accounts to tap, and what for."""

    title: str
    accounts: forms.BoundField
    purposes: forms.BoundField | None
    is_open: bool
    name: forms.BoundField | None = None


class UsageForm(forms.Form):
    """What somebody uses: for each tool the kinds of account, then what for; up to three more by name."""

    def __init__(
        self,
        *args: Any,
        tools: Sequence[Tool],
        purposes: Sequence[tuple[str, str]],
        said: UsageReport | None,
        **kwargs: Any,
    ) -> None:
        self.tools, self.purposes = tools, purposes
        super().__init__(*args, **kwargs)
        for tool in tools:
            self._ask(f"tool_{tool.pk}", tool.name)
        for number in OTHERS:
            self.fields[f"name_{number}"] = NameField(label=_("Name of the tool"), max_length=100, required=False)
            self._ask(f"other_{number}", _("Another tool"))
        if said:
            self.initial = dict(_initial(said))

    def rows(self, *, likely: bool) -> Iterator[Row]:
        """The tools of the catalog, those that anybody can have got by themselves or the others."""
        return (self._row(f"tool_{tool.pk}", tool.name) for tool in self.tools if vars(tool).get("is_likely") is likely)

    @property
    def likely_rows(self) -> list[Row]:
        return list(self.rows(likely=True))

    @property
    def other_rows(self) -> list[Row]:
        return list(self.rows(likely=False))

    @property
    def named_rows(self) -> list[Row]:
        return [self._row(f"other_{number}", _("Another tool"), name=self[f"name_{number}"]) for number in OTHERS]

    @property
    def opens_more(self) -> bool:
        """Whether something of what is folded away was said, or has to be mended."""
        rows = [*self.other_rows, *self.named_rows]
        return any(row.accounts.value() or row.accounts.errors or (row.name and row.name.value()) for row in rows)

    def clean(self) -> dict[str, Any]:
        """A name or a use goes with an account, an account with a name; that one uses nothing is a button of its own.

        Beside it nothing is ticked; what stands there from before and was left as it was, the button takes back.
        """
        data = super().clean() or self.cleaned_data
        for number in OTHERS:
            name, accounts = data.get(f"name_{number}"), data.get(f"other_{number}")
            if name and not accounts:
                self.add_error(f"other_{number}", _("Say with which account."))
            if accounts and not name and f"name_{number}" not in self.errors:
                self.add_error(f"name_{number}", _("Say what it is called."))
        if "nothing" not in self.data:
            for field in [field for field in self.fields if data.get(f"for_{field}") and not data.get(field)]:
                if not self.has_error(field):
                    self.add_error(field, _("Say with which account."))
        ticked = not self.errors and self._ticked()
        if not self.errors and not ticked and "nothing" not in self.data:
            self.add_error(None, _("Tick what you use, or say that you use nothing."))
        if ticked and "nothing" in self.data and self.has_changed():
            self.add_error(None, _("You ticked something and said that you use nothing. Say which, with its button."))
        return data

    def used(self) -> list[Used]:
        """What was said, once the form is valid; with the button *nothing*, nothing."""
        return [] if "nothing" in self.data else self._ticked()

    def _ticked(self) -> list[Used]:
        found = {str(tool.name).casefold(): tool for tool in self.tools}
        used: dict[tuple[Any, str], Used] = {}
        for field, tool, name in self._tools():
            tool = tool or found.get(name.casefold())
            purposes = tuple(self.cleaned_data.get(f"for_{field}") or ())
            for account in self.cleaned_data.get(field) or ():
                key = (tool or name.casefold(), account)
                used.setdefault(key, Used(account, tool, "" if tool else name, purposes))
        return list(used.values())

    def _tools(self) -> Iterator[tuple[str, Tool | None, str]]:
        for tool in self.tools:
            yield f"tool_{tool.pk}", tool, ""
        for number in OTHERS:
            if name := self.cleaned_data.get(f"name_{number}"):
                yield f"other_{number}", None, name

    def _ask(self, name: str, label: Any) -> None:
        boxes = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
        self.fields[name] = forms.MultipleChoiceField(
            label=label, choices=UsedTool.Account.choices, widget=boxes, required=False
        )
        if self.purposes:
            self.fields[f"for_{name}"] = forms.MultipleChoiceField(
                label=_("What for?"), choices=self.purposes, widget=boxes, required=False
            )

    def _row(self, field: str, title: Any, name: forms.BoundField | None = None) -> Row:
        purposes = self[f"for_{field}"] if self.purposes else None
        return Row(str(title), self[field], purposes, bool(purposes and purposes.value()), name)


class AskUsageForm(forms.Form):
    """Who sees the names, and until when everybody is asked."""

    keeper = forms.ModelChoiceField(
        queryset=Membership.objects.none(),
        label=_("Who sees names"),
        help_text=_("This one person, and nobody else, whoever stands in. Their name stands above the question."),
        empty_label=None,
    )
    due_on = DayField(label=_("Answers until"))

    def __init__(
        self, *args: Any, organization: Organization, today: dt.date, runs_it: Membership | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        people = may_keep(organization)
        # While an adoption review runs, whoever keeps it sees them, and nobody else.
        choice_field(self, "keeper").queryset = people.filter(pk=runs_it.pk) if runs_it else people

    def clean_due_on(self) -> dt.date:
        """Nobody is asked for a day that has passed."""
        day: dt.date = self.cleaned_data["due_on"]
        if day < self.today:
            raise forms.ValidationError(HAS_PASSED)
        return day


def _initial(said: UsageReport) -> Iterator[tuple[str, Any]]:
    """What was said last, back in the boxes."""
    by_field: dict[str, list[UsedTool]] = {}
    names: list[str] = []
    for one in said.tools.select_related("name"):
        if one.name and str(one.name) not in names:
            names.append(str(one.name))
        field = f"other_{names.index(str(one.name)) + 1}" if one.name else f"tool_{one.tool_id}"
        by_field.setdefault(field, []).append(one)
    for field, tools in by_field.items():
        yield field, [one.account for one in tools]
        yield f"for_{field}", _together(one.purposes for one in tools)
    for number, name in enumerate(names, start=1):
        yield f"name_{number}", name


def _together(purposes: Iterable[list[str]]) -> list[str]:
    return list(dict.fromkeys(purpose for some in purposes for purpose in some))
