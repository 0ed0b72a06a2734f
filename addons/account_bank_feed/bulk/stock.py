"""Whether stock Odoo's steps are the ones that are known here.

Writing in bulk skips methods of Odoo. That is right as long as they do what they did when this was
written; so it is done only where every class that has a hand in them is on the list below, and
nothing was patched onto them, as automation rules do.
"""

import inspect

from .specimen import ITEM, LINE, MOVE

TRANSACTION = "bank.transaction"

KNOWN_MODULES = {"base", "mail", "account"}
"""Whatever these do to the methods below was read when this was written."""

KNOWN_HOOKS = {
    (MOVE, "_message_track"): {"account_bank_feed"},
    (MOVE, "_message_create"): {"account_bank_feed"},
    # Delivery dates of invoices; payments, costs of goods, prices and mails for documents that
    # are posted; services of a vehicle.
    (MOVE, "_post"): {"l10n_de", "sale", "stock_account", "purchase_stock", "stock_landed_costs"}
    | {"account_fleet", "product_email_template"},
    (MOVE, "action_post"): {"sale", "pos_sale", "sale_timesheet"},  # of what orders have invoiced
    (MOVE, "create"): {"purchase"},  # notes which orders a bill is for
    (MOVE, "write"): {"purchase", "membership"},  # and follows what members have bought
    (MOVE, "message_post"): {"sms", "rating"},  # text messages and ratings, on demand
    (MOVE, "_notify_thread"): {"sms"},
    (MOVE, "_message_post_after_hook"): {"rating"},
    (ITEM, "create"): {"analytic", "membership"},  # rounds distributions; there are none in bulk
    (ITEM, "write"): {"analytic", "membership", "account_fleet"},
    # Of entries of sessions at a till, of expenses and of documents from orders, and of items with
    # products, vehicles or sales lines; what is written in bulk are other ones.
    (MOVE, "_compute_amount"): {"point_of_sale"},
    (MOVE, "_compute_always_tax_exigible"): {"point_of_sale"},
    (MOVE, "_compute_delivery_date"): {"sale_stock"},
    (MOVE, "_compute_incoterm_location"): {"purchase_stock", "sale_stock"},
    (MOVE, "_check_expense_ids"): {"hr_expense"},
    (ITEM, "_compute_name"): {"point_of_sale"},
    (ITEM, "_compute_account_id"): {"stock_account"},
    (ITEM, "_compute_analytic_distribution"): {"analytic", "sale_project"},
    (ITEM, "_compute_is_storno"): {"sale"},
    (ITEM, "_compute_partner_id"): {"hr_expense"},
    (ITEM, "_compute_totals"): {"hr_expense"},
    (ITEM, "_inverse_product_id"): {"stock_account"},
    (ITEM, "_check_payable_receivable"): {"hr_expense"},
    ("account.fiscal.position", "_get_vat_valid"): {"base_vat"},  # asks the VIES
    ("res.partner", "_get_vat_required_valid"): {"base_vat"},
    (TRANSACTION, "create"): {"account_bank_feed_dashboard"},  # nobody follows from birth on
}
"""Further modules, by the method of which they were read."""

SKIPPED = {
    LINE: {"create", "write", "default_get", "_prepare_move_line_default_vals"}
    | {"_synchronize_from_moves", "_synchronize_to_moves"},
    MOVE: {"create", "write", "_post", "action_post", "_sanitize_vals", "_check_balanced"}
    | {"_sync_dynamic_lines", "_get_unbalanced_moves", "_synchronize_business_models"}
    | {"_set_next_sequence", "_get_accounting_date", "_reconcile_reversed_moves"}
    | {"message_subscribe", "_message_subscribe", "_message_auto_subscribe", "message_post"}
    | {"_message_create", "_message_log_batch"}
    | {"_message_post_after_hook", "_notify_thread", "_message_track", "_message_log"}
    | {"_mail_track", "_track_subtype", "_track_template", "_creation_subtype"}
    # Automation rules wait for what is computed; the check of dates hides its name.
    | {"_compute_field_value", "_constrains_date_sequence"},
    ITEM: {"create", "write", "_sanitize_vals", "_sync_invoice", "_create_analytic_lines"}
    | {"_reconcile_marked", "_check_tax_lock_date", "_check_constrains_account_id_journal_id"}
    | {"_reconcile_plan", "_reconcile_plan_with_sync", "_optimize_reconciliation_plan"}
    | {"_prepare_reconciliation_plan", "_prepare_reconciliation_amls"}
    | {"_prepare_reconciliation_single_partial", "_check_amls_exigibility_for_reconciliation"}
    | {"_compute_field_value"},
    "account.partial.reconcile": {"create", "_get_to_update_payments", "_update_matching_number"},
    "account.full.reconcile": {"create"},
    "mail.message": {"create"},
    "mail.followers": {"create"},
    "mail.tracking.value": {"create"},
    "account.fiscal.position": {"_get_fiscal_position", "_get_fpos_ranking_functions"}
    | {"_get_fpos_validation_functions", "_get_vat_valid"},
    "res.partner": {"_get_vat_required_valid", "_increase_rank"},
}
"""Methods that stock Odoo runs for each line, and we do not; beside those that compute or check
fields."""

SKIPPED_IN_READING = {
    TRANSACTION: {"create", "_create", "default_get", "_add_missing_default_values"}
    | {"_prepare_create_values", "_check_company", "_validate_fields", "_compute_field_value"},
}
"""Likewise of the transactions of a file."""


def strangers(env, given, skipped=SKIPPED):
    """Methods that were changed by something that is not known here.

    :param given: model name -> names of the fields that are given instead of computed
    :return: sorted names, such as ``account.move._post (some_addon)``
    """
    found = set()
    for model, names in skipped.items():
        fields = env[model]._fields
        methods = set(names)
        if model in given:
            methods |= {check.__name__ for check in env[model]._constraint_methods}
        for field in (fields[name] for name in given.get(model, ())):
            methods |= {one for one in (field.compute, field.inverse) if isinstance(one, str)}
        known = KNOWN_MODULES | {env[model]._original_module}
        found |= {
            f"{model}.{method} ({module})"
            for module, method in _definitions(type(env[model]), methods)
            if module not in known | KNOWN_HOOKS.get((model, method), set())
        }
    return sorted(found)


def _definitions(registry_class, methods):
    """Yield (module, method) for each class that defines one of the methods."""
    for cls in registry_class.__mro__:
        # The registry's own classes have no module: what they define was patched onto them.
        module = cls.__dict__.get("_module") or ("a patch" if hasattr(cls, "pool") else None)
        if not module:
            continue
        for method in methods & cls.__dict__.keys():
            if inspect.isfunction(cls.__dict__[method]):
                yield module, method
