"""What people type: answers, a checklist's words, whom it is for."""

from checklists.forms.answers import (
    AnswerForm,
    QuestionForm,
    ReleaseForm,
)
from checklists.forms.checklists import (
    AskPeopleForm,
    AssignForm,
    DetailsForm,
    NewChecklistForm,
)
from checklists.forms.filters import (
    AudienceForm,
    ClearanceFilterForm,
    ProgressFilterForm,
    QuestionSearchForm,
    TeamFilterForm,
    VersionsForm,
)
from checklists.forms.items import (
    ChangedItemForm,
    ItemForm,
    NewItemForm,
    PublishForm,
    SeenForm,
    item_words,
    reworded,
)
from checklists.forms.usage import (
    AskUsageForm,
    UsageForm,
)

__all__ = [
    "AnswerForm",
    "AskPeopleForm",
    "AskUsageForm",
    "AssignForm",
    "AudienceForm",
    "ChangedItemForm",
    "ClearanceFilterForm",
    "DetailsForm",
    "ItemForm",
    "NewChecklistForm",
    "NewItemForm",
    "ProgressFilterForm",
    "PublishForm",
    "QuestionForm",
    "QuestionSearchForm",
    "ReleaseForm",
    "SeenForm",
    "TeamFilterForm",
    "UsageForm",
    "VersionsForm",
    "item_words",
    "reworded",
]
