"""Requests and responses, as far as a bank needs them."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

JSON, XML, HTML = "application/json", "application/xml; charset=utf-8", "text/html; charset=utf-8"


@dataclass(slots=True)
class Request:
    """What a client asked.

    ``certificate`` is the common name in its client certificate, which the bank has issued.
    ``flaw`` is the fault that spoils the answer, if one was ordered.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    certificate: str | None = None
    flaw: object = None

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def bearer(self) -> str | None:
        kind, _, token = (self.headers.get("Authorization") or "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else None

    def has_flaw(self, kind: str) -> bool:
        return getattr(self.flaw, "kind", None) == kind


@dataclass(slots=True)
class Response:
    body: bytes = b""
    status: int = 200
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


class Problem(Exception):
    """An answer that tells what is wrong; each service words it in its own way.

    :param path: the header, parameter or element that it is about
    """

    def __init__(self, status: int, code: str, text: str, *, path="", headers=()):
        super().__init__(text)
        self.status, self.code, self.text, self.path = status, code, text, path
        self.headers = dict(headers)


def json_response(data, status: int = 200, **headers: str) -> Response:
    body = json.dumps(data, ensure_ascii=False).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status, JSON, named)


def redirect(url: str, **parameters: str | None) -> Response:
    """To a URL, with further parameters in its query."""
    parts = urlsplit(url)
    more = [(name, value) for name, value in parameters.items() if value is not None]
    query = "&".join(filter(None, (parts.query, urlencode(more))))
    headers = {"Location": urlunsplit(parts._replace(query=query)), "Cache-Control": "no-store"}
    return Response(b"", 302, HTML, headers)


def page(title: str, text: str, form: str = "", status: int = 200) -> Response:
    """A page for people. ``form`` is HTML already."""
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}'
        "</title><style>body{font:16px sans-serif;max-width:34em;margin:4em auto}"
        "button{font:inherit;padding:.5em 1.5em;margin-right:1em}</style></head>"
        f"<body><h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>{form}</body></html>"
    )
    headers = {
        "Cache-Control": "no-store",
        # Where the form leads after the click must not be restricted here: it is the client's.
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        ),
    }
    return Response(body.encode(), status, HTML, headers)


def consent_form(action: str, ticket: str, ibans) -> str:
    """The question that a person answers with a click."""
    rows = "".join(f"<li>{html.escape(iban)}</li>" for iban in ibans)
    return (
        f'<ul>{rows}</ul><form method="post" action="{html.escape(action)}">'
        f'<input type="hidden" name="ticket" value="{html.escape(ticket)}">'
        '<button name="decision" value="approve">Allow</button>'
        '<button name="decision" value="deny">Refuse</button></form>'
    )
