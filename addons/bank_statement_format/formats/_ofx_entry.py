"""The entries of an OFX file: bank transactions, and transfers that the bank confirms."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..errors import InvalidStatement
from ..messages import _
from ..types import Counterparty, Date, Event, Statement, Transaction
from ._ofx_statement import Building, Sums, account_of, bic_of
from ._ofx_tags import Piece, one_line
from ._ofx_values import ofx_amount, ofx_date, optional_date
from ._values import compact, is_currency

_PATHS = (
    "TRNTYPE",
    "DTPOSTED",
    "TRNAMT",
    "FITID",
    "NAME",
    "MEMO",
    "DTAVAIL",
    "VALUEDATE",
    "CHECKNUM",
    "REFNUM",
    "CORRECTFITID",
    "EXTDNAME",
    "PAYEE/NAME",
    "PAYEE",
    "CURRENCY/CURSYM",
    "ORIGCURRENCY/CURSYM",
    "BANKACCTTO/ACCTID",
    "BANKACCTTO/BANKID",
    "CCACCTTO/ACCTID",
)
BANK_PATHS = _PATHS
INVESTMENT_PATHS = tuple(f"STMTTRN/{path}" for path in _PATHS)


def bank_transaction(piece: Piece, paths: tuple[str, ...], statement: Building) -> Transaction:
    """A bank transaction.

    :param paths: where its texts are, in the order of ``_PATHS``
    """
    (
        kind,
        posted,
        amount_text,
        fitid,
        name,
        memo,
        available,
        value_date,
        check,
        number,
        corrected,
        extended,
        payee_name,
        payee,
        currency,
        original_currency,
        other_account,
        other_bank,
        other_card,
    ) = piece.pick(paths)
    if piece.repeated:
        _refuse_repeated(piece, paths)
        memo = piece.all(paths[5])
    if corrected and corrected.strip() != fitid.strip():
        # Some banks name the transaction itself.
        raise piece.refusal(
            _(
                "The bank corrects a transaction that it has sent before: this has to be done "
                "by hand"
            ),
            paths[10],
            expected=_("new transactions only"),
        )
    amount = ofx_amount(amount_text)
    if amount is None:
        raise piece.refusal(
            _("The amount is missing or not readable"), paths[2], expected=_("a number")
        )
    kind, fitid = kind.strip().upper(), fitid.strip()
    if currency:
        currency = statement.other_currency(piece, paths[14], currency.strip())
    else:
        currency = statement.currency
    original = None
    if original_currency:
        original, original_currency = _original(piece, paths[15], amount, currency)
    name = one_line(name or payee_name or payee)
    if extended:
        name = extended if extended.startswith(name) else f"{name} {extended}"
    return Transaction(
        booking_date=_posted(piece, posted, paths[1]),
        amount=amount,
        currency=currency,
        value_date=_value_date(piece, available or value_date),
        original_amount=original,
        original_currency=original_currency or None,
        counterparty=Counterparty(
            name or None,
            compact(other_account or other_card),
            bic_of(other_bank) if other_bank else None,
        ),
        remittance=one_line(memo),
        end_to_end_id=check.strip() if kind == "CHECK" and check.strip(" 0") else None,
        bank_reference=fitid or number.strip() or None,
        code=kind or None,
        booked=piece.name != "STMTTRNP" and kind != "HOLD",
        raw=piece.raw,
    )


def _refuse_repeated(piece: Piece, paths: tuple[str, ...]) -> None:
    for path in paths[:4]:
        if path in piece.repeated:
            raise piece.refusal(_("The transaction holds this twice"), path, expected=_("it once"))


def _posted(piece: Piece, text: str, path: str) -> Date:
    if not text and piece.name == "STMTTRNP":
        path = "DTTRAN"
        text = piece.fields.get(path, "")
    if not text:
        raise piece.refusal(_("The transaction has no date"), path, expected="YYYYMMDD")
    try:
        return ofx_date(text.strip())
    except ValueError as error:
        raise _unreadable_date(piece, path, error) from None


def _value_date(piece: Piece, text: str) -> Date | None:
    try:
        return optional_date(text.strip())
    except ValueError as error:
        raise _unreadable_date(piece, "DTAVAIL", error) from None


def _unreadable_date(piece: Piece, path: str, error: ValueError) -> InvalidStatement:
    return piece.refusal(
        _("The date is not readable (%(error)s)", error=error), path, expected="YYYYMMDD"
    )


def _original(
    piece: Piece, path: str, amount: Decimal, currency: str | None
) -> tuple[Decimal | None, str | None]:
    """The amount and the currency before the bank converted them.

    The rate is of the account's currency to the other one. The amount is None where the
    rate does not lead back to what was booked.
    """
    fields = piece.fields
    named = fields[path].upper()
    if not is_currency(named) or named == currency:
        return None, None
    rate = ofx_amount(fields.get(path.replace("CURSYM", "CURRATE"), ""))
    if not rate or rate < 0 or rate == 1:
        return None, named
    cent = Decimal("0.01")
    original = (amount / rate).quantize(cent)
    proven = abs(original * rate - amount) * 2 <= cent
    return (original if proven else None), named


def _payee(fields: dict[str, str]) -> Counterparty:
    """The account that a transfer goes to."""
    number = fields.get("XFERINFO/BANKACCTTO/ACCTID") or fields.get("XFERINFO/CCACCTTO/ACCTID")
    bank = fields.get("XFERINFO/BANKACCTTO/BANKID", "")
    return Counterparty(None, compact(number), bic_of(bank))


_FAILED_TRANSFERS = frozenset(("CANCELEDON", "FAILEDON", "NOFUNDSON"))


def transfer(piece: Piece) -> Iterator[Event]:
    """A transfer between two accounts, as the bank confirms it to the payer."""
    fields = piece.fields
    prefix = "XFERINFO/"
    amount = ofx_amount(fields.get(prefix + "TRNAMT", ""))
    if amount is None:
        raise piece.refusal(
            _("The amount is missing or not readable"), prefix + "TRNAMT", expected=_("a number")
        )
    texts = {}
    for tag in ("CCACCTFROM", "BANKACCTFROM"):
        inside = f"{prefix}{tag}/"
        texts.update(
            {k.removeprefix(inside): text for k, text in fields.items() if k.startswith(inside)}
        )
    posted = fields.get("DTPOSTED")
    path = "DTPOSTED" if posted else "DTXFERPRJ"
    date = _posted(piece, fields.get(path, ""), path)
    sums = Sums()
    currency = fields.get("CURDEF", "").upper() or None
    if fields.get("XFERPRCSTS/XFERPRCCODE", "").upper() not in _FAILED_TRANSFERS:
        transaction = Transaction(
            booking_date=date,
            amount=-abs(amount),
            currency=currency,
            counterparty=_payee(fields),
            bank_reference=fields.get("SRVRTID") or None,
            code="XFER",
            booked=bool(posted),
            raw=piece.raw,
        )
        sums.add(transaction)
        yield transaction
    yield Statement(
        account=account_of(texts, currency),
        currency=currency,
        count=sums.count,
        total=sums.total,
        pending_count=sums.pending,
        start_date=date,
        end_date=date,
        kind="notification",
    )
