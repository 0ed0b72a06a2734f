"""French account statements: CFONB "relevé de compte", 120 characters a record.

Each account and period is an old balance (01), movements (04) with any number of
complements (05), and a new balance (07); a file holds any number of these. Lines without
their trailing blanks are read, and so are files without line ends.

- The account's number is bank, branch and account as printed (21 characters). The IBAN of
  France is computed from it, key included, unless the branch is 00000; the IBAN of an
  account in Monaco begins otherwise, although the rest looks the same.
- The last digit of an amount carries the sign: `{` and A to I are credits, `}` and J to R
  are debits; French character sets show the two braces as é and è.
- Currency and decimals may be missing from the balances, as one bank leaves them out;
  those of the movements count then, else EUR with two decimals.
- `code` is the interbank operation code and the bank's own one: `B1+0202`.
- Complements: LIB, LCC, LC2 and qualifiers that are not known are texts of the remittance;
  NPY/CPY and NBE/CBE are name and account of payer and payee, and the one that is not us is
  the counterparty; LCS is the structured reference, RCN the client's reference (end-to-end)
  and what the payment is for, REF the bank's reference, RUM the mandate, IBE or IPY the
  creditor identifier, MMO the original amount, FEE what the bank kept.
- The French reject code of two digits is no ISO code; it stays in the source text.

Refused are files that end before the new balance, records out of order or of another
account, and movements in another currency. Whether the balances fit is told, not refused:
the format has no other sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..registry import Format
from ..types import Account, Balance, Counterparty, Date, Event, Statement, Transaction
from ._records import Record, first_records, fixed_records, iban, tidy
from ._values import is_currency

WIDTH = 120

_DATE = "%d%m%y"
_MAX_RECORDS = 10_000
"""Records of one movement; the standard sets no limit."""

_SIGNED_DIGITS = {
    **{char: ("", str(digit)) for digit, char in enumerate("{ABCDEFGHI")},
    **{char: ("-", str(digit)) for digit, char in enumerate("}JKLMNOPQR")},
    **{char: ("", str(digit)) for digit, char in enumerate("abcdefghi", start=1)},
    **{char: ("-", str(digit)) for digit, char in enumerate("jklmnopqr", start=1)},
    "é": ("", "0"),
    "è": ("-", "0"),
}
_RIB_NUMBER = re.compile("[0-9A-Z]{11}")
_RIB_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")

_HEAD = r"[0-9]{5}.{4}[0-9]{5}(?:[A-Z]{3}| {3})[0-9 ].[0-9A-Z ]{11}"
_HEADER = re.compile(rf"01{_HEAD}.{{2}}(?:[0-9]{{6}}|.{{6}}).{{50}}[0-9]{{13}}\S", re.DOTALL)
_SECOND = re.compile(rf"0[47]{_HEAD}", re.DOTALL)
_CREDITOR = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")

_TEXTS_APART = frozenset(
    {"NPY", "CPY", "NBE", "CBE", "IPY", "IBE", "LCS", "RCN", "REF", "RUM", "MMO", "FEE"}
)
"""Complements that have a field of their own; all others belong to the remittance."""


class Cfonb120(Format):
    """CFONB statements, of one account or several."""

    name = "cfonb120"
    label = "CFONB 120"
    recognised_by = "two records of 120 characters, of types 01 and then 04 or 07"
    extensions = (".cfo", ".cfonb", ".txt", ".dat")

    def sniff(self, name: str, head: bytes) -> bool:
        records = first_records(head, WIDTH, 2)
        return (
            len(records) == 2
            and bool(_HEADER.match(records[0]))
            and records[0][103] in _SIGNED_DIGITS
            and bool(_SECOND.match(records[1]))
        )

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        statement: _OpenStatement | None = None
        last = None
        for last in fixed_records(stream, ("FR",), WIDTH):
            kind = last.text[:2]
            if kind == "05" and statement is not None:
                statement.add(last)
            elif kind == "01" and statement is None:
                statement = _OpenStatement(last)
            elif statement is None or kind not in ("04", "07"):
                expected = "04, 05 or 07" if statement else "01"
                raise last.refusal(_("The record is none that can stand here"), 1, 2, expected)
            else:
                if statement.movement:
                    yield statement.finish()
                if kind == "04":
                    statement.begin(last)
                else:
                    yield statement.close(last)
                    statement = None
        if statement is not None or last is None:
            raise InvalidStatement(
                _("The file was cut off: the new balance is missing"),
                line=last and last.line,
                expected=_("a record 07"),
                found=last and last.text.rstrip(),
            )


class _OpenStatement:
    """An account whose movements pass by.

    :ivar movement: the records of the movement that is not complete yet
    """

    def __init__(self, header: Record):
        self._header = header
        self._key = header.text[21:32]
        self._account = _account(header)
        self._currency = header.get(17, 19)
        self._decimals = header.get(20, 20)
        self.movement: list[Record] = []
        self._count, self._total = 0, Decimal(0)
        self._opening_date = _balance_date(header)
        self._first: Date | None = None
        self._last: Date | None = None

    def begin(self, record: Record) -> None:
        self._learn(record)
        self.movement = [record]

    def add(self, record: Record) -> None:
        """A complement of the movement."""
        if not self.movement:
            raise record.refusal(_("The complement follows no movement"), 1, 2, _("04 or 07"))
        self._check_account(record)
        self.movement.append(record)
        if len(self.movement) > _MAX_RECORDS:
            expected = _("at most %(most)s records", most=_MAX_RECORDS)
            raise record.refusal(_("The movement never ends"), 1, 2, expected)

    def _learn(self, record: Record) -> None:
        """Check that the record is of this account and currency, which may be known only now."""
        self._check_account(record)
        currency = record.get(17, 19)
        if currency and self._currency and currency != self._currency:
            raise record.refusal(_("The record is in another currency"), 17, 19, self._currency)
        self._currency = self._currency or currency
        self._decimals = self._decimals or record.get(20, 20)

    def _check_account(self, record: Record) -> None:
        if record.text[21:32] != self._key:
            raise record.refusal(_("The record is of another account"), 22, 32, self._key)

    def finish(self) -> Transaction:
        """The movement, which is now complete."""
        main, *complements = self.movement
        self.movement = []
        amount = self._amount(main)
        date = main.date(35, 40, _DATE, "date of the movement")
        self._count += 1
        self._total += amount
        if self._first is None or date < self._first:
            self._first = date
        if self._last is None or date > self._last:
            self._last = date
        texts = _by_qualifier(complements)
        currency = self._currency or "EUR"
        original, original_currency = _money(texts, "MMO", main)
        charges, charged_in = _money(texts, "FEE", main)
        if original is not None:
            original = original.copy_sign(amount)
        if (original, original_currency) == (amount, currency):
            original = original_currency = None
        reference = texts.get("RCN", "")
        return Transaction(
            booking_date=date,
            value_date=_value_date(main),
            amount=amount,
            currency=currency,
            original_amount=original,
            original_currency=original_currency,
            charges=charges if charged_in == currency else None,
            counterparty=_counterparty(texts, amount),
            remittance=_remittance(main, texts),
            reference=texts.get("LCS", "").strip() or None,
            end_to_end_id=reference[:35].strip() or None,
            mandate_id=texts.get("RUM", "")[:35].strip() or None,
            creditor_id=_creditor_id(texts),
            bank_reference=_bank_reference(main, texts),
            code="+".join(filter(None, (main.get(33, 34), main.get(8, 11)))) or None,
            raw="".join([main.raw, *(record.raw for record in complements)]).rstrip("\r\n"),
        )

    def close(self, record: Record) -> Statement:
        """The statement, at its new balance."""
        self._learn(record)
        closing_date = _balance_date(record)
        return Statement(
            account=self._account,
            currency=self._currency or "EUR",
            opening=Balance(self._amount(self._header), self._opening_date),
            closing=Balance(self._amount(record), closing_date),
            count=self._count,
            total=self._total,
            start_date=self._opening_date or self._first,
            end_date=closing_date or self._last,
        )

    def _amount(self, record: Record) -> Decimal:
        decimals = record.get(20, 20) or self._decimals or "2"
        if decimals not in "0123456":
            raise record.refusal(_("The number of decimals is wrong"), 20, 20, _("0 to 6"))
        text = record.get(91, 104)
        sign, digit = _SIGNED_DIGITS.get(text[-1:], ("", ""))
        digits = text[:-1] + digit
        if not (digit and digits.isascii() and digits.isdigit()):
            expected = _("digits and a last one that carries the sign")
            raise record.refusal(_("The amount is not readable"), 91, 104, expected)
        amount = Decimal(digits).scaleb(-int(decimals))
        return -amount if sign and amount else amount


def _account(header: Record) -> Account:
    bank, branch, number = header.text[2:7], header.text[11:16], header.text[21:32]
    for code, first in ((bank, 3), (branch, 12)):
        if not (code.isascii() and code.isdigit()):
            message = _("The code of bank or branch is not readable")
            raise header.refusal(message, first, first + 4, _("five digits"))
    if not header.get(22, 32):
        raise header.refusal(_("The account number is missing"), 22, 32, _("an account number"))
    national = bank + branch + number
    if not branch.strip("0") or not _RIB_NUMBER.fullmatch(number):
        return Account(number="".join(national.split()))
    account = int(number.translate(_RIB_DIGITS))
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * account) % 97
    return Account(iban=iban("FR", f"{national}{key:02d}"), number=national)


def _balance_date(record: Record) -> Date | None:
    return record.date(35, 40, _DATE, "date of the balance") if record.get(35, 40) else None


def _value_date(record: Record) -> Date | None:
    if record.get(43, 48).strip("0"):
        return record.date(43, 48, _DATE, "value date")
    return None


def _by_qualifier(complements: list[Record]) -> dict[str, str]:
    """The complements' texts; those of one qualifier go on from record to record."""
    texts: dict[str, str] = {}
    for record in complements:
        qualifier = record.text[45:48]
        # LC2 holds the second half of LCC.
        qualifier = "LCC" if qualifier == "LC2" else qualifier
        before = texts.get(qualifier)
        text = record.text[48:118]
        if before is None:
            texts[qualifier] = text
        else:
            texts[qualifier] = before + text if qualifier == "LCC" else f"{before} {text}"
    return texts


def _remittance(main: Record, texts: dict[str, str]) -> str:
    others = [text for qualifier, text in texts.items() if qualifier not in _TEXTS_APART]
    purpose = texts.get("RCN", "")[35:]
    return tidy(" ".join([main.text[48:79], *others, purpose]))


def _counterparty(texts: dict[str, str], amount: Decimal) -> Counterparty:
    """The payee of what we paid, the payer of what we got; some banks know only one of them."""
    roles = ("BE", "PY") if amount < 0 else ("PY", "BE")
    for role in roles:
        name, account = texts.get(f"N{role}", ""), texts.get(f"C{role}", "")
        if name.strip() or account.strip():
            number = account[:35].split()
            return Counterparty(name=tidy(name) or None, iban="".join(number) or None)
    return Counterparty()


def _creditor_id(texts: dict[str, str]) -> str | None:
    identifiers = (texts.get(qualifier, "")[:35].strip() for qualifier in ("IBE", "IPY"))
    return next(filter(_CREDITOR.fullmatch, identifiers), None)


def _bank_reference(main: Record, texts: dict[str, str]) -> str | None:
    """What the bank calls the entry; filling with zeros is none."""
    candidates = (texts.get("REF", "").strip(), main.get(105, 120), main.get(82, 88))
    return next((text for text in candidates if text.strip("0 ")), None)


def _money(texts: dict[str, str], qualifier: str, main: Record):
    """Amount and currency of a complement: currency, number of decimals, fourteen digits."""
    text = texts.get(qualifier, "").rstrip()
    if not text:
        return None, None
    currency, decimals, digits = text[:3], text[3:4].strip() or "2", text[4:18].strip()
    if not (is_currency(currency) and decimals in "0123456" and digits.isdigit()):
        raise InvalidStatement(
            _("The amount of the complement %(qualifier)s is not readable", qualifier=qualifier),
            line=main.line,
            element=qualifier,
            expected=_("currency, number of decimals, digits"),
            found=text.rstrip(),
        )
    return Decimal(digits).scaleb(-int(decimals)), currency
