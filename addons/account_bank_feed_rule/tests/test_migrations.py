import importlib.util

from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestMigrations(RuleCase):
    """What an update makes of the records of older versions."""

    def migrate(self, version):
        path = file_path(f"account_bank_feed_rule/migrations/{version}/post-migrate.py")
        spec = importlib.util.spec_from_file_location("post_migrate", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, version)
        self.env.invalidate_all()

    def test_a_suggestion_of_one_item_shows_what_is_open_on_it(self):
        item = self.open_items(self.make_invoice(119, name="RE/2026/00042"))
        paid = self.pay(40, "Anzahlung")
        paid.sudo().suggestion_ids.unlink()
        old, new = (
            self.env["bank.transaction.suggestion"]
            .sudo()
            .create(
                [
                    {"transaction_id": paid.id, "rank": 1, "item_id": item.id},
                    {
                        "transaction_id": paid.id,
                        "rank": 2,
                        "item_id": item.id,
                        "item_ids": item.ids,
                    },
                ]
            )
        )
        self.assertEqual(old.open_amount, 0)
        self.migrate("1.1.1")
        self.assertEqual((old + new).mapped("open_amount"), [119, 119])
        self.assertEqual((old.item_ids, new.item_ids), (item, item))
