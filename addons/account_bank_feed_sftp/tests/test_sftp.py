"""The connector against a real SFTP server."""

import datetime
import os
import socket
import threading
import time
from unittest.mock import patch

from odoo.addons.account_bank_feed.tests.common import IBAN, make_iban, statement, transaction
from odoo.addons.account_bank_feed_connection.protocol import (
    NotAuthorised,
    Permanent,
    RetryLater,
)
from odoo.addons.account_bank_feed_connection.tests.real import RealBankCase
from odoo.addons.bank_statement_format.testing import camt053, mt940
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .. import sftp
from ..models import bank_connector_sftp
from .server import SftpServer

TODAY = datetime.date(2026, 2, 10)


def file_of(date="2026-01-20", amount=100, text="first", iban=IBAN, opening=0):
    return camt053([statement([transaction(date, amount, text)], opening, iban=iban)])


@tagged("post_install", "-at_install")
class TestSftp(RealBankCase):
    def setUp(self):
        super().setUp()
        self.server = SftpServer()
        self.server.start()
        self.addCleanup(self.server.stop)
        self.patch(sftp, "PAUSE", 0.05)
        self.patch(sftp, "TIMEOUT", 3)
        self.connection = self.make_connection(
            "bank.connector.sftp",
            url=self.server.url,
            client_id="user",
            client_secret="hunter2",
            sftp_archive="archive",
        )

    def trust(self):
        self.connection.action_connect()
        self.connection.action_sftp_confirm_host_key()
        self.assertEqual(self.connection.state, "connected")

    def feed(self):
        if not self.connection.feed_ids:
            self.trust()
            self.make_feed(self.connection).action_start()
        return self.connection.feed_ids

    def fetch(self):
        """One visit, and all that follows."""
        feed = self.connection.feed_ids
        if feed:
            feed.action_fetch_now()
        else:
            feed = self.feed()
        self.run_jobs()
        return feed.window_ids[:1]

    def visit(self):
        """What the connector would give now."""
        return [d.name for d in self.documents(self.feed(), TODAY, TODAY)]

    def in_inbox(self):
        return sorted(path.name for path in self.server.inbox.iterdir() if path.is_file())

    def archived(self):
        return sorted(path.name for path in (self.server.inbox / "archive").glob("*"))

    def amounts(self, journal=None):
        return [row[1] for row in self.books(journal)]

    # The server's key

    def test_the_host_key_is_shown_and_confirmed(self):
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "draft")
        shown = self.server.host_key.get_fingerprint()
        self.assertEqual(self.connection.sftp_fingerprint, f"ssh-ed25519 {shown}")
        with self.assertRaises(NotAuthorised):
            self.env["bank.connector.sftp"]._visit(self.connection)
        self.connection.action_sftp_confirm_host_key()
        self.assertEqual(self.connection.state, "connected")

    def test_another_host_key_is_never_accepted_by_itself(self):
        feed = self.feed()
        self.run_jobs()
        for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256"):
            self.server.change_host_key(kind)
            with self.assertRaisesRegex(NotAuthorised, "host key"):
                self.documents(feed, TODAY, TODAY)
        self.fetch()
        self.assertEqual((self.connection.state, feed.state), ("refused", "paused"))
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "host key")
        self.connection.action_sftp_forget_host_key()
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "refused")
        self.connection.action_sftp_confirm_host_key()
        self.assertEqual((self.connection.state, feed.state), ("connected", "active"))

    def test_a_key_counts_for_its_server_only(self):
        self.trust()
        self.connection.url = "sftp://elsewhere.example/inbox"
        self.assertFalse(self.connection._sftp_known())

    def test_only_managers_confirm(self):
        self.connection.action_connect()
        accountant = self.make_user("accountant")
        with self.assertRaises(AccessError):
            self.connection.with_env(self.env_of(accountant)).action_sftp_confirm_host_key()

    # Signing in

    def test_with_a_key(self):
        self.server.password = "none"
        self.connection.private_key = self.server.private_key
        self.trust()

    def test_a_wrong_password(self):
        self.server.password = "another"
        self.connection.action_connect()
        self.connection.action_sftp_confirm_host_key()
        self.assertRegex(self.connection.error, "does not accept the user")

    def test_a_key_that_is_none(self):
        self.trust()
        self.connection.private_key = "nonsense"
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "private key")

    def test_addresses(self):
        self.assertEqual(sftp.Place.of("sftp://h:2222/a%20b").folder, "/a b")
        self.assertEqual(sftp.Place.of("sftp://h").port, 22)
        for wrong in (None, "https://h", "sftp://", "sftp://h:x/", "sftp://user:pass@h/"):
            with self.assertRaises(Permanent):
                sftp.Place.of(wrong)

    # Files

    def test_files_come_into_the_books_and_then_into_the_archive(self):
        self.server.put("a.xml", file_of())
        self.server.put("b.xml", file_of("2026-01-21", 50, "second", opening=100))
        self.fetch()
        self.assertEqual(self.amounts(), [100.0, 50.0])
        self.assertEqual(self.in_inbox(), ["a.xml", "b.xml"])  # not before all is committed
        self.fetch()
        self.assertEqual((self.in_inbox(), self.archived()), ([], ["a.xml", "b.xml"]))
        self.assertEqual(self.amounts(), [100.0, 50.0])
        self.assertEqual(len(self.transactions().import_id), 2)

    def test_what_was_not_committed_is_there_the_next_time(self):
        self.server.put("a.xml", file_of())
        feed = self.feed()
        windows = type(feed.window_ids)
        with (
            patch.object(windows, "_take_in", side_effect=RuntimeError),
            self.assertRaises(RuntimeError),
            self.env.cr.savepoint(),
        ):
            feed.window_ids.sudo()._job_fetch()
        self.assertEqual(self.in_inbox(), ["a.xml"])
        self.run_jobs()
        self.assertEqual(self.amounts(), [100.0])

    def test_a_broken_connection_loses_nothing(self):
        self.server.put("a.xml", file_of())
        feed = self.feed()
        self.server.broken = "read"
        window = feed.window_ids.sudo()
        window._job_fetch()
        self.assertEqual((window.state, window.error_kind), ("waiting", "retry"))
        self.run_jobs()
        self.assertEqual(self.amounts(), [100.0])

    def test_without_an_archive_files_stay_and_are_read_once(self):
        self.connection.sftp_archive = False
        self.server.put("a.xml", file_of())
        self.fetch()
        self.fetch()
        self.assertEqual(self.in_inbox(), ["a.xml"])
        self.assertEqual(self.server.reads, ["a.xml"])
        self.server.put("a.xml", file_of("2026-01-22", 7, "a later file", opening=100))
        self.fetch()
        self.assertEqual(self.amounts(), [100.0, 7.0])

    def test_a_later_file_of_the_same_name_is_kept_apart(self):
        for number in (1, 2):
            opening = (number - 1) * 100
            self.server.put(
                "day.xml", file_of(f"2026-01-2{number}", 100, str(number), IBAN, opening)
            )
            self.fetch()
            self.fetch()
        self.assertEqual(self.archived(), ["day.xml", "day.xml.2"])
        self.assertEqual(self.amounts(), [100.0, 100.0])

    def test_the_same_file_again_is_put_away(self):
        self.server.put("a.xml", file_of())
        self.fetch()
        self.fetch()
        self.server.put("a.xml", file_of())
        self.fetch()
        self.assertEqual((self.in_inbox(), len(self.transactions())), ([], 1))

    def test_files_that_are_being_written_are_left_alone(self):
        self.server.put("a.xml.part", file_of())
        self.server.put("b.tmp", file_of())
        self.server.put(".c.xml", file_of())
        young = self.server.put("d.xml", file_of()[:100], changed=time.time())
        writing = threading.Event()

        def write():
            while not writing.wait(0.01):
                with young.open("ab") as file:
                    file.write(b" ")

        writer = threading.Thread(target=write)
        writer.start()
        self.assertEqual(self.visit(), [])
        writing.set()
        writer.join()
        young.write_bytes(file_of())
        self.assertEqual(self.visit(), ["d.xml"])

    def test_a_file_that_changes_while_it_is_read_is_left_for_later(self):
        path = self.server.put("a.xml", file_of())
        self.server.when_read = lambda name: os.utime(path)
        self.assertEqual(self.visit(), [])
        self.server.when_read = None
        self.assertEqual(self.visit(), ["a.xml"])

    def test_patterns(self):
        for name in ("a.xml", "b.XML", "c.sta", "d.pdf"):
            self.server.put(name, b"x")
        (self.server.inbox / "folder.xml").mkdir()
        self.connection.sftp_patterns = "*.xml, *.sta"
        self.assertEqual(self.visit(), ["a.xml", "b.XML", "c.sta"])

    def test_several_accounts_in_one_file(self):
        other = self.make_journal(make_iban(77), "BNKC")
        statements = [
            statement([transaction("2026-01-20", 100, "here")]),
            statement([transaction("2026-01-20", 30, "there")], iban=make_iban(77)),
        ]
        self.server.put("all.xml", camt053(statements))
        self.server.put("old.sta", mt940([statement([transaction("2026-01-21", 5, "x")], 100)]))
        self.fetch()
        self.assertEqual((self.amounts(), self.amounts(other)), ([100.0, 5.0], [30.0]))

    def test_a_file_that_is_no_statement_keeps_nobody_waiting(self):
        self.server.put("a.xml", b"<half")
        self.server.put("b.xml", file_of())
        self.fetch()
        self.assertEqual(self.amounts(), [100.0])
        broken = self.env["bank.import"].search([("name", "=", "a.xml")])
        self.assertEqual(broken.state, "refused")
        self.fetch()
        self.assertEqual(self.archived(), ["a.xml", "b.xml"])
        self.assertEqual(self.env["bank.import"].search_count([("name", "=", "a.xml")]), 1)

    def test_many_files(self):
        for number in range(300):
            self.server.put(f"{number:03}.xml", file_of(amount=1, opening=number, text=str(number)))
        self.assertEqual(len(self.visit()), 300)

    def test_a_visit_takes_so_much_and_the_next_the_rest(self):
        self.patch(bank_connector_sftp, "MOST", 1000)
        for number in range(3):
            self.server.put(f"{number}.xml", b"x" * 600)
        feed = self.feed()
        self.assertEqual(self.visit(), ["0.xml", "1.xml"])
        self.assertLessEqual(feed.next_fetch_at, feed.create_date + datetime.timedelta(hours=1))

    def test_a_large_file(self):
        content = os.urandom(30 * 2**20)
        self.server.put("large.bin", content)
        [document] = self.documents(self.feed(), TODAY, TODAY)
        self.assertEqual(document.content, content)

    def test_a_file_that_is_too_large_is_said_after_the_others_are_in(self):
        self.patch(sftp, "LARGEST", 5000)
        self.server.put("a.xml", b"x" * 5001)
        self.server.put("b.xml", file_of())
        self.assertEqual(self.fetch().state, "fetched")
        self.assertEqual(self.amounts(), [100.0])
        window = self.fetch()
        self.assertEqual(window.state, "dead")
        self.assertIn("a.xml is larger", window.error)

    def test_an_archive_that_cannot_be_written(self):
        self.server.put("a.xml", file_of())
        self.server.broken = "rename"
        self.fetch()
        window = self.fetch()
        self.assertEqual(window.state, "dead")
        self.assertIn("cannot be moved", window.error)
        self.assertEqual(len(self.transactions()), 1)

    def test_no_such_folder(self):
        self.trust()
        self.connection.url = self.server.url.replace("inbox", "outbox")
        self.connection.action_connect()
        self.assertRegex(self.connection.error, "no such folder")

    # A server that is not there

    def test_a_server_that_is_down_or_silent(self):
        feed = self.feed()
        self.patch(sftp, "TIMEOUT", 0.3)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            host, port = silent.getsockname()
            line = self.connection.sftp_host_key.split(None, 1)[1]
            self.connection.url = f"sftp://{host}:{port}/"
            self.connection.sftp_host_key = f"[{host}]:{port} {line}"
            with self.assertRaises(RetryLater):
                self.documents(feed, TODAY, TODAY)
        with self.assertRaisesRegex(RetryLater, "cannot be reached"):
            self.documents(feed, TODAY, TODAY)
