"""A neutralized copy of a database knows no consent."""

from odoo.addons.account_bank_feed.tests.common import BankFeedCase
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestNeutralize(BankFeedCase):
    def test_the_consent_is_gone(self):
        connection = self.env["bank.connection"].create(
            {"name": "XS2A", "connector": "bank.connector.nextgenpsd2"}
        )
        connection.sudo().write(
            {"xs2a_consent": "c-1", "xs2a_next_consent": "c-2", "xs2a_resources": {"a": "b"}}
        )
        self.env.flush_all()
        for query in get_neutralization_queries(["account_bank_feed_nextgenpsd2"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        kept = connection.sudo()
        self.assertFalse(kept.xs2a_consent or kept.xs2a_next_consent or kept.xs2a_resources)
