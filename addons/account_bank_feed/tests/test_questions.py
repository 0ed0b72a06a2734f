from unittest.mock import patch

from odoo.addons.bank_statement_format import Account, Format, Statement, UnclearEncoding
from odoo.addons.bank_statement_format.registry import formats
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import IBAN, transaction
from .test_profiles import ProfileCase

UNCLEAR = b"""Date,Description,Amount
03/04/2026,Rent,-700.00
05/04/2026,Salary,2100.00
07/04/2026,Shoes,-89.90
"""
"""Nothing in it tells the day from the month."""

NEXT = b"""Date,Description,Amount
09/04/2026,Insurance,-12.00
"""


class Letters(Format):
    """One transaction, whose text is in UTF-8 or else unclear."""

    label = "Letters"

    def sniff(self, name, head):
        return head.removeprefix(b"\xef\xbb\xbf").startswith(b"LETTERS ")

    def parse(self, stream):
        content = stream.read()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            readings = {name: content.decode(name) for name in ("cp1250", "cp1252")}
            raise UnclearEncoding("Two alphabets fit", readings=readings) from None
        said = transaction("2026-01-02", 5, text.removeprefix("LETTERS "))
        yield said
        yield Statement(account=Account(iban=IBAN), currency="EUR", count=1, total=said.amount)


@tagged("post_install", "-at_install")
class TestLayoutQuestion(ProfileCase):
    """A table that nobody has confirmed: asked about once, then read by itself."""

    def preview(self, record, draft=None, **answers):
        return record.preview_layout(draft, answers)

    def answer(self, record, **choices):
        """The last preview after all questions were answered, and the answers."""
        found, answers = self.preview(record), {}
        while found["questions"]:
            question = found["questions"][0]
            wanted = choices.get(question["key"])
            answers[question["key"]] = wanted or question["choices"][0][0]
            found = record.preview_layout(found["draft"], answers)
        return found, answers

    def test_nothing_is_written_before_the_answer(self):
        record = self.drop(UNCLEAR, journal=self.journal)
        self.assertEqual((record.state, record.asks), ("unconfirmed", "layout"), record.error)
        self.assertTrue(record.question)
        self.assertTrue(record.message_ids.filtered(lambda m: "question" in m.body))
        self.assertFalse(record.statement_ids)
        self.assertFalse(self.transactions())
        self.assertTrue(self.trail("unconfirmed", record))

    def test_the_preview_shows_the_rows_and_what_was_found(self):
        record = self.drop(UNCLEAR, journal=self.journal)
        found = self.preview(record)
        self.assertEqual(found["rows"][0], ["Date", "Description", "Amount"])
        self.assertEqual(found["rows"][1], ["03/04/2026", "Rent", "-700.00"])
        self.assertEqual((found["header_row"], found["row_count"]), (0, 3))
        self.assertEqual(found["titles"], ["Date", "Description", "Amount"])
        self.assertEqual(found["delimiter"], ",")
        self.assertEqual(found["label"], "a")
        self.assertEqual(found["journal_id"], self.journal.id)
        self.assertTrue(found["may_confirm"])
        self.assertEqual(len(found["questions"]), 1)
        self.assertTrue(self.trail("preview", record))

    def test_confirmed_once_it_is_read_and_so_is_the_next_file(self):
        record = self.drop(UNCLEAR, journal=self.journal)
        waiting = self.drop(NEXT, journal=self.journal)
        self.assertEqual(waiting.state, "unconfirmed")
        found, answers = self.answer(record)
        shown = found["statement"]["transactions"]
        self.assertEqual([t["text"] for t in shown], ["Rent", "Salary", "Shoes"])
        self.assertEqual([t["negative"] for t in shown], [True, False, True])
        self.assertIn("−700.00", shown[0]["amount"])
        self.assertIn("+2,100.00", shown[1]["amount"])
        profile = self.env["bank.statement.profile"].browse(
            record.confirm_layout(found["draft"], "My Bank", self.journal.id, answers)
        )
        self.assertEqual((profile.name, profile.company_id), ("My Bank", self.company))
        self.assertEqual(profile.journal_id, self.journal)
        self.run_jobs()
        self.assertEqual((record.state, waiting.state), ("done", "done"), record.error)
        self.assertFalse(record.asks)
        later = self.drop(b"Date,Description,Amount\n11/04/2026,Later,1.00\n")
        self.assertEqual(later.state, "done")
        self.assertEqual(
            [line[1:3] for line in self.books()],
            [(-700, "Rent"), (2100, "Salary"), (-89.9, "Shoes"), (-12, "Insurance"), (1, "Later")],
        )
        log = self.trail("confirm_layout", record)
        self.assertIn("my_bank", log.after)

    def test_even_what_the_rows_prove_is_confirmed_once(self):
        clear = b"Date,Description,Amount\n2026-04-13,Rent,-700.00\n2026-04-14,Shoes,-89.90\n"
        record = self.drop(clear, journal=self.journal)
        self.assertEqual(record.state, "unconfirmed")
        self.assertIn("Nobody has confirmed", record.question)
        found = self.preview(record)
        self.assertFalse(found["questions"])
        record.confirm_layout(found["draft"], "My Bank")
        self.run_jobs()
        self.assertEqual(record.state, "done")

    def test_what_is_no_table_is_refused_with_its_question(self):
        """The order of day and month of other formats cannot be told here."""
        record = self.drop(b"!Type:Bank\nD03/04/2026\nT-1.00\nPShop\n^\n", name="a.qif")
        self.assertEqual(record.state, "refused")
        self.assertIn("the day or with the month", record.error)

    def test_the_answer_decides(self):
        record = self.drop(UNCLEAR, journal=self.journal)
        [question] = self.preview(record)["questions"]
        months_first = question["choices"][1][0]
        found, _answers = self.answer(record, **{question["key"]: months_first})
        dates = [t["date"] for t in found["statement"]["transactions"]]
        self.assertEqual(dates, ["2026-03-04", "2026-05-04", "2026-07-04"])

    def test_a_draft_with_a_column_taken_away(self):
        record = self.drop(UNCLEAR, journal=self.journal)
        found, answers = self.answer(record)
        draft = found["draft"]
        columns = {key: names for key, names in draft["columns"].items() if key != "amount"}
        found = record.preview_layout({**draft, "columns": columns}, answers)
        self.assertTrue(found["problem"] or found["questions"])
        with self.assertRaises(UserError):
            record.confirm_layout(found["draft"], "My Bank", answers=answers)
        self.assertFalse(self.env["bank.statement.profile"].search([]))

    def test_what_cannot_be_confirmed(self):
        record = self.drop(UNCLEAR, journal=self.journal)
        with self.assertRaises(UserError):  # a question is open
            record.confirm_layout(self.preview(record)["draft"], "My Bank")
        found, answers = self.answer(record)
        draft = found["draft"]
        for changed, label in ((draft, "  "), ({**draft, "colour": "red"}, "My Bank")):
            with self.assertRaises(UserError):
                record.confirm_layout(changed, label, answers=answers)
        self.assertEqual(record.state, "unconfirmed")
        record.confirm_layout(draft, "My Bank", answers=answers)
        with self.assertRaises(UserError):
            record.confirm_layout(draft, "My Bank", answers=answers)

    def test_who_may_look_and_confirm(self):
        record = self.drop(UNCLEAR, journal=self.journal)
        found, answers = self.answer(record)
        draft = found["draft"]
        viewer = record.with_env(self.env_of(self.make_user("viewer")))
        operator = record.with_env(self.env_of(self.make_user("operator")))
        accountant = record.with_env(self.env_of(self.make_user("accountant")))
        other = self.make_user("manager", companies=self.make_company("Other"))
        for forbidden in (viewer, record.with_env(self.env_of(other))):
            with self.assertRaises(AccessError):
                forbidden.preview_layout()
        self.assertFalse(operator.preview_layout()["may_confirm"])
        with self.assertRaises(AccessError):
            operator.confirm_layout(draft, "My Bank", answers=answers)
        accountant.confirm_layout(draft, "My Bank", answers=answers)
        self.run_jobs()
        self.assertEqual(record.state, "done")
        self.assertEqual(
            self.env["bank.statement.profile"].search([]).confirmed_by_id, accountant.env.user
        )

    def test_an_unwanted_file_is_discarded(self):
        record = self.drop(UNCLEAR)
        with self.assertRaises(AccessError):
            record.with_env(self.env_of(self.make_user("viewer"))).action_discard()
        record.with_env(self.env_of(self.make_user("operator"))).action_discard()
        self.assertEqual(record.state, "removed")
        self.make_profile()
        self.assertEqual(record.state, "removed")
        with self.assertRaises(UserError):
            record.preview_layout()

    def test_it_is_asked_once_however_often_it_is_read(self):
        record = self.drop(UNCLEAR)
        self.make_profile()
        self.run_jobs()
        self.assertEqual(record.state, "unconfirmed")
        self.assertEqual(len(record.message_ids.filtered(lambda m: "question" in m.body)), 1)

    def test_a_question_holds_up_nobody(self):
        self.drop(UNCLEAR)
        self.make_profile()
        self.drop()
        self.assertEqual(len(self.books()), 2)


@tagged("post_install", "-at_install")
class TestEncodingQuestion(ProfileCase):
    """A file whose letters can be read in several ways."""

    def setUp(self):
        super().setUp()
        letters = Letters()
        letters.name = "letters"
        patcher = patch.dict(formats(), {"letters": letters})
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_the_reading_that_a_person_chooses(self):
        for encoding, text in (("cp1250", "Dvořák"), ("cp1252", "Dvoøák")):
            with self.subTest(encoding), self.forgotten():
                record = self.drop("LETTERS Dvořák".encode("cp1250"))
                self.assertEqual((record.state, record.asks), ("unconfirmed", "encoding"))
                self.assertEqual(record.readings["cp1252"], "LETTERS Dvoøák")
                self.assertFalse(self.transactions())
                viewer = self.env_of(self.make_user("viewer"))
                with self.assertRaises(AccessError):
                    record.with_env(viewer).action_choose_encoding(encoding)
                operator = self.env_of(self.make_user("operator"))
                with self.assertRaises(UserError):
                    record.with_env(operator).action_choose_encoding("utf-7")
                record.with_env(operator).action_choose_encoding(encoding)
                self.run_jobs()
                self.assertEqual(record.state, "done", record.error)
                self.assertEqual(record.transaction_ids.remittance, text)
                self.assertTrue(self.trail("answer", record))

    def test_a_table_is_asked_about_its_letters_and_then_about_its_columns(self):
        """Both answers are kept in the profile: the next file is read without a question."""
        content = "Date;Description;Amount\n2026-04-13;Dvo\u0159\xe1k Ku\u010dera;-700,00\n"
        content += "2026-04-14;\u0160koda \u017di\u017ekov;-1,50\n"
        record = self.drop(content.encode("cp1250"), journal=self.journal)
        if record.asks == "encoding":
            record.action_choose_encoding("cp1250")
            self.run_jobs()
        self.assertEqual((record.state, record.asks), ("unconfirmed", "layout"))
        found = record.preview_layout()
        self.assertEqual(found["encoding"], "cp1250")
        self.assertEqual(found["draft"]["encodings"], ["cp1250"])
        record.confirm_layout(found["draft"], "My Bank", self.journal.id)
        self.run_jobs()
        self.assertEqual(record.state, "done", record.error)
        self.assertIn("Dvo\u0159\xe1k Ku\u010dera", record.transaction_ids.mapped("remittance"))
        again = self.drop(content.replace("700", "800").encode("cp1250"))
        self.assertEqual(again.state, "done", again.question)

    def test_it_is_not_a_question_about_columns(self):
        record = self.drop("LETTERS Dvořák".encode("cp1250"))
        with self.assertRaises(UserError):
            record.preview_layout()
        self.make_profile()
        self.assertEqual(record.state, "unconfirmed")
