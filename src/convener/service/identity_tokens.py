"""Whether the token of an identity service can be relied on: OpenID Connect Core 1.0, 3.1.3.7."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt

from convener.base.errors import BadInputError

# All sign with a private key, which no client has: what our own secret signs proves nothing.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
WANTED = ("iss", "aud", "exp", "iat", "sub", "nonce")
LEEWAY = 60  # seconds by which two clocks may differ


class UntrustedTokenError(BadInputError):
    """A token was not made by the identity service, for us, for this browser, a moment ago."""


def told_by(
    token: str, *, keys: Mapping[str, Any], issuer: str, client: str, nonce: str
) -> dict[str, Any]:
    """Return what an identity service tells by a token.

    Parameters
    ----------
    token : as the service gave it
    keys : the service's public keys, as it publishes them (RFC 7517)
    issuer : the service's address; a stroke at its end makes no difference
    client : what the service calls us
    nonce : what this browser was given when it was sent to the service

    Raises
    ------
    UntrustedTokenError
        If anything of it is not as it must be.
    """
    try:
        name = jwt.get_unverified_header(token).get("kid")
        found = next(
            (one for one in jwt.PyJWKSet.from_dict(dict(keys)) if name in (None, one.key_id)), None
        )
        if found is None:
            raise UntrustedTokenError("the token names a key that the service does not publish")
        claims: dict[str, Any] = jwt.decode(
            token,
            found,
            algorithms=list(ALGORITHMS),
            audience=client,
            issuer=[issuer.rstrip("/"), issuer.rstrip("/") + "/"],
            leeway=LEEWAY,
            options={"require": list(WANTED)},
        )
    except jwt.PyJWTError as error:
        raise UntrustedTokenError(f"the token cannot be relied on: {error}") from error
    if not nonce or claims["nonce"] != nonce:
        raise UntrustedTokenError("the token is not for this browser")
    if claims.get("azp", client) != client:
        raise UntrustedTokenError("the token is for another client")
    return claims
