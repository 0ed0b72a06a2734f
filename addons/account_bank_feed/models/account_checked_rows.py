from odoo import models

from ..bulk.only_here import CHECKED, has_key, made_once


class AccountCheckedRows(models.AbstractModel):
    """Rows that are created in bulk, like one that Odoo has created and checked."""

    _name = "account.checked.rows"
    _description = "Rows Like a Checked One"

    def new(self, values=None, origin=None, ref=None):
        """To learn the currency of an amount, Odoo makes a record for each amount of each row."""
        if has_key(self, CHECKED) and values and not (origin or ref):
            return made_once(self, CHECKED, values, super().new)
        return super().new(values, origin, ref)

    def _validate_fields(self, field_names, excluded_names=()):
        if not has_key(self, CHECKED):
            super()._validate_fields(field_names, excluded_names)
