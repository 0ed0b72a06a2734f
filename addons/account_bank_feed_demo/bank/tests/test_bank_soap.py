"""The web service: mutual TLS, camt.060 in, camt.052 and camt.053 out, faults."""

import datetime
from decimal import Decimal

import pytest
import requests
import zeep
from lxml import etree

from .. import DemoBank
from ..soap import ENVELOPE, NAMESPACE
from .client import DAY, read

CAMT060 = "urn:iso:std:iso:20022:tech:xsd:camt.060.001.05"
TODAY = datetime.date(2026, 3, 18)


def asking(iban, message, first=None, last=None):
    """A camt.060."""
    period = ""
    if first:
        period = (
            f"<RptgPrd><FrToDt><FrDt>{first}</FrDt><ToDt>{last}</ToDt></FrToDt>"
            "<FrToTm><FrTm>00:00:00</FrTm><ToTm>23:59:59</ToTm></FrToTm><Tp>ALLL</Tp></RptgPrd>"
        )
    return (
        f'<Document xmlns="{CAMT060}"><AcctRptgReq><GrpHdr><MsgId>M1</MsgId>'
        "<CreDtTm>2026-03-18T12:00:00</CreDtTm></GrpHdr><RptgReq><Id>R1</Id>"
        f"<ReqdMsgNmId>{message}</ReqdMsgNmId><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
        f"<AcctOwnr><Pty/></AcctOwnr>{period}</RptgReq></AcctRptgReq></Document>"
    )


def envelope(operation, document):
    return (
        f'<soap:Envelope xmlns:soap="{ENVELOPE}"><soap:Body><{operation} xmlns="{NAMESPACE}">'
        f"{document}</{operation}></soap:Body></soap:Envelope>"
    )


@pytest.fixture
def call(bank):
    certificate = bank.client_certificate()

    def post(operation, document, **options):
        options = {"verify": bank.ca_file, "cert": certificate, "timeout": 10} | options
        headers = {"Content-Type": "text/xml", "SOAPAction": f"{NAMESPACE}/{operation}"}
        body = envelope(operation, document) if operation else document
        return requests.post(f"{bank.url}/ws/accounts", body.encode(), headers=headers, **options)

    return post


def document(response, name):
    assert response.status_code == 200, response.text
    [answer] = etree.fromstring(response.content).xpath("/*/*/*")
    assert answer.tag == f"{{{NAMESPACE}}}{name}Response"
    return etree.tostring(answer[0], xml_declaration=True, encoding="UTF-8")


def code(response):
    assert response.status_code in (403, 500)
    [fault] = etree.fromstring(response.content).iter(f"{{{ENVELOPE}}}Fault")
    assert fault.findtext("faultcode") == "soap:Client"
    assert fault.findtext("faultstring")
    return fault.findtext(f"detail/{{{NAMESPACE}}}Error/{{{NAMESPACE}}}Code")


def test_statements_follow_on_each_other_and_hold_what_is_true(bank, call):
    first, last = TODAY - 30 * DAY, TODAY - DAY
    for account in bank.ledger.accounts.values():
        request = asking(account.iban, "camt.053.001.08", first, last)
        statements = read(document(call("GetStatement", request), "GetStatement"))
        assert len(statements) > 15
        balance = bank.ledger.balance(account.iban, first - DAY)
        for statement in statements:
            assert statement.opening.amount == balance
            assert statement.balanced
            balance = statement.closing.amount
        assert balance == bank.ledger.balance(account.iban, last)
        found = [each._replace(raw="") for one in statements for each in one.transactions]
        assert found == bank.truth(account.iban, first, last)


def test_a_statement_has_no_day_that_is_not_over(bank, call, main):
    request = asking(main.iban, "camt.053.001.08", TODAY - 5 * DAY, TODAY)
    statements = read(document(call("GetStatement", request), "GetStatement"))
    assert statements[-1].end_date == TODAY - DAY
    request = asking(main.iban, "camt.053.001.08", TODAY, TODAY)
    assert code(call("GetStatement", request)) == "NO_DATA"


def test_without_entries_there_is_a_statement_of_the_balance(bank, call, main):
    saturday = datetime.date(2026, 3, 14)
    request = asking(main.iban, "camt.053.001.08", saturday, saturday + DAY)
    [statement] = read(document(call("GetStatement", request), "GetStatement"))
    assert not statement.transactions
    assert statement.opening.amount == statement.closing.amount


def test_a_report_has_today_and_what_is_pending(bank, call, main):
    request = asking(main.iban, "camt.052.001.08", TODAY, TODAY)
    [report] = read(document(call("GetAccountReport", request), "GetAccountReport"))
    assert report.kind == "report"
    assert report.balanced
    booked = [each for each in report.transactions if each.booked]
    assert len(booked) == len(bank.truth(main.iban, TODAY, TODAY))
    assert report.pending_count == len(bank.ledger.pending(main.iban)) > 0


def test_balances(bank, call, main):
    answer = document(
        call("GetAccountBalance", asking(main.iban, "camt.052.001.08")), "GetAccountBalance"
    )
    found = {}
    for balance in etree.fromstring(answer).iter("{*}Bal"):
        sign = 1 if balance.findtext("{*}CdtDbtInd") == "CRDT" else -1
        found[balance.findtext("{*}Tp/{*}CdOrPrtry/{*}Cd")] = sign * Decimal(
            balance.findtext("{*}Amt")
        )
    assert found == {
        "OPBD": bank.ledger.balance(main.iban, TODAY - DAY),
        "ITBD": bank.ledger.balance(main.iban, TODAY),
        "ITAV": bank.ledger.available(main.iban),
    }


def test_what_is_wrong_is_a_fault(bank, call, main):
    good = asking(main.iban, "camt.053.001.08", TODAY - 5 * DAY, TODAY - DAY)
    assert code(call("GetPension", good)) == "UNKNOWN_OPERATION"
    assert code(call("GetAccountReport", good)) == "WRONG_MESSAGE"
    assert code(call("GetStatement", "<Document/>")) == "WRONG_MESSAGE"
    assert code(call("", "<no xml")) == "MALFORMED"
    assert code(call("", "<xml/>")) == "MALFORMED"
    assert code(call("GetStatement", good.replace(main.iban, "DE00"))) == "UNKNOWN_ACCOUNT"
    backwards = asking(main.iban, "camt.053.001.08", TODAY - DAY, TODAY - 5 * DAY)
    assert code(call("GetStatement", backwards)) == "PERIOD_INVALID"
    old = asking(main.iban, "camt.053.001.08", TODAY - 900 * DAY, TODAY)
    response = call("GetStatement", old)
    assert code(response) == "PERIOD_INVALID"
    assert f"{bank.statements.earliest}" in response.text


def test_an_entity_is_not_resolved(call, main):
    evil = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    request = asking("&e;", "camt.053.001.08")
    response = call("", evil + envelope("GetStatement", request))
    assert "root:" not in response.text
    assert response.status_code == 500


def test_only_with_a_certificate_of_the_bank(bank, call, main, tmp_path):
    request = asking(main.iban, "camt.052.001.08")
    assert code(call("GetAccountBalance", request, cert=None)) == "CERTIFICATE_MISSING"
    with pytest.raises(requests.exceptions.ConnectionError):
        call("GetAccountBalance", request, cert=bank.client_certificate("late", days=-1))
    with DemoBank(folder=tmp_path) as other, pytest.raises(requests.exceptions.ConnectionError):
        call("GetAccountBalance", request, cert=other.client_certificate())
    bank.soap.blocked.add("customer")
    assert code(call("GetAccountBalance", request)) == "CERTIFICATE_REVOKED"


def test_a_stock_client_understands_the_wsdl(bank, main):
    session = requests.Session()
    session.trust_env = False
    session.verify, session.cert = bank.ca_file, bank.client_certificate()
    client = zeep.Client(f"{bank.url}/ws/accounts?wsdl", transport=zeep.Transport(session=session))
    asked = etree.fromstring(asking(main.iban, "camt.053.001.08", TODAY - 3 * DAY, TODAY - DAY))
    answer = client.service.GetStatement(_value_1=asked)
    found = answer if hasattr(answer, "tag") else answer._value_1
    assert len(read(etree.tostring(found))) >= 2
    with pytest.raises(zeep.exceptions.Fault):
        client.service.GetAccountReport(_value_1=asked)
