"""A git repository of documents: what is listed, when it was written, and what a change costs."""

from __future__ import annotations

import base64
import functools
import http.server
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.errors import SourceError
from pipeline.raw_documents import FetchedDocument, KnownDocument, Listing
from pipeline.settings import GitSource
from pipeline.sources.git import GitRepository

TOKEN = "t0ken-of-the-test"  # not a secret: the test's own server asks for it


class Repository:
    """A repository of the test, whose commits are made at given moments."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, at: str = "2024-01-01T00:00:00Z") -> str:
        """Run git as a person whose clock shows `at`."""
        person = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        for role in ("AUTHOR", "COMMITTER"):
            person |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@example.com"}
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            env=os.environ | person, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | None], at: str) -> None:
        """Write, or with None remove, these files, and commit them."""
        for name, content in files.items():
            file = self.path / name
            if content is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(content, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=change", at=at)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two postmortems, one of them changed and moved later, beside other files."""
    made = Repository(tmp_path / "repository")
    made.commit(
        {"docs/a.md": "# A\n\nlong enough to be known again\n", "README.md": "no", "docs/.draft.md": "no"},
        "2024-03-01T10:00:00+01:00",
    )
    made.commit({"docs/b.md": "# B\n"}, "2024-04-01T10:00:00Z")
    made.git("mv", "docs/a.md", "docs/moved.md")
    made.commit({}, "2024-05-01T10:00:00Z")
    made.commit({"docs/b.md": "# B, again\n"}, "2024-06-01T10:00:00Z")
    (made.path / "docs" / "link.md").symlink_to("/etc/hostname")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message=link", at="2024-06-02T10:00:00Z")
    return made


def source(repository: str, **more: object) -> GitSource:
    """A source with these settings."""
    return GitSource.model_validate({"name": "wiki", "type": "git", "repository": repository} | more)


def known(documents: list[FetchedDocument]) -> dict[str, KnownDocument]:
    """What a warehouse would hold of these documents."""
    return {
        each.path: KnownDocument(
            each.content_hash, each.size_bytes, each.modified_at, datetime(2026, 1, 1), each.url,
            each.problem, each.version,
        )
        for each in documents
    }  # fmt: skip


def rows(listing: Listing) -> list[tuple[str, str | None, datetime | None, datetime | None]]:
    """Path, content, first and last commit of what was read."""
    return [(each.path, each.content, each.written_at, each.modified_at) for each in listing.changed]


def test_documents_carry_their_first_and_last_commit(repository: Repository, tmp_path: Path) -> None:
    """Files below the sub-folder are read, not links and hidden ones; a rename makes no text younger."""
    listing = GitRepository(source(str(repository.path), subfolder="docs"), repository.path).fetch({})
    assert rows(listing) == [
        ("docs/b.md", "# B, again\n", datetime(2024, 4, 1, 10), datetime(2024, 6, 1, 10)),
        (
            "docs/moved.md",
            "# A\n\nlong enough to be known again\n",
            datetime(2024, 3, 1, 9),
            datetime(2024, 5, 1, 10),
        ),
    ]
    assert set(listing.paths) == {"docs/b.md", "docs/moved.md"}


def test_only_changed_blobs_are_read_again(repository: Repository, tmp_path: Path) -> None:
    """Fetched over an address into a mirror: nothing changed reads nothing; one commit reads one document."""
    settings = source(f"file://{repository.path}", subfolder="docs/", url="https://git.example/{path}")
    git = GitRepository(settings, tmp_path / "mirror")
    first = list(git.fetch({}).changed)
    assert [(each.path, each.url) for each in first] == [
        ("docs/b.md", "https://git.example/docs/b.md"),
        ("docs/moved.md", "https://git.example/docs/moved.md"),
    ]
    assert rows(git.fetch(known(first))) == []
    repository.commit({"docs/c\nd.md": "# C\n", "docs/b.md": None}, "2024-07-01T10:00:00Z")
    again = git.fetch(known(first))
    assert rows(again) == [("docs/c\nd.md", "# C\n", datetime(2024, 7, 1, 10), datetime(2024, 7, 1, 10))]
    assert set(again.paths) == {"docs/c\nd.md", "docs/moved.md"}


def test_a_rewritten_branch_is_followed(repository: Repository, tmp_path: Path) -> None:
    """A branch that was forced to other commits is read as it is now."""
    git = GitRepository(source(f"file://{repository.path}", branch="main"), tmp_path / "mirror")
    git.fetch({})
    repository.git("reset", "--quiet", "--hard", "HEAD~3")
    repository.commit({"docs/new.md": "# N\n"}, "2024-08-01T10:00:00Z")
    assert set(git.fetch({}).paths) == {"README.md", "docs/a.md", "docs/b.md", "docs/new.md"}


def test_a_shallow_clone_does_not_know_when_a_document_was_written(
    repository: Repository, tmp_path: Path
) -> None:
    """What lies before the cut is unknown, so the first date stays empty."""
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{repository.path}", str(shallow)], check=True
    )
    listing = GitRepository(source(str(shallow), subfolder="docs"), shallow).fetch({})
    assert {(each.path, each.written_at) for each in listing.changed} == {
        ("docs/b.md", None),
        ("docs/moved.md", None),
    }


@pytest.mark.parametrize(
    ("repository_name", "more", "told"),
    [
        ("nowhere", {}, "nowhere is no folder; mend its repository"),
        ("repository", {"branch": "gone"}, "repository has no branch gone; mend branch in the settings"),
        ("file://repository", {"branch": "gone"}, "has no branch gone; mend branch in the settings"),
        ("file:///nowhere/at/all", {}, "does not appear to be a git repository"),
    ],
)
def test_what_cannot_be_reached_is_told_in_one_line(
    repository: Repository, tmp_path: Path, repository_name: str, more: dict[str, str], told: str
) -> None:
    """A missing folder, branch or repository is one line with the name of the source."""
    repository_name = repository_name.replace("//repository", f"//{repository.path}")
    name = repository_name if "://" in repository_name else str(tmp_path / repository_name)
    with pytest.raises(SourceError) as error:
        GitRepository(source(name, **more), Path(name) if "://" not in name else tmp_path / "mirror").fetch(
            {}
        )
    assert told in str(error.value)
    assert str(error.value).startswith("source wiki: ")
    assert "\n" not in str(error.value)


class _Guarded(http.server.SimpleHTTPRequestHandler):
    """Serves files to those who hold the token."""

    def do_GET(self) -> None:
        """Refuse, or answer as a web server answers git's plain protocol."""
        pair = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {pair}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def served(repository: Repository, tmp_path: Path) -> Iterator[str]:
    """The repository's address on a server that asks for the token."""
    bare = tmp_path / "served" / "wiki.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(repository.path), str(bare)], check=True)
    subprocess.run(["git", "-C", str(bare), "update-server-info"], check=True)
    handler = functools.partial(_Guarded, directory=str(bare.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/wiki.git"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_opens_an_address_and_is_never_told(
    served: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With the token the documents are read; neither a refusal nor the mirror holds it."""
    git = GitRepository(source(served, subfolder="docs"), tmp_path / "mirror", SecretStr(TOKEN))
    assert set(git.fetch({}).paths) == {"docs/b.md", "docs/moved.md"}
    wrong = "wr0ng-token"
    with pytest.raises(SourceError) as error:
        GitRepository(source(served), tmp_path / "other", SecretStr(wrong)).fetch({})
    assert "127.0.0.1" in str(error.value)
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    said = f"{error.value} {capfd.readouterr()}"
    for secret in (TOKEN, wrong):
        pair = base64.b64encode(f"x-access-token:{secret}".encode())
        assert secret.encode() not in written
        assert pair not in written
        assert secret not in said
