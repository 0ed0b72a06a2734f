from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html_sanitize


class BankTransaction(models.Model):
    """Who looks after a transaction, and what people say about it."""

    _name = "bank.transaction"
    _inherit = ["bank.transaction", "mail.thread"]

    _mail_post_access = "read"

    assigned_user_id = fields.Many2one(
        "res.users",
        "Assigned to",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who is to decide what it is.",
    )

    def create(self, vals_list):
        """Nobody follows a transaction from its birth on, and nothing is said about that."""
        records = super(BankTransaction, self.with_context(tracking_disable=True)).create(vals_list)
        return records.with_env(self.env)

    def review_people(self):
        """Who may decide in the company of this transaction."""
        self.ensure_one()
        self.check_access("read")
        users = self.env["res.users"].search([("company_ids", "in", self.company_id.ids)])
        return [{"id": user.id, "name": user.name} for user in users if user._decides_bank_feed()]

    def review_assign(self, user_id):
        """Give these to somebody, who is told so; to nobody when there is no ``user_id``."""
        records = self._authorise("accountant")
        user = self.env["res.users"].browse(user_id or ()).exists()
        if user and not user._decides_bank_feed():
            raise UserError(self.env._("%s may not decide about transactions.", user.name))
        if user and records.company_id - user.sudo().company_ids:
            raise UserError(self.env._("%s does not work in this company.", user.name))
        before = {record: record.assigned_user_id.name for record in records}
        records.assigned_user_id = user
        self.env["bank.audit.log"]._record(
            "assign", [(record, name, user.name, "") for record, name in before.items()]
        )
        if user and user != self.env.user:
            records._tell_assigned(user)

    def _tell_assigned(self, user):
        """One message, however many these are."""
        names = ", ".join(self[:3].mapped("display_name"))
        more = self.env._(" and %s more", len(self) - 3) if len(self) > 3 else ""
        self[0].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("Bank transactions to decide: %s", len(self)),
            body=self.env._(
                "%(who)s assigned to you: %(what)s%(more)s",
                who=self.env.user.name,
                what=names,
                more=more,
            ),
        )

    # ------------------------------------------------------------------
    # Comments
    # ------------------------------------------------------------------

    def _review_messages(self):
        """What people wrote, without what they may not read."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("message_type", "in", ("comment", "email")),
            ],
            order="id",
        )
        return messages

    def review_comments(self):
        """The comments on a transaction, the newest last."""
        self.ensure_one()
        self.check_access("read")
        return [
            {
                "id": message.id,
                "author": message.author_id.display_name or message.email_from or "",
                "date": fields.Datetime.to_string(message.date),
                "body_html": html_sanitize(message.body or ""),
            }
            for message in self._review_messages()
        ]

    def action_review_ask(self):
        """Write to colleagues about it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask a colleague"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],  # the screen opens it as it is
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_comment",
                "default_subject": self.display_name,
            },
        }


class ResUsers(models.Model):
    _inherit = "res.users"

    def _decides_bank_feed(self):
        return self.has_group("account_bank_feed.group_accountant")
