"""The books of `make bench`: a German company with four bank accounts and many open items.

Runs inside Odoo. A hundred thousand invoices by way of Odoo take hours, so Odoo makes one customer,
one bank account and one invoice, and all others are copies of their rows, column by column, with
names, dates and amounts of their own. `prove` has Odoo post one of the copies anew and compares
every column: a copy that Odoo would have written otherwise ends the benchmark.
"""

import datetime

from . import bench_copies

CHART = "de_skr03"
ACCOUNTS = (
    "DE89370400440532013000",
    "DE02120300000000202051",
    "DE02500105170137075030",
    "DE02100500000054540402",
)
"""The company's own; their journals are BNK1X to BNK4X."""

START = datetime.date(2026, 1, 1)
CUSTOMERS = 5_000
"""Every second one has a bank account that is known."""

FIRST = {"day": datetime.date(2026, 1, 2), "net": 100, "due": 30}
"""The invoice that Odoo makes; days until it is due are the same for all."""

MAY_DIFFER = {
    *("id", "move_id", "create_date", "write_date", "name", "move_name"),
    *("payment_reference", "sequence_number"),
}
"""Columns in which one invoice is never like another."""

# Net amounts of 42 to 1,992 euros, hardly any twice; four weeks of January.
SEEDS = """
CREATE TEMP TABLE seeds AS
SELECT place, net, tax, net + tax AS gross, customer.id AS partner, customer.name AS partner_name,
       DATE '{day}' + place % 28 AS day,
       '{prefix}' || lpad((place + 1)::text, greatest(5, length((place + 1)::text)), '0') AS number,
       nextval(pg_get_serial_sequence('account_move', 'id')) AS move
  FROM (
    SELECT place, net, round(net * {rate} / 100, 2) AS tax
      FROM (
        SELECT place, 42 + (place::bigint * 7919 % 195013)::numeric / 100 AS net
          FROM generate_series(1, {count}) place
      ) amounts
  ) amounts
  JOIN (SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS seat FROM res_partner
         WHERE id = ANY(ARRAY{customers})) customer ON customer.seat = place * 31 % {customer_count}
 ORDER BY place
"""

ENTRY = {
    "id": "seeds.move",
    "name": "seeds.number",
    "payment_reference": "seeds.number",
    "sequence_number": "seeds.place + 1",
    **dict.fromkeys(("partner_id", "commercial_partner_id", "partner_shipping_id"), "partner"),
    "invoice_partner_display_name": "seeds.partner_name",
    **dict.fromkeys(("date", "invoice_date", "delivery_date"), "seeds.day"),
    "invoice_date_due": "seeds.day + {due}",
    **dict.fromkeys(
        ("amount_untaxed", "amount_untaxed_signed", "amount_untaxed_in_currency_signed"), "net"
    ),
    **dict.fromkeys(("amount_tax", "amount_tax_signed"), "tax"),
    **dict.fromkeys(
        (
            *("amount_total", "amount_total_signed", "amount_total_in_currency_signed"),
            *("amount_residual", "amount_residual_signed"),
        ),
        "gross",
    ),
}
"""Columns of an invoice that are its own; all others are those of the first one."""

ITEM = {
    "move_id": "seeds.move",
    "move_name": "seeds.number",
    "partner_id": "seeds.partner",
    **dict.fromkeys(("date", "invoice_date"), "seeds.day"),
}
ITEMS = {
    "product": {
        **dict.fromkeys(("balance", "amount_currency"), "-net"),
        **dict.fromkeys(("credit", "price_unit", "price_subtotal"), "net"),
        "price_total": "gross",
    },
    "tax": {
        **dict.fromkeys(("balance", "amount_currency"), "-tax"),
        "credit": "tax",
        "tax_base_amount": "sign(source.tax_base_amount) * net",  # 19.0 has it negative
    },
    "payment_term": {
        "name": "seeds.number",
        **dict.fromkeys(("balance", "amount_currency", "debit"), "gross"),
        **dict.fromkeys(("amount_residual", "amount_residual_currency"), "gross"),
        "date_maturity": "seeds.day + {due}",
    },
}
"""The same for the three journal items of an invoice."""

RELATIONS = {
    "account_move_line_account_tax_rel": ("account_move_line_id", "account_tax_id"),
    "account_account_tag_account_move_line_rel": (
        "account_move_line_id",
        "account_account_tag_id",
    ),
}


def fill(env, count):
    """Make the company with `count` open invoices, and commit."""
    company(env)
    journals(env)
    customer = customers(env)
    first = invoice(env, customer, FIRST["day"], FIRST["net"])
    _copy_invoices(env, first, customer, count - 1)
    env.cr.commit()
    prove(env)
    for table in ("res_partner", "res_partner_bank", "account_move", "account_move_line"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()


def company(env):
    env.company.write(
        {
            "name": "Bench GmbH",
            "country_id": env.ref("base.de").id,
            "currency_id": env.ref("base.EUR").id,
        }
    )
    env["account.chart.template"].try_loading(CHART, env.company)
    trail = {"check_account_audit_trail", "restrictive_audit_trail"} & set(env.company._fields)
    if not all(env.company[name] for name in trail):  # 18.0 and 19.0 name it differently
        raise RuntimeError("The audit trail is off: the benchmark would flatter.")


def journals(env, start=START):
    """Four bank journals; with our addons installed, the administrator may do everything.

    :param start: the day on which their feeds begin, at a balance of nothing
    """
    made = env["account.journal"].create(
        [
            {"name": f"Bank {n}", "code": f"BNK{n}X", "type": "bank", "bank_acc_number": account}
            for n, account in enumerate(ACCOUNTS, start=1)
        ]
    )
    if "bank.import" not in env:
        return made
    from odoo.addons.account_bank_feed.series import user_groups_field

    for journal in made:
        journal._bank_feed_confirm_start(start, 0)
    names = [f"account_bank_feed.group_{role}" for role in ("manager", "approver")]
    groups = [env.ref(name).id for name in (*names, "account.group_account_manager")]
    env.ref("base.user_admin").write({user_groups_field(env): [(4, one) for one in groups]})
    return made


# Customers


def customers(env):
    """Return the first of them, made by Odoo."""
    first = (
        env["res.partner"]
        .with_context(tracking_disable=True)
        .create({"name": "Kunde 00000 Handels GmbH", "is_company": True})
    )
    account = env["res.partner.bank"].create(
        {"partner_id": first.id, "acc_number": "DE68370400440000000000"}
    )
    env.flush_all()
    env.cr.execute(
        f"""
        CREATE TEMP TABLE seeds AS
        SELECT place, 'Kunde ' || lpad(place::text, 5, '0') || ' Handels GmbH' AS partner_name,
               'DE' || lpad((98 - (bban || '131400')::numeric % 97)::text, 2, '0') || bban AS iban,
               nextval(pg_get_serial_sequence('res_partner', 'id')) AS partner
          FROM (SELECT place, '37040044' || lpad(place::text, 10, '0') AS bban
                  FROM generate_series(1, {CUSTOMERS - 1}) place) places
        """
    )
    names = ("name", "complete_name", "commercial_company_name")
    own = {"id": "partner", "commercial_partner_id": "partner"}
    _copy(env.cr, "res_partner", first.id, {**own, **dict.fromkeys(names, "partner_name")})
    env.cr.execute("DELETE FROM seeds WHERE place % 2 = 1")
    own = {"partner_id": "partner", "acc_holder_name": "partner_name"}
    numbers = dict.fromkeys(("acc_number", "sanitized_acc_number"), "iban")
    _copy(env.cr, "res_partner_bank", account.id, {**own, **numbers})
    env.cr.execute("DROP TABLE seeds")
    env.invalidate_all()
    return first


# Invoices


def invoice(env, customer, day, net):
    """One by way of Odoo."""
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": day,
            "invoice_date_due": day + datetime.timedelta(days=FIRST["due"]),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [(0, 0, {"name": "Ware", "quantity": 1, "price_unit": net})],
        }
    )
    invoice.action_post()
    env.flush_all()
    return invoice


def _copy_invoices(env, invoice, customer, count):
    cr = env.cr
    found = env["res.partner"].search([("id", ">=", customer.id)], order="id")
    seeds = {
        "day": FIRST["day"],
        "prefix": invoice.sequence_prefix,
        "rate": invoice.line_ids.tax_line_id.amount,
        "count": count,
        "customers": found.ids,
        "customer_count": len(found),
    }
    cr.execute(SEEDS.format(**seeds))
    _copy(cr, "account_move", invoice.id, ENTRY)
    for item in invoice.line_ids:
        _copy(cr, "account_move_line", item.id, {**ITEM, **ITEMS[item.display_type]})
        for table, columns in RELATIONS.items():
            _relate(cr, table, columns, item)
    cr.execute(
        "UPDATE res_partner SET customer_rank = made.count FROM (SELECT partner_id, count(*) "
        "FROM account_move GROUP BY partner_id) made WHERE made.partner_id = res_partner.id"
    )
    env.invalidate_all()


def _copy(cr, table, source, own):
    """Copy a row once for each seed."""
    bench_copies.copy(cr, table, source, {name: sql.format(**FIRST) for name, sql in own.items()})


def _relate(cr, table, columns, item):
    """Give the copies of a journal item the same taxes and tags."""
    here, there = columns
    cr.execute(
        f"INSERT INTO {table} ({here}, {there}) SELECT copy.id, source.{there} "
        f"FROM {table} source, account_move_line copy JOIN seeds ON seeds.move = copy.move_id "
        f"WHERE source.{here} = %s AND copy.display_type = %s",
        [item.id, item.display_type],
    )


# The proof


def prove(env):
    """Have Odoo make a copied invoice once more, and take it back.

    :raises RuntimeError: when any column of its rows differs, beside MAY_DIFFER
    """
    copies = env["account.move"].search([("move_type", "=", "out_invoice")], order="id")
    copy = copies[len(copies) // 2]
    made = invoice(env, copy.partner_id, copy.invoice_date, copy.amount_untaxed)
    differ = bench_copies.differences(env.cr, "account_move", copy.id, made.id, MAY_DIFFER)
    for kind in ITEMS:
        mine, theirs = (
            move.line_ids.filtered(lambda item, kind=kind: item.display_type == kind)
            for move in (copy, made)
        )
        differ += bench_copies.differences(
            env.cr, "account_move_line", mine.id, theirs.id, MAY_DIFFER
        )
        if (mine.tax_ids, mine.tax_tag_ids) != (theirs.tax_ids, theirs.tax_tag_ids):
            differ.append(f"{kind}: taxes and tags")
    env.cr.rollback()
    if differ:
        raise RuntimeError(f"{copy.name} is not what Odoo would have made: {'; '.join(differ)}")
