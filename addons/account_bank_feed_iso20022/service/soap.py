"""SOAP 1.1 over HTTPS: sending a request, and what to do about the faults that come back."""

from __future__ import annotations

import datetime
import re

import requests
import zeep
from lxml import etree

from odoo.addons.account_bank_feed_connection.protocol import (
    ConnectorError,
    NotAuthorised,
    PeriodTooLong,
    Permanent,
    RateLimited,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.protocol.http import BankSession, retry_after
from odoo.addons.account_bank_feed_connection.protocol.xml import parse_xml

from .answers import find, text

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"

ANSWERS = ("BkToCstmrAcctRpt", "BkToCstmrStmt")
"""What a Document may hold that is an answer: all others are refusals."""

CODES = {
    # External status reason codes of ISO 20022, https://www.iso20022.org/catalogue-messages/
    # additional-content-messages/external-code-sets
    "AC01": Permanent,  # account number wrong
    "AC04": Permanent,  # account closed
    "AC06": Permanent,  # account blocked
    "AG01": NotAuthorised,  # forbidden on this account
    "DS02": NotAuthorised,
    "DS0H": NotAuthorised,  # signer not allowed
    "DT01": PeriodTooLong,
    "TM01": RetryLater,  # outside of opening hours
    "AB05": RetryLater,  # time-outs, the bank's own
    "AB06": RetryLater,
    "AB08": RetryLater,
    "AB09": RetryLater,
    # A fault of SOAP 1.1, https://www.w3.org/TR/2000/NOTE-SOAP-20000508/, 4.4.1
    "Client.Authentication": NotAuthorised,
    # Faults of WS-Security, https://docs.oasis-open.org/wss-m/wss/v1.1.1/os/
    # wss-SOAPMessageSecurity-v1.1.1-os.html, section 12
    "FailedAuthentication": NotAuthorised,
    "FailedCheck": NotAuthorised,
    "InvalidSecurity": NotAuthorised,
    "InvalidSecurityToken": NotAuthorised,
    "SecurityTokenUnavailable": NotAuthorised,
    "UnsupportedAlgorithm": NotAuthorised,
    "UnsupportedSecurityToken": NotAuthorised,
    "MessageExpired": RetryLater,
    # What banks' own lists of faults call it
    "PERIOD_INVALID": PeriodTooLong,
    "ACCESS_EXCEEDED": RateLimited,
    "SERVICE_UNAVAILABLE": RetryLater,
}
NOTHING = frozenset({"NO_DATA"})
"""There is nothing to report of these days: no error."""

_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")
_LONGEST = 300


class NoData(Exception):
    """The bank has nothing about the period."""


class TooLong(Permanent):
    """The bank does not give the period; it does not say whether that is too long, or too old."""


class SoapSession(BankSession):
    """Speaks SOAP with one bank, by its WSDL or without one.

    :param wsdl: the address of the WSDL, or None
    :param namespace: that of the operations where there is no WSDL
    """

    def __init__(self, base, *, wsdl=None, namespace=None, **options):
        super().__init__(base, **options)
        self._namespace = namespace or ""
        self._service = wsdl and self._described(wsdl)

    def url(self, path):
        """An empty path is the service itself: without the slash that paths begin behind."""
        return super().url(path) if path else self.base.rstrip("/")

    def call(self, operation, document):
        """The Document that answers a Document.

        :raises NoData: when there is none to give
        :raises ConnectorError: when the bank refuses
        """
        if self._service:
            response = self._call_described(operation, document)
        else:
            response = self._call_plain(operation, document)
        root = parse_xml(response.content)
        found = next(root.iter("{*}Document"), None)
        if found is None or not len(found):
            raise Permanent("The bank's answer holds no ISO 20022 document", response.content)
        if etree.QName(found[0]).localname not in ANSWERS:
            raise self._refusal(*_status(found), response)
        if (envelope := found.getparent()) is not None:
            envelope.remove(found)  # takes along the namespaces that it needs
        return found

    # By WSDL

    def _described(self, wsdl):
        try:
            client = zeep.Client(
                wsdl,
                transport=_Transport(self),
                settings=zeep.Settings(raw_response=True, forbid_dtd=True),
            )
            bindings = client.wsdl.bindings.items()
            name = next(n for n, b in bindings if isinstance(b, zeep.wsdl.bindings.Soap11Binding))
            return client.create_service(name, self.url(""))
        except ConnectorError:
            raise
        except (zeep.exceptions.XMLSyntaxError, etree.XMLSyntaxError):
            raise RetryLater("The bank's WSDL is no valid XML") from None
        except (zeep.exceptions.Error, StopIteration, LookupError, ValueError) as error:
            raise Permanent(f"The bank's WSDL cannot be used: {type(error).__name__}") from None

    def _call_described(self, operation, document):
        try:
            return self._service[operation](_value_1=document)
        except (AttributeError, TypeError, zeep.exceptions.Error) as error:
            why = type(error).__name__
            raise Permanent(f"The bank's WSDL has no such operation {operation}: {why}") from None

    # Without

    def _call_plain(self, operation, document):
        envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
        body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
        wrapper = f"{{{self._namespace}}}{operation}" if self._namespace else operation
        etree.SubElement(body, wrapper).append(document)
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{self._namespace}/{operation}"',
        }
        data = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        return self.post("", data=data, headers=headers)

    # Faults

    def check(self, response):
        """A fault says more than the status, which SOAP wants to be 500 for all of them."""
        fault = _fault(response)
        if fault is None:
            super().check(response)
            return
        code, said, by_server = fault
        if code not in CODES and code not in NOTHING:
            if response.status_code in (401, 403, 408, 425, 429, 503):
                super().check(response)
            if by_server:
                raise RetryLater(self._words(code, said), retry_after(response), response.content)
        raise self._refusal(code, said, response)

    def _refusal(self, code, said, response):
        if code in NOTHING:
            return NoData()
        kind, words = CODES.get(code, Permanent), self._words(code, said)
        if kind is PeriodTooLong:
            return self._too_long(words, said, response.content)
        if issubclass(kind, RetryLater):
            return kind(words, retry_after(response), response.content)
        return kind(words, response.content)

    @staticmethod
    def _too_long(words, said, payload):
        """Where the bank names the earliest day it is that; else it is to be found out."""
        day = _DAY.search(said)
        if not day:
            return TooLong(words, payload)
        return PeriodTooLong(words, datetime.date.fromisoformat(day[1]), payload)

    def _words(self, code, said):
        return f"{self._host}: {' '.join(filter(None, (code, said)))}"[:_LONGEST]


class _Transport(zeep.Transport):
    """Has zeep speak through our session: one TLS, one set of errors, no other host, no file."""

    def __init__(self, session):
        super().__init__(session=requests.Session())
        self._bank = session

    def load(self, url):
        return self._bank.get(url).content

    def post(self, address, message, headers):
        return self._bank.post("", data=message, headers=headers)


def _fault(response):
    """Code and text of a SOAP fault, and whether it is the server's; None where there is none."""
    if b"Fault" not in response.content:
        return None
    try:
        root = parse_xml(response.content)
    except RetryLater:
        return None
    fault = next(root.iter(f"{{{ENVELOPE}}}Fault"), None)
    if fault is None:
        return None
    detail = fault.find("detail")
    inner = {} if detail is None else _leaves(detail)
    named = (fault.findtext("faultcode") or "").strip()
    side = named.rpartition(":")[2]
    said = inner.get("text") or inner.get("message") or (fault.findtext("faultstring") or "")
    codes = (inner.get("code"), side)
    known = next((code for code in codes if code in CODES or code in NOTHING), None)
    return known or inner.get("code") or named, said.strip(), side.startswith("Server")


def _leaves(element):
    """The texts within an element by their local names in small letters; the first of each."""
    found = {}
    for each in element.iter("{*}*"):
        if not len(each) and (said := (each.text or "").strip()):
            found.setdefault(etree.QName(each).localname.lower(), said)
    return found


def _status(document):
    """Code and text of a report that says no: pain.002, admi.002, or a bank's own."""
    rejected = find(document, "CstmrPmtStsRpt/OrgnlGrpInfAndSts")
    if rejected is not None:
        code = text(rejected, "StsRsnInf/Rsn/Cd") or text(rejected, "StsRsnInf/Rsn/Prtry")
        return code or text(rejected, "GrpSts"), text(rejected, "StsRsnInf/AddtlInf")
    leaves = _leaves(document)
    code = next((leaves[n] for n in ("rjctgptyrsn", "code", "errorcode", "cd") if n in leaves), "")
    said = next((leaves[n] for n in ("rsndesc", "text", "message", "addtldata") if n in leaves), "")
    return code, said
