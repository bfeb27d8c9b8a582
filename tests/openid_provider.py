"""An OpenID provider of the tests: discovery, authorisation, token and keys, over HTTP on this machine.

It signs in whoever `person` says without asking them, as a provider does that knows the browser. Tokens are
RS256 with a key made at its start (OpenID Connect Core 1.0, 3.1).
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "postmortems"
CLIENT_SECRET = "planted-client-s3cret"


@dataclass
class Provider:
    """The provider's state: who is signed in next, and which codes were given out for what."""

    url: str
    person: dict[str, Any] = field(default_factory=dict)
    age_seconds: int = 0  # how long ago the person signed in
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))

    @property
    def metadata_url(self) -> str:
        """Where it describes itself."""
        return f"{self.url}/.well-known/openid-configuration"

    def metadata(self) -> dict[str, Any]:
        """What it says of itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def authorised(self, asked: dict[str, str]) -> str:
        """The address the browser is sent back to, with a code."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, given: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code; None when client, address or proof are not those of the request."""
        asked = self.codes.pop(given.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        proof = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if asked is None:
            self.refused.append("no such code")
        elif authorization != f"Basic {basic}":
            self.refused.append("not the client")
        elif asked["redirect_uri"] != given.get("redirect_uri"):
            self.refused.append("another address")
        elif asked["code_challenge"] != proof.decode().rstrip("="):
            self.refused.append("no proof of the request")
        else:
            now = int(time.time()) - self.age_seconds
            claims = {"iss": self.url, "aud": CLIENT_ID, "sub": "person-1", "iat": now, "exp": now + 86_400}
            signed = jwt.encode(
                {"alg": "RS256", "kid": "k1"}, claims | {"nonce": asked["nonce"]} | self.person, self.key
            )
            return {"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "id_token": signed}
        return None


@contextmanager
def openid_provider() -> Iterator[Provider]:
    """A provider that listens on a port of its own until the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorised(asked))
                self.end_headers()
            elif parts.path == "/keys":
                self.answer(200, {"keys": [provider.key.as_dict(private=False)]})
            elif parts.path == "/.well-known/openid-configuration":
                self.answer(200, provider.metadata())
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            tokens = provider.tokens(given, self.headers.get("Authorization", ""))
            self.answer(200 if tokens else 400, tokens or {"error": "invalid_grant"})

        def answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
