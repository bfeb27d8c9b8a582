"""Connections that can be hung up: a thread that waits for a stalled answer is not waited for."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter
from urllib3.poolmanager import PoolManager

#: Bodies are read in few pieces: after each, a thread waits for those that compute to let it go on.
BYTES_AT_ONCE = 4_000_000


class Connections:
    """The open connections of several sessions of `requests`, each of one thread."""

    def __init__(self) -> None:
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Lock()
        self._is_hung_up = False

    def watch(self, session: requests.Session) -> None:
        """Make the session's connections such that `hang_up` ends them."""
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Adapter(self))

    def hang_up(self) -> None:
        """End every call that is being made, now and later; whoever waits for one has a ConnectionError."""
        with self._lock:
            self._is_hung_up = True
            sockets = list(self._sockets)
        for each in sockets:
            _shut(each)

    def add(self, made: socket.socket) -> None:
        """A connection was made."""
        with self._lock:
            self._sockets.add(made)
            is_late = self._is_hung_up
        if is_late:
            _shut(made)


class _Adapter(HTTPAdapter):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        super().__init__()

    def init_poolmanager(self, *given: Any, **more: Any) -> None:
        super().init_poolmanager(*given, **more)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, *given: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*given, **more)
        self._watch(manager)
        return manager

    def send(self, *given: Any, **more: Any) -> requests.Response:
        """The answer, its body read."""
        response = super().send(*given, **more)
        response._content = b"".join(response.iter_content(BYTES_AT_ONCE))
        return response

    def _watch(self, manager: PoolManager) -> None:
        connections = self._connections

        def watched(kind: Any) -> Any:
            class Watched(kind):  # type: ignore[misc]
                def connect(self) -> None:
                    super().connect()
                    connections.add(self.sock)

            return Watched

        pools: dict[str, Any] = dict(manager.pool_classes_by_scheme)
        manager.pool_classes_by_scheme = {
            scheme: type(pool.__name__, (pool,), {"ConnectionCls": watched(pool.ConnectionCls)})
            for scheme, pool in pools.items()
        }


def _shut(open_socket: socket.socket) -> None:
    with contextlib.suppress(OSError):
        open_socket.shutdown(socket.SHUT_RDWR)
