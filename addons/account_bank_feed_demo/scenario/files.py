"""What is booked, as the files that the banks hand out: good ones, and some that are broken."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from odoo.addons.bank_statement_format import Account as StatementAccount
from odoo.addons.bank_statement_format import Balance, Counterparty, Statement, Transaction
from odoo.addons.bank_statement_format.testing import camt053, csv_demo_bank, mt940

from .accounts import ACCOUNTS, END, START, UNKNOWN_IBAN, Account
from .payments import LAST_DAY, Planned

_OVERLAP_FROM = datetime.date(2026, 1, 29)
_JANUARY = (START, datetime.date(2026, 1, 31))
_FEBRUARY = (_OVERLAP_FROM, datetime.date(2026, 2, 28))
_MARCH = (datetime.date(2026, 3, 1), END)
_QUARTER = (START, END)
_APRIL = (datetime.date(2026, 4, 1), LAST_DAY)


@dataclass(frozen=True, slots=True)
class File:
    """A statement file, and what is to become of it.

    ``state`` is the import's, ``missing`` the difference that its quarantine must show.
    """

    name: str
    data: bytes
    state: str = "done"
    missing: Decimal = Decimal(0)


def files(planned: Iterable[Planned]) -> list[File]:
    """All files, in the order in which a person would drop them."""
    bank = _Bank(planned)
    january = camt053([bank.statement("main", _JANUARY, "1")])
    april = bank.statement("main", _APRIL, "4")
    return [
        File("hauptkonto_2026-01.xml", january),
        File("hauptkonto_2026-02.xml", camt053([bank.statement("main", _FEBRUARY, "2")])),
        File("hauptkonto_2026-03.sta", mt940([bank.statement("main", _MARCH, "3")])),
        File("demobank_2026-q1.csv", csv_demo_bank([bank.statement("second", _QUARTER)])),
        File(
            "usd_und_karten_2026-q1.xml",
            camt053([bank.statement("usd", _QUARTER, "1"), bank.statement("card", _QUARTER, "1")]),
        ),
        File("hauptkonto_2026-01_kopie.xml", january),
        File("hauptkonto_2026-04_abgeschnitten.xml", _cut(camt053([april])), "refused"),
        _incomplete("hauptkonto_2026-04_unvollstaendig.xml", april),
        File("fremdes_konto_2026-03.xml", camt053([_of_somebody_else()]), "quarantined"),
    ]


BY_FEED = ("second", "usd")
"""The accounts that the demo bank keeps."""


def later(planned: Iterable[Planned]) -> list[Transaction]:
    """Payments of customers who pay after the quarter, on an account that the demo bank keeps."""
    return [
        one.transaction
        for one in planned
        if one.account == BY_FEED[0] and one.transaction.booking_date > END
    ]


def demo_bank(
    planned: Iterable[Planned], arrived: Iterable[Transaction], today: datetime.date
) -> bytes:
    """What the demo bank has on its accounts, as a camt.053 file.

    That is the quarter, and what has arrived since; the next payment of a lease is announced.

    :param arrived: some of what comes :func:`later`, on the days on which it was booked
    """
    in_quarter = [one for one in planned if one.transaction.booking_date <= END]
    bank = _Bank(in_quarter)
    statements = [bank.statement(key, _QUARTER) for key in BY_FEED]
    lease = next(t for t in reversed(statements[0].transactions) if t.remittance.startswith("Rate"))
    announced = lease._replace(
        booking_date=today,
        value_date=today,
        remittance=f"Rate Kopierer {today:%m/%Y}",
        booked=False,
    )
    first = statements[0]
    more = (*first.transactions, *arrived, announced)
    return camt053([dataclasses.replace(first, transactions=more), *statements[1:]])


class _Bank:
    """Knows every balance of every account."""

    def __init__(self, planned: Iterable[Planned]):
        self._booked: dict[str, list[Transaction]] = {key: [] for key in ACCOUNTS}
        for one in planned:
            self._booked[one.account].append(one.transaction)

    def statement(self, key: str, period: Sequence[datetime.date], number=None) -> Statement:
        """An account's statement of a period, first and last day included."""
        start, end = period
        account, booked = ACCOUNTS[key], self._booked[key]
        before = sum((one.amount for one in booked if one.booking_date < start), account.opening)
        return _statement(
            StatementAccount(iban=account.iban),
            account.currency,
            [one for one in booked if start <= one.booking_date <= end],
            before,
            period,
            number,
        )


def _statement(account, currency, transactions, opening, period, number=None) -> Statement:
    start, end = period
    total = sum((one.amount for one in transactions), Decimal(0))
    return Statement(
        account=account,
        currency=currency,
        opening=Balance(opening, start),
        closing=Balance(opening + total, end),
        number=number,
        start_date=start,
        end_date=end,
        transactions=tuple(transactions),
    )


def _cut(data: bytes) -> bytes:
    """What an interrupted download leaves."""
    return data[: len(data) * 6 // 10]


def _incomplete(name: str, statement: Statement) -> File:
    """A file in which one entry is missing, while its balances tell of it."""
    place = len(statement.transactions) // 2
    lost = statement.transactions[place]
    rest = statement.transactions[:place] + statement.transactions[place + 1 :]
    broken = Statement(
        account=statement.account,
        currency=statement.currency,
        opening=statement.opening,
        closing=statement.closing,
        number=statement.number,
        start_date=statement.start_date,
        end_date=statement.end_date,
        transactions=rest,
    )
    return File(name, camt053([broken]), "quarantined", lost.amount)


def _of_somebody_else() -> Statement:
    """A statement of an account that no journal keeps."""
    transactions = [
        Transaction(
            booking_date=datetime.date(2026, 3, day),
            value_date=datetime.date(2026, 3, day),
            amount=Decimal(amount),
            currency="EUR",
            counterparty=Counterparty(name=name),
            remittance=text,
            bank_reference=f"XX26{day:06}",
        )
        for day, amount, name, text in (
            (4, "250.00", "Verein der Musterfreunde", "Mitgliedsbeitrag"),
            (11, "-31.90", "Demo Telekom GmbH", "Anschluss Vereinsheim"),
            (18, "75.00", "Beispiel Sport KG", "Spende"),
        )
    ]
    return _statement(
        StatementAccount(iban=UNKNOWN_IBAN), "EUR", transactions, Decimal("1200.00"), _MARCH, "3"
    )


def closing(account: Account, planned: Iterable[Planned]) -> Decimal:
    """What the bank says that an account holds at the end of the quarter."""
    booked = (
        one.transaction.amount
        for one in planned
        if one.account == account.key and one.transaction.booking_date <= END
    )
    return sum(booked, account.opening)
