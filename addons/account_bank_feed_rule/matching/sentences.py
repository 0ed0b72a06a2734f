"""Every kind of evidence as an English sentence, with ``%(parameter)s`` to fill in.

One place, so that a translator finds them all.
"""

from __future__ import annotations

EVIDENCE = {
    "document_number": "it quotes %(number)s",
    "document_number_weak": 'it quotes %(number)s as "%(quoted)s" (%(because)s)',
    "structured_reference": "it carries the structured reference %(quoted)s",
    "end_to_end_id": "its end-to-end id is %(quoted)s",
    "counterparty_iban": "the account %(iban)s belongs to the partner",
    "amount_equal": "the amount of %(amount)s %(currency)s is just what is open",
    "only_item": "no other open item of this partner has the amount",
    "condition": "%(field)s %(operator)s %(value)s",
}

OBJECTIONS = {
    "other_partner": "the account %(iban)s belongs to another partner",
    "long_before_document": "it was paid long before the document's date %(date)s",
    "amount_differs": "the amount differs by %(difference)s %(currency)s "
    "(%(amount)s paid, %(residual)s open)",
    "currency_differs": "it was paid in %(currency)s, the item is in %(item_currency)s",
    "already_claimed": "%(item)s is claimed already",
    "ambiguous": "it may just as well be %(items)s",
    "quotes_others": "it quotes %(items)s as well",
    "adds_up": "%(items)s together are just the amount",
    "quotes_unknown": 'it quotes "%(quoted)s", which is not open',
    "below_post": "the score of %(score)s is below the %(post)s needed to post",
    "contested": "payment %(payments)s claims the same item with as much right",
    "claimed_by_stronger": "the item goes to payment %(payment)s of %(date)s, which has the "
    "stronger claim",
    "double_payment": "the item goes to payment %(payment)s of %(date)s; this may be a double "
    "payment",
    "opposite_direction": "it quotes %(item)s, where money must flow the other way",
    "no_amount": "it moves no money",
    "nothing_found": "it names no open item, and nobody known by the account",
    "no_rule": "no rule applies",
}

SENTENCES = EVIDENCE | OBJECTIONS
