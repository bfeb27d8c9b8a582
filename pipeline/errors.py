"""Everything that can go wrong for a reason the user can mend.

    PostmortemsError          one line: what happened, to which thing, what to do next
    ├── SettingsError         postmortems.toml or the environment is wrong        exit code 2
    └── RunError              the run failed; what was published before stands    exit code 1
        ├── SourceError       a folder or a Jira could not be read
        │   └── JiraError     … because Jira refused, failed or answered nonsense
        ├── RunInProgressError  another run holds the warehouse
        ├── ModelError        a SQL model is wrong
        ├── CheckError        a data check found rows that must not exist
        └── NothingPublishedError  there is no published build to read

Any other exception is a defect of ours: its traceback goes to the log, and the user is told where.
"""


class PostmortemsError(Exception):
    """A failure that one line explains. `exit_code` is what the command returns."""

    exit_code = 1


class SettingsError(PostmortemsError):
    """A setting is missing, unknown or of the wrong form."""

    exit_code = 2


class RunError(PostmortemsError):
    """The run could not finish; the published build is untouched."""


class SourceError(RunError):
    """A source of documents or issues could not be read. `status` is that of its HTTP answer, if any.

    `is_refusal`: the credentials were not taken, and another try may lock the account.
    """

    status: int | None = None
    is_refusal = False


class JiraError(SourceError):
    """Jira refused, failed, or answered something that cannot be trusted."""


class RunInProgressError(RunError):
    """Another process holds the warehouse."""


class ModelError(RunError):
    """A SQL model does not parse, run, or match its description."""


class CheckError(RunError):
    """A check found rows that must not exist, so nothing was published."""


class NothingPublishedError(RunError):
    """No build has been published yet."""
