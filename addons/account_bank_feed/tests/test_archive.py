import io
import zipfile
from unittest.mock import patch

from odoo.addons.account_bank_feed.models import bank_file
from odoo.addons.bank_statement_format.testing import camt053
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import BankFeedAloneCase, make_iban, statement, transaction


def archive(**files):
    """A ZIP of files, given as name -> content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, content in files.items():
            target.writestr(f"{name}.xml", content)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestArchive(BankFeedAloneCase):
    """An archive of statement files: each is an import of its own."""

    def files(self):
        one = statement([transaction("2026-01-02", 100, "One")])
        two = statement([transaction("2026-01-05", 20, "Two")], opening=100)
        return {"two": camt053([two]), "one": camt053([one])}

    def test_a_file_is_kept_to_the_byte_however_many_pieces_it_has(self):
        whole = self.env["bank.file"]
        for size in (0, 1, 5, 6, 7, 12, 100):
            content = bytes(range(size))
            with patch.object(bank_file, "PIECE", 6), patch.object(bank_file, "ENCODED", 8):
                kept = whole._keep("bytes.bin", content)
                self.assertEqual(kept._open().read(), content)
            at_once = whole._keep("bytes.bin", content)
            self.assertEqual(kept._open().read(), at_once._open().read())
            self.assertEqual((kept.data, kept.sha256), (at_once.data, at_once.sha256))

    def test_each_file_in_it_is_an_import(self):
        record = self.receive(name="january.zip", content=archive(**self.files()))
        self.assertEqual((record.state, record.format), ("done", "zip"), record.error)
        members = record.member_ids.sorted("id")
        self.assertEqual(members.mapped("name"), ["january.zip/two.xml", "january.zip/one.xml"])
        self.assertEqual(members.mapped("state"), ["done", "done"])
        for name in ("company_id", "user_id", "source"):
            self.assertEqual({member[name] for member in members}, {record[name]})
        self.assertEqual([line[1] for line in self.books()], [100, 20])
        self.assertEqual(len(self.trail("upload", *members)), 2)

    def test_a_broken_file_refuses_itself_alone(self):
        files = {**self.files(), "holiday": b"See you in two weeks!"}
        record = self.receive(name="january.zip", content=archive(**files))
        states = {member.name: member.state for member in record.member_ids}
        self.assertEqual(
            states,
            {
                "january.zip/one.xml": "done",
                "january.zip/two.xml": "done",
                "january.zip/holiday.xml": "refused",
            },
        )
        self.assertEqual(record.state, "done")

    def test_a_broken_archive_is_refused_whole(self):
        content = archive(**self.files())
        for broken in (content[:-60], content[: len(content) // 2]):
            record = self.receive(name="january.zip", content=broken)
            self.assertEqual(record.state, "refused")
            self.assertFalse(record.member_ids)
        self.assertFalse(self.transactions())

    def test_matching_waits_for_every_file_in_it(self):
        self.receive(name="january.zip", content=archive(**self.files()), run=False)
        self.run_jobs(until="_job_post")
        states = self.env["bank.import"].search([]).mapped("state")
        self.assertNotIn("received", states)
        self.assertEqual(self.transactions().mapped("state"), ["pending", "pending"])
        self.assertEqual(len(self.transactions().batch_id), 1)

    def test_the_same_again_books_nothing(self):
        content = archive(**self.files())
        self.receive(name="january.zip", content=content)
        self.receive(name="january.zip", content=content)
        self.assertEqual(len(self.books()), 2)

    def test_the_archive_opens_only_for_who_sees_every_account_in_it(self):
        other = self.make_company("Other")
        iban = make_iban(2)
        self.make_journal(iban, "BNKB", company=other)
        theirs = camt053([statement([transaction("2026-01-02", 7, "Theirs")], iban=iban)])
        both = self.env_of(self.make_user("operator", companies=self.company | other))
        content = archive(**self.files(), theirs=theirs)
        record = both["bank.import"]._upload("a.zip", content, self.company.id)
        self.run_jobs()
        self.assertEqual(record.member_ids.company_id, self.company | other)
        ours = self.env_of(self.make_user("manager"))
        with self.assertRaises(AccessError):
            record.with_env(ours).file_id.check_access("read")
        record.with_env(both).file_id.check_access("read")
        self.env.invalidate_all()
        self.assertEqual(len(record.with_env(ours).member_ids), 2)
