"""A small identity service: real HTTP, keys and signed tokens; what it tells can be bent."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET, KEY = "convener-test", "a-secret-of-the-test-0123456789abcdef", "key-1"


def new_key() -> rsa.RSAPrivateKey:
    """Return a key such as tokens are signed with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """Whom it vouches for, and how: each test bends one thing."""

    def __init__(self) -> None:
        self.key = self.signs_with = new_key()
        self.algorithm = "RS256"
        self.person: dict[str, Any] = {
            "sub": "person-7",
            "email": "ann@example.org",
            "email_verified": True,
        }
        self.claims: dict[str, Any] = {}  # what the token says otherwise than it should
        self.asked: dict[str, dict[str, str]] = {}  # by the code that was given for it
        self.address = ""
        self.is_broken = False

    def configuration(self) -> dict[str, Any]:
        """Return what it publishes of itself."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorise",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/person",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        """Return its public keys."""
        shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**shown, "kid": KEY, "use": "sig", "alg": "RS256"}]}

    def authorise(self, asked: dict[str, str]) -> str:
        """Let a person in at once, and return where their browser is sent."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        code = secrets.token_urlsafe()
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict[str, str]) -> dict[str, Any] | None:
        """Return the tokens for a code, once, to the client that proves that it asked for it."""
        asked = self.asked.pop(given.get("code", ""), None)
        proof = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if asked is None or (given["client_id"], given["client_secret"]) != (CLIENT, SECRET):
            return None
        if asked["code_challenge"] != challenge:
            return None
        now = int(time.time())
        said = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": self.person["sub"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce", ""),
            **self.claims,
        }
        key = SECRET if self.algorithm == "HS256" else self.signs_with
        signed = jwt.encode(
            {name: value for name, value in said.items() if value is not None},
            None if self.algorithm == "none" else key,
            algorithm=self.algorithm,
            headers={"kid": KEY},
        )
        return {"access_token": "opens-one-person", "token_type": "Bearer", "id_token": signed}


@contextmanager
def running() -> Iterator[Provider]:
    """Serve an identity service at an address of this machine."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if provider.is_broken:
                self.send_error(503)
            elif parts.path == "/authorise":
                self.send_response(302)
                self.send_header("Location", provider.authorise(dict(parse_qsl(parts.query))))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif parts.path == "/person":
                is_asked_by_us = self.headers["Authorization"] == "Bearer opens-one-person"
                self._say(provider.person if is_asked_by_us else None)
            else:
                pages = {
                    "/.well-known/openid-configuration": provider.configuration,
                    "/keys": provider.keys,
                }
                self._say(pages[parts.path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(provider.token({name: one[0] for name, one in parse_qs(body).items()}))

        def _say(self, what: dict[str, Any] | None) -> None:
            text = json.dumps(what or {"error": "invalid_grant"}).encode()
            self.send_response(200 if what else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
