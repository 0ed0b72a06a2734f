"""Packs files."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping


def zip_archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of files by name; a name that ends with a slash is a folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            # A fixed time makes equal archives of equal files.
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return packed.getvalue()


def gzipped(data: bytes) -> bytes:
    """A file packed by GZIP."""
    return gzip.compress(data, mtime=0)
