"""That words can be read: contrast of text as WCAG 2.2 asks for level AA (4.5 to 1)."""

from __future__ import annotations

import pytest

from dashboard.theme import DARK, LIGHT, Palette

PAIRS = [
    (text, ground)
    for text in ("ink", "muted", "accent", "good", "bad", "notice")
    for ground in ("paper", "card")
]
PAIRS += [(text, f"{text}_soft") for text in ("accent", "good", "bad", "notice")]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.mode)
def test_text_has_the_contrast_of_level_aa(palette: Palette) -> None:
    """Every colour of text stands out from each ground it is written on, light and dark."""
    found = {}
    for text, ground in PAIRS:
        light, dark = sorted((luminance(getattr(palette, name)) for name in (text, ground)), reverse=True)
        found[text, ground] = (light + 0.05) / (dark + 0.05)
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < 4.5} == {}
