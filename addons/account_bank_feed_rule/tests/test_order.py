import itertools
import random
from unittest.mock import patch

from odoo.addons.account_bank_feed.models import bank_transaction_matching
from odoo.addons.account_bank_feed.tests.common import (
    cut,
    make_iban,
    run_jobs,
    statement,
    transaction,
)
from odoo.tests import tagged

from .common import CUSTOMER_IBAN, RuleCase


def said(date, amount, text, name="Anna"):
    return transaction(date, amount, text, name=name)


@tagged("post_install", "-at_install")
class TestOrder(RuleCase):
    """What is decided depends neither on the order of files, nor on jobs, nor on batches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_rule(("text", "contains", "Kontoführung"), direction="out")
        amounts = (100, 30.01, 50, 70, 15, 15)
        invoices = [
            cls.make_invoice(amount, name=f"RE/2026/{number:05}")
            for number, amount in enumerate(amounts, start=1)
        ]
        bill = cls.make_invoice(7, kind="in_invoice", partner=cls.vendor)
        bill.ref = "V-4711"
        cls.documents = (*invoices, bill)

    def three_weeks(self, *more):
        """Downloads that overlap by days; one invoice is paid in every one of them."""
        second_equal = said("2026-01-08", 50, "RE/2026/00003")
        everything = [
            said("2026-01-02", 100, "RE/2026/00001"),
            said("2026-01-05", "-4.90", "Kontoführung"),
            said("2026-01-06", "30.01", "RE/2026/00002"),
            said("2026-01-08", 50, "RE/2026/00003"),
            second_equal,
            said("2026-01-09", -7, "Rechnung V-4711", "Vendor"),
            *more,
            transaction("2026-01-13", 15, "Danke", iban=CUSTOMER_IBAN),
            said("2026-01-14", 60, "RE/2026/00004"),
            said("2026-01-16", 50, "RE/2026/00003"),
            said("2026-01-20", 25, "Wer weiß"),
        ]
        return (
            cut(everything, "2026-01-01", "2026-01-08", also_later=[second_equal]),
            cut(everything, "2026-01-06", "2026-01-14"),
            cut(everything, "2026-01-13", "2026-01-21"),
        )

    def outcome(self):
        return self.decisions(), self.trial_balance(), self.residuals(*self.documents)

    def assert_deserved(self, outcome):
        decisions, _balances, residuals = outcome
        self.assertEqual(
            [(date, amount, state) for date, amount, _text, state, *_rest in decisions],
            [
                ("2026-01-02", 100, "reconciled"),
                ("2026-01-05", -4.90, "reconciled"),
                ("2026-01-06", 30.01, "reconciled"),
                ("2026-01-08", 50, "processed"),
                ("2026-01-08", 50, "reconciled"),
                ("2026-01-09", -7, "reconciled"),
                ("2026-01-13", 15, "processed"),
                ("2026-01-14", 60, "processed"),
                ("2026-01-16", 50, "processed"),
                ("2026-01-20", 25, "processed"),
            ],
        )
        self.assertEqual([open for _name, open, _state in residuals], [0, 0, 0, 70, 15, 15, 0])

    def set_batch_size(self, size):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("account_bank_feed.batch_size", str(size))

    def test_weeks_dropped_together_in_any_order_are_decided_the_same(self):
        weeks = self.three_weeks()
        expected = None
        for seed, order in enumerate(itertools.permutations(weeks)):
            self.set_batch_size(3 if seed % 2 else 1000)
            with self.subTest(order=[str(w.start_date) for w in order]), self.forgotten():
                for week in order:
                    self.receive(week, run=False)
                run_jobs(self.env, pick=random.Random(seed).choice)
                outcome = self.outcome()
                expected = expected or outcome
                self.assertEqual(outcome, expected)
        self.assert_deserved(expected)

    def test_weeks_dropped_one_after_the_other_pay_the_same_invoices(self):
        weeks = self.three_weeks()
        for order in (weeks, weeks[::-1], (weeks[1], weeks[0], weeks[2])):
            with self.subTest(order=[str(w.start_date) for w in order]), self.forgotten():
                for week in order:
                    self.receive(week)
                self.assert_deserved(self.outcome())

    def test_small_and_big_batches_are_decided_the_same(self):
        others = [said("2026-01-10", number + 200, f"Other {number}") for number in range(110)]
        weeks = self.three_weeks(*others)
        outcomes = []
        for size, batches in ((1000, 1), (100, 2)):
            self.set_batch_size(size)
            with self.forgotten():
                for week in weeks:
                    self.receive(week, run=False)
                run_jobs(self.env, pick=random.Random(size).choice)
                self.assertEqual(len(self.transactions().batch_id), batches)
                outcomes.append(self.outcome())
        self.assertEqual(outcomes[0], outcomes[1])
        self.assertEqual(len(outcomes[0][0]), 120)

    def test_more_than_one_job_decides_about_are_decided_oldest_first(self):
        """As if they had been imported so; each job sees what the one before has claimed."""
        weeks = self.three_weeks()
        for at_once in (1, 2, 3, 7):
            with (
                self.subTest(at_once=at_once),
                self.forgotten(),
                patch.object(bank_transaction_matching, "AT_ONCE", at_once),
            ):
                for week in weeks:
                    self.receive(week, run=False)
                run_jobs(self.env, pick=random.Random(at_once).choice)
                self.assert_deserved(self.outcome())

    # ------------------------------------------------------------------
    # Files that compete
    # ------------------------------------------------------------------

    def drop_together(self, *claims):
        """Payments of the same invoice, each in a journal and a file of its own.

        :param claims: (name of the journal, transaction)
        :return: for every order of the files, the name of the journal whose payment is reconciled
        """
        numbers = {"first": 21, "second": 22}
        for name, number in numbers.items():
            self.make_journal(make_iban(number), f"BN{number}").name = name
        winners = []
        for order in itertools.permutations(claims):
            with self.forgotten():
                for name, claim in order:
                    self.receive(statement([claim], iban=make_iban(numbers[name])), run=False)
                run_jobs(self.env, pick=random.Random(len(winners)).choice)
                won = self.transactions(state="reconciled")
                lost = self.transactions(state="processed")
                self.assertEqual(len(won | lost), 2)
                self.explanations = lost.mapped("explanation")
                winners.append(won.journal_id.mapped("name"))
        return winners

    def test_of_two_files_that_pay_one_invoice_the_earliest_payment_wins(self):
        winners = self.drop_together(
            ("first", said("2026-01-11", 100, "RE/2026/00001")),
            ("second", said("2026-01-10", 100, "RE/2026/00001")),
        )
        self.assertEqual(winners, [["second"], ["second"]])
        self.assertIn("double payment", self.explanations[0])

    def test_of_two_files_that_pay_one_invoice_the_stronger_claim_wins(self):
        iban = {"name": "Anna", "iban": CUSTOMER_IBAN}
        winners = self.drop_together(
            ("first", transaction("2026-01-11", 100, "RE/2026/00001", **iban)),
            ("second", said("2026-01-10", 100, "RE/2026/00001")),
        )
        self.assertEqual(winners, [["first"], ["first"]])
        self.assertIn("stronger claim", self.explanations[0])

    def test_of_two_strangers_who_pay_one_invoice_nobody_wins(self):
        winners = self.drop_together(
            ("first", said("2026-01-11", 100, "RE/2026/00001", "Anna")),
            ("second", said("2026-01-10", 100, "RE/2026/00001", "Otto")),
        )
        self.assertEqual(winners, [[], []])
        self.assertEqual(self.documents[0].payment_state, "not_paid")

    def test_what_waits_in_a_batch_is_not_claimed_again(self):
        self.receive(statement([said("2026-01-02", 100, "RE/2026/00001")]), run=False)
        run_jobs(self.env, until="_job_post")
        first = self.transactions()
        self.assertTrue(first.matched_item_ids)
        other = self.make_journal(make_iban(21), "BN21")
        later = said("2026-01-02", 100, "RE/2026/00001")
        self.receive(statement([later], iban=other.bank_acc_number), run=False)
        run_jobs(self.env, pick=lambda jobs: jobs.sorted(lambda j: j.method_name == "_job_post")[0])
        self.assertEqual(first.state, "reconciled")
        second = self.transactions(journal_id=other.id)
        self.assertEqual(second.state, "processed")
        self.assertIn("is claimed already", second.explanation)
