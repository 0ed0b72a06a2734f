"""What profiles of XML and PDF have in common: texts by field become transactions.

Where the texts are found differs; what they mean does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..errors import InvalidStatement
from ..messages import _
from ..profile import Profile
from ..types import Account, Balance, Counterparty, Date, Statement, Transaction
from ._running_balance import RunningBalance
from ._table_profile import DATE_DIRECTIVES
from ._table_values import AmountParser, currency_of, parse_table_date
from ._values import compact, is_currency, is_iban

ROW_FIELDS = frozenset(
    (
        "amount",
        "balance",
        "balance_sign",
        "bank_code",
        "bank_reference",
        "bic",
        "booking_date",
        "charges",
        "code",
        "credit",
        "creditor_id",
        "currency",
        "debit",
        "end_to_end_id",
        "iban",
        "mandate_id",
        "name",
        "original_amount",
        "original_currency",
        "reference",
        "remittance",
        "sign",
        "status",
        "value_date",
    )
)
"""What can be said of a transaction, as in the profiles of tables."""

CHECKS = ("count", "total", "debit_total", "credit_total")
"""What a statement can say about its transactions, to be compared with those read."""

Texts = Mapping[str, str]

_YEARS = ("%Y", "%y")
_AFTER_STATEMENT = 31
"""How many days after its statement a value date may lie, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedProfile(Profile):
    """How the texts of dates, amounts, signs and states are to be read.

    :ivar invert: amounts and balances are of what the customer owes, as on credit cards
    """

    dates: tuple[str, ...]
    decimal: str = "."
    thousands: str = ""
    debit_signs: tuple[str, ...] = ()
    credit_signs: tuple[str, ...] = ()
    invert: bool = False
    pending: tuple[str, ...] = ()
    account: str | None = None
    currency: str | None = None

    @property
    def full_dates(self) -> tuple[str, ...]:
        """The patterns with a year."""
        return tuple(pattern for pattern in self.dates if any(y in pattern for y in _YEARS))

    @property
    def short_dates(self) -> tuple[str, ...]:
        """The patterns without a year."""
        return tuple(pattern for pattern in self.dates if pattern not in self.full_dates)


def described_problems(profile: DescribedProfile, fields: Iterable[str]):
    """Yield what is wrong with such a profile.

    :param fields: what it says of a row
    """
    fields = set(fields)
    if not profile.label or not profile.dates:
        yield "label and dates must not be empty"
    if unknown := fields - ROW_FIELDS:
        known = ", ".join(sorted(ROW_FIELDS))
        yield f"unknown fields {', '.join(sorted(unknown))} (known: {known})"
    if not fields & {"booking_date", "value_date"}:
        yield "there is no field for the booking date"
    pair = {"debit", "credit"} & fields
    if ("amount" in fields) == bool(pair) or len(pair) == 1:
        yield "the amount must be either one field or the pair debit and credit"
    if bool(profile.debit_signs) != bool(profile.credit_signs):
        yield "debit_signs and credit_signs need each other"
    if "sign" in fields and not profile.debit_signs:
        yield "a field sign needs debit_signs and credit_signs"
    if profile.invert and {"sign", "debit"} & fields:
        yield "invert is for amounts whose only sign is a minus"
    if ("status" in fields) != bool(profile.pending):
        yield "a field status needs the values that mean pending, and the other way round"
    if (
        len(profile.decimal) != 1
        or len(profile.thousands) > 1
        or profile.decimal == profile.thousands
    ):
        yield "decimal must be one character and thousands another one or none"
    if profile.currency is not None and not is_currency(profile.currency):
        yield f"the currency {profile.currency!r} is no ISO 4217 code"
    for directive in re.findall("%.?", "".join(profile.dates)):
        if directive not in DATE_DIRECTIVES:
            yield f"dates know {' '.join(DATE_DIRECTIVES)}, not {directive}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where texts stand, for errors: a line of the file, or words such as ``page 2, line 7``."""

    where: str
    line: int | None = None

    def wrong(self, message: str, key: str, expected: str, found: str) -> InvalidStatement:
        return InvalidStatement(
            message,
            line=self.line,
            element=f"{self.where}, {key}",
            expected=expected,
            found=found,
        )


class ValueReader:
    """Reads dates, amounts and currencies as one profile writes them.

    :param statement_date: the day from which the year follows, where rows give none
    """

    def __init__(self, profile: DescribedProfile, statement_date: Date | None = None):
        self._profile = profile
        self._full_dates, self._short_dates = profile.full_dates, profile.short_dates
        self._statement_date = statement_date
        # No sign at all may be one of the signs, but only in a field of its own.
        debit_signs, credit_signs = (
            tuple(filter(None, signs)) for signs in (profile.debit_signs, profile.credit_signs)
        )
        self._amounts = AmountParser(profile.decimal, profile.thousands, debit_signs, credit_signs)

    def date(self, texts: Texts, key: str, place: Place) -> Date | None:
        text = texts.get(key, "")
        if not text:
            return None
        try:
            return parse_table_date(text, self._full_dates)
        except ValueError as error:
            problem = error
        if self._short_dates and self._statement_date is not None:
            try:
                return _date_before(text, self._short_dates, self._statement_date)
            except ValueError as error:
                problem = error
        message, expected = (
            _("The date is not readable (%(problem)s)", problem=problem),
            " or ".join(self._profile.dates),
        )
        raise place.wrong(message, key, expected, text)

    def number(
        self, texts: Texts, key: str, place: Place, currency: str | None = None
    ) -> Decimal | None:
        text = texts.get(key, "")
        if not text:
            return None
        number = self._amounts.parse(text, currency)
        if number is None:
            expected = _(
                "a number like 1%(thousands)s234%(decimal)s56",
                thousands=self._profile.thousands,
                decimal=self._profile.decimal,
            )
            raise place.wrong(_("The amount is not readable"), key, expected, text)
        return number

    def signed(
        self, texts: Texts, key: str, sign_key: str, place: Place, currency: str | None = None
    ) -> Decimal | None:
        """A number whose sign is a text of its own where the profile has a field for it."""
        amount = self.number(texts, key, place, currency)
        if amount is None:
            return None
        if sign_key not in texts:
            return -amount if self._profile.invert else amount
        sign, profile = texts[sign_key], self._profile
        if sign in profile.debit_signs:
            # A minus says the same once more.
            return -abs(amount)
        if sign not in profile.credit_signs or amount < 0:
            expected = " or ".join(profile.debit_signs + profile.credit_signs)
            message = _("The sign is unknown, or contradicts the amount")
            raise place.wrong(message, sign_key, expected, sign)
        return amount

    def currency(self, texts: Texts, key: str, place: Place) -> str | None:
        text = texts.get(key, "")
        if not text:
            return None
        currency = currency_of(text)
        if currency is None:
            raise place.wrong(
                _("The currency is not readable"), key, _("three capital letters"), text
            )
        return currency


def _date_before(text: str, patterns: tuple[str, ...], day: Date) -> Date:
    """A date without its year: the latest one that the statement of that day can mention."""
    dated = tuple(f"{pattern} %Y" for pattern in patterns)
    # February 29 may be in one of these years only.
    for year in (day.year + 1, day.year, day.year - 1):
        try:
            date = parse_table_date(f"{text} {year}", dated)
        except ValueError as error:
            problem = error
            continue
        if (date - day).days <= _AFTER_STATEMENT:
            return date
    raise problem


class StatementBuilder:
    """Makes the transactions of one statement, counts them, and makes the statement.

    :param currency: the account's, as far as it is known before the first row
    """

    def __init__(self, profile: DescribedProfile, values: ValueReader, currency: str | None):
        self._profile = profile
        self._values = values
        self._currency = currency
        self._count = self._pending = 0
        self._total = {True: Decimal(0), False: Decimal(0)}
        self._first: Date | None = None
        self._last: Date | None = None
        self._running = RunningBalance(("oldest_first", "newest_first"))
        self._has_running = False

    def add(self, texts: Texts, raw: str, place: Place) -> Transaction:
        """One row as a transaction, counted.

        :param texts: what the row says, by field; empty where it does not say it
        """
        transaction = self._transaction(texts, raw, place)
        if not transaction.booked:
            self._pending += 1
            return transaction
        self._count += 1
        self._total[transaction.amount >= 0] += transaction.amount
        date = transaction.booking_date
        self._first = date if self._first is None else min(self._first, date)
        self._last = date if self._last is None else max(self._last, date)
        balance = self._values.signed(texts, "balance", "balance_sign", place, transaction.currency)
        self._has_running |= balance is not None
        self._running.follow(transaction.amount, balance)
        return transaction

    def finish(self, header: Texts, place: Place) -> Statement:
        """The statement.

        :param header: what the file says about the account and all rows
        """
        values = self._values
        currency = self._account_currency(values.currency(header, "currency", place), place)
        if self._has_running and not self._running.proven:
            raise InvalidStatement(
                _("The running balances do not follow from each other"), element=place.where
            )
        self._check(header, place, currency)
        start = values.date(header, "start_date", place) or self._first
        end = values.date(header, "end_date", place) or self._last
        opening = self._balance(header, "opening", place, currency, start)
        closing = self._balance(header, "closing", place, currency, end)
        ends = self._running.ends(None) if self._has_running else None
        if ends and opening is None and closing is None:
            opening, closing = Balance(ends[0], start), Balance(ends[1], end)
        return Statement(
            account=self._account(header),
            currency=currency,
            opening=opening,
            closing=closing,
            number=header.get("number") or None,
            count=self._count,
            total=self._total[True] + self._total[False],
            pending_count=self._pending,
            start_date=start,
            end_date=end,
            dialect=self._profile.name,
        )

    def _transaction(self, texts: Texts, raw: str, place: Place) -> Transaction:
        values = self._values
        value_date = values.date(texts, "value_date", place)
        booking_date = values.date(texts, "booking_date", place) or value_date
        if booking_date is None:
            raise place.wrong(_("The date is missing"), "booking_date", _("a date"), "")
        currency = self._account_currency(values.currency(texts, "currency", place), place)
        amount = self._amount(texts, place, currency)
        original = values.number(texts, "original_amount", place)
        return Transaction(
            booking_date=booking_date,
            amount=amount,
            currency=currency,
            value_date=value_date,
            original_amount=None if not original else abs(original) * (1 if amount >= 0 else -1),
            original_currency=values.currency(texts, "original_currency", place)
            if original
            else None,
            charges=values.number(texts, "charges", place, currency),
            counterparty=Counterparty(
                name=texts.get("name") or None,
                iban=_account_number(texts.get("iban"), texts.get("bank_code")),
                bic=texts.get("bic") or None,
            ),
            remittance=texts.get("remittance", ""),
            reference=texts.get("reference") or None,
            end_to_end_id=texts.get("end_to_end_id") or None,
            mandate_id=texts.get("mandate_id") or None,
            creditor_id=texts.get("creditor_id") or None,
            bank_reference=texts.get("bank_reference") or None,
            code=texts.get("code") or None,
            booked=texts.get("status", "") not in self._profile.pending,
            raw=raw,
        )

    def _amount(self, texts: Texts, place: Place, currency: str | None) -> Decimal:
        values = self._values
        if texts.get("amount"):
            amount = values.signed(texts, "amount", "sign", place, currency)
        else:
            debit = values.number(texts, "debit", place, currency)
            credit = values.number(texts, "credit", place, currency)
            if debit and credit:
                found = f"{texts['debit']} and {texts['credit']}"
                raise place.wrong(_("Both debit and credit are given"), "credit", _("one"), found)
            # Some banks print the amounts of the debit column with a minus.
            amount = -abs(debit) if debit else credit if credit is not None else debit
        if amount is None:
            raise place.wrong(_("The amount is missing"), "amount", _("an amount"), "")
        return amount

    def _account_currency(self, currency: str | None, place: Place) -> str | None:
        """The account's currency, which nothing in its statement may contradict."""
        if currency is None:
            currency = self._currency or self._profile.currency
        elif self._currency is not None and currency != self._currency:
            message = _("The amount is in another currency than the account")
            raise place.wrong(message, "currency", self._currency, currency)
        if currency is None:
            message = _("The currency is not given before it is needed")
            raise place.wrong(message, "currency", _("three capital letters"), "")
        self._currency = currency
        return currency

    def _account(self, header: Texts) -> Account:
        profile_account = self._profile.account
        iban = compact(header.get("iban"))
        number = _account_number(header.get("account") or profile_account, header.get("bank_code"))
        if iban is None and is_iban(compact(number)):
            iban, number = compact(number), None
        return Account(iban=iban, number=number, bic=header.get("bic") or None)

    def _balance(self, header, key, place, currency, date) -> Balance | None:
        amount = self._values.signed(header, key, f"{key}_sign", place, currency)
        if amount is None:
            return None
        return Balance(amount, self._values.date(header, f"{key}_date", place) or date)

    def _check(self, header: Texts, place: Place, currency: str | None) -> None:
        """A cut or doubled row shows as a count or a sum that fits no way of counting."""
        count = header.get("count", "")
        counts = {str(self._count), str(self._count + self._pending)}
        if count and (count.lstrip("0") or "0") not in counts:
            expected = f"{' or '.join(sorted(counts))} as read"
            message = _("The file does not hold as many transactions as it says")
            raise place.wrong(message, "count", expected, count)
        credit, debit = self._total[True], self._total[False]
        for key, read in (("credit_total", credit), ("debit_total", debit), ("total", None)):
            stated = self._values.number(header, key, place, currency)
            if stated is None:
                continue
            expected = credit + debit if read is None else abs(read)
            if (stated if read is None else abs(stated)) != expected:
                message = _("The sum does not fit the transactions")
                raise place.wrong(
                    message,
                    key,
                    _("%(expected)s as read", expected=format(expected, "f")),
                    header[key],
                )


def _account_number(number: str | None, bank_code: str | None) -> str | None:
    """An account number with the bank's code behind it, unless it is an IBAN."""
    number = compact(number)
    if number is None or not bank_code or is_iban(number):
        return number
    return f"{number}/{bank_code}"
