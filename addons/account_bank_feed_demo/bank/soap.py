"""The web service: a camt.060 in a SOAP 1.1 body is answered by a camt.052 or camt.053.

Polish and Central European banks give their corporate customers services of this shape: mutual
TLS, one operation each for balance, report and statement, an ISO 20022 document on either side.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from .statements import Statements
from .web import XML, Problem, Request, Response

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "urn:demo-bank:accounts:1"
_WSDL = Path(__file__).with_name("accounts.wsdl")
_PERIOD = "RptgPrd/FrToDt"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a camt.060 asks for."""

    message: str
    iban: str
    first: datetime.date | None
    last: datetime.date | None


class Soap:
    """The service under ``/ws``.

    :ivar blocked: names of customers whose certificates count no more
    """

    prefixes = ("/ws/",)

    def __init__(self, url: str, statements: Statements):
        self.blocked: set[str] = set()
        self._url, self._statements = url, statements
        self._operations = {
            "GetAccountBalance": ("camt.052", self._balance),
            "GetAccountReport": ("camt.052", self._report),
            "GetStatement": ("camt.053", self._statement),
        }

    def rules(self):
        return (
            ("GET", "/ws/accounts", self._describe),
            ("POST", "/ws/accounts", self._call),
        )

    def problem(self, problem: Problem, request: Request) -> Response:
        """A SOAP fault. What the client did wrong has status 500 too: SOAP 1.1 wants it so."""
        status = 500 if problem.status in (400, 404) else problem.status
        envelope, body = _envelope()
        fault = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
        side = "Server" if problem.status >= 500 else "Client"
        etree.SubElement(fault, "faultcode").text = f"soap:{side}"
        etree.SubElement(fault, "faultstring").text = problem.text
        error = etree.SubElement(
            etree.SubElement(fault, "detail"), f"{{{NAMESPACE}}}Error", nsmap={None: NAMESPACE}
        )
        etree.SubElement(error, f"{{{NAMESPACE}}}Code").text = problem.code
        etree.SubElement(error, f"{{{NAMESPACE}}}Text").text = problem.text
        return _response(envelope, status, problem.headers)

    def _describe(self, request: Request) -> Response:
        text = _WSDL.read_text("utf-8").replace("{url}", self._url)
        return Response(text.encode(), 200, XML)

    def _call(self, request: Request) -> Response:
        if request.certificate is None:
            raise Problem(403, "CERTIFICATE_MISSING", "A client certificate is needed")
        if request.certificate in self.blocked:
            raise Problem(403, "CERTIFICATE_REVOKED", "The certificate was revoked")
        operation = _operation(request.body)
        name = etree.QName(operation).localname
        if name not in self._operations or etree.QName(operation).namespace != NAMESPACE:
            raise Problem(400, "UNKNOWN_OPERATION", f"There is no operation {name}")
        message, answer = self._operations[name]
        asked = _asked(operation)
        if not asked.message.startswith(message):
            raise Problem(400, "WRONG_MESSAGE", f"{name} gives {message}, not {asked.message}")
        if asked.iban not in self._statements.ledger.accounts:
            raise Problem(400, "UNKNOWN_ACCOUNT", f"There is no account {asked.iban}")
        return self._wrapped(f"{name}Response", answer(request, asked))

    def _balance(self, request: Request, asked: Asked) -> bytes:
        return self._statements.balance_report(asked.iban)

    def _report(self, request: Request, asked: Asked) -> bytes:
        first, last = self._period(asked, self._statements.clock.today)
        return self._statements.camt052(request, asked.iban, first, last)

    def _statement(self, request: Request, asked: Asked) -> bytes:
        first, last = self._period(asked, self._statements.yesterday)
        return self._statements.daily_camt053(request, asked.iban, first, last)

    def _period(self, asked: Asked, latest: datetime.date):
        """The period, without the days that are not over."""
        first, last = asked.first or latest, asked.last or latest
        self._statements.check(first, last)
        if first > latest:
            raise Problem(404, "NO_DATA", "There is no statement of this period yet")
        return first, min(last, latest)

    @staticmethod
    def _wrapped(name: str, document: bytes) -> Response:
        envelope, body = _envelope()
        answer = etree.SubElement(body, f"{{{NAMESPACE}}}{name}", nsmap={None: NAMESPACE})
        answer.append(etree.fromstring(document))
        return _response(envelope, 200)


def _operation(data: bytes):
    """The element in the SOAP body."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        envelope = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Problem(400, "MALFORMED", f"This is no XML: {error.msg}") from None
    found = envelope.xpath("/s:Envelope/s:Body/*", namespaces={"s": ENVELOPE})
    if len(found) != 1:
        raise Problem(400, "MALFORMED", "A SOAP 1.1 envelope with one operation is expected")
    return found[0]


def _asked(operation) -> Asked:
    request = _find(operation, "Document/AcctRptgReq/RptgReq")
    if request is None:
        raise Problem(400, "WRONG_MESSAGE", "A camt.060 with a reporting request is expected")
    iban = _text(request, "Acct/Id/IBAN") or _text(request, "Acct/Id/Othr/Id")
    return Asked(
        _text(request, "ReqdMsgNmId"),
        iban.replace(" ", ""),
        _day(request, f"{_PERIOD}/FrDt"),
        _day(request, f"{_PERIOD}/ToDt"),
    )


def _find(element, path: str):
    """The first element at a path of local names: every version has its own namespace."""
    steps = "/".join(f"*[local-name()='{name}']" for name in path.split("/"))
    return next(iter(element.xpath(steps)), None)


def _text(element, path: str) -> str:
    found = _find(element, path)
    return "" if found is None else (found.text or "").strip()


def _day(element, path: str) -> datetime.date | None:
    text = _text(element, path)
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(400, "MALFORMED", f"{path} is no date") from None


def _envelope():
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    return envelope, etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")


def _response(envelope, status: int, headers=()) -> Response:
    body = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return Response(body, status, "text/xml; charset=utf-8", dict(headers))
