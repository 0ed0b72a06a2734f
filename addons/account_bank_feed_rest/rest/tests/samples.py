"""Answers as the banks' public documentation shows them, with data of our own, and a small list
profile for what the shipped ones do not have."""

import copy

QONTO_ACCOUNTS = {
    "organization": {
        "slug": "example-9134",
        "bank_accounts": [
            {
                "id": "018f71db-1e1c-7f2b-9a2a-5a0c2f0b1c11",
                "name": "Compte principal",
                "iban": "FR7616798000010000005663951",
                "bic": "TRZOFR21XXX",
                "currency": "EUR",
                "balance": 1480.05,
                "balance_cents": 148005,
                "authorized_balance_cents": 145000,
                "status": "active",
                "updated_at": "2026-02-09T10:00:00.000Z",
            },
            {"id": "closed", "name": "Old", "currency": "EUR", "status": "closed"},
        ],
    }
}

QONTO_TRANSACTIONS = {
    "transactions": [
        {
            "id": "t-1",
            "transaction_id": "example-9134-1-transaction-1",
            "amount": 119.0,
            "amount_cents": 11900,
            "side": "credit",
            "currency": "EUR",
            "local_amount": 119.0,
            "local_currency": "EUR",
            "label": "Maison Dupont",
            "reference": "FAC-2026-017",
            "operation_type": "income",
            "status": "completed",
            "emitted_at": "2026-01-19T22:00:00.000Z",
            "settled_at": "2026-01-19T23:30:00.000Z",
            "income": {
                "counterparty_account_number": "FR1420041010050500013M02606",
                "counterparty_account_number_format": "IBAN",
                "counterparty_bank_identifier": "PSSTFRPPXXX",
            },
        },
        {
            "id": "t-2",
            "amount": 9.26,
            "amount_cents": 926,
            "side": "debit",
            "currency": "EUR",
            "local_amount": 10.0,
            "local_currency": "USD",
            "label": "Github",
            "reference": None,
            "operation_type": "card",
            "status": "completed",
            "settled_at": "2026-01-21T08:00:00.000Z",
        },
    ],
    "meta": {"current_page": 1, "next_page": None, "total_pages": 1, "per_page": 100},
}

REVOLUT_ACCOUNT = "2a0d4d03-e26c-4159-9de1-c6bf3adfd8a1"
REVOLUT_OTHER = "df8d6b20-0725-482e-a29e-fb09631480cf"


def revolut_transaction(number, created_at, legs=None, **values):
    return {
        "id": f"tx-{number}",
        "type": "transfer",
        "state": "completed",
        "created_at": created_at,
        "completed_at": created_at,
        "reference": f"Invoice {number}",
        "legs": legs
        or [
            {
                "leg_id": f"leg-{number}",
                "account_id": REVOLUT_ACCOUNT,
                "amount": -10.5,
                "fee": 0.2,
                "currency": "GBP",
                "description": "To Acme Ltd",
                "balance": 100.1,
            }
        ],
        **values,
    }


def ponto_transaction(number, date, amount=-15.5):
    return {
        "type": "transaction",
        "id": f"p-{number}",
        "attributes": {
            "amount": amount,
            "currency": "EUR",
            "executionDate": f"{date}T00:00:00.000Z",
            "valueDate": f"{date}T00:00:00.000Z",
            "counterpartName": "De Groof BV",
            "counterpartReference": "BE26089479973169",
            "remittanceInformation": "RE-77",
            "remittanceInformationType": "unstructured",
            "bankTransactionCode": "PMNT-IRCT-ESCT",
            "endToEndId": None,
        },
    }


LISTED = {
    "label": "A list",
    "documentation": "https://bank.example/docs",
    "sign_in": {"kind": "header", "value": "Bearer {client_secret}"},
    "production": {"api": "https://bank.example/api/"},
    "accounts": {"source": {"path": "accounts"}, "id": "id"},
    "balances": {"values": []},
    "transactions": {
        "source": {"path": "accounts/{account_id}/list", "items": "list"},
        "fields": {"booking_date": "day", "amount": "amount", "currency": {"constant": "EUR"}},
    },
}


def listed(paging=None, days=None, **values):
    """The data of a profile with this paging."""
    data = copy.deepcopy(LISTED) | values
    source = data["transactions"]["source"]
    if paging:
        source["paging"] = paging
    if days:
        source["days"] = days
    return data
