"""Keys and certificates as the files that TLS wants, which are on no disk where that can be."""

from __future__ import annotations

import os
import tempfile


class PemFile(str):
    """The path of a file with a text. The file is there for as long as this object is."""

    def __new__(cls, text: str) -> PemFile:
        if hasattr(os, "memfd_create"):
            file = os.fdopen(os.memfd_create("pem"), "wb")
            path = f"/proc/{os.getpid()}/fd/{file.fileno()}"
        else:
            file = tempfile.NamedTemporaryFile(suffix=".pem")  # noqa: SIM115  (kept open)
            path = file.name
        file.write(text.encode())
        file.flush()
        self = super().__new__(cls, path)
        self._file = file
        return self
