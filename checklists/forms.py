"""What people type: answers, a checklist's words, whom it is for."""

from collections.abc import Iterable
from itertools import count
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import JobRole, Organization, Team
from accounts.queries import keeper_now, may_keep
from catalog.models import AccessRoute, Topic
from catalog.queries import routes
from checklists.actions import Given
from checklists.actions.evidence import KINDS, allowed_words, check_file
from checklists.models import Answer, Assignment, AssignmentRule, Checklist, ItemRevision, ListedItem
from checklists.queries.revisions import digest_of, words_of
from governance.models import ForcePeriod
from operations.errors import ActionRefused
from operations.forms import DayField, NameField, TextField, plain_line

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


def _choice(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    return cast(forms.ModelChoiceField, form.fields[name])


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


class TeamFilterForm(forms.Form):
    """Whom to list: of which team.

    :param teams: those the reader sees, read already; whoever sees everyone may ask for people without a team, too.
    """

    NO_TEAM = "none"

    team = forms.ChoiceField(label=_("Team"), required=False)

    def __init__(self, *args: Any, teams: Iterable[Team], sees_everyone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["team"]).choices = [
            ("", _("All teams")),
            *((team.pk, str(team)) for team in teams),
            *([(self.NO_TEAM, _("No team"))] if sees_everyone else []),
        ]


class ClearanceFilterForm(TeamFilterForm):
    """Whom to list, and for which route."""

    route = forms.ModelChoiceField(
        label=_("Route"), queryset=AccessRoute.objects.none(), required=False, empty_label=_("All routes")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any")), ("cleared", _("Cleared")), ("not-cleared", _("Not cleared"))],
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decided = ForcePeriod.objects.filter(organization=organization, ended_at=None, line__isnull=False)
        _choice(self, "route").queryset = AccessRoute.objects.filter(pk__in=decided.values("route_id"))


class ProgressFilterForm(TeamFilterForm):
    """Whom to list, and for which checklist."""

    checklist = forms.ModelChoiceField(
        label=_("Checklist"), queryset=Checklist.objects.none(), required=False, empty_label=_("All checklists")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Any")),
            (Assignment.Status.OPEN, _("To do")),
            ("overdue", _("Overdue")),
            (Assignment.Status.COMPLETE, _("Completed")),
        ],
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "checklist").queryset = organization.checklists.filter(
            archived_at=None, kind=Checklist.Kind.PERSONAL
        )


class DetailsForm(forms.ModelForm):
    """A checklist's name, purpose, minutes, review interval and keeper: the one who keeps it now stands there, also where
    the one who was named has left."""

    class Meta:
        model = Checklist
        fields = ("name", "purpose", "minutes", "review_months", "keeper")
        field_classes = {"name": NameField, "purpose": NameField}
        labels = {"keeper": _("Keeper")}
        help_texts = {"keeper": _("Who is asked by whoever is not sure, and when it is time to look again.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keeper = _choice(self, "keeper")
        keeper.queryset, keeper.empty_label, keeper.required = may_keep(self.instance.organization), None, True
        # Choosing is how somebody takes over from whoever left.
        self.initial["keeper"] = keeper_now(self.instance.organization, self.instance.keeper_id)


class SeenForm(forms.Form):
    """A form that carries the hash of what its page showed of a draft (``queries.revisions.digest_of``)."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def carry(self, seen: str) -> None:
        """Come back with what was typed, and with the hash of what the page shows now."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = seen
        self.data = data


class ItemForm(forms.Form):
    """The words of an item; given the ``revision`` that is edited, what is left alone comes back as it was."""

    section_title = NameField(label=_("Section"), max_length=200)
    question = NameField(label=_("Question"), max_length=300)
    why = TextField(label=_("Why it matters"), max_length=2000)
    steps = TextField(
        label=_("Steps"),
        rows=4,
        required=False,
        max_length=4000,
        help_text=_("One per line."),
    )
    answer_kind = forms.ChoiceField(label=_("Answered by"), choices=ItemRevision.AnswerKind)
    choices = TextField(
        label=_("Choices"),
        required=False,
        max_length=2000,
        help_text=_(
            "For one of several: one per line; begin a line with ! when it means that something is still to be mended."
        ),
    )
    allows_not_applicable = forms.BooleanField(label=_("May be answered with “not applicable”"), required=False)
    needs_computer = forms.BooleanField(label=_("Needs a computer"), required=False)
    rests_on_decisions = forms.BooleanField(
        label=_("Has to be answered again when a new decision covers the person"), required=False
    )
    rests_on_topics = forms.ModelMultipleChoiceField(
        label=_("Rests on what is said about"),
        queryset=Topic.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    evidence_example = forms.CharField(label=_("Example of good evidence"), required=False, max_length=500)
    valid_months = forms.IntegerField(label=_("Valid for (months)"), min_value=1, max_value=60, initial=12)

    def __init__(self, *args: Any, revision: ItemRevision | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.revision = revision or ItemRevision()

    def clean_steps(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["steps"].splitlines() if line.strip()]

    def clean_choices(self) -> list[dict[str, Any]]:
        """A choice keeps its value with its label: the value is what answers say."""
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        known = {one["label"]: one["value"] for one in self.revision.choices}
        taken = set(known.values())
        free = (value for value in (f"c{number}" for number in count(1)) if value not in taken)
        labels = [(plain_line(line.removeprefix("!"), _("Choices")), line.startswith("!")) for line in lines]
        _refuse_repeated([label for label, _flag in labels])
        return [{"value": known.pop(label, None) or next(free), "label": label, "flag": flag} for label, flag in labels]

    def clean_rests_on_topics(self) -> list[str]:
        chosen = [topic.pk for topic in self.cleaned_data["rests_on_topics"]]
        kept = [topic for topic in self.revision.rests_on_topics if topic in chosen]
        return kept + [topic for topic in chosen if topic not in kept]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer_kind") == ItemRevision.AnswerKind.CHOICE and len(data.get("choices") or []) < 2:
            self.add_error("choices", _("Write at least two choices, one per line."))
        return data


def _refuse_repeated(labels: list[str]) -> None:
    """:raises ValidationError: a label is empty or stands there twice; capital letters make no difference to whoever chooses."""
    seen: set[str] = set()
    for number, label in enumerate(labels, start=1):
        if not label:
            raise forms.ValidationError(_("Choice %(number)d is empty.") % {"number": number})
        if label.casefold() in seen:
            repeated = {"number": number, "choice": label}
            raise forms.ValidationError(_("Choice %(number)d, “%(choice)s”, stands there already.") % repeated)
        seen.add(label.casefold())


class NewItemForm(ItemForm):
    """The words of a new item; it carries the newest line of the draft that it was opened on."""

    after = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ChangedItemForm(SeenForm, ItemForm):
    """Other words for an item of a draft."""

    def compare(self, listed: ListedItem) -> list[tuple[Any, str]]:
        """What stands in the line now, by label, where what was typed differs; from here on the form knows of it."""
        self.carry(digest_of([listed]))
        now = {**words_of(listed.revision), "section_title": listed.section_title}
        shown = {**item_words(listed.revision), "section_title": listed.section_title}
        differing = [name for name in shown if now[name] != self.cleaned_data[name]]
        return [(self.fields[name].label, self._in_words(name, shown[name])) for name in differing]

    def _in_words(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if name == "answer_kind":
            return str(ItemRevision.AnswerKind(value).label)
        if name == "rests_on_topics":
            return ", ".join(str(topic) for topic in Topic.objects.filter(pk__in=value))
        return str(value)


def item_words(revision: ItemRevision) -> dict[str, Any]:
    """A revision as the initial values of :class:`ItemForm`."""
    return {
        "question": revision.question,
        "why": revision.why,
        "steps": "\n".join(revision.steps),
        "answer_kind": revision.answer_kind,
        "choices": "\n".join(f"{'! ' if one.get('flag') else ''}{one['label']}" for one in revision.choices),
        "allows_not_applicable": revision.allows_not_applicable,
        "needs_computer": revision.needs_computer,
        "rests_on_decisions": revision.rests_on_decisions,
        "rests_on_topics": revision.rests_on_topics,
        "evidence_example": revision.evidence_example,
        "valid_months": revision.valid_months,
    }


class PublishForm(SeenForm):
    """For each changed item, editorial or material, material unless said otherwise; and until when, if anybody is asked."""

    due_on = DayField(
        label=_("Answer again by"),
        required=False,
        help_text=_("Two weeks from today when left empty."),
    )

    def __init__(self, *args: Any, changed: list[ItemRevision], asks_again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed = changed
        if not asks_again:
            del self.fields["due_on"]
        for revision in changed:
            self.fields[f"item_{revision.item_id}"] = forms.ChoiceField(
                label=revision.question,
                choices=[
                    ("material", _("Material: everyone who has answered is asked again")),
                    ("editorial", _("Editorial: nobody is asked again")),
                ],
                initial="material",
                widget=forms.RadioSelect,
            )

    def judged(self) -> dict[str, Any]:
        """Which items are editorial, until when to answer again, and what the page was about, as the action takes it."""
        data = self.cleaned_data
        editorial = {one.item_id for one in self.changed if data[f"item_{one.item_id}"] == "editorial"}
        return {"editorial": editorial, "due_on": data.get("due_on"), "seen": data["seen"]}


class AssignForm(forms.ModelForm):
    """Whom a checklist is for; all three empty is everyone."""

    class Meta:
        model = AssignmentRule
        fields = ("team", "job_role", "route", "due_days", "due_on")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, organization: Organization, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "team").queryset = organization.teams.filter(archived_at=None)
        _choice(self, "team").empty_label = _("All teams")
        if checklist.kind == Checklist.Kind.SHARED:
            del self.fields["job_role"], self.fields["route"]
            _choice(self, "team").empty_label = _("The organization as one")
            return
        _choice(self, "job_role").queryset = JobRole.objects.filter(organization=organization, archived_at=None)
        _choice(self, "job_role").empty_label = _("All job roles")
        _choice(self, "route").queryset = routes(organization)
        _choice(self, "route").empty_label = _("Whatever routes they have")
