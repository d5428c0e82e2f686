"""Finding a policy, bringing a version of it, choosing two to compare."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.actions import LARGEST_VERSION
from catalog.models import PolicyVersion
from operations.forms import DayField, TextField
from operations.templatetags.dates import day


class SourceFilter(forms.Form):
    """Which policies the list shows."""

    search = forms.CharField(label=_("Search"), required=False, max_length=100, help_text=_("A part of the title."))


class VersionForm(forms.Form):
    """A file or a text, and when it read so."""

    upload = forms.FileField(
        label=_("A file"),
        required=False,
        help_text=_("Markdown, HTML or plain text, up to 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".md,.markdown,.html,.htm,.txt"}),
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
            content = upload.read(LARGEST_VERSION + 1)
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
