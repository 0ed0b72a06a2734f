"""The standard's transactions, field by field; its own examples told anew."""

import datetime
import io
import json
from decimal import Decimal

from odoo.addons.account_bank_feed_connection.json_format import document
from odoo.addons.account_bank_feed_connection.protocol import Period, RemoteAccount
from odoo.addons.bank_statement_format import Counterparty, InvalidStatement, Statement
from odoo.tests import BaseCase, tagged

from ..xs2a.transactions import FORMATS

OWN, OTHER = "DE40100100103307118608", "FR7612345987650123456789014"
PERIOD = Period(datetime.date(2026, 10, 1), datetime.date(2026, 10, 31))


@tagged("post_install", "-at_install")
class TestTransactions(BaseCase):
    def transactions(self, booked=(), pending=(), kind="nextgenpsd2"):
        page = json.dumps({"transactions": {"booked": booked, "pending": pending}}).encode()
        account = RemoteAccount("a", iban=OWN, currency="EUR")
        file = document(kind, "October", account, PERIOD, [page])
        self.assertTrue(FORMATS[kind].sniff(file.name, file.content[:1000]))
        *found, self.statement = FORMATS[kind].parse(io.BytesIO(file.content))
        return found

    def one(self, kind="nextgenpsd2", **values):
        values.setdefault("transactionAmount", {"amount": "-256.67", "currency": "EUR"})
        values.setdefault("bookingDate", "2026-10-25")
        return self.transactions([values], kind=kind)[0]

    def test_all_that_a_transaction_says(self):
        found = self.one(
            transactionId="1234567",
            entryReference="E-77",
            endToEndId="INV-9",
            mandateId="M-1",
            creditorId="DE98ZZZ09999999999",
            valueDate="2026-10-26",
            creditorName="Anna Muster",
            creditorAccount={"iban": OTHER},
            creditorAgent="AGRIFRPP",
            debtorName="We",
            debtorAccount={"iban": OWN},
            remittanceInformationUnstructured="Invoice 9",
            remittanceInformationUnstructuredArray=["Invoice 9", "less 2 %"],
            remittanceInformationStructured={"reference": "RF18539007547034"},
            remittanceInformationStructuredArray=[
                {"reference": "RF18539007547034"},
                {"reference": "Second"},
            ],
            bankTransactionCode="PMNT-RDDT-ESDD",
            proprietaryBankTransactionCode="105",
        )
        raw = json.loads(found.raw)
        self.assertEqual(raw["entryReference"], "E-77")
        self.assertEqual(
            found._replace(raw="")._asdict(),
            {
                **type(found)._field_defaults,
                "booking_date": datetime.date(2026, 10, 25),
                "value_date": datetime.date(2026, 10, 26),
                "amount": Decimal("-256.67"),
                "currency": "EUR",
                "counterparty": Counterparty("Anna Muster", OTHER, "AGRIFRPP"),
                "remittance": "Invoice 9 less 2 % Second",
                "reference": "RF18539007547034",
                "end_to_end_id": "INV-9",
                "mandate_id": "M-1",
                "creditor_id": "DE98ZZZ09999999999",
                "bank_reference": "E-77",
                "code": "PMNT-RDDT-ESDD",
            },
        )
        self.assertEqual(
            self.statement,
            Statement(
                account=self.statement.account,
                currency="EUR",
                count=1,
                total=Decimal("-256.67"),
                start_date=PERIOD.start,
                end_date=PERIOD.end,
            ),
        )
        self.assertEqual(self.statement.account.iban, OWN)

    def test_the_other_side_goes_by_the_sign(self):
        both = {"creditorName": "Payee", "debtorName": "Payer"}
        incoming = {"transactionAmount": {"amount": "10", "currency": "EUR"}}
        self.assertEqual(self.one(**both).counterparty.name, "Payee")
        self.assertEqual(self.one(**both, **incoming).counterparty.name, "Payer")

    def test_our_own_account_is_never_the_other_side(self):
        found = self.one(
            creditorName="We",
            creditorAccount={"iban": OWN},
            debtorName="Returner",
            debtorAccount={"iban": OTHER},
        )
        self.assertEqual(found.counterparty, Counterparty("Returner", OTHER))
        only_us = self.one(creditorName="We", creditorAccount={"iban": OWN})
        self.assertEqual(only_us.counterparty, Counterparty())

    def test_accounts_without_an_iban(self):
        for reference in ({"bban": "4711"}, {"other": {"identification": "4711"}}):
            self.assertEqual(self.one(creditorAccount=reference).counterparty.iban, "4711")

    def test_older_and_shorter_ways_to_say_it(self):
        found = self.one(
            remittanceInformationStructured="RF18539007547034",
            additionalInformation="Bank's words",
            endToEndId="NOTPROVIDED",
            proprietaryBankTransactionCode="105",
            transactionId="T1",
            ultimateCreditor="For whom",
        )
        self.assertEqual(found.reference, "RF18539007547034")
        self.assertEqual(found.remittance, "Bank's words")
        self.assertIsNone(found.end_to_end_id)
        self.assertEqual((found.code, found.bank_reference), ("105", "T1"))
        self.assertEqual(found.counterparty.name, "For whom")

    def test_another_currency(self):
        rate = {"sourceCurrency": "EUR", "targetCurrency": "USD", "exchangeRate": "1.1"}
        self.assertEqual(self.one(currencyExchange=[rate]).original_currency, "USD")
        self.assertEqual(self.one(currencyExchange=rate).original_currency, "USD")

    def test_what_is_pending_may_have_no_day(self):
        amount = {"amount": "-10", "currency": "EUR"}
        [found] = self.transactions(pending=[{"transactionId": "P1", "transactionAmount": amount}])
        self.assertFalse(found.booked)
        self.assertEqual(found.booking_date, PERIOD.end)
        self.assertIsNone(found.bank_reference)
        self.assertEqual((self.statement.count, self.statement.pending_count), (0, 1))

    def test_a_batch_has_details(self):
        def part(amount, name):
            return {
                "transactionAmount": {"amount": amount, "currency": "EUR"},
                "creditorName": name,
                "endToEndId": f"E2E-{name}",
            }

        found = self.one(
            transactionAmount={"amount": "-30", "currency": "EUR"},
            entryDetails=[part("10", "A"), part("-20", "B")],
        )
        self.assertEqual([detail.amount for detail in found.details], [-10, -20])
        self.assertEqual([detail.counterparty.name for detail in found.details], ["A", "B"])
        single = self.one(entryDetails=[part("-256.67", "A")])
        self.assertEqual((single.details, single.end_to_end_id), ((), "E2E-A"))

    def test_amounts_without_sign(self):
        amount = {"transactionAmount": {"amount": "256.67", "currency": "EUR"}}
        for values, sign in (
            ({"creditorName": "Payee"}, -1),
            ({"debtorName": "Payer"}, 1),
            ({"creditorAccount": {"iban": OTHER}}, -1),
            ({"creditorAccount": {"iban": OWN}, "creditorName": "We"}, 1),
            ({"creditorName": "P", "debtorName": "We", "debtorAccount": {"iban": OWN}}, -1),
            ({}, 1),
        ):
            found = self.one("nextgenpsd2_unsigned", **amount, **values)
            self.assertEqual(found.amount, sign * Decimal("256.67"), values)
        self.assertEqual(self.one("nextgenpsd2_unsigned").amount, Decimal("-256.67"))

    def test_what_is_not_as_described_is_refused(self):
        for wrong in (
            {"transactionAmount": {"amount": "much", "currency": "EUR"}},
            {"transactionAmount": {"amount": "NaN", "currency": "EUR"}},
            {"transactionAmount": None},
            {"bookingDate": None},
            {"bookingDate": "yesterday"},
        ):
            with self.assertRaises(InvalidStatement):
                self.one(**wrong)
