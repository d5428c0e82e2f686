"""The pictures of the README and of docs/guide, taken of the demo company that ``./run`` has started: ``make shots``.

Each is reached by what it is called on the pages, never by an address with a number in it. Nothing is pressed that saves, so
it can be run again and again; with names behind it, ``python -m tests.browser.shots audit-desktop``, it takes those alone.
"""

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import CHROMIUM, CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
COLORS = 64
FAIR = "Do you sign in with the fair's own account"
BEDROCK = "Claude Code (local) through Amazon Bedrock"


@dataclass(frozen=True)
class Shot:
    """Whose page, by the beginning of the address; which; what is opened from there; and what is in the middle of the picture."""

    person: str
    page: str = ""
    opens: tuple[str, ...] = ()
    middle: str = ""


# The name says the size: what stands behind the last hyphen.
SHOTS = {
    "home-manager-desktop": Shot("dana"),
    "home-employee-phone": Shot("kofi"),
    "my-list-phone": Shot("kofi", "my-list/"),
    "sign-offs-phone": Shot("beatriz", "sign-offs/"),
    "question-phone": Shot("kofi", "my-list/", (FAIR,)),
    "unsure-phone": Shot("kofi", "my-list/", (FAIR, "I can't confirm this"), "details.answer-fold"),
    "usage-phone": Shot("kofi", "my-list/usage/"),
    "progress-desktop": Shot("priya", "progress/"),
    "adoption-desktop": Shot("dana", "adoption/"),
    "usage-desktop": Shot("dana", "progress/usage/"),
    "ask-by-name-phone": Shot("dana", "checklists/", ("At trade fairs", "Ask people by name")),
    "import-desktop": Shot("dana", "people/imports/add/", ("A list of",)),
    "judge-desktop": Shot("dana", "reviews/policies/", ("Policies, week of",)),
    "answer-question-phone": Shot("dana", "questions/", ("Are only approved connectors switched on?",)),
    "proposal-desktop": Shot("beatriz", "sign-offs/", (BEDROCK,)),
    "word-phone": Shot("beatriz", "sign-offs/", (BEDROCK,), "button[name=word]"),
    "home-counsel-phone": Shot("helena"),
    "audit-desktop": Shot("farid", "reports/audit/"),
    "access-desktop": Shot("farid", "routes/", ("Claude for Work, Team plan", "Who may have access")),
    "second-factor-phone": Shot("ingrid", "settings/second-factor/"),
    "single-sign-on-desktop": Shot("ingrid", "settings/single-sign-on/"),
}


def main() -> None:
    """Sign in as each person and keep what they see; with arguments, only the pictures named."""
    state = Path(os.environ.get("STATE_DIR", ROOT / "var"))
    address = os.environ.get("PUBLIC_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")
    kept = state / "demo-sign-ins.txt"
    if not kept.exists():
        sys.exit("Start ./run first: the pictures show its demo company.")
    sign_ins = dict(line.split() for line in kept.read_text().splitlines())
    IMAGES.mkdir(parents=True, exist_ok=True)
    wanted = {name: shot for name, shot in SHOTS.items() if name in sys.argv[1:] or not sys.argv[1:]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        for person in dict.fromkeys(shot.person for shot in wanted.values()):
            email = next(email for email in sign_ins if email.startswith(f"{person}."))
            page = _signed_in(browser, address, email, sign_ins[email])
            for name, shot in wanted.items():
                if shot.person == person:
                    _take(page, f"{address}/o/northlight-demo/{shot.page}", shot, IMAGES / f"{name}.png")
            page.context.close()
        browser.close()
    if not sys.argv[1:]:
        for left_over in IMAGES.glob("*.png"):
            # Those of docs/operate.md are of an installation that is not the demo, and taken by hand.
            if left_over.stem not in SHOTS and not left_over.stem.startswith("operate-"):
                left_over.unlink()


def _signed_in(browser: Browser, address: str, email: str, password: str) -> Page:
    page = browser.new_context(locale="en-GB", color_scheme="light", reduced_motion="reduce").new_page()
    page.goto(f"{address}/account/login/")
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    page.locator("input[name=login]:visible").first.fill(email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/o/**")
    return page


def _take(page: Page, url: str, shot: Shot, image: Path) -> None:
    page.set_viewport_size(SIZES[image.stem.rpartition("-")[2]])  # type: ignore[arg-type]  # a plain dict is what it takes
    page.goto(url)
    for name in shot.opens:
        page.locator("main").locator("a, summary").filter(has_text=name, visible=True).first.click()
        page.wait_for_load_state()
    if shot.middle:
        page.locator(shot.middle).first.evaluate("one => one.scrollIntoView({block: 'center'})")
    _keep(page.screenshot(animations="disabled"), image)


def _keep(taken: bytes, image: Path) -> None:
    """A page has few colors: with a palette it weighs a third, and reads the same."""
    with Image.open(io.BytesIO(taken)) as picture:
        small = picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
        small.save(image, optimize=True)


if __name__ == "__main__":
    main()
