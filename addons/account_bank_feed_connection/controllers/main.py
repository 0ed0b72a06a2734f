import logging
import re

from odoo import http
from odoo.addons.account_bank_feed.controllers.main import file_response
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..models.bank_connection import CALLBACK


class BankConnectionController(http.Controller):
    @http.route(CALLBACK, type="http", auth="user", methods=["GET"])
    def come_back(self, **answer):
        """Somebody comes back from a bank's page."""
        sign_ins = request.env["bank.sign.in"]
        answer = {**answer, "state": answer.get("state") or sign_ins._implied_state()}
        sign_in = sign_ins._find(answer["state"])
        allowed = request.env.user.has_group("account_bank_feed.group_manager")
        if not sign_in or not allowed:
            response = request.render("account_bank_feed_connection.sign_in_over")
            response.status_code = 403
            return response
        company = sign_in.connection_id.company_id
        connection = sign_in.connection_id.with_env(request.env).with_company(company)
        connection.check_access("write")
        try:
            with request.env.cr.savepoint():
                address = connection._signed_in(answer)
        except UserError as error:
            address = None
            connection.error = str(error)
        if address:
            return request.redirect(address, local=False)
        return request.redirect(f"/odoo/bank-connections/{connection.id}")

    @http.route(
        "/account_bank_feed/window/<int:window_id>", type="http", auth="user", methods=["GET"]
    )
    def payload(self, window_id):
        """What a bank sent in vain, for who may see the period that it was asked for."""
        try:
            window = request.env["bank.feed.window"].search([("id", "=", window_id)])
        except AccessError:
            # The same answer for both: nobody learns which periods exist.
            raise request.not_found() from None
        # No import has it, so the file itself opens for nobody.
        file = window.payload_id.sudo()
        if not file:
            raise request.not_found()
        content = file._open().read()
        request.env["bank.audit.log"]._record(
            "download", [(window, "", {"name": file.name, "sha256": file.sha256}, "")]
        )
        return file_response(file.name, content)


class _WithoutAnswers(logging.Filter):
    """Keeps what banks send along out of the server's log of requests."""

    def filter(self, record):
        if CALLBACK in record.getMessage():
            record.msg = re.sub(rf"({CALLBACK})\?\S*", r"\1?…", record.getMessage())
            record.args = ()
        return True


logging.getLogger("werkzeug").addFilter(_WithoutAnswers())
