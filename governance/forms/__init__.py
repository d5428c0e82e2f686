"""Forms validate; actions save."""

from governance.forms.agreements import AgreementForm
from governance.forms.decisions import (
    DecisionFilter,
    DecisionForm,
    DiscardForm,
    ReasonForm,
    ResumeForm,
    SubmitForm,
)
from governance.forms.own_words import AcceptForm, OwnWordForm
from governance.forms.routes import RouteFilter, RouteForm
from governance.forms.scopes import ScopeFormSet, lines_from, named_lines, scope_initial
from governance.forms.sign_offs import CommentForm, MeetForm, WordForm

__all__ = [
    "AcceptForm",
    "AgreementForm",
    "CommentForm",
    "DecisionFilter",
    "DecisionForm",
    "DiscardForm",
    "MeetForm",
    "OwnWordForm",
    "ReasonForm",
    "ResumeForm",
    "RouteFilter",
    "RouteForm",
    "ScopeFormSet",
    "SubmitForm",
    "WordForm",
    "lines_from",
    "named_lines",
    "scope_initial",
]
