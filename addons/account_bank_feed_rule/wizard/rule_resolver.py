"""From a rule in a file to a rule in this company: names and numbers become records."""

# Sentences are marked here and translated by the wizard.
# pylint: disable=prefer-env-translation

from ..matching import all_strategies
from ..models.bank_feed_rule_portable import ACCOUNT_FIELDS
from ..rule_files import RULE, TERM_FIELDS, RuleFileError, as_number, check_shape


def _(sentence):
    """Marks a sentence for the translators."""
    return sentence


class Resolver:
    """Makes field values of one rule of a file, and keeps what it could not resolve.

    :param company: whose accounts, taxes and journals are meant
    """

    def __init__(self, env, company):
        # Names in the file are those without a language.
        self.env = env(context={**env.context, "lang": None, "active_test": True})
        self.company = company
        self.problems = []

    def values(self, rule):
        """Field values for a new rule; see ``problems`` whether they are complete."""
        self.problems += list(check_shape(rule, RULE))
        if self.problems:
            return {}
        values = {
            "name": rule.get("name") or "",
            "kind": rule.get("kind") or "match",
            "company_id": False if rule.get("all_companies") else self.company.id,
            "journal_ids": [
                (6, 0, [self._journal(code).id for code in rule.get("journals") or ()])
            ],
            "direction": rule.get("direction") or False,
            "amount_min": self._number(rule.get("amount_min")),
            "amount_max": self._number(rule.get("amount_max")),
            "condition_ids": [
                (0, 0, {name: one.get(name) or False for name in ("field", "operator", "value")})
                for one in rule.get("conditions") or ()
            ],
            "strategy_ids": [(6, 0, self._strategies(rule.get("strategies") or ()))],
            "line_ids": [
                (0, 0, self._line(line, 10 * place))
                for place, line in enumerate(rule.get("lines") or (), start=1)
            ],
        }
        if not values["name"]:
            self._problem(_("The rule has no name"))
        self._choices(values)
        return values | self._bands(rule) | self._terms(rule) | self._accounts(rule)

    def _problem(self, problem, **params):
        self.problems.append(RuleFileError(problem, **params))

    def _choices(self, values):
        """Selections must be known before anything is written."""
        rules = self.env["bank.feed.rule"]
        self._choice(rules, "kind", values["kind"])
        if values["direction"]:
            self._choice(rules, "direction", values["direction"])
        for _zero, _none, condition in values["condition_ids"]:
            for name in ("field", "operator"):
                self._choice(self.env["bank.feed.rule.condition"], name, condition[name])
        for _zero, _none, line in values["line_ids"]:
            self._choice(self.env["bank.feed.rule.line"], "share", line["share"])

    def _choice(self, model, name, value):
        known = model._fields[name].get_values(self.env)
        if value not in known:
            self._problem(
                _("%(name)s: “%(value)s” is unknown, known are %(known)s"),
                name=name,
                value=value,
                known=", ".join(known),
            )

    def _bands(self, rule):
        names = {"post": "post_score", "suggest": "suggest_score", "margin": "margin"}
        given = rule.get("bands") or {}
        return {names[key]: value for key, value in given.items() if value is not None}

    def _terms(self, rule):
        given = rule.get("terms") or {}
        return {
            name: self._number(given[name]) if kind is str else given[name]
            for name, kind in TERM_FIELDS.items()
            if given.get(name) is not None
        }

    def _accounts(self, rule):
        given = rule.get("accounts") or {}
        return {
            field: self._account(given[kind]).id if given.get(kind) else False
            for kind, field in ACCOUNT_FIELDS.items()
        }

    def _line(self, line, sequence):
        return {
            "sequence": sequence,
            "account_id": self._account(line.get("account") or "").id,
            "share": line.get("share") or "rest",
            "value": self._number(line.get("value")),
            "pattern": line.get("pattern") or False,
            "deducted": bool(line.get("deducted")),
            "tax_ids": [(6, 0, [self._tax(tax).id for tax in line.get("taxes") or ()])],
            "analytic_distribution": {
                ",".join(str(self._analytic(one).id) for one in part.get("accounts") or ()):
                part.get("percent") or 0
                for part in line.get("analytic") or ()
            },
            "label": line.get("label") or False,
            "partner_id": self._partner(line["partner"]).id if line.get("partner") else False,
        }  # fmt: skip

    def _number(self, text):
        try:
            return as_number(text)
        except RuleFileError as error:
            self.problems.append(error)
            return 0.0

    # ------------------------------------------------------------------
    # One record for each name
    # ------------------------------------------------------------------

    def _one(self, model, domain, what, name):
        """The one record that is meant; none and several are problems."""
        records = self.env[model].with_company(self.company)
        if model == "account.analytic.account":
            # Its plan is read, too, for which a manager of rules may lack the rights.
            records = records.sudo()
        company = records._check_company_domain(self.company)
        found = records.search([*(company or []), *domain])
        if not found:
            self._problem(_("There is no %(what)s “%(name)s”"), what=what, name=name)
        elif len(found) > 1:
            self._problem(
                _("There are %(count)s of %(what)s “%(name)s”"),
                count=len(found),
                what=what,
                name=name,
            )
        return found if len(found) == 1 else records

    def _journal(self, code):
        types = ("bank", "cash", "credit")
        return self._one(
            "account.journal", [("code", "=", code), ("type", "in", types)], "bank journal", code
        )

    def _account(self, code):
        return self._one("account.account", [("code", "=", code)], "account", code)

    def _tax(self, tax):
        name, use = tax.get("name") or "", tax.get("use") or "none"
        domain = [("name", "=", name), ("type_tax_use", "=", use)]
        return self._one("account.tax", domain, f"{use} tax", name)

    def _analytic(self, account):
        domain = [("name", "=", account.get("name") or "")]
        if account.get("code"):
            domain = [("code", "=", account["code"])]
        if account.get("plan"):
            domain.append(("root_plan_id.name", "=", account["plan"]))
        name = account.get("code") or account.get("name") or ""
        return self._one("account.analytic.account", domain, "analytic account", name)

    def _partner(self, partner):
        """By its number, else its VAT number, else its name."""
        key = next((key for key in ("ref", "vat", "name") if partner.get(key)), "name")
        domain = [(key, "=", partner.get(key) or "")]
        if key == "vat":
            domain.append(("parent_id", "=", False))
        return self._one("res.partner", domain, "partner", partner.get("name") or "")

    def _strategies(self, names):
        for name in names:
            if name not in all_strategies():
                self._problem(_("There is no strategy “%(name)s”"), name=name)
        return self.env["bank.feed.strategy"].search([("name", "in", list(names))]).ids
