"""What people answer, and what the contact says to a question."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from checklists.actions import Given
from checklists.models import Answer, ItemRevision
from operations.errors import ActionRefused
from operations.files import KINDS, allowed_words, check_file
from operations.forms import DayField, TextField

Kind = Answer.Kind


class SeveralFiles(forms.ClearableFileInput):
    """A file field that takes several at once."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Cleans to a list of files, empty when none was chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", SeveralFiles(attrs={"multiple": True, "accept": ",".join(KINDS)}))
        super().__init__(*args, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        one_by_one = super().clean
        return [one_by_one(file, initial) for file in data] if isinstance(data, list | tuple) and data else []


# Buttons of the fold: what has to be typed before each of them says anything.
REASONS = {
    Kind.UNSURE: _("Write in a few words what you are not sure about: whoever answers you can't guess it."),
    "cannot": _("Write in a few words what keeps you from confirming it: whoever answers you can't guess it."),
    Kind.NOT_APPLICABLE: _("Say why it does not apply to you."),
}


class AnswerForm(forms.Form):
    """One answer; the button that was pressed says which. It carries the hash of what was shown, and the newest answer
    that stood there."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)
    answered = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reply = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    text = TextField(label=_("Your answer"), required=False, max_length=4000)
    day = DayField(label=_("Day"), required=False)
    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")
    uploads = SeveralFilesField(label=_("Files"), required=False, help_text=lazy(allowed_words, str)())
    effective_on = DayField(
        label=_("Says so since"),
        required=False,
        help_text=_("When the file or link is older or younger than today."),
    )
    reason = TextField(
        label=_("What are you not sure about, or what is in the way?"),
        required=False,
        max_length=2000,
        rows=2,
    )

    def __init__(self, *args: Any, revision: ItemRevision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, kinds = revision.answer_kind, ItemRevision.AnswerKind
        if revision.allows_not_applicable:
            self.fields["reason"].label = _("What are you not sure about, or why does it not apply?")
        if kind != kinds.TEXT:
            del self.fields["text"]
        if kind != kinds.DATE:
            del self.fields["day"]
        if kind != kinds.EVIDENCE and not revision.evidence_example:
            for name in ("link", "uploads", "effective_on"):
                del self.fields[name]

    def clean_uploads(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["uploads"]
        for file in files:
            try:
                check_file(file)
            except ActionRefused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return files

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        missing = REASONS.get(self.cleaned_data.get("reply", ""))
        if missing and not reason:
            raise forms.ValidationError(missing)
        return reason

    @property
    def opens_reason(self) -> bool:
        """Whether the part with the reason is shown unfolded: something stands in it, or is missing from it."""
        return bool(self["reason"].value() or self["reason"].errors)

    @property
    def opens_evidence(self) -> bool:
        """Whether the part with files and links is shown unfolded."""
        names = [name for name in ("link", "uploads", "effective_on") if name in self.fields]
        return any(self[name].errors or (name != "uploads" and self[name].value()) for name in names)

    def given_on_page(self) -> dict[str, Any]:
        """What was said, and of what the page it was said on knew, as the actions take it."""
        return {
            "given": self.given(),
            "shown_sha256": self.cleaned_data["shown"],
            "answered": self.cleaned_data["answered"],
        }

    def given(self) -> Given:
        """What was said, for the action."""
        data = self.cleaned_data
        reply = data["reply"]
        files = data.get("uploads") or []
        links = [data["link"]] if data.get("link") else []
        if reply in {Kind.UNSURE, Kind.NOT_APPLICABLE}:
            return Given(kind=reply, text=data["reason"])
        if reply == "cannot":
            return Given(kind=Kind.UNSURE, value="no", text=data["reason"])
        return Given(
            value=data["day"].isoformat() if data.get("day") else reply if reply not in {"", "save"} else "",
            text=data.get("text") or "",
            links=links,
            files=files,
            effective_on=data.get("effective_on"),
        )


class QuestionForm(forms.Form):
    """The contact's answer."""

    text = TextField(label=_("Your answer"), max_length=4000, rows=4)
