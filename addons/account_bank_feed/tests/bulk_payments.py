"""Payments of documents, in whole and in part, and what is not decided: booked in both ways."""

from unittest.mock import patch

from ..models import bank_transaction_bulk
from .bulk_common import BATCH, Payment

ODD = "Größe „5“ <b>&amp;</b> % %s {x} \\ 'q' \u200b\N{EURO SIGN} \N{GRINNING FACE}\nsecond line\t."


class PaymentCases:
    def test_more_payments_take_no_more_queries(self):
        for due in (False, True):
            with self.subTest(taxes_may_fall_due_with_payments=due):
                self.company.tax_exigibility = due
                first, second, many = map(self.queries, (BATCH, BATCH, 3 * BATCH))
                self.assertGreater(first, second, "the first one's specimens are good for all")
                self.assertEqual(second, many)

    def queries(self, count):
        """How many it takes to book payments of so many invoices."""
        transactions = self.receive_payments(self.paid(self.make_documents(count, self.customers)))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        with patch.object(bank_transaction_bulk, "GOOD_FOR", 10**10):  # whenever this runs
            self.assertEqual(len(self.book_by_feed(transactions)), count)
        return self.cr.sql_log_count - before

    def test_payments_of_invoices(self):
        books = self.assert_same_books(self.paid(self.invoices))
        for table in ("account_partial_reconcile", "account_full_reconcile"):
            self.assertEqual(len(books[table]), len(self.invoices))
        # Each invoice says that it was paid.
        self.assertGreaterEqual(len(books["mail_tracking_value"]), len(self.invoices))

    def test_payments_of_bills_and_refunds(self):
        bills = self.make_documents(BATCH // 2, self.vendors, "in_invoice")
        refunds = self.make_documents(BATCH // 4, self.customers, "out_refund", first=200)
        credits = self.make_documents(BATCH // 4, self.vendors, "in_refund", first=300)
        self.assert_same_books(self.paid(bills | refunds | credits) + self.paid(self.invoices[:5]))

    def test_payments_in_part(self):
        payments = [self.pays(invoice, amount=60 + n) for n, invoice in enumerate(self.invoices)]
        books = self.assert_same_books(payments)
        self.assertNotIn("account_full_reconcile", books)

    def test_payments_of_one_invoice_in_one_batch(self):
        """Three of each, the last of which is too much."""
        payments = [
            Payment(40, items=self.open_items(invoice), partner=invoice.partner_id)
            for invoice in self.invoices[:5]
            for _time in range(3)
        ]
        self.assert_same_books(payments)

    def test_several_invoices_in_one_payment(self):
        pairs = [self.invoices[n : n + 2] for n in range(0, len(self.invoices), 2)]
        first = [self.pays(*pair) for pair in pairs]
        less = self.pays(*self.make_documents(3, self.customers[0]), amount=250)
        self.assert_same_books([*first, less, *self.undecided(BATCH // 2)])

    def test_too_much_is_left_on_the_account_of_the_partner(self):
        payments = [
            self.pays(invoice, amount=invoice.amount_total + n)
            for n, invoice in enumerate(self.invoices)
        ]
        self.assert_same_books(payments)

    def test_payments_of_several_items_with_a_rest(self):
        """What a matching engine decides part by part."""
        receivable = self.open_items(self.invoices[0]).account_id
        half = len(self.customers)
        payments = []
        for first, second in zip(self.invoices[:half], self.invoices[half:], strict=False):
            self.assertEqual(first.partner_id, second.partner_id)
            partner = first.partner_id
            rest = [(None, 7.5, receivable, partner), (None, 0.42, self.expense, partner)]
            parts = [self.item_part(first), self.item_part(second, 50), *rest]
            total = round(sum(part[1] for part in parts), 2)
            payments.append(Payment(total, parts=parts, partner=partner))
        whole = [
            Payment(i.amount_total, parts=[self.item_part(i)], partner=i.partner_id)
            for i in self.make_documents(len(self.customers), self.customers, first=400)
        ]
        self.assert_same_books(payments + whole)

    def test_invoices_of_several_partners_in_one_payment(self):
        """An entry whose items are given is nobody's, beside others that are their partner's."""
        first, second, third, *_others = self.invoices
        partner = first.partner_id
        mixed = Payment(0, parts=[self.item_part(i) for i in (first, second)], partner=partner)
        mixed.amount = first.amount_total + second.amount_total
        parts = [self.item_part(third), (None, 1, self.expense, third.partner_id)]
        parts += [(None, 2, self.expense, third.partner_id)]
        most = Payment(third.amount_total + 3, parts=parts, partner=third.partner_id)
        self.assert_same_books([mixed, most, *self.paid(self.invoices[4:])])

    def test_what_nobody_decided_is_on_suspense(self):
        half = BATCH // 2
        payments = self.undecided(half) + self.undecided(half, partner=self.customers[0])
        payments += [Payment(round(-7.03 - n, 2)) for n in range(5)]
        self.assert_same_books(payments)

    def test_fees_on_an_expense_account(self):
        payments = [Payment(round(-1.01 - n, 2), account=self.expense) for n in range(BATCH)]
        payments += [Payment(0.01, account=self.expense, partner=self.vendors[0])]
        self.assert_same_books(payments)

    def mixed(self, invoices):
        payments = []
        for number, invoice in enumerate(invoices):
            payments += [
                self.pays(invoice),
                Payment(-number - 1, account=self.expense, partner=self.vendors[0]),
                Payment(number + 1),
            ][number % 3 :][:2]
        return payments

    def test_shapes_mixed_in_one_batch(self):
        self.assert_same_books(self.mixed(self.invoices[:BATCH]))

    def test_as_many_as_production_writes_in_bulk(self):
        self.few.close()
        more = self.make_documents(30, self.customers, first=700)
        self.assert_same_books(self.mixed(self.invoices[:12] | more))

    def test_odd_texts(self):
        payments = self.undecided(text=ODD, name=ODD[::-1], iban="DE00 0000", code="PMNT-RCDT")
        for payment in payments[::2]:
            payment.text = "long " * 400
        payments += self.undecided(3, text=" ", name="", iban="")
        payments += self.paid(self.invoices[:5], text=ODD)
        self.assert_same_books(payments)

    def test_invoices_that_were_talked_about(self):
        """A message answers the first one in the chatter, or the last one that somebody wrote."""
        for number, invoice in enumerate(self.invoices):
            if number % 3:
                invoice.message_post(body="Please pay", message_type="comment")
            if number % 3 == 2:
                invoice.message_post(body="A note")
        self.assert_same_books(self.paid(self.invoices))

    def test_open_payments_with_an_entry(self):
        """A payment waits on an outstanding account for the bank to report it."""
        method = self.journal.inbound_payment_method_line_ids[0]
        method.payment_account_id = self.expense.copy(
            {"account_type": "asset_current", "reconcile": True, "name": "Outstanding"}
        )
        wizard = self.env["account.payment.register"]
        for invoice in self.invoices:
            wizard.with_context(active_model="account.move", active_ids=invoice.ids).create(
                {"journal_id": self.journal.id, "payment_method_line_id": method.id}
            )._create_payments()
        outstanding = self.invoices.matched_payment_ids.move_id.line_ids.filtered(
            lambda item: item.account_id == method.payment_account_id
        )
        self.assertEqual(len(outstanding), len(self.invoices))
        payments = [
            Payment(item.balance, items=item, partner=item.partner_id) for item in outstanding
        ]
        self.assert_same_books(payments)

    def test_payments_of_items_that_are_no_documents(self):
        """Opening entries have many items, of which each is paid by itself."""
        receivable = self.open_items(self.invoices[0]).account_id
        items = [
            {"account_id": receivable.id, "partner_id": self.customers[n % 5].id, "debit": 10 + n}
            for n in range(BATCH)
        ]
        total = sum(item["debit"] for item in items)
        items.append({"account_id": self.expense.id, "credit": total})
        entry = self.env["account.move"].create(
            {"date": "2026-01-02", "line_ids": [(0, 0, item) for item in items]}
        )
        entry.action_post()
        payments = [
            Payment(item.balance, items=item, partner=item.partner_id)
            for item in entry.line_ids
            if item.account_id == receivable
        ]
        self.assert_same_books(payments)
