"""Finding a policy, bringing a version of it, choosing two to compare."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.queries import may_keep
from catalog.actions import EDITABLE, LARGEST_PAPER, LARGEST_VERSION, refuse_address
from catalog.models import PolicySource, PolicyVersion
from operations.errors import ActionRefused
from operations.forms import DayField, NameField, TextField, choice_field
from operations.templatetags.dates import day

# What no heading is called.
NOWHERE = "-"


class SourceFilter(forms.Form):
    """Which policies the list shows."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All in use")), ("ours", _("Ours")), ("retired", _("Retired"))],
    )
    search = forms.CharField(label=_("Search"), required=False, max_length=100, help_text=_("A part of the title."))


class SourceForm(forms.Form):
    """A policy of the organization's own: what it is, where it stands, who looks after it."""

    title = NameField(label=_("Title"), max_length=300)
    kind = forms.ChoiceField(label=_("What it is"), choices=PolicySource.OwnKind.choices)
    url = forms.URLField(
        label=_("Address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Empty for a paper: you bring its text yourself."),
    )
    markdown_url = forms.URLField(
        label=_("Address of the same as Markdown"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("If the site offers one: it is fetched first, because it changes less often in looks alone."),
    )
    cadence_days = forms.TypedChoiceField(
        label=_("Fetch it"),
        coerce=int,
        initial=7,
        choices=[
            (1, _("every day")),
            (7, _("every week")),
            (14, _("every two weeks")),
            (30, _("every month")),
            (90, _("every three months")),
            (0, _("never: we bring each version")),
        ],
    )
    keeper = forms.ModelChoiceField(
        label=_("Keeper"),
        queryset=Membership.objects.none(),
        help_text=_("Is told when it can’t be fetched or has changed."),
    )

    def __init__(self, *args: Any, by: Membership, source: PolicySource | None = None, **kwargs: Any) -> None:
        words = {name: getattr(source, name) for name in EDITABLE} if source else {"keeper": by}
        super().__init__(*args, **{"initial": words, **kwargs})
        keeper = choice_field(self, "keeper")
        keeper.queryset = may_keep(by.organization)
        if source and source.kind not in PolicySource.OwnKind:
            kind = cast(forms.ChoiceField, self.fields["kind"])
            kind.choices = [("", _("Not said")), *PolicySource.OwnKind.choices]
            kind.required = False
        cadence = cast(forms.ChoiceField, self.fields["cadence_days"])
        every = source.cadence_days if source else 7
        known = dict(cast(list[tuple[int, str]], cadence.choices))
        if every not in known:
            cadence.choices = [
                *known.items(),
                (every, ngettext("every %(n)d day", "every %(n)d days", every) % {"n": every}),
            ]

    def clean_url(self) -> str:
        return self._address("url")

    def clean_markdown_url(self) -> str:
        return self._address("markdown_url")

    def _address(self, name: str) -> str:
        address: str = self.cleaned_data[name]
        try:
            if address:
                refuse_address(address)
        except ActionRefused as error:
            raise forms.ValidationError(str(error)) from error
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("markdown_url") and not data.get("url") and "url" not in self.errors:
            self.add_error("url", gettext("Say also where people read it."))
        return data


class VersionForm(forms.Form):
    """A file or a text, and when it read so."""

    upload = forms.FileField(
        label=_("A file"),
        required=False,
        help_text=_(
            "Markdown, HTML or plain text, up to 2 MB; it is compared. A PDF or a Word document, up to 10 MB, is kept as evidence alone."
        ),
        widget=forms.FileInput(attrs={"accept": ".md,.markdown,.html,.htm,.txt,.pdf,.docx"}),
    )
    text = TextField(
        label=_("Or the text itself"),
        required=False,
        strip=False,
        rows=12,
        max_length=LARGEST_VERSION,
        help_text=_("Headings as Markdown (#) keep its parts apart."),
    )
    seen_on = DayField(label=_("Seen on"), help_text=_("The day on which it read so."))
    effective_on = DayField(
        label=_("In effect from"), required=False, help_text=_("If it says so. Empty: it does not.")
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"seen_on": today}, **kwargs})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_text = bool((data.get("text") or "").strip())
        if data.get("upload") and has_text:
            self.add_error("text", gettext("Bring the file or the text, not both."))
        elif not data.get("upload") and not has_text and not {"upload", "text"} & set(self.errors):
            self.add_error("upload", gettext("Choose a file, or paste the text below."))
        return data

    def words(self) -> dict[str, Any]:
        """What ``actions.add_version`` takes."""
        data = self.cleaned_data
        days = {name: data[name] for name in ("seen_on", "effective_on")}
        if upload := data["upload"]:
            # One byte more than is taken says that it is too large.
            content = upload.read(LARGEST_PAPER + 1)
            return {"content": content, "name": upload.name or "", "origin": PolicyVersion.Origin.UPLOADED, **days}
        return {"content": data["text"].encode(), "origin": PolicyVersion.Origin.PASTED, **days}


class CompareForm(forms.Form):
    """Any two versions of one policy."""

    old = forms.TypedChoiceField(label=_("What it said"), coerce=int)
    new = forms.TypedChoiceField(label=_("What it says"), coerce=int)

    def __init__(self, *args: Any, versions: Sequence[PolicyVersion], **kwargs: Any) -> None:
        """:param versions: newest first."""
        kwargs.setdefault("initial", {"old": versions[-1].pk, "new": versions[0].pk} if versions else {})
        super().__init__(*args, **kwargs)
        choices = [(version.pk, called(version)) for version in versions]
        for name in ("old", "new"):
            cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("old") and data.get("old") == data.get("new"):
            self.add_error("new", gettext("Choose two versions: this is the same one."))
        return data


class AcceptForm(forms.Form):
    """Why a text that was held back is the page."""

    reason = TextField(
        label=_("Why is this the page?"),
        max_length=2000,
        help_text=_("One sentence, such as: they moved the rest to another page. It stands beside the version."),
    )


def called(version: PolicyVersion) -> str:
    """A version in a list: its day, and the name of its file where it has one."""
    return f"{day(version.seen_on)}, {version.name or version.get_origin_display()}"


class PlaceForm(forms.Form):
    """Beneath which heading a fact is said now."""

    place = forms.ChoiceField(label=_("Where it is said now"))

    def __init__(self, sent: Any, *, places: Sequence[str], likeliest: str) -> None:
        """
        :param sent: what was posted, or None.
        :param places: the heading paths of the newest text.
        :param likeliest: the one of them to begin with; empty where none is.
        """
        super().__init__(sent, initial={"place": likeliest or NOWHERE})
        field: Any = self.fields["place"]
        field.choices = place_choices(places)


def place_choices(places: Sequence[str]) -> list[tuple[str, Any]]:
    """The heading paths of a text to choose from, and that it is said nowhere."""
    named = [(place, place or _("Before the first heading")) for place in places]
    return [*named, (NOWHERE, _("Nowhere on this page any more"))]


def chosen_sections(place: str) -> list[str]:
    """What was chosen, as citations write it."""
    return [] if place == NOWHERE else [place]
