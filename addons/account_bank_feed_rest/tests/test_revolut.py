"""Revolut Business: signed assertions, a moment for a cursor, legs for lines."""

from urllib.parse import urlsplit

from odoo.addons.account_bank_feed.tests.common import IBAN
from odoo.tests import tagged

from .banks import Revolut, private_key
from .common import RestCase


def transaction(number, moment, legs=None, **values):
    leg = {"leg_id": f"leg-{number}", "account_id": "eur", "amount": number, "currency": "EUR"}
    return {
        "id": f"tx-{number}",
        "type": "transfer",
        "state": "completed",
        "created_at": moment,
        "completed_at": moment,
        "reference": f"Invoice {number}",
        "legs": legs or [{**leg, "description": f"From client {number}"}],
        **values,
    }


@tagged("post_install", "-at_install")
class TestRevolut(RestCase):
    def setUp(self):
        super().setUp()
        key = private_key()
        self.connection.write(
            {"connector": "bank.connector.rest", "rest_profile": "revolut_business"}
        )
        issuer = urlsplit(self.connection.redirect_uri).hostname
        self.use(Revolut(key, issuer), "revolut_business", private_key=key)

    def test_each_proof_is_new(self):
        self.start()
        self.bank.good = set()
        self.connection.action_find_accounts()
        forms = [a.form for a in self.bank.asked if a.path.endswith("/token")]
        grants = [form["grant_type"] for form in forms]
        self.assertEqual(grants, ["authorization_code", "refresh_token"])
        self.assertEqual(len(self.bank.proofs), 2)
        self.assertEqual({form["client_id"] for form in forms}, {"erp-7781"})

    def test_accounts_take_an_iban_that_is_theirs_alone(self):
        self.start()
        eur, gbp = self.connection.feed_ids.sorted("account_ref")
        self.assertEqual((eur.account_ref, eur.iban, eur.journal_id), ("eur", IBAN, self.journal))
        self.assertEqual((gbp.account_ref, gbp.iban), ("gbp", False))

    def test_equal_moments_at_the_edge_of_a_page(self):
        same = "2026-01-20T10:00:00.123456Z"
        self.bank.transactions = [
            transaction(1, "2026-01-22T10:00:00Z"),
            transaction(2, "2026-01-21T10:00:00Z"),
            transaction(3, same),
            transaction(4, same),
            transaction(5, "2026-01-19T10:00:00Z"),
        ]
        self.start()
        self.run_jobs()
        self.assertEqual(self.amounts(), [1, 2, 3, 4, 5])

    def test_the_line_is_the_leg(self):
        exchange = [
            {"leg_id": "out", "account_id": "gbp", "amount": -50, "currency": "GBP"},
            {"leg_id": "in", "account_id": "eur", "amount": 57.9, "currency": "EUR", "fee": 0.4},
        ]
        self.bank.transactions = [transaction(1, "2026-01-20T10:00:00Z", exchange)]
        self.start()
        self.run_jobs()
        self.assertEqual(self.amounts(), [57.5])

    def test_it_counts_on_the_day_that_it_was_completed(self):
        self.bank.transactions = [
            transaction(1, "2025-12-25T10:00:00Z", completed_at="2026-01-02T08:00:00Z"),
            transaction(2, "2025-12-25T10:00:00Z", completed_at="2025-12-30T08:00:00Z"),
        ]
        self.start()
        self.run_jobs()
        self.assertEqual(self.amounts(), [1])
