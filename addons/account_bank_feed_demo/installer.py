"""Writes the demo company into a database."""

import datetime

from odoo import Command
from odoo.addons.account_bank_feed import grant_administrator

from .scenario import ACCOUNTS, LANDLORD_IBAN, PARTNERS, drafts
from .scenario.accounts import START
from .scenario.regular import COMPANY

COMPANY_XMLID = "account_bank_feed_demo.company"
_TAXES = {
    ("out", 19): "tax_ust_19_skr03",
    ("out", 7): "tax_ust_7_skr03",
    ("out", 0): "tax_export_skr03",
    ("in", 19): "tax_vst_19_skr03",
}
_ACCOUNTS = {
    ("out", 19): "account_8400",
    ("out", 7): "account_8300",
    ("out", 0): "account_8120",
    ("in", 19): "account_3400",
}
DUE_IN = datetime.timedelta(days=14)
_DOLLARS = {"2026-01-01": 1.16, "2026-02-01": 1.18, "2026-03-01": 1.17}


class DemoCompany:
    """A company with its chart, journals, partners, documents and rules.

    :param env: of the superuser
    """

    def __init__(self, env):
        self.env = env

    def make(self):
        """Create all of it, or nothing where it is there already."""
        if self.env.ref(COMPANY_XMLID, raise_if_not_found=False):
            return
        self._make_company()
        self._welcome_administrator()
        self._make_journals()
        self._make_opening_entry()
        self._make_partners()
        self._make_documents()
        self._make_rules()

    # The company and who works in it

    def _make_company(self):
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        (euro + dollar).active = True
        company = self.env["res.company"].create(
            {
                "name": COMPANY,
                "street": "Beispielstraße 1",
                "city": "Musterstadt",
                "country_id": self.env.ref("base.de").id,
                "currency_id": euro.id,
            }
        )
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": COMPANY_XMLID, "record": company, "noupdate": True}]
        )
        # The public `try_loading` warns while addons are being installed.
        self.env["account.chart.template"]._load("de_skr03", company, install_demo=False)
        self.env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        self.company = company.with_env(self.env)
        self.chart = self.env["account.chart.template"].with_company(self.company)
        self.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "currency_id": dollar.id,
                    "company_id": company.id,
                    "company_rate": rate,
                }
                for day, rate in _DOLLARS.items()
            ]
        )

    def _welcome_administrator(self):
        grant_administrator(self.env)
        self.env.ref("base.user_admin").write(
            {"company_ids": [Command.link(self.company.id)], "company_id": self.company.id}
        )

    # Bank accounts

    def _make_journals(self):
        journals = self.env["account.journal"]
        journals.search(self._own("type", "sale"), limit=1).code = "RE"
        journals.search(self._own("type", "purchase"), limit=1).code = "ER"
        from_chart = journals.search(self._own("type", "bank"), limit=1)
        self.journals = {}
        for account in ACCOUNTS.values():
            values = {
                "name": account.name,
                "code": account.code,
                "bank_acc_number": account.iban,
            }
            if account.key == "main" and from_chart:
                from_chart.write(values)
                journal = from_chart
            else:
                journal = journals.create(
                    {
                        **values,
                        "type": "bank",
                        "company_id": self.company.id,
                        "currency_id": self._foreign(account.currency).id,
                    }
                )
            journal._bank_feed_confirm_start(START, float(account.opening))
            self.journals[account.key] = journal

    def _own(self, field, value):
        return [("company_id", "=", self.company.id), (field, "=", value)]

    def _foreign(self, code):
        """The currency, or none for the company's own, as journals want it."""
        currency = self.env["res.currency"].search([("name", "=", code)])
        return currency - self.company.currency_id

    def _make_opening_entry(self):
        """The ledger opens with what the banks say."""
        lines = [self._opening_line(*pair) for pair in self.journals.items()]
        total = sum(line["balance"] for line in lines)
        equity = {
            "account_id": self.chart.ref("account_0865").id,
            "name": "Gewinnvortrag",
            "balance": -total,
        }
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": START,
                "ref": "Eröffnungsbilanz",
                "line_ids": [Command.create(line) for line in [*lines, equity]],
            }
        )
        entry.action_post()

    def _opening_line(self, key, journal):
        currency = journal.currency_id or self.company.currency_id
        amount = float(ACCOUNTS[key].opening)
        return {
            "account_id": journal.default_account_id.id,
            "name": journal.name,
            "currency_id": currency.id,
            "amount_currency": amount,
            "balance": currency._convert(amount, self.company.currency_id, self.company, START),
        }

    # Business

    def _make_partners(self):
        countries = {code: self.env.ref(f"base.{code.lower()}").id for code in ("DE", "CH")}
        partners = self.env["res.partner"].create(
            [
                {
                    "name": partner.name,
                    "ref": partner.ref,
                    "is_company": True,
                    "company_id": self.company.id,
                    "city": partner.city,
                    "country_id": countries[partner.country],
                    "customer_rank": int(not partner.style),
                    "supplier_rank": int(bool(partner.style)),
                    "bank_ids": [Command.create({"acc_number": partner.iban})],
                }
                for partner in PARTNERS.values()
            ]
        )
        self.partners = {partner.ref: partner.id for partner in partners}

    def _make_documents(self):
        moves = self.env["account.move"].create([self._document(draft) for draft in drafts()])
        moves.action_post()

    def _document(self, draft):
        direction = "in" if draft.kind == "in_invoice" else "out"
        return {
            "move_type": draft.kind,
            "name": draft.number,
            "ref": draft.ref,
            "partner_id": self.partners[draft.partner.ref],
            "invoice_date": draft.date,
            "invoice_date_due": draft.date + DUE_IN,  # else today
            "date": draft.date,
            "currency_id": (
                self._foreign(ACCOUNTS[draft.partner.account].currency) or self.company.currency_id
            ).id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": line.text,
                        "price_unit": float(line.net),
                        "account_id": self.chart.ref(_ACCOUNTS[direction, line.rate]).id,
                        "tax_ids": [Command.set(self.chart.ref(_TAXES[direction, line.rate]).ids)],
                    }
                )
                for line in draft.lines
            ],
        }

    # Rules

    def _make_rules(self):
        fees = self.chart.ref("account_4970")
        self._make_rule(10, "Bank fees", fees, "text", "regex", "Kontof|Abschlussent|Account fee")
        self._make_rule(20, "Card fees", fees, "text", "starts_with", "Kartenentgelt")
        rent = self.chart.ref("account_4210")
        self._make_rule(30, "Rent", rent, "iban", "equals", LANDLORD_IBAN)
        salaries = self.chart.ref("account_1740")
        self._make_rule(40, "Salaries", salaries, "text", "contains", "Lohn/Gehalt")

    def _make_rule(self, sequence, name, account, field, operator, value, direction="out"):
        condition = {"field": field, "operator": operator, "value": value}
        self.env["bank.feed.rule"].create(
            {
                "name": name,
                "sequence": sequence,
                "kind": "book",
                "company_id": self.company.id,
                "direction": direction,
                "line_ids": [(0, 0, {"account_id": account.id})],
                "condition_ids": [Command.create(condition)],
            }
        )
