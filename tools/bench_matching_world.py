"""From the words of the benchmark world to those of the matching engine.

What finance would have set up is here too: the company's own accounts, and rules for what
comes again and again. They were completed after looking at what the generator writes, as
finance does with its own bank's texts.
"""

from decimal import Decimal

from account_bank_feed_rule.matching import (
    Bands,
    BookingSpec,
    Condition,
    Discount,
    ItemIndex,
    OpenItem,
    Partner,
    PartnerDirectory,
    Payment,
    RuleSpec,
)

KINDS = {
    "invoice": "document",
    "refund": "document",
    "bill": "document",
    "vendor_refund": "document",
}
RECURRING = {
    "interest": r"(?i)(soll|haben|dispo)?zins(en)?\b|interest",
    "tax": r"(?i)finanzamt|finanzkasse|landeskasse|hauptzollamt|lohnst|ust|gewerbest|steuer",
    "salary": r"(?i)\b(lohn|gehalt|entgelt|bezuege|bezüge|salary|payroll)\b",
    "rent": r"(?i)\b(laden|buero)?(miete|pacht|rent)\b",
    "bank_fees": r"(?i)kontof|entgelt|posten|geb[üu]e?hr|abschluss|charge|porto|fee\b",
}
CALLED_BY_BANK = ("interest", "bank_fees")
"""Only what comes from the bank itself, which gives no counterparty's account."""


def index(world):
    """The world's books as the engine sees them."""
    own = {account.iban: account.id for account in world.own_accounts}
    rates = {}
    for rate in world.rates:
        rates.setdefault(rate.currency, {})[rate.date] = rate.rate
    items = [_item(document, rates) for document in world.documents]
    return ItemIndex(items, PartnerDirectory(map(_partner, world.partners), own))


def payments(world):
    """The world's bank transactions as the engine sees them."""
    return [_payment(payment, payment.id, payment.date) for payment in world.payments]


def rules():
    """What a company has: recurring payments to accounts, the rest against what is open."""
    recurring = [
        RuleSpec(
            account,
            account,
            "book",
            conditions=_conditions(account, pattern),
            bookings=(BookingSpec(account),),
        )
        for account, pattern in RECURRING.items()
    ]
    return [
        RuleSpec("transfer", "Internal transfers", "transfer"),
        RuleSpec("match", "Match open items", bands=Bands()),
        *recurring,
    ]


def _conditions(account, pattern):
    said = Condition("text", "regex", pattern)
    if account in CALLED_BY_BANK:
        return (said, Condition("iban", "is_empty", ""))
    return (said, Condition("iban", "is_set", ""), Condition("direction", "equals", "out"))


def _partner(partner):
    return Partner(
        partner.id,
        (partner.name, *partner.aliases),
        partner.ibans,
        (partner.number,) if partner.number else (),
        (partner.mandate,) if partner.mandate else (),
    )


def _item(document, rates):
    return OpenItem(
        id=document.id,
        account_id=document.account,
        partner_id=document.partner,
        date=document.date,
        due_date=document.due_date,
        residual=document.residual,
        currency=document.currency,
        numbers=(document.number,) if document.number else (),
        references=tuple(r for r in (document.reference, *document.other_numbers) if r),
        kind=KINDS.get(document.kind, document.kind),
        discount=_discount(document),
        company_residual=_in_euro(document, rates),
        batch=document.batch,
        covers=frozenset(document.covers),
        source=document.source,
        journal_id=document.source if document.kind == "transfer" else None,
    )


def _discount(document):
    found = document.discount
    return Discount(-found.amount, found.last_day) if found else None


def _in_euro(document, rates):
    if document.currency == "EUR":
        return document.residual
    known = rates.get(document.currency, {})
    days = [day for day in known if day <= document.date] or sorted(known)[:1]
    if not days:
        return None
    return (document.residual / known[max(days)]).quantize(Decimal("0.01"))


def _payment(payment, payment_id, date):
    details = getattr(payment, "details", ())
    return Payment(
        id=payment_id,
        date=date,
        amount=payment.amount,
        currency="EUR",
        text=payment.remittance,
        reference=payment.reference,
        end_to_end_id=payment.end_to_end_id,
        iban=payment.iban,
        name=payment.name or None,
        code=payment.code,
        journal_id=getattr(payment, "account", None),
        identity=str(payment_id),
        original_amount=payment.original_amount,
        original_currency=payment.original_currency,
        charges=payment.charges,
        mandate_id=payment.mandate_id,
        return_reason=payment.return_reason,
        details=tuple(
            _payment(detail, f"{payment_id}/{place}", date)
            for place, detail in enumerate(details, start=1)
        ),
    )
