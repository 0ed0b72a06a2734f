"""Payouts of payment service providers: gross, fee, net; with and without their report."""

import datetime
from decimal import Decimal

from ..money import percentage, retail
from ..registry import situation
from ..text import german
from ..types import Detail

PROVIDERS = {
    "PayPal Europe S.à r.l. et Cie, S.C.A.": ("PP", "{ref}", Decimal("2.49"), Decimal("0.35")),
    "Stripe Payments Europe Ltd": ("STRIPE", "ch_{ref}", Decimal("1.50"), Decimal("0.25")),
    "Adyen N.V.": ("ADYEN", "8835{ref}", Decimal("0.95"), Decimal("0.11")),
    "Klarna Bank AB": ("KLARNA", "{ref}", Decimal("2.99"), Decimal("0.35")),
}
"""Short name, shape of a reference, fee in percent and EUR per order."""

MERCHANTS = ("DE-WEB", "AT-WEB", "OUTLET", "B2B", "APP", "NL-WEB", "GARTEN", "BUERO")


def _group(scene):
    """The receivables of one merchant account on one day, which nobody has paid out yet."""
    provider = scene.rng.choice(tuple(PROVIDERS))
    merchant = scene.rng.choice(MERCHANTS)
    used = scene.books.payout_days
    back = used[provider, merchant] = used.get((provider, merchant), 0) + 1
    day = scene.first_day - datetime.timedelta(back)
    source = f"{PROVIDERS[provider][0]} {merchant}"
    orders = [_order(scene, provider, source, day) for _ in range(scene.rng.randrange(4, 22))]
    return provider, merchant, day, orders


def _order(scene, provider, source, day):
    reference = "".join(scene.rng.choice("0123456789ABCDEFGHKLMNPRSTUVWXYZ") for _ in range(14))
    reference = PROVIDERS[provider][1].format(ref=reference)
    amount = retail(scene.rng)
    return scene.books.add(
        "receivable",
        scene.provider(provider),
        reference,
        date=day,
        due_date=None,
        total=amount,
        residual=amount,
        other_numbers=(scene.order_number(),),
        account="psp",
        source=source,
    )


def _fee(provider, order):
    _, _, percent, each = PROVIDERS[provider]
    return percentage(order.residual, percent) + each


def _payout(scene, group, text, **fields):
    provider, merchant, day, orders = group
    gross = sum(order.residual for order in orders)
    fee = sum(_fee(provider, order) for order in orders)
    parts = {
        "short": PROVIDERS[provider][0],
        "merchant": merchant,
        "day": f"{day:%d.%m.%Y}",
        "iso": f"{day:%Y-%m-%d}",
        "gross": german(gross),
        "fee": german(fee),
        "batch": scene.rng.randrange(100, 999),
    }
    name, iban = provider[:35], scene.provider_iban(provider)
    draft = scene.transaction(
        gross - fee, text.format(**parts), "credit", name=name, iban=iban, account="main", **fields
    )
    return draft.settles(*orders, fee=-fee)


@situation(share=0.3)
def payout_with_details(scene):
    """The provider's report is at hand: each order with gross, fee and net."""
    group = _group(scene)
    provider, _, _, orders = group
    details = tuple(_detail(provider, order) for order in orders)
    text = scene.rng.choice(
        ("{short} {merchant} PAYOUT {iso}", "Auszahlung BATCH {batch} {merchant}")
    )
    return _payout(scene, group, text, details=details)


def _detail(provider, order):
    fee = _fee(provider, order)
    return Detail(
        order.residual - fee,
        remittance=order.other_numbers[0],
        end_to_end_id=order.number,
        original_amount=order.residual,
        original_currency="EUR",
        charges=fee,
    )


@situation(share=0.2)
def payout_without_details(scene):
    """Only the net; the text names merchant account and day, sometimes gross and fee."""
    text = scene.rng.choice(
        (
            "{short} {merchant} PAYOUT {iso}",
            "{short} Auszahlung {merchant} Umsatz vom {day} BRUTTO {gross} GEBUEHR {fee}",
            "TX {batch} {merchant} {iso} GROSS {gross} FEE {fee}",
        )
    )
    return _payout(scene, _group(scene), text)
