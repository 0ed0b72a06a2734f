"""How we speak TLS to a bank: with which certificate of ours, and trusting which authorities.

Both are PEM texts. There is no setting for trusting just anybody.
"""

from __future__ import annotations

import datetime
import secrets
import ssl
import tempfile

import certifi
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from .errors import NotAuthorised


def client_context(certificate=None, key=None, authorities=None) -> ssl.SSLContext:
    """TLS 1.2 or later, with the server's certificate and name verified.

    :param certificate: ours, with those between it and its authority, if any
    :param key: its private key, without a password
    :param authorities: to be trusted instead of the usual ones
    :raises NotAuthorised: when these are not usable, or do not belong together
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificates and names
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if authorities:
            context.load_verify_locations(cadata=authorities)
        else:
            context.load_verify_locations(certifi.where())
    except (ssl.SSLError, ValueError):
        raise NotAuthorised("The bank's authorities are no certificates in PEM format") from None
    if certificate or key:
        _load(context, certificate or "", key or "")
    return context


def _load(context, certificate, key):
    """Have the context show our certificate.

    OpenSSL reads keys from files only. This one is ours alone, is gone at once, and the key in
    it is locked with a password that nobody ever learns.
    """
    password = secrets.token_bytes(32)
    locked = _private_key(key).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.hex().encode())
    )
    with tempfile.NamedTemporaryFile(prefix="bank-feed-") as file:
        file.write(certificate.strip().encode() + b"\n" + locked)
        file.flush()
        try:
            context.load_cert_chain(file.name, password=password.hex())
        except (ssl.SSLError, ValueError):
            text = "The certificate is not in PEM format, or the private key is another one's"
            raise NotAuthorised(text) from None


def _private_key(text):
    try:
        return load_pem_private_key(text.strip().encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        text = "The private key is not in PEM format, or needs a password"
        raise NotAuthorised(text) from None


def validity(certificate) -> tuple[datetime.datetime, datetime.datetime]:
    """When a certificate begins and ends, in UTC without time zone.

    :raises NotAuthorised: when it is no certificate
    """
    try:
        found = x509.load_pem_x509_certificate(certificate.strip().encode())
    except ValueError:
        raise NotAuthorised("The certificate is not in PEM format") from None
    begin, end = found.not_valid_before_utc, found.not_valid_after_utc
    return begin.replace(tzinfo=None), end.replace(tzinfo=None)


def from_p12(content: bytes, password: str) -> tuple[str, str]:
    """Certificate and private key of a PKCS#12 file, in PEM format.

    :raises ValueError: when it does not open
    """
    key, certificate, others = pkcs12.load_key_and_certificates(content, password.encode())
    if not key or not certificate:
        raise ValueError("no key and certificate within")
    chain = [certificate, *others]
    return (
        "".join(each.public_bytes(Encoding.PEM).decode() for each in chain),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )
