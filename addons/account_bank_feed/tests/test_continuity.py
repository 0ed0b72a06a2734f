from decimal import Decimal

from odoo.addons.bank_statement_format import Balance
from odoo.addons.bank_statement_format.testing import csv_demo_bank
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import BankFeedAloneCase, cut, day, make_iban, statement, transaction

WEEK_1 = [transaction("2026-01-02", 100, "One"), transaction("2026-01-05", -20, "Two")]
WEEK_2 = [transaction("2026-01-08", 30, "Three"), transaction("2026-01-12", 4, "Four")]
WEEK_3 = [transaction("2026-01-15", -7, "Five"), transaction("2026-01-19", 60, "Six")]
WEEK_4 = [transaction("2026-01-22", 8, "Seven"), transaction("2026-01-26", 11, "Eight")]
EVERYTHING = WEEK_1 + WEEK_2 + WEEK_3 + WEEK_4


def week(number, **values):
    """The statement of the ``number``-th week of EVERYTHING."""
    first = 1 + 7 * (number - 1)
    return cut(EVERYTHING, f"2026-01-{first:02}", f"2026-01-{first + 6:02}", **values)


def plain_csv(rows, account=None):
    """A CSV without balances: day, amount, text."""
    account = account or "DE89370400440532013000"
    lines = ["date,amount,currency,account,remittance"]
    lines += [f"{date},{amount},EUR,{account},{text}" for date, amount, text in rows]
    return ("\n".join(lines) + "\n").encode()


@tagged("post_install", "-at_install")
class TestContinuity(BankFeedAloneCase):
    """Each statement continues what the journal holds, or waits; and nothing counts twice."""

    def texts(self, journal=None):
        """What is in the books, by text."""
        return sorted(text for _day, _amount, text, _accounts, _state in self.books(journal))

    def type_line(self, date, amount, text, journal=None):
        """A statement line made by hand."""
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": (journal or self.journal).id,
                "date": date,
                "amount": amount,
                "payment_ref": text,
            }
        )

    def assert_chain_holds(self, *more):
        """Statements that continue the bank's balances go in by themselves."""
        for part in more:
            record = self.receive(part)
            self.assertEqual(record.state, "done", record.statement_ids.mapped("explanation"))

    # ------------------------------------------------------------------
    # Which journal?
    # ------------------------------------------------------------------

    def test_an_unknown_account_waits_until_a_journal_keeps_it(self):
        record = self.receive(statement([transaction("2026-01-02", 5, "Lost")], iban=make_iban(8)))
        part = record.statement_ids
        self.assertEqual((record.state, part.cause), ("quarantined", "unknown_account"))
        self.assertIn(make_iban(8), part.explanation)
        self.assertEqual(record.transaction_ids.state, "quarantined")
        self.assertEqual(record.review_count, 0)
        self.assertTrue(record.message_ids.filtered(lambda m: make_iban(8) in m.body))
        part.action_check_again()
        self.receive(week(1))
        self.assertEqual(part.state, "quarantined")
        journal = self.make_journal(make_iban(8), "BNK8")
        part.action_check_again()
        self.run_jobs()
        self.assertEqual(part.journal_id, journal)
        self.assertEqual(self.texts(journal), ["Lost"])
        self.assertEqual((part.state, record.state), ("closed", "done"))

    def test_two_journals_for_one_account_wait_until_one_is_left(self):
        twin = self.make_journal(make_iban(8), "BNK8")
        twin.bank_feed_account_number = self.journal.bank_account_id.acc_number
        record = self.receive(week(1))
        self.assertEqual(record.statement_ids.cause, "ambiguous_account")
        record.statement_ids.action_check_again()
        self.run_jobs()
        self.assertEqual(record.state, "quarantined")
        twin.bank_feed_account_number = False
        record.statement_ids.action_check_again()
        self.run_jobs()
        self.assertEqual(record.state, "done")
        self.assertEqual(self.texts(), ["One", "Two"])
        self.assertEqual(self.texts(twin), [])

    # ------------------------------------------------------------------
    # Does it add up?
    # ------------------------------------------------------------------

    def test_a_statement_that_does_not_add_up_waits_with_the_difference(self):
        wrong = week(1, closing=Balance(Decimal("79.99"), day("2026-01-07")))
        record = self.receive(wrong)
        part = record.statement_ids
        self.assertEqual((record.state, part.cause), ("quarantined", "unbalanced"))
        self.assertEqual(part.difference, -0.01)
        self.assertIn("0.01", part.explanation)
        self.assertEqual(self.books(), [])
        part.action_check_again()
        part.action_release("It is right")
        self.run_jobs()
        self.assertEqual(self.books(), [], "nothing makes it add up")
        self.assert_chain_holds(week(1))

    # ------------------------------------------------------------------
    # Gaps
    # ------------------------------------------------------------------

    def test_a_gap_waits_with_the_difference_and_is_released_by_its_predecessor(self):
        self.receive(week(1))
        record = self.receive(week(3))
        part = record.statement_ids
        self.assertEqual(
            (record.state, part.state, part.cause), ("quarantined", "quarantined", "gap")
        )
        self.assertEqual((part.bank_balance, part.our_balance, part.difference), (114, 80, 34))
        self.assertIn("34.00", part.explanation)
        self.assertEqual(set(record.transaction_ids.mapped("state")), {"quarantined"})
        self.assertEqual(self.texts(), ["One", "Two"])
        self.receive(week(2))
        self.assertEqual((record.state, part.state, part.cause), ("done", "closed", False))
        self.assertEqual(set(record.transaction_ids.mapped("state")), {"processed"})
        self.assertEqual(len(self.texts()), 6)

    def test_an_uploader_does_not_release_a_gap(self):
        self.company.bank_feed_four_eyes = True
        self.receive(week(1))
        part = self.receive(week(3)).statement_ids
        with self.assertRaises(UserError):
            part.action_release("I am sure")
        self.assertEqual(part.state, "quarantined")

    def release(self, part, reason="The bank lost it"):
        """Released by an approver who did not upload it."""
        self.company.bank_feed_four_eyes = True
        approver = self.make_user("approver")
        part.with_env(self.env_of(approver)).action_release(reason)
        self.run_jobs()
        return approver

    def test_an_approver_releases_a_gap_and_the_chain_goes_on(self):
        self.receive(week(1))
        record = self.receive(week(3))
        part = record.statement_ids
        approver = self.release(part)
        self.assertEqual((record.state, part.state), ("done", "closed"))
        self.assertEqual(part.accepted_difference, 34)
        self.assertFalse(part.proven)
        row = self.trail("release", part)
        self.assertEqual(row.user_id, approver)
        self.assertEqual((row.before, row.after), ("quarantined", "admitted"))
        self.assertIn("The bank lost it", row.reason)
        self.assert_chain_holds(week(4))

    def test_a_late_filler_takes_its_part_off_the_accepted_gap(self):
        self.receive(week(1))
        part = self.receive(week(3)).statement_ids
        self.release(part)
        self.assert_chain_holds(week(2))
        self.assertEqual(part.accepted_difference, 0)
        self.assert_chain_holds(week(4))
        self.assertEqual(len(self.texts()), 8)
        self.assertEqual(self.journal._bank_feed_balance(day("2026-01-31")), 186)

    def test_half_a_filler_leaves_the_rest_of_the_gap_accepted(self):
        self.receive(week(1))
        part = self.receive(week(3)).statement_ids
        self.release(part)
        self.assert_chain_holds(cut(EVERYTHING, "2026-01-08", "2026-01-11"))
        self.assertEqual(part.accepted_difference, 4)
        self.assert_chain_holds(week(4), cut(EVERYTHING, "2026-01-12", "2026-01-14"))
        self.assertEqual(part.accepted_difference, 0)
        self.assertEqual(self.journal._bank_feed_balance(day("2026-01-31")), 186)

    def test_a_filler_may_overlap_what_was_released(self):
        self.receive(week(1))
        part = self.receive(week(3)).statement_ids
        self.release(part)
        self.assert_chain_holds(cut(EVERYTHING, "2026-01-04", "2026-01-17"), week(4))
        self.assertEqual(part.accepted_difference, 0)
        self.assertEqual(len(self.texts()), 8)

    def test_a_filler_may_cover_all_of_what_was_released(self):
        self.receive(week(1))
        part = self.receive(week(3)).statement_ids
        self.release(part)
        self.assert_chain_holds(cut(EVERYTHING, "2026-01-01", "2026-01-24"), week(4))
        self.assertEqual(part.accepted_difference, 0)
        self.assertEqual(len(self.texts()), 8)
        self.assertEqual(self.journal._bank_feed_balance(day("2026-01-31")), 186)

    def test_a_filler_that_is_released_over_a_gap_itself_takes_its_gap_along(self):
        self.receive(week(1))
        last = self.receive(week(4)).statement_ids
        self.release(last)
        self.assertEqual(last.accepted_difference, 87)
        middle = self.receive(week(3)).statement_ids
        self.assertEqual((middle.cause, middle.difference), ("gap", 34))
        self.release(middle)
        self.assertEqual((middle.accepted_difference, last.accepted_difference), (34, 0))
        self.assertEqual(self.journal._bank_feed_balance(day("2026-01-31")), 186)
        self.assert_chain_holds(week(2))
        self.assertEqual((middle.accepted_difference, last.accepted_difference), (0, 0))
        self.assertEqual(self.journal._bank_feed_balance(day("2026-01-31")), 186)

    def test_a_removed_statement_takes_its_accepted_gap_along(self):
        self.receive(week(1))
        record = self.receive(week(3))
        self.release(record.statement_ids)
        record.action_remove("Wrong file")
        again = self.receive(week(3)).statement_ids
        self.assertEqual((again.state, again.difference), ("quarantined", 34))
        self.assert_chain_holds(week(2), week(4))
        self.assertEqual(again.state, "closed")
        self.assertEqual(len(self.texts()), 8)

    # ------------------------------------------------------------------
    # Too much in the books
    # ------------------------------------------------------------------

    def test_a_typed_line_that_the_bank_does_not_know_is_a_surplus(self):
        self.receive(week(1))
        typed = self.type_line("2026-01-10", 3, "Typed twice")
        record = self.receive(week(2))
        part = record.statement_ids
        self.assertEqual((part.cause, part.difference), ("surplus", -3))
        self.assertIn("3.00", part.explanation)
        typed.unlink()
        part.action_check_again()
        self.run_jobs()
        self.assertEqual(record.state, "done")
        self.assert_chain_holds(week(3))

    def test_a_surplus_can_be_released_and_the_chain_goes_on(self):
        self.receive(week(1))
        self.type_line("2026-01-10", 3, "Typed twice")
        part = self.receive(week(2)).statement_ids
        self.release(part)
        self.assertEqual((part.state, part.accepted_difference), ("closed", -3))
        self.assert_chain_holds(week(3))

    # ------------------------------------------------------------------
    # Where the feed starts
    # ------------------------------------------------------------------

    def unstarted_journal(self, opening_entry=0):
        """A journal whose feed has no start; its ledger starts with an opening entry."""
        journal = self.make_journal(make_iban(8), "BNK8", start=None)
        if opening_entry:
            other = self.company_data["default_account_revenue"]
            entry = self.env["account.move"].create(
                {
                    "date": "2026-01-01",
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "line_ids": [
                        (0, 0, {"account_id": account.id, "balance": balance})
                        for account, balance in (
                            (journal.default_account_id, opening_entry),
                            (other, -opening_entry),
                        )
                    ],
                }
            )
            entry.action_post()
        return journal

    def test_a_first_statement_that_opens_with_the_ledger_confirms_the_start(self):
        journal = self.unstarted_journal(500)
        self.assert_chain_holds(week(1, balance=500, iban=make_iban(8)))
        self.assertTrue(journal.bank_feed_start_confirmed)
        self.assertEqual(journal.bank_feed_start_balance, 500)
        self.assertEqual(journal.bank_feed_start_date, day("2026-01-01"))
        self.assertEqual(self.ledger_balance(journal.default_account_id), 580)
        self.assert_chain_holds(week(2, balance=500, iban=make_iban(8)))

    def test_a_first_statement_that_opens_otherwise_waits_for_a_person(self):
        journal = self.unstarted_journal(500)
        record = self.receive(week(1, balance="512.50", iban=make_iban(8)))
        part = record.statement_ids
        self.assertEqual(
            (record.state, part.cause, part.difference), ("quarantined", "opening", 12.5)
        )
        self.assertFalse(journal.bank_feed_start_confirmed)
        self.assertFalse(part.second_person)
        self.company.bank_feed_four_eyes = True
        users = self.env["res.users"].search([("company_ids", "in", self.company.ids)])
        (users - self.env.user).active = False
        self.assertIn("nobody else has the role", part.second_person)
        with self.assertRaisesRegex(UserError, "nobody else has the role"):
            part.action_confirm_opening()
        accountant = self.make_user("accountant")
        self.env.invalidate_all()
        self.assertIn(accountant.name, part.second_person)
        theirs = part.with_env(self.env_of(accountant))
        self.assertFalse(theirs.second_person)
        theirs.action_confirm_opening()
        self.assertEqual(part.explanation, "It is being checked again.")
        self.run_jobs()
        self.assertEqual(record.state, "done")
        self.assertTrue(journal.bank_feed_start_confirmed)
        self.assertEqual(journal.bank_feed_start_balance, 512.5)
        row = self.trail("confirm_opening", part)
        self.assertEqual(row.user_id, accountant)
        self.assertIn("500", row.before)
        self.assertIn("512.5", row.after)
        self.assert_chain_holds(week(2, balance="512.50", iban=make_iban(8)))

    def test_a_removed_statement_confirms_no_opening(self):
        journal = self.unstarted_journal()
        part = self.receive(week(1, balance=7, iban=make_iban(8))).statement_ids
        part.action_remove("Wrong file")
        part.action_confirm_opening()
        self.assertFalse(journal.bank_feed_start_confirmed)

    def test_a_first_statement_without_transactions_starts_nothing_wrong(self):
        journal = self.unstarted_journal()
        empty = statement([], 512, start="2026-01-01", end="2026-01-01", iban=make_iban(8))
        self.receive(empty)
        self.assertFalse(journal.bank_feed_start_confirmed)
        record = self.receive(week(1, balance=512, iban=make_iban(8)))
        self.assertEqual(record.statement_ids.cause, "opening")

    def test_what_waits_to_be_booked_is_no_part_of_the_start(self):
        journal = self.unstarted_journal()
        rows = [("2026-01-02", 100, "One"), ("2026-01-05", -20, "Two")]
        self.receive(name="a.csv", content=plain_csv(rows, make_iban(8)), run=False)
        self.receive(cut(EVERYTHING, "2026-01-02", "2026-01-14", iban=make_iban(8)), run=False)
        self.run_jobs()
        self.assertTrue(journal.bank_feed_start_confirmed)
        self.assertEqual(journal.bank_feed_start_balance, 0)
        self.assert_chain_holds(week(3, iban=make_iban(8)))

    def test_nothing_before_the_go_live_date_is_booked(self):
        self.journal._bank_feed_confirm_start(day("2026-01-05"), 100)
        record = self.receive(week(1))
        self.assertEqual(record.state, "done")
        self.assertEqual(self.texts(), ["Two"])
        early = self.transactions(remittance="One")
        self.assertEqual(early.state, "ignored")
        self.assertTrue(early.reason)
        self.receive(week(1))
        self.assertEqual(self.texts(), ["Two"])
        self.assert_chain_holds(week(2))

    def test_a_go_live_date_stays_when_the_opening_is_confirmed(self):
        journal = self.unstarted_journal()
        journal.bank_feed_start_date = "2026-01-05"
        part = self.receive(week(1, balance=7, iban=make_iban(8))).statement_ids
        self.assertEqual((part.cause, part.difference), ("opening", 107))
        part.action_confirm_opening()
        self.run_jobs()
        self.assertEqual(journal.bank_feed_start_date, day("2026-01-05"))
        self.assertEqual(journal.bank_feed_start_balance, 107)
        self.assertEqual(self.texts(journal), ["Two"])
        self.assert_chain_holds(week(2, balance=7, iban=make_iban(8)))

    # ------------------------------------------------------------------
    # Several downloads on one day
    # ------------------------------------------------------------------

    def test_two_statements_of_one_day_may_hold_equal_payments(self):
        for more in ([], [transaction("2026-01-02", 7, "Else", bank_reference="B-3")]):
            with self.subTest(more=len(more)), self.forgotten():
                first = transaction("2026-01-02", 50, "Ticket", bank_reference="B-1")
                second = transaction("2026-01-02", 50, "Ticket", bank_reference="B-2")
                noon = statement([first])
                evening = statement([second, *more], 50)
                self.assert_chain_holds(noon, evening)
                self.assertEqual(self.texts().count("Ticket"), 2)
                self.assert_chain_holds(noon, evening)
                self.assertEqual(self.texts().count("Ticket"), 2)
                self.assert_chain_holds(
                    statement([transaction("2026-01-03", 1, "Next")], 100 + 7 * len(more))
                )

    def test_an_equal_payment_in_a_statement_that_opens_where_we_are_is_another_one(self):
        for reference in (None, "NONREF"):
            with self.subTest(reference=reference), self.forgotten():
                one = transaction("2026-01-02", 50, "Ticket", bank_reference=reference)
                self.assert_chain_holds(statement([one]), statement([one], 50, number="2"))
                self.assertEqual(self.texts(), ["Ticket", "Ticket"])

    def test_an_earlier_download_of_a_day_that_came_to_nothing_books_nothing_again(self):
        """It opens where we are, like a later statement of that day; the bank's ids tell."""
        for reference in ("B-1", None):
            with self.subTest(reference=reference), self.forgotten():
                paid = transaction("2026-01-02", 50, "Ticket", bank_reference=reference)
                back = transaction("2026-01-02", -50, "Returned", bank_reference="B-2")
                self.assert_chain_holds(statement([paid, back]), statement([paid]))
                self.assertEqual(self.texts(), ["Returned", "Ticket"])

    def test_the_day_so_far_and_then_the_whole_day(self):
        one = transaction("2026-01-02", 50, "Ticket", bank_reference="B-1")
        two = transaction("2026-01-02", 50, "Ticket", bank_reference="B-2")
        so_far, whole = statement([one]), statement([one, two])
        self.assert_chain_holds(so_far, whole, so_far)
        self.assertEqual(self.texts(), ["Ticket", "Ticket"])

    # ------------------------------------------------------------------
    # Lines that were there before
    # ------------------------------------------------------------------

    def test_a_line_typed_by_hand_is_not_booked_again(self):
        typed = self.type_line("2026-01-02", 100, "first payment of the year")
        record = self.receive(week(1))
        self.assertEqual(record.state, "done")
        known = self.transactions(remittance="One")
        self.assertEqual((known.state, known.duplicate_of_line_id), ("duplicate", typed))
        self.assertEqual(self.texts(), ["Two", "first payment of the year"])
        self.receive(week(1))
        self.assertEqual(self.texts(), ["Two", "first payment of the year"])
        self.assert_chain_holds(week(2))

    def test_a_line_of_another_day_or_amount_is_another_one(self):
        self.type_line("2026-01-03", 20, "Two")
        record = self.receive(week(1))
        self.assertEqual(record.statement_ids.cause, "surplus")
        self.assertFalse(record.transaction_ids.duplicate_of_line_id)

    def test_the_text_tells_which_of_two_equal_typed_lines_it_is(self):
        other = self.type_line("2026-01-02", 100, "Insurance")
        same = self.type_line("2026-01-02", 100, "One, paid early")
        record = self.receive(name="a.csv", content=plain_csv([("2026-01-02", 100, "One")]))
        self.assertEqual(record.transaction_ids.duplicate_of_line_id, same)
        self.assertNotEqual(record.transaction_ids.duplicate_of_line_id, other)

    # ------------------------------------------------------------------
    # Across sources
    # ------------------------------------------------------------------

    def test_camt_and_csv_of_the_same_days_are_booked_once(self):
        camt = [
            transaction("2026-01-02", 50, "RE-2026/17 Muster GmbH Berlin", name="Muster GmbH"),
            transaction("2026-01-02", 50, "RE-2026/18 Beispiel AG", name="Beispiel AG"),
            transaction("2026-01-03", -8, "Card 4711 Bakery"),
        ]
        csv = [
            transaction("2026-01-02", 50, "Beispiel AG re2026 18"),
            transaction("2026-01-02", 50, "Muster GmbH 17"),
            transaction("2026-01-03", -8, "BAKERY CARD PAYMENT"),
            transaction("2026-01-04", 9, "Only in the later file"),
        ]
        self.receive(statement(camt))
        record = self.receive(name="a.csv", content=csv_demo_bank([statement(csv)]))
        self.assertEqual(record.state, "done", record.statement_ids.explanation)
        pairs = {t.remittance: t.duplicate_of_id.remittance for t in record.transaction_ids}
        self.assertEqual(pairs["Muster GmbH 17"], "RE-2026/17 Muster GmbH Berlin")
        self.assertEqual(pairs["Beispiel AG re2026 18"], "RE-2026/18 Beispiel AG")
        self.assertEqual(pairs["BAKERY CARD PAYMENT"], "Card 4711 Bakery")
        self.assertEqual(len(self.texts()), 4)
        both = [transaction("2026-01-05", 1, "Next")]
        self.assert_chain_holds(statement(both, 101), statement(camt))
        self.assertEqual(len(self.texts()), 5)

    def test_one_more_equal_payment_in_the_other_source_is_new(self):
        self.receive(name="a.csv", content=plain_csv([("2026-01-02", 50, "Ticket")]))
        self.receive(
            name="b.csv",
            content=csv_demo_bank([statement([transaction("2026-01-02", 50, "Ticket")] * 2)]),
        )
        self.assertEqual(self.texts(), ["Ticket", "Ticket"])

    def test_a_doubtful_pair_that_balances_prove_needs_nobody(self):
        self.receive(statement([transaction("2026-01-02", 50, "4711 XYZ")]))
        other_words = statement([transaction("2026-01-02", 50, "Donation")])
        record = self.receive(name="a.csv", content=csv_demo_bank([other_words]))
        self.assertEqual(record.transaction_ids.state, "duplicate")
        self.assertEqual(len(self.texts()), 1)

    def test_a_doubtful_pair_that_balances_disprove_is_no_duplicate(self):
        self.receive(statement([transaction("2026-01-02", 50, "4711 XYZ")]))
        another = statement([transaction("2026-01-02", 50, "Donation")], 50)
        record = self.receive(name="a.csv", content=csv_demo_bank([another]))
        self.assertNotEqual(record.transaction_ids.state, "duplicate")

    def doubtful(self):
        """A transaction of which only a person can tell whether it is known."""
        self.receive(statement([transaction("2026-01-02", 50, "4711 XYZ")]))
        record = self.receive(name="a.csv", content=plain_csv([("2026-01-02", 50, "Donation")]))
        row = record.transaction_ids
        self.assertEqual(row.state, "quarantined")
        self.assertEqual(row.duplicate_of_id.remittance, "4711 XYZ")
        self.assertTrue(row.reason)
        self.assertEqual(self.texts(), ["4711 XYZ"])
        return row

    def test_a_person_says_that_it_is_a_duplicate(self):
        row = self.doubtful()
        row.action_confirm_duplicate()
        self.run_jobs()
        self.assertEqual((row.state, row.import_statement_id.state), ("duplicate", "closed"))
        self.assertEqual(self.texts(), ["4711 XYZ"])
        self.assertEqual(self.trail("duplicate", row).before, "quarantined")

    def test_a_person_says_that_it_is_another_payment(self):
        row = self.doubtful()
        row.action_not_duplicate()
        self.run_jobs()
        self.assertEqual((row.state, row.import_statement_id.state), ("processed", "closed"))
        self.assertFalse(row.duplicate_of_id)
        self.assertEqual(self.texts(), ["4711 XYZ", "Donation"])
        self.assertEqual(self.journal._bank_feed_balance(day("2026-01-31")), 100)

    def test_another_payment_that_came_through_another_door_meanwhile_is_booked_once(self):
        row = self.doubtful()
        self.assert_chain_holds(
            statement(
                [
                    transaction("2026-01-02", 50, "4711 XYZ"),
                    transaction("2026-01-02", 50, "Donation of Muster GmbH"),
                ]
            )
        )
        row.action_not_duplicate()
        self.run_jobs()
        self.assertEqual(row.state, "duplicate")
        self.assertEqual(row.duplicate_of_id.remittance, "Donation of Muster GmbH")
        self.assertEqual(self.texts(), ["4711 XYZ", "Donation of Muster GmbH"])

    def test_what_was_settled_lets_the_next_statement_in(self):
        row = self.doubtful()
        following = self.receive(statement([transaction("2026-01-03", 1, "Next")], 100))
        self.assertEqual((following.state, following.statement_ids.difference), ("quarantined", 50))
        row.action_not_duplicate()
        self.run_jobs()
        self.assertEqual(following.state, "done")

    def test_a_settled_question_is_not_settled_twice(self):
        row = self.doubtful()
        row.action_confirm_duplicate()
        row.action_not_duplicate()
        self.run_jobs()
        self.assertEqual(row.state, "duplicate")

    def test_completeness_is_unproven_without_balances(self):
        part = self.receive(name="a.csv", content=plain_csv([("2026-01-02", 5, "A")])).statement_ids
        self.assertEqual((part.state, part.proven), ("closed", False))
        self.assertTrue(
            self.receive(statement([transaction("2026-01-03", 1, "B")], 5)).statement_ids.proven
        )

    # ------------------------------------------------------------------
    # A file that leaves
    # ------------------------------------------------------------------

    def test_duplicates_of_a_removed_file_take_its_place(self):
        first = self.receive(week(1))
        second = self.receive(week(1), name="second.xml")
        third = self.receive(week(1), name="third.xml")
        books = self.books()
        first.action_remove("Wrong file")
        self.run_jobs()
        self.assertEqual(self.books(), books)
        self.assertEqual(set(second.transaction_ids.mapped("state")), {"processed"})
        self.assertEqual(set(third.transaction_ids.mapped("state")), {"duplicate"})
        self.assertEqual(third.transaction_ids.duplicate_of_id, second.transaction_ids)
        self.assert_chain_holds(week(2))

    def test_a_doubt_about_a_removed_transaction_is_none(self):
        row = self.doubtful()
        row.duplicate_of_id.import_id.action_remove("Wrong file")
        self.run_jobs()
        self.assertEqual(row.state, "processed")
        self.assertEqual(self.texts(), ["Donation"])
