"""The firm's provider of identities, by OpenID Connect: discovery, the code flow with PKCE, state and nonce. Authlib
does the protocol; here is only what this service insists on beyond it.
"""

from __future__ import annotations

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response
from joserfc.errors import JoseError
from requests import RequestException

from service.people.identity import Identity
from service.settings import Settings

PATIENCE_SECONDS = 10
SKEW_SECONDS = 60
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures by a key that only the provider has: neither `none` nor one made with a secret."""

_FAULTS = (AuthlibBaseError, JoseError, RequestException)


class ProviderFault(Exception):
    """The provider is away, or what came back isn't proof of anything. `reason`: a word for the log; no token."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the provider of identities: {reason}")


class Provider:
    """Every method raises ProviderFault."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._claim = settings.oidc_role_claim
        self._back = f"{settings.public_url}/sign-in/oidc/callback"
        self._client = OAuth(app).register(
            "firm",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE_SECONDS,
            },
        )

    def send_off(self) -> Response:
        try:
            self._discovered()
            answer: Response = self._client.authorize_redirect(self._back)
        except _FAULTS as fault:
            raise ProviderFault(type(fault).__name__) from fault
        return answer

    def came_back(self) -> Identity:
        """Who the request under way comes from, by the provider's word."""
        must_be = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "values": [self._client_id]},
        }
        try:
            self._discovered()
            token = self._client.authorize_access_token(claims_options=must_be, leeway=SKEW_SECONDS)
        except _FAULTS as fault:
            raise ProviderFault(type(fault).__name__) from fault
        claims = token.get("userinfo")
        if not claims:
            raise ProviderFault("no id_token")
        return self._identity(claims)

    def _discovered(self) -> None:
        metadata = self._client.load_server_metadata()
        if metadata.get("issuer") != self._issuer:
            raise ProviderFault("another issuer")
        if not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= metadata.keys():
            raise ProviderFault("incomplete metadata")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in SIGNED_BY]

    def _identity(self, claims: dict[str, Any]) -> Identity:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ProviderFault("no subject")
        values = claims.get(self._claim, ())
        listed = [values] if isinstance(values, str) else values if isinstance(values, list) else ()
        offered = claims.get("preferred_username") or claims.get("email") or claims.get("name") or ""
        return Identity(self._issuer, subject, str(offered), tuple(str(value) for value in listed))
