"""Site-wide rules of templates and static files."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import render_to_string

from operations.templatetags.statuses import LOOKS, status_look

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
SPRITE = (ROOT / "static" / "icons" / "sprite.svg").read_text()
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_no_template_has_inline_style_or_script() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:")
    pages = [path for path in TEMPLATES if "emails" not in path.parts and "email" not in path.parts]

    offenders = [path for path in pages if inline.search(path.read_text())]

    assert names(offenders) == []


def test_every_component_says_first_what_it_takes() -> None:
    silent = [path for path in COMPONENTS if not re.match(r"\{# .+ #\}\n", path.read_text())]

    assert names(silent) == []


def test_every_component_compiles() -> None:
    for path in COMPONENTS:
        engines["django"].get_template(f"components/{path.name}")


def test_no_block_reads_the_way_back_that_another_one_names() -> None:
    """What a block sets is gone where it ends: the link would lead nowhere."""
    outside = [re.sub(r"(?s)\{% block back %\}.*?\{% endblock", "", path.read_text()) for path in TEMPLATES]
    dead = [
        path
        for path, text in zip(TEMPLATES, outside, strict=True)
        if "{{ back_url }}" in text and "as back_url" not in text
    ]

    assert names(dead) == []


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    named = set()
    for path in TEMPLATES:
        text = path.read_text()
        named |= set(re.findall(r'components/icon\.html" with name="([\w-]+)"', text))
        named |= set(re.findall(r"sprite\.svg['\"] %}#([\w-]+)\"", text))

    assert named - ICONS == set()


def test_every_status_has_a_word_and_an_icon_of_the_sprite() -> None:
    assert {key for key, look in LOOKS.items() if look.icon not in ICONS or not str(look.word)} == set()
    assert {look.tone for look in LOOKS.values()} == {"good", "warn", "bad", "info", "quiet"}


def test_a_status_is_found_by_its_database_value() -> None:
    assert status_look("in_force") == LOOKS["in-force"]
    assert str(status_look("never_heard_of").word) == "Never heard of"


def test_status_shows_word_and_icon_and_takes_another_word() -> None:
    html = render_to_string("components/status.html", {"status": "overdue", "word": "Late"})

    assert "tone-bad" in html
    assert "#overdue" in html
    assert "Late" in html


def test_progress_says_in_words_what_the_line_shows() -> None:
    stations = [{"label": "Security", "state": "done"}, {"label": "Legal", "state": "current"}]

    html = render_to_string("components/line_progress.html", {"label": "Sign-off", "stations": stations})

    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip() == "Security : done Legal : this comes next"
    assert 'aria-current="step"' in html


def test_confirm_step_carries_the_token_it_is_handed() -> None:
    html = render_to_string("components/confirm_step.html", {"title": "Suspend?", "csrf_token": "abc"})

    assert 'name="csrfmiddlewaretoken" value="abc"' in html


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_context_and_have_one_heading(page: str) -> None:
    html = render_to_string(f"{page}.html")

    assert html.count("<h1>") == 1
    assert "<title>" in html


def test_vendor_files_are_those_of_the_lock() -> None:
    vendor = ROOT / "static" / "vendor"
    lock = json.loads((vendor / "lock.json").read_text())
    locked = {
        f"{entry['directory']}/{name}": digest for entry in lock.values() for name, digest in entry["sha256"].items()
    }

    found = {
        str(path.relative_to(vendor)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "lock.json"
    }

    assert found == locked


def test_no_static_file_points_to_a_source_map_or_another_host() -> None:
    files = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js"}]

    offenders = [p for p in files if re.search(r"sourceMappingURL|url\(['\"]?(https?:)?//|@import", p.read_text())]

    assert names(offenders) == []


def test_the_dark_theme_changes_colors_and_nothing_else() -> None:
    """What ``tests/browser/test_every_page.py`` relies on where it looks at colors alone in the second theme."""
    rules = [
        (sheet.name, properties)
        for sheet in (ROOT / "static/css").glob("*.css")
        if sheet.name != "print.css"
        for properties in re.findall(r'data-bs-theme="dark"[^{]*\{([^}]*)\}', sheet.read_text())
    ]
    assert len(rules) >= 5

    for name, properties in rules:
        for declared in re.findall(r"(?:^|;)\s*([a-z-]+)\s*:", re.sub(r"url\([^)]*\)|/\*.*?\*/", "", properties)):
            assert declared.startswith("--") or declared in {"color-scheme", "opacity"}, f"{name}: {declared}"
