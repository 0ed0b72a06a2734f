"""Writes XML of single banks."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from xml.sax.saxutils import escape

from ..types import Balance, Statement, Transaction


def xml_fio_banka(statement: Statement) -> bytes:
    """A statement as Fio banka writes it. Value dates have no place there."""
    account = statement.account
    rows = "".join(map(_fio_row, statement.transactions))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<AccountStatement>\n<Info>'
        f"{_tag('accountId', account.number)}{_tag('bankId', '2010')}"
        f"{_tag('currency', statement.currency)}"
        f"{_tag('iban', account.iban)}{_tag('bic', account.bic)}"
        f"{_tag('openingBalance', _plain(statement.opening))}"
        f"{_tag('closingBalance', _plain(statement.closing))}"
        f"{_tag('dateStart', _zoned(statement.start_date))}"
        f"{_tag('dateEnd', _zoned(statement.end_date))}{_tag('idList', statement.number)}"
        f"</Info>\n<TransactionList>\n{rows}</TransactionList>\n</AccountStatement>\n"
    ).encode()


def xml_csob_finsta(statements: Iterable[Statement]) -> bytes:
    """Statements as ČSOB writes them, in Windows-1250.

    Codes, charges and end-to-end ids have no place there.
    """
    parts = ['<?xml version="1.0" encoding="windows-1250"?>\n<FINSTA>\n']
    for statement in statements:
        parts.append("<FINSTA03>\n")
        parts.append(_tag("S28_CISLO_VYPISU", statement.number))
        parts.append(_tag("S25_CISLO_UCTU", statement.account.label))
        parts.append(_finsta_balance("S60", statement.opening, statement.currency))
        parts.append(_finsta_balance("S62", statement.closing, None))
        parts.extend(map(_finsta_row, statement.transactions))
        parts.append("</FINSTA03>\n")
    parts.append("</FINSTA>\n")
    return "".join(parts).encode("cp1250", "xmlcharrefreplace")


def _fio_row(transaction: Transaction) -> str:
    party = transaction.counterparty
    columns = {
        22: transaction.bank_reference,
        0: _zoned(transaction.booking_date),
        1: f"{transaction.amount:f}",
        14: transaction.currency,
        2: party.iban,
        10: party.name,
        5: transaction.reference,
        16: transaction.remittance,
        8: transaction.code,
        26: party.bic,
        27: transaction.end_to_end_id,
    }
    cells = "".join(
        f'<column_{number} id="{number}">{escape(text)}</column_{number}>\n'
        for number, text in columns.items()
        if text
    )
    return f"<Transaction>\n{cells}</Transaction>\n"


def _finsta_balance(prefix: str, balance: Balance | None, currency: str | None) -> str:
    if balance is None:
        return ""
    return (
        _tag(f"{prefix}_CD_INDIK", "D" if balance.amount < 0 else "C")
        + _tag(f"{prefix}_DATUM", f"{balance.date:%d.%m.%Y}" if balance.date else None)
        + _tag(f"{prefix}_MENA", currency)
        + _tag(f"{prefix}_CASTKA", _comma(abs(balance.amount)))
    )


def _finsta_row(transaction: Transaction) -> str:
    party = transaction.counterparty
    value_date = transaction.value_date
    original = transaction.original_amount
    return (
        "<FINSTA05>\n"
        + _tag("REF_TRANS_SYS", transaction.bank_reference)
        + _tag("S61_DATUM", f"{value_date:%d.%m.%Y}" if value_date else None)
        + _tag("DPROCD", f"{transaction.booking_date:%d.%m.%Y}")
        + _tag("S61_CD_INDIK", "D" if transaction.amount < 0 else "C")
        + _tag("S61_CASTKA", f"+{_comma(abs(transaction.amount))}")
        + _tag("S86_VARSYMOUR", transaction.reference)
        + _tag("PART_ACCNO", party.iban)
        + _tag("PART_ACC_ID", party.name)
        + _tag("PART_ID1_1", transaction.remittance)
        + _tag("ORIG_AMOUNT", None if original is None else _comma(abs(original)))
        + _tag("ORIG_CURR", transaction.original_currency)
        + "</FINSTA05>\n"
    )


def _plain(balance: Balance | None) -> str | None:
    return balance and f"{balance.amount:f}"


def _comma(amount: Decimal) -> str:
    return f"{amount:f}".replace(".", ",")


def _zoned(date) -> str | None:
    return f"{date}+01:00" if date else None


def _tag(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>\n" if text else ""
