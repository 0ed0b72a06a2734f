"""A period counts as fetched when what the bank gave for it has been read."""

import datetime
import io
import zipfile
from unittest.mock import Mock, patch

from odoo.addons.account_bank_feed.tests.common import cut, transaction
from odoo.addons.bank_statement_format import UnclearEncoding
from odoo.addons.bank_statement_format.testing import camt053
from odoo.tests import tagged

from ..protocol import Document, Permanent
from .common import ConnectionCase


@tagged("post_install", "-at_install")
class TestReading(ConnectionCase):
    def setUp(self):
        super().setUp()
        self.bank.booked = [transaction("2026-01-20", 100, "first")]

    def assert_booked_once(self):
        self.run_jobs()
        self.assertEqual([row[1] for row in self.books()], [100.0])

    def unreadable(self):
        """A feed's first period, whose file is no statement."""
        broken = [Document("period.xml", b"<html>Service</html>")]
        with patch.object(self.bank, "documents", lambda *_args: broken):
            feed = self.connect()
            self.run_jobs()
        self.env.flush_all()
        return feed.sudo().window_ids

    def test_it_is_fetched_when_it_is_read(self):
        window = self.connect().sudo().window_ids
        window._job_fetch()
        self.assertEqual((window.state, window.import_ids.state), ("reading", "received"))
        self.assertFalse(window.feed_id.fetched_until)
        self.run_jobs()
        self.assertEqual(window.state, "fetched")

    def test_a_file_that_cannot_be_read_gives_its_period_up(self):
        window = self.unreadable()
        self.assertEqual((window.state, window.import_ids.state), ("dead", "refused"))
        self.assertFalse(window.feed_id.fetched_until or window.feed_id.last_fetch_at)
        self.assertIn(window.import_ids.error, window.error)
        self.assertEqual(window.payload_id, window.import_ids.file_id)
        letter = self.env["bank.dead.letter"].search([])
        self.assertEqual(letter._record(), window)  # one letter, not one of the file too
        self.assertEqual(self.env["bank.feed.error"].search([])._record(), window)

    def test_a_file_with_a_question_is_shown_though_another_gave_the_period_up(self):
        files = [
            Document("period.xml", b"<html>Service</html>"),
            Document("period.csv", b"Date,Description,Amount\n03/04/2026,Rent,-700.00\n"),
        ]
        with patch.object(self.bank, "documents", lambda *_args: files):
            window = self.connect().sudo().window_ids
            self.run_jobs()
        states = window.import_ids.sorted("id").mapped("state")
        self.assertEqual((window.state, states), ("dead", ["refused", "unconfirmed"]))
        self.env.flush_all()
        shown = {error._record() for error in self.env["bank.feed.error"].search([])}
        self.assertEqual(shown, {window, window.import_ids.sorted("id")[1]})

    def test_it_can_be_fetched_again(self):
        window = self.unreadable()
        window.action_requeue()
        self.assert_booked_once()
        self.assertEqual(window.state, "fetched")
        self.assertFalse(self.env["bank.dead.letter"].search([]))

    def test_the_next_fetch_brings_it_by_itself(self):
        window = self.unreadable()
        self.TODAY += datetime.timedelta(days=1)
        window.feed_id._fetch_next()
        self.assert_booked_once()
        self.assertEqual(window.state, "fetched")
        self.assertEqual(set(window.import_ids.mapped("state")), {"set_aside"})

    def statement(self):
        return camt053([cut(self.bank.booked, "2026-01-01", "2026-02-10")])

    def make_good(self, record):
        """As if a format had been added by which it is read."""
        file, good = record.file_id, self.statement()
        self.env.cr.execute("UPDATE bank_file SET size = %s WHERE id = %s", [len(good), file.id])
        self.env.invalidate_all()
        file._store([good])

    def test_its_file_can_be_read_again(self):
        window = self.unreadable()
        self.make_good(window.import_ids)
        window.import_ids.action_retry()
        self.assertEqual(window.state, "reading")
        self.assert_booked_once()
        self.assertEqual(window.state, "fetched")

    def test_its_file_is_set_aside(self):
        window = self.unreadable()
        window.import_ids.action_set_aside("An advertisement")
        self.assertEqual(window.state, "ignored")
        window.import_ids.action_retry()
        self.run_jobs()
        self.assertEqual(window.state, "dead")

    def test_it_is_ignored_with_its_file(self):
        window = self.unreadable()
        window._ignore("An advertisement")
        self.assertEqual((window.state, window.import_ids.state), ("ignored", "set_aside"))
        self.assertFalse(self.env["bank.dead.letter"].search([]))

    def archive(self, **others):
        """A feed's first period, which comes as an archive of a good file and these."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in {"good": self.statement(), **others}.items():
                archive.writestr(f"{name}.xml", content)
        self.give(packed.getvalue())
        window = self.connect().sudo().window_ids
        self.run_jobs()
        return window

    def test_files_in_an_archive_are_its_own(self):
        self.assertEqual(self.archive(broken="<html>Service</html>").state, "dead")

    def test_a_broken_file_in_an_archive_that_is_fetched_again_is_read_again(self):
        window = self.archive(broken="<html>Service</html>")
        window.action_requeue()
        self.assert_booked_once()
        self.assertEqual(window.state, "dead")
        self.assertFalse(window.feed_id.fetched_until)

    def test_an_archive_that_comes_again_does_not_settle_its_broken_file(self):
        window = self.archive(broken="<html>Service</html>")
        feed = window.feed_id
        self.TODAY += datetime.timedelta(days=1)
        feed._fetch_next()
        self.assert_booked_once()
        self.assertEqual(set(feed.window_ids.mapped("state")), {"dead"})
        self.assertFalse(feed.fetched_until)

    def test_an_archive_that_is_in_the_books_is_not_taken_again(self):
        window = self.archive()
        window.feed_id._fetch_next()
        self.assert_booked_once()
        self.assertEqual(len(window.feed_id.window_ids.import_ids), 2)

    def give(self, *files):
        """The bank gives these from now on: a statement's text, or nonsense."""
        documents = [Document(f"{n}", content) for n, content in enumerate(files)]
        self.patch(self.bank, "documents", lambda *_args: documents)

    def unclear(self):
        """A feed's first period, of whose statements a person must say how they are read."""
        question = UnclearEncoding("Which letters?", readings={})
        with patch.object(type(self.env["bank.import"]), "_survey", side_effect=question):
            window = self.connect().sudo().window_ids
            self.run_jobs()
        return window

    def test_a_discarded_file_is_none_of_the_next_try(self):
        window = self.unclear()
        self.assertEqual((window.state, window.import_ids.state), ("reading", "unconfirmed"))
        window.import_ids.action_discard()
        self.assertEqual((window.state, window.import_ids.state), ("ignored", "removed"))
        window.action_requeue()
        self.assert_booked_once()
        self.assertEqual(window.state, "fetched")

    def test_files_of_a_former_try_settle_nothing(self):
        self.give(b"<html>One</html>", b"<html>Two</html>")
        window = self.connect().sudo().window_ids
        self.run_jobs()
        one = window.import_ids[0]
        window.action_requeue()
        self.patch(self.bank, "documents", Mock(side_effect=Permanent("nonsense")))
        self.run_jobs()
        self.assertEqual((window.state, window.error), ("dead", "nonsense"))
        self.make_good(one)
        one.action_retry()
        self.assert_booked_once()
        self.assertEqual((one.state, window.state), ("done", "dead"))
        self.assertFalse(window.feed_id.fetched_until)

    def test_a_file_that_is_left_out_is_not_counted(self):
        self.give(b"<html>One</html>", b"<html>Two</html>")
        window = self.connect().sudo().window_ids
        self.run_jobs()
        window.import_ids.action_set_aside("Advertisements")
        one = window.import_ids[0]
        self.make_good(one)
        one.action_retry()
        self.assert_booked_once()
        self.assertEqual((one.state, window.state), ("done", "ignored"))

    def test_what_is_ignored_stays_so_though_a_file_waits_for_an_answer(self):
        self.give(b"<html>One</html>", self.statement())
        window = self.unclear()
        self.assertEqual(set(window.import_ids.mapped("state")), {"refused", "unconfirmed"})
        window._ignore("They were uploaded")
        self.assertEqual(window.state, "ignored")

    def test_two_files_that_were_read_at_once_are_counted_later(self):
        window = self.connect().sudo().window_ids
        with patch.object(type(window), "_follow", lambda self: None):
            self.run_jobs()
        self.assertEqual(window.state, "reading")
        self.env["bank.feed"].sudo()._cron_fetch()
        self.assertEqual(window.state, "fetched")
