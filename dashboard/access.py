"""Who may see the pages, by what an OpenID provider says of a person. No Streamlit.

The command line hands these rules to the page in its environment; the secrets of the sign-in itself go to
Streamlit in a file of their own (`dashboard.launch`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.errors import SettingsError
from pipeline.settings import Access

#: Where the page learns that people sign in, and who may see what.
ACCESS_VARIABLE = "POSTMORTEMS_ACCESS"


@dataclass(frozen=True, slots=True)
class Rules:
    """Who is let in, and who of these sees restricted documents; what is empty asks nothing."""

    allowed_domains: tuple[str, ...] = ()
    allowed_groups: tuple[str, ...] = ()
    restricted_groups: tuple[str, ...] = ()
    groups_claim: str = "groups"
    session_hours: float = 12

    @classmethod
    def of(cls, access: Access) -> Rules:
        """The rules that the settings state."""
        return cls(
            tuple(access.allowed_domains),
            tuple(access.allowed_groups),
            tuple(access.restricted_groups),
            access.groups_claim,
            access.session_hours,
        )

    def as_text(self) -> str:
        """For the environment of the page."""
        return json.dumps(asdict(self))


def rules_in_force() -> Rules | None:
    """The rules the page was started with; None when nobody has to sign in. Raises SettingsError."""
    text = os.environ.get(ACCESS_VARIABLE)
    if text is None:
        return None
    try:
        stated: dict[str, Any] = json.loads(text)
        given: Any = {name: tuple(x) if isinstance(x, list) else x for name, x in stated.items()}
        return Rules(**given)
    except (ValueError, TypeError, AttributeError) as error:  # never open because of a mistake
        raise SettingsError(
            f"{ACCESS_VARIABLE} cannot be read; start this page with `postmortems dashboard`"
        ) from error


def refusal(claims: Mapping[str, Any], rules: Rules, now: float) -> str | None:
    """Why the person whom the provider describes so is not let in, in one sentence; None: they are.

    `now` is in seconds since 1970. An address counts only when the provider says that it verified it.
    """
    since = claims.get("iat")
    if not isinstance(since, int | float) or now - since > rules.session_hours * 3600:
        return "Your sign-in has ended; sign in again."
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        return "Your sign-in tells no e-mail address, without which nobody is let in."
    if claims.get("email_verified") is not True:
        return f"Your sign-in does not say that the address {email} is verified."
    domain = email.rpartition("@")[2].casefold()
    if rules.allowed_domains and domain not in {each.casefold() for each in rules.allowed_domains}:
        return f"Addresses of {domain} may not see these pages."
    if rules.allowed_groups and not groups_of(claims, rules) & set(rules.allowed_groups):
        return f"{email} is in none of the groups that may see these pages."
    return None


def may_see_restricted(claims: Mapping[str, Any], rules: Rules) -> bool:
    """Whether the person sees restricted documents; nobody does when no group is named for it."""
    return bool(groups_of(claims, rules) & set(rules.restricted_groups))


def groups_of(claims: Mapping[str, Any], rules: Rules) -> frozenset[str]:
    """The groups the provider names. A claim within another is reached by dots: `realm_access.roles`."""
    found: Any = claims.get(rules.groups_claim)
    if found is None:
        found = claims
        for part in rules.groups_claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    if isinstance(found, list | tuple):
        return frozenset(each for each in found if isinstance(each, str))
    return frozenset()
