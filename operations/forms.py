"""Form fields that every app uses."""

import datetime as dt
import unicodedata
from pathlib import PurePath
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2099, 12, 31)
_TYPO = gettext_lazy("Say a day between 1990 and 2099.")
# Of the day until which people have to do something.
HAS_PASSED = gettext_lazy("This day has passed: choose today or a later one.")

LONGEST_TEXT = 10_000
_TOO_LONG = gettext_lazy("Shorten this to %(limit_value)d characters: it has %(show_value)d.")

# Letters that show nothing, and line ends that are no control characters.
_BLANK = frozenset("\u115f\u1160\u2028\u2029\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")
# Arabic, and the scripts of India and its neighbours: in them a joiner between two letters changes how a name is written.
_FIRST_JOINED, _LAST_JOINED = "\u0600", "\u1cff"


def plain_line(text: str, field: str | Promise) -> str:
    """A name or a label on one line: single spaces, nothing that can't be seen or that turns the writing around.

    :param field: what the field is called, for the sentence of the refusal.
    :raises ValidationError: it holds a line break or a character that can't be seen, or nothing to read.
    """
    text = text.strip()
    if any(_is_unseen(text, place) for place in range(len(text))):
        raise ValidationError(
            _("“%(field)s” contains a line break or a character that can't be seen. Type it instead of pasting it.")
            % {"field": field}
        )
    if text and not any(unicodedata.category(letter)[0] in "LN" for letter in text):
        raise ValidationError(_("“%(field)s” needs at least one letter or digit.") % {"field": field})
    return " ".join(text.split())


def seen_line(text: str) -> str:
    """What can be read of a cell of somebody's list, on one line with single spaces."""
    if not text.isprintable() or not _BLANK.isdisjoint(text):
        text = "".join(
            " " if letter.isspace() else "" if _is_unseen(text, place) else letter for place, letter in enumerate(text)
        )
    return " ".join(text.split())


def file_name(name: str, *, longest: int) -> str:
    """What a file is called, without what can't be seen; one that is too long is cut before its extension."""
    name = "".join(letter for place, letter in enumerate(name) if not _is_unseen(name, place))
    suffix = PurePath(name).suffix[:longest]
    return name if len(name) <= longest else name.removesuffix(suffix)[: longest - len(suffix)] + suffix


def _is_unseen(text: str, place: int) -> bool:
    letter = text[place]
    if letter in _JOINERS:
        return not (_is_joined(text[place - 1 : place]) and _is_joined(text[place + 1 : place + 2]))
    return letter in _BLANK or unicodedata.category(letter) in {"Cc", "Cf"}


def _is_joined(letter: str) -> bool:
    return _FIRST_JOINED <= letter <= _LAST_JOINED and unicodedata.category(letter)[0] in "LM"


def choice_field(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    """The field of a form that chooses among rows, known as such to the type checker."""
    return cast(forms.ModelChoiceField, form.fields[name])


class NameField(forms.CharField):
    """What a person, a team or a thing is called: see :func:`plain_line`."""

    def to_python(self, value: Any) -> Any:
        return plain_line(super().to_python(value) or "", self.label or _("Name"))


class TextField(forms.CharField):
    """Free text of several lines. What is too long is refused in a sentence; a browser would cut what is pasted."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs["max_length"] = kwargs.get("max_length") or LONGEST_TEXT  # a model's field says None
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs["error_messages"] = {"max_length": _TOO_LONG, **kwargs.get("error_messages", {})}
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """A line end counts as one character, as it does for whoever types it."""
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class DayField(forms.DateField):
    """A day, picked from the browser's own calendar; centuries away it is a typing error."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)
        self.validators += [MinValueValidator(FIRST, _TYPO), MaxValueValidator(LAST, _TYPO)]
