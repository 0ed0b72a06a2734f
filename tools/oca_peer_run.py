"""The part of the peer that runs inside Odoo: books in, statement lines in, what was matched out.

    python -m tools.oca_peer_run CONFIGURATION_FILE DATABASE INPUT OUTPUT

Knows nothing of the truth. Documents and statement lines are booked once, with the engine held
back; each configuration then does with the lines what the engine does at the end of their
creation (`_auto_reconcile`), in a transaction of its own, which is rolled back.
"""

import json
import sys
import time
from contextlib import closing
from pathlib import Path

import odoo
from odoo import Command
from odoo.modules.registry import Registry

BATCH = 500
STATEMENT = 20
"""Lines that are matched at once: what becomes of them is the same with all at once, but the
engine's time for a line grows with it, since Odoo reads all of them again after each posting."""
LOCATIONS = ("label", "note", "reference")

# Odoo's own model for perfect matches is where all of these start from. The limit in months counts
# from today, and the benchmark's dates do not move: it is off everywhere.
PERFECT = {
    "rule_type": "invoice_matching",
    "auto_reconcile": True,
    "match_same_currency": True,
    "allow_payment_tolerance": True,
    "payment_tolerance_type": "percentage",
    "payment_tolerance_param": 0,
    "past_months_limit": 0,
    "match_partner": False,
}
EVERY_TEXT = {f"match_text_location_{name}": True for name in LOCATIONS}
NO_TEXT = {f"match_text_location_{name}": False for name in LOCATIONS}
PARTNER = {"match_partner": True}
UNIQUE = {"unique_matching": True}
SUGGESTION = {**PERFECT, **EVERY_TEXT, "auto_reconcile": False, "allow_payment_tolerance": False}
TOLERANT = {"payment_tolerance_param": 3}

BY_NUMBER = {**PERFECT, **EVERY_TEXT}
BY_PARTNER = {**PERFECT, **NO_TEXT, **PARTNER}
# The engine takes the partner's items, or any of that amount, where the text has no number with
# four digits, and posts that as it posts a number. A condition on the text keeps it from doing so.
# (It makes the expression lower-case, so that \S and \D would mean their contrary.)
QUOTED = {"match_label": "match_regex", "match_label_param": r"(.|\n)*[0-9]([^ \n]*[0-9]){3}"}
BY_QUOTE = {**BY_NUMBER, **QUOTED}
SINGLE = {**BY_PARTNER, **UNIQUE}

CONFIGURATIONS = {
    "as installed": None,
    "numbers, of a known partner": [{**BY_NUMBER, **PARTNER}, SUGGESTION],
    "numbers": [BY_NUMBER, SUGGESTION],
    "numbers, 3 % short": [{**BY_NUMBER, **TOLERANT}, SUGGESTION],
    "numbers, any amount": [{**BY_NUMBER, "allow_payment_tolerance": False}, SUGGESTION],
    "numbers, then partner": [BY_NUMBER, BY_PARTNER, SUGGESTION],
    "numbers, then partner's only item": [BY_NUMBER, SINGLE, SUGGESTION],
    "numbers in the text": [BY_QUOTE, SUGGESTION],
    "numbers in the text, of a known partner": [{**BY_QUOTE, **PARTNER}, SUGGESTION],
    "numbers in the text, one candidate": [{**BY_QUOTE, **UNIQUE}, SUGGESTION],
    "numbers in the text, then only item": [BY_QUOTE, SINGLE, SUGGESTION],
}
"""Models in their order. A model is tried when those before it have found nothing."""


def main(conf, database, source, target):
    odoo.tools.config.parse_config(["-c", conf, "-d", database, "--no-http"])
    world = json.loads(Path(source).read_text())
    registry = Registry(database)
    with registry.cursor() as cr:
        ids = Books(_environment(cr), world).write()
    result = {"seconds": ids["seconds"], "configurations": {}}
    for name in world["only"] or CONFIGURATIONS:
        _tidy(database)
        with closing(registry.cursor()) as cr:  # closed without a commit
            found = Trial(_environment(cr), ids).run(CONFIGURATIONS[name])
        registry.clear_all_caches()
        result["configurations"][name] = found
        Path(target).write_text(json.dumps(result))
        say_done(name, found["about"])


def _tidy(database):
    """Spare a configuration the dead rows of the one before, and give it fresh statistics."""
    with closing(odoo.sql_db.db_connect(database).cursor()) as cr:
        cr._cnx.set_session(autocommit=True)
        cr.execute("VACUUM ANALYZE")


def say_done(name, about):
    """Each takes minutes: whoever waits sees that it goes on."""
    print(f"  {name}: {about['seconds']['match']} s", flush=True)
    for failure in about["failures"][:3]:
        print(f"    {failure}", flush=True)


def _environment(cr):
    """As the administrator's company sees it, without mails and translations of every step."""
    return odoo.api.Environment(
        cr, odoo.SUPERUSER_ID, {"tracking_disable": True, "lang": "en_US", "mail_notrack": True}
    )


class Books:
    """The company's books before any payment has come in.

    Odoo has no open item for an order, nor for what an earlier payment settled: such documents
    are not in the input. Those on accounts of their own (tills, terminals, payments under way)
    are journal entries on accounts that can be reconciled.
    """

    def __init__(self, env, world):
        self.env = env
        self.world = world
        self.currencies = {}
        self.accounts = {}
        self.terms = {}

    def write(self):
        """Book everything; return the documents by journal entry, and the ids of the lines."""
        self._company()
        started = time.perf_counter()
        partners = self._partners()
        moves = {}
        documents = self.world["documents"]
        for start in range(0, len(documents), BATCH):
            moves.update(self._documents(documents[start : start + BATCH], partners))
        booked = time.perf_counter()
        lines = self._import(self._journals())
        seconds = {"documents": booked - started, "lines": time.perf_counter() - booked}
        return {"documents": moves, "lines": lines, "seconds": seconds}

    def _company(self):
        parameter = self.env["ir.config_parameter"]
        # Numbers are those of the benchmark, whatever Odoo would make of their years.
        parameter.set_param("sequence.mixin.constraint_start_date", "2999-12-31")
        company = self.env.company
        home = self.env.ref(f"base.{self.world['currency']}")
        company.currency_id = home
        self.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.currency_id = home
        for code in self.world["currencies"]:
            self._currency(code)
        self.env["res.currency.rate"].create(
            [
                {
                    "name": row["date"],
                    "currency_id": self._currency(row["currency"]).id,
                    "company_rate": float(row["rate"]),
                    "company_id": company.id,
                }
                for row in self.world["rates"]
            ]
        )

    def _currency(self, code):
        if code not in self.currencies:
            found = self.env["res.currency"].with_context(active_test=False)
            self.currencies[code] = found.search([("name", "=", code)])
            self.currencies[code].active = True
        return self.currencies[code]

    def _partners(self):
        rows = self.world["partners"]
        values = [
            {
                "name": row["name"],
                "ref": row["number"],
                "is_company": True,
                "bank_ids": [Command.create({"acc_number": iban}) for iban in row["ibans"]],
            }
            for row in rows
        ]
        records = self.env["res.partner"].create(values)
        return {row["id"]: record.id for row, record in zip(rows, records, strict=True)}

    def _documents(self, rows, partners):
        """Post these documents; return the benchmark's id of each by its journal entry."""
        values = [
            (self._entry if row["type"] == "entry" else self._invoice)(row, partners)
            for row in rows
        ]
        moves = self.env["account.move"].create(values)
        moves.action_post()
        for row, move in zip(rows, moves, strict=True):
            booked = max(abs(amount) for amount in move.line_ids.mapped("amount_currency"))
            if move.name != row["number"] or abs(booked - abs(float(row["amount"]))) > 0.005:
                raise RuntimeError(f"{row} was booked as {move.name} {booked}")
        return {move.id: row["id"] for row, move in zip(rows, moves, strict=True)}

    def _invoice(self, row, partners):
        values = {
            **self._head(row, partners),
            "payment_reference": row["reference"] or row["ref"] or row["number"],
            "invoice_date": row["date"],
            "invoice_line_ids": [
                Command.create({"name": "Goods", "price_unit": row["amount"], "tax_ids": []})
            ],
        }
        if row["discount"]:
            return {**values, "invoice_payment_term_id": self._term(row["discount"])}
        due = row["due"] or row["date"]
        return {**values, "invoice_payment_term_id": False, "invoice_date_due": due}

    def _head(self, row, partners):
        return {
            "move_type": row["type"],
            "name": row["number"],
            "ref": row["ref"],
            "partner_id": partners.get(row["partner"]),
            "date": row["date"],
            "currency_id": self._currency(row["currency"]).id,
        }

    def _term(self, discount):
        """The payment term of an early-payment discount: percent, days, days until it is due."""
        key = tuple(discount)
        if key not in self.terms:
            percent, days, due = discount
            line = {"value": "percent", "value_amount": 100, "nb_days": due}
            values = {
                "name": f"{percent} % {days} days, net {due} days",
                "early_discount": True,
                "discount_percentage": float(percent),
                "discount_days": days,
                "line_ids": [Command.create(line)],
            }
            self.terms[key] = self.env["account.payment.term"].create(values).id
        return self.terms[key]

    def _entry(self, row, partners):
        """An open item that is no invoice, against an account that does not matter here."""
        sides = [(self._account(row["account"], True), 1), (self._account("other", False), -1)]
        lines = [
            {
                "name": row["number"],
                "account_id": account,
                "partner_id": partners.get(row["partner"]),
                "currency_id": self._currency(row["currency"]).id,
                "amount_currency": sign * row["amount"],
            }
            for account, sign in sides
        ]
        return {
            **self._head(row, partners),
            "journal_id": self._general_journal(),
            "line_ids": [Command.create(line) for line in lines],
        }

    def _general_journal(self):
        journals = self.env["account.journal"]
        return journals.search([("type", "=", "general"), ("code", "=", "MISC")], limit=1).id

    def _account(self, name, reconcile):
        kinds = {"receivable": "asset_receivable", "payable": "liability_payable"}
        if name not in self.accounts:
            account = self.env["account.account"]
            if name in kinds:
                found = account.search([("account_type", "=", kinds[name])], limit=1)
            else:
                code = f"99{len(self.accounts):04d}"
                values = {"name": name, "code": code, "account_type": "asset_current"}
                found = account.create({**values, "reconcile": reconcile})
            self.accounts[name] = found.id
        return self.accounts[name]

    def _journals(self):
        """A bank journal for each own account."""
        journals = {}
        for place, (account, code) in enumerate(sorted(self.world["accounts"].items()), start=1):
            values = {"name": f"Bank {account}", "code": f"PB{place}", "type": "bank"}
            if code != self.world["currency"]:
                values["currency_id"] = self._currency(code).id
            journals[account] = self.env["account.journal"].create(values).id
        return journals

    def _import(self, journals):
        """Create all statement lines in one go, and keep the engine from matching them yet."""
        model = type(self.env["account.bank.statement.line"])
        original = model._auto_reconcile
        model._auto_reconcile = lambda lines: None
        try:
            return self.env[model._name].create(self._lines(journals)).ids
        finally:
            model._auto_reconcile = original

    def _lines(self, journals):
        """As OCA's import of files makes them: the partner is who has the payer's account."""
        journals = {key: self.env["account.journal"].browse(i) for key, i in journals.items()}
        known = {key: one._statement_line_import_speeddict() for key, one in journals.items()}
        values = []
        for row in self.world["payments"]:
            journal = journals[row["account"]]
            one = {
                "journal_id": journal.id,
                "date": row["date"],
                "amount": row["amount"],
                "payment_ref": row["text"] or row["reference"] or row["name"] or "/",
                "ref": row["reference"],
                "partner_name": row["name"],
                "account_number": row["iban"],
            }
            if row["foreign"]:
                code, one["amount_currency"] = row["foreign"]
                one["foreign_currency_id"] = self._currency(code).id
            journal._statement_line_import_update_hook(one, known[row["account"]])
            values.append(one)
        return values


class Trial:
    """One configuration of the engine, with all the statement lines at once."""

    def __init__(self, env, ids):
        self.env = env
        self.documents = ids["documents"]
        self.lines = env["account.bank.statement.line"].browse(ids["lines"])
        self.failures = []

    def run(self, models):
        """What became of each line, by its place in the input."""
        self._configure(models)
        started = time.perf_counter()
        self._match()
        matched = time.perf_counter()
        posted = {place: self._settled(line) for place, line in enumerate(self.lines)}
        posted = {place: ids for place, ids in posted.items() if ids is not None}
        looking = time.perf_counter()
        waiting = [(place, line) for place, line in enumerate(self.lines) if place not in posted]
        suggested = {place: self._proposal(line) for place, line in waiting}
        seconds = {
            "match": round(matched - started, 2),
            "suggest": round(time.perf_counter() - looking, 2),
        }
        return {
            "posted": posted,
            "suggested": suggested,
            "about": {"seconds": seconds, "failures": self.failures},
        }

    def _configure(self, models):
        kinds = ("invoice_matching", "writeoff_suggestion")
        present = self.env["account.reconcile.model"].search([("rule_type", "in", kinds)])
        if models is None:
            present.past_months_limit = 0
            return
        present.active = False
        for sequence, values in enumerate(models, start=1):
            present.create({**values, "name": f"Peer {sequence}", "sequence": sequence})

    def _match(self):
        """As at the end of an import, a statement after the other; see STATEMENT."""
        for start in range(0, len(self.lines), STATEMENT):
            ids = self.lines.ids[start : start + STATEMENT]
            statement = self.lines.browse(ids)
            try:
                with self.env.cr.savepoint():
                    statement._auto_reconcile()
            except Exception as error:
                # One line that fails lets the whole import fail: be kind to the others.
                self.failures.append(f"statement: {error!r}"[:300])
                for line in statement:
                    self._match_one(line)

    def _match_one(self, line):
        try:
            with self.env.cr.savepoint():
                line._auto_reconcile()
        except Exception as error:
            self.failures.append(f"{line.payment_ref}: {error!r}"[:300])

    def _settled(self, line):
        """The documents that this line was reconciled with; None when it waits."""
        if not line.is_reconciled:
            return None
        items = line.move_id.line_ids
        partials = items.matched_debit_ids | items.matched_credit_ids
        others = (partials.debit_move_id | partials.credit_move_id) - items
        exchange = self.lines.company_id.currency_exchange_journal_id
        return self._documents_of(others.filtered(lambda item: item.journal_id != exchange))

    def _proposal(self, line):
        """What the screen of reconciliation would show to begin with."""
        try:
            with self.env.cr.savepoint():
                data = line.reconcile_data_info["data"]
                ids = [i for one in data for i in one.get("counterpart_line_ids") or ()]
                return self._documents_of(self.env["account.move.line"].browse(ids))
        except Exception as error:
            self.failures.append(f"proposal for {line.payment_ref}: {error!r}"[:300])
            return []

    def _documents_of(self, items):
        return sorted(
            self.documents.get(item.move_id.id, f"entry {item.move_id.id}") for item in items
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
