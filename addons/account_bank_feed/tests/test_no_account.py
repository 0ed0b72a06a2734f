from decimal import Decimal
from unittest.mock import patch

from odoo.addons.bank_statement_format import Account, Format, Statement, Transaction
from odoo.addons.bank_statement_format.registry import formats
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BankFeedAloneCase, day, make_iban


class Nameless(Format):
    """One transaction per line, without a word about account and, unless told, currency."""

    label = "Nameless"

    def __init__(self, account=None, currency=None):
        self.account = account or Account()
        self.currency = currency

    def sniff(self, name, head):
        return head.startswith(b"NAMELESS")

    def parse(self, stream):
        lines = stream.read().decode().split("\n")[1:]
        parts = [line.split(" ", 2) for line in lines if line]
        for date, amount, text in parts:
            yield Transaction(
                booking_date=day(date),
                amount=Decimal(amount),
                currency=self.currency,
                remittance=text,
            )
        total = sum(Decimal(amount) for _date, amount, _text in parts)
        yield Statement(
            account=self.account,
            currency=self.currency,
            count=len(parts),
            total=total,
            start_date=day(parts[0][0]),
            end_date=day(parts[-1][0]),
        )


CONTENT = b"NAMELESS\n2026-01-02 7.50 One\n2026-01-03 -2 Two\n"


@tagged("post_install", "-at_install")
class TestNoAccount(BankFeedAloneCase):
    """Files that do not say which account they are of."""

    def setUp(self):
        super().setUp()
        self.known(Nameless())

    def known(self, fmt):
        fmt.name = "nameless"
        patcher = patch.dict(formats(), {"nameless": fmt})
        patcher.start()
        self.addCleanup(patcher.stop)

    def drop(self, content=CONTENT, journal=None):
        record = self.env["bank.import"]._upload(
            "a.txt", content, self.company.id, journal and journal.id
        )
        self.run_jobs()
        return record

    def test_it_is_of_the_journal_from_which_it_was_uploaded(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        journal = self.make_journal(make_iban(5), "BNKU", currency=dollars)
        record = self.drop(journal=journal)
        self.assertEqual(record.state, "done", record.statement_ids.explanation)
        self.assertEqual(record.statement_ids.journal_id, journal)
        self.assertEqual(record.transaction_ids.currency_id, dollars)
        self.assertEqual([line[1:3] for line in self.books(journal)], [(7.5, "One"), (-2, "Two")])

    def test_a_qif(self):
        record = self.drop(b"!Type:Bank\nD31/01/2026\nT-5.00\nPShop\n^\n", journal=self.journal)
        self.assertEqual(record.state, "done", record.error)
        self.assertEqual([line[:2] for line in self.books()], [("2026-01-31", -5)])

    def test_dropped_again_it_is_known(self):
        self.drop(journal=self.journal)
        again = self.drop(journal=self.journal)
        self.assertEqual(again.duplicate_count, 2)
        self.assertEqual(len(self.books()), 2)

    def test_the_account_in_the_file_comes_first(self):
        other = self.make_journal(make_iban(6), "BNKO")
        self.known(Nameless(Account(iban=make_iban(6)), "EUR"))
        record = self.drop(journal=self.journal)
        self.assertEqual(record.statement_ids.journal_id, other)

    def test_without_a_journal_it_waits_until_one_is_chosen(self):
        record = self.drop()
        statement = record.statement_ids
        self.assertEqual((record.state, statement.cause), ("quarantined", "no_account"))
        self.assertIn("does not say which account", statement.explanation)
        self.assertFalse(self.books())
        operator = self.env_of(self.make_user("operator"))
        wizard = (
            operator["bank.feed.choose.journal"]
            .with_context(active_id=statement.id)
            .create({"journal_id": self.journal.id})
        )
        wizard.action_confirm()
        self.run_jobs()
        self.assertEqual(record.state, "done", statement.explanation)
        self.assertEqual(len(self.books()), 2)
        self.assertEqual(record.transaction_ids.currency_id, self.company.currency_id)
        log = self.trail("choose_journal", statement)
        self.assertEqual(log.user_id, operator.user)
        self.assertIn(self.journal.name, log.after)

    def test_it_is_not_booked_to_a_second_journal(self):
        self.drop(journal=self.journal)
        other = self.make_journal(make_iban(6), "BNKO")
        for journal in (other, None):
            again = self.drop(journal=journal)
            statement = again.statement_ids
            self.assertEqual((again.state, statement.cause), ("quarantined", "no_account"))
            self.assertIn(self.journal.name, again.explanation)
            with self.assertRaisesRegex(UserError, "remove it there first"):
                statement.action_choose_journal(other.id)
            self.assertFalse(self.books(other))
        statement.action_choose_journal(self.journal.id)
        self.run_jobs()
        self.assertEqual((again.state, again.duplicate_count), ("done", 2))
        self.assertEqual(len(self.books()), 2)

    def test_it_is_not_booked_to_a_second_journal_while_it_is_on_its_way_to_the_first(self):
        other = self.make_journal(make_iban(6), "BNKO")
        for journal in (self.journal, other):
            self.env["bank.import"]._upload("a.txt", CONTENT, self.company.id, journal.id)
        self.run_jobs()
        self.assertEqual((len(self.books()), len(self.books(other))), (2, 0))

    def test_removed_there_it_may_be_of_another_journal(self):
        self.drop(journal=self.journal).statement_ids.action_remove("wrong journal")
        self.run_jobs()
        other = self.make_journal(make_iban(6), "BNKO")
        self.assertEqual(self.drop(journal=other).state, "done")
        self.assertEqual(len(self.books(other)), 2)

    def test_the_one_journal_without_an_account_is_proposed(self):
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")]
        )
        journals.write({"bank_account_id": False, "bank_feed_account_number": "1"})
        free, other = journals[0], journals[1:] or self.journal.copy()
        free.bank_feed_account_number = False
        self.known(Nameless(Account(number="1452687~7"), "EUR"))
        waiting = self.drop().statement_ids
        choice = self.env["bank.feed.choose.journal"]
        self.assertEqual(choice.new({"statement_id": waiting.id}).journal_id._origin, free)
        other.write({"bank_account_id": False, "bank_feed_account_number": False})
        self.assertFalse(choice.new({"statement_id": waiting.id}).journal_id)

    def test_an_unknown_account_is_given_to_a_journal(self):
        self.known(Nameless(Account(number="1452687~7"), "EUR"))
        first, second = self.drop(), self.drop(CONTENT.replace(b"02", b"05"))
        for record in (first, second):
            self.assertEqual(record.statement_ids.cause, "unknown_account")
        operator = self.env_of(self.make_user("operator"))
        with self.assertRaises(AccessError):
            first.statement_ids.with_env(operator).action_choose_journal(self.journal.id)
        accountant = self.env_of(self.make_user("accountant"))
        first.statement_ids.with_env(accountant).action_choose_journal(self.journal.id)
        self.run_jobs()
        self.assertEqual(self.journal.bank_feed_account_number, "1452687~7")
        self.assertEqual((first.state, second.state), ("done", "done"))
        self.assertEqual(len(self.books()), 4)
        self.assertIn(self.journal.name, self.trail("choose_journal", first.statement_ids).after)
        self.known(Nameless(Account(number="999"), "EUR"))
        with self.assertRaisesRegex(UserError, "keeps the account 1452687~7 already"):
            self.drop().statement_ids.action_choose_journal(self.journal.id)

    def test_what_is_before_the_feed_is_counted_as_ignored(self):
        self.journal._bank_feed_confirm_start(day("2026-01-03"), 7.5)
        record = self.drop(journal=self.journal)
        self.assertEqual((record.ignored_count, record.processed_count), (1, 1))
        self.assertIn("1 ignored", record.message_ids[:1].body)

    def test_what_waits_is_not_received_a_second_time(self):
        first = self.drop()
        self.assertEqual(self.drop(), first)
        self.assertIn("came again", first.message_ids[:1].body)
        first.statement_ids.action_choose_journal(self.journal.id)
        self.run_jobs()
        self.assertNotEqual(self.drop(journal=self.journal), first)
        self.assertEqual(len(self.books()), 2)

    def test_who_may_choose_and_what(self):
        statement = self.drop().statement_ids
        viewer = self.env_of(self.make_user("viewer"))
        with self.assertRaises(AccessError):
            statement.with_env(viewer).action_choose_journal(self.journal.id)
        sales = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)], limit=1
        )
        foreign = self.make_journal(make_iban(7), "BNKX", company=self.make_company("Other"))
        for journal in (sales, foreign):
            with self.assertRaises(UserError):
                statement.action_choose_journal(journal.id)
        self.assertEqual(statement.cause, "no_account")

    def test_a_currency_in_the_file_must_be_the_journals(self):
        self.known(Nameless(currency="USD"))
        statement = self.drop(journal=self.journal).statement_ids
        self.assertEqual((statement.cause, statement.currency_code), ("no_account", "USD"))
        with self.assertRaises(UserError):
            statement.action_choose_journal(self.journal.id)

    def test_amounts_too_fine_for_the_journals_currency(self):
        fine = b"NAMELESS\n2026-01-02 7.5000 One\n2026-01-03 -2.125 Two\n"
        record = self.drop(fine, journal=self.journal)
        self.assertEqual((record.state, record.error_found), ("refused", "-2.125"))
        waiting = self.drop(fine).statement_ids
        self.assertEqual(waiting.cause, "no_account")
        with self.assertRaises(UserError):
            waiting.action_choose_journal(self.journal.id)
