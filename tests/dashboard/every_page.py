"""Where every page is: for tests and pictures that leave none out."""

from __future__ import annotations

#: The pages by name, each with the end of its address; {incident} stands for an incident's id.
EVERY_PAGE = {
    "overview": "",
    "reliability": "reliability",
    "causes": "causes",
    "repeats": "repeats",
    "follow-through": "follow_through",
    "promises": "promises?which=Pushed",
    "ledger": "ledger",
    "teams": "teams",
    "team": "team?team=Payments",
    "priorities": "priorities",
    "incidents": "incidents",
    "incident": "incident?id={incident}",
    "postmortems": "postmortems",
    "data-health": "data_health",
    "findings": "findings?figure=Time+to+detect",
    "issues": "issues",
    "figure": "figure?metric=impact_shares",
    "data-dictionary": "data_dictionary",
}


def every_address(incident: str) -> dict[str, str]:
    """Each page's address, below that of the server, with this incident's."""
    return {name: path.format(incident=incident) for name, path in EVERY_PAGE.items()}
