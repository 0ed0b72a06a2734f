"""Money out: bills by the supplier's number, refunds to customers."""

from .. import words, writing
from ..registry import situation


@situation(share=5)
def bill_number(scene):
    """A transfer made at the bank, quoting the supplier's number of the bill, or ours."""
    partner = scene.partner("supplier")
    bill = scene.bill(partner)
    number = bill.other_numbers[0] if scene.chance(0.85) else bill.number
    text = scene.quoting(number, partner, words.BILL_WORDS)
    if partner.number and scene.chance(0.25):
        text += f" Kd-Nr. {scene.rng.randrange(10_000, 999_999)}"
    return scene.sent(partner, bill.residual, text).settles(bill)


@situation(share=1.3)
def several_bills(scene):
    """Several bills of one supplier in one transfer."""
    partner = scene.partner("supplier")
    bills = [scene.bill(partner) for _ in range(scene.rng.choice((2, 2, 3, 4)))]
    numbers = [bill.other_numbers[0] for bill in bills]
    text = scene.quoting(writing.listed(scene.rng, numbers), partner, words.BILL_WORDS)
    return scene.sent(partner, sum(bill.residual for bill in bills), text).settles(*bills)


@situation(share=0.5)
def vendor_refund_netted(scene):
    """Bills less a supplier's credit note."""
    partner = scene.partner("supplier")
    bills = [scene.bill(partner) for _ in range(scene.rng.choice((1, 2)))]
    least = min(abs(bill.residual) for bill in bills)
    refund = scene.vendor_refund(
        partner, (least * scene.rng.randrange(5, 70) / 100).quantize(least)
    )
    documents = [*bills, refund]
    numbers = writing.listed(scene.rng, [document.other_numbers[0] for document in documents])
    text = scene.quoting(numbers, partner, words.BILL_WORDS)
    total = sum(document.residual for document in documents)
    return scene.sent(partner, total, text).settles(*documents)


@situation(share=0.3)
def vendor_refund_received(scene):
    """A supplier transfers a credit note back."""
    partner = scene.partner("supplier")
    refund = scene.vendor_refund(partner, scene.amount(partner))
    number = refund.other_numbers[0]
    text = scene.rng.choice(("Gutschrift {}", "Credit note {}", "GS {}", "{}")).format(number)
    return scene.received(partner, refund.residual, text).settles(refund)


@situation(share=0.9)
def customer_refund(scene):
    """We pay a credit note out to a customer."""
    partner = scene.customer()
    refund = scene.refund(partner, scene.amount(partner))
    text = scene.rng.choice(("Gutschrift {}", "Erstattung {}", "{}")).format(refund.number)
    return scene.sent(partner, refund.residual, text).settles(refund)


@situation(share=1.2)
def supplier_collects(scene):
    """A supplier collects a bill from us by direct debit."""
    partner = scene.partner("supplier")
    bill = scene.bill(partner)
    number = bill.other_numbers[0]
    text = scene.quoting(number, partner, words.BILL_WORDS)
    text = scene.rng.choice((text, f"{text} Kundennr. {scene.rng.randrange(10**5, 10**7)}"))
    return scene.transaction(
        bill.residual,
        text,
        "debited",
        name=scene.written(partner),
        iban=next(iter(scene.books.home[partner.id].ibans), None),
        mandate_id=f"M{scene.rng.randrange(10**6):06d}",
        creditor_id=f"DE{scene.rng.randrange(10, 99)}ZZZ{scene.rng.randrange(10**10):011d}",
        end_to_end_id=scene.rng.choice(("NOTPROVIDED", number.replace(" ", ""))),
    ).settles(bill)


@situation(share=0.5, sensitive=True)
def bill_without_number(scene):
    """A transfer to a supplier that says nothing; only one open bill has the amount."""
    partner = scene.partner("supplier", scene.registered)
    bill = scene.bill(partner, scene.amount(partner, alone=True))
    scene.books.reserve(partner, bill.residual)
    text = scene.rng.choice(("Rechnung", "lt. Rechnung", "Wareneingang", scene.vague()))
    return scene.sent(partner, bill.residual, text).settles(bill)
