"""What people type: answers, a checklist's words, whom it is for."""

from checklists.forms.answers import AnswerForm, QuestionForm, ReleaseForm
from checklists.forms.checklists import AskPeopleForm, AssignForm, DetailsForm
from checklists.forms.filters import ClearanceFilterForm, ProgressFilterForm, TeamFilterForm
from checklists.forms.items import ChangedItemForm, ItemForm, NewItemForm, PublishForm, SeenForm, item_words
from checklists.forms.usage import AskUsageForm, UsageForm

__all__ = [
    "AnswerForm",
    "AskPeopleForm",
    "AskUsageForm",
    "AssignForm",
    "ChangedItemForm",
    "ClearanceFilterForm",
    "DetailsForm",
    "ItemForm",
    "NewItemForm",
    "ProgressFilterForm",
    "PublishForm",
    "QuestionForm",
    "ReleaseForm",
    "SeenForm",
    "TeamFilterForm",
    "UsageForm",
    "item_words",
]
