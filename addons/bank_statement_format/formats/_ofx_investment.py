"""What the entries of an investment account do to its cash.

Securities themselves are no bank transactions. An entry's effect on the cash is its
TOTAL, unless the money came from or went to somewhere else (SUBACCTFUND is OTHER), as
it does in a pension plan without a cash account.
"""

from __future__ import annotations

from decimal import Decimal

from ..messages import _
from ..types import Transaction
from ._ofx_tags import Piece
from ._ofx_values import ofx_amount, ofx_date, optional_date

_BUYS = frozenset(("BUYDEBT", "BUYMF", "BUYOPT", "BUYOTHER", "BUYSTOCK"))
_SALES = frozenset(("SELLDEBT", "SELLMF", "SELLOPT", "SELLOTHER", "SELLSTOCK"))
_RECEIPTS = frozenset(("INCOME", "RETOFCAP"))
_COSTS = frozenset(("INVEXPENSE", "MARGININTEREST"))
# Cash moves within the account, or not at all.
_NEUTRAL = frozenset(("CLOSUREOPT", "JRNLFUND", "JRNLSEC", "REINVEST", "TRANSFER"))
_SPLIT = "SPLIT"

_INCOME_TYPE = "INCOMETYPE"


def cash_transaction(piece: Piece, currency: str | None) -> Transaction | None:
    """The transaction on the cash of the account; None for what moves no cash.

    :raises InvalidStatement: for entries whose effect on the cash is not known
    """
    amount = _cash_effect(piece)
    if not amount:
        return None
    prefix = entry_prefix(piece)
    fields = piece.fields
    dates = {}
    for tag in ("DTTRADE", "DTSETTLE"):
        path = f"{prefix}INVTRAN/{tag}"
        try:
            read = ofx_date if tag == "DTTRADE" else optional_date
            dates[tag] = read(fields.get(path, ""))
        except ValueError as error:
            raise piece.refusal(
                _("The date is not readable (%(error)s)", error=error), path, expected="YYYYMMDD"
            ) from None
    kind = fields.get(_INCOME_TYPE)
    texts = (fields.get(f"{prefix}INVTRAN/MEMO"), fields.get(f"{prefix}SECID/UNIQUEID"))
    return Transaction(
        booking_date=dates["DTTRADE"],
        amount=amount,
        currency=currency,
        value_date=dates["DTSETTLE"],
        remittance=" ".join(filter(None, texts)),
        bank_reference=fields.get(f"{prefix}INVTRAN/FITID") or None,
        code=f"{piece.name}-{kind}" if kind else piece.name,
        raw=piece.raw,
    )


def _cash_effect(piece: Piece) -> Decimal:
    prefix = entry_prefix(piece)
    name = piece.name
    if name in _NEUTRAL:
        return Decimal(0)
    if name == _SPLIT:
        # Fractions of a share are paid out.
        return _number(piece, "FRACCASH") if piece.fields.get("FRACCASH") else Decimal(0)
    if name not in _BUYS | _SALES | _RECEIPTS | _COSTS:
        raise piece.refusal(
            _(
                "The investment entry %(name)s is unknown, and so is what it does to the cash",
                name=name,
            ),
            "",
            expected=_("buys, sales, income, expenses, transfers, splits"),
        )
    if piece.fields.get(f"{prefix}SUBACCTFUND", "").upper() == "OTHER":
        return Decimal(0)
    total = _number(piece, f"{prefix}TOTAL")
    if name in _COSTS:
        return -abs(total)
    interest = Decimal(0)
    if piece.fields.get("ACCRDINT"):
        # Interest that comes with a bond is paid beside the total.
        interest = _number(piece, "ACCRDINT")
    if name in _BUYS:
        bought = _number(piece, f"{prefix}UNITS") >= 0
        return (-abs(total) if bought else abs(total)) - interest
    return total + interest


def entry_prefix(piece: Piece) -> str:
    """Where the common fields of a purchase or sale are within its entry."""
    if piece.name in _BUYS:
        return "INVBUY/"
    return "INVSELL/" if piece.name in _SALES else ""


def _number(piece: Piece, path: str) -> Decimal:
    number = ofx_amount(piece.fields.get(path, ""))
    if number is None:
        raise piece.refusal(
            _("The amount of the investment entry is not readable"), path, expected=_("a number")
        )
    return number
