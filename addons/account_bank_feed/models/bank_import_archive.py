from odoo import fields, models
from odoo.addons.bank_statement_format import InvalidStatement
from odoo.addons.bank_statement_format.formats.zip_archive import members


class BankImport(models.Model):
    """An archive is received like any file, and every file in it through the same door."""

    _inherit = "bank.import"

    archive_id = fields.Many2one(
        "bank.import",
        "Archive",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The archive in which the file came.",
    )
    member_ids = fields.One2many("bank.import", "archive_id", "Files in it", readonly=True)

    def _unpack(self, fmt):
        """Receive every file in the archive, all of them or none; each is then read by itself.

        :raises InvalidStatement: when the archive is broken or holds nothing
        """
        door = self.env["bank.import"].with_user(self.user_id)
        with self.env.cr.savepoint():
            for name, member in members(self._open()):
                door._receive(
                    f"{self.name}/{name}",
                    member.read(),
                    company=self.company_id,
                    journal=self.journal_id,
                    source=self.source,
                    archive=self,
                )
            if not self.member_ids:
                raise InvalidStatement(self._in_company_language()._("The archive holds no files"))
        self._set_state(
            "done",
            "its files were received",
            format=fmt.name,
            finished_at=fields.Datetime.now(),
        )
        self.message_post(body=self.env._("%s files in it were received.", len(self.member_ids)))
