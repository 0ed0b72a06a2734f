"""One row of a table as a transaction."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from operator import itemgetter

from ..errors import InvalidStatement, UnclearLayout
from ..messages import _
from ..types import Counterparty, Date, Transaction
from ._table_end import LastColumn, number_may_go_on
from ._table_profile import DATE_COLUMNS, MONEY_COLUMNS, WRITTEN_MINUS
from ._table_sheet import Sheet
from ._table_source import Row
from ._table_values import (
    DRESS,
    AmountParser,
    DateCell,
    currency_of,
    is_date,
    parse_table_date,
    undressed,
)
from ._values import compact, is_iban, plausible_date

_ONE_CELL = (
    "booking_date",
    "value_date",
    "amount",
    "name",
    "iban",
    "bic",
    "remittance",
    "reference",
    "end_to_end_id",
    "mandate_id",
    "creditor_id",
    "bank_reference",
    "code",
    "status",
)
"""What is taken from a row in one go; a column that the file lacks is an empty cell."""

_ANY_DIGITS = (*map(str, range(10)), "00")

_MAX_DAYS = 20_000
"""Ways to write a date that are remembered; with the time of the day each can be another."""

Getter = Callable[[list[str]], str]

# There is one of each per row, and checking the number of fields would take its time.
_transaction_of = functools.partial(tuple.__new__, Transaction)
_party_of = functools.partial(tuple.__new__, Counterparty)


def first_of(positions: tuple[int, ...]) -> Getter:
    """A function that gives the first of some cells that is not empty."""
    if len(positions) == 1:
        return itemgetter(positions[0])

    def get(cells: list[str]) -> str:
        return next((cells[position] for position in positions if cells[position]), "")

    return get


def joined(positions: tuple[int, ...]) -> Getter:
    """A function that gives the texts of some cells as one."""
    if len(positions) == 1:
        return first_of(positions)
    several = itemgetter(*positions)
    return lambda cells: " ".join(filter(None, several(cells)))


class RowReader:
    """Turns rows into transactions; made when the header has been read.

    :param guessed: nobody has confirmed which column is which
    """

    def __init__(self, sheet: Sheet, guessed: bool = False):
        profile, layout = sheet.profile, sheet.layout
        positions = layout.positions if layout else {}
        self._profile = profile
        self._guessed = guessed
        self._positions = positions
        self._title_currency = (layout and layout.currency) or ""
        self._amounts = AmountParser(
            profile.decimal,
            profile.thousands,
            () if "sign" in positions else profile.debit_signs,
            () if "sign" in positions else profile.credit_signs,
        )
        self._parse = self._amounts.parse
        self._get = {name: first_of(places) for name, places in positions.items()}
        self._balance_of = self._get.get("balance", lambda cells: "")
        for name in ("name", "remittance"):
            if name in positions:
                self._get[name] = joined(positions[name])
        # Behind the cells of each row comes an empty one, for all that the file does not have.
        self._width = layout.width if layout else 0
        self._pick = itemgetter(*(positions.get(name, (-1,))[0] for name in _ONE_CELL))
        self._several = [
            (place, self._get[name])
            for place, name in enumerate(_ONE_CELL)
            if len(positions.get(name, ())) > 1
        ]
        self._days = _Days(profile.dates)
        self._skips = _skip_rules(sheet)
        self.can_skip = bool(self._skips)
        self._pending = {value.casefold() for value in profile.pending}
        # A file without the column says of none of its rows whether it is booked.
        self._booked = {value.casefold() for value in profile.booked if "status" in positions}
        self._debit_signs = {value.casefold() for value in profile.debit_signs}
        self._credit_signs = {value.casefold() for value in profile.credit_signs}
        self._with_minus = WRITTEN_MINUS[profile.written_minus]
        self._last_status: str | None = None
        self._last_booked = True
        self._debits_negative: bool | None = None
        sides = {"payer", "payee", "payer_iban", "payee_iban"} & set(positions)
        self._two_sided = bool(sides)
        self._plain_party = not sides and "bank_code" not in positions
        self._plain_amount = "amount" in positions and "sign" not in positions

    def skips(self, cells: list[str]) -> bool:
        """Whether the profile says that such a row does not touch the account."""
        for position, values, prefixes in self._skips:
            text = cells[position].casefold()
            if text in values or (prefixes and text.startswith(prefixes)):
                return True
        return False

    def transaction(self, row: Row, currency: str | None) -> Transaction:
        """One row as a transaction.

        :raises InvalidStatement: naming the line and the column
        """
        cells, positions = row.cells, self._positions
        picked = self._pick((*cells, ""))
        if self._several:
            picked = list(picked)
            for place, getter in self._several:
                picked[place] = getter(cells)
        (
            booked_on, valued_on, money, name, iban, bic, remittance,
            reference, end_to_end_id, mandate_id, creditor_id, bank_reference, code, status,
        ) = picked  # fmt: skip
        try:
            name_of_date = "value_date"
            value_date = self._days[valued_on]
            name_of_date = "booking_date"
            booking_date = self._days[booked_on] or value_date
        except ValueError as error:
            raise self._unreadable_date(row, name_of_date, error) from None
        if bank_reference[:1] in DRESS:
            bank_reference = undressed(bank_reference)
        if booking_date is None:
            raise self._wrong(row, "booking_date", _("The date is missing"), _("a date"))
        charges = self._charges(row) if "charges" in positions else None
        amount = self._parse(money, currency) if self._plain_amount and money else None
        if amount is None:
            amount = self._amount(row, currency)
        if self._profile.invert and amount:
            amount = -amount
        if charges and self._profile.amount_excludes_charges:
            amount -= charges
        original, original_currency = None, None
        if "original_amount" in positions:
            original, original_currency = self._original(row, amount, currency)
        if status != self._last_status:
            self._last_status, self._last_booked = status, self._is_booked(row, status)
        return _transaction_of(
            (
                booking_date,
                amount,
                currency,
                value_date,
                original,
                original_currency,
                charges,
                _party_of((name or None, iban or None, bic or None))
                if self._plain_party and (not iban or iban.isalnum())
                else self._party(cells, amount, name, iban, bic),
                remittance,
                reference or None,
                end_to_end_id or None,
                mandate_id or None,
                creditor_id or None,
                bank_reference or None,
                code or None,
                None,
                self._last_booked,
                (),
                row.raw,
            )
        )

    def _is_booked(self, row: Row, status: str) -> bool:
        if not self._pending:
            return True
        value = status.casefold()
        if value in self._pending:
            return False
        if self._booked and value not in self._booked:
            expected = " or ".join(self._profile.booked + self._profile.pending)
            raise self._wrong(row, "status", _("The status is unknown"), expected)
        return True

    def balance(self, row: Row, currency: str | None) -> Decimal | None:
        """The running balance after the row."""
        text = self._balance_of(row.cells)
        if not text:
            return None
        balance = self._parse(text, currency)
        if balance is None:
            raise self._unreadable(row, "balance", text, currency)
        return -balance if balance and self._profile.invert_balance else balance

    def stated(self, text: str, line: int, name: str, currency: str | None) -> Decimal:
        """A balance that a line around the rows states."""
        amount = self._amounts.parse(text, currency)
        if amount is None:
            raise InvalidStatement(
                _("The balance is not readable"), line=line, element=name, found=text
            )
        return -amount if self._profile.invert_balance else amount

    def _party(
        self, cells: list[str], amount: Decimal, name: str, iban: str, bic: str
    ) -> Counterparty:
        account: str | None = iban
        if self._two_sided:
            side = "payee" if amount < 0 else "payer"
            name = name or self._text(cells, side)
            account = account or self._text(cells, f"{side}_iban")
        if account and not account.isalnum():
            account = compact(undressed(account))
        if account and "bank_code" in self._get and not is_iban(account):
            account = f"{account}/{self._get['bank_code'](cells)}".rstrip("/")
        return Counterparty(name or None, account or None, bic or None)

    def may_be_cut(self, row: Row, others: list[Row], proven: bool) -> bool:
        """Whether the file may have been cut within the cell that ends the row.

        Of a text that nothing depends on, only what other rows show is asked.

        :param others: other rows of the file, which show how complete ones look
        :param proven: balances prove the row's amount and balance
        """
        place = len(row.cells) - 1
        if place >= self._width:
            return False
        column = LastColumn(place, self._profile.quote, others)
        cell, is_money = row.cells[place], place in self._places(MONEY_COLUMNS)
        if not (is_money and proven) and column.is_torn(row):
            return True
        if self._profile.quote and row.raw.endswith(self._profile.quote):
            return False
        if is_money and not proven:
            numbers = [text for text in column.filled if self._parse(text) is not None]
            if not cell:
                return bool(numbers) and place not in self._places(("debit", "credit"))
            return number_may_go_on(cell, numbers, self._profile.decimal)
        if place in self._places(DATE_COLUMNS) and not column.has_length_of_others(cell):
            return any(is_date(cell + more, self._profile.dates) for more in _ANY_DIGITS)
        return False

    def _places(self, names: tuple[str, ...]) -> set[int]:
        return {place for name in names for place in self._positions.get(name, ())}

    def _text(self, cells: list[str], name: str) -> str | None:
        getter = self._get.get(name)
        return getter(cells) or None if getter else None

    def _charges(self, row: Row) -> Decimal | None:
        """What the bank kept, over all columns that say so; None for nothing."""
        total = Decimal(0)
        for position in self._positions["charges"]:
            if text := row.cells[position]:
                total += self._parsed(row, "charges", text, None)
        return (-total if self._profile.charges_negative else total) or None

    def _original(
        self, row: Row, amount: Decimal, currency: str | None
    ) -> tuple[Decimal | None, str | None]:
        """The amount that the parties agreed on, signed like ours, where it is another one."""
        original = self._number(row, "original_amount", None)
        if not original:
            return None, None
        text = self._text(row.cells, "original_currency")
        code = text and (currency_of(text) or text)
        original = original.copy_abs().copy_sign(amount) if amount else original
        if original == amount and code in (None, currency):
            return None, None
        return original, code

    def _amount(self, row: Row, currency: str | None) -> Decimal:
        if "amount" in self._get:
            amount = self._number(row, "amount", currency)
            if amount is None:
                raise self._wrong(row, "amount", _("The amount is missing"), _("an amount"))
            if "sign" in self._get:
                amount = self._with_sign(row, amount)
            return amount
        return self._of_pair(row, currency)

    def _of_pair(self, row: Row, currency: str | None) -> Decimal:
        debit = self._number(row, "debit", currency)
        credit = self._number(row, "credit", currency)
        if debit and credit:
            raise self._wrong(row, "credit", _("Both debit and credit are given"), _("one of them"))
        if debit is None and credit is None:
            raise self._wrong(
                row, "debit", _("Neither debit nor credit is given"), _("one of them")
            )
        if not debit:
            return credit or Decimal(0)
        # Some banks print the amounts of the debit column with a minus, but then all of them.
        negative = debit < 0
        if self._debits_negative is None:
            self._debits_negative = negative
        elif self._debits_negative != negative:
            message = _("The debits are written with a minus in some rows only")
            raise self._wrong(row, "debit", message, _("one way for all rows"))
        return debit if negative else -debit

    def _with_sign(self, row: Row, amount: Decimal) -> Decimal:
        sign = self._get["sign"](row.cells).casefold()
        debit = sign in self._debit_signs
        if not debit and sign not in self._credit_signs:
            expected = " or ".join(self._profile.debit_signs + self._profile.credit_signs)
            raise self._wrong(row, "sign", _("The sign is unknown"), expected)
        if amount and self._profile.written_minus == "agrees":
            self._check_minus(row, amount < 0, debit)
        return self._with_minus(amount, debit)

    def _check_minus(self, row: Row, negative: bool, debit: bool) -> None:
        """Given twice a sign is fine, as long as both say the same in every row."""
        if negative and not debit:
            raise self._wrong(row, "amount", _("Amount and sign contradict"), _("one sign"))
        if debit and self._debits_negative is None:
            self._debits_negative = negative
        if debit and self._debits_negative != negative:
            message = _("The debits are written with a minus in some rows only")
            raise self._wrong(row, "amount", message, _("one way for all rows"))

    def _unreadable_date(self, row: Row, name: str, error: ValueError) -> InvalidStatement:
        expected = " or ".join(self._profile.dates)
        return self._wrong(
            row, name, _("The date is not readable (%(error)s)", error=error), expected
        )

    def _number(self, row: Row, name: str, currency: str | None) -> Decimal | None:
        text = self._get[name](row.cells)
        return self._parsed(row, name, text, currency) if text else None

    def _parsed(self, row: Row, name: str, text: str, currency: str | None) -> Decimal:
        number = self._parse(text, currency)
        if number is None:
            raise self._unreadable(row, name, text, currency)
        return number

    def _unreadable(self, row: Row, name: str, text: str, currency: str | None) -> InvalidStatement:
        expected = _(
            "a number like 1%(thousands)s234%(decimal)s56",
            thousands=self._profile.thousands,
            decimal=self._profile.decimal,
        )
        if currency:
            expected = _(
                "%(expected)s, in %(currency)s where a currency is written beside it",
                expected=expected,
                currency=currency,
            )
        return self._wrong(row, name, _("The amount is not readable"), expected, text)

    def _wrong(
        self, row: Row, name: str, message: str, expected: str, found: str | None = None
    ) -> InvalidStatement:
        getter = self._get.get(name)
        if found is None:
            found = getter(row.cells) if getter else ""
        columns = " ".join(self._profile.columns.get(name, (name,)))
        element = columns.replace("{currency}", self._title_currency)
        if not self._guessed:
            return InvalidStatement(
                message, line=row.line, element=element, expected=expected, found=found
            )
        taken_for = name.replace("_", " ")
        return UnclearLayout(
            message,
            questions=[
                _(
                    "Which column is the %(taken_for)s? In line %(line)s it is not %(element)s",
                    taken_for=taken_for,
                    line=row.line,
                    element=element,
                )
            ],
            line=row.line,
            element=element,
            expected=_(
                "%(expected)s, because the column was taken for the %(taken_for)s; if it is "
                "another one, choose the columns yourself",
                expected=expected,
                taken_for=taken_for,
            ),
            found=found,
        )


class _Days(dict):
    """The days that texts mean; each text is parsed once.

    :raises ValueError: for a text that is no date
    """

    def __init__(self, patterns: tuple[str, ...]):
        super().__init__({"": None})
        self._patterns = patterns

    def __missing__(self, text: str) -> Date:
        if type(text) is DateCell:
            day = plausible_date(Date.fromisoformat(text))
        else:
            day = parse_table_date(text, self._patterns)
        if len(self) < _MAX_DAYS:
            self[text] = day
        return day


def _skip_rules(sheet: Sheet) -> list[tuple[int, set[str], tuple[str, ...]]]:
    """Place, values and beginnings of values for each column that tells rows to skip."""
    rules = []
    for title, values in sheet.profile.skip.items():
        place = sheet.place(title)
        if place is not None:
            folded = [value.casefold() for value in values]
            whole = {value for value in folded if not value.endswith("*")}
            starts = tuple(value[:-1] for value in folded if value.endswith("*"))
            rules.append((place, whole, starts))
    return rules
