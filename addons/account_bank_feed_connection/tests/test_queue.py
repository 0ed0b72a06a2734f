"""Banks that answer slowly leave workers to all other work."""

from odoo.addons.account_bank_feed.tests.common import BankFeedCase
from odoo.addons.queue_job.jobrunner.channels import ChannelManager
from odoo.tests import tagged

from .. import FETCH_AT_ONCE, limit_fetching


@tagged("post_install", "-at_install")
class TestQueue(BankFeedCase):
    def setUp(self):
        super().setUp()
        self.channel = self.env.ref("account_bank_feed_connection.channel_fetch").sudo()

    def channel_of(self, xml_id):
        return self.env.ref(xml_id).sudo().channel_id.complete_name

    def test_slow_banks_take_some_of_the_workers(self):
        self.assertEqual(self.channel.complete_name, "root.bank_feed.fetch")  # as in odoo.conf
        fetch = self.channel_of("account_bank_feed_connection.job_fetch")
        manager = ChannelManager()
        manager.simple_configure(f"root:4,{fetch}:{FETCH_AT_ONCE}")
        for number in range(4):
            manager.notify("db", fetch, f"fetch{number}", number, 0, 10, None, "pending")
        post = self.channel_of("account_bank_feed.job_post")
        manager.notify("db", post, "post", 9, 0, 10, None, "pending")
        running = [job.uuid for job in manager.get_jobs_to_run(100)]
        self.assertEqual(sorted(running), ["fetch0", "fetch1", "post"])

    def test_the_limit_in_the_database(self):
        if "capacity" not in self.channel._fields:
            self.skipTest("this queue_job keeps limits in odoo.conf only")
        self.channel.capacity = 0
        limit_fetching(self.env(su=True))
        self.assertEqual(self.channel.capacity, FETCH_AT_ONCE)
