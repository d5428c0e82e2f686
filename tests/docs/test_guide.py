"""The guide names what is there: each bold name is one that the product shows, each picture exists and is used.

Where a name varies, the guide writes “…”: **Import … people** is the button that says how many.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(settings.BASE_DIR)
PAGES = sorted((ROOT / "docs" / "guide").glob("*.md"))
PEOPLE = [page for page in PAGES if page.name != "README.md"]
IMAGES = ROOT / "docs" / "images"
APPS = ["operations", "accounts", "notifications", "catalog", "governance", "checklists", "reviews", "reports", "home"]
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
IT_WORKED = "*It worked:*"
HEAVIEST = 80_000


def shown(msgid: str) -> str:
    """A text as a reader meets it: what varies is “…”, and labels of fields begin with a capital."""
    text = " ".join(re.sub(r"%\(\w+\)[sd]|%[sd]", "…", msgid).split())
    return text[:1].upper() + text[1:]


def in_templates() -> Iterator[str]:
    folder = ROOT / "templates"
    for path in folder.rglob("*.html"):
        if "emails" in path.parts:
            continue
        yield from re.findall(r'_\("([^"]+)"\)', path.read_text())
        nodes = get_template(str(path.relative_to(folder))).template.nodelist  # type: ignore[attr-defined]
        for node in nodes.get_nodes_by_type(TranslateNode):
            yield str(getattr(node.filter_expression.var, "literal", node.filter_expression.var))
        for node in nodes.get_nodes_by_type(BlockTranslateNode):
            for tokens in filter(None, (node.singular, node.plural)):
                yield node.render_token_list(tokens)[0]


def in_code() -> Iterator[str]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
                    yield from (
                        one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    )


@cache
def names() -> frozenset[str]:
    """Everything the product says somewhere."""
    return frozenset(shown(one) for one in (*in_templates(), *in_code()))


def bold(text: str) -> list[str]:
    return [" ".join(one.split()) for one in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]


def made_up(text: str) -> list[str]:
    """What is bold and that the product nowhere says."""
    return [name for name in bold(text) if name.strip("…. ") == "" or name not in names()]


def pictures(text: str) -> list[tuple[str, str]]:
    return re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)


def tasks(text: str) -> list[str]:
    return re.split(r"^## ", text, flags=re.MULTILINE)[1:]


def test_a_name_that_nothing_bears_is_found() -> None:
    text = "Press **Sign**, then **Make it all safe**; **Import … people**, **Import 7 people**, **…**."

    assert made_up(text) == ["Make it all safe", "Import 7 people", "…"]
    assert {"Sign", "Go on", "My list", "Who needs a second factor", "Import … people"} <= names()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_bold_name_is_one_of_the_product(path: Path) -> None:
    assert made_up(path.read_text()) == []


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_every_task_names_what_one_presses_and_ends_with_how_one_sees_that_it_worked(path: Path) -> None:
    found = tasks(path.read_text())

    assert len(found) >= 3
    assert [task.splitlines()[0] for task in found if task.count(IT_WORKED) != 1 or not bold(task)] == []


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=lambda path: path.stem)
def test_what_a_page_links_to_is_there(path: Path) -> None:
    links = [one for one in re.findall(r"\]\(([^)#]+)", path.read_text()) if "://" not in one]

    assert [one for one in links if not (path.parent / one).exists()] == []
    assert [picture for words, picture in pictures(path.read_text()) if len(words) < 10] == []


def test_the_guide_is_found_and_leads_to_each_page() -> None:
    index = (ROOT / "docs" / "guide" / "README.md").read_text()

    assert len(PEOPLE) == 9
    assert [page.name for page in PEOPLE if f"({page.name})" not in index] == []
    assert "(docs/guide/README.md)" in (ROOT / "README.md").read_text()


def test_every_picture_is_used_and_small() -> None:
    used = {
        (page.parent / path).resolve()
        for page in [*PAGES, ROOT / "README.md", ROOT / "docs" / "operate.md"]
        for _words, path in pictures(page.read_text())
    }

    assert used == set(IMAGES.iterdir())
    assert {path.name: size for path in used if (size := path.stat().st_size) > HEAVIEST} == {}
