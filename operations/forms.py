"""Form fields that every app uses."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2099, 12, 31)
_TYPO = _("Say a day between 1990 and 2099.")


class DayField(forms.DateField):
    """A day, picked from the browser's own calendar; centuries away it is a typing error."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)
        self.validators += [MinValueValidator(FIRST, _TYPO), MaxValueValidator(LAST, _TYPO)]
