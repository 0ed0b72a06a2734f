from unittest.mock import patch

from odoo.addons.account_bank_feed.tests.common import day, make_iban, statement, transaction
from odoo.addons.account_bank_feed_rule.tests.common import RuleCase
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestClosing(RuleCase):
    """What keeps a month from being closed, and the way to each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = cls.env_of(cls.make_user("viewer"))
        cls.make_rule(("text", "contains", "Fee"))

    def overview(self, month="2026-01", env=None):
        return (env or self.viewer)["bank.feed.closing"].overview(month, self.company.id)

    def check(self, name, month="2026-01", journal=None, env=None):
        """One check of a journal."""
        journal = journal or self.journal
        cards = self.overview(month, env)["journals"]
        (card,) = [card for card in cards if card["id"] == journal.id]
        return next((check for check in card["checks"] if check["name"] == name), None)

    def other(self, name, month="2026-01"):
        checks = self.overview(month)["others"]
        return next((check for check in checks if check["name"] == name), None)

    def found(self, way):
        """The records behind a button."""
        action = way["action"]
        return self.viewer[action["res_model"]].search(action["domain"])

    def january(self, *lines, **values):
        values = {"start": "2026-01-01", "end": "2026-01-31", **values}
        return self.receive(statement(lines, **values))

    # ------------------------------------------------------------------
    # Nothing open
    # ------------------------------------------------------------------

    def test_a_month_in_which_all_is_settled(self):
        self.january(transaction("2026-01-05", -5, "Fee"))
        overview = self.overview()
        (card,) = [c for c in overview["journals"] if c["id"] == self.journal.id]
        self.assertEqual(card["level"], "ok")
        self.assertEqual({check["level"] for check in card["checks"]}, {"ok"})
        self.assertEqual((overview["refused"], overview["open"]), (0, 0))
        self.company.fiscalyear_lock_date = "2026-01-31"
        locks = {lock["name"]: lock for lock in self.overview()["locks"]}
        self.assertTrue(locks["fiscalyear_lock_date"]["covers"])
        self.assertFalse(locks["hard_lock_date"]["covers"])

    def test_months_follow_each_other_up_to_the_present_one(self):
        december = self.overview("2025-12")
        self.assertEqual((december["previous"], december["next"]), ("2025-11", "2026-01"))
        self.assertEqual(december["label"], "December 2025")
        self.assertEqual(self.overview("2024-02")["last"], "02/29/2024")
        with patch("odoo.fields.Date.context_today", return_value=day("2026-03-15")):
            self.assertEqual(self.viewer["bank.feed.closing"].overview()["month"], "2026-02")
            march = self.overview("2026-03")
            self.assertEqual((march["next"], march["over"]), (False, False))

    # ------------------------------------------------------------------
    # Unreconciled lines: Odoo's own condition
    # ------------------------------------------------------------------

    def test_unreconciled_lines_count_as_odoo_counts_them(self):
        self.january(
            transaction("2026-01-05", -5, "Fee"),
            transaction("2026-01-30", 10, "Who knows"),
        )
        self.continue_in_february(transaction("2026-02-02", 20, "Later"))
        check = self.check("unreconciled")
        self.assertEqual((check["count"], check["level"]), (1, "refused"))
        self.assertEqual(self.overview()["refused"], 1)
        with self.assertRaises(RedirectWarning):
            self.company.fiscalyear_lock_date = "2026-01-31"
        (way,) = check["ways"]
        self.assertEqual(self.found(way).mapped("remittance"), ["Who knows"])
        self.assertEqual(self.check("unreconciled", "2026-02")["count"], 2)
        self.assertEqual(self.check("unreconciled", "2025-12")["count"], 0)

    def continue_in_february(self, *lines):
        return self.receive(self.continued(lines, start="2026-02-01", end="2026-02-28"))

    def test_lines_that_others_made_count_as_well(self):
        self.january(transaction("2026-01-30", 10, "Who knows"))
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.journal.id, "date": "2026-01-31", "amount": 7, "payment_ref": "?"}
        )
        check = self.check("unreconciled")
        self.assertEqual(check["count"], 2)
        ours, others = check["ways"]
        self.assertEqual((ours["count"], others["count"]), (1, 1))
        self.assertEqual(self.found(others).ids, line.ids)

    # ------------------------------------------------------------------
    # What is not in the books
    # ------------------------------------------------------------------

    def test_transactions_that_could_not_be_booked(self):
        broken = patch.object(
            self.registry["bank.transaction"],
            "_create_statement_lines",
            side_effect=UserError("No"),
        )
        with broken:
            self.january(transaction("2026-01-05", 12, "Stuck"))
        check = self.check("not_in_books")
        self.assertEqual((check["count"], check["level"]), (1, "open"))
        self.assertEqual(self.found(check["ways"][0]).mapped("state"), ["error"])
        self.assertEqual(self.check("not_in_books", "2025-12")["count"], 0)

    def test_what_is_on_its_way_counts_and_what_is_only_announced_does_not(self):
        self.receive(statement([transaction("2026-01-05", 12, "Soon")]), run=False)
        self.run_jobs(until="_job_match")
        self.receive(
            self.continued([transaction("2026-01-07", 3, "Announced", booked=False)]), run=False
        )
        self.run_jobs(pick=_not_matching, until="_job_match")
        check = self.check("not_in_books")
        self.assertEqual(self.found(check["ways"][0]).mapped("remittance"), ["Soon"])
        self.assertEqual(check["count"], 1)

    # ------------------------------------------------------------------
    # Statements
    # ------------------------------------------------------------------

    def test_a_statement_in_quarantine(self):
        self.january(transaction("2026-01-05", 12, "Gap"), opening=100)
        check = self.check("quarantine")
        self.assertEqual((check["count"], check["level"]), (1, "open"))
        self.assertEqual(self.found(check["ways"][0]).cause, "gap")

    def test_a_statement_of_no_journal_is_told_beside_them(self):
        self.january(transaction("2026-01-05", 12, "Whose?"), iban=make_iban(77))
        check = self.other("without_journal")
        self.assertEqual(self.found(check["ways"][0]).cause, "unknown_account")

    def test_statements_that_end_before_the_month_does(self):
        self.january(transaction("2026-01-05", -5, "Fee"), end="2026-01-28")
        check = self.check("coverage")
        self.assertEqual(check["level"], "open")
        self.assertIn("01/28/2026", check["text"])
        self.continue_in_february(transaction("2026-02-02", -5, "Fee"))
        self.assertEqual(self.check("coverage")["level"], "ok")

    def test_a_weekend_at_the_end_is_no_gap(self):
        # 31 January 2026 is a Saturday.
        self.january(transaction("2026-01-05", -5, "Fee"), end="2026-01-30")
        self.assertEqual(self.check("coverage")["level"], "ok")

    def test_a_journal_without_statements_is_not_asked_for_them(self):
        cash = self.make_journal(make_iban(9), "BNKC", start=None)
        self.assertEqual(self.check("coverage", journal=cash)["level"], "none")
        self.assertEqual(self.check("balance", journal=cash)["level"], "none")

    def test_an_accepted_gap_stays_open(self):
        imported = self.january(transaction("2026-01-05", -5, "Fee"), opening=100)
        imported.statement_ids.action_release("Known")
        self.run_jobs()
        check = self.check("accepted")
        self.assertEqual(check["level"], "open")
        self.assertIn("100.00", check["text"].replace("\N{NO-BREAK SPACE}", " "))
        self.assertEqual(self.found(check["ways"][0]), imported.statement_ids.with_env(self.viewer))

    def test_a_file_that_waits_for_an_answer(self):
        self.receive(statement([transaction("2026-01-05", 1, "x")]), run=False)
        self.assertEqual(self.other("files")["count"], 1)

    # ------------------------------------------------------------------
    # The bank against the books
    # ------------------------------------------------------------------

    def figures(self, month="2026-01", journal=None):
        check = self.check("balance", month, journal)
        return check["bank"], check["books"], check["difference"]

    def test_the_bank_and_the_books_agree(self):
        self.january(transaction("2026-01-05", 40, "In"), transaction("2026-01-20", -5, "Fee"))
        self.assertEqual(self.figures(), (35, 35, 0))
        self.assertEqual(self.check("balance")["level"], "ok")

    def test_an_entry_that_the_bank_does_not_know_makes_the_difference(self):
        self.january(transaction("2026-01-05", 40, "In"))
        self.book_by_hand(8)
        self.assertEqual(self.figures(), (40, 48, -8))
        check = self.check("balance")
        self.assertEqual(check["level"], "open")
        items = self.found(check["ways"][0])
        self.assertEqual(items.mapped("balance"), [8])

    def test_what_came_after_the_month_does_not_count_however_long_ago_it_is(self):
        self.january(transaction("2026-01-05", 40, "In"))
        self.continue_in_february(transaction("2026-02-02", 20, "Later"))
        self.book_by_hand(5, "2026-02-10")
        for today in ("2026-02-15", "2027-12-31"):
            with patch("odoo.fields.Date.context_today", return_value=day(today)):
                self.assertEqual(self.figures(), (40, 40, 0))
                self.assertEqual(self.figures("2026-02"), (60, 65, -5))

    def book_by_hand(self, amount, date="2026-01-15"):
        entry = self.env["account.move"].create(
            {
                "date": date,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    (0, 0, {"account_id": self.journal.default_account_id.id, "debit": amount}),
                    (0, 0, {"account_id": self.expense.id, "credit": amount}),
                ],
            }
        )
        entry.action_post()
        return entry

    def test_what_is_not_booked_yet_explains_the_difference(self):
        self.receive(statement([transaction("2026-01-05", 12, "Soon")]), run=False)
        self.run_jobs(until="_job_match")
        self.assertEqual(self.figures(), (12, 0, 12))
        self.assertIn("not in the books yet", self.check("balance")["text"])

    def test_a_statement_that_reaches_over_the_months_end(self):
        self.receive(
            statement(
                [transaction("2026-01-20", 10, "A"), transaction("2026-02-03", 4, "B")],
                start="2026-01-15",
                end="2026-02-15",
            )
        )
        self.assertEqual(self.figures(), (10, 10, 0))
        self.assertEqual(self.figures("2026-02"), (14, 14, 0))

    def test_the_figures_are_those_of_the_journals_own_balance(self):
        self.january(transaction("2026-01-05", 40, "In"))
        self.continue_in_february(transaction("2026-02-02", 20, "Later"))
        for month, last in (("2026-01", "2026-01-31"), ("2026-02", "2026-02-28")):
            bank, _books, _difference = self.figures(month)
            self.assertEqual(bank, self.journal._bank_feed_balance(day(last)))

    def test_a_journal_in_another_currency_is_compared_in_its_own(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.set_rate(dollar, "2026-01-01", 2)
        journal = self.make_journal(make_iban(5), "BNKU", currency=dollar)
        self.january(
            transaction("2026-01-05", 40, "In", currency="USD"), iban=make_iban(5), currency="USD"
        )
        self.assertEqual(self.figures(journal=journal), (40, 40, 0))

    # ------------------------------------------------------------------
    # Drafts
    # ------------------------------------------------------------------

    def test_draft_entries_of_a_journal_and_elsewhere(self):
        self.make_draft(self.journal)
        self.make_draft(self.company_data["default_journal_misc"])
        check = self.check("drafts")
        self.assertEqual((check["count"], check["level"]), (1, "open"))
        self.assertEqual(self.found(check["ways"][0]).journal_id.id, self.journal.id)
        self.assertEqual(self.other("other_drafts")["count"], 1)
        self.assertEqual(self.check("drafts", "2025-12")["count"], 0)

    def make_draft(self, journal):
        return self.env["account.move"].create(
            {"date": "2026-01-15", "journal_id": journal.id, "move_type": "entry"}
        )

    # ------------------------------------------------------------------
    # Rights, and the cost
    # ------------------------------------------------------------------

    def test_only_one_s_own_companies(self):
        other = self.make_company("Beispiel AG")
        with self.assertRaises(AccessError):
            self.viewer["bank.feed.closing"].overview("2026-01", other.id)
        outsider = self.env_of(self.make_user())
        with self.assertRaises(AccessError):
            outsider["bank.feed.closing"].overview("2026-01", self.company.id)

    def test_journals_of_other_companies_are_not_in_it(self):
        other = self.make_company("Beispiel AG")
        journal = self.make_journal(make_iban(3), "BNKX", company=other)
        both = self.env_of(self.make_user("viewer", companies=self.company | other))
        shown = {card["id"] for card in self.overview(env=both)["journals"]}
        self.assertIn(self.journal.id, shown)
        self.assertNotIn(journal.id, shown)

    def test_lines_in_branches_that_one_does_not_see_are_counted(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.env.user.company_ids = [(4, branch.id)]
        journal = self.make_journal(make_iban(4), "BNKF", company=branch)
        journal.suspense_account_id = self.journal.suspense_account_id
        self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "date": "2026-01-31", "amount": 7, "payment_ref": "?"}
        )
        self.assertEqual(self.other("hidden")["count"], 1)
        everything = self.env_of(self.make_user("viewer", companies=self.company | branch))
        check = self.check("unreconciled", journal=journal, env=everything)
        self.assertEqual(check["count"], 1)

    def test_no_query_more_for_more_journals(self):
        self.january(transaction("2026-01-05", 12, "A"))
        self.overview()
        few = self.count_queries()
        for number in range(20, 26):
            self.make_journal(make_iban(number), f"BN{number}")
            self.january(transaction("2026-01-05", 12, "B"), iban=make_iban(number))
        self.assertLessEqual(self.count_queries(), few + 2)

    def count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.overview()
        return self.env.cr.sql_log_count - before

    def test_the_lock_screen_is_offered_where_one_is_installed(self):
        self.assertFalse(self.overview()["lock_action"])
        screens = "odoo.addons.account_bank_feed_dashboard.models.bank_feed_closing.LOCK_SCREENS"
        adviser = self.env_of(
            self.make_user("accountant", groups=["account.group_account_manager"])
        )
        with patch(screens, ("account.move.reversal",)):
            action = self.overview(env=adviser)["lock_action"]
            self.assertEqual(action["res_model"], "account.move.reversal")
            self.assertFalse(self.overview()["lock_action"])


def _not_matching(jobs):
    return next((job for job in jobs if job.method_name != "_job_match"), jobs[0])
