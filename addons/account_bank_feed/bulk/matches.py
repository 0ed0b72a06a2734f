"""Reconciling the items of a batch with what they settle.

Odoo asks about each group what may come of it: exchange entries, taxes that fall due when they are
paid, documents whose lines changed. Where everything is in the company's currency and no tax waits
for a payment, nothing does. So those groups are matched together; Odoo does the rest.

Most of them are *fresh*: nothing was matched with any of their items before. Then all that comes of
it is known here: partial and full matches, matching numbers, what is left open on items and
documents. What follows from that, such as the payment state of an invoice, Odoo computes.
"""

from collections import Counter, defaultdict
from contextlib import contextmanager
from itertools import chain, groupby

from odoo.models import MAGIC_COLUMNS

from ..series import remember
from .rows import Rows, insert, new_ids

PARTIAL_COLUMNS = {
    "debit_move_id",
    "credit_move_id",
    "full_reconcile_id",
    "exchange_move_id",
    "debit_currency_id",
    "credit_currency_id",
    "amount",
    "debit_amount_currency",
    "credit_amount_currency",
    "company_id",
    "max_date",
    "draft_caba_move_vals",  # on 19.0, of entries that are not posted
}
"""Columns of a partial match that are known here; the empty ones of these are not written."""

OPEN = ("amount_residual", "amount_residual_currency", "reconciled")
MATCHED = (*OPEN, "full_reconcile_id", "matching_number")
"""Columns of an item that a match changes."""


def reconcile(items, plan):
    """Reconcile each group of journal items; the same partial and full matches as Odoo makes.

    :param items: the model of journal items
    :param plan: recordsets of journal items of one account each, none of them settled
    """
    # One group after the other is looked at; so what that needs is read for all of them first.
    everything = _together(items, plan)
    everything.fetch(["amount_residual", "account_id", "move_id", "matching_number"])
    by_number = everything._reconciled_by_number()
    all_ids = _together(items, [everything, *by_number.values()]).ids
    plain, others = [], []
    for group in plan:
        group = group.with_prefetch(all_ids)
        (plain if _is_plain(group, by_number) else others).append(group)
    if plain:
        _reconcile_plain(items, plain)
    if others:
        # Odoo numbers exchange entries, and must not compute what we left open meanwhile.
        items.env.flush_all()
        reconcile_as_odoo(items, others)


def reconcile_as_odoo(items, plan):
    """Reconcile each group of journal items as Odoo does.

    Of several groups at once, Odoo 18 puts an exchange entry on the match of another one; so only
    those that bring no such entry go together.
    """
    for at_home, groups in groupby(plan, _is_in_company_currency):
        for part in [list(groups)] if at_home else ([group] for group in groups):
            items._reconcile_plan(part)


def _together(items, plan):
    return items.browse(dict.fromkeys(item_id for group in plan for item_id in group.ids))


def _is_plain(group, by_number):
    """Nothing but partial and full matches come of it: no exchange entry, no cash basis taxes.

    :param by_number: items by matching number; when all is settled, Odoo looks at those, too, that
        were matched before
    """
    whole = group._filter_reconciled_by_number(by_number).with_prefetch(group._prefetch_ids)
    return (
        len(whole.company_id) == len(group.account_id) == 1
        and group.account_id.reconcile
        and _is_in_company_currency(whole)
        and not _makes_taxes_due(whole)
        and set(group.mapped("parent_state")) == {"posted"}
        and not any(group.mapped("reconciled"))
    )


def _is_in_company_currency(group):
    return group.currency_id == group.company_currency_id


def _makes_taxes_due(group):
    """Whether an entry of the group has taxes that fall due when it is paid."""
    return (
        group.company_id.tax_exigibility
        and group.account_id.account_type in ("asset_receivable", "liability_payable")
        and any(move._collect_tax_cash_basis_values() for move in group.move_id)
    )


def _reconcile_plain(items, plan):
    everything = _together(items, plan)
    _mark_as_odoo_does(everything.move_id)
    before = everything._reconcile_pre_hook()
    uses = Counter(item_id for group in plan for item_id in group.ids)
    fresh, others = defaultdict(list), []
    for group in plan:
        (fresh[group.company_id] if _is_fresh(group, uses) else others).append(group)
    for same_company in fresh.values():
        _match_fresh(items, same_company)
    if others:
        _match_again(items, others)
    everything._reconcile_post_hook(before)


def _mark_as_odoo_does(moves):
    """Odoo takes it for a change by hand when it resets a mark of its own on a document."""
    documents = moves.filtered(lambda m: m.is_invoice(True) and not m.is_manually_modified)
    with moves.env.protecting([moves._fields["is_manually_modified"]], documents):
        documents.is_manually_modified = True


def _partials(group, left):
    """The partial matches within a group, the oldest items first.

    :param dict left: item id -> what is open, from which these are taken off
    :return: list of (debit item, credit item, amount)
    """
    currency = group.company_currency_id
    ordered = group.sorted(
        lambda item: (
            item.date_maturity or item.date,
            item.amount_currency,
            item.balance,
        )
    )
    debits = [item for item in ordered if item.balance > 0]
    credits = [item for item in ordered if item.balance < 0]
    found = []
    while debits and credits:
        debit, credit = debits[0], credits[0]
        amount = currency.round(min(left[debit.id], -left[credit.id]))
        found.append((debit, credit, amount))
        left[debit.id] = currency.round(left[debit.id] - amount)
        left[credit.id] = currency.round(left[credit.id] + amount)
        if not left[debit.id]:
            debits.pop(0)
        if not left[credit.id]:
            credits.pop(0)
    return found


def _partial_values(debit, credit, amount):
    return {
        "amount": amount,
        "debit_amount_currency": amount,
        "credit_amount_currency": amount,
        "debit_move_id": debit.id,
        "credit_move_id": credit.id,
    }


# Fresh ones


def _is_fresh(group, uses):
    """Nothing is matched with any of its items, nor is anything else about to be.

    :param uses: item id -> number of groups that it is in
    """
    return (
        not any(group.mapped("matching_number"))
        and all(uses[item_id] == 1 for item_id in group.ids)
        and not group.move_id.matched_payment_ids
        and _partial_columns(group) <= PARTIAL_COLUMNS
    )


def _partial_columns(items):
    fields = items.env["account.partial.reconcile"]._fields
    return {
        name
        for name, field in fields.items()
        if field.store and field.column_type and name not in MAGIC_COLUMNS
    }


def _match_fresh(items, plan):
    left = {item.id: item.amount_residual for group in plan for item in group}
    matches = [match for group in plan for match in _connected(_partials(group, left))]
    full_ids = _full_ids(items.env, matches, left)
    fulls = [full_id for full_id in full_ids if full_id]
    full_rows = Rows(items.env["account.full.reconcile"], {}, [{}] * len(fulls), ids=fulls)
    partials = _partial_rows(plan[0], matches, full_ids)
    matched = _together(items, [_items_of(match) for match in matches])
    for name in ("matched_debit_ids", "matched_credit_ids"):
        remember(matched, items._fields[name], [()] * len(matched))
    with _nothing_else_computes(matched):
        insert(full_rows, partials)
        partial_ids = iter(partials.records.ids)
        for match, full_id in zip(matches, full_ids, strict=True):
            first, *_others = [next(partial_ids) for _partial in match]
            _note(_items_of(match), left, full_id, str(full_id) if full_id else f"P{first}")
        matched.modified(MATCHED)


def _full_ids(env, matches, left):
    """For each match the id of its full one to come; False where something stays open."""
    settled = [not any(left[item.id] for item in _items_of(match)) for match in matches]
    found = iter(new_ids(env["account.full.reconcile"], sum(settled)))
    return [next(found) if one else False for one in settled]


def _partial_rows(group, matches, full_ids):
    """:param group: one that is matched, of the same company and currency as all others"""
    currency = group.company_currency_id
    same = {
        "company_id": group.company_id.id,
        "debit_currency_id": currency.id,
        "credit_currency_id": currency.id,
    }
    own = [
        {
            **_partial_values(debit, credit, amount),
            "max_date": max(debit.date, credit.date),
            "full_reconcile_id": full_id,
        }
        for match, full_id in zip(matches, full_ids, strict=True)
        for debit, credit, amount in match
    ]
    return Rows(group.env["account.partial.reconcile"], same, own, currency)


def _connected(partials):
    """Split the matches of a group where one does not touch the next."""
    parts = []
    for partial in partials:
        debit, credit, _amount = partial
        if parts and (parts[-1][-1][0] == debit or parts[-1][-1][1] == credit):
            parts[-1].append(partial)
        else:
            parts.append([partial])
    return parts


def _items_of(match):
    (debit, _credit, _amount), *_others = match
    return debit.union(*(item for debit, credit, _amount in match for item in (debit, credit)))


@contextmanager
def _nothing_else_computes(items):
    """What is written within is all that changes on items, and on the amounts of their moves."""
    moves = items.move_id
    amounts = [field for field in moves._fields.values() if field.compute == "_compute_amount"]
    amounts.append(moves._fields["invoice_date_due"])  # follows from totals, which stay
    on_items = [items._fields[name] for name in MATCHED]
    with items.env.protecting([(on_items, items), (amounts, moves)]):
        yield


def _note(items, left, full_id, number):
    """What a match leaves open on its items and on their documents."""
    for item in items:
        _lower_document(item, left[item.id] - item.amount_residual)
        item.amount_residual = item.amount_residual_currency = left[item.id]
        item.reconciled = not left[item.id]
        item.full_reconcile_id = full_id
        item.matching_number = number


def _lower_document(item, change):
    move = item.move_id
    if item.display_type == "payment_term" and move.is_invoice(True):
        move.amount_residual_signed += change
        move.amount_residual -= move.direction_sign * change


# Those that were matched before


def _match_again(items, plan):
    everything = _together(items, plan)
    left = {item.id: item.amount_residual for item in everything}
    partials = chain.from_iterable(_partials(group, left) for group in plan)
    items.env["account.partial.reconcile"].create([_partial_values(*one) for one in partials])
    fulls = items.env["account.full.reconcile"]
    fulls.create([_full(group) for group in _settled(everything)])


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
