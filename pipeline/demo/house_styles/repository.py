"""A unit's documents as a git repository: each in a commit of its own, on the day it was published."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC
from pathlib import Path

from pipeline.demo.house_styles.page import Document
from pipeline.demo.roster import DOMAIN


def commit_documents(folder: Path, documents: Iterable[Document]) -> bool:
    """Put the documents, which lie in `folder` already, under version control there.

    False when git is not installed or too old, or cannot write there: then the folder stays what it is.
    """
    try:
        _git(folder, "init", "--quiet", "--template=", ".")
        _git(folder, "symbolic-ref", "HEAD", "refs/heads/main")
        _git(folder, "fast-import", "--quiet", given=b"".join(_commits(documents)))
        _git(folder, "reset", "--quiet")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def is_repository(folder: Path) -> bool:
    """Whether the documents of `folder` were put under version control."""
    return (folder / ".git" / "refs" / "heads" / "main").exists()


def _commits(documents: Iterable[Document]) -> Iterator[bytes]:
    """What `git fast-import` reads (https://git-scm.com/docs/git-fast-import)."""
    for document in sorted(documents, key=lambda each: (each.plan.published_at, each.plan.path)):
        author, at = document.plan.author, int(document.plan.published_at.replace(tzinfo=UTC).timestamp())
        told = ", ".join(document.plan.incident_ids)
        message = (f"Tell of {told}" if told else f"Add {document.plan.path}").encode()
        yield b"commit refs/heads/main\n"
        for role in ("author", "committer"):
            yield f"{role} {author.name} <{author.handle}@{DOMAIN}> {at} +0000\n".encode()
        yield b"data %d\n%s\n" % (len(message), message)
        yield f"M 100644 inline {document.plan.path}\n".encode()
        yield b"data %d\n%s\n" % (len(document.content), document.content)


def _git(folder: Path, *arguments: str, given: bytes = b"") -> None:
    # Neither the settings of whoever runs the demo nor a repository around the folder have a say in it.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    surroundings |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_DIR": ".git"}
    subprocess.run(  # noqa: S603  our own arguments
        ["git", *arguments],  # noqa: S607  the user's own git
        cwd=folder, env=surroundings, input=given, capture_output=True, check=True,
    )  # fmt: skip
