"""A git repository of documents: the files of one commit, and when each was first and last touched.

The `git` program does the work, without a checkout: a repository named by URL is mirrored beside the
warehouse and fetched into, one named by a path is read where it lies. No hook, filter or submodule of the
repository runs: objects are listed and printed, nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from pipeline.errors import SourceError
from pipeline.raw_documents import FetchedDocument, Glance, KnownDocument, Listing, MediaType
from pipeline.settings import GitSource
from pipeline.sources.folder import content_of, document_url, glance_at_files, is_named, max_bytes

_SECONDS_WITHOUT_PROGRESS = 60
_REMOTE = re.compile(r"(?:https?|ssh|git|file)://|[\w.-]+@[\w.-]+:")
#: Where a host shows a file, for hosts whose addresses are known; others need `url` in the settings.
_SHOWN_AT = {"github.com": "/blob/{branch}/{{path}}", "gitlab.com": "/-/blob/{branch}/{{path}}"}


@dataclass(frozen=True, slots=True)
class _Blob:
    path: str
    blob_id: str
    size_bytes: int


class GitRepository:
    """The documents of a branch. `mirror` is the folder for the mirror of a remote repository."""

    def __init__(self, source: GitSource, mirror: Path, token: SecretStr | None = None) -> None:
        self._source = source
        self._token = token
        self._is_remote = is_remote(source.repository)
        self._directory = mirror if self._is_remote else Path(source.repository)

    def glance(self) -> Glance:
        """See `DocumentSource`. A remote repository is asked for the names of its branches only."""
        if not self._is_remote:
            commit, branch = self._local()
            sizes = [blob.size_bytes for blob in self._tree(commit) if is_named(blob.path, self._source)]
            return glance_at_files(self._source, sizes, f"at {branch} of {self._shown_repository()}")
        branch = self._source.branch or self._default_branch()
        name = f"refs/heads/{branch}"
        told = self._git("ls-remote", "--", self._source.repository, name)
        if not any(line.endswith(f"\t{name}") for line in told.decode("utf-8", "replace").splitlines()):
            raise self._no_branch()
        return Glance(f"branch {branch} of {self._shown_repository()} can be fetched")

    def fetch(self, known: Mapping[str, KnownDocument]) -> Listing:
        """See `DocumentSource`. A document whose blob is as before is not read."""
        commit, branch = self._update() if self._is_remote else self._local()
        blobs = [blob for blob in self._tree(commit) if is_named(blob.path, self._source)]
        shown = self._source.model_copy(update={"url": self._url(branch)})
        changed = [blob for blob in blobs if _must_read(blob, known.get(blob.path), shown)]
        dates = self._dates(commit) if changed else {}
        return Listing({blob.path for blob in blobs}, len(changed), self._read(changed, dates, shown))

    # --- the commit ---------------------------------------------------------------------------------------

    def _update(self) -> tuple[str, str]:
        """Fetch the branch into the mirror, made if there is none; its commit and name."""
        if not (self._directory / "HEAD").exists():
            self._directory.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", "--bare", str(self._directory), within=None)
        branch = self._source.branch or self._default_branch()
        self._git(
            "fetch", "--quiet", "--no-tags", "--force", "--no-write-fetch-head",
            "--", self._source.repository, f"refs/heads/{branch}:refs/heads/{branch}",
        )  # fmt: skip
        return self._commit_of(f"refs/heads/{branch}"), branch

    def _default_branch(self) -> str:
        told = self._git("ls-remote", "--symref", "--", self._source.repository, "HEAD")
        match = re.search(rb"^ref: refs/heads/(\S+)\tHEAD$", told, re.MULTILINE)
        if match is None:
            raise SourceError(
                f"source {self._source.name}: {self._shown_repository()} names no default branch; "
                f"set branch in the settings"
            )
        return match.group(1).decode("utf-8", "replace")

    def _local(self) -> tuple[str, str]:
        if not self._directory.is_dir():
            raise SourceError(
                f"source {self._source.name}: {self._directory} is no folder; "
                f"mend its repository in the settings"
            )
        branch = self._source.branch
        if branch is None:
            return self._commit_of("HEAD"), "HEAD"
        return self._commit_of(f"refs/heads/{branch}"), branch

    def _commit_of(self, name: str) -> str:
        return self._git("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").decode().strip()

    # --- what it holds ------------------------------------------------------------------------------------

    def _tree(self, commit: str) -> Iterator[_Blob]:
        """The regular files of the commit; links and submodules are none."""
        below = ["--", f"{self._source.subfolder.strip('/')}/"] if self._source.subfolder else []
        listed = self._git("ls-tree", "-r", "-z", "--long", "--full-tree", commit, *below)
        for entry in filter(None, listed.split(b"\0")):
            outside, _, path = entry.partition(b"\t")
            mode, kind, blob_id, size = outside.split()
            if kind == b"blob" and mode in (b"100644", b"100755", b"100664"):
                yield _Blob(path.decode("utf-8", "replace"), blob_id.decode(), int(size))

    def _dates(self, commit: str) -> dict[str, tuple[datetime | None, datetime]]:
        """Path → when its first and its last commit were authored, through renames.

        The first is None in a shallow clone, whose oldest commits only seem to have made all their files.
        """
        below = ["--", f"{self._source.subfolder.strip('/')}/"] if self._source.subfolder else []
        log = self._git(
            "log", "--format=%x01%at", "--name-status", "-z", "--find-renames", "--diff-merges=off",
            commit, *below,
        )  # fmt: skip
        is_shallow = self._git("rev-parse", "--is-shallow-repository").strip() == b"true"
        now_called: dict[str, str] = {}  # a path of the past → the path of today
        first: dict[str, datetime] = {}
        last: dict[str, datetime] = {}
        at = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)
        fields = iter(log.split(b"\0"))
        for field in fields:
            field = field.lstrip(b"\n")
            if field.startswith(b"\x01"):
                at = _moment(field[1:])
                continue
            if not field:
                continue
            path = next(fields).decode("utf-8", "replace")
            old = None
            if field[:1] in (b"R", b"C"):
                old, path = path, next(fields).decode("utf-8", "replace")
            today = now_called.get(path, path)
            last.setdefault(today, at)
            first[today] = at
            if old is not None and field[:1] == b"R":
                now_called[old] = today
        return {path: (None if is_shallow else first[path], at) for path, at in last.items()}

    def _read(
        self,
        blobs: list[_Blob],
        dates: Mapping[str, tuple[datetime | None, datetime]],
        shown: GitSource,
    ) -> Iterator[FetchedDocument]:
        if not blobs:
            return
        with subprocess.Popen(  # noqa: S603  our own arguments; the paths are never on the line
            self._command("cat-file", "--batch"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self._environment(),
        ) as printer:  # fmt: skip
            assert printer.stdin is not None
            assert printer.stdout is not None
            for blob in blobs:
                content: str | None = None
                media_type: MediaType = "text/plain"
                problem: str | None = "too_large"
                content_hash = hashlib.sha256(blob.blob_id.encode()).hexdigest()
                if blob.size_bytes <= max_bytes(self._source):
                    printer.stdin.write(f"{blob.blob_id}\n".encode())
                    printer.stdin.flush()
                    if not printer.stdout.readline().endswith(f" {blob.size_bytes}\n".encode()):
                        raise SourceError(
                            f"source {self._source.name}: git cannot print {blob.path}; "
                            f"check the repository with git fsck"
                        )
                    raw = printer.stdout.read(blob.size_bytes)
                    printer.stdout.read(1)
                    content, media_type, problem = content_of(raw)
                    content_hash = hashlib.sha256(raw).hexdigest()
                written_at, modified_at = dates.get(blob.path, (None, None))
                yield FetchedDocument(
                    path=blob.path,
                    url=document_url(shown, blob.path),
                    content=content,
                    content_hash=content_hash,
                    size_bytes=blob.size_bytes,
                    problem=problem,
                    modified_at=modified_at,
                    media_type=media_type,
                    version=blob.blob_id,
                    written_at=written_at,
                )

    def _url(self, branch: str) -> str | None:
        """The settings' `url`, else the address at which a well-known host shows a file."""
        if self._source.url or not self._is_remote:
            return self._source.url
        match = re.fullmatch(
            r"(?:https?://(?:[^@/]+@)?|ssh://(?:[^@/]+@)?|[\w.-]+@)([\w.-]+)[/:](.+?)(?:\.git)?/?",
            self._source.repository,
        )
        if match is None or match.group(1).lower() not in _SHOWN_AT:
            return None
        host = match.group(1).lower()
        return f"https://{host}/{match.group(2)}{_SHOWN_AT[host].format(branch=branch)}"

    # --- the program --------------------------------------------------------------------------------------

    def _git(self, *arguments: str, within: Path | None = Path()) -> bytes:
        """What git prints. Raises SourceError with its own last line, without secrets."""
        command = ["git", *arguments] if within is None else self._command(*arguments)
        try:
            done = subprocess.run(  # noqa: S603  our own arguments, the user's behind `--`
                command, stdin=subprocess.DEVNULL, capture_output=True, env=self._environment(), check=False
            )
        except FileNotFoundError as error:
            raise SourceError(
                f"source {self._source.name}: git is not installed; install it, or use a folder source"
            ) from error
        if done.returncode:
            told = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
            fatal = [line for line in told if line.startswith("fatal:")] or told[-1:] or ["it failed"]
            if "Needed a single revision" in fatal[0] or "couldn't find remote ref" in fatal[0]:
                raise self._no_branch()
            raise SourceError(
                f"source {self._source.name}: git {arguments[0]} of {self._shown_repository()}: "
                f"{self._without_secrets(fatal[0].removeprefix('fatal: '))}; "
                f"check repository, branch and credentials"
            )
        return done.stdout

    def _no_branch(self) -> SourceError:
        branch, shown = self._source.branch, self._shown_repository()
        if branch is None:
            told = f"{shown} holds no commit yet; commit the documents, or set branch in the settings"
        else:
            told = f"{shown} has no branch {branch}; mend branch in the settings"
        return SourceError(f"source {self._source.name}: {told}")

    def _command(self, *arguments: str) -> list[str]:
        # Before there is a mirror: where no other repository's configuration applies.
        directory = self._directory if self._directory.is_dir() else Path(os.sep)
        return ["git", "-C", str(directory), *arguments]

    def _environment(self) -> dict[str, str]:
        """Git's surroundings: never a question, never a trace that shows the token, no exotic transport."""
        known = {name: value for name, value in os.environ.items() if not name.startswith("GIT_TRACE")}
        for name in ("GIT_CURL_VERBOSE", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            known.pop(name, None)
        known |= {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file",
            "GIT_OPTIONAL_LOCKS": "0",
            "LC_ALL": "C.UTF-8",
        }
        known.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=30")
        configured = {
            "http.lowSpeedLimit": "1000",
            "http.lowSpeedTime": str(_SECONDS_WITHOUT_PROGRESS),
            "log.showSignature": "false",
            "diff.renames": "true",
            "diff.renameLimit": "2000",
            "core.quotePath": "false",
        }
        if self._token is not None:
            origin = urlsplit(self._source.repository)
            pair = f"x-access-token:{self._token.get_secret_value()}".encode()
            header = f"Authorization: Basic {base64.b64encode(pair).decode('ascii')}"
            configured[f"http.{origin.scheme}://{origin.netloc}/.extraHeader"] = header
        known["GIT_CONFIG_COUNT"] = str(len(configured))
        for number, (name, value) in enumerate(configured.items()):
            known[f"GIT_CONFIG_KEY_{number}"], known[f"GIT_CONFIG_VALUE_{number}"] = name, value
        return known

    def _without_secrets(self, told: str) -> str:
        if self._token is not None:
            told = told.replace(self._token.get_secret_value(), "…")
        return re.sub(r"(?<=://)[^/@\s]+@", "…@", told)[:300]

    def _shown_repository(self) -> str:
        return self._without_secrets(self._source.repository)


def is_remote(repository: str) -> bool:
    """Whether `repository` is an address to fetch from, and not a path."""
    return _REMOTE.match(repository) is not None


def _must_read(blob: _Blob, known: KnownDocument | None, source: GitSource) -> bool:
    return (
        known is None
        or known.version != blob.blob_id
        or known.url != document_url(source, blob.path)
        or (known.problem == "too_large") != (blob.size_bytes > max_bytes(source))
    )


def _moment(seconds: bytes) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)
