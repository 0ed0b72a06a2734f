"""What can be wrong with a profile, or with an answer that it is held against."""

from __future__ import annotations


class ProfileError(Exception):
    """A profile that declares nonsense; says where."""


class BrokenAnswer(ValueError):
    """An answer that is not as the profile describes it."""

    def __init__(self, message: str, body: bytes | None = None):
        super().__init__(message)
        self.message = message
        self.body = body
