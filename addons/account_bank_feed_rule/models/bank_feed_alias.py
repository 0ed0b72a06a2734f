from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..matching.normalise import words


class BankFeedAlias(models.Model):
    """Another name that a partner pays under, or is named by in remittances."""

    _name = "bank.feed.alias"
    _description = "Other Name of a Partner"
    _order = "name, id"

    name = fields.Char(
        required=True, help="As the bank writes it; capitals and accents do not count."
    )
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    active = fields.Boolean(default=True)
    folded = fields.Char(compute="_compute_folded", store=True, help="The name as it is compared.")

    def init(self):
        self.env.cr.execute(
            """
            CREATE UNIQUE INDEX IF NOT EXISTS bank_feed_alias_partner_folded_unique
                ON bank_feed_alias (partner_id, folded)
            """
        )

    @api.depends("name")
    def _compute_folded(self):
        for alias in self:
            alias.folded = words(alias.name or "")

    @api.constrains("name")
    def _check_name(self):
        for alias in self:
            if not any(character.isalnum() for character in alias.folded):
                raise ValidationError(self.env._("A name needs letters or digits."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_known(vals.get("partner_id"), vals.get("name"))
        return super().create(vals_list)

    def write(self, vals):
        for alias in self if {"partner_id", "name"} & vals.keys() else ():
            partner_id = vals.get("partner_id", alias.partner_id.id)
            alias._refuse_known(partner_id, vals.get("name", alias.name))
        return super().write(vals)

    def _refuse_known(self, partner_id, name):
        """Say what the unique index would say too, in words that help."""
        same = [("partner_id", "=", partner_id), ("folded", "=", words(name or ""))]
        known = self.with_context(active_test=False).search([*same, ("id", "not in", self.ids)])
        if known:
            raise ValidationError(
                self.env._(
                    "%(partner)s has the name “%(name)s” already, perhaps archived.",
                    partner=known.partner_id.display_name,
                    name=known[0].name,
                )
            )

    @api.model
    def _names_by_partner(self, partners):
        """The other names of these companies and of their contacts, in one query.

        :return: partner id -> names
        """
        found = {}
        of_them = [("partner_id.commercial_partner_id", "in", partners.ids)]
        for alias in self.search_fetch(of_them, ["name", "partner_id"]):
            found.setdefault(alias.partner_id.commercial_partner_id.id, []).append(alias.name)
        return found
