"""What the bank keeps in files: its authority with all certificates, and a key."""

from __future__ import annotations

import datetime
import ipaddress
import secrets
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAY = datetime.timedelta(days=1)


class Authority:
    """An authority with its files in a folder; what is there from an earlier run is used again."""

    def __init__(self, folder: Path, name: str = "Demo Bank CA"):
        self.folder = folder
        self.file = folder / "ca.pem"
        self._key_file = folder / "ca.key"
        if self.file.exists() and self._key_file.exists():
            self._certificate = x509.load_pem_x509_certificate(self.file.read_bytes())
            self._key = load_pem_private_key(self._key_file.read_bytes(), None)
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._sign(
            _named(name), self._key, 3650, _authority_extensions(), _named(name)
        )
        self.file.write_bytes(self._certificate.public_bytes(Encoding.PEM))
        _write_secret(self._key_file, _pem(self._key))

    def server(self, hosts: tuple[str, ...]) -> tuple[Path, Path]:
        """Certificate and key of a server, as files."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        signed = self._sign(_named(hosts[0]), key, 365, [(names, False), (usage, False)])
        return self._save("server", signed, key)

    def client(self, name: str, days: int = 365) -> tuple[Path, Path]:
        """Certificate and key of a customer, as files; expired with ``days`` below zero."""
        signed, key = self._client(name, days)
        return self._save(name, signed, key)

    def client_p12(self, name: str, password: str, days: int = 365, age: int = 30) -> bytes:
        """The same in one file with a password, as banks hand it out.

        :param age: days since when it counts; more where this clock is ahead of the real one
        """
        signed, key = self._client(name, days, age)
        locked = BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(
            name.encode(), key, signed, [self._certificate], locked
        )

    def _client(self, name: str, days: int, age: int = 30):
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        return self._sign(_named(name), key, days, [(usage, False)], age=age), key

    def _sign(self, subject, key, days: int, extensions, issuer=None, age: int = 30):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - age * _DAY)
            .not_valid_after(now + days * _DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False
            )
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, hashes.SHA256())

    def _save(self, name: str, signed, key) -> tuple[Path, Path]:
        certificate, secret = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(signed.public_bytes(Encoding.PEM))
        _write_secret(secret, _pem(key))
        return certificate, secret


def server_context(server: tuple[Path, Path], clients: Path) -> ssl.SSLContext:
    """TLS that asks for a client certificate but goes on without one.

    :param clients: the authority whose client certificates are accepted
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*server)
    context.load_verify_locations(clients)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def common_name(certificate: dict | None) -> str | None:
    """The common name in what ``SSLSocket.getpeercert()`` gives."""
    subject = (certificate or {}).get("subject", ())
    return next((value for part in subject for name, value in part if name == "commonName"), None)


def kept_secret(path: Path) -> bytes:
    """A random key in a file, made when it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_secret(path, secrets.token_bytes(32))
    return path.read_bytes()


def _authority_extensions():
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return [(x509.BasicConstraints(ca=True, path_length=0), True), (usage, True)]


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_secret(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
