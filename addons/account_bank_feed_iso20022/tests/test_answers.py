"""Answers that the demo bank never gives: read without a bank."""

import itertools
import types
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.addons.account_bank_feed_connection.protocol import (
    NotAuthorised,
    Period,
    PeriodTooLong,
    Permanent,
    RemoteAccount,
    RetryLater,
)
from odoo.tests import BaseCase, tagged

from ..models.bank_connector_iso20022 import BankConnectorIso20022
from ..service import answers
from ..service.camt060 import request
from ..service.soap import NoData, SoapSession, TooLong

ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body>'
    "</s:Envelope>"
)
IBAN = "PL61109010140000071219812874"
FROM_TO = ("FrDt", "ToDt")
REPEATED = "{0.start} to {0.end}"
"""A refusal that names the days that were asked for, and none that is given."""


class Answering(SoapSession):
    """Gives one answer to whatever is asked."""

    def __init__(self, body, status=200, envelope=True):
        super().__init__("https://bank.example/ws")
        self.answer = (ENVELOPE.format(body) if envelope else body).encode()
        self.status = status

    def request(self, method, path, **kwargs):
        response = types.SimpleNamespace(
            content=self.answer, status_code=self.status, reason="", headers={}
        )
        self.check(response)
        return response


@tagged("post_install", "-at_install")
class TestAnswers(BaseCase):
    def call(self, body, **options):
        return Answering(body, **options).call("GetStatement", etree.Element("Document"))

    def refused(self, body, kind, text, **options):
        with self.assertRaisesRegex(kind, text) as caught:
            self.call(body, **options)
        self.assertIs(type(caught.exception), kind)
        return caught.exception

    def test_entities_are_refused(self):
        for document_type in (
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>',
            '<!DOCTYPE x SYSTEM "http://evil.example/x.dtd">',
        ):
            body = f"{document_type}<x><Document>&e;</Document></x>"
            with self.assertRaises((Permanent, RetryLater)) as caught:
                self.call(body, envelope=False)
            self.assertNotIn("root:", caught.exception.message)
        body = f"{document_type}<x><Document><BkToCstmrStmt/></Document></x>"
        self.refused(body, Permanent, "DOCTYPE", envelope=False)

    def test_a_document_stands_for_itself(self):
        document = self.call(
            '<r:R xmlns:r="urn:r"><Document xmlns="urn:d"><BkToCstmrStmt/></Document></r:R> '
        )
        self.assertEqual(
            answers.as_file(document),
            b"<?xml version='1.0' encoding='UTF-8'?>\n"
            b'<Document xmlns="urn:d"><BkToCstmrStmt/></Document>',
        )

    def test_a_bare_document(self):
        document = self.call("<Document><BkToCstmrStmt/></Document>", envelope=False)
        self.assertEqual(document.tag, "Document")

    def test_no_document(self):
        self.refused("<R/>", Permanent, "holds no")
        self.refused("<html>sorry", RetryLater, "no valid XML", envelope=False)

    def test_a_status_report_says_no(self):
        report = (
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>'
            "<OrgnlGrpInfAndSts><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>{}</Cd></Rsn>"
            "<AddtlInf>{}</AddtlInf></StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
        )
        self.refused(report.format("AC01", "unknown"), Permanent, "bank.example: AC01 unknown")
        self.refused(report.format("AG01", "no"), NotAuthorised, "AG01")
        self.refused(report.format("TM01", "closed"), RetryLater, "TM01")
        error = self.refused(report.format("DT01", "from 2026-01-05"), PeriodTooLong, "DT01")
        self.assertEqual(str(error.earliest), "2026-01-05")
        self.refused(report.format("DT01", "too old"), TooLong, "DT01")
        with self.assertRaises(NoData):
            self.call(report.format("NO_DATA", ""))

    def test_a_message_reject(self):
        reject = (
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:admi.002.001.01"><admi.002.001.01>'
            "<RltdRef><Ref>1</Ref></RltdRef><Rsn><RjctgPtyRsn>AC01</RjctgPtyRsn>"
            "<RsnDesc>no such account</RsnDesc></Rsn></admi.002.001.01></Document>"
        )
        self.refused(reject, Permanent, "AC01 no such account")

    def test_a_fault_without_detail(self):
        fault = "<s:Fault><faultcode>s:{}</faultcode><faultstring>{}</faultstring></s:Fault>"
        self.refused(fault.format("Client", "what?"), Permanent, "s:Client what", status=500)
        self.refused(fault.format("Server", "oops"), RetryLater, "oops", status=500)
        self.refused(fault.format("Client", "who?"), NotAuthorised, "401", status=401)

    def test_faults_of_ws_security(self):
        fault = "<s:Fault><faultcode>{}</faultcode><faultstring>no</faultstring></s:Fault>"
        for code in ("wsse:FailedAuthentication", "FailedCheck", "s:Client.Authentication"):
            words = f"{code.rpartition(':')[2]} no"
            self.refused(fault.format(code), NotAuthorised, words, status=500)
        detail = "</faultstring><detail><code>E-17</code></detail>"
        fault = fault.replace("</faultstring>", detail)
        self.refused(fault.format("wsse:InvalidSecurityToken"), NotAuthorised, "no", status=500)
        self.refused(fault.format("wsu:MessageExpired"), RetryLater, "Expired", status=500)
        self.refused(fault.format("wsse:Whatever"), Permanent, "E-17", status=500)

    def balances(self, *rows, currency="PLN"):
        report = etree.fromstring(
            "<Document><BkToCstmrAcctRpt><Rpt>"
            + "".join(
                f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{own}'>{amount}"
                f"</Amt><CdtDbtInd>{sign}</CdtDbtInd><Dt>{date}</Dt></Bal>"
                for kind, own, amount, sign, date in rows
            )
            + "</Rpt></BkToCstmrAcctRpt></Document>"
        )
        return answers.balances(report, RemoteAccount("1", currency=currency))

    def test_when_a_balance_stood_so(self):
        today = date.today()
        for kind, day, as_of in (
            ("CLBD", "2026-02-01", "2026-02-01 23:59:59"),
            ("CLBD", today, f"{today} 23:59:59"),
            ("ITBD", "2026-02-01", "2026-02-01 23:59:59"),
            ("ITBD", today, "None"),  # now, that is
            ("ITBD", "soon", "None"),
        ):
            [found] = self.balances((kind, "PLN", "1", "CRDT", f"<Dt>{day}</Dt>"))
            self.assertEqual(str(found.as_of), as_of)

    def test_what_is_expected_is_not_booked(self):
        [found] = self.balances(("XPCD", "PLN", "1", "CRDT", ""))
        self.assertEqual(found.kind, "available")

    def test_a_balance_that_is_no_number(self):
        for amount in ("much", "NaN", "Infinity", ""):
            with self.assertRaises(RetryLater):
                self.balances(("ITBD", "PLN", amount, "CRDT", ""))

    def test_balances_of_the_accounts_currency(self):
        moment = "<DtTm>2026-02-01T10:00:00+01:00</DtTm>"
        booked, available = self.balances(
            ("OPBD", "PLN", "1.00", "CRDT", moment),
            ("ITBD", "EUR", "7.00", "CRDT", moment),
            ("ITBD", "PLN", "12.50", "DBIT", moment),
            ("CLAV", "PLN", "3.10", "CRDT", moment),
        )
        self.assertEqual((booked.kind, booked.amount), ("booked", Decimal("-12.50")))
        self.assertEqual((available.kind, available.amount), ("available", Decimal("3.10")))
        self.assertEqual(str(booked.as_of), "2026-02-01 09:00:00")

    def test_a_request_in_the_order_of_the_schema(self):
        account = RemoteAccount(IBAN, iban=IBAN, currency="PLN")
        period = Period(date(2026, 2, 1), date(2026, 2, 3))
        document = request("camt.060.001.05", "camt.053.001.08", account, period, "4711")
        names = [etree.QName(each).localname for each in document.iter()]
        self.assertEqual(
            " ".join(names),
            "Document AcctRptgReq GrpHdr MsgId CreDtTm RptgReq Id ReqdMsgNmId Acct Id IBAN Ccy "
            "AcctOwnr Pty Id OrgId Othr Id RptgPrd FrToDt FrDt ToDt FrToTm FrTm ToTm Tp",
        )
        self.assertLessEqual(len(document.findtext(".//{*}MsgId")), 35)

    def test_what_is_not_all_is_asked_for_by_halves(self):
        def page(last):
            return etree.fromstring(
                "<Document><BkToCstmrStmt><GrpHdr><MsgPgntn><PgNb>1</PgNb>"
                f"<LastPgInd>{last}</LastPgInd></MsgPgntn></GrpHdr></BkToCstmrStmt></Document>"
            )

        asked = []

        def ask(connector, connection, session, operation, wanted, account, days):
            asked.append((days.start.day, days.end.day))
            return page("true" if days.end.day - days.start.day < most else "false")

        connector = BankConnectorIso20022
        days = Period(date(2026, 2, 1), date(2026, 2, 5))
        with patch.object(connector, "_ask", ask):
            most = 3
            fake = _Unbound(connector)
            found = list(fake._fetch(None, None, "Get", "statement", RemoteAccount("1"), days))
            self.assertEqual(asked, [(1, 5), (1, 3), (4, 5)])
            self.assertEqual(len(found), 2)
            most = 0
            with self.assertRaisesRegex(Permanent, "2026-02-01"):
                list(fake._fetch(None, None, "Get", "statement", RemoteAccount("1"), days))

    def asking(self, refuses, says=""):
        """What becomes of February where a bank refuses some periods, and names no first day."""
        asked = []

        def call(operation, document):
            start, end = (date.fromisoformat(document.findtext(f".//{{*}}{n}")) for n in FROM_TO)
            days = Period(start, end)
            asked.append(days)
            if refuses(days):
                raise SoapSession._too_long("bank.example: DT01", says.format(days), None)
            return etree.fromstring("<Document><BkToCstmrStmt/></Document>")

        days = Period(date(2026, 2, 1), date(2026, 2, 28))
        connection = types.SimpleNamespace(iso20022_release="2019", client_id="4711")
        session = types.SimpleNamespace(call=call)
        today = patch.object(fields.Date, "context_today", lambda *_: date(2026, 3, 10))
        with today:
            fake = _Unbound(BankConnectorIso20022)
            account = RemoteAccount("1")
            try:
                found = fake._fetch(connection, session, "Get", "statement", account, days)
                return [document.name.split()[-2:] for document in found], asked
            except (Permanent, PeriodTooLong) as error:
                return error, asked

    def test_too_long_a_period_is_asked_for_by_halves(self):
        halves = [["2026-02-01", "2026-02-14.xml"], ["2026-02-15", "2026-02-28.xml"]]
        for says in ("", REPEATED):
            found, _asked = self.asking(lambda days: (days.end - days.start).days >= 14, says)
            self.assertEqual(found, halves)

    def test_the_first_day_that_a_bank_gives_is_found(self):
        firsts = (date(2026, 2, 2), date(2026, 2, 17), date(2026, 2, 28), date(2026, 3, 5))
        for first, says in itertools.product(firsts, ("", REPEATED)):
            error, asked = self.asking(lambda days, first=first: days.start < first, says)
            self.assertIs(type(error), PeriodTooLong)
            self.assertEqual(error.earliest, first)
            self.assertLess(len(asked), 20)

    def test_a_bank_that_refuses_every_day(self):
        for says in ("", REPEATED):
            error, _asked = self.asking(lambda days: True, says)
            self.assertIs(type(error), TooLong)


class _Unbound:
    """A connector without a database."""

    def __init__(self, cls):
        self.cls = cls

    def __getattr__(self, name):
        return getattr(self.cls, name).__get__(self)
