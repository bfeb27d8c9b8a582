"""As whom, and on which sites, a source is asked: what is locked when too many tries were refused."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.settings import ConfluenceSource, Jira, JiraSource, Settings, Source


@dataclass(frozen=True, slots=True)
class SiteAccount:
    """An account, as far as the settings tell one from another, on the hosts of one site."""

    hosts: frozenset[str]
    user: str

    def may_be(self, other: SiteAccount) -> bool:
        """Whether a refusal of one tells how the other would fare."""
        return self.user == other.user and bool(self.hosts & other.hosts)


def account_of(source: Source | None, settings: Settings) -> SiteAccount | None:
    """The account a source is read with, or without one the Jira whose issues are followed.

    None where no site is asked as anybody: of a folder, an export, a repository.
    """
    asked = settings.jira if source is None or isinstance(source, JiraSource) else source
    if not isinstance(asked, ConfluenceSource | Jira):
        return None
    name = asked.email or (asked.username if isinstance(asked, Jira) else None)
    # Without a name a token stands for its account, and where it stands for the token.
    place = str(asked.token_file) if asked.token_file else f"${asked.token_env}"
    urls = [asked.url, asked.browse_url or asked.url]
    return SiteAccount(frozenset(urlsplit(url).netloc.casefold() for url in urls), (name or place).casefold())
