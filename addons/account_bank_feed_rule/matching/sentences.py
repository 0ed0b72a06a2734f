"""Every kind of evidence as an English sentence, with ``%(parameter)s`` to fill in.

One place, so that a translator finds them all.
"""

from __future__ import annotations


def _(sentence: str) -> str:
    """Marks a sentence for the translators; models give it in the company's language."""
    return sentence


EVIDENCE = {
    # What is named
    "document_number": _("it quotes %(number)s"),
    "document_number_weak": _('it quotes %(number)s as "%(quoted)s" (%(because)s)'),
    "structured_reference": _("it carries the structured reference %(quoted)s"),
    "end_to_end_id": _("its end-to-end id is %(quoted)s"),
    "near_number": _('it writes "%(quoted)s" for %(number)s (%(error)s)'),
    "document_date": _("it gives the document's date %(date)s"),
    "batch": _("it names the batch payment %(batch)s"),
    "batch_total": _("the payments of the batch %(batch)s are just the amount"),
    "unnamed": _("it names none of the %(count)s open items"),
    # Who is named
    "counterparty_iban": _("the account %(iban)s belongs to the partner"),
    "mandate": _("the mandate %(mandate)s is the partner's"),
    "customer_number": _("it gives the number %(number)s of the partner"),
    "counterparty_name": _("%(name)s is the partner's name"),
    "counterparty_name_like": _("%(name)s is nearly the partner's name %(partner)s"),
    "name_in_text": _("the text names %(partner)s"),
    "other_name": _("but %(partner)s is the name of who paid"),
    "related_partner": _("%(partner)s, who is called alike, paid for it"),
    # How much
    "amount_equal": _("the amount of %(amount)s %(currency)s is just what is open"),
    "sum_equal": _("the %(count)s items together are just the amount of %(amount)s %(currency)s"),
    "discount_taken": _(
        "less an early-payment discount of %(amount)s %(currency)s, allowed until %(last_day)s"
    ),
    "charges_taken": _("less bank charges of %(amount)s %(currency)s"),
    "charges_assumed": _("less %(amount)s %(currency)s, which banks on the way may have taken"),
    "small_difference": _("but for a small difference of %(difference)s %(currency)s"),
    "converted": _("about the amount open in %(item_currency)s"),
    "paid_in_part": _("%(amount)s of %(residual)s %(currency)s are paid"),
    "overpaid": _("%(amount)s %(currency)s are paid where %(residual)s are open"),
    "all_open_items": _("these %(count)s are all that is open"),
    "chosen_items": _("no other of the partner's %(items)s open items add up to the amount"),
    "later_instalment": _("but an equal instalment of it is due earlier"),
    "registered": _("the payment is in the books already"),
    # What came back
    "return_unnamed": _("it does not say which of %(count)s earlier payments came back"),
    "return_equal": _("the amount of %(amount)s %(currency)s is what was paid then"),
    "return_fee": _("with the bank's fee of %(amount)s %(currency)s"),
    "return_fee_assumed": _("with %(amount)s %(currency)s, which may be the bank's fee"),
    # What belongs together
    "day_total": _("all %(count)s payments of %(date)s are just the amount"),
    "collective": _("%(count)s of its %(of)s payments are decided"),
    "payout_named": _("it names %(quoted)s"),
    "payout_source": _("it names %(source)s"),
    "payout_provider": _("%(provider)s pays out what was taken for us"),
    "payout_cards": _("it is a payout of cards"),
    "payout_days": _("%(count)s items from %(first)s to %(last)s"),
    "payout_dates": _("it names these days"),
    "payout_equal": _("they are just the amount of %(amount)s %(currency)s"),
    "payout_fee": _("less the fee of %(amount)s %(currency)s that it states"),
    "payout_fee_assumed": _("less %(amount)s %(currency)s (%(percent)s %%), a usual fee"),
    "cash_deposit": _("the cash of %(source)s from %(first)s to %(last)s"),
    "cash_named": _("it names %(quoted)s"),
    "cash_equal": _("it is just the amount of %(amount)s %(currency)s"),
    "cash_shop": _("it names %(source)s"),
    # Rules
    "condition": _("%(field)s %(operator)s %(value)s"),
    "own_account": _("%(iban)s is an account of our own"),
    "other_side": _("the other bank reported its side on %(date)s"),
    "other_side_awaited": _("the other bank's side is awaited"),
}

OBJECTIONS = {
    "other_partner": _("but it is %(partner)s who paid"),
    "long_before_document": _("it was paid long before the document's date %(date)s"),
    "discount_late": _(
        "the discount of %(amount)s %(currency)s was allowed until %(last_day)s, "
        "%(days)s days earlier"
    ),
    "amount_differs": _(
        "the amount differs by %(difference)s %(currency)s (%(amount)s paid, %(residual)s open)"
    ),
    "payee_unknown": _("%(payee)s, whom we paid, is not known as that vendor"),
    "other_identity": _("%(partner)s is named as well"),
    "other_purpose": _("it says what it is for: %(purpose)s"),
    "hardly_known": _("nothing but a similar name, or a name in the text, tells who paid"),
    "difference_unnamed": _("the amount does not fit, and the document is not named"),
    "currency_differs": _("it was paid in %(currency)s, the item is in %(item_currency)s"),
    "already_claimed": _("%(item)s is claimed already"),
    "ambiguous": _("it may just as well be %(items)s"),
    "quotes_others": _("it quotes %(items)s as well"),
    "quotes_unknown": _('it quotes "%(quoted)s", which is not open'),
    "perhaps_mistyped": _("the number may be mistyped, or that of another document"),
    "hardly_named": _('"%(quoted)s" may mean something else, and who paid is not known'),
    "below_post": _("its points are below the %(post)s needed to post"),
    "contested": _("another payment claims the same item with as much right"),
    "claimed_by_stronger": _(
        "the item goes to the payment of %(date)s, which has the stronger claim"
    ),
    "double_payment": _("the item goes to the payment of %(date)s; this may be a double payment"),
    "opposite_direction": _("it quotes %(item)s, where money must flow the other way"),
    "return_unknown": _("it is a payment that came back, and which one is not known"),
    "perhaps_returned": _("it may be a payment that came back, or be about returned goods"),
    "details_undecided": _("%(count)s of its %(of)s payments are not decided"),
    "details_differ": _("its payments differ from it by %(difference)s %(currency)s"),
    "cash_other_shop": _("it names %(source)s"),
    "payout_out_of_turn": _("older days, from %(date)s on, are not paid out yet"),
    "payout_unclear": _("with a usual fee it may be one of %(count)s runs of days"),
    "no_amount": _("it moves no money"),
    "nothing_open": _("but nothing of it is open"),
    "nothing_found": _("it names no open item, and nobody whom we know"),
    "nothing_captured": _("its text holds nothing like %(pattern)s"),
    "parts_too_large": _("the fixed parts are more than the amount"),
    "left_by_rule": _("the rule says that a person decides"),
    "account_missing": _("no account is set to book the %(kind)s to"),
    "no_rule": _("no rule applies"),
}

HEADLINES = {
    "settle": _("Settles %(item)s with %(score)s of 100 points"),
    "settle_by_rule": _("Settles %(item)s by the rule %(rule)s with %(score)s of 100 points"),
    "book": _("Booked to accounts"),
    "book_by_rule": _("Booked by the rule %(rule)s"),
    "transfer": _("A transfer between our own banks"),
    "left": _("Left for a person"),
    "suggested": _("Suggested: %(item)s with %(score)s of 100 points"),
    "suggested_by_rule": _("Suggested: %(item)s by the rule %(rule)s with %(score)s of 100 points"),
    "hardly": _("Hardly: %(item)s with %(score)s of 100 points"),
    "objections": _("Not posted"),
    "runner_up": _("Not %(item)s (%(score)s of 100 points)"),
    "runner_up_lacks": _("For %(item)s (%(score)s of 100 points) does not speak"),
}

ONE_OF_SEVERAL = _("%(items)s or %(item)s")

WORDS = frozenset(
    {
        # How a number is quoted
        _("wrapped"),
        _("leading zeros"),
        _("year moved"),
        _("continued"),
        _("prefix left out"),
        _("short"),
        _("year left out"),
        _("attached"),
        _("other prefix"),
        # How it is mistyped
        _("digit wrong"),
        _("digits swapped"),
        _("digit missing"),
        _("digit extra"),
        _("cut off"),
        _("letter mixed up"),
        # What is booked to an account of its own
        _("discount"),
        _("charges"),
        _("difference"),
        _("fee"),
        # What a condition is about
        _("text"),
        _("name"),
        _("IBAN"),
        _("code"),
        _("reference"),
        _("end-to-end id"),
        _("mandate"),
        _("return reason"),
        _("original currency"),
        _("amount"),
        _("direction"),
        # How it compares
        _("contains"),
        _("does not contain"),
        _("equals"),
        _("starts with"),
        _("matches"),
        _("is less than"),
        _("is at most"),
        _("is at least"),
        _("is more than"),
        _("is"),
        # With what, where that is not as somebody entered it
        _("set"),
        _("empty"),
        _("in"),
        _("out"),
    }
)
"""What is filled into the sentences, where that is a word of ours."""

STRATEGIES = frozenset(
    {
        _("Batch payments"),
        _("Cash deposits"),
        _("Counterparty IBAN"),
        _("Counterparty name"),
        _("Customer number"),
        _("Document date"),
        _("Document number"),
        _("Mistyped number"),
        _("Name in the remittance"),
        _("Payouts of cards and providers"),
        _("Returned payments"),
        _("SEPA mandate"),
        _("Structured reference"),
    }
)
"""The labels of the strategies, for the translators."""

SENTENCES = EVIDENCE | OBJECTIONS
