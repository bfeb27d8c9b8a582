"""One look: colours, type and spacing, the same on every page and in every chart, light and dark.

The categorical colours are told apart with every common colour blindness (their lightness differs, too),
and no colour stands for a meaning without a word beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["light", "dark"]
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
        ("declined", "#a7adb2"),
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
        ("declined", "#7d858c"),
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
        "rule": {"color": colours.muted},
    }


def css(colours: Palette) -> str:
    """The page's style sheet: cards, chips, figures and tables, and a quieter Streamlit frame."""
    named = "".join(
        f"--{name.replace('_', '-')}: {getattr(colours, name)};"
        for name in (
            "paper card line ink muted faint accent accent_soft good good_soft bad bad_soft notice notice_soft"
        ).split()
    )
    return f"<style>:root {{{named} --serif: {SERIF}; --sans: {SANS};}}{_RULES}</style>"


_RULES = """
.stApp { font-variant-numeric: tabular-nums lining-nums; }
.stMainBlockContainer, .block-container { max-width: 1240px; padding: 4.6rem 2rem 4rem; }
.stAppHeader { background: var(--paper); border-bottom: 1px solid var(--line); }
.stAppDeployButton, .stDecoration { display: none; }
.stVerticalBlock { gap: 1rem; }
h1.pm-company { font: 600 1.9rem/1.15 var(--serif); letter-spacing: -.01em; margin: 0; padding: 0; color: var(--ink); }
.pm-masthead { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .4rem 2rem; }
.pm-fresh { color: var(--muted); font-size: .88rem; }
.pm-fresh b { color: var(--ink); font-weight: 600; }
.pm-fresh span + span::before { content: "·"; margin: 0 .5rem; color: var(--faint); }
.pm-notice { background: var(--notice-soft); color: var(--notice); border-radius: .5rem; padding: .5rem .9rem;
  font-size: .9rem; }
.pm-notice b { font-weight: 600; }
.pm-section { font: 600 1.35rem/1.3 var(--serif); color: var(--ink); margin: 1.4rem 0 0; }
.pm-lead { color: var(--muted); font-size: .98rem; margin: .2rem 0 0; max-width: 46rem; line-height: 1.5; }
.st-key-filters { border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
[class*="st-key-card-"] { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem 1.4rem 1rem; height: 100%; }
[class*="st-key-card-"] [data-testid="stPopover"] button, [class*="st-key-card-"] button[kind="tertiary"] {
  color: var(--muted); font-size: .82rem; padding: 0; min-height: 0; }
.pm-question { font-size: .82rem; font-weight: 600; color: var(--muted); margin: 0 0 .45rem; }
.pm-headline { font: 600 1.28rem/1.32 var(--serif); color: var(--ink); margin: 0 0 .9rem; text-wrap: balance; }
.pm-figures { display: flex; flex-wrap: wrap; gap: .6rem 1.8rem; margin: 0 0 .8rem; }
.pm-figure .v { font-size: 1.55rem; font-weight: 600; line-height: 1.1; color: var(--ink); white-space: nowrap; }
.pm-figure .l { font-size: .82rem; color: var(--muted); margin-top: .15rem; }
.pm-figure .i { font-size: .82rem; color: var(--muted); white-space: nowrap; }
.pm-text { font-size: .92rem; line-height: 1.5; color: var(--muted); margin: 0 0 .35rem; }
.pm-chip { display: inline-block; border-radius: 1rem; padding: .08rem .6rem; font-size: .8rem; font-weight: 600;
  line-height: 1.5; white-space: nowrap; background: var(--accent-soft); color: var(--accent); }
.pm-chip.good { background: var(--good-soft); color: var(--good); }
.pm-chip.bad { background: var(--bad-soft); color: var(--bad); }
.pm-chip.quiet { background: transparent; color: var(--muted); box-shadow: inset 0 0 0 1px var(--line); }
.pm-chip.notice { background: var(--notice-soft); color: var(--notice); }
.pm-title { font: 600 1.1rem/1.35 var(--serif); color: var(--ink); margin: 0; text-wrap: balance; }
.pm-sub { font-size: .86rem; color: var(--muted); margin: .25rem 0 .2rem; line-height: 1.45; }
.pm-badge { color: var(--muted); font-size: .82rem; margin: 0; }
.pm-table { width: 100%; border-collapse: collapse; font-size: .92rem; line-height: 1.4; color: var(--ink); }
.pm-scroll { overflow-x: auto; }
.pm-table th { text-align: left; font-weight: 600; color: var(--muted); font-size: .82rem; padding: .35rem .9rem .35rem 0;
  border-bottom: 1px solid var(--line); vertical-align: bottom; }
.pm-table td { padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
.pm-table tr:last-child td { border-bottom: 0; }
.pm-table .num { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.pm-table .tight { white-space: nowrap; overflow-wrap: normal; }
.pm-table .soft { color: var(--muted); }
.pm-table q { quotes: none; color: var(--muted); }
.pm-table code, .pm-sub code { font-size: .86em; background: none; color: inherit; padding: 0; }
.pm-dot { display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; margin-right: .4rem; }
.pm-incident { font: 600 1.75rem/1.25 var(--serif); letter-spacing: -.01em; color: var(--ink); margin: .2rem 0 .5rem;
  text-wrap: balance; overflow-wrap: anywhere; }
.pm-chips { display: flex; flex-wrap: wrap; gap: .4rem; }
.pm-steps { display: flex; flex-wrap: wrap; gap: .8rem 2.4rem; margin: .3rem 0; }
.pm-empty { color: var(--muted); font-size: 1rem; padding: 1.2rem 0; }
.pm-foot { color: var(--muted); font-size: .84rem; border-top: 1px solid var(--line); padding-top: .9rem;
  margin-top: 1.6rem; line-height: 1.6; }
.pm-welcome { max-width: 38rem; margin: 12vh auto 0; }
.pm-welcome pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem 1rem;
  font-size: .95rem; color: var(--ink); }
@media (max-width: 960px) {
  .stMainBlockContainer, .block-container { padding: 4.4rem 1.1rem 3rem; }
  .stHorizontalBlock:has([class*="st-key-card-"]) { flex-wrap: wrap; }
  .stHorizontalBlock:has([class*="st-key-card-"]) > .stColumn { min-width: 100%; flex: 1 1 100%; }
}
@media print { .stAppHeader, .st-key-filters, [data-testid="stPopover"] { display: none; } }
"""
