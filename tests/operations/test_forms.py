"""Fields that every app uses."""

import datetime as dt
import importlib

import pytest
from django import forms
from django.core.exceptions import ValidationError

from operations.forms import DayField, NameField, TextField, file_name


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_centuries_away_is_a_typing_error(day) -> None:
    with pytest.raises(ValidationError, match="between 1990 and 2099"):
        DayField().clean(day)


def test_a_day_of_this_century_is_taken() -> None:
    assert DayField().clean("2026-11-21") == dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Research \t", "Research"),
        ("Research  and\u00a0\u2003development", "Research and development"),
        ("Zoë O’Brien-Łukasz 李小龙", "Zoë O’Brien-Łukasz 李小龙"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian: without the joiner the word is written otherwise
        ("ශ්\u200dරී", "ශ්\u200dරී"),  # Sinhala: so is this name
        ("R&D (2)", "R&D (2)"),
    ],
)
def test_a_name_is_kept_on_one_line_with_single_spaces(typed, kept) -> None:
    assert NameField(label="Team").clean(typed) == kept


@pytest.mark.parametrize(
    "unseen",
    [
        *("\n", "\r", "\t", "\x07", "\x85", "\u2028", "\u2029"),  # other lines, other columns
        *("\u200b", "\u2060", "\ufeff", "\u00ad", "\u3164", "\u2800", "\U000e0041"),  # nothing to see
        *("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f"),  # turns the writing around
        *("\u200c", "\u200d"),  # joins nothing between these letters
    ],
)
def test_a_name_with_something_unseen_is_refused_by_the_name_of_its_field(unseen) -> None:
    with pytest.raises(ValidationError, match=r"“Team” contains a line break or a character that can't be seen"):
        NameField(label="Team").clean(f"Le{unseen}gal")


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_a_joiner_at_the_end_of_a_name_joins_nothing(joiner) -> None:
    with pytest.raises(ValidationError, match="can't be seen"):
        NameField(label="Team").clean(f"می{joiner}")


@pytest.mark.parametrize(
    ("typed", "said"), [("", "required"), ("  \u3000", "required"), ("—", "at least one letter or digit")]
)
def test_a_name_that_says_nothing_is_refused(typed, said) -> None:
    with pytest.raises(ValidationError, match=said):
        NameField(label="Team").clean(typed)


def test_a_name_that_may_be_left_out_may_be_left_out() -> None:
    assert NameField(label="Team", required=False).clean("  ") == ""


def test_a_text_may_be_long_but_not_without_end() -> None:
    assert TextField().clean("a\r\n" * 5_000) == "a\n" * 4_999 + "a"
    with pytest.raises(ValidationError, match="Shorten this to 10000 characters: it has 10001"):
        TextField().clean("a" * 10_001)


def test_a_browser_does_not_cut_a_text_that_is_pasted() -> None:
    assert "maxlength" not in TextField().widget.attrs


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("proof.pdf", "proof.pdf"),
        ("a-very-long-proof.pdf", "a-very.pdf"),
        ("fdp\u202e.pdf", "fdp.pdf"),
        ("no extension at all", "no extensi"),
    ],
)
def test_a_file_keeps_its_extension_and_loses_what_can_not_be_seen(name, kept) -> None:
    assert file_name(name, longest=10) == kept


def fields() -> list[tuple[str, forms.Field]]:
    """Every field of every form of ours that is made when its class is, with the name of the class."""
    found = [
        (f"{kind.__name__}.{name}", field)
        for app in ("accounts", "checklists", "governance", "home", "notifications", "reports", "reviews")
        for kind in vars(importlib.import_module(f"{app}.forms")).values()
        if isinstance(kind, type) and issubclass(kind, forms.BaseForm)
        for name, field in getattr(kind, "base_fields", {}).items()
    ]
    assert len(found) > 80
    return found


def test_no_text_that_is_typed_is_without_end() -> None:
    endless = [
        name
        for name, field in fields()
        if isinstance(field, forms.CharField)
        and not isinstance(field, forms.RegexField)
        and not isinstance(field.widget, forms.HiddenInput | forms.PasswordInput)
        and not field.max_length
    ]

    assert endless == []


def test_whatever_is_called_something_is_called_so_on_one_line_that_can_be_read() -> None:
    called = {"name", "organization", "title", "section_title", "source_title", "question", "short_code", "suited_for"}

    unguarded = [
        name
        for name, field in fields()
        if name.split(".")[1] in called and isinstance(field, forms.CharField) and not isinstance(field, NameField)
    ]

    assert unguarded == []


def test_a_text_of_several_lines_is_cut_by_no_browser() -> None:
    cut = [
        name
        for name, field in fields()
        if isinstance(field.widget, forms.Textarea) and not isinstance(field, TextField)
    ]

    assert cut == []
