import time
from dataclasses import replace

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..language import problem_of
from ..matching import Evidence, how_returned
from ..matching.simulation import KINDS, Accounts, compare, replay

MONTHS = 3
MOST_TRANSACTIONS = 100_000
MOST_LINES = 200
"""Examples that are shown of each kind."""

READ = (
    "amount", "booking_date", "currency_id", "identity", "journal_id", "remittance", "reference",
    "end_to_end_id", "counterparty_iban", "counterparty_name", "code", "original_amount",
    "original_currency", "charges", "mandate_id", "return_reason", "company_id", "state",
    "rule_id", "posted_by_rule", "counterpart_account_id",
)  # fmt: skip


class BankFeedSimulation(models.TransientModel):
    """Tries rules on past transactions, and shows what they would have done differently.

    Nothing is written but this dialog, and nothing is locked.
    """

    _name = "bank.feed.simulation"
    _description = "Bank Feed Simulation"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    rule_ids = fields.Many2many(
        "bank.feed.rule",
        "bank_feed_simulation_rule_rel",
        string="Rules to try",
        domain="[('company_id', 'in', (False, company_id))]",
        context={"active_test": False},
        help="They are tried in their place among the active rules, whether they are active or "
        "not, on the transactions that they are for. Empty: the active rules, on all.",
    )
    alone = fields.Boolean("Only these rules", help="As if there were no others.")
    edited = fields.Json(
        readonly=True,
        help="Values to try that are not saved: of a rule by its id, or of one more by any name.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self._latest_day() - relativedelta(months=MONTHS),
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    journal_ids = fields.Many2many(
        "account.journal",
        "bank_feed_simulation_journal_rel",
        string="Journals",
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('company_id', '=', company_id)]",
        help="Empty for all of them.",
    )
    limit = fields.Integer(
        "At most", required=True, default=MOST_TRANSACTIONS, help="The latest transactions count."
    )

    done = fields.Boolean(readonly=True)
    seconds = fields.Float(readonly=True, digits=(16, 1))
    total = fields.Integer("Transactions tried", readonly=True)
    cut_off = fields.Boolean(readonly=True, help="There were more transactions than were tried.")
    count_ids = fields.One2many("bank.feed.simulation.count", "simulation_id", readonly=True)
    line_ids = fields.One2many("bank.feed.simulation.line", "simulation_id", readonly=True)

    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = self.env._("Simulation")

    @api.model
    def _latest_day(self):
        """Today, or that of the newest transaction if it is older."""
        today = fields.Date.context_today(self)
        newest = self.env["bank.transaction"].search_fetch(
            [("company_id", "=", self.env.company.id)],
            ["booking_date"],
            order="booking_date desc",
            limit=1,
        )
        return min(newest.booking_date or today, today)

    @api.model
    def default_get(self, fields_list):
        """The rules are those from which the dialog was opened."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "bank.feed.rule":
            rules = self.env["bank.feed.rule"].browse(self.env.context.get("active_ids") or [])
            values["rule_ids"] = [Command.set(rules.ids)]
            if rules.company_id:
                values["company_id"] = rules.company_id[0].id
        return values

    def action_simulate(self):
        """Try the rules and show the result."""
        self.ensure_one()
        started = time.monotonic()
        result, tried = self._run()
        lines = self.env["bank.feed.simulation.line"].with_company(self.company_id)
        self.write(
            {
                "done": True,
                "total": result.total,
                "count_ids": [Command.clear(), *map(Command.create, self._counts(result))],
                "line_ids": [
                    Command.clear(),
                    *map(Command.create, lines._values(result, tried)),
                ],
            }
        )
        self.seconds = time.monotonic() - started
        return self._action()

    def action_again(self):
        """Back to the questions, with the same answers: in a dialog, which has their buttons."""
        self.done = False
        return {**self._action(), "name": self.env._("Simulate"), "target": "new"}

    def action_view_lines(self):
        return self._view_lines([])

    def _view_lines(self, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulated transactions"),
            "res_model": "bank.feed.simulation.line",
            "view_mode": "list,form",
            "domain": [("simulation_id", "=", self.id), *domain],
        }

    def _action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulation"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    def _counts(self, result):
        return [
            {
                "kind": kind,
                "count": result.count(kind),
                "share": result.share(kind),
                "on_top": result.count(kind, "top"),
            }
            for kind in KINDS
        ]

    # ------------------------------------------------------------------
    # The simulation
    # ------------------------------------------------------------------

    def _run(self):
        """Decide anew on past transactions.

        :return: :class:`..matching.simulation.Result`, and the rules tried by their id
        """
        rules = self._rules()
        specs = [spec for _rule, spec in rules]
        tried = {spec.id: rule for rule, spec in rules}
        transactions, payments = self._transactions(specs)
        books, company = self.env["bank.feed.books"].sudo(), self.company_id
        if not transactions:
            return compare({}, {}), tried
        actuals, past = books._actuals(company, transactions)
        returned = [one.id for one in payments if how_returned(one)]
        past.returned = transactions.browse(returned)
        items = books._items_of_the_past(company, transactions, past)
        decisions = replay(
            payments,
            specs,
            items,
            actuals,
            books._directory(company, transactions, items),
            transactions._claimed_items(company),
        )
        account_of = self._account_of(tried)
        decisions = {key: _with_accounts(one, account_of) for key, one in decisions.items()}
        transfer = company.sudo().transfer_account_id.id
        return compare(decisions, actuals, Accounts(transfer, account_of)), tried

    def _rules(self):
        """The rules with what they say, in their order."""
        rules = self.env["bank.feed.rule"]
        chosen = self._to_try()
        if not self.alone or not chosen:
            chosen |= rules._of_company(self.company_id)
        edited = dict(self.edited or {})
        found = [(self._edited(rule, edited.pop(str(rule.id), None)), rule.id) for rule in chosen]
        found += [(rules.sudo().new(values), name) for name, values in edited.items()]
        found.sort(key=lambda one: (one[0].sequence, isinstance(one[1], str), one[1]))
        try:
            return [(rule, replace(rule._spec(), id=key)) for rule, key in found]
        except ValueError as error:
            raise UserError(problem_of(self.env, error)) from error

    def _to_try(self):
        """The rules to try that are saved, whether active or not."""
        ids = [*self.rule_ids.ids, *(int(key) for key in self.edited or () if key.isdigit())]
        rules = self.env["bank.feed.rule"].with_context(active_test=False)
        companies = (False, self.company_id.id)
        return rules.search([("id", "in", ids), ("company_id", "in", companies)]).sudo()

    def _edited(self, rule, values):
        return rule.new(values, origin=rule) if values else rule

    def _transactions(self, specs):
        """What the rules to try are for, the latest first up to the limit."""
        to_try = {*self._to_try().ids, *(self.edited or ())}
        wanted = [spec for spec in specs if spec.id in to_try]
        transactions = self.env["bank.transaction"].search(
            self._domain(wanted), order="booking_date desc, id desc", limit=self.limit + 1
        )
        self.cut_off = len(transactions) > self.limit
        transactions = transactions[: self.limit].sudo()
        transactions.fetch(READ)
        payments = [transaction._payment() for transaction in transactions]
        if not wanted:
            return transactions, payments
        payments = [one for one in payments if any(r.applies(one) is not None for r in wanted)]
        return transactions.browse([one.id for one in payments]), payments

    def _domain(self, wanted):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "in", ("processed", "reconciled")),
            ("booking_date", ">=", self.date_from),
            ("booking_date", "<=", self.date_to),
        ]
        if self.journal_ids:
            domain.append(("journal_id", "in", self.journal_ids.ids))
        if wanted and all(spec.journals for spec in wanted):
            journals = frozenset().union(*(spec.journals for spec in wanted))
            domain.append(("journal_id", "in", list(journals)))
        directions = {spec.direction for spec in wanted}
        if directions in ({"in"}, {"out"}):
            domain.append(("amount", ">" if directions == {"in"} else "<", 0))
        return domain

    def _account_of(self, tried):
        """Where a rule books a difference; asked of each rule once for each kind."""
        company, known = self.company_id.sudo(), {}

        def account_of(decision, part):
            key = (decision.rule_id, part.kind, part.amount < 0)
            if key not in known:
                rule = tried[decision.rule_id]
                known[key] = rule._adjustment_account(part.kind, part.amount, company).id
            return known[key] or None

        return account_of


def _with_accounts(decision, account_of):
    """The decision, left to a person where the books lack an account for it."""
    for part in decision.settlement.adjustments if decision.settlement else ():
        if not account_of(decision, part):
            return decision.withheld(Evidence("account_missing", 0, {"kind": part.kind}))
    return decision
