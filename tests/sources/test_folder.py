"""A folder of documents: what is listed, and what a file that is no document becomes."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.raw_documents import FetchedDocument, KnownDocument
from pipeline.settings import FolderSource
from pipeline.sources.folder import Folder, ListedDocument, list_folder, read_document

MODIFIED = datetime(2024, 3, 1, 9, 30, 0, 250_000)


def put(root: Path, path: str, content: bytes) -> None:
    """Write a file whose time is MODIFIED."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    nanoseconds = 1_709_285_400_250_000_000
    os.utime(file, ns=(nanoseconds, nanoseconds))


def folder_source(**more: object) -> FolderSource:
    """A source with these settings."""
    return FolderSource.model_validate({"name": "docs", "path": "unused"} | more)


def test_lists_by_path_without_hidden_files(tmp_path: Path) -> None:
    """Files come sorted by path, with size and UTC time; hidden files and folders are left out."""
    put(tmp_path, "b.md", b"two")
    put(tmp_path, "a/one.html.md.erb", b"one")
    put(tmp_path, ".git/config", b"no")
    put(tmp_path, ".hidden.md", b"no")
    assert list_folder(folder_source(), tmp_path) == [
        ListedDocument("a/one.html.md.erb", 3, MODIFIED),
        ListedDocument("b.md", 3, MODIFIED),
    ]


@pytest.mark.parametrize(
    ("include", "exclude", "paths"),
    [
        (["**/*"], [], ["a.md", "d/b.md", "d/e/c.qmd", "x"]),
        (["*.md"], [], ["a.md"]),
        (["**/*.md"], [], ["a.md", "d/b.md"]),
        (["**/*.{md,qmd}"], ["d/e/**"], ["a.md", "d/b.md"]),
        (["d/**"], [], ["d/b.md", "d/e/c.qmd"]),
        (["?.md", "x"], [], ["a.md", "x"]),
        (["./d/*.md"], [], ["d/b.md"]),
    ],
)
def test_globs_mean_what_people_write(
    tmp_path: Path, include: list[str], exclude: list[str], paths: list[str]
) -> None:
    """`*` stays within a name, `**/` spans folders, braces choose; exclude wins."""
    for path in ("a.md", "d/b.md", "d/e/c.qmd", "x"):
        put(tmp_path, path, b"text")
    listed = list_folder(folder_source(include=include, exclude=exclude), tmp_path)
    assert [document.path for document in listed] == paths


def test_a_missing_folder_says_what_to_mend(tmp_path: Path) -> None:
    """A folder that is not there is an error naming the source and the path."""
    with pytest.raises(SourceError, match=r"source docs: .*nowhere is no folder; mend its path"):
        list_folder(folder_source(), tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("raw", "content", "problem"),
    [
        (b"# One\r\ntwo\r", "# One\ntwo\n", None),
        (b"\xef\xbb\xbf# Marked", "# Marked", None),
        ("# Größe".encode("utf-16"), "# Größe", None),
        (b"", None, "empty"),
        (b" \n\t\n", None, "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None, "binary"),
        ("Größe der Störung".encode("latin-1"), None, "not_utf8"),
        (bytes(range(1, 32)) + b"\xff\xfe\xfd" * 20, None, "binary"),
    ],
)
def test_a_file_is_text_or_says_why_not(
    tmp_path: Path, raw: bytes, content: str | None, problem: str | None
) -> None:
    """Text is read with its line ends made plain; anything else has a problem and no content."""
    put(tmp_path, "some file.md", raw)
    source = folder_source(url="https://git.example/{path}")
    (listed,) = list_folder(source, tmp_path)
    assert read_document(source, tmp_path, listed) == FetchedDocument(
        path="some file.md",
        url="https://git.example/some%20file.md",
        content=content,
        content_hash=hashlib.sha256(raw).hexdigest()
        if raw
        else read_document(source, tmp_path, listed).content_hash,
        size_bytes=len(raw),
        problem=problem,
        modified_at=MODIFIED,
    )


def test_a_huge_file_is_not_opened(tmp_path: Path) -> None:
    """A file over the limit is known by its size alone: 50 MB cost nothing."""
    with (tmp_path / "dump.md").open("wb") as file:
        file.truncate(50_000_000)
    source = folder_source(max_megabytes=5)
    (listed,) = list_folder(source, tmp_path)
    fetched = read_document(source, tmp_path / "moved-away", listed)
    assert (fetched.content, fetched.problem, fetched.size_bytes) == (None, "too_large", 50_000_000)


def test_a_file_gone_since_the_listing_is_unreadable(tmp_path: Path) -> None:
    """A file that vanishes between listing and reading is a problem of that file only."""
    put(tmp_path, "a.md", b"text")
    source = folder_source()
    (listed,) = list_folder(source, tmp_path)
    (tmp_path / "a.md").unlink()
    assert read_document(source, tmp_path, listed).problem == "unreadable"


def test_links_are_not_followed_in_a_circle(tmp_path: Path) -> None:
    """A link to a parent folder does not make the listing endless."""
    put(tmp_path, "a.md", b"text")
    (tmp_path / "again").symlink_to(tmp_path)
    assert [document.path for document in list_folder(folder_source(), tmp_path)] == ["a.md"]


def test_a_pipe_is_told_and_not_opened(tmp_path: Path) -> None:
    """A named pipe, whose reading would never end, is a document with a problem, and read once."""
    put(tmp_path, "a.md", b"text")
    os.mkfifo(tmp_path / "b.md")
    source = folder_source()
    first = Folder(source, tmp_path).fetch({})
    read = list(first.changed)
    assert [(each.path, each.content, each.problem) for each in read] == [
        ("a.md", "text", None),
        ("b.md", None, "no_file"),
    ]
    pipe = read[1]
    assert pipe.modified_at is not None
    later = pipe.modified_at + timedelta(hours=1)
    known = KnownDocument(pipe.content_hash, pipe.size_bytes, pipe.modified_at, later, pipe.url, pipe.problem)
    assert Folder(source, tmp_path).fetch({"a.md": known, "b.md": known}).changed_count == 1


def test_a_link_out_of_the_folder_is_told_and_not_read(tmp_path: Path) -> None:
    """A link to a file or folder outside is listed with its problem; one within is a file like others."""
    root, outside = tmp_path / "root", tmp_path / "secret.txt"
    outside.write_text("secret", encoding="utf-8")
    put(root, "a.md", b"one")
    (root / "inside.md").symlink_to(root / "a.md")
    (root / "outside.md").symlink_to(outside)
    (root / "folder").symlink_to(tmp_path)
    (root / "drafts").symlink_to(tmp_path)
    source = folder_source(include=["**/*.md"], exclude=["drafts/**"])
    read = [read_document(source, root, each) for each in list_folder(source, root)]
    assert [(each.path, each.content, each.problem) for each in read] == [
        ("a.md", "one", None),
        ("folder", None, "outside"),
        ("inside.md", "one", None),
        ("outside.md", None, "outside"),
    ]


def test_a_name_that_is_not_utf8_is_listed_readably(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are replaced in the path, and the file is read all the same."""
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\n.md"))).write_bytes(b"one")
    source = folder_source()
    (listed,) = list_folder(source, tmp_path)
    assert (listed.path, read_document(source, tmp_path, listed).content) == ("caf\ufffd\n.md", "one")


def test_a_pdf_is_kept_as_its_bytes(tmp_path: Path) -> None:
    """A file that begins as a PDF does is no binary, but a document in base64."""
    put(tmp_path, "report.pdf", b"%PDF-1.4 \x00\xff")
    source = folder_source()
    (listed,) = list_folder(source, tmp_path)
    read = read_document(source, tmp_path, listed)
    assert (read.content, read.media_type, read.problem) == (
        base64.b64encode(b"%PDF-1.4 \x00\xff").decode(),
        "application/pdf",
        None,
    )
