"""SFTP to a bank: files as they lie there, or an error that says what to do next."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import io
import posixpath
import socket
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import paramiko

from odoo.addons.account_bank_feed_connection.protocol import NotAuthorised, Permanent, RetryLater

TIMEOUT = 30
"""Seconds to connect, to sign in, and to wait for the next bytes."""
LARGEST = 200 * 2**20
"""Bytes of one file."""
PIECE = 2**18
SETTLED = 3600
"""Seconds since its last change after which nobody is still writing a file."""
PAUSE = 3
"""Seconds in which the size of a younger file must not change."""
UNFINISHED = (".tmp", ".part", ".filepart", ".partial", ".crdownload")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files lie: ``sftp://host:port/folder``."""

    host: str
    port: int
    folder: str

    @classmethod
    def of(cls, address):
        """
        :raises Permanent: for what is no such address
        """
        parts = urlsplit(address or "")
        try:
            port = parts.port or 22
        except ValueError:
            port = 0
        if parts.scheme != "sftp" or not parts.hostname or not port or parts.username:
            raise Permanent("The address must be like sftp://host/folder, without a user in it")
        return cls(parts.hostname, port, unquote(parts.path) or ".")

    @property
    def known_as(self):
        """How known hosts are listed."""
        return self.host if self.port == 22 else f"[{self.host}]:{self.port}"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the server, as it was at one moment."""

    path: str
    size: int
    changed: int

    @property
    def name(self):
        return posixpath.basename(self.path)

    @property
    def mark(self):
        """Tells this file from a later one of the same name."""
        return f"{self.path} {self.size} {self.changed}"


def host_key(place):
    """The server's key, before anybody trusts it.

    :return: as in a list of known hosts: name, algorithm, key
    """
    with (
        _errors(place),
        _connected(place) as connection,
        paramiko.Transport(connection) as transport,
    ):
        transport.start_client(timeout=TIMEOUT)
        key = transport.get_remote_server_key()
        return f"{place.known_as} {key.get_name()} {key.get_base64()}"


def fingerprint(line):
    """What people compare: the SHA-256 of a key in a list of known hosts."""
    _name, algorithm, key = line.split()
    digest = hashlib.sha256(base64.b64decode(key)).digest()
    return f"{algorithm} SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


class Sftp:
    """One visit, from signing in to leaving: ``with Sftp(...) as visit: ...``

    :param known: the server's key as a person has confirmed it; any other is refused
    """

    def __init__(self, place, user, known, password=None, key=None):
        self.place, self._user, self._known = place, user, known
        self._password, self._key = password, key

    def __enter__(self):
        self._client = client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        name, algorithm, key = self._known.split()
        entry = paramiko.hostkeys.HostKeyEntry.from_line(self._known)
        client.get_host_keys().add(name, algorithm, entry.key)
        try:
            with _errors(self.place), _connected(self.place) as connection:
                client.connect(
                    self.place.host,
                    self.place.port,
                    self._user,
                    self._password,
                    pkey=self._key and _private_key(self._key),
                    sock=connection,
                    look_for_keys=False,
                    allow_agent=False,
                    timeout=TIMEOUT,
                    banner_timeout=TIMEOUT,
                    auth_timeout=TIMEOUT,
                )
                self._files = client.open_sftp()
                self._files.get_channel().settimeout(TIMEOUT)
        except BaseException:
            client.close()
            raise
        return self

    def __exit__(self, *_error):
        self._client.close()

    def files(self, patterns):
        """Those in the folder whose names match, and which nobody is writing; the oldest first."""
        found = {file.path: file for file in self._listed(patterns)}
        young = [file for file in found.values() if time.time() - file.changed < SETTLED]
        if young:
            time.sleep(PAUSE)
            now = {file.path: file for file in self._listed(patterns)}
            for file in young:
                if now.get(file.path) != file:
                    del found[file.path]
        return sorted(found.values(), key=lambda file: (file.changed, file.path))

    def _listed(self, patterns):
        with _errors(self.place):
            for entry in self._files.listdir_attr(self.place.folder):
                name = entry.filename
                if (
                    stat.S_ISREG(entry.st_mode or 0)
                    and "/" not in name
                    and not name.lower().endswith(UNFINISHED)
                    and not name.startswith(".")
                    and any(fnmatch.fnmatch(name.lower(), each.lower()) for each in patterns)
                ):
                    path = posixpath.join(self.place.folder, name)
                    yield RemoteFile(path, entry.st_size or 0, entry.st_mtime or 0)

    def content_of(self, file):
        """Its bytes, or None when it has changed meanwhile.

        :raises Permanent: when it is too large
        """
        if file.size > LARGEST:
            raise Permanent(f"{file.name} is larger than {LARGEST >> 20} MB")
        content = bytearray()
        with _errors(self.place), self._files.open(file.path, "rb") as stream:
            stream.prefetch(file.size, 64)
            while piece := stream.read(PIECE):
                content += piece
                if len(content) > LARGEST:
                    raise Permanent(f"{file.name} is larger than {LARGEST >> 20} MB")
        if len(content) != file.size or not self.is_as_it_was(file):
            return None
        return bytes(content)

    def is_as_it_was(self, file):
        with _errors(self.place):
            try:
                now = self._files.stat(file.path)
            except FileNotFoundError:
                return False
        return (now.st_size, now.st_mtime) == (file.size, file.changed)

    def move(self, file, folder):
        """Put a file into another folder; under a longer name, where there is one of its name."""
        folder = posixpath.join(self.place.folder, folder)
        with _errors(self.place):
            if not self._is_there(folder):
                self._files.mkdir(folder)
            target = posixpath.join(folder, file.name)
            number = 1
            while self._is_there(target):
                number += 1
                target = posixpath.join(folder, f"{file.name}.{number}")
            self._files.rename(file.path, target)

    def _is_there(self, path):
        with suppress(FileNotFoundError):
            self._files.stat(path)
            return True
        return False


@contextmanager
def _connected(place):
    """A connection; closed here if what was to be done on it fails."""
    connection = socket.create_connection((place.host, place.port), TIMEOUT)
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


@contextmanager
def _errors(place):
    """Errors of SSH and of the network as those of connectors."""
    host = place.host
    try:
        yield
    except paramiko.BadHostKeyException as error:
        shown = f"{error.key.get_name()} {error.key.get_base64()}"
        text = f"{host} shows another host key than was confirmed: {fingerprint(f'x {shown}')}"
        raise NotAuthorised(text) from None
    except paramiko.AuthenticationException:
        raise NotAuthorised(f"{host} does not accept the user, or the key or password") from None
    except TimeoutError:
        raise RetryLater(f"{host} does not answer in time") from None
    except FileNotFoundError:
        raise Permanent(f"{host} has no such folder or file") from None
    except PermissionError:
        raise Permanent(f"{host} does not permit that") from None
    except paramiko.SSHException as error:
        if "not found in known_hosts" in str(error):
            raise NotAuthorised(f"{host} shows a host key that nobody has confirmed") from None
        raise RetryLater(f"{host}: the connection breaks off: {type(error).__name__}") from None
    except (OSError, EOFError) as error:
        raise RetryLater(f"{host} cannot be reached: {type(error).__name__}") from None


def _private_key(text):
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
        except paramiko.PasswordRequiredException:
            raise NotAuthorised("The private key needs a password: keep it without one") from None
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise NotAuthorised("The private key is none that OpenSSH or PEM files hold")
