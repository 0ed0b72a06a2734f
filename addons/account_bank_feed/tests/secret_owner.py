"""A model with secrets, as an addon of a bank has one; there for as long as a test class."""

from odoo import api, fields, models
from odoo.models import MetaModel
from odoo.modules.registry import Registry

from ..models.bank_secret import SecretField
from ..series import ON_19

NAME = "bank.secret.test.owner"


def add(env):
    """Put the model into the registry, with its table.

    :return: what takes it out again
    """

    class Owner(models.Model):
        _name = NAME
        _description = "A bank's connection"
        _inherit = ["mail.thread", "bank.secret.owner"]

        name = fields.Char(tracking=True)
        company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
        client_secret = SecretField("Client secret")
        private_key = SecretField(groups="account_bank_feed.group_manager")
        hint = fields.Char(compute="_compute_hint")

        @api.depends("client_secret")
        def _compute_hint(self):
            for record in self:
                record.hint = f"<{record.client_secret or ''}>"

    known = MetaModel._module_to_models__ if ON_19 else MetaModel.module_to_models
    known["account_bank_feed"].remove(Owner)  # for this registry only
    registry, cr = env.registry, env.cr
    if ON_19:
        from odoo.orm.model_classes import add_to_registry

        add_to_registry(registry, Owner)
        registry._setup_models__(cr, [NAME])
    else:
        Owner._build_model(registry, cr)
        registry.setup_models(cr)
    registry.init_models(cr, [NAME], {"module": "account_bank_feed"})
    env["ir.model.access"].create(
        [
            {
                "name": f"{NAME} {role}",
                "model_id": env["ir.model"]._get_id(NAME),
                "group_id": env.ref(f"account_bank_feed.group_{role}").id,
                "perm_read": True,
                **dict.fromkeys(("perm_write", "perm_create", "perm_unlink"), role == "manager"),
            }
            for role in ("viewer", "manager")
        ]
    )

    def remove():
        registry = Registry(env.cr.dbname)
        del registry[NAME]
        if ON_19:
            registry._setup_models__(cr)
        else:
            registry.setup_models(cr)

    return remove
