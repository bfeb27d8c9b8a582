"""One look: colours, type and spacing, the same on every page and in every chart, light and dark.

The categorical colours are told apart with every common colour blindness (their lightness differs, too),
and no colour stands for a meaning without a word beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Mode = Literal["light", "dark"]
STYLE_SHEET = Path(__file__).with_suffix(".css")
SANS = '"Source Sans", "Segoe UI", system-ui, sans-serif'
SERIF = '"Source Serif", Georgia, serif'


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode, named for what they mean."""

    mode: Mode
    paper: str
    card: str
    line: str
    ink: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    good: str
    good_soft: str
    bad: str
    bad_soft: str
    notice: str
    notice_soft: str
    outcomes: tuple[tuple[str, str], ...]
    severities: tuple[tuple[int, str], ...]

    def outcome(self, name: str) -> str:
        """The colour of an outcome: promised, open, overdue, done, declined, unknown."""
        return dict(self.outcomes).get(name, self.faint)

    def severity(self, level: int | None) -> str:
        """The colour of a severity, 1 (worst) to 5; grey when not stated."""
        return dict(self.severities).get(level or 0, self.faint)


LIGHT = Palette(
    mode="light",
    paper="#f7f6f2",
    card="#ffffff",
    line="#e4e1d9",
    ink="#1d2329",
    muted="#59626c",
    faint="#b9bdc0",
    accent="#1f5c7a",
    accent_soft="#dfeaf0",
    good="#0f6e62",
    good_soft="#dcefea",
    bad="#b0431e",
    bad_soft="#f8e6dd",
    notice="#7a5700",
    notice_soft="#f8efd6",
    outcomes=(
        ("promised", "#8fa3b0"),
        ("open", "#d9a441"),
        ("overdue", "#b0431e"),
        ("done", "#1f5c7a"),
        ("declined", "#cbb98c"),
        ("unknown", "#d5d7d8"),
    ),
    severities=((1, "#7d1d10"), (2, "#b0431e"), (3, "#d98a4a"), (4, "#c9b79c"), (5, "#d5d0c4")),
)

DARK = Palette(
    mode="dark",
    paper="#14181c",
    card="#1c2126",
    line="#30373e",
    ink="#eceae4",
    muted="#a3abb3",
    faint="#59626b",
    accent="#7fb8d6",
    accent_soft="#21384a",
    good="#6cc7b5",
    good_soft="#17362f",
    bad="#f0906a",
    bad_soft="#452619",
    notice="#ecc667",
    notice_soft="#3a3017",
    outcomes=(
        ("promised", "#71838f"),
        ("open", "#d9a441"),
        ("overdue", "#f0906a"),
        ("done", "#7fb8d6"),
        ("declined", "#8f8158"),
        ("unknown", "#454d54"),
    ),
    severities=((1, "#ff7a5c"), (2, "#f0906a"), (3, "#d9a06a"), (4, "#a8977c"), (5, "#7a756a")),
)


def palette(mode: str | None) -> Palette:
    """The colours of a mode; light when the browser has not said yet."""
    return DARK if mode == "dark" else LIGHT


def streamlit_options() -> dict[str, str]:
    """Streamlit's options as `section.name` → value, for its command line.

    They are passed there because Streamlit looks for its own file only in the working folder and the home.
    With them the page asks nothing of any other host.
    """
    options = {
        "browser.gatherUsageStats": "false",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.runOnSave": "false",
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "theme.font": "sans-serif",
        "theme.headingFont": "serif",
        "theme.baseFontSize": "16",
        "theme.baseRadius": "0.5rem",
        "theme.showWidgetBorder": "true",
    }
    for colours in (LIGHT, DARK):
        prefix = f"theme.{colours.mode}"
        options |= {
            f"{prefix}.primaryColor": colours.accent,
            f"{prefix}.backgroundColor": colours.paper,
            f"{prefix}.secondaryBackgroundColor": colours.card,
            f"{prefix}.textColor": colours.ink,
            f"{prefix}.linkColor": colours.accent,
            f"{prefix}.borderColor": colours.line,
            f"{prefix}.dataframeBorderColor": colours.line,
            f"{prefix}.dataframeHeaderBackgroundColor": colours.card,
        }
    return options


def chart_config(colours: Palette) -> dict[str, Any]:
    """The Vega-Lite configuration every chart shares."""
    return {
        "background": None,
        "font": SANS,
        "view": {"stroke": None},
        "axis": {
            "labelColor": colours.muted,
            "titleColor": colours.muted,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": colours.line,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
        },
        "text": {"color": colours.ink, "fontSize": 12},
        # The chart's own words and its table tell what a rule does; one layer of them may even be empty.
        "rule": {"color": colours.muted, "aria": False},
    }


STYLED = (
    *("paper", "card", "line", "ink", "muted", "faint", "accent", "accent_soft"),
    *("good", "good_soft", "bad", "bad_soft", "notice", "notice_soft"),
)


#: A chart is drawn in its colours: on paper, what is light becomes dark, and red stays red.
DRAWN_FOR_DARK = ".vega-embed svg, .vega-embed canvas { filter: invert(1) hue-rotate(180deg); }"


def css(colours: Palette) -> str:
    """The page's style sheet: `theme.css` in these colours; on paper in those for light paper."""
    rules = STYLE_SHEET.read_text(encoding="utf-8")
    fonts = f"--serif: {SERIF}; --sans: {SANS};"
    printed = f"@media print {{ :root {{{_named(LIGHT)}}} {'' if colours == LIGHT else DRAWN_FOR_DARK} }}"
    return f"<style>:root {{{_named(colours)} {fonts}}}{printed}{rules}</style>"


def _named(colours: Palette) -> str:
    return "".join(f"--{name.replace('_', '-')}: {getattr(colours, name)};" for name in STYLED)
