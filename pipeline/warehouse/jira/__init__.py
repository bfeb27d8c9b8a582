"""What the warehouse holds of a Jira: issues and their histories, why each is followed, what is gone.

Issues are known by their numeric id: a key changes when an issue is moved, and may come to mean another.
"""

from pipeline.warehouse.jira.definitions import DefinitionKind, Definitions
from pipeline.warehouse.jira.follows import DIRECT, FollowReason, Follows
from pipeline.warehouse.jira.issues import IssueLine, Issues, issue_line
from pipeline.warehouse.jira.keys import Keys
from pipeline.warehouse.jira.progress import Progress, SyncState
from pipeline.warehouse.jira.remote_links import RemoteLinks

__all__ = ["DIRECT", "DefinitionKind", "FollowReason", "IssueLine", "JiraTables", "SyncState", "issue_line"]


class JiraTables(Progress, Definitions, Keys, Follows, Issues, RemoteLinks):
    """The tables of Jira in the warehouse."""
