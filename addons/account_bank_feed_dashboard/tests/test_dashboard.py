"""The figures of the dashboard, each against a world made with the pipeline itself."""

import datetime
import json
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.addons.account_bank_feed.tests.common import IBAN, make_iban, statement, transaction
from odoo.addons.account_bank_feed_rule.tests.common import CUSTOMER_IBAN, RuleCase
from odoo.addons.bus.websocket import _wsrequest_stack
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.bank_feed_dashboard_cards import _last_in_chain
from ..models.bank_feed_dashboard_health import _rhythm

AMOUNTS = {
    "account.move.line": "balance",
    "bank.import.statement": "closing_balance",
    "bank.transaction": "amount",
}
"""What a figure that is an amount adds up, by the model of its list."""


class DashboardCase(RuleCase):
    """A company in which everything has happened that can happen to a transaction.

    By days before today, all of them in one journal::

        90  an early payment, in a period that is locked: error
        40  a deposit of which nothing is known; a fee that a rule books
         3  a fee that a rule books; a payment that may be of two invoices; one that is announced
         0  a statement before which one is missing, with one transaction
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.make_rule(("text", "contains", "fee"))
        for number in ("F1", "F2"):
            cls.make_invoice(120, name=number)
        cls.company.fiscalyear_lock_date = cls.today - datetime.timedelta(days=85)
        cls.early = cls.receive(cls.on([(90, 10, "Early")]))
        cls.first = cls.receive(cls.on([(40, 1000, "Deposit"), (40, -5, "fee")], 10))
        recent = cls.on(
            [(3, -7, "fee"), (2, 120, "Thank you", {"name": "partner_a", "iban": CUSTOMER_IBAN})],
            1005,
            announced=[(2, 50, "Soon")],
        )
        cls.recent = cls.receive(recent)
        cls.again = cls.receive(recent, name="again.xml")
        cls.gap = cls.receive(cls.on([(0, 30, "After a gap")], 5000))
        cls.refused = cls.receive(content=b"See you in two weeks!", name="holiday.txt")

    @classmethod
    def ago(cls, days):
        return str(cls.today - datetime.timedelta(days=days))

    @classmethod
    def on(cls, entries, opening=0, announced=(), **values):
        """A statement of (days ago, amount, text, more) that goes on from ``opening``."""
        transactions = [
            transaction(cls.ago(days), amount, text, booked=booked, **dict(*more))
            for booked, some in ((True, entries), (False, announced))
            for days, amount, text, *more in some
        ]
        return statement(transactions, opening, **values)

    def dashboard(self, env=None):
        return (env or self.env)["bank.feed.dashboard"].with_context(
            allowed_company_ids=(env.companies if env else self.company).ids
        )

    def answers(self, **options):
        dashboard = self.dashboard(**options)
        return {
            "cards": dashboard.cards(),
            "work": dashboard.work(),
            "waiting": dashboard.waiting(),
            "period": dashboard.period("90"),
        }

    def card(self, journal=None, env=None):
        cards = {card["id"]: card for card in self.dashboard(env=env).cards()["cards"]}
        return cards[(journal or self.journal).id]

    def states(self, ways):
        return {way["state"]: way["value"] for way in ways}

    def ways(self, answer):
        """Every figure within an answer."""
        if isinstance(answer, dict):
            if "domain" in answer and "value" in answer:
                yield answer
            answer = list(answer.values())
        if isinstance(answer, list):
            for one in answer:
                yield from self.ways(one)


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCase):
    # ------------------------------------------------------------------
    # All figures
    # ------------------------------------------------------------------

    def test_every_figure_is_what_its_list_holds(self):
        ways = list(self.ways(self.answers()))
        self.assertGreater(len(ways), 60)
        for way in ways:
            records = self.env[way["model"]].search(way["domain"])
            with self.subTest(label=way["label"], domain=way["domain"]):
                if isinstance(way["value"], float):
                    found = sum(records.mapped(AMOUNTS[way["model"]]))
                    self.assertAlmostEqual(way["value"], found, 2)
                else:
                    self.assertEqual(way["value"], len(records))

    def test_answers_can_be_sent(self):
        """Dates and records would not get through."""
        self.assertEqual(_kinds_of_values(self.answers()) - {int, float, str, bool}, {type(None)})

    # ------------------------------------------------------------------
    # Cards
    # ------------------------------------------------------------------

    def test_balances_of_bank_and_books_and_what_explains_the_difference(self):
        card = self.card()
        self.assertEqual(card["bank"]["value"], 1118.0)
        self.assertEqual(card["books"]["value"], 1108.0)
        self.assertEqual(card["difference"]["value"], 10.0)
        self.assertEqual(card["difference"]["level"], "explained")
        self.assertEqual([part["text"] for part in card["difference"]["parts"]], ["1 on the way"])
        self.assertEqual(card["announced"]["value"], 1)

    def test_review_is_what_a_person_can_decide(self):
        """Not the transactions of a statement that waits as a whole."""
        self.assertEqual(self.card()["review"]["value"], 3)
        self.assertEqual(len(self.transactions(state="quarantined")), 1)

    def test_difference_without_explanation_is_called_so(self):
        self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    (0, 0, {"account_id": self.journal.default_account_id.id, "debit": 4}),
                    (0, 0, {"account_id": self.expense.id, "credit": 4}),
                ],
            }
        ).action_post()
        difference = self.card()["difference"]
        self.assertEqual((difference["value"], difference["level"]), (6.0, "unexplained"))
        self.assertIn("4.00", difference["rest"])

    def test_balances_that_agree(self):
        journal = self.make_journal(make_iban(7), "BNKB")
        self.receive(self.on([(5, 40, "Rent")], iban=make_iban(7)))
        self.assertEqual(self.card(journal)["difference"]["level"], "even")

    def test_books_of_an_account_in_a_foreign_currency_are_in_that_currency(self):
        _invoice, dollar = self.in_dollars(10, "D1")
        journal = self.make_journal(make_iban(8), "BNKD", currency=dollar)
        paid = transaction(self.ago(5), 100, "Rent", currency="USD")
        self.receive(statement([paid], iban=make_iban(8), currency="USD"))
        card = self.card(journal)
        self.assertEqual((card["bank"]["value"], card["books"]["value"]), (100.0, 100.0))
        self.assertEqual(card["difference"]["level"], "even")

    def test_last_statement_tells_its_days_and_that_it_is_complete(self):
        last = self.card()["last"]
        self.assertTrue(last["proven"])
        same = self.recent.statement_ids | self.again.statement_ids
        self.assertIn(last["domain"][0][2], same.ids)

    def test_statement_without_balances_is_unproven_and_tells_no_balance(self):
        journal = self.make_journal(make_iban(9), "BNKC")
        rent = self.on([(5, 40, "Rent")], iban=make_iban(9))
        self.receive(replace(rent, opening=None, closing=None))
        card = self.card(journal)
        self.assertFalse(card["bank"])
        self.assertFalse(card["difference"])
        self.assertFalse(card["last"]["proven"])

    def test_of_two_statements_of_a_day_the_one_that_ends_the_chain_is_last(self):
        one, two = (
            self.env["bank.import.statement"].new(
                {"has_opening": True, "opening_balance": opening, "closing_balance": closing}
            )
            for opening, closing in ((30, 50), (10, 30))
        )
        self.assertEqual(_last_in_chain(one | two), one)
        self.assertEqual(_last_in_chain(two | one), one)

    def test_gap_is_counted_and_stops_the_account(self):
        card = self.card()
        self.assertEqual(card["gaps"]["value"], 1)
        self.assertEqual(card["health"]["level"], "stuck")
        self.assertEqual(
            {reason["label"]: reason["value"] for reason in card["health"]["reasons"]},
            {"Statements in quarantine": 1, "Could not be booked": 1},
        )

    def test_statement_that_was_released_over_a_gap_remains_a_gap(self):
        self.gap.statement_ids.action_release("The bank lost it")
        self.run_jobs()
        card = self.card()
        self.assertEqual(card["gaps"]["value"], 1)
        self.assertEqual(card["bank"]["value"], 5030.0)
        self.assertEqual(card["difference"]["level"], "explained")

    def test_account_is_late_when_its_rhythm_is_broken(self):
        journal = self.make_journal(make_iban(6), "BNKE")
        for opening, days in enumerate((34, 27, 26, 25, 24)):
            self.receive(self.on([(days, 1, f"Day {days}")], opening, iban=make_iban(6)))
        health = self.card(journal)["health"]
        self.assertEqual(health["level"], "late")
        self.assertIn("24 days", health["words"][0])

    def test_account_without_rhythm_is_late_after_a_month_and_a_half(self):
        for number, (days, level) in enumerate(((49, "good"), (50, "late")), start=60):
            journal = self.make_journal(make_iban(number), f"BNK{number}")
            self.receive(self.on([(days, 1, "Rent")], iban=make_iban(number)))
            self.assertEqual(self.card(journal)["health"]["level"], level)

    def test_rhythm_is_the_usual_time_between_two_statements(self):
        days = [datetime.date(2026, 1, day) for day in (5, 12, 12, 19, 26)]
        self.assertEqual(_rhythm(days), 7)
        self.assertIsNone(_rhythm(days[:3]))

    def test_connections_can_say_when_they_fetch_next(self):
        told = {
            self.journal.id: {
                "record": self.journal,
                "text": "Next at 6:00",
                "trouble": "Consent has expired",
                "balance": 12.5,
                "balance_at": datetime.datetime(2026, 3, 1, 6, 0),
            }
        }
        model = self.registry["account.journal"]
        with patch.object(model, "_bank_feed_status", lambda *_args: told):
            card = self.card()
        self.assertEqual(card["status"]["text"], "Next at 6:00")
        self.assertEqual(card["status"]["res_id"], self.journal.id)
        self.assertIn("Consent has expired", card["health"]["words"])
        self.assertEqual(card["bank_now"]["value"], 12.5)
        self.assertNotEqual(card["bank"], card["bank_now"])  # which a statement tells

    def test_books_are_not_compared_with_a_balance_of_before_the_last_statement(self):
        """Such as that of a file, where the account was fetched since without balances."""
        iban = make_iban(7)
        journal = self.make_journal(iban, "BNKB")
        self.receive(self.on([(5, 40, "Rent")], iban=iban))
        row = f"{self.ago(1)},2,EUR,{iban},Refund"
        content = f"date,amount,currency,account,remittance\n{row}\n".encode()
        self.receive(name="fetched.csv", content=content)
        status = {"record": journal, "text": "", "trouble": "", "balance": 42.0}
        told = {journal.id: {**status, "balance_at": fields.Datetime.now()}}
        model = self.registry["account.journal"]
        with patch.object(model, "_bank_feed_status", lambda *_args: told):
            card = self.card(journal)
        self.assertEqual((card["books"]["value"], card["bank"]["value"]), (42, 42))
        self.assertEqual(card["difference"]["level"], "even")
        self.assertFalse(card["bank_now"])
        self.assertEqual(self.card(journal)["bank"]["value"], 40)

    def fetched(self, journal, balance):
        """A feed keeps the journal, and the bank has told a balance."""
        told = {
            "record": journal,
            "text": "Next at 6:00",
            "trouble": "",
            "balance": balance,
            "balance_at": datetime.datetime(2026, 3, 1, 6, 0),
        }
        model = self.registry["account.journal"]
        return patch.object(model, "_bank_feed_status", lambda *_args: {journal.id: told})

    def test_a_feed_that_was_started_has_a_card_at_once(self):
        journal = self.make_journal(make_iban(61), "BNKS", start=None)
        with self.fetched(journal, 0):
            self.assertEqual(self.card(journal)["status"]["text"], "Next at 6:00")

    def test_nothing_can_be_said_before_the_opening_balance_is_confirmed(self):
        journal = self.make_journal(make_iban(62), "BNKO", start=None)
        with self.fetched(journal, 500):
            difference = self.card(journal)["difference"]
            self.assertEqual(difference["level"], "unproven")
            self.assertEqual(difference["parts"][-1]["res_id"], journal.id)
            self.receive(self.on([(5, 40, "Rent")], 460, iban=make_iban(62)))
            (part,) = self.card(journal)["difference"]["parts"]
        waiting = self.env[part["model"]].search(part["domain"])
        self.assertEqual((part["value"], waiting.cause), (1, "opening"))
        waiting.action_confirm_opening()
        with self.fetched(journal, 500):
            self.assertNotEqual(self.card(journal)["difference"]["level"], "unproven")

    def test_journals_without_anything_from_a_bank_have_no_card(self):
        journal = self.make_journal(make_iban(5), "BNKF", start=None)
        shown = [card["id"] for card in self.dashboard().cards()["cards"]]
        self.assertIn(self.journal.id, shown)
        self.assertNotIn(journal.id, shown)

    # ------------------------------------------------------------------
    # Open, by kind and age
    # ------------------------------------------------------------------

    def test_open_transactions_are_counted_by_state_over_all_time(self):
        self.assertEqual(
            self.states(self.dashboard().waiting()["states"]),
            {"pending": 1, "processed": 2, "error": 1, "quarantined": 1},
        )

    def test_exceptions_by_kind_and_age(self):
        failed = (
            self.env["bank.import.batch"]
            .sudo()
            .create({"journal_id": self.journal.id, "company_id": self.company.id})
        )
        failed._set_state("failed", "for the test")
        found = {
            row["kind"]: [age["value"] for age in row["ages"]]
            for row in self.dashboard().waiting()["exceptions"]
        }
        self.assertEqual(
            found,
            {
                "suggested": [0, 1, 0, 0],
                "unknown": [0, 0, 0, 1],
                "error": [0, 0, 0, 1],
                "statement_gap": [1, 0, 0, 0],
                "file_refused": [1, 0, 0, 0],
                "batch": [1, 0, 0, 0],
            },
        )

    def test_what_may_be_a_duplicate_is_an_exception(self):
        rows = [f"{self.ago(3)},-7,EUR,{IBAN},charges", f"{self.ago(2)},120,EUR,{IBAN},Merci"]
        content = "\n".join(["date,amount,currency,account,remittance", *rows, ""]).encode()
        self.receive(name="doubtful.csv", content=content)
        kinds = {row["kind"]: row for row in self.dashboard().waiting()["exceptions"]}
        self.assertEqual(kinds["doubtful"]["all"]["value"], 2)

    def test_times_are_taken_where_the_user_is(self):
        dashboard = self.dashboard().with_context(tz="Pacific/Auckland")
        with freeze_time("2026-07-01 13:00:00"):  # 2 July there
            (begin,) = dashboard._between("bank.import", "received_at", *dashboard._ages()[0][2:])
        self.assertEqual(begin, ("received_at", ">=", "2026-07-01 12:00:00"))

    # ------------------------------------------------------------------
    # Periods
    # ------------------------------------------------------------------

    def test_settled_transactions_of_a_period(self):
        settled = self.dashboard().period("30")["settled"]
        self.assertEqual(self.states(settled), {"reconciled": 1, "duplicate": 3, "ignored": 0})
        settled = self.dashboard().period("90")["settled"]
        self.assertEqual(self.states(settled)["reconciled"], 2)

    def test_share_untouched_by_hand(self):
        untouched = self.dashboard().period("30")["untouched"]
        self.assertEqual(
            (untouched["untouched"]["value"], untouched["total"]["value"], untouched["share"]),
            (1, 2, 50),
        )
        self.assertEqual([p["share"] for p in untouched["points"][-4:]], [100, 0, None, None])

    def test_what_a_person_settled_is_not_untouched(self):
        fee = self.transactions(remittance="fee", state="reconciled")[-1]
        fee.action_undo("for the test")
        self.assertEqual(self.dashboard().period("30")["untouched"]["untouched"]["value"], 0)

    def test_money_by_day(self):
        money = self.dashboard().period("30")["money"]
        self.assertEqual((money["in"]["value"], money["out"]["value"]), (120.0, -7.0))
        self.assertEqual([p["in"]["value"] for p in money["points"][-4:]], [0, 120, 0, 0])
        self.assertEqual([p["out"]["value"] for p in money["points"][-4:]], [-7, 0, 0, 0])

    def test_long_periods_are_shown_by_week(self):
        period = self.dashboard().period("90")
        self.assertTrue(period["by_week"])
        self.assertIn(len(period["money"]["points"]), (13, 14))
        self.assertAlmostEqual(
            sum(point["in"]["value"] for point in period["money"]["points"]),
            period["money"]["in"]["value"],
        )

    def test_other_currencies_are_told_apart(self):
        _invoice, dollar = self.in_dollars(10, "D1")
        self.make_journal(make_iban(8), "BNKD", currency=dollar)
        paid = transaction(self.ago(5), 100, "Rent", currency="USD")
        self.receive(statement([paid], iban=make_iban(8), currency="USD"))
        money = self.dashboard().period("30")["money"]
        self.assertEqual(money["in"]["value"], 120.0)
        self.assertEqual(
            [(m["currency"], m["in"]["value"]) for m in money["others"]], [("USD", 100)]
        )

    def test_periods(self):
        days = self.dashboard()._days_of
        with freeze_time("2026-03-01 10:00:00"):
            found = {
                name: tuple(map(str, days(name))) for name in ("7", "month", "last_month", "year")
            }
        self.assertEqual(
            found,
            {
                "7": ("2026-02-23", "2026-03-01"),
                "month": ("2026-03-01", "2026-03-01"),
                "last_month": ("2026-02-01", "2026-02-28"),
                "year": ("2026-01-01", "2026-03-01"),
            },
        )
        with self.assertRaises(UserError):
            days("decade")

    # ------------------------------------------------------------------
    # Work
    # ------------------------------------------------------------------

    def test_files_at_work_with_their_progress(self):
        self.assertFalse(self.dashboard().work()["imports"])
        record = self.receive(self.on([(1, -9, "fee")], 1118), name="now.xml", run=False)
        work = self.dashboard().work()
        self.assertEqual([job["name"] for job in work["imports"]], ["now.xml"])
        self.assertEqual(work["imports"][0]["text"], "Reading")
        self.run_jobs(until="_job_post")
        (job,) = self.dashboard().work()["imports"]
        self.assertEqual((job["id"], job["share"]), (record.id, 0))
        self.assertEqual(job["text"], "0 of 1")
        self.run_jobs()
        self.assertFalse(self.dashboard().work()["imports"])

    # ------------------------------------------------------------------
    # First run
    # ------------------------------------------------------------------

    def test_first_steps_are_ticked_off_one_by_one(self):
        def done(env):
            steps = self.dashboard(env=env).cards()["steps"]
            return steps and [step["done"] for step in steps]

        self.assertFalse(done(None))
        company = self.make_company("New")
        env = self.env(context={"allowed_company_ids": company.ids})
        self.assertEqual(done(env), [False, False, False])
        journal = self.make_journal(make_iban(4), "BNKN", company=company, start=None)
        self.assertEqual(done(env), [True, False, False])
        self.receive(self.on([(4, 20, "Rent")], iban=make_iban(4), opening=50), env=env)
        steps = self.dashboard(env=env).cards()["steps"]
        self.assertEqual(
            [step["step"] for step in steps], ["journal", "file", "quarantine", "review"]
        )
        waiting = self.env["bank.import.statement"].search([("company_id", "=", company.id)])
        self.assertEqual((waiting.state, steps[2]["res_id"]), ("quarantined", waiting.id))
        self.assertIn("50.00", steps[2]["text"])
        company.bank_feed_four_eyes = False
        waiting.action_confirm_opening()
        self.run_jobs()
        self.assertEqual(done(env), [True, True, False])
        difference = self.card(journal, env)["difference"]
        self.assertEqual((difference["value"], difference["level"]), (50.0, "explained"))
        self.assertIn("opening balance", difference["parts"][0]["text"])

    # ------------------------------------------------------------------
    # Whose figures
    # ------------------------------------------------------------------

    def test_only_companies_on_the_screen_are_counted(self):
        other = self.make_company("Other")
        self.make_journal(make_iban(3), "BNKO", company=other)
        env = self.env(context={"allowed_company_ids": other.ids})
        self.receive(self.on([(3, 77, "Other's")], iban=make_iban(3)), env=env)
        before = self.answers()
        self.assertFalse([w for w in self.ways(before) if w["value"] == 77])
        answers = self.answers(env=env)
        self.assertEqual([card["name"] for card in answers["cards"]["cards"]], ["Bank BNKO"])
        self.assertEqual(answers["period"]["money"]["in"]["value"], 77.0)
        self.assertEqual(self.states(answers["waiting"]["states"])["processed"], 1)
        both = self.env(context={"allowed_company_ids": (self.company | other).ids})
        cards = self.dashboard(env=both).cards()["cards"]
        self.assertIn("Other", [card["company"] for card in cards])
        self.assertEqual(
            self.dashboard(env=both).period("30")["money"]["in"]["value"],
            197.0,
        )

    def test_viewer_sees_all_figures(self):
        env = self.env_of(self.make_user("viewer"))
        self.assertEqual(self.answers(env=env), self.answers())

    def test_nobody_without_a_role_sees_any(self):
        dashboard = self.dashboard(env=self.env_of(self.make_user()))
        for ask in (dashboard.cards, dashboard.work, dashboard.waiting):
            with self.assertRaises(AccessError):
                ask()
        with self.assertRaises(AccessError):
            dashboard.period("30")

    def test_as_many_queries_however_many_transactions(self):
        def queries():
            counts = []
            dashboard = self.dashboard()
            for ask in (dashboard.cards, dashboard.waiting, lambda: dashboard.period("90")):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                ask()
                counts.append(self.env.cr.sql_log_count - before)
            return counts

        queries()  # what is cached for good
        before = queries()
        self.make_journal(make_iban(2), "BNKM")
        more = [(days, days, f"More {days}") for days in range(20, 0, -1)]
        self.receive(self.on(more, iban=make_iban(2)))
        self.assertEqual(queries(), before)


@tagged("post_install", "-at_install")
class TestNews(DashboardCase):
    """Whoever looks at a screen is told that something happened, and no more than that."""

    def setUp(self):
        super().setUp()
        self.env.cr.flush()
        self.last = self.env["bus.bus"].sudo().search([], order="id desc", limit=1).id

    def news(self):
        self.env.cr.flush()
        return (
            self.env["bus.bus"]
            .sudo()
            .search([("id", ">", self.last), ("message", "like", "bank_feed/changed")])
        )

    def happen(self, transactions):
        entries = [(one, "before", "after", "secret reason") for one in transactions]
        self.env["bank.audit.log"]._record("test", entries)

    def channels(self, env):
        """What the web client of the user listens to."""
        session = SimpleNamespace(uid=env.uid)
        _wsrequest_stack.push(SimpleNamespace(session=session, cookies={}, env=env))
        try:
            return env["ir.websocket"]._build_bus_channel_list([])
        finally:
            _wsrequest_stack.pop()

    def test_thousand_rows_are_one_message(self):
        self.happen(list(self.transactions()) * 200)
        self.happen(self.transactions())
        self.assertEqual(len(self.news()), 1)

    def test_entries_may_come_one_by_one(self):
        """What is looped over only once is written all the same."""
        record = self.transactions()[:1]
        rows = len(self.trail("test"))
        self.env["bank.audit.log"]._record("test", ((one, "", "", "") for one in record))
        self.assertEqual(len(self.trail("test")), rows + 1)

    def test_message_names_companies_and_nothing_else(self):
        self.happen(self.transactions())
        payload = {"company_ids": self.company.ids}
        message = {"type": "bank_feed/changed", "payload": payload}
        self.assertEqual(json.loads(self.news().message), message)

    def test_message_goes_to_who_may_see_the_bank_feed(self):
        self.happen(self.transactions())
        viewers = self.env.ref("account_bank_feed.group_viewer")
        self.assertIn(f'"res.groups",{viewers.id}]', self.news().channel)
        for roles, hears in ((["accountant"], True), (["viewer"], True), ([], False)):
            env = self.env_of(self.make_user(*roles))
            channels = self.channels(env)
            heard = [one for one in channels if isinstance(one, type(viewers))]
            self.assertEqual(viewers in heard, hears, roles)

    def test_nothing_happened_is_no_news(self):
        self.happen(self.env["bank.transaction"])
        self.assertFalse(self.news())

    def test_what_is_rolled_back_is_not_told(self):
        with self.forgotten():
            self.happen(self.transactions())
        self.assertFalse(self.news())

    def test_pipeline_tells(self):
        self.receive(self.on([(1, -9, "fee")], 1118))
        self.assertTrue(self.news())


def _kinds_of_values(answer):
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list | tuple):
        return set().union(*map(_kinds_of_values, answer))
    return {type(answer)}
