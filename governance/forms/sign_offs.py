"""A signer's word, and the conditions they sign under."""

from functools import cached_property
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import ConfirmIdentityMixin
from accounts.http import OrganizationRequest
from accounts.models import Membership, Organization
from accounts.queries import may_keep
from governance.actions import Condition
from governance.models import Signature
from operations.forms import DayField, TextField

MOST_CONDITIONS = 5


class ConditionForm(forms.Form):
    """One condition; a row that stays empty is none."""

    text = TextField(
        label=_("Condition"),
        rows=2,
        help_text=_("Everybody whom the decision covers reads these words beside its own conditions."),
    )
    keeper = forms.ChoiceField(label=_("Who sees to it"))
    due_on = DayField(label=_("Met by"))
    suspends = forms.BooleanField(label=_("Suspend the decision the day after, if it is not met"), required=False)

    def __init__(self, *args: Any, keepers: dict[int, Membership], may_suspend: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keepers = keepers
        if not may_suspend:
            del self.fields["suspends"]
            self.fields["text"].help_text = gettext("Everybody who reads what is signed reads these words beside it.")
        people = [(str(pk), str(person.user)) for pk, person in keepers.items()]
        cast(forms.ChoiceField, self.fields["keeper"]).choices = [("", _("Choose")), *people]

    def clean_keeper(self) -> Membership:
        return self.keepers[int(self.cleaned_data["keeper"])]


class BaseConditionFormSet(forms.BaseFormSet):
    """The rows in which conditions are typed; who may see to one is read once, where rows are shown or sent."""

    def __init__(self, *args: Any, organization: Organization, may_suspend: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.may_suspend = may_suspend

    @cached_property
    def keepers(self) -> dict[int, Membership]:
        return {person.pk: person for person in may_keep(self.organization)}

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "keepers": self.keepers, "may_suspend": self.may_suspend}

    def typed(self) -> list[Condition]:
        """The rows that say something, of a valid set."""
        return [Condition(**form.cleaned_data) for form in self.forms if form.has_changed()]


ConditionFormSet = cast(
    type[BaseConditionFormSet],
    forms.formset_factory(
        ConditionForm,
        formset=BaseConditionFormSet,
        extra=MOST_CONDITIONS,
        max_num=MOST_CONDITIONS,
        absolute_max=MOST_CONDITIONS,
    ),
)


class WordForm(ConfirmIdentityMixin):
    """Sign, ask for changes or reject: with the hash of what was shown, and proof that it is really you.

    ``conditions`` are rows beside it; ``cleaned_data`` has them under the same name. Only what can be suspended
    (``may_suspend``) offers that of a condition that is not met.
    """

    shown_sha256 = forms.CharField(widget=forms.HiddenInput)
    stage = forms.IntegerField(widget=forms.HiddenInput)
    word = forms.ChoiceField(choices=Signature.Word, widget=forms.HiddenInput)
    comment = TextField(
        label=_("Your comment"),
        required=False,
        help_text=_(
            "Stands beside your word, for everybody who may read that. Needed when you ask for changes or reject; "
            "what has to be kept to belongs in a condition."
        ),
    )

    def __init__(self, *args: Any, request: OrganizationRequest, may_suspend: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.has_rows = self.is_bound and "condition-TOTAL_FORMS" in self.data
        self.conditions = ConditionFormSet(
            self.data if self.has_rows else None,
            organization=request.organization,
            may_suspend=may_suspend,
            prefix="condition",
        )

    @property
    def typed_rows(self) -> list[ConditionForm]:
        """The rows in which something was typed, valid or not."""
        return [row for row in self.conditions if row.has_changed()] if self.has_rows else []

    def clean(self) -> dict[str, object]:
        said = self.cleaned_data
        is_signed = said.get("word") == Signature.Word.SIGNED
        if not is_signed and not said.get("comment", "").strip():
            self.add_error("comment", _("Say what has to change, or why not."))
        if self.has_rows and not self.conditions.is_valid():
            self.add_error(None, _("A condition says what, who sees to it and by when: complete it, or empty its row."))
        elif self.has_rows and not is_signed and self.conditions.typed():
            self.add_error(None, _("Conditions go with a signature: sign with them, or write them into your comment."))
        said["conditions"] = self.conditions.typed() if self.has_rows and self.conditions.is_valid() else []
        return super().clean()


class CommentForm(forms.Form):
    """What is said about a line: to everybody who may read it, or as a note for one's own group."""

    text = TextField(label=_("What you want to say"))
    group = forms.ChoiceField(label=_("Who reads it"), required=False)

    def __init__(self, *args: Any, groups: dict[int, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = groups
        if not groups:
            del self.fields["group"]
            return
        own = [(pk, gettext("Only %(group)s: a note") % {"group": group.name}) for pk, group in groups.items()]
        choices = [("", gettext("Everybody who may read this")), *own]
        cast(forms.ChoiceField, self.fields["group"]).choices = choices

    def clean_group(self) -> Any:
        chosen = self.cleaned_data["group"]
        return self.groups[int(chosen)] if chosen else None


class MeetForm(forms.Form):
    """How a condition was met."""

    said = TextField(label=_("How it was met"), help_text=_("One sentence; whoever proves it later reads it."))
    link = forms.URLField(
        label=_("Link, if something shows it"), required=False, assume_scheme="https", max_length=2000
    )
