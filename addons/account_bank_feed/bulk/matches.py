"""Reconciling the items of a batch with what they settle."""


def reconcile(items, plan):
    """Reconcile each group of journal items; the same partial and full matches as Odoo makes.

    Odoo asks about each group what may come of it: exchange entries, taxes that fall due when they
    are paid, documents whose lines changed. Where everything is in the company's currency and no
    tax waits for a payment, nothing does. So those groups are matched together; Odoo does the rest.

    :param items: the model of journal items
    :param plan: recordsets of journal items of one account each, none of them settled
    """
    # One group after the other is looked at; so what that needs is read for all of them first.
    everything = items.browse(item_id for group in plan for item_id in group.ids)
    everything.fetch(["amount_residual", "account_id", "move_id"])
    plan = [group.with_prefetch(everything.ids) for group in plan]
    plain = [group for group in plan if _is_plain(group)]
    others = [group for group in plan if not _is_plain(group)]
    if plain:
        _reconcile_plain(plain)
    if others:
        # Odoo numbers exchange entries, and must not compute what we left open meanwhile.
        items.env.flush_all()
        items._reconcile_plan(others)


def _is_plain(group):
    """Nothing but partial and full matches come of it: no exchange entry, no cash basis taxes."""
    company = group.company_id
    account = group.account_id
    return (
        len(company) == len(account) == 1
        and account.reconcile
        and group.currency_id == company.currency_id
        and not company.tax_exigibility
        and set(group.mapped("parent_state")) == {"posted"}
        and not any(group.mapped("reconciled"))
    )


def _reconcile_plain(plan):
    items = plan[0].browse(item_id for group in plan for item_id in group.ids)
    _mark_as_odoo_does(items.move_id)
    before = items._reconcile_pre_hook()
    left = {item.id: item.amount_residual for item in items}
    partials = items.env["account.partial.reconcile"]
    partials.create([values for group in plan for values in _partials(group, left)])
    fulls = items.env["account.full.reconcile"]
    fulls.create([_full(group) for group in _settled(items)])
    items._reconcile_post_hook(before)


def _mark_as_odoo_does(moves):
    """Odoo takes it for a change by hand when it resets a mark of its own on a document."""
    documents = moves.filtered(lambda m: m.is_invoice(True) and not m.is_manually_modified)
    documents._write_multi([{"is_manually_modified": True}] * len(documents))
    documents.invalidate_recordset(["is_manually_modified"], flush=False)


def _partials(group, left):
    """Values of the partial matches within a group, the oldest items first.

    :param dict left: item id -> what is open, from which these are taken off
    """
    currency = group.company_currency_id
    ordered = group.sorted(
        lambda item: (
            item.date_maturity or item.date,
            item.amount_currency,
            item.balance,
        )
    )
    debits = [item.id for item in ordered if item.balance > 0]
    credits = [item.id for item in ordered if item.balance < 0]
    while debits and credits:
        amount = currency.round(min(left[debits[0]], -left[credits[0]]))
        yield {
            "amount": amount,
            "debit_amount_currency": amount,
            "credit_amount_currency": amount,
            "debit_move_id": debits[0],
            "credit_move_id": credits[0],
        }
        left[debits[0]] = currency.round(left[debits[0]] - amount)
        left[credits[0]] = currency.round(left[credits[0]] + amount)
        if not left[debits[0]]:
            debits.pop(0)
        if not left[credits[0]]:
            credits.pop(0)


def _settled(items):
    """Yield all items that are matched with one another, where nothing is left open on any."""
    by_number = items._reconciled_by_number()
    together = items.browse(item_id for group in by_number.values() for item_id in group.ids)
    for group in by_number.values():
        group = group.with_prefetch(together.ids)
        if all(group.mapped("reconciled")):
            yield group


def _full(group):
    partials = group.matched_debit_ids | group.matched_credit_ids
    return {
        "partial_reconcile_ids": [(4, partial.id) for partial in partials],
        "reconciled_line_ids": [(4, item.id) for item in group],
    }
