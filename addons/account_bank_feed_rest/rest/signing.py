"""Signed texts that prove who we are: JSON Web Tokens by RSA with SHA-256 (RFC 7515, RS256)."""

from __future__ import annotations

import base64
import json

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def signed(key: str, header: dict, claims: dict) -> str:
    """The claims as a signed token.

    :param key: RSA private key in PEM format, without a password
    :raises ValueError: when it is not
    """
    try:
        private = load_pem_private_key(key.strip().encode(), None)
    except (TypeError, UnsupportedAlgorithm, ValueError):
        raise ValueError("The private key is not in PEM format, or needs a password") from None
    if not isinstance(private, rsa.RSAPrivateKey):
        raise ValueError("The private key must be an RSA key")
    text = ".".join(_packed(json.dumps(part).encode()) for part in (_RS256 | header, claims))
    signature = private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{_packed(signature)}"


_RS256 = {"typ": "JWT", "alg": "RS256"}


def _packed(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
