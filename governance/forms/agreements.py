"""How it stands with a paper that decisions on a route rest on."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from governance.actions.papers import what_lacks
from governance.forms.own_words import UploadField
from governance.models import Agreement
from governance.queries.agreements import SEVERAL, may_hold
from operations.forms import DayField, NameField, TextField, choice_field

WORDS = ("parties", "dated_on", "covers_from", "covers_until", "expires_on", "why")


class AgreementForm(forms.Form):
    """What is said of one paper; what else it needs depends on how it stands."""

    title = NameField(label=_("Name of the report"), max_length=150, help_text=_("Such as “SOC 2 type II”."))
    state = forms.ChoiceField(label=_("How it stands"), choices=Agreement.State, widget=forms.RadioSelect)
    parties = NameField(
        label=_("Who with whom"),
        required=False,
        max_length=300,
        help_text=_("The vendor’s company and ours, by their full names."),
    )
    dated_on = DayField(label=_("Dated"), required=False)
    covers_from = DayField(label=_("Covers the time from"), required=False)
    covers_until = DayField(label=_("… until"), required=False)
    link = forms.URLField(label=_("Link to where it is kept"), required=False, max_length=500, assume_scheme="https")
    upload = UploadField(label=_("Or the paper itself"))
    holder = forms.ModelChoiceField(
        label=_("Who holds it"),
        required=False,
        queryset=Membership.objects.none(),
        empty_label=_("Nobody yet"),
        help_text=_("Whom an auditor asks for the original: one of those who manage or sign here."),
    )
    expires_on = DayField(
        label=_("Runs out on"),
        required=False,
        help_text=_("On this day the decision is looked at again. Empty: it does not."),
    )
    why = TextField(label=_("Why it is not needed, or of whom it was asked"), required=False, rows=2, max_length=1000)

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        kind: str,
        keeps: Agreement | None,
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        """:param keeps: what was said before."""
        if keeps:
            kwargs.setdefault("initial", {name: getattr(keeps, name) for name in (*WORDS, "title", "state", "holder")})
        super().__init__(*args, **kwargs)
        self.kind, self.keeps, self.today = kind, keeps, today
        choice_field(self, "holder").queryset = may_hold(organization, now=keeps.holder_id if keeps else None)
        for name in self._not_asked():
            del self.fields[name]
        if keeps and keeps.paper and "link" in self.fields:
            self.fields["link"].help_text = _("Left empty, what is there stays: %(paper)s") % {"paper": keeps.paper}

    def _not_asked(self) -> list[str]:
        kinds = Agreement.Kind
        gone = [] if self.kind in SEVERAL and not self.keeps else ["title"]
        if self.kind != kinds.CONTRACT and self.kind != kinds.PROCESSING:
            gone.append("parties")
        return gone if self.kind in SEVERAL else [*gone, "covers_from", "covers_until"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = {name: data[name] for name in WORDS if name in data}
        has_paper = data.get("link") or data.get("upload") or (self.keeps and self.keeps.paper)
        said = Agreement(state=data.get("state", ""), holder=data.get("holder"), **words)
        for name, text in what_lacks(said, today=self.today).items():
            if name not in self.errors and not (name == "link" and has_paper):
                self.add_error(name, text)
        return data

    def words(self) -> dict[str, Any]:
        """What ``actions.note_agreement`` takes."""
        words = dict(self.cleaned_data)
        if self.keeps:
            words["title"] = self.keeps.title
        return words
