"""A small provider of identities that answers over HTTP, and can be told to cheat in one respect at a time."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

CLIENT_ID, CLIENT_SECRET = "quotewright", "a secret of client and provider"


@cache
def _key(whose: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


class Provider:
    """`person`: claims of whoever is signed in there. `twist`: claims of the id token that are put wrong, or left out
    with None. `cheat`: `none`, `secret` (signed with the client's secret), `stranger` (signed with another key)."""

    def __init__(self) -> None:
        self.key = _key("the provider's")
        self.person: dict[str, Any] = {
            "sub": "248289761001",
            "preferred_username": "jane",
            "groups": ["quotes-finance"],
        }
        self.twist: dict[str, Any] = {}
        self.cheat = ""
        self.offered = ["RS256"]
        self.issuer_told: str | None = None
        self.asked: dict[str, dict[str, str]] = {}
        self.refused: list[str] = []
        provider = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.token(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def get(self, request: BaseHTTPRequestHandler) -> None:
        url = urlsplit(request.path)
        match url.path:
            case "/.well-known/openid-configuration":
                _json(request, {
                    "issuer": self.issuer_told or self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "id_token_signing_alg_values_supported": self.offered,
                    "code_challenge_methods_supported": ["S256"],
                })  # fmt: skip
            case "/keys":
                _json(request, {"keys": [self.key.as_dict(private=False)]})
            case "/authorize":
                asked = {name: values[0] for name, values in parse_qs(url.query).items()}
                code = f"code-{len(self.asked)}"
                self.asked[code] = asked
                back = urlencode({"code": code, "state": asked["state"]})
                request.send_response(302)
                request.send_header("Location", f"{asked['redirect_uri']}?{back}")
                request.end_headers()

    def token(self, request: BaseHTTPRequestHandler) -> None:
        sent = parse_qs(request.rfile.read(int(request.headers["Content-Length"])).decode())
        asked = self.asked.pop(sent["code"][0], None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".replace(" ", "+").encode()).decode()
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers["Authorization"] not in (f"Basic {basic}", f"Basic {plain}"):
            return self._refuse(request, "invalid_client")
        if asked is None:
            return self._refuse(request, "invalid_grant")
        digest = hashlib.sha256(sent["code_verifier"][0].encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        if not proved or asked["code_challenge_method"] != "S256" or sent["redirect_uri"][0] != asked["redirect_uri"]:
            return self._refuse(request, "invalid_grant")
        answer = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60}
        if self.cheat != "no id token":
            answer["id_token"] = self._id_token(asked["nonce"])
        _json(request, answer)

    def _refuse(self, request: BaseHTTPRequestHandler, error: str) -> None:
        self.refused.append(error)
        _json(request, {"error": error}, 400)

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        claims = {name: value for name, value in {**claims, **self.twist}.items() if value is not None}
        match self.cheat:
            case "none":
                return jwt.encode({"alg": "none"}, claims, None, registry=JWSRegistry(algorithms=["none"]))
            case "secret":
                key = OctKey.import_key(self.key.as_pem(private=False))
                return jwt.encode({"alg": "HS256", "kid": "one"}, claims, key)
            case "stranger":
                return jwt.encode({"alg": "RS256", "kid": "one"}, claims, _key("a stranger's"))
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)


def _json(request: BaseHTTPRequestHandler, body: object, status: int = 200) -> None:
    data = json.dumps(body).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)
