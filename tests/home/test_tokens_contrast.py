"""The tokens keep WCAG AA in both themes, and the eight lines stay apart for color-blind eyes."""

import itertools
import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
TONES = ["good", "warn", "bad", "info", "quiet"]
LINES = [f"line-{number}" for number in range(1, 9)]
TEXT_ON_PAPER = [
    (text, paper)
    for text in ["ink", "ink-soft", "ink-faint", "link", "link-hover", "good", "warn", "bad", "info"]
    for paper in ["paper", "surface", "sunken"]
]
TEXT_ON_TONE = [(text, f"{tone}-paper") for tone in TONES for text in (tone, "ink")]
TEXT_ON_SOLID = [
    ("on-button", "button"),
    ("on-button", "button-hover"),
    ("on-solid", "good-solid"),
    ("on-solid", "bad-solid"),
    ("on-solid", "bad"),
    ("surface", "ink"),
    ("added", "added-paper"),
    ("removed", "removed-paper"),
    *[(f"on-{line}", line) for line in LINES],
]
SHAPES = [
    (shape, paper)
    for shape in ["rule-strong", "focus", "good-solid", "warn-solid", "bad-solid", "info-solid", *LINES]
    for paper in ["paper", "surface"]
]

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB.
SIGHTS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def theme(name: str) -> dict[str, str]:
    light, dark = TOKENS.read_text().split('[data-bs-theme="dark"] {', 1)
    block = light if name == "light" else dark.split("\n}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def linear(color: str) -> tuple[float, ...]:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def oklab(color: str, sight: str = "full") -> tuple[float, float, float]:
    rgb = [min(1.0, max(0.0, sum(w * c for w, c in zip(row, linear(color), strict=True)))) for row in SIGHTS[sight]]
    red, green, blue = rgb
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    mid = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * mid - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * mid + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * mid - 0.8086757660 * short,
    )


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_reaches_4_5_to_1(name: str) -> None:
    tokens = theme(name)

    weak = {
        (text, paper): round(contrast(tokens[text], tokens[paper]), 2)
        for text, paper in [*TEXT_ON_PAPER, *TEXT_ON_TONE, *TEXT_ON_SOLID]
        if contrast(tokens[text], tokens[paper]) < 4.5
    }

    assert weak == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_shapes_that_carry_meaning_reach_3_to_1(name: str) -> None:
    tokens = theme(name)

    weak = {
        (shape, paper): round(contrast(tokens[shape], tokens[paper]), 2)
        for shape, paper in SHAPES
        if contrast(tokens[shape], tokens[paper]) < 3
    }

    assert weak == {}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_lines_are_apart_for_every_kind_of_eye(name: str, sight: str) -> None:
    tokens = theme(name)

    close = {
        (one, other): round(math.dist(oklab(tokens[one], sight), oklab(tokens[other], sight)), 3)
        for one, other in itertools.combinations(LINES, 2)
        if math.dist(oklab(tokens[one], sight), oklab(tokens[other], sight)) < 0.06
    }

    assert close == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_no_line_is_a_status_color(name: str) -> None:
    tokens = theme(name)

    close = {
        (line, tone): round(math.dist(oklab(tokens[line]), oklab(tokens[f"{tone}-solid"])), 3)
        for line in LINES
        for tone in ["good", "warn", "bad", "info"]
        if math.dist(oklab(tokens[line]), oklab(tokens[f"{tone}-solid"])) < 0.08
    }

    assert close == {}
