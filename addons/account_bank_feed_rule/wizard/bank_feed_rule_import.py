import base64
from dataclasses import dataclass, field

from odoo import fields, models
from odoo.exceptions import UserError

from ..rule_files import RuleFileError, read_rules
from .rule_resolver import Resolver

MAX_SIZE = 1024 * 1024
"""Bytes of a file with rules."""


@dataclass
class Plan:
    """What becomes of one rule of the file.

    :param existing: the rule of that name, or none
    :param changes: what of it would read otherwise
    """

    name: str
    values: dict
    existing: object
    problems: list = field(default_factory=list)
    changes: list = field(default_factory=list)

    @property
    def effect(self):
        if self.problems:
            return "problem"
        if not self.existing:
            return "create"
        return "change" if self.changes else "same"


class BankFeedRuleImport(models.TransientModel):
    """Brings rules in from a file: shows what that would do, then does it, or none of it.

    A rule is recognised by its name. A new one is appended last and switched off; an existing
    one gets the file's wording as a new version and keeps its place, on or off.
    """

    _name = "bank.feed.rule.import"
    _description = "Import of Bank Feed Rules"

    file = fields.Binary(attachment=False, required=True)
    file_name = fields.Char()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Whose accounts, taxes and journals are meant.",
    )
    line_ids = fields.One2many("bank.feed.rule.import.line", "import_id", readonly=True)
    problem_count = fields.Integer(readonly=True)

    def action_check(self):
        """Show what the file would do; nothing is changed."""
        self.ensure_one()
        plans = self._plans()
        self.line_ids.unlink()
        self.write(
            {
                "problem_count": sum(plan.effect == "problem" for plan in plans),
                "line_ids": [(0, 0, self._preview(plan)) for plan in plans],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import rules"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_confirm(self):
        """Do it all, or refuse it all."""
        self.ensure_one()
        plans = self._plans()
        if problems := [plan for plan in plans if plan.problems]:
            told = [f"{plan.name}: {self._told(plan)}" for plan in problems]
            raise UserError(self.env._("Nothing was imported.") + "\n\n" + "\n".join(told))
        rules = self.env["bank.feed.rule"]
        last = rules._last_sequence()
        touched = rules
        for plan in plans:
            if plan.effect == "create":
                last += 10
                touched += rules.create({**plan.values, "sequence": last, "active": False})
            elif plan.effect == "change":
                plan.existing.write(_replacing(plan.values))
                touched += plan.existing
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported rules"),
            "res_model": rules._name,
            "view_mode": "list,form",
            "domain": [("id", "in", touched.ids)],
            "context": {"active_test": False},
        }

    # ------------------------------------------------------------------
    # What would happen
    # ------------------------------------------------------------------

    def _plans(self):
        """What the file would do, with all that stands against it."""
        content = base64.b64decode(self.file or b"")
        if len(content) > MAX_SIZE:
            raise UserError(self.env._("That is too large for rules."))
        try:
            rules = read_rules(content)
        except RuleFileError as error:
            raise UserError(self._said(error)) from error
        plans, names = [], set()
        for number, rule in enumerate(rules, start=1):
            plan = self._plan(rule, number)
            if plan.name in names:
                plan.problems.append(self.env._("The file has another rule of this name"))
            names.add(plan.name)
            plans.append(plan)
        return plans

    def _plan(self, rule, number):
        resolver = Resolver(self.env, self.company_id)
        values = resolver.values(rule if isinstance(rule, dict) else {})
        rules = self.env["bank.feed.rule"]
        name = values.get("name") or self.env._("Rule %s of the file", number)
        company = self.env["res.company"].browse(values.get("company_id") or ())
        existing = rules._named(name, company)
        plan = Plan(name, values, existing)
        plan.problems = [self._said(problem) for problem in resolver.problems]
        if len(existing) > 1:
            plan.problems.append(self.env._("There are several rules of this name"))
        if not plan.problems:
            self._try(plan)
        return plan

    def _try(self, plan):
        """Make the rule, see what it reads like, and take it back."""
        savepoint = self.env.cr.savepoint()
        try:
            made = self.env["bank.feed.rule"].create(plan.values)
            if plan.existing:
                plan.changes = made._differs_from(plan.existing)
        except UserError as error:
            plan.problems.append(str(error))
        finally:
            savepoint.close(rollback=True)

    def _said(self, problem):
        return self.env._(problem.problem, **problem.params)

    def _told(self, plan):
        return "; ".join(plan.problems)

    def _preview(self, plan):
        detail = {
            "create": lambda: self.env._("Appended last, switched off"),
            "change": lambda: self.env._(
                "Becomes version %(version)s; other than now: %(keys)s",
                version=plan.existing.version + 1,
                keys=", ".join(map(self._key_in_words, plan.changes)),
            ),
            "same": lambda: self.env._("Nothing changes"),
            "problem": lambda: self._told(plan),
        }[plan.effect]()
        return {"name": plan.name, "effect": plan.effect, "detail": detail}

    def _key_in_words(self, key):
        """What the rule's form calls what a key of the file is about."""
        special = {
            "all_companies": self.env._("Company"),
            "bands": self.env._("How sure"),
            "terms": self.env._("Differences"),
            "accounts": self.env._("Accounts for differences"),
        }
        if key in special:
            return special[key]
        fields_of_rule = self.env["bank.feed.rule"]._fields
        names = {
            "journals": "journal_ids",
            "conditions": "condition_ids",
            "strategies": "strategy_ids",
            "lines": "line_ids",
        }
        return fields_of_rule[names.get(key, key)]._description_string(self.env)


class BankFeedRuleImportLine(models.TransientModel):
    """What would become of one rule of the file."""

    _name = "bank.feed.rule.import.line"
    _description = "Rule to Import"

    import_id = fields.Many2one("bank.feed.rule.import", required=True, ondelete="cascade")
    name = fields.Char("Rule", readonly=True)
    effect = fields.Selection(
        [
            ("create", "New"),
            ("change", "Changed"),
            ("same", "As it is"),
            ("problem", "Refused"),
        ],
        readonly=True,
    )
    detail = fields.Char("What happens", readonly=True)


def _replacing(values):
    """The values of a new rule, such that they take the place of an old one's."""
    return {
        name: [(5,), *value] if name in ("condition_ids", "line_ids") else value
        for name, value in values.items()
    }
