"""A million transactions as copies of a few: their rows in every table, from the file to the match.

Runs inside Odoo. See bench_ui_books.py for what is copied, and bench_copies.py for how.
"""

import re
from dataclasses import dataclass

from . import bench_books, bench_copies
from .bench_copies import Facts

EARLIER = 14
"""Days from an invoice to its payment."""

WAITING_DAYS, WAITING_EVERY = 90, 103
"""What nobody has settled yet is of the last days, one in so many transactions of them."""

MAY_DIFFER = {
    *(
        "id",
        "create_date",
        "write_date",
        "write_uid",
        "job_uuid",
        "data",
        "size",
        "sha256",
        "record_name",
    ),
    *("booked_at", "reconciled_at", "received_at", "finished_at"),
    *("move_id", "line_id", "statement_line_id", "statement_id", "bank_transaction_id"),
    *("file_id", "import_id", "import_statement_id", "batch_id", "ledger_statement_id"),
    *("transaction_id", "item_id", "full_reconcile_id", "matching_number", "res_id"),
    *("debit_move_id", "credit_move_id", "internal_index", "first_line_index", "identity"),
    *("reasons", "explanation", "explanation_data"),
}
"""Columns in which a copy is like no other row, that say when it was made, or how many items were
open at that time."""

INVOICE_KINDS = ("paid", "person", "waiting")
TABLES = (
    *("account_move", "account_move_line", "account_bank_statement_line", "bank_transaction"),
    *("account_partial_reconcile", "account_full_reconcile", "bank_audit_log"),
    *("bank_transaction_matched_item_rel", "bank_transaction_suggestion"),
    *bench_books.RELATIONS,
)
"""Those that get so many rows that their indexes are made afterwards."""

SEEDS = """
CREATE TEMP TABLE sheets (
    place int, seat int, day date, opening numeric(16, 2), closing numeric(16, 2),
    total numeric(16, 2), lines int,
    number text, file int, import int, sheet int, batch int, statement int, first_index text
);
CREATE TEMP TABLE seeds (
    place int, kind text, seat int, day date, amount numeric(16, 2), text text, party text,
    iban text,
    partner int, bank int, invoice text, prefix text, name text, serial int, spot int, turn int,
    move int, line int, transaction int, bank_item int, other_item int,
    partial int, whole int, suggestion int, term_item int,
    import int, sheet int, batch int, statement int
);
CREATE TEMP TABLE bills (
    place int, kind text, day date, due date, net numeric(16, 2),
    tax numeric(16, 2), gross numeric(16, 2),
    name text, prefix text, serial int, partner int, party text,
    move int, product_item int, tax_item int, term_item int, whole int
)
"""


@dataclass
class Specimen:
    """What Odoo made of one line."""

    kind: str
    seat: int
    transaction: object
    bill: object
    """The invoice, if there is one."""

    @property
    def line(self):
        return self.transaction.statement_line_ids

    @property
    def bank_item(self):
        account = self.transaction.journal_id.default_account_id
        return self.line.move_id.line_ids.filtered(lambda item: item.account_id == account)

    @property
    def other_item(self):
        return self.line.move_id.line_ids - self.bank_item

    @property
    def term_item(self):
        return self.item("payment_term")

    def item(self, kind):
        return self.bill.line_ids.filtered(lambda item: item.display_type == kind)

    @property
    def partial(self):
        return self.other_item.matched_debit_ids

    @property
    def suggestion(self):
        return suggestion_of(self.transaction, self.bill.id)


def suggestion_of(transaction, invoice_id):
    """Of what is suggested, the one that settles this invoice."""
    return transaction.suggestion_ids.filtered(lambda s: s.item_id.move_id.id == invoice_id)


def specimens(env, plan):
    """What became of the lines of a plan, by kind and seat of the journal.

    :param plan: the lines of each journal
    :raises RuntimeError: when Odoo did not make of one what its kind says
    """
    found = {}
    for seat, lines in enumerate(plan.values()):
        for line in lines:
            transaction = env["bank.transaction"].search([("remittance", "=", line.text)])
            bill = env["account.move"].browse(line.invoice or ())
            one = found[line.kind, seat] = Specimen(line.kind, seat, transaction, bill)
            _check(one)
    return found


def _check(one):
    transaction = one.transaction
    state = "processed" if one.kind == "waiting" else "reconciled"
    by_rule = one.kind in ("fee", "sale", "paid")
    problems = [
        transaction.state != state and f"it is {transaction.state}",
        transaction.posted_by_rule != by_rule and "others decided it than should",
        len(one.bank_item) + len(one.other_item) != 2 and "it has not two items",
        bool(transaction.counterpart_ids) and "it is booked in parts",
        len(one.partial) != (one.kind in ("paid", "person")) and "it is matched otherwise",
        len(one.suggestion) != (one.kind in ("person", "waiting")) and "it is suggested otherwise",
    ]
    if any(problems):
        text = "; ".join(filter(None, problems))
        raise RuntimeError(f"The specimen {transaction.remittance} ({one.kind}): {text}")


# The proof


def prove(env, made, sources):
    """Copy the sources with what is known of the others, and compare every column.

    :raises RuntimeError: when a column differs from what Odoo made, beside MAY_DIFFER
    """
    env.flush_all()
    cr = env.cr
    cr.execute(SEEDS)
    for place, one in enumerate(made.values(), start=1):
        _seed_of(cr, place, one)
    _sheets_of(cr, made)
    _number_rows(cr)
    bench_copies.drop_indexes(cr, TABLES)  # a copy has the name of what it is compared with
    _copy_tables(env, sources)
    differ = []
    for place, one in enumerate(made.values(), start=1):
        cr.execute("SELECT * FROM seeds WHERE place = %s", [place])
        differ += _compare(cr, cr.dictfetchone(), one)
    cr.rollback()
    if differ:
        raise RuntimeError("Odoo would have made other rows: " + "; ".join(dict.fromkeys(differ)))


def _seed_of(cr, place, one):
    """Seeds that say of a copy what Odoo knew of this."""
    transaction, move, bill = one.transaction, one.line.move_id, one.bill
    values = {
        "place": place,
        "kind": one.kind,
        "seat": one.seat,
        "day": transaction.booking_date,
        "amount": transaction.amount,
        "text": transaction.remittance,
        "party": transaction.counterparty_name or "",
        "iban": transaction.counterparty_iban or "",
        "partner": bill.partner_id.id or None,
        "bank": bill.partner_id.bank_ids[:1].id or None,
        "invoice": bill.name or "",
        "prefix": move.sequence_prefix,
        "name": move.name,
        "serial": move.sequence_number,
        "spot": transaction.position,
        "turn": transaction.ledger_order,
    }
    _insert(cr, "seeds", values)
    if bill:
        values = {
            "place": place,
            "kind": one.kind,
            "day": bill.date,
            "due": bill.invoice_date_due,
            "net": bill.amount_untaxed,
            "tax": bill.amount_tax,
            "gross": bill.amount_total,
            "name": bill.name,
            "prefix": bill.sequence_prefix,
            "serial": bill.sequence_number,
            "partner": bill.partner_id.id,
            "party": bill.partner_id.name,
        }
        _insert(cr, "bills", values)


def _sheets_of(cr, made):
    for place, one in enumerate((one for one in made.values() if one.kind == "fee"), start=1):
        sheet = one.transaction.import_statement_id
        values = {
            "place": place,
            "seat": one.seat,
            "day": sheet.start_date,
            "opening": sheet.opening_balance,
            "closing": sheet.closing_balance,
            "total": sheet.total,
            "lines": len(sheet.transaction_ids),
            "number": sheet.number,
        }
        _insert(cr, "sheets", values)


def _insert(cr, table, values):
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    cr.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def _compare(cr, seed, one):
    transaction, line = one.transaction, one.line
    sheet = transaction.import_statement_id
    pairs = [
        ("bank_transaction", seed["transaction"], transaction),
        ("account_bank_statement_line", seed["line"], line),
        ("account_move", seed["move"], line.move_id),
        ("account_move_line", seed["bank_item"], one.bank_item),
        ("account_move_line", seed["other_item"], one.other_item),
        ("bank_import", seed["import"], sheet.import_id),
        ("bank_import_statement", seed["sheet"], sheet),
        ("bank_import_batch", seed["batch"], transaction.batch_id),
        ("account_bank_statement", seed["statement"], line.statement_id),
        ("account_partial_reconcile", seed["partial"], one.partial),
        ("bank_transaction_suggestion", seed["suggestion"], one.suggestion),
        *_pairs_of_bill(cr, seed["place"], one),
    ]
    for table, copied, record in pairs:
        if record:
            found = bench_copies.differences(cr, table, copied, record.id, MAY_DIFFER)
            yield from (f"{one.kind}: {text}" for text in found)


def _pairs_of_bill(cr, place, one):
    cr.execute("SELECT * FROM bills WHERE place = %s", [place])
    for bill in cr.dictfetchall():
        yield "account_move", bill["move"], one.bill
        for name, kind in ITEM_KINDS.items():
            yield "account_move_line", bill[name], one.item(kind)


# The seeds of a million


MANY = """
INSERT INTO bills (place, kind, day, due, net, tax, gross, prefix, serial, partner, party, name)
SELECT place, kind, day, due, net, tax, gross, prefix, serial, partner, party,
       prefix || lpad(serial::text, greatest(5, length(serial::text)), '0')
  FROM (
    SELECT bill.*, coalesce(base.last, 0)
           + row_number() OVER (PARTITION BY bill.prefix ORDER BY bill.place) AS serial
      FROM (
        SELECT draft.*, day + {due} AS due, round(net * 0.19, 2) AS tax,
               net + round(net * 0.19, 2) AS gross,
               '{bill_prefix}' || to_char(day, 'YYYY') || '/' AS prefix,
               customer.partner, customer.party
          FROM (
            SELECT place, kind, day - {earlier} AS day,
                   42 + (place::bigint * 7919 % 195013)::numeric / 100 AS net
              FROM drafts WHERE kind IN ('paid', 'person', 'waiting')
             UNION ALL
            SELECT {count} + n, 'waiting', DATE '{last}' - n % 60,
                   42 + (n::bigint * 7919 % 195013)::numeric / 100
              FROM generate_series(1, {open}) n
          ) draft
          JOIN customers customer ON customer.seat = draft.place::bigint * 31 % {customer_count}
      ) bill
      LEFT JOIN (SELECT sequence_prefix, max(sequence_number) AS last FROM account_move
                  GROUP BY sequence_prefix) base ON base.sequence_prefix = bill.prefix
  ) numbered
 ORDER BY place;

INSERT INTO seeds (place, kind, seat, day, amount, text, party, iban, partner, bank, invoice,
                   prefix, serial, spot, turn, name)
SELECT place, kind, seat, day, amount, text, party, iban, partner, bank, invoice, prefix,
       serial, spot, turn, prefix || lpad(serial::text, greatest(5, length(serial::text)), '0')
  FROM (
    SELECT entry.*, coalesce(base.last, 0)
           + row_number() OVER (PARTITION BY entry.prefix ORDER BY entry.place) AS serial,
           row_number() OVER (PARTITION BY entry.seat, entry.day ORDER BY entry.place) AS spot,
           coalesce(turns.last, 0)
           + row_number() OVER (PARTITION BY entry.seat ORDER BY entry.place) AS turn
      FROM (
        SELECT draft.place, draft.kind, draft.seat, draft.day,
               CASE draft.kind
                    WHEN 'fee' THEN -(draft.place::bigint * 104729 % 29001 + 99)::numeric / 100
                    WHEN 'sale' THEN (draft.place::bigint * 15485863 % 90001 + 500)::numeric / 100
                    ELSE bill.gross END AS amount,
               CASE draft.kind
                    WHEN 'fee' THEN 'Kontofuehrung Posten ' || lpad(draft.place::text, 7, '0')
                    WHEN 'sale' THEN 'Kartenumsatz Beleg ' || lpad(draft.place::text, 7, '0')
                    WHEN 'paid' THEN 'Rechnung ' || bill.name
                    ELSE 'Zahlung Nr ' || lpad(draft.place::text, 7, '0') END AS text,
               bill.party, customer.iban, bill.partner, customer.bank,
               bill.name AS invoice,
               'BNK' || draft.seat + 1 || 'X/' || to_char(draft.day, 'YYYY') || '/' AS prefix
          FROM drafts draft
          LEFT JOIN bills bill ON bill.place = draft.place
          LEFT JOIN customers customer ON customer.partner = bill.partner
      ) entry
      LEFT JOIN (SELECT sequence_prefix, max(sequence_number) AS last FROM account_move
                  GROUP BY sequence_prefix) base ON base.sequence_prefix = entry.prefix
      LEFT JOIN turns ON turns.seat = entry.seat
  ) numbered
 ORDER BY place;

INSERT INTO sheets (place, seat, day, lines, total, opening, closing, number)
SELECT row_number() OVER (ORDER BY day, seat), seat, day, lines, total,
       balance + sum(total) OVER running - total, balance + sum(total) OVER running,
       to_char(day, 'YYMMDD') || lpad((seat + 1)::text, 4, '0')
  FROM (SELECT seat, day, count(*) AS lines, sum(amount) AS total FROM seeds
         GROUP BY seat, day) days
  JOIN turns USING (seat)
WINDOW running AS (PARTITION BY seat ORDER BY day);
"""
DRAFTS = """
CREATE TEMP TABLE days AS
SELECT day::date, row_number() OVER (ORDER BY day) - 1 AS nth
  FROM generate_series(DATE '{first}' + 1, DATE '{last}', interval '1 day') day
 WHERE extract(isodow FROM day) < 6;

CREATE TEMP TABLE drafts AS
SELECT place, place / 13 % 4 AS seat, days.day,
       CASE WHEN days.day > DATE '{last}' - {waiting_days} AND place % {waiting_every} = 0
                 THEN 'waiting'
            WHEN place % 37 = 0 THEN 'person'
            WHEN place % 4 = 1 THEN 'paid'
            WHEN place % 2 = 1 THEN 'fee'
            WHEN place % 16 = 2 THEN 'fee'
            ELSE 'sale' END AS kind
  FROM generate_series(1, {count}) place
  JOIN days ON days.nth = (place - 1)::bigint * (SELECT count(*) FROM days) / {count};

CREATE TEMP TABLE customers AS
SELECT row_number() OVER (ORDER BY partner.id) - 1 AS seat, partner.id AS partner,
       partner.name AS party, bank.id AS bank, bank.sanitized_acc_number AS iban
  FROM res_partner partner JOIN res_partner_bank bank ON bank.partner_id = partner.id
 WHERE partner.customer_rank = 0 AND partner.name LIKE 'Kunde %';

CREATE TEMP TABLE turns (seat int, last int, balance numeric);
"""


def copy(env, sources, days, count, invoices):
    """Make so many transactions, and open invoices beside theirs.

    :param sources: specimens by kind and seat
    :param days: after the first of these until the second
    """
    cr = env.cr
    cr.execute("SET LOCAL work_mem = '256MB'")
    cr.execute(SEEDS)
    values = {
        "first": days[0],
        "last": days[1],
        "count": count,
        "open": invoices,
        "due": bench_books.FIRST["due"],
        "earlier": EARLIER,
        "waiting_days": WAITING_DAYS,
        "waiting_every": WAITING_EVERY,
        "bill_prefix": sources["paid", 0].bill.sequence_prefix.partition("2")[0],
    }
    cr.execute(DRAFTS.format(**values))
    for one in sources.values():
        if one.kind == "fee":
            sheet = one.transaction.import_statement_id
            last = max(sheet.transaction_ids.mapped("ledger_order"))
            _insert(cr, "turns", {"seat": one.seat, "last": last, "balance": sheet.closing_balance})
    cr.execute("SELECT count(*) FROM customers")
    cr.execute(MANY.format(customer_count=cr.fetchone()[0], **values))
    _number_rows(cr)
    remake = bench_copies.drop_indexes(cr, TABLES)
    _copy_tables(env, sources)
    remake()
    env.invalidate_all()


# The rows


ITEM_KINDS = {"product_item": "product", "tax_item": "tax", "term_item": "payment_term"}
IDS = {
    "sheets": {
        "bank_file": ["file"],
        "bank_import": ["import"],
        "bank_import_statement": ["sheet"],
        "bank_import_batch": ["batch"],
        "account_bank_statement": ["statement"],
    },
    "bills": {"account_move": ["move"], "account_move_line": list(ITEM_KINDS)},
    "seeds": {
        "account_move": ["move"],
        "account_bank_statement_line": ["line"],
        "bank_transaction": ["transaction"],
        "account_move_line": ["bank_item", "other_item"],
        "account_partial_reconcile": ["partial"],
        "account_full_reconcile": ["whole"],
        "bank_transaction_suggestion": ["suggestion"],
    },
}
"""The columns that hold ids of a table's rows."""

INDEX = (
    "to_char(seeds.day, 'YYYYMMDD') || lpad(seeds.turn::text, 10, '0') "
    "|| lpad(seeds.line::text, 10, '0')"
)
MORNING = "seeds.day + interval '30 hours'"
DIGEST = "encode(sha256((seeds.seat || ' ' || seeds.day || ' ' || seeds.place)::bytea), 'hex')"


def _number_rows(cr):
    """Give every seed the ids of its rows, as if the sequences had been asked for each."""
    first = {}
    for seeds, tables in IDS.items():
        cr.execute(f"SELECT coalesce(max(place), 0) FROM {seeds}")
        last = cr.fetchone()[0]
        for table, columns in tables.items():
            start = _reserve(cr, table, len(columns) * (last + 1))
            for place, column in enumerate(columns):
                first[seeds, column] = f"{start + place} + {len(columns)} * {seeds}.place"
    for seeds, tables in IDS.items():
        columns = [column for columns in tables.values() for column in columns]
        own = [f"{column} = {first[seeds, column]}" for column in columns]
        cr.execute(f"UPDATE {seeds} SET {', '.join(own)}")
    term = first["bills", "term_item"].replace("bills.", "seeds.")
    whole = first["seeds", "whole"].replace("seeds.", "bills.")
    cr.execute(f"UPDATE bills SET whole = {whole}")
    cr.execute(
        f"UPDATE seeds SET term_item = {term}, import = sheets.import, sheet = sheets.sheet, "
        "batch = sheets.batch, statement = sheets.statement FROM sheets "
        "WHERE sheets.seat = seeds.seat AND sheets.day = seeds.day"
    )
    cr.execute(
        f"UPDATE sheets SET first_index = {INDEX} FROM seeds "
        "WHERE seeds.seat = sheets.seat AND seeds.day = sheets.day AND seeds.spot = 1"
    )
    for table in IDS:
        cr.execute(f"ANALYZE {table}")


def _reserve(cr, table, count):
    """The first of so many ids that nobody else gets."""
    cr.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))")
    first = cr.fetchone()[0]
    cr.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {first + count})")
    return first


def _copy_tables(env, sources):
    _copy_sheets(env, sources)
    _copy_bills(env, sources)
    _copy_entries(env, sources)
    _copy_decisions(env, sources)


def _copy_sheets(env, sources):
    """Files, imports, statements and batches: one of each for a journal and day."""
    parts = {}
    for (kind, seat), one in sources.items():
        if kind != "fee":
            continue
        sheet = one.transaction.import_statement_id
        rows = {
            "account_bank_statement": one.line.statement_id,
            "bank_file": sheet.import_id.file_id,
            "bank_import": sheet.import_id,
            "bank_import_statement": sheet,
            "bank_import_batch": one.transaction.batch_id,
        }
        facts = Facts(
            texts=[(sheet.number, "seeds.number"), (str(sheet.start_date), "seeds.day::text")],
            amounts=[
                (sheet.opening_balance, "seeds.opening"),
                (sheet.closing_balance, "seeds.closing"),
                (sheet.total, "seeds.total"),
            ],
            days={sheet.start_date: "seeds.day"},
        )
        seeds = f"(SELECT * FROM sheets WHERE seat = {seat})"
        for table, record in rows.items():
            own = facts.own(env.cr, table, record.id, SHEET_IDS[table])
            parts.setdefault(table, []).append((record.id, own, seeds))
    for table, copies in parts.items():
        bench_copies.copy_all(env.cr, table, copies)


MADE = dict.fromkeys(("create_date", "write_date", "received_at", "finished_at"), MORNING)
SHEET_IDS = {
    "bank_file": {"id": "seeds.file", "sha256": DIGEST, **MADE},
    "bank_import": {"id": "seeds.import", "file_id": "seeds.file", **MADE},
    "bank_import_statement": {
        "id": "seeds.sheet",
        "import_id": "seeds.import",
        "ledger_statement_id": "seeds.statement",
        **MADE,
    },
    "bank_import_batch": {"id": "seeds.batch", "transaction_count": "seeds.lines", **MADE},
    "account_bank_statement": {
        "id": "seeds.statement",
        "first_line_index": "seeds.first_index",
        **MADE,
    },
}
WHOLE = {"full_reconcile_id": "seeds.whole", "matching_number": "seeds.whole::text"}


def _copy_bills(env, sources):
    """Invoices with their items, taxes and tags."""
    cr = env.cr
    entries, items = [], []
    for kind in INVOICE_KINDS:
        one = sources[kind, 0]
        facts = _facts_of_bill(one.bill)
        seeds = f"(SELECT * FROM bills WHERE kind = '{kind}')"
        partners = ("partner_id", "commercial_partner_id", "partner_shipping_id")
        ids = {"id": "seeds.move", "sequence_number": "seeds.serial"}
        ids |= dict.fromkeys(partners, "seeds.partner")
        entries.append((one.bill.id, facts.own(cr, "account_move", one.bill.id, ids), seeds))
        for column, display_type in ITEM_KINDS.items():
            item = one.item(display_type)
            ids = {"id": f"seeds.{column}", "move_id": "seeds.move", "partner_id": "seeds.partner"}
            own = facts.own(cr, "account_move_line", item.id, {**ids, **WHOLE})
            items.append((item.id, own, seeds))
            for table, (here, there) in bench_books.RELATIONS.items():
                cr.execute(
                    f"INSERT INTO {table} ({here}, {there}) SELECT seeds.{column}, source.{there} "
                    f"FROM {table} source, {seeds} seeds WHERE source.{here} = {item.id}"
                )
    bench_copies.copy_all(cr, "account_move", entries)
    bench_copies.copy_all(cr, "account_move_line", items)


def _facts_of_bill(bill):
    return Facts(
        texts=[
            (bill.name, "seeds.name"),
            (bill.sequence_prefix, "seeds.prefix"),
            (bill.partner_id.name, "seeds.party"),
        ],
        amounts=[
            (bill.amount_untaxed, "seeds.net"),
            (bill.amount_tax, "seeds.tax"),
            (bill.amount_total, "seeds.gross"),
        ],
        days={bill.date: "seeds.day", bill.invoice_date_due: "seeds.due"},
    )


ENTRY = {"move_id": "seeds.move", "statement_id": "seeds.statement", "partner_id": "seeds.partner"}
ENTRY_IDS = {
    "account_move": {
        "id": "seeds.move",
        "sequence_number": "seeds.serial",
        "statement_line_id": "seeds.line",
        "partner_bank_id": "seeds.bank",
        **dict.fromkeys(("partner_id", "commercial_partner_id"), "seeds.partner"),
    },
    "account_bank_statement_line": {
        "id": "seeds.line",
        "sequence": "2147483647 - seeds.turn",
        "internal_index": INDEX,
        "bank_transaction_id": "seeds.transaction",
        **ENTRY,
    },
    "bank_item": {"id": "seeds.bank_item", "statement_line_id": "seeds.line", **ENTRY},
    "other_item": {"id": "seeds.other_item", "statement_line_id": "seeds.line", **ENTRY, **WHOLE},
    "bank_transaction": {
        "id": "seeds.transaction",
        "import_id": "seeds.import",
        "import_statement_id": "seeds.sheet",
        "batch_id": "seeds.batch",
        "position": "seeds.spot",
        "ledger_order": "seeds.turn",
        "partner_id": "seeds.partner",
        "identity": DIGEST,
        **dict.fromkeys(("booked_at", "reconciled_at", "create_date", "write_date"), MORNING),
    },
}
"""What is a copy's own beside its facts: ids, numbers, times."""


def _copy_entries(env, sources):
    """Transactions with their statement lines, journal entries and items."""
    parts = {}
    for one in sources.values():
        facts = _facts_of_entry(one)
        rows = {
            "account_move": [("account_move", one.line.move_id)],
            "account_bank_statement_line": [("account_bank_statement_line", one.line)],
            "account_move_line": [("bank_item", one.bank_item), ("other_item", one.other_item)],
            "bank_transaction": [("bank_transaction", one.transaction)],
        }
        for table, records in rows.items():
            for ids, record in records:
                own = facts.own(env.cr, table, record.id, ENTRY_IDS[ids])
                parts.setdefault(table, []).append((record.id, own, _seeds_of(one)))
    for table, copies in parts.items():
        bench_copies.copy_all(env.cr, table, copies)


def _seeds_of(one):
    return f"(SELECT * FROM seeds WHERE kind = '{one.kind}' AND seat = {one.seat})"


def _facts_of_entry(one):
    transaction, move = one.transaction, one.line.move_id
    names = {
        "seeds.text": transaction.remittance,
        "seeds.party": transaction.counterparty_name,
        "seeds.iban": transaction.counterparty_iban,
        "seeds.invoice": one.bill.name,
    }
    return Facts(
        texts=[
            *((text or "", sql) for sql, text in names.items()),
            *((_normal(text or ""), NORMAL.format(sql)) for sql, text in names.items()),
            (move.name, "seeds.name"),
            (move.sequence_prefix, "seeds.prefix"),
            (str(transaction.booking_date), "seeds.day::text"),
            (f"{abs(transaction.amount):.2f}", "to_char(abs(seeds.amount), 'FM9999999990.00')"),
        ],
        amounts=[(transaction.amount, "seeds.amount")],
        days={transaction.booking_date: "seeds.day"},
    )


NORMAL = "lower(regexp_replace({}, '[^A-Za-z0-9]+', ' ', 'g'))"
"""As the identity of a transaction has its words, where they are plain ASCII."""


def _normal(text):
    return re.sub(r"[^A-Za-z0-9]+", " ", text).lower()


def _copy_decisions(env, sources):
    """Matches, suggestions, and what the audit log says of each transaction."""
    cr = env.cr
    for one in sources.values():
        seeds = _seeds_of(one)
        if one.partial:
            _copy_match(cr, one, seeds)
        if one.transaction.matched_item_ids:
            cr.execute(
                "INSERT INTO bank_transaction_matched_item_rel (transaction_id, item_id) "
                f"SELECT seeds.transaction, seeds.term_item FROM {seeds} seeds"
            )
        if one.suggestion:
            _copy_suggestion(env, one, seeds)
    _copy_audit(env, sources)


def _copy_match(cr, one, seeds):
    facts = _facts_of_entry(one)
    ids = {
        "id": "seeds.partial",
        "debit_move_id": "seeds.term_item",
        "credit_move_id": "seeds.other_item",
        **WHOLE,
    }
    partial, whole = one.partial, one.partial.full_reconcile_id
    bench_copies.copy(cr, "account_full_reconcile", whole.id, {"id": "seeds.whole"}, seeds)
    own = facts.own(cr, "account_partial_reconcile", partial.id, ids)
    bench_copies.copy(cr, "account_partial_reconcile", partial.id, own, seeds)


def _copy_suggestion(env, one, seeds):
    suggestion = one.suggestion
    ids = {
        "id": "seeds.suggestion",
        "transaction_id": "seeds.transaction",
        "item_id": "seeds.term_item",
    }
    table = "bank_transaction_suggestion"
    own = _facts_of_entry(one).own(env.cr, table, suggestion.id, ids)
    bench_copies.copy(env.cr, table, suggestion.id, own, seeds)
    items = suggestion._fields["item_ids"]
    env.cr.execute(
        f"INSERT INTO {items.relation} ({items.column1}, {items.column2}) "
        f"SELECT seeds.suggestion, seeds.term_item FROM {seeds} seeds"
    )


NAME = (
    "concat_ws(' ', seeds.day, to_char(seeds.amount, 'FM999G999G990D00'), "
    "coalesce(nullif(seeds.party, ''), left(seeds.text, 40)))"
)


def _copy_audit(env, sources):
    parts = []
    for one in sources.values():
        facts = _facts_of_entry(one)
        domain = [("model", "=", "bank.transaction"), ("res_id", "=", one.transaction.id)]
        for entry in env["bank.audit.log"].search(domain):
            own = facts.own(env.cr, "bank_audit_log", entry.id, {})
            own |= {"res_id": "seeds.transaction", "record_name": NAME, "date": MORNING}
            own.pop("id", None)
            parts.append((entry.id, own, _seeds_of(one)))
    bench_copies.copy_all(env.cr, "bank_audit_log", parts)
