import base64
import io
import zipfile

from odoo import api, fields, models
from odoo.addons.bank_statement_format import profile_data
from odoo.exceptions import UserError

MAX_SIZE = 1024 * 1024
"""Bytes of one profile's file, and of an archive of them."""


class BankStatementProfileAdd(models.TransientModel):
    """Adds profiles: from files that were exported, or as copies of the shipped ones."""

    _name = "bank.statement.profile.add"
    _description = "Bank Statement Profile Import"

    origin = fields.Selection(
        [("file", "A file"), ("shipped", "A profile that came with the program")],
        required=True,
        default="file",
    )
    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    shipped = fields.Selection("_select_shipped", "Profile")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('company_id', '=', company_id)]",
        help="The journal of files that name no account.",
    )

    @api.model
    def _select_shipped(self):
        return sorted(
            (
                (profile.name, profile.label)
                for profile in self.env["bank.statement.profile"]._shipped().values()
            ),
            key=lambda choice: choice[1].lower(),
        )

    def action_confirm(self):
        self.ensure_one()
        profiles = self._from_file() if self.origin == "file" else self._from_shipped()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Profiles"),
            "res_model": profiles._name,
            "domain": [("id", "in", profiles.ids)],
            "view_mode": "list,form",
        }
        if len(profiles) == 1:
            action |= {"view_mode": "form", "res_id": profiles.id}
        return action

    def _values(self):
        return {"company_id": self.company_id.id, "journal_id": self.journal_id.id}

    def _from_shipped(self):
        """A copy with the technical name of the original, which it then stands for."""
        profiles = self.env["bank.statement.profile"]
        profile = profiles._shipped().get(self.shipped)
        if not profile:
            raise UserError(self.env._("Choose a profile."))
        values = profiles._values_of(profile.name, profile_data(profile))
        return profiles.create({**values, **self._values()})

    def _from_file(self):
        content = base64.b64decode(self.file or b"")
        if not content:
            raise UserError(self.env._("Choose a file."))
        profiles = self.env["bank.statement.profile"]
        for name, text in self._texts(content):
            profiles += profiles._import_json(name, text, **self._values())
        return profiles

    def _texts(self, content):
        """Name and content of each profile's file."""
        if not zipfile.is_zipfile(io.BytesIO(content)):
            self._check_size(len(content))
            return [(self.file_name or "profile.json", content)]
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".json")]
            self._check_size(sum(entry.file_size for entry in entries))
            if not entries:
                raise UserError(self.env._("The archive holds no JSON file."))
            try:
                return [(entry.filename, archive.read(entry)) for entry in entries]
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise UserError(self.env._("The archive is broken: %s", error)) from error

    def _check_size(self, size):
        if size > MAX_SIZE:
            raise UserError(self.env._("That is too large for profiles."))
