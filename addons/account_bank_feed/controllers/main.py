import io
import re
import zipfile

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request


class BankFeedController(http.Controller):
    @http.route("/account_bank_feed/upload", type="http", auth="user", methods=["POST"])
    def upload(self, journal_id=None, company_id=None, **_other):
        """Take the statement files in ``ufile``, all of them or none.

        They arrive in one request so that matching waits until all of them are read.
        """
        files = request.httprequest.files.getlist("ufile")
        try:
            if not files:
                raise UserError(request.env._("Choose at least one file."))
            company_id = self._as_id(company_id) or self._current_company_id()
            journal_id = self._as_id(journal_id)
            with request.env.cr.savepoint():
                imports = [
                    request.env["bank.import"]._upload(
                        _base_name(file.filename), file.read(), company_id, journal_id
                    )
                    for file in files
                ]
        except AccessError as error:
            return _json_error(error, 403)
        except UserError as error:
            return _json_error(error, 400)
        return request.make_json_response(
            [{"import_id": record.id, "name": record.name} for record in imports]
        )

    @http.route(
        "/account_bank_feed/file/<int:import_id>", type="http", auth="user", methods=["GET"]
    )
    def download(self, import_id):
        """The original file, for who may see every account in it."""
        try:
            record = request.env["bank.import"].search([("id", "=", import_id)])
            record.ensure_one()
            record.file_id.check_access("read")
        except (AccessError, ValueError):
            # The same answer for both: nobody learns which imports exist.
            raise request.not_found() from None
        content = record.file_id._open().read()
        request.env["bank.audit.log"]._record(
            "download", [(record, "", {"name": record.name, "sha256": record.sha256}, "")]
        )
        return file_response(record.name, content)

    @http.route("/account_bank_feed/profiles", type="http", auth="user", methods=["GET"])
    def profiles(self, ids=""):
        """Profiles as files: one as JSON, several in an archive."""
        try:
            wanted = [self._as_id(text) for text in ids.split(",")]
            profiles = request.env["bank.statement.profile"].browse(wanted).exists()
            profiles.check_access("read")
        except (AccessError, UserError):
            raise request.not_found() from None
        if not profiles:
            raise request.not_found()
        files = {f"{profile.code}.json": profile._export_json() for profile in profiles}
        if len(files) == 1:
            [(name, content)] = files.items()
            return file_response(name, content)
        return file_response("bank_statement_profiles.zip", _archive(files))

    def _as_id(self, text):
        """A record id from a form field; None for an empty one."""
        if not text:
            return None
        if not re.fullmatch(r"[1-9][0-9]{0,9}", text):
            raise UserError(request.env._("“%s” is not the id of a record.", text))
        return int(text)

    def _current_company_id(self):
        """The company that the user's screen shows, as the web client remembers it."""
        allowed = request.env.user.company_ids.ids
        chosen = re.findall(r"[0-9]+", request.cookies.get("cids", ""))
        return next((int(text) for text in chosen if int(text) in allowed), request.env.company.id)


def _base_name(name):
    """The last part of a path: some browsers send more of it for files in a folder."""
    return re.split(r"[/\\]", name or "")[-1] or "file"


def file_response(name, content):
    """A file to be saved, whatever is in it."""
    return request.make_response(
        content,
        [
            ("Content-Type", "application/octet-stream"),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ],
    )


def _archive(files):
    """A ZIP of files, given as name -> content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _json_error(error, status):
    return request.make_json_response({"error": str(error)}, status=status)
