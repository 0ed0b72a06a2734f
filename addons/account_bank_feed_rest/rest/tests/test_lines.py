"""What the shipped profiles make of the banks' answers."""

import datetime
import json
from decimal import Decimal

import pytest

from account_bank_feed_rest.rest import (
    BrokenAnswer,
    account_values,
    balance_values,
    line_values,
    parse,
    profile_from,
    shipped,
)
from account_bank_feed_rest.rest.lines import items_of, selected

from .samples import (
    QONTO_ACCOUNTS,
    QONTO_TRANSACTIONS,
    REVOLUT_ACCOUNT,
    REVOLUT_OTHER,
    listed,
    ponto_transaction,
    revolut_transaction,
)


def as_answer(data):
    """As it is after the way over the network: numbers exact."""
    return parse(json.dumps(data).encode())


def lines(name, data, account="", **options):
    profile = shipped()[name]
    return list(line_values(profile, as_answer(data), {"account_id": account}, set(), **options))


def test_qonto_accounts():
    profile = shipped()["qonto"]
    source = profile.accounts.source
    items = [i for i in items_of(source, QONTO_ACCOUNTS) if selected(source.where, {}, i)]
    assert [account_values(profile, item)["iban"] for item in items] == [
        "FR7616798000010000005663951"
    ]
    moment = datetime.datetime(2026, 2, 9, 10)
    assert list(balance_values(profile, items)) == [
        ("booked", Decimal("1480.05"), "EUR", moment),
        ("available", Decimal("1450.00"), "EUR", moment),
    ]


def test_qonto_transactions():
    income, card = lines("qonto", QONTO_TRANSACTIONS)
    assert income["booking_date"] == datetime.date(2026, 1, 20)  # half past midnight in Paris
    assert income["amount"] == Decimal("119.00")
    assert income["original_amount"] is None
    assert (income["name"], income["iban"]) == ("Maison Dupont", "FR1420041010050500013M02606")
    assert income["remittance"] == "FAC-2026-017"
    assert income["bank_reference"] == "t-1"
    assert income["booked"]
    assert card["amount"] == Decimal("-9.26")
    assert (card["original_amount"], card["original_currency"]) == (Decimal("-10.0"), "USD")
    assert card["iban"] is None


def test_qonto_pending_has_no_booking_date_yet():
    data = {"transactions": [{**QONTO_TRANSACTIONS["transactions"][0], "settled_at": None}]}
    with pytest.raises(BrokenAnswer, match="no booking_date"):
        lines("qonto", data)
    (line,) = lines("qonto", data, pending=True)
    assert (line["booking_date"], line["booked"]) == (datetime.date(2026, 1, 19), False)


def test_revolut_lines_are_legs():
    between = [
        {"leg_id": "out", "account_id": REVOLUT_ACCOUNT, "amount": -50, "currency": "GBP"},
        {"leg_id": "in", "account_id": REVOLUT_OTHER, "amount": 57.9, "currency": "EUR"},
    ]
    data = [
        revolut_transaction(1, "2026-01-20T09:00:00Z"),
        revolut_transaction(2, "2026-01-21T09:00:00Z", between),
    ]
    paid, out = lines("revolut_business", data, REVOLUT_ACCOUNT)
    assert paid["amount"] == Decimal("-10.7")  # the fee goes off beside the amount
    assert paid["charges"] == Decimal("0.2")
    assert paid["remittance"] == "To Acme Ltd Invoice 1"
    assert paid["raw"]["id"] == "tx-1"
    assert out["amount"] == Decimal(-50)
    (received,) = lines("revolut_business", data, REVOLUT_OTHER)
    assert (received["amount"], received["currency"]) == (Decimal("57.9"), "EUR")
    assert received["bank_reference"] == "in"


def test_what_comes_on_two_pages_is_one_line():
    profile, seen = shipped()["revolut_business"], set()
    page = as_answer([revolut_transaction(1, "2026-01-20T09:00:00Z")])
    account = {"account_id": REVOLUT_ACCOUNT}
    assert len(list(line_values(profile, page, account, seen))) == 1
    assert not list(line_values(profile, page, account, seen))


def test_ponto_transactions():
    (line,) = lines("ponto", {"data": [ponto_transaction(1, "2026-01-20")]})
    assert line["booking_date"] == line["value_date"] == datetime.date(2026, 1, 20)
    assert line["amount"] == Decimal("-15.5")
    assert line["iban"] == "BE26089479973169"
    assert line["end_to_end_id"] is None


def test_a_reference_that_is_no_iban_is_a_number():
    profile = shipped()["ponto"]
    item = {"id": "1", "attributes": {"reference": "001-4711", "currency": "EUR"}}
    values = account_values(profile, item)
    assert (values["iban"], values["number"]) == (None, "001-4711")


def test_who_the_other_side_is():
    data = listed()
    rule = {"path": "debtor", "outgoing": "creditor"}
    data["transactions"]["fields"] |= {"name": rule, "remittance": {"path": "t", "separator": " "}}
    profile = profile_from("bank", data)
    both = {"day": "2026-01-20", "debtor": "D", "creditor": "C", "t": "text"}
    answer = {"list": [{**both, "amount": "1"}, {**both, "amount": "-1"}]}
    lines = list(line_values(profile, answer, {}, set()))
    assert [(line["name"], line["remittance"]) for line in lines] == [("D", "text"), ("C", "text")]


def test_of_several_balances_the_first_rule_wins():
    data = listed()
    rules = [("booked", "CLBD"), ("booked", "ITBD"), ("available", "ITAV")]
    data["balances"]["values"] = [
        {"kind": kind, "where": {"type": code}, "amount": "a", "currency": {"constant": "EUR"}}
        for kind, code in rules
    ]
    profile = profile_from("bank", data)
    items = [{"type": "ITBD", "a": 1}, {"type": "CLBD", "a": 2}, {"type": "XPCD", "a": 3}]
    assert [found[:2] for found in balance_values(profile, items)] == [("booked", 2)]
    assert [found[:2] for found in balance_values(profile, items[:1])] == [("booked", 1)]


def read(rule, item):
    data = listed()
    data["transactions"]["fields"]["amount"] = rule
    item = {"day": "2026-01-20", **item}
    profile = profile_from("bank", data)
    return next(line_values(profile, as_answer({"list": [item]}), {}, set()))["amount"]


@pytest.mark.parametrize(
    ("rule", "item", "value"),
    [
        ("a", {"a": "-1.10"}, "-1.10"),
        ("a", {"a": 0.1}, "0.1"),
        (["a", "b"], {"a": None, "b": 3}, "3"),
        ({"path": "a", "scale": 2}, {"a": 1999}, "19.99"),
        ({"path": "a", "minus": "b"}, {"a": -5, "b": 0.25}, "-5.25"),
        ({"path": "a", "sign": {"path": "s", "negative": ["D"]}}, {"a": 5, "s": "D"}, "-5"),
        ({"path": "a", "sign": {"path": "s", "negative": ["D"]}}, {"a": 5, "s": "C"}, "5"),
        ({"path": "a", "sign": {"path": "s", "negative": ["D"]}}, {"a": -5, "s": "D"}, "-5"),
    ],
)
def test_amounts(rule, item, value):
    assert read(rule, item) == Decimal(value)


@pytest.mark.parametrize("value", ["much", True, {}, "NaN", None, ""])
def test_what_is_no_amount(value):
    with pytest.raises(BrokenAnswer, match="amount"):
        read("a", {"a": value})


@pytest.mark.parametrize("value", ["20.01.2026", 1234, None])
def test_what_is_no_date(value):
    profile = profile_from("bank", listed())
    with pytest.raises(BrokenAnswer, match="date"):
        list(line_values(profile, {"list": [{"day": value, "amount": "1"}]}, {}, set()))
