"""OFX, the statements of online banking and of Quicken: SGML (1.x) and XML (2.x), also QFX.

What is read:

- Bank accounts (STMTRS), credit cards (CCSTMTRS) and the cash of investment accounts
  (INVSTMTRS), any number of them in one file, and several files behind each other.
- Headers in all shapes: one field per line, all on one line, no blank line behind, none.
  Tags in capitals or not, closed or not, with a prefix or not; CDATA and comments.
- Encodings: what the bytes prove comes before what the header says. UTF-8 is read as
  UTF-8 even under a header that says 1252, because banks copy headers from each other.
- Amounts with point or comma. The sign is the amount's own, whatever TRNTYPE says.
- Dates as they are written; time and time zone do not move them to another day.

How it is read:

- LEDGERBAL is the closing balance, or none when it is missing or left empty. OFX has
  no opening balance, so that a file alone never proves to be complete.
- FITID is the bank's reference only. Banks repeat it, so it identifies nothing.
- NAME (with EXTDNAME, or the name in PAYEE) is the counterparty, MEMO the remittance.
  BANKACCTTO or CCACCTTO is the counterparty's account. The number of a check is the
  end-to-end reference, because its drawer gave it. TRNTYPE is the code.
- Pending transactions (STMTTRNP, or the type HOLD) are not booked.
- ORIGCURRENCY: the bank has converted the amount. The original amount is worked out from
  the rate when that leads back to the very amount.
- CURRENCY: the amount is in another currency, which the bank has not converted. Such
  transactions are a statement of their own, in that currency and without balance.
- The bank code stands before the account number (10020030/1234567) where it is a German
  one, since both together are what an IBAN consists of. French bank, branch, number and
  key are given as the IBAN.
- Investment accounts: what moves cash is a transaction (purchases, sales, income, fees,
  bank transactions within), with the total after fees. What moves none (reinvested
  income, transfers and splits of securities, plans that are funded from elsewhere) is no
  transaction. The closing balance is the available cash.
- Transfers that a bank confirms (INTRARS) are notifications for the paying account.

What is refused:

- A file that does not end with all its aggregates closed was cut off.
- An error message of the bank instead of a statement is refused in the bank's own words.
- Files without a statement: a list of accounts, a bank's profile, a mere sign-on.
- Transactions without date or amount, or with one of them twice; a balance whose amount
  is empty although it has a date; 1,234 as an amount, which could mean two numbers.
- Corrections of transactions that were sent before, since they are no new ones.
- Versions other than 1 and 2, document types and entities, NUL characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import InvalidStatement
from ..messages import _
from ..registry import Format
from ..types import Balance, Date, Event
from ._ofx_charset import open_document
from ._ofx_entry import BANK_PATHS, INVESTMENT_PATHS, bank_transaction, transfer
from ._ofx_investment import cash_transaction, entry_prefix
from ._ofx_statement import BLANK, Building
from ._ofx_tags import Piece, Scanner, plain, tag_name
from ._ofx_values import balance_date, ofx_amount, optional_date

MAX_DEPTH = 60
MAX_TEXTS = 500
"""Texts within one aggregate that is not taken out in one piece."""

_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?OFX[\s>]", re.IGNORECASE)
_OTHER_TAG = re.compile(rb"<[A-Za-z]")
_HEADER = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<\?)?OFX(?:HEADER|\s)", re.IGNORECASE)
_VERSION = re.compile(r"\bVERSION\s*[:=]\s*[\"']?([0-9]{1,6})", re.IGNORECASE)

_STATEMENTS = frozenset(("STMTRS", "CCSTMTRS", "INVSTMTRS"))
_ENTRIES = frozenset(("STMTTRN", "STMTTRNP"))
_TRANSFER = "INTRARS"
_BANK_ENTRY = "INVBANKTRAN"
_INVESTMENT_LIST = "INVTRANLIST"
# What must be closed, or else something may be missing.
_AGGREGATES = _STATEMENTS | frozenset(
    (
        "AVAILBAL",
        "BANKACCTFROM",
        "CCACCTFROM",
        "CCSTMTTRNRS",
        "INVACCTFROM",
        "INVBAL",
        "INVSTMTTRNRS",
        "INVTRANLIST",
        "LEDGERBAL",
        "OFX",
        "SONRS",
        "STATUS",
        "STMTTRNRS",
    )
)
# Elements that are often left empty; without a text they would look like aggregates.
_TEXTS = frozenset(
    (
        "ACCTID",
        "ACCTKEY",
        "ACCTTYPE",
        "AVAILCASH",
        "BALAMT",
        "BANKID",
        "BRANCHID",
        "BROKERID",
        "CODE",
        "CURDEF",
        "DTASOF",
        "DTEND",
        "DTSERVER",
        "DTSTART",
        "LANGUAGE",
        "MESSAGE",
        "SEVERITY",
        "TRNUID",
    )
)
_OTHER_ANSWERS = {
    "ACCTINFORS": "a list of accounts",
    "PROFRS": "a description of the bank's services",
    "STMTENDRS": "balances at the end of periods, without transactions",
    "CCSTMTENDRS": "balances at the end of periods, without transactions",
}


class Ofx(Format):
    """OFX and QFX files."""

    name = "ofx"
    label = "OFX"
    recognised_by = "the header OFXHEADER or the element OFX"
    extensions = (".ofx", ".qfx")

    def sniff(self, name: str, head: bytes) -> bool:
        # UTF-16 looks like ASCII when its zeros are left out.
        head = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff")
        root = _ROOT.search(head)
        if root is None:
            return bool(_HEADER.match(head)) and not _OTHER_TAG.search(head)
        return not _OTHER_TAG.search(head, 0, root.start())

    def parse(self, stream: BinaryIO) -> Iterator[Event]:
        text = open_document(stream)
        try:
            yield from _Document(Scanner(text)).events()
        except UnicodeError as error:
            raise InvalidStatement(
                _("The file's characters are not in its own encoding"), expected=text.encoding
            ) from error
        finally:
            text.detach()


class _Aggregate:
    """An open tag and the texts within it."""

    __slots__ = ("line", "name", "texts")

    def __init__(self, name: str, line: int):
        self.name = name
        self.line = line
        self.texts: dict[str, str] = {}


class _Document:
    """One file, from its header to its last tag."""

    def __init__(self, scanner: Scanner):
        self._scanner = scanner
        self._open: list[_Aggregate] = []
        self._statement: Building | None = None
        self._last_text = ""
        self._found = False
        self._problem = ""

    def events(self) -> Iterator[Event]:
        scanner = self._scanner
        while (found := scanner.tag()) is not None:
            before, tag = found
            name, closes, empty = self._named(tag)
            if not self._open:
                self._check_root(before, name, closes)
            elif loose := plain(before):
                raise self._broken(_("A text does not belong to any element"), found=loose)
            if closes:
                yield from self._close(name)
            elif name in _ENTRIES or name == _TRANSFER or self._is_investment_entry(name):
                yield from self._pieces(name)
            elif empty:
                self._text(name, "")
                self._last_text = ""
            elif (text := scanner.text()) or name in _TEXTS:
                self._text(name, text)
            else:
                self._enter(name)
        self._check_end()

    def _named(self, tag: str) -> tuple[str, bool, bool]:
        try:
            return tag_name(tag)
        except ValueError:
            raise self._broken(_("The tag is not readable"), found=f"<{tag}>") from None

    def _check_root(self, header: str, name: str, closes: bool) -> None:
        if name != "OFX" or closes:
            raise self._broken(
                _("This is not an OFX document"), expected="<OFX>", found=f"<{name}>"
            )
        # The version of XML itself stands before OFX's own.
        version = _VERSION.search(header[max(header.upper().find("OFXHEADER"), 0) :])
        if version and version[1][0] not in "12":
            raise self._broken(
                _("The version of OFX is unknown"), expected=_("1.x or 2.x"), found=version[1]
            )

    def _check_end(self) -> None:
        if self._open:
            raise InvalidStatement(
                _("The file ends too early, so it was cut off"),
                line=self._scanner.line,
                element="/".join(item.name for item in self._open),
                expected=f"</{self._open[-1].name}>",
            )
        if rest := self._scanner.rest().strip("\x1a"):
            raise self._broken(
                _("There is something after the end"), expected=_("nothing"), found=rest
            )
        if not self._found:
            reason = self._problem or _("there is nothing but a sign-on in it")
            raise InvalidStatement(
                _("The file holds no statement: %(reason)s", reason=reason),
                expected=_("STMTRS, CCSTMTRS or INVSTMTRS"),
            )

    def _enter(self, name: str) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise self._broken(
                _("The tags are nested too deeply"), expected=_("%(most)s levels", most=MAX_DEPTH)
            )
        self._last_text = ""
        self._open.append(_Aggregate(name, self._scanner.line))
        if name in _STATEMENTS:
            if self._statement is not None:
                raise self._broken(_("A statement begins within another one"), found=f"<{name}>")
            self._statement = Building()
            self._found = True
        elif name in _OTHER_ANSWERS:
            self._problem = self._problem or _OTHER_ANSWERS[name]

    def _text(self, name: str, text: str) -> None:
        self._last_text = name
        texts = self._open[-1].texts if self._open else {}
        texts.setdefault(name, text)
        if len(texts) > MAX_TEXTS:
            raise self._broken(
                _("An aggregate holds too much"), expected=_("%(most)s texts", most=MAX_TEXTS)
            )
        if self._statement is None:
            return
        if name == "CURDEF":
            self._statement.set_currency(text.upper(), self._broken)
        elif name in ("DTSTART", "DTEND"):
            date = self._date(name, text)
            self._statement.set_period(name, date)

    def _close(self, name: str) -> Iterator[Event]:
        closes_text, self._last_text = self._last_text, ""
        if closes_text == name:
            if not self._open[-1].texts[name]:
                self._open[-1].texts[name] = BLANK
            return
        if all(item.name != name for item in self._open):
            if closes_text:
                # A text ends here, even if the tag closes it by a wrong name.
                return
            raise self._broken(_("A tag is closed that was not opened"), found=f"</{name}>")
        while True:
            item = self._open.pop()
            if item.name == name:
                break
            if item.name in _AGGREGATES:
                raise InvalidStatement(
                    _("The element is not closed, so the file is damaged"),
                    line=item.line,
                    element=item.name,
                    expected=_("</%(name)s> before </%(inner)s>", name=item.name, inner=name),
                )
            # An element without a text, which SGML need not close: what follows is not within.
            for tag, text in item.texts.items():
                self._open[-1].texts.setdefault(tag, text)
        yield from self._closed(item)

    def _closed(self, item: _Aggregate) -> Iterator[Event]:
        statement = self._statement
        if item.name == "STATUS":
            self._check_status(item)
        elif statement is None:
            return
        elif item.name in ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"):
            statement.set_account(item.texts)
        elif item.name == "LEDGERBAL":
            statement.closing = self._balance(item, "BALAMT", item.texts.get("DTASOF"))
        elif item.name == "INVBAL":
            date = next((i.texts.get("DTASOF") for i in self._open if i.name == "INVSTMTRS"), None)
            statement.closing = self._balance(item, "AVAILCASH", date)
        elif item.name in _STATEMENTS:
            self._statement = None
            yield from statement.finish(item.line)

    def _check_status(self, status: _Aggregate) -> None:
        """Refuse the file when the bank reports an error in place of what was asked for."""
        code = status.texts.get("CODE", "")
        severity = status.texts.get("SEVERITY", "").upper()
        if severity in ("INFO", "WARN") or not code.strip("0"):
            return
        message = status.texts.get("MESSAGE") or _("no message")
        owner = self._open[-1].name if self._open else ""
        if owner != "SONRS" and "STMT" not in owner:
            self._problem = _(
                "the bank reports the error %(code)s (%(message)s)", code=code, message=message
            )
            return
        raise InvalidStatement(
            _("The bank reports an error instead of a statement: %(message)s", message=message),
            line=status.line,
            element=f"{owner}/STATUS",
            expected=_("code 0"),
            found=code,
        )

    def _balance(self, item: _Aggregate, tag: str, date: str | None) -> Balance | None:
        text = item.texts.get(tag, "")
        dated = item.texts.get("DTASOF", "").strip(f"{BLANK}0")
        if not text or (text == BLANK and not dated):
            return None
        amount = ofx_amount(text)
        if amount is None:
            raise InvalidStatement(
                _("The balance is empty or not readable"),
                line=item.line,
                element=f"{item.name}/{tag}",
                expected=_("a number"),
                found=text,
            )
        return Balance(amount, self._date("DTASOF", date))

    def _date(self, tag: str, text: str | None) -> Date | None:
        read = balance_date if tag == "DTASOF" else optional_date
        try:
            return read(text and text.strip(BLANK))
        except ValueError as error:
            raise self._broken(
                _("The date in %(tag)s is not readable (%(error)s)", tag=tag, error=error),
                expected="YYYYMMDD",
                found=text,
            ) from None

    def _is_investment_entry(self, name: str) -> bool:
        within = self._open and self._open[-1].name == _INVESTMENT_LIST
        return bool(within) and name not in _TEXTS

    def _pieces(self, name: str) -> Iterator[Event]:
        """All transactions of one name that follow each other."""
        scanner, statement = self._scanner, self._statement
        piece: Piece | None = scanner.piece(name)
        if name == _TRANSFER:
            self._found = True
            yield from transfer(piece)
            return
        if statement is None:
            raise self._broken(_("A transaction is outside of any statement"), found=piece.raw)
        while piece is not None:
            if name in _ENTRIES:
                transaction = bank_transaction(piece, BANK_PATHS, statement)
            elif name == _BANK_ENTRY:
                transaction = bank_transaction(piece, INVESTMENT_PATHS, statement)
            else:
                currency = statement.currency_of(piece, f"{entry_prefix(piece)}CURRENCY/CURSYM")
                transaction = cash_transaction(piece, currency)
            if transaction is not None and statement.counts(transaction):
                yield transaction
            piece = scanner.another(name)

    def _broken(self, message: str, *, expected: str | None = None, found: str | None = None):
        return InvalidStatement(message, line=self._scanner.line, expected=expected, found=found)
