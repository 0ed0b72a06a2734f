import json
import logging
import re

from odoo import api, fields, models
from odoo.addons.bank_statement_format import ProfileError, profile_from
from odoo.addons.bank_statement_format.profile import shipped
from odoo.exceptions import UserError, ValidationError

_logger = logging.getLogger(__name__)

CODE = re.compile(r"[a-z0-9_]{1,64}")

DECIDES_READING = {"active", "code", "company_id", "data", "journal_id"}
"""Fields after whose change a file may be read otherwise."""


class BankStatementProfile(models.Model):
    """How one bank's tables, XML or PDFs are laid out: confirmed once, used for every file since.

    ``data`` is what :func:`bank_statement_format.profile_from` understands, less its label
    and kind, which have fields of their own.
    """

    _name = "bank.statement.profile"
    _description = "Bank Statement Profile"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="What people read, such as the bank and its export.")
    code = fields.Char(
        "Technical name",
        copy=False,
        help="Kept on every transaction as its source. Small letters, digits and _; made of the "
        "name where none is given.",
    )
    kind = fields.Selection(
        [("table", "Table"), ("xml", "XML"), ("pdf", "PDF")], required=True, default="table"
    )
    data = fields.Json(required=True)
    source = fields.Text(
        "Layout", compute="_compute_source", inverse="_inverse_source", help="The layout as JSON."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Whose files it is for; empty for those of all companies."
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="The journal of files that name no account.",
    )
    confirmed_by_id = fields.Many2one("res.users", "Confirmed by", readonly=True, copy=False)
    confirmed_at = fields.Datetime("Confirmed on", readonly=True, copy=False)
    import_count = fields.Integer("Files read", compute="_compute_usage")
    last_used_at = fields.Datetime("Last used", compute="_compute_usage")

    @api.depends("data")
    def _compute_source(self):
        for profile in self:
            profile.source = json.dumps(profile.data or {}, indent=4, ensure_ascii=False)

    def _inverse_source(self):
        for profile in self:
            profile.data = parse_json(profile.env, profile.source)

    @api.depends("code", "company_id")
    def _compute_usage(self):
        for profile in self:
            domain = [("dialect", "=", profile.code)]
            if profile.company_id:
                domain.append(("company_id", "=", profile.company_id.id))
            [(count, last)] = self.env["bank.import.statement"]._read_group(
                domain, [], ["import_id:count_distinct", "create_date:max"]
            )
            profile.import_count = count
            profile.last_used_at = last

    # ------------------------------------------------------------------
    # What may be in it
    # ------------------------------------------------------------------

    @api.constrains("name", "code", "kind", "data")
    def _check_layout(self):
        for profile in self:
            if not CODE.fullmatch(profile.code or ""):
                raise ValidationError(
                    self.env._("The technical name may have small letters, digits and _ only.")
                )
            try:
                profile._as_profile()
            except ProfileError as error:
                raise ValidationError(str(error)) from error

    @api.constrains("code", "company_id", "active")
    def _check_unique(self):
        for profile in self.filtered("active"):
            same = self.sudo().search([("code", "=", profile.code), ("id", "!=", profile.id)])
            companies = (profile.company_id, self.env["res.company"])
            if any(not profile.company_id or other.company_id in companies for other in same):
                raise ValidationError(
                    self.env._("There is a profile with the technical name %s.", profile.code)
                )

    def _as_profile(self):
        """As the formats understand it.

        :raises ProfileError: when it declares nonsense
        """
        self.ensure_one()
        return profile_from(self.code, self._export())

    def _export(self):
        """Its JSON data, complete: the content of a profile's file."""
        return {**(self.data or {}), "kind": self.kind, "label": self.name}

    @api.model
    def _values_of(self, code, data):
        """Field values for a profile's JSON data; the opposite of :meth:`_export`."""
        data = dict(data) if isinstance(data, dict) else {}
        kind, label = data.pop("kind", "table"), data.pop("label", "")
        kinds = self._fields["kind"].get_values(self.env)
        if kind not in kinds:
            raise ValidationError(
                self.env._(
                    "“%(kind)s” is no kind of profile. Known are %(known)s.",
                    kind=kind,
                    known=", ".join(kinds),
                )
            )
        return {"code": code, "kind": kind, "name": label or code, "data": data}

    @api.model
    def _shipped(self):
        """The profiles that came with the program, by technical name."""
        kinds = self._fields["kind"].get_values(self.env)
        return {profile.name: profile for kind in kinds for profile in shipped(kind)}

    @api.model
    def _free_code(self, label):
        """A technical name made of a label, that no profile bears yet, shipped ones included."""
        code = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:50] or "profile"
        others = self.sudo().with_context(active_test=False)
        taken = set(others.search([("code", "=like", f"{code}%")]).mapped("code"))
        taken |= set(self._shipped())
        candidates = (code if number == 1 else f"{code}_{number}" for number in range(1, 10_000))
        return next(candidate for candidate in candidates if candidate not in taken)

    # ------------------------------------------------------------------
    # Use
    # ------------------------------------------------------------------

    @api.model
    def _of_company(self, company):
        return self.sudo().search([("company_id", "in", (False, company.id))])

    @api.model
    def _usable_in(self, company):
        """The company's profiles, as the formats understand them."""
        usable = []
        for profile in self._of_company(company):
            try:
                usable.append(profile._as_profile())
            except ProfileError as error:
                # Made for an older version. Files of all other kinds must stay readable.
                _logger.warning("Profile %s is left out: %s", profile.id, error)
        return usable

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        signed = {"confirmed_by_id": self.env.uid, "confirmed_at": now}
        profiles = self.browse()
        for vals in vals_list:
            code = vals.get("code") or self._free_code(vals.get("name") or "")
            profiles += super().create([{**vals, **signed, "code": code}])
        profiles._read_waiting_files()
        return profiles

    def write(self, vals):
        if {"data", "source"} & set(vals):
            vals = {
                **vals,
                "confirmed_by_id": self.env.uid,
                "confirmed_at": fields.Datetime.now(),
            }
        result = super().write(vals)
        if DECIDES_READING & set(vals):
            self._read_waiting_files()
        return result

    def copy_data(self, default=None):
        return [
            {**vals, "code": self._free_code(profile.code)}
            for profile, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _read_waiting_files(self):
        """Files that waited for a layout may be of this one."""
        domain = [("state", "=", "unconfirmed"), ("asks", "=", "layout")]
        if all(self.mapped("company_id")):
            domain.append(("company_id", "in", self.company_id.ids))
        imports = self.env["bank.import"].sudo().search(domain, order="id")
        imports._read_again(self.env._("The profile %s was saved.", ", ".join(self.mapped("name"))))

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def action_export(self):
        """Download the profiles: one as a JSON file, several in an archive."""
        self.check_access("read")
        ids = ",".join(str(profile_id) for profile_id in self.ids)
        return {
            "type": "ir.actions.act_url",
            "url": f"/account_bank_feed/profiles?ids={ids}",
            "target": "download",
        }

    def _export_json(self):
        """The profile's file, as it can be imported anywhere."""
        return json.dumps(self._export(), indent=4, ensure_ascii=False).encode() + b"\n"

    @api.model
    def _import_json(self, file_name, content, **values):
        """A new profile from its file.

        :param str file_name: its stem becomes the technical name
        :param bytes content: JSON, as :meth:`_export_json` writes it
        """
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(self.env._("%s is not JSON in UTF-8.", file_name)) from error
        stem = file_name.rpartition("/")[2].removesuffix(".json")
        data = parse_json(self.env, text, file_name)
        return self.create({**self._values_of(self._free_code(stem), data), **values})

    def action_view_imports(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Files read by %s", self.name),
            "res_model": "bank.import",
            "view_mode": "list,form",
            "domain": [("statement_ids.dialect", "=", self.code)],
        }


def parse_json(env, text, name=None):
    """A JSON object; anything else is told to the user."""
    try:
        data = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        place = f"{name}: " if name else ""
        raise ValidationError(env._("%(place)sNo JSON: %(why)s", place=place, why=error)) from error
    if not isinstance(data, dict):
        raise ValidationError(env._("A profile must be a JSON object."))
    return data
