"""Reads documents in a process of its own, so that one that runs away or crashes costs only itself.

PDFs are read by native code, which a crafted file may crash, fill with memory or keep busy. The process has a
limit of memory and of time; one that passes them is ended, said so in a finding, and the next document starts
another.
"""

from __future__ import annotations

import multiprocessing
import traceback
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self

from pipeline.documents import parse_document
from pipeline.documents.facts import DocumentFacts, Finding, Reading

#: Seconds that one document may take, the start of the process not counted.
MAX_SECONDS = 30.0
#: Bytes of address space that the process may use.
MAX_MEMORY = 2 * 1024**3
_START_SECONDS = 60.0

#: The media types that native code reads.
ISOLATED_TYPES = frozenset({"application/pdf"})


class IsolatedParser:
    """Parses documents in another process, started with the first and kept until `close`."""

    def __init__(self, *, max_seconds: float = MAX_SECONDS, max_memory: int = MAX_MEMORY) -> None:
        self._max_seconds = max_seconds
        self._max_memory = max_memory
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def parse_document(
        self, content: str, path: str, reading: Reading, media_type: str, title: str | None = None
    ) -> DocumentFacts:
        """As `pipeline.documents.parse_document`; a document that costs too much is unreadable.

        Raises RuntimeError, with the traceback, where the parser itself raised.
        """
        try:
            connection = self._connect()
            connection.send((content, path, reading, media_type, title))
            if not connection.poll(self._max_seconds):
                self.close()
                return _too_costly()
            facts = connection.recv()
        except (EOFError, OSError):  # the process ended: out of memory, or a crash
            self.close()
            return _too_costly()
        if isinstance(facts, DocumentFacts):
            return facts
        if facts is None:
            return _too_costly()
        raise RuntimeError(facts)

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None

    def _connect(self) -> Connection:
        if self._connection is None:
            context = multiprocessing.get_context("spawn")  # a fork would share the warehouse's lock
            ours, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._max_memory), daemon=True)
            self._process.start()
            theirs.close()
            self._connection = ours
            if not ours.poll(_START_SECONDS):
                raise EOFError
            ours.recv()
        return self._connection


def _serve(connection: Connection, max_memory: int) -> None:
    """In the other process: parse what comes until the connection ends."""
    _limit(max_memory)
    connection.send("ready")
    while True:
        try:
            document = connection.recv()
        except EOFError:
            return
        try:
            connection.send(parse_document(*document))
        except MemoryError:
            connection.send(None)
        except Exception:
            connection.send(traceback.format_exc())


def _limit(max_memory: int) -> None:
    try:
        import resource
    except ImportError:  # a system without such limits: the time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _too_costly() -> DocumentFacts:
    message = (
        "Reading this document took too much time or memory; export it again, without pictures, or split it."
    )
    return DocumentFacts("unreadable", None, findings=(Finding("document_too_costly", "warning", message),))
