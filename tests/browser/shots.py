"""The screenshots of the README, taken of the demo company that ``./run`` has started: ``python -m tests.browser.shots``."""

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import CHROMIUM, CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
# Image → whose page, by the beginning of the address, and which.
SHOTS = {
    "home-manager": ("dana.", ""),
    "home-employee": ("kofi.", ""),
    "my-list": ("kofi.", "my-list/"),
    "routes": ("dana.", "routes/"),
    "sign-offs": ("beatriz.", "sign-offs/"),
}


def main() -> None:
    """Sign in as each person and keep what they see."""
    address = os.environ.get("PUBLIC_URL", "http://localhost:8000")
    kept = Path(os.environ.get("STATE_DIR", ROOT / "var")) / "demo-sign-ins.txt"
    if not kept.exists():
        sys.exit("Start ./run first: the screenshots show its demo company.")
    sign_ins = dict(line.split() for line in kept.read_text().splitlines())
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        for name, (person, page) in SHOTS.items():
            email = next(email for email in sign_ins if email.startswith(person))
            for size, viewport in SIZES.items():
                _shoot(browser, address, email, sign_ins[email], page, IMAGES / f"{name}-{size}.png", viewport)
        browser.close()


def _shoot(
    browser: Browser, address: str, email: str, password: str, page_path: str, image: Path, viewport: dict[str, int]
) -> None:
    page = browser.new_page(viewport=viewport)  # type: ignore[arg-type]  # a plain dict is what it takes
    page.goto(f"{address}/account/login/")
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    page.locator("input[name=login]:visible").first.fill(email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/o/**")
    page.goto(f"{address}/o/northlight-demo/{page_path}")
    page.screenshot(path=str(image))
    page.close()


if __name__ == "__main__":
    main()
