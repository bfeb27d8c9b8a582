"""What is said of a file that has no text."""

from __future__ import annotations

from pipeline.documents.facts import DocumentFacts, DocumentKind, Finding, Level

#: problem → rule, level and sentence
_SAID: dict[str, tuple[str, Level, str]] = {
    "empty": ("document_empty", "info", "The file is empty; write the postmortem, or delete the file."),
    "binary": ("document_binary", "info", "The file is not text; exclude files of its kind in the settings."),
    "too_large": (
        "document_too_large",
        "warning",
        "The file is larger than max_megabytes of its source; raise it, or exclude the file.",
    ),
    "not_utf8": ("document_not_utf8", "warning", "The file is not UTF-8 text; save it as UTF-8."),
    "outside": (
        "document_outside",
        "warning",
        "This is a link to something outside the folder and was not read; put the files themselves there, "
        "or make the other folder a source of its own.",
    ),
    "no_file": (
        "document_is_no_file",
        "warning",
        "This is a pipe, a socket or a device and was not read; exclude it in the settings.",
    ),
    "malformed": (
        "record_malformed",
        "warning",
        "What stands here cannot be read, nor what follows it where the file is one list; mend it, or export "
        "the file again.",
    ),
    "no_object": (
        "record_malformed",
        "warning",
        "This part of the export is no JSON object, as a record is; mend it, or export the file again.",
    ),
    "too_many_cells": (
        "record_malformed",
        "warning",
        "This row has more cells than the header has names, so any may stand in another's column; put quotes "
        "around cells that hold the separator.",
    ),
    "too_few_cells": (
        "record_malformed",
        "warning",
        "This row has fewer cells than the header has names, so any may stand in another's column; add those "
        "that are missing.",
    ),
    "open_quotes": (
        "record_malformed",
        "warning",
        "The quotes of this row are not closed as CSV asks, or a cell is far too long, so the row was not "
        "read; close them, and double those within a cell.",
    ),
    "no_header": (
        "record_malformed",
        "warning",
        "The first line of this table does not name its columns, or names too many; export the file again "
        "with a header.",
    ),
    "duplicate": (
        "record_duplicate",
        "warning",
        "Another record of this file has the same id and was read; map a column that differs to id.",
    ),
    "unreadable": ("document_unreadable", "warning", "The file cannot be read; look at its permissions."),
}


def describe_unread_document(problem: str) -> DocumentFacts:
    """The facts of a file without text: no incident, one finding that says what to do.

    `problem` is one of `pipeline.raw_documents.PROBLEMS`.
    """
    rule, level, message = _SAID[problem]
    kind: DocumentKind = "empty" if problem == "empty" else "unreadable"
    return DocumentFacts(kind=kind, title=None, findings=(Finding(rule=rule, level=level, message=message),))
