"""Accounts, balances and consents in the words of the standard."""

import datetime
from decimal import Decimal

from odoo.addons.account_bank_feed_connection.protocol import (
    Consent,
    Permanent,
    RemoteAccount,
    RemoteBalance,
    RetryLater,
)
from odoo.tests import BaseCase, tagged

from ..xs2a import answers

IBAN = "DE89370400440532013000"


def balance(kind, amount, currency="EUR", **more):
    return {"balanceType": kind, "balanceAmount": {"amount": amount, "currency": currency}, **more}


@tagged("post_install", "-at_install")
class TestAnswers(BaseCase):
    def test_accounts(self):
        names, found = answers.accounts(
            {
                "accounts": [
                    {"resourceId": "r1", "iban": IBAN, "currency": "EUR", "name": "Main"},
                    {"resourceId": "r2", "iban": IBAN, "currency": "USD", "product": "Giro"},
                    {"resourceId": "r3", "bban": "4711", "currency": "XXX"},
                    {"resourceId": "r4", "currency": "EUR"},
                    {"resourceId": "r5", "iban": "DE0", "currency": "EUR", "status": "deleted"},
                ]
            }
        )
        self.assertEqual(
            found,
            [
                RemoteAccount(f"{IBAN} EUR", IBAN, None, "EUR", "Main"),
                RemoteAccount(f"{IBAN} USD", IBAN, None, "USD", "Giro"),
                RemoteAccount("4711", None, "4711", None, None),
                RemoteAccount("r4", None, None, "EUR", None),
            ],
        )
        self.assertEqual(
            names, {f"{IBAN} EUR": "r1", f"{IBAN} USD": "r2", "4711": "r3", "r4": "r4"}
        )

    def test_the_best_balance_of_each_kind(self):
        account = RemoteAccount("a", currency="EUR")
        body = {
            "balances": [
                balance("closingBooked", "100.50", referenceDate="2026-03-09"),
                balance("interimAvailable", "-20", lastChangeDateTime="2026-03-10T09:00:00+01:00"),
                balance("expected", "1"),
                balance("interimAvailable", "7", "USD"),
            ]
        }
        self.assertEqual(
            list(answers.balances(body, account)),
            [
                RemoteBalance(
                    "booked", Decimal("100.50"), "EUR", datetime.datetime(2026, 3, 9, 23, 59, 59)
                ),
                RemoteBalance(
                    "available", Decimal(-20), "EUR", datetime.datetime(2026, 3, 10, 8, 0)
                ),
            ],
        )
        body["balances"].append(balance("ITBD", "99"))
        self.assertEqual(next(answers.balances(body, account)).amount, 99)

    def test_nonsense_is_no_answer(self):
        account = RemoteAccount("a", currency="EUR")
        for body in ({}, [], {"balances": None}):
            with self.assertRaises(RetryLater):
                list(answers.balances(body, account))
        for amount in ("much", "NaN"):
            with self.assertRaises(RetryLater):
                list(answers.balances({"balances": [balance("interimBooked", amount)]}, account))
        known = RemoteAccount("a")  # whose currency is not known
        for row in ("x", balance("itbd", None), {"balanceType": "itbd"}, {"balanceAmount": "1"}):
            with self.subTest(row=row), self.assertRaises(RetryLater):
                list(answers.balances({"balances": [row]}, known))
        for row in ("x", {"iban": IBAN}, {"resourceId": "1", "iban": [1]}):
            with self.subTest(row=row), self.assertRaises(RetryLater):
                answers.accounts({"accounts": [row]})
        with self.assertRaises(RetryLater):
            answers.consent(["valid"])

    def test_a_consent(self):
        for status, state in (
            ("valid", "valid"),
            ("received", "waiting"),
            ("partiallyAuthorised", "waiting"),
            ("expired", "expired"),
            ("revokedByPsu", "revoked"),
        ):
            body = {"consentStatus": status, "validUntil": "9999-12-31"}
            until = datetime.datetime(9999, 12, 31, 23, 59, 59)
            self.assertEqual(answers.consent(body), Consent(state, until))
        with self.assertRaises(Permanent):
            answers.consent({"consentStatus": "new"})
