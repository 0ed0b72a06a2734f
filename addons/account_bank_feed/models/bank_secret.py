from odoo import api, fields, models

from .. import vault


class BankSecret(models.Model):
    """A secret of a record, locked. Nobody has rights to it: `vault` is its only door."""

    _name = "bank.secret"
    _description = "Bank Secret"
    _inherit = ["bank.enveloped"]

    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", required=True, readonly=True)
    field = fields.Char(required=True, readonly=True)
    lock = fields.Char(required=True)
    sealed = fields.Text(
        required=True, readonly=True, copy=False, exportable=False, groups=fields.NO_ACCESS
    )

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS bank_secret_place_unique "
            "ON bank_secret (model, res_id, field)"
        )

    def _place(self):
        return self.model, self.res_id, self.field

    @api.autovacuum
    def _gc_ownerless(self):
        """What was deleted past Odoo, or with its addon, leaves no secrets behind."""
        for model, rows in self._read_group([], ["model"], ["id:recordset"]):
            if model in self.env:
                owners = self.env[model].browse(rows.mapped("res_id")).exists()
                rows.filtered(lambda row, ids=set(owners.ids): row.res_id not in ids).unlink()
            elif not self.env["ir.model"].sudo().search_count([("model", "=", model)]):
                rows.unlink()


class SecretField(fields.Char):
    """A field that people write and nobody reads; only on models that inherit `bank.secret.owner`.

    Its value never is in it, nor in the ORM's cache: it is always empty. An empty value changes
    nothing, since that is what a form sends which was not filled in.
    """

    def __init__(self, string=None, **attributes):
        super().__init__(
            **{"string": string} if string else {},
            compute="_compute_no_secret",
            inverse="_inverse_no_secret",
            copy=False,
            exportable=False,
            **attributes,
        )

    def convert_to_cache(self, value, record, validate=True):
        return None


class BankSecretOwner(models.AbstractModel):
    """A model with secrets: it declares them as `SecretField`, and has a ``company_id``."""

    _name = "bank.secret.owner"
    _description = "Owner of Secrets"

    secrets_set = fields.Char(
        compute="_compute_secrets_set",
        exportable=False,
        help="The names of those secrets that are set, each in bars: |client_secret|private_key|",
    )

    @api.model
    def _secret_names(self):
        return [name for name, field in self._fields.items() if isinstance(field, SecretField)]

    def _compute_no_secret(self):
        for name in self._secret_names():
            self[name] = False

    def _inverse_no_secret(self):
        """They are kept by `create` and `write`, which see what is given."""

    def _compute_secrets_set(self):
        kept = vault.kept_of(self)
        for record in self:
            names = sorted(kept.get(record.id, ()))
            record.secrets_set = "".join(["|", *(f"{name}|" for name in names)]) if names else False

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record, values in zip(records, vals_list, strict=True):
            record._keep_secrets(values)
        return records

    def write(self, vals):
        result = super().write(vals)
        for record in self:
            record._keep_secrets(vals)
        return result

    def unlink(self):
        self.check_access("unlink")
        vault.forget(self)
        return super().unlink()

    def _keep_secrets(self, values):
        for name in self._secret_names():
            if values.get(name):
                vault.store(self, name, values[name])
