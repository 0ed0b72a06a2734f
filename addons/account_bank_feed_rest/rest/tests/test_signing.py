"""Signed tokens, read by a library that is not ours."""

import pytest
from authlib.jose import JsonWebToken
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from account_bank_feed_rest.rest import signed


def pem(key, lock=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption()).decode()


def test_a_signed_token():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    token = signed(pem(key), {"kid": "app-1"}, {"iss": "us", "iat": 1})
    found = JsonWebToken(["RS256"]).decode(token, public)
    assert dict(found) == {"iss": "us", "iat": 1}
    assert found.header == {"typ": "JWT", "alg": "RS256", "kid": "app-1"}


def test_what_is_no_key():
    locked = pem(rsa.generate_private_key(65537, 2048), BestAvailableEncryption(b"x"))
    for text in ("", "nonsense", locked, pem(ec.generate_private_key(ec.SECP256R1()))):
        with pytest.raises(ValueError, match="private key") as caught:
            signed(text, {}, {})
        assert "nonsense" not in str(caught.value)
