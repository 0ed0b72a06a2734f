import json

from odoo import Command, api, fields, models
from odoo.addons.account_bank_feed.jobs import repeatable
from odoo.exceptions import UserError

from ..matching import Condition, Partner, PartnerDirectory
from ..matching.learning import Answer, Known, learn

MOST_EXAMPLES = 20
"""So many examples are kept of each kind, the newest; all of them are counted."""
RESULTS = ("res.partner.bank", "bank.feed.alias", "bank.feed.rule")


class BankFeedProposal(models.Model):
    """Something that people do by hand again and again, and a rule or alias could do.

    Found by :mod:`..matching.learning`. Nothing comes of it until a person accepts it; a rule
    that comes of it is still switched off.
    """

    _name = "bank.feed.proposal"
    _description = "Bank Feed Proposal"
    _inherit = ["bank.guarded.state"]
    _order = "state, support desc, id"
    _rec_name = "condition_value"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    key = fields.Char(required=True, readonly=True, help="What makes it the same proposal.")
    kind = fields.Selection(
        [("iban", "Account of a partner"), ("name", "Name of a partner"), ("rule", "Rule")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("withdrawn", "No longer holds"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
    )
    reason = fields.Char(readonly=True, help="Why it was rejected.")

    # What is proposed
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade", index=True)
    account_id = fields.Many2one(
        "account.account", readonly=True, ondelete="cascade", check_company=True
    )
    direction = fields.Selection([("in", "Money in"), ("out", "Money out")], readonly=True)
    condition_field = fields.Selection(
        selection=lambda self: self.env["bank.feed.rule.condition"]._fields["field"].selection,
        required=True,
        readonly=True,
    )
    condition_operator = fields.Selection(
        [("contains", "contains"), ("equals", "equals")], required=True, readonly=True
    )
    condition_value = fields.Char("Text", required=True, readonly=True)
    condition = fields.Char(compute="_compute_explanation", help="When it would apply.")
    tax_ids = fields.Many2many("account.tax", string="Taxes", readonly=True)
    analytic_distribution = fields.Json(readonly=True)

    # Why
    support = fields.Integer("Cases", readonly=True, help="How many cases by hand speak for it.")
    people = fields.Integer(readonly=True, help="By how many people, as far as known.")
    days = fields.Integer(readonly=True, help="On how many days.")
    counter_count = fields.Integer(
        "Counter-examples",
        readonly=True,
        help="Past transactions that fulfil the condition and were treated otherwise, "
        "whoever did so.",
    )
    confidence = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], readonly=True
    )
    example_ids = fields.Many2many(
        "bank.transaction", "bank_feed_proposal_example_rel", string="Examples", readonly=True
    )
    counter_example_ids = fields.Many2many(
        "bank.transaction",
        "bank_feed_proposal_counter_example_rel",
        string="Treated otherwise",
        readonly=True,
    )
    explanation = fields.Char(compute="_compute_explanation")

    # What came of it
    result = fields.Reference(
        [
            ("res.partner.bank", "Bank account"),
            ("bank.feed.alias", "Other name"),
            ("bank.feed.rule", "Rule"),
        ],
        readonly=True,
        help="What was made of it when it was accepted.",
    )

    _state_transitions = {
        "proposed": {"accepted", "rejected", "withdrawn"},
        "accepted": {"proposed"},
        "rejected": {"proposed"},
        "withdrawn": {"proposed"},
    }

    def init(self):
        self.env.cr.execute(
            """
            CREATE UNIQUE INDEX IF NOT EXISTS bank_feed_proposal_company_key_unique
                ON bank_feed_proposal (company_id, key)
            """
        )

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.depends_context("lang")
    @api.depends(
        "kind", "support", "days", "counter_count", "partner_id", "account_id", "direction",
        "condition_field", "condition_operator", "condition_value",
    )  # fmt: skip
    def _compute_explanation(self):
        for proposal in self:
            proposal.condition = proposal._condition_in_words()
            proposal.explanation = " ".join(
                part for part in (proposal._what_in_words(), proposal._against_in_words()) if part
            )

    def _condition_in_words(self):
        names = ("condition_field", "condition_operator", "direction")
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in names}
        said = self.env._(
            "%(field)s %(operator)s “%(value)s”",
            field=labels["condition_field"].get(self.condition_field, ""),
            operator=labels["condition_operator"].get(self.condition_operator, ""),
            value=self.condition_value,
        )
        way = labels["direction"].get(self.direction)
        return self.env._("%(way)s, %(condition)s", way=way, condition=said) if way else said

    def _what_in_words(self):
        said = {
            "support": self.support,
            "days": self.days,
            "value": self.condition_value,
            "partner": self.partner_id.display_name,
            "account": self.account_id.with_company(self.company_id).display_name,
        }
        if self.kind == "iban":
            return self.env._(
                "%(support)s payments on %(days)s days with the account %(value)s were assigned to "
                "%(partner)s by hand.",
                **said,
            )
        if self.kind == "name":
            return self.env._(
                "%(support)s payments on %(days)s days that name “%(value)s” were assigned to "
                "%(partner)s by hand.",
                **said,
            )
        return self.env._(
            "%(support)s payments on %(days)s days that have “%(value)s” in common were booked to "
            "%(account)s by hand.",
            **said,
        )

    def _against_in_words(self):
        if not self.counter_count:
            return self.env._("None was treated otherwise.")
        return self.env._("%(count)s were treated otherwise.", count=self.counter_count)

    # ------------------------------------------------------------------
    # Learning
    # ------------------------------------------------------------------

    @api.model
    def _cron_learn(self):
        """Weekly: look for proposals in every company with a bank feed."""
        groups = self.env["bank.transaction"].sudo()._read_group([], ["company_id"])
        self._enqueue_learning([company for (company,) in groups])

    @api.model
    def _enqueue_learning(self, companies):
        for company in companies:
            self.env["bank.feed.proposal"].sudo().with_delay(
                description=f"Look for proposals for {company.name}"
            )._learn(company)

    def action_learn(self):
        """Look for proposals now, in the background."""
        self.env["bank.guarded.state"]._require_role("accountant")
        self._enqueue_learning(self.env.companies)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Proposals are being looked for in the background."),
            },
        }

    @api.model
    @repeatable
    def _learn(self, company):
        """Propose what people do by hand; a proposal that holds no longer is withdrawn."""
        if not self.env["bank.feed.turn"]._take_or_come_back(f"learn.{company.id}"):
            return
        proposals = self.sudo().with_company(company)
        history = proposals.env["bank.transaction"]._learning_history(company)
        before = proposals.search([("company_id", "=", company.id)])
        found = learn(history, proposals._known(company, history, before))
        proposals._keep(company, found, {one.key: one for one in before})

    @api.model
    def _keep(self, company, found, before):
        """Keep what was found.

        :param dict before: the company's proposals by their key
        """
        fresh = []
        for one in found:
            values = self._values(company, one)
            known = before.pop(values["key"], None)
            if not known:
                fresh.append(values)
            elif known.state == "proposed":
                known.write(values)
            else:
                again = self.env._("more cases speak for it")
                known._set_state("proposed", again, reason=False, result=False, **values)
        created = self.create(fresh)
        self.env["bank.audit.log"]._record(
            "propose", [(one, "", one.state, one.explanation) for one in created]
        )
        gone = self.browse().union(*(one for one in before.values() if one.state == "proposed"))
        gone._set_state("withdrawn", "it is known by now, or holds no longer")

    def _values(self, company, found):
        is_rule = found.kind == "rule"
        return {
            "company_id": company.id,
            "key": json.dumps(found.key, ensure_ascii=False),
            "kind": found.kind,
            "partner_id": False if is_rule else found.target,
            "account_id": found.target if is_rule else False,
            "direction": found.direction,
            "condition_field": found.condition.field,
            "condition_operator": found.condition.operator,
            "condition_value": found.condition.value,
            "tax_ids": [Command.set(list(found.tax_ids))],
            "analytic_distribution": dict(found.analytic) or False,
            "support": found.support,
            "people": found.people,
            "days": found.days,
            "counter_count": len(found.counter_examples),
            "confidence": found.confidence,
            "example_ids": [Command.set(list(found.examples[:MOST_EXAMPLES]))],
            "counter_example_ids": [Command.set(list(found.counter_examples[:MOST_EXAMPLES]))],
        }

    # ------------------------------------------------------------------
    # What needs no proposal
    # ------------------------------------------------------------------

    def _known(self, company, history, before):
        """What is there already, switched on or not: somebody has thought about it."""
        everything = self.with_context(active_test=False)
        return Known(
            directory=everything._directory(company, history),
            rules=everything._rules(company),
            answers=[one._answer() for one in before if one.state in ("accepted", "rejected")],
            not_proposed=everything._not_proposed(company),
        )

    def _directory(self, company, history):
        """The partners of the history with their names, and the owners of its accounts."""
        owners = {}
        accounts = self.env["res.partner.bank"].search_fetch(
            [("company_id", "in", (False, company.id))], ["sanitized_acc_number", "partner_id"]
        )
        for account in accounts:
            owner = account.partner_id.commercial_partner_id.id
            owners.setdefault(owner, []).append(account.sanitized_acc_number)
        ids = {one.partner_id for one in history} - {None} | set(owners)
        partners = self.env["res.partner"].browse(sorted(ids))
        partners.fetch(["name"])
        names = self.env["bank.feed.alias"]._names_by_partner(partners)
        return PartnerDirectory(
            [
                Partner(
                    partner.id,
                    (partner.name or "", *names.get(partner.id, ())),
                    tuple(owners.get(partner.id, ())),
                )
                for partner in partners
            ],
            self.env["bank.feed.books"]._own_accounts(company),
        )

    def _rules(self, company):
        rules = self.env["bank.feed.rule"].search(
            [("company_id", "in", (False, company.id)), ("kind", "=", "book")]
        )
        return [spec for rule in rules if (spec := _spec(rule))]

    def _not_proposed(self, company):
        """Accounts that are the bank's own, or on the way to another one."""
        journals = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "in", ("bank", "cash", "credit"))]
        )
        accounts = journals.default_account_id | journals.suspense_account_id
        accounts |= company.transfer_account_id | company.account_journal_suspense_account_id
        return frozenset(accounts.ids)

    def _answer(self):
        return Answer(
            kind=self.kind,
            condition=Condition(
                self.condition_field, self.condition_operator, self.condition_value
            ),
            target=(self.account_id or self.partner_id).id,
            support=self.support,
            direction=self.direction or None,
        )

    # ------------------------------------------------------------------
    # What people can do
    # ------------------------------------------------------------------

    def action_accept(self):
        """Make what is proposed, and nothing else: a rule that comes of it is switched off."""
        proposals = self._authorise("accountant")
        for proposal in proposals:
            proposal._refuse_answered()
            make = {"iban": proposal._bank_account, "name": proposal._alias, "rule": proposal._rule}
            result = make[proposal.kind]()
            proposal._set_state(
                "accepted",
                proposal.explanation,
                event="accept",
                result=f"{result._name},{result.id}",
            )

    def action_reject(self, reason=None):
        """Not this. It is proposed again when twice as many cases speak for it."""
        proposals = self._authorise("accountant")
        for proposal in proposals:
            proposal._refuse_answered()
        proposals._set_state("rejected", reason or "", event="reject", reason=reason)

    def action_view_result(self):
        self.ensure_one()
        result = self.result.exists() if self.result else None
        if not result:
            raise UserError(self.env._("What came of this proposal is gone."))
        return {
            "type": "ir.actions.act_window",
            "res_model": result._name,
            "res_id": result.id,
            "view_mode": "form",
        }

    def _refuse_answered(self):
        if self.state != "proposed":
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._("This proposal is not waiting for an answer: %s.", states[self.state])
            )

    def _bank_account(self):
        """The account as the partner's own; whether to send money there is another question."""
        accounts = self.env["res.partner.bank"].with_context(active_test=False)
        values = {"acc_number": self.condition_value, "partner_id": self.partner_id.id}
        same = [
            ("sanitized_acc_number", "=", self.condition_value),
            ("partner_id", "=", self.partner_id.id),
        ]
        known = accounts.search(same, limit=1)
        return self._refuse_archived(known) or accounts.create(values)

    def _alias(self):
        aliases = self.env["bank.feed.alias"].with_context(active_test=False)
        values = {"name": self.condition_value, "partner_id": self.partner_id.id}
        folded = aliases.new(values).folded
        same = [("partner_id", "=", self.partner_id.id), ("folded", "=", folded)]
        known = aliases.search(same, limit=1)
        return self._refuse_archived(known) or aliases.create(values)

    def _refuse_archived(self, known):
        """What somebody made meanwhile; not what somebody put away."""
        if known and not known.active:
            raise UserError(
                self.env._(
                    "%s is archived. Take it out of the archive instead.", known.display_name
                )
            )
        return known

    def _rule(self):
        """A rule that books to the account, switched off until somebody switches it on."""
        return self.env["bank.feed.rule"].create(
            {
                "name": self.condition_value,
                "kind": "book",
                "active": False,
                "company_id": self.company_id.id,
                "direction": self.direction,
                "condition_ids": [
                    Command.create(
                        {
                            "field": self.condition_field,
                            "operator": self.condition_operator,
                            "value": self.condition_value,
                        }
                    )
                ],
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.account_id.id,
                            "share": "rest",
                            "tax_ids": [Command.set(self.tax_ids.ids)],
                            "analytic_distribution": self.analytic_distribution,
                        }
                    )
                ],
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_answered_never(self):
        if any(proposal.state in ("accepted", "rejected") for proposal in self):
            raise UserError(
                self.env._("What a person has answered is kept: it is not asked again.")
            )


def _spec(rule):
    """The rule as the matching core knows it; None for one that makes no sense any more."""
    try:
        return rule._spec()
    except ValueError:
        return None
