"""Writes OFX."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from xml.sax.saxutils import escape

from ..types import Account, Balance, Date, Statement, Transaction

_SGML_HEADER = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:{encoding}\r\n"
    "CHARSET:{charset}\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
_XML_HEADER = (
    '<?xml version="1.0" encoding="{encoding}" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)
_RATE = Decimal("0.000000000000001")


def ofx_sgml(statements: Iterable[Statement], *, encoding: str = "cp1252") -> bytes:
    """OFX 1.02: elements with a text are not closed.

    OFX knows no opening balance, and pending transactions come after the booked ones.
    Charges, details and references have no element.

    :param encoding: cp1252 or utf-8
    :raises UnicodeEncodeError: for texts that the encoding cannot write
    """
    names = {"cp1252": ("USASCII", "1252"), "utf-8": ("UTF-8", "NONE")}
    declared, charset = names[encoding]
    header = _SGML_HEADER.format(encoding=declared, charset=charset)
    return (header + _document(statements, "\r\n", closed=False)).encode(encoding)


def ofx_xml(statements: Iterable[Statement], *, encoding: str = "utf-8") -> bytes:
    """OFX 2.11: what :func:`ofx_sgml` writes, with everything closed and on one line."""
    header = _XML_HEADER.format(encoding=encoding)
    return (header + _document(statements, "", closed=True)).encode(encoding)


def _document(statements: Iterable[Statement], newline: str, *, closed: bool) -> str:
    writer = _Writer(newline, closed=closed)
    status = writer.holder("STATUS", writer.text("CODE", "0") + writer.text("SEVERITY", "INFO"))
    signon = status + writer.text("DTSERVER", "20240131120000") + writer.text("LANGUAGE", "ENG")
    answers = "".join(
        writer.holder("STMTTRNRS", writer.text("TRNUID", "0") + status + writer.statement(item))
        for item in statements
    )
    return writer.holder(
        "OFX",
        writer.holder("SIGNONMSGSRSV1", writer.holder("SONRS", signon))
        + writer.holder("BANKMSGSRSV1", answers),
    )


class _Writer:
    """Writes elements, the texts among which are closed or not."""

    def __init__(self, newline: str, *, closed: bool):
        self._newline = newline
        self._closed = closed

    def holder(self, tag: str, content: str) -> str:
        return f"<{tag}>{self._newline}{content}</{tag}>{self._newline}"

    def text(self, tag: str, text: str | None) -> str:
        if not text:
            return ""
        closing = f"</{tag}>" if self._closed else ""
        return f"<{tag}>{escape(text)}{closing}{self._newline}"

    def statement(self, statement: Statement) -> str:
        booked = [item for item in statement.transactions if item.booked]
        pending = [item for item in statement.transactions if not item.booked]
        period = self._date("DTSTART", statement.start_date)
        period += self._date("DTEND", statement.end_date)
        content = self.text("CURDEF", statement.currency)
        content += self._account("BANKACCTFROM", statement.account)
        content += self.holder(
            "BANKTRANLIST", period + "".join(self._transaction("STMTTRN", t) for t in booked)
        )
        content += self._balance(statement.closing)
        if pending:
            items = "".join(self._transaction("STMTTRNP", item) for item in pending)
            content += self.holder("BANKTRANLISTP", items)
        return self.holder("STMTRS", content)

    def _transaction(self, tag: str, item: Transaction) -> str:
        party = item.counterparty
        content = self.text("TRNTYPE", item.code or "OTHER")
        content += self._date("DTPOSTED" if item.booked else "DTTRAN", item.booking_date)
        content += self._date("DTAVAIL", item.value_date)
        content += self.text("TRNAMT", f"{item.amount:f}")
        content += self.text("FITID", item.bank_reference)
        content += self.text("CHECKNUM", item.end_to_end_id)
        content += self.text("NAME", party.name)
        if party.iban:
            content += self._account("BANKACCTTO", Account(iban=party.iban, bic=party.bic))
        content += self.text("MEMO", item.remittance)
        return self.holder(tag, content + self._original(item))

    def _account(self, tag: str, account: Account) -> str:
        content = self.text("BANKID", account.bic) + self.text("ACCTID", account.label)
        return self.holder(tag, content + self.text("ACCTTYPE", "CHECKING"))

    def _balance(self, balance: Balance | None) -> str:
        if balance is None:
            return ""
        amount = self.text("BALAMT", f"{balance.amount:f}")
        return self.holder("LEDGERBAL", amount + self._date("DTASOF", balance.date))

    def _original(self, item: Transaction) -> str:
        if not item.original_amount:
            return ""
        rate = (item.amount / item.original_amount).quantize(_RATE)
        content = self.text("CURRATE", f"{rate:f}") + self.text("CURSYM", item.original_currency)
        return self.holder("ORIGCURRENCY", content)

    def _date(self, tag: str, date: Date | None) -> str:
        return self.text(tag, f"{date:%Y%m%d}120000[-5:EST]" if date else None)
