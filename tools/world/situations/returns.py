"""Money that comes back: returned direct debits and bounced transfers."""

from decimal import Decimal

from ..books import CREDITOR_ID
from ..registry import situation
from ..text import german
from ..types import Detail

REASONS = {
    "AM04": "Deckung nicht ausreichend",
    "AC04": "Konto erloschen",
    "MD06": "Widerspruch durch Zahler",
    "MD01": "Kein gueltiges Mandat",
    "MS03": "Sonstige Gruende",
}
FEES = tuple(Decimal(fee) for fee in ("0", "0", "3.00", "3.81", "4.50", "5.70"))


def _collected(scene):
    """An earlier collection, as it stands in the books; customer included."""
    partner = scene.customer(lambda one: bool(one.mandate))
    number = scene.invoice_number()
    known = (scene.end_to_end(), partner.mandate)
    return partner, scene.settled(partner, number, -scene.amount(partner), other_numbers=known)


@situation(share=1)
def returned_debit(scene):
    """One return; the bank's fee is in the amount, told or not, or there is none."""
    partner, settled = _collected(scene)
    fee, reason = scene.rng.choice(FEES), scene.rng.choice(tuple(REASONS))
    e2e, mandate = settled.other_numbers
    told = {}
    if fee and scene.chance(0.7):
        told = {
            "charges": fee,
            "original_amount": settled.residual,
            "original_currency": "EUR",
        }
    text = f"RUECKLASTSCHRIFT {REASONS[reason]}"
    if scene.chance(0.5):
        text += f" {settled.number}"
    if fee and scene.chance(0.4):
        text = (
            f"EREF+{e2e} MREF+{mandate} OAMT+{german(settled.residual)} COAM+{german(fee)} {text}"
        )
    draft = scene.transaction(
        settled.residual - fee,
        text,
        "return",
        name=scene.written(partner),
        iban=next(iter(scene.books.home[partner.id].ibans), None),
        end_to_end_id=e2e,
        mandate_id=mandate,
        creditor_id=CREDITOR_ID,
        return_reason=reason if scene.chance(0.8) else None,
        **told,
    )
    return draft.settles(settled, **({"fee": -fee} if fee else {}))


@situation(share=0.15)
def returned_debits_together(scene):
    """Several returns in one booking; the bank lists each with its fee."""
    fee = scene.rng.choice(FEES)
    returned = [_collected(scene) for _ in range(scene.rng.randrange(2, 7))]
    settled = [document for _, document in returned]
    details = tuple(_detail(scene, partner, one, fee) for partner, one in returned)
    fees = fee * len(settled)
    total = sum(document.residual for document in settled) - fees
    text = f"RUECKLASTSCHRIFTEN {len(settled)} POSTEN"
    draft = scene.transaction(total, text, "return", details=details, creditor_id=CREDITOR_ID)
    return draft.settles(*settled, **({"fee": -fees} if fee else {}))


def _detail(scene, partner, settled, fee):
    e2e, mandate = settled.other_numbers
    return Detail(
        settled.residual - fee,
        name=partner.name,
        remittance=f"RUECKLASTSCHRIFT {settled.number}",
        end_to_end_id=e2e,
        mandate_id=mandate,
        creditor_id=CREDITOR_ID,
        return_reason=scene.rng.choice(tuple(REASONS)),
        original_amount=settled.residual if fee else None,
        original_currency="EUR" if fee else None,
        charges=fee or None,
    )


@situation(share=0.35)
def bounced_transfer(scene):
    """Our transfer could not be delivered and comes back."""
    partner = scene.partner("supplier")
    e2e = scene.end_to_end()
    amount = scene.amount(partner)
    number = f"PBNK1/2026/{scene.books.sequence('payment'):05d}"
    settled = scene.settled(partner, number, amount, other_numbers=(e2e,))
    reason = scene.rng.choice(("AC01", "AC04", "AC06"))
    text = scene.rng.choice(
        (
            "RETOURE SEPA-UEBERWEISUNG IBAN FEHLERHAFT",
            f"RUECKUEBERWEISUNG RNR {scene.vendor_number()} KONTO ERLOSCHEN",
            f"Return/Retoure EREF+{e2e} Grund: {reason}",
        )
    )
    return scene.transaction(
        amount,
        text,
        "bounce",
        name=partner.name if scene.chance(0.7) else "",
        end_to_end_id=e2e if scene.chance(0.9) or e2e not in text else None,
        return_reason=reason,
    ).settles(settled)
