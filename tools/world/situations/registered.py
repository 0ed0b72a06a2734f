"""Payments that the books know already: transfers and direct debits that we ordered."""

from ..books import CREDITOR_ID
from ..registry import situation
from ..types import Detail


@situation(share=4)
def own_transfer(scene):
    """Our SEPA transfer comes back on the statement with its end-to-end id."""
    partner = scene.partner("supplier")
    payment = _registered(scene, partner, -scene.amount(partner))
    text = scene.rng.choice((f"Rechnung {scene.vendor_number()}", scene.vague(), payment.number))
    e2e = payment.other_numbers[0]
    return scene.sent(partner, payment.residual, text, end_to_end_id=e2e).settles(payment)


def _registered(scene, partner, amount, **fields):
    return scene.open_payment(partner, amount, other_numbers=(scene.end_to_end(),), **fields)


@situation(share=0.8)
def transfer_without_entry(scene):
    """The same with a payment that has no journal entry: the bills that it covers are open."""
    partner = scene.partner("supplier")
    bills = [scene.bill(partner) for _ in range(scene.rng.choice((1, 1, 2, 3)))]
    total = sum(bill.residual for bill in bills)
    payment = _registered(scene, partner, total, covers=tuple(bill.id for bill in bills))
    numbers = ", ".join(bill.other_numbers[0] for bill in bills)
    e2e = payment.other_numbers[0]
    return scene.sent(partner, total, numbers, end_to_end_id=e2e).settles(payment)


@situation(share=2.8)
def own_direct_debit(scene):
    """A single collection from a customer, with mandate and end-to-end id."""
    partner = scene.customer(lambda one: bool(one.mandate))
    payment = _collection(scene, partner)
    text = f"Rechnung vom {scene.earlier(5, 9):%d.%m.%Y} {scene.vague()}".strip()
    return scene.transaction(
        payment.residual,
        text,
        "collected",
        name=partner.name[:70],
        iban=next(iter(scene.books.home[partner.id].ibans), None),
        end_to_end_id=payment.other_numbers[0],
        mandate_id=partner.mandate,
        creditor_id=CREDITOR_ID,
    ).settles(payment)


def _collection(scene, partner, **fields):
    if scene.chance(0.2):
        invoice = scene.invoice(partner)
        return _registered(scene, partner, invoice.residual, covers=(invoice.id,), **fields)
    return _registered(scene, partner, scene.amount(partner), **fields)


def _batch_of(scene, kind, count, direction):
    batch = f"BATCH/{direction}/2026/{scene.books.sequence('batch', 400):04d}"
    made = []
    for _ in range(count):
        if kind == "supplier":
            partner = scene.partner(kind)
            made.append(_registered(scene, partner, -scene.amount(partner), batch=batch))
        else:
            partner = scene.customer(lambda one: bool(one.mandate))
            made.append(_collection(scene, partner, batch=batch))
    return batch, made


@situation(share=0.35)
def batch_of_transfers(scene):
    """One debit for a file of transfers: its total, perhaps its name, no details."""
    batch, payments = _batch_of(scene, "supplier", scene.rng.randrange(3, 16), "OUT")
    total = sum(payment.residual for payment in payments)
    count = len(payments)
    text = scene.rng.choice(
        (
            f"SAMMEL-UEBERWEISUNG {count} POSTEN {batch}",
            f"Sammler {batch} Anzahl {count}",
            f"SEPA Sammelueberweisung Anzahl: {count}",
            f"DATEN-NR {batch}",
        )
    )
    return scene.transaction(total, text, "collective debit").settles(*payments)


@situation(share=0.25)
def batch_of_collections(scene):
    """One credit for a file of direct debits, without details."""
    batch, payments = _batch_of(scene, "customer", scene.rng.randrange(4, 16), "IN")
    total = sum(payment.residual for payment in payments)
    text = scene.rng.choice((f"SEPA-SAMMELLASTSCHRIFT {batch}", f"SAMMLER {len(payments)} POSTEN"))
    return scene.transaction(total, text, "collective collected", creditor_id=CREDITOR_ID).settles(
        *payments
    )


@situation(share=0.25)
def collection_with_details(scene):
    """One credit for a file of direct debits; the bank lists each."""
    batch, payments = _batch_of(scene, "customer", scene.rng.randrange(3, 14), "IN")
    details = tuple(_detail(scene, payment) for payment in payments)
    total = sum(payment.residual for payment in payments)
    draft = scene.transaction(
        total, f"SAMMLER {batch}", "collective collected", details=details, creditor_id=CREDITOR_ID
    )
    return draft.settles(*payments)


def _detail(scene, payment):
    partner = scene.known(payment.partner)
    return Detail(
        payment.residual,
        name=partner.name,
        iban=next(iter(scene.books.home[partner.id].ibans), None),
        remittance=payment.number if scene.chance(0.3) else "",
        end_to_end_id=payment.other_numbers[0],
        mandate_id=partner.mandate,
        creditor_id=CREDITOR_ID,
    )
