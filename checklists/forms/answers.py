"""What people answer, and what the contact says to a question."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checklists.actions import Given
from checklists.actions.uploads import MOST_FILES
from checklists.models import Answer, Evidence, ItemRevision, Upload
from operations.files import KINDS, MEGABYTE, allowed_words
from operations.forms import DayField, TextField
from operations.uploads import ALL_TOGETHER

Kind = Answer.Kind
MOST_LINKS = 10


def what_is_taken() -> str:
    """Which files are taken, and how many."""
    most = gettext("Up to %(files)d files and %(size)d MB with one answer; several may be chosen at once.")
    return allowed_words() + " " + most % {"files": MOST_FILES, "size": ALL_TOGETHER // MEGABYTE}


class SeveralFiles(forms.ClearableFileInput):
    """A file field that takes several at once."""

    allow_multiple_selected = True


class LinksField(forms.MultipleChoiceField):
    """Several links, each in a row of its own; empty rows say nothing."""

    widget = forms.MultipleHiddenInput  # reads all rows; the template shows them

    def to_python(self, value: Any) -> list[str]:
        return [link.strip() for link in value or [] if link.strip()]

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_LINKS:
            raise forms.ValidationError(gettext("Up to %(most)d links go with one answer.") % {"most": MOST_LINKS})

    def clean(self, value: Any) -> list[str]:
        one = forms.URLField(max_length=500, assume_scheme="https")
        return list(dict.fromkeys(str(one.clean(link)) for link in super().clean(value)))


def given_in_words(one: Evidence) -> str:
    """A file or a link of an earlier answer, with the question it was given for."""
    words = {"name": str(one), "question": one.answer.revision.question, "day": date_format(one.added_at, "j M Y")}
    return gettext("%(name)s, given on %(day)s for “%(question)s”") % words


def typed_so_far(post: QueryDict) -> dict[str, Any]:
    """What stands in a form that is shown again without being judged: nothing was sent off with it yet."""
    typed: dict[str, Any] = {name: post.get(name, "") for name in ("text", "day", "effective_on", "reason", "shown")}
    return typed | {"link": post.getlist("link"), "reused": post.getlist("reused")}


# Buttons of the fold: what has to be typed before each of them says anything.
REASONS = {
    Kind.UNSURE: _("Write in a few words what you are not sure about: whoever answers you can't guess it."),
    "cannot": _("Write in a few words what keeps you from confirming it: whoever answers you can't guess it."),
    Kind.NOT_APPLICABLE: _("Say why it does not apply to you."),
}


EVIDENCE_FIELDS = ("link", "uploads", "reused", "leave_out", "effective_on")


class AnswerForm(forms.Form):
    """One answer; the button that was pressed says which. It carries the hash of what was shown, and the newest answer
    that stood there.

    :ivar goes_to_links: whether another row for a link was asked for, so that one goes on typing there.
    """

    goes_to_links = False

    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)
    answered = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reply = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    text = TextField(label=_("Your answer"), required=False, max_length=4000)
    day = DayField(label=_("Day"), required=False)
    link = LinksField(label=_("Links"), required=False)
    # Read before the form is: what was chosen is kept, whatever else is wrong.
    uploads = forms.Field(
        label=_("Files"),
        required=False,
        widget=SeveralFiles(attrs={"multiple": True, "accept": ",".join(KINDS)}),
        help_text=lazy(what_is_taken, str)(),
    )
    reused = forms.MultipleChoiceField(label=_("Given before"), required=False, widget=forms.CheckboxSelectMultiple)
    leave_out = forms.BooleanField(label=_("Leave them out of the new answer"), required=False)
    effective_on = DayField(
        label=_("Says so since"),
        required=False,
        help_text=_("The day of the document, say, when the new files and links are older than today."),
    )
    reason = TextField(
        label=_("What are you not sure about, or what is in the way?"),
        required=False,
        max_length=2000,
        rows=2,
    )

    def __init__(
        self,
        *args: Any,
        revision: ItemRevision,
        today: dt.date,
        uploads: Sequence[Upload] = (),
        before: Sequence[Evidence] = (),
        standing: Answer | None = None,
        **kwargs: Any,
    ) -> None:
        """
        :param uploads: what was brought for this answer already.
        :param before: what may be used again; that of the answer that stands is, unless somebody says otherwise.
        """
        super().__init__(*args, **kwargs)
        self.today, self.brought, self.before = today, uploads, before
        self.standing_ids = {one.pk for one in before if standing and one.answer_id == standing.pk}
        kind, kinds = revision.answer_kind, ItemRevision.AnswerKind
        if revision.allows_not_applicable:
            self.fields["reason"].label = _(
                "What are you not sure about, what is in the way, or why does it not apply?"
            )
        if kind != kinds.TEXT:
            del self.fields["text"]
        if kind != kinds.DATE:
            del self.fields["day"]
        if kind != kinds.EVIDENCE and not revision.evidence_example and not self.standing_ids:
            for name in EVIDENCE_FIELDS:
                del self.fields[name]
            return
        cast(forms.MultipleChoiceField, self.fields["reused"]).choices = [
            (one.pk, given_in_words(one)) for one in before
        ]
        self.initial.setdefault("reused", sorted(self.standing_ids))

    def clean_reused(self) -> list[Evidence]:
        chosen = set(self.cleaned_data["reused"])
        return [one for one in self.before if str(one.pk) in chosen]

    def clean_effective_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["effective_on"]
        if day and day > self.today:
            raise forms.ValidationError(gettext("This day is still to come: say since when it has been so."))
        return day

    def clean(self) -> dict[str, Any]:
        """Nothing that showed the answer so far is lost unasked."""
        data = super().clean() or self.cleaned_data
        if "reused" in self.fields and self.left_out and not data.get("leave_out"):
            names = ", ".join(f"“{one}”" for one in self.left_out)
            words = gettext(
                "The answer that stands is shown by %(names)s; the new one would not be. It stays with the old answer only. "
                "Tick it again, or say that you leave it out."
            )
            self.add_error("reused", words % {"names": names})
        return data

    @property
    def left_out(self) -> list[Evidence]:
        """What showed the answer so far and would not show the new one."""
        if not self.is_bound:
            return []
        kept = {one.pk for one in self.cleaned_data.get("reused") or ()}
        return [one for one in self.before if one.pk in self.standing_ids - kept]

    @property
    def ready(self) -> list[Upload]:
        """What was brought and may be part of the answer."""
        return [one for one in self.brought if not one.is_held_back]

    @property
    def links(self) -> list[str]:
        """The rows of links, with an empty one at the end."""
        typed = [link for link in self["link"].value() or [] if link.strip()]
        return [*typed, ""]

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
    def is_begun(self) -> bool:
        """Whether somebody is at it: something was sent, brought or typed."""
        return self.is_bound or bool(self.brought) or any(self.initial.get(name) for name in ("text", "link", "reason"))

    @property
    def opens_evidence(self) -> bool:
        """Whether the part with files and links is shown unfolded."""
        if self.brought or len(self.links) > 1 or self.standing_ids:
            return True
        return any(self[name].errors for name in EVIDENCE_FIELDS) or bool(self["effective_on"].value())

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
        reused = data.get("reused") or []
        if reply in {Kind.UNSURE, "cannot"}:
            value = "no" if reply == "cannot" else ""
            return Given(kind=Kind.UNSURE, value=value, text=data["reason"], reused=reused, draft=self.draft())
        if reply == Kind.NOT_APPLICABLE:
            return Given(kind=reply, text=data["reason"], reused=reused)
        listed = self.data.getlist("uploaded") if isinstance(self.data, QueryDict) else []
        return Given(
            value=data["day"].isoformat() if data.get("day") else reply if reply not in {"", "save"} else "",
            text=data.get("text") or "",
            links=data.get("link") or [],
            uploads=list(dict.fromkeys([*listed, *(one.sha256 for one in self.ready)])),
            reused=reused,
            effective_on=data.get("effective_on"),
        )

    def draft(self, *, is_all: bool = False) -> dict[str, Any]:
        """What was typed and is still to be said; what was said with another button than the draft's is, unless ``is_all``."""
        typed = {name: self.cleaned_data.get(name) for name in ("text", "link", "reason")}
        if self.cleaned_data["reply"] != "draft" and not is_all:
            del typed["reason"]
        return {name: words for name, words in typed.items() if words}


class QuestionForm(forms.Form):
    """The contact's answer, or what whoever asked asks back."""

    text = TextField(label=_("Your words"), max_length=4000, rows=4)


class ReleaseForm(forms.Form):
    """Why a file that was held back may be used."""

    reason = TextField(label=_("Why it may be used"), max_length=1000)
