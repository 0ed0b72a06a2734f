from unittest import skipUnless
from unittest.mock import patch

from odoo.addons.account_bank_feed.series import ON_19
from odoo.addons.account_bank_feed.tests.common import transaction
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.bank_transaction_day import ALL, DAYS, KEYS
from .common import CUSTOMER_IBAN, RuleCase

CURRENCIES = ["amount:sum_currency", "currency_id:array_agg_distinct"] if ON_19 else []
NAMES = ", ".join((*KEYS, "transaction_count", "amount"))


@tagged("post_install", "-at_install")
class TestDays(RuleCase):
    """What is kept of each day is what a plain count gives, whatever happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.make_rule(("text", "contains", "Kontoführung"))
        cls.invoice = cls.make_invoice(119, name="RE/2026/00042")
        cls.said = [
            transaction("2026-01-10", 119, "RE/2026/00042"),
            transaction("2026-01-10", 119, "Danke", iban=CUSTOMER_IBAN),
            transaction("2026-01-11", -80, "Miete"),
            transaction("2026-02-12", "-4.90", "Kontoführung"),
        ]

    def receive_all(self):
        """The transactions in the order of their file."""
        return self.receive(self.continued(self.said)).transaction_ids.sorted("position")

    def assert_kept(self):
        self.env.flush_all()
        kept, counted = (
            self.env.execute_query_dict(SQL(f"SELECT {NAMES} FROM ({rows}) rows"))
            for rows in (DAYS, ALL)
        )
        self.assertTrue(kept)
        self.assertCountEqual(kept, counted)

    def test_after_each_step(self):
        received = self.receive_all()
        self.assertEqual(
            received.mapped("state"),
            ["reconciled", "processed", "processed", "reconciled"],
        )
        self.assert_kept()
        received[0].action_undo("wrong")
        self.assert_kept()
        received[0].suggestion_ids[0].action_accept()
        self.assert_kept()
        self.open_items(self.invoice).remove_move_reconcile()
        self.assert_kept()
        received.import_id.action_undo("wrong")
        received.import_id.action_remove("the wrong file")
        self.assertEqual(set(received.mapped("state")), {"ignored"})
        self.assert_kept()
        self.receive_all()
        self.assert_kept()

    def test_after_what_postgresql_does_by_itself(self):
        received = self.receive_all()
        self.env.flush_all()
        fee = received[3]
        self.assertEqual(fee.rule_id, self.rule)
        self.cr.execute("UPDATE bank_transaction SET amount = amount + 1 WHERE id = %s", [fee.id])
        self.assert_kept()
        self.cr.execute("DELETE FROM bank_feed_rule_version WHERE rule_id = %s", [self.rule.id])
        self.cr.execute("DELETE FROM bank_feed_rule WHERE id = %s", [self.rule.id])
        self.env.invalidate_all()
        self.assertFalse(fee.rule_id)
        self.assert_kept()

    def test_counting_anew_leaves_a_row_for_each_kind(self):
        self.receive_all().import_id.action_undo("wrong")
        self.env["bank.transaction"]._recount_days()
        self.assert_kept()
        self.cr.execute(
            f"SELECT count(*) FROM bank_transaction_day GROUP BY {', '.join(KEYS)}, direction"
        )
        self.assertEqual(set(self.cr.fetchall()), {(1,)})

    # ------------------------------------------------------------------
    # Reading it
    # ------------------------------------------------------------------

    def groups(self, *asked, **options):
        return self.env["bank.transaction"]._read_group(*asked, **options)

    def plain(self, *asked, **options):
        model = type(self.env["bank.transaction"])
        with patch.object(model, "_is_kept", lambda *args: False):
            return self.groups(*asked, **options)

    def test_groups_are_those_of_the_transactions(self):
        self.receive_all()
        both = ["__count", "amount:sum"]
        ours = [("journal_id", "=", self.journal.id)]
        for asked in (
            ([], ["journal_id"], both),
            (ours, ["state"], both),
            (ours, ["booking_date:month", "state"], [*both, *CURRENCIES]),
            ([*ours, ("state", "!=", "reconciled")], ["booking_date:day"], ["__count"]),
            ([*ours, ("amount", "<", 0)], ["rule_id", "posted_by_rule"], both),
            ([*ours, "|", ("amount", ">", 0), ("state", "=", "error")], [], both),
            ([*ours, ("state", "=", "ignored")], [], ["__count"]),
            ([*ours, ("booking_date", ">", "2026-01-31")], ["booked", "rule_version"], both),
        ):
            found = self.groups(*asked)
            self.assertEqual(found, self.plain(*asked), asked)
        self.assertTrue(found)
        few = {"order": "__count DESC, booking_date:day", "limit": 1, "offset": 1}
        by_day = (ours, ["booking_date:day"], ["__count"])
        self.assertEqual(self.groups(*by_day, **few), self.plain(*by_day, **few))
        many = {"having": [("__count", ">", 1)]}
        self.assertEqual(self.groups(*by_day, **many), self.plain(*by_day, **many))
        self.assertEqual(len(self.groups(*by_day, **many)), 1)

    @skipUnless(ON_19, "Odoo has several groupings at once since 19.0")
    def test_several_groupings_at_once_are_those_of_the_transactions(self):
        self.receive_all()
        asked = ([], [["state"], ["state", "journal_id"], []], ["__count", *CURRENCIES])
        transactions = self.env["bank.transaction"]
        found = transactions._read_grouping_sets(*asked)
        with patch.object(type(transactions), "_is_kept", lambda *args: False):
            self.assertEqual(found, transactions._read_grouping_sets(*asked))

    def test_nobody_counts_the_transactions_themselves(self):
        self.receive_all()
        viewer = self.env_of(self.make_user("viewer"))
        self.cr.execute("UPDATE bank_transaction_day SET transaction_count = transaction_count + 1")
        asked = ([("journal_id", "=", self.journal.id)], ["state"], ["__count"])
        plain = dict(self.plain(*asked))
        for env in (self.env, viewer):
            kept = dict(env["bank.transaction"]._read_group(*asked))
            self.assertEqual(kept["processed"], plain["processed"] + 2, "a row for each kind")

    def test_what_is_written_later_is_seen(self):
        received = self.receive_all()
        asked = ([("company_id", "=", self.company.id)], ["posted_by_rule"], ["__count"])
        self.assertEqual(dict(self.groups(*asked)), {True: 2, False: 2})
        received[1].sudo().posted_by_rule = True
        self.assertEqual(dict(self.groups(*asked)), {True: 3, False: 1})

    def test_the_records_of_groups_have_the_context_of_the_caller(self):
        self.receive_all()
        ((journal, _count),) = self.groups(
            [("journal_id", "=", self.journal.id)], ["journal_id"], ["__count"]
        )
        self.assertEqual(journal.env, self.env)

    def test_nobody_counts_what_he_may_not_see(self):
        self.receive_all()
        user = self.make_user("viewer")
        transactions = self.env["bank.transaction"].with_env(self.env_of(user))
        self.assertEqual(transactions._read_group([], [], ["__count"]), [(4,)])
        self.env["ir.rule"].create(
            {
                "name": "Nothing of the rent",
                "model_id": self.env["ir.model"]._get_id("bank.transaction"),
                "domain_force": "[('remittance', '!=', 'Miete')]",
            }
        )
        self.assertEqual(transactions._read_group([], [], ["__count"]), [(3,)])
        other = self.setup_other_company()["company"]
        stranger = self.env_of(self.make_user("viewer", companies=other))
        self.assertEqual(transactions.with_env(stranger)._read_group([], [], ["__count"]), [(0,)])

    def test_pages_are_those_of_the_list(self):
        self.receive_all()
        domain = [("journal_id", "=", self.journal.id)]
        transactions = self.env["bank.transaction"]
        found = transactions.search(domain)
        paged = transactions.web_search_read(domain, {"remittance": {}}, offset=1, limit=2)
        self.assertEqual(
            paged["records"],
            [{"id": one.id, "remittance": one.remittance} for one in found[1:3]],
        )
