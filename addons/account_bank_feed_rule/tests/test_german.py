from odoo.addons.account_bank_feed.tests.common import camt053, statement, transaction
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CUSTOMER_IBAN, RuleCase


@tagged("post_install", "-at_install")
class TestGerman(RuleCase):
    """What a German company reads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.company.partner_id.lang = "de_DE"

    def test_a_posted_payment_is_explained(self):
        self.make_invoice(1190, name="RE/2026/00042")
        paid = self.pay(1190, "Rechnung RE/2026/00042")
        self.assertEqual(paid.state, "reconciled")
        self.assertIn("Gleicht RE/2026/00042 ", paid.explanation)
        self.assertIn(
            "nennt RE/2026/00042; "
            "der Betrag von 1.190,00\N{NO-BREAK SPACE}€ ist genau der offene Betrag",
            paid.explanation,
        )
        self.assertEqual(paid.reasons[0]["kind"], "document_number")

    def test_a_payment_that_waits_says_why_and_for_what(self):
        self.make_invoice(119, name="RE/2026/00042")
        self.make_invoice(119, name="RE/2026/00043")
        paid = self.pay(119, "Danke", iban=CUSTOMER_IBAN)
        self.assertEqual(paid.state, "processed")
        self.assertIn("Nicht gebucht: ", paid.explanation)
        self.assertIn("kann ebenso gut RE/2026/0004", paid.explanation)
        self.assertIn("ist genau der offene Betrag", paid.suggestion_ids[0].explanation)

    def test_who_reads_english_reads_the_reasons_in_english(self):
        self.make_invoice(119, name="RE/2026/00042")
        self.make_invoice(119, name="RE/2026/00043")
        paid = self.pay(119, "Danke", iban=CUSTOMER_IBAN)
        self.read_in_both(paid, "Vorgeschlagen: ", "Suggested: ", "Nicht gebucht: ", "Not posted: ")
        offer = paid.suggestion_ids[0]
        self.read_in_both(offer, "ist genau der offene Betrag", "is just what is open")
        offer.action_accept()
        self.read_in_both(paid, "Abgeglichen von ", "Matched by ", "genau der", "is just what")
        paid.action_undo("Versehen")
        self.read_in_both(paid, "Rückgängig gemacht von ", "Undone by ", "gebucht:", "Not posted:")
        nobody = self.pay(5, "?")
        self.read_in_both(nobody, "Einer Person überlassen: ", "Left for a person: ")

    def test_a_rule_is_named_as_the_reader_knows_it(self):
        self.make_invoice(119, name="RE/2026/00042")
        paid = self.pay(119, "Rechnung RE/2026/00042")
        rule = paid.rule_id
        self.assertTrue(rule)
        rule.with_context(lang="de_DE").name = "Offene Posten"
        self.assertIn("by the rule", paid.with_context(lang="en_US").explained)
        self.assertIn(rule.with_context(lang="en_US").name, paid.explained)

    def read_in_both(self, record, *words):
        """:param words: German and English in turn"""
        german, english = (record.with_context(lang=lang).explained for lang in ("de_DE", "en_US"))
        for here, there in zip(words[::2], words[1::2], strict=True):
            self.assertIn(here, german)
            self.assertNotIn(here, english)
            self.assertIn(there, english)
            self.assertNotIn(there, german)

    def test_a_file_is_refused_with_its_place(self):
        content = camt053([statement([transaction("2026-01-10", 10, "x")])])
        cut = self.receive(content=content[: len(content) // 2])
        self.assertEqual(cut.state, "refused")
        self.assertIn("Das XML ist fehlerhaft oder abgeschnitten", cut.error)
        self.assertIn("ein vollständiges, wohlgeformtes XML-Dokument", cut.error_expected)
        self.assertIn("Die Datei wurde abgelehnt: Zeile", cut.message_ids[0].preview or "")

    def test_a_fraction_of_a_cent_is_refused(self):
        content = camt053([statement([transaction("2026-01-10", "10.125", "x")])])
        self.assertEqual(
            self.receive(content=content).error,
            "Ein Betrag hat mehr Dezimalstellen als seine Währung",
        )

    def test_a_rule_that_makes_no_sense_is_refused_to_a_german(self):
        german = self.env(context={**self.env.context, "lang": "de_DE"})
        values = self.rule_values(("amount", "at_most", "viel"))
        with self.assertRaisesRegex(UserError, "Der Betrag muss eine Zahl wie 4.90 sein"):
            german["bank.feed.rule"].create(values)

    def test_strategies_have_german_names(self):
        strategy = self.env["bank.feed.strategy"].search([("name", "=", "document_number")])
        self.assertEqual(strategy.with_context(lang="de_DE").display_name, "Belegnummer")
        self.assertEqual(strategy.display_name, "Document number")
