"""The words of one item, and what they become when they are published."""

import datetime as dt
from itertools import count
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Topic
from checklists.models import ItemRevision, ListedItem
from checklists.queries.publishing import ChangedItem
from checklists.queries.revisions import digest_of, words_of
from governance.queries.comparing import word_diff
from operations.forms import HAS_PASSED, DayField, NameField, TextField, plain_line

COMPLETING = [("", _("Either")), ("yes", _("Yes")), ("no", _("No"))]


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

    # What every question needs; the rest is folded away until somebody wants it.
    FIRST = ("question", "why", "section_title", "answer_kind", "choices", "expects")

    section_title = NameField(
        label=_("Section"), max_length=200, help_text=_("The heading under which it stands on the list.")
    )
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
    expects = forms.ChoiceField(
        label=_("What completes it"),
        required=False,
        choices=COMPLETING,
        help_text=_("For a yes or no: the other one is honest, and shows that something is still to be mended."),
    )
    shows = forms.MultipleChoiceField(
        label=_("Shows of this company"),
        required=False,
        choices=ItemRevision.Block,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("As it stands for whoever reads it. When a new decision changes it, they are asked again."),
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

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields that every question needs."""
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        """The others that are seen."""
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    @property
    def is_more_open(self) -> bool:
        """Whether something stands there that whoever edits it has to see; how long it is valid always does."""
        return any(field.errors or (field.value() and field.name != "valid_months") for field in self.more)

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

    def clean_shows(self) -> list[str]:
        return _kept_first(self.revision.shows, self.cleaned_data["shows"])

    def clean_rests_on_topics(self) -> list[str]:
        return _kept_first(self.revision.rests_on_topics, [one.pk for one in self.cleaned_data["rests_on_topics"]])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if set(data.get("shows") or []) - {ItemRevision.Block.CONTACTS}:
            data["rests_on_decisions"] = True
        if data.get("answer_kind") == ItemRevision.AnswerKind.CHOICE and len(data.get("choices") or []) < 2:
            self.add_error("choices", _("Write at least two choices, one per line."))
        return data


def _kept_first(before: list[str], chosen: list[str]) -> list[str]:
    """What was chosen, in the order in which it stood already."""
    return [one for one in before if one in chosen] + [one for one in chosen if one not in before]


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
        return [(_label(name), _in_words(name, shown[name])) for name in differing]


_WORDED: dict[str, list[tuple[str, Any]]] = {"answer_kind": ItemRevision.AnswerKind.choices, "expects": COMPLETING}


def _label(name: str) -> Any:
    return ItemForm.base_fields[name].label


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if name == "rests_on_topics":
        return ", ".join(str(topic) for topic in Topic.objects.filter(pk__in=value))
    if name == "shows":
        return ", ".join(str(ItemRevision.Block(one).label) for one in value)
    if name in _WORDED:
        return str(dict(_WORDED[name])[value])
    return str(value)


def reworded(before: ItemRevision, after: ItemRevision) -> list[dict[str, Any]]:
    """What differs between two wordings of an item, each with its ``label`` and ``pieces``."""
    was, becomes = item_words(before), item_words(after)
    return [
        {"label": _label(name), "pieces": word_diff(_in_words(name, was[name]), _in_words(name, becomes[name]))}
        for name in becomes
        if was[name] != becomes[name]
    ]


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
        "expects": revision.expects,
        "shows": revision.shows,
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

    def __init__(self, *args: Any, changed: list[ChangedItem], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed, self.today = changed, today
        for one in changed:
            self.fields[_name(one)] = forms.ChoiceField(
                label=_("What this change does"),
                choices=[
                    ("material", _("Material: everyone who has answered is asked again")),
                    ("editorial", _("Editorial: nobody is asked again")),
                ],
                initial="material",
                widget=forms.RadioSelect,
            )
        if not self.asks_again:
            del self.fields["due_on"]

    def clean_due_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["due_on"]
        if day and day < self.today:
            raise forms.ValidationError(HAS_PASSED)
        return day

    @property
    def asks_again(self) -> bool:
        """Whether anybody has answered what would change."""
        return any(one.people for one in self.changed)

    def judgements(self) -> list[dict[str, Any]]:
        """Each changed item with what differs, each ``label`` and ``pieces``, and its field; a query where topics do."""
        return [
            {"item": one, "differences": reworded(one.known, one.revision), "field": self[_name(one)]}
            for one in self.changed
        ]

    def judged(self) -> dict[str, Any]:
        """Which items are editorial, until when to answer again, and what the page was about, as the action takes it."""
        data = self.cleaned_data
        editorial = {one.revision.item_id for one in self.changed if data[_name(one)] == "editorial"}
        return {"editorial": editorial, "due_on": data.get("due_on"), "seen": data["seen"]}


def _name(changed: ChangedItem) -> str:
    return f"item_{changed.revision.item_id}"
