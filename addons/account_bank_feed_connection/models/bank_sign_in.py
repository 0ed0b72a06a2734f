import hashlib
import secrets
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.addons.account_bank_feed import vault

from ..protocol import NotAuthorised

LASTS = timedelta(minutes=10)


class BankSignIn(models.Model):
    """Somebody who was sent to a bank's page and is expected back, once, within ten minutes.

    The *state* goes there and comes back with the person; only its digest is kept. Nobody has
    rights to this model.
    """

    _name = "bank.sign.in"
    _description = "Sign-In at a Bank"

    connection_id = fields.Many2one(
        "bank.connection", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connection_id.company_id")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    digest = fields.Char(required=True, readonly=True)
    ends_at = fields.Datetime(required=True, readonly=True)

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS bank_sign_in_digest_unique ON bank_sign_in (digest)"
        )

    @api.model
    def _begin(self, connection, with_state=True):
        """Expect the user back. Who was expected before for the connection, is not any more.

        :param bool with_state: false where the bank sends nothing back; then the user says who it
            is, and is expected from one bank at a time
        :return: the state, and the code verifier (RFC 7636) that the bank is to see afterwards
        """
        self = self.sudo()
        state = secrets.token_urlsafe(32) if with_state else self._implied_state()
        verifier = secrets.token_urlsafe(48)
        same = ["|", ("connection_id", "=", connection.id), ("digest", "=", _digest(state))]
        self.search(same)._drop()
        record = self.create(
            {
                "connection_id": connection.id,
                "user_id": self.env.uid,
                "digest": _digest(state),
                "ends_at": fields.Datetime.now() + LASTS,
            }
        )
        vault.store(record, "verifier", verifier)
        return state, verifier

    @api.model
    def _implied_state(self):
        """The state of a user whom the bank sends back without one."""
        return f"user {self.env.uid}"

    @api.model
    def _find(self, state):
        """The sign-in that the user comes back from; none when it is over, or somebody else's."""
        return self.sudo().search(
            [
                ("digest", "=", _digest(state)),
                ("user_id", "=", self.env.uid),
                ("ends_at", ">", fields.Datetime.now()),
            ]
        )

    @api.model
    def _use_up(self, connection, state):
        """The code verifier of a sign-in, which cannot be used again whatever happens next.

        :raises NotAuthorised: when nobody is expected with this state
        """
        with connection._apart() as (mine, cr):
            found = mine.env["bank.sign.in"]._find(state)
            if found.connection_id != mine or not found._is_ours(cr):
                raise NotAuthorised("This sign-in is over; begin again")
            verifier = vault.reveal(vault.fetch(found, "verifier"))
            found._drop()
        return verifier

    def _is_ours(self, cr):
        """Whether nobody else uses it up at the same time."""
        query = "SELECT id FROM bank_sign_in WHERE id = ANY(%s) FOR UPDATE"
        try:
            cr.execute(query, [self.ids], log_exceptions=False)
        except SerializationFailure:
            return False
        return True

    def _drop(self):
        vault.forget(self)
        self.unlink()

    @api.autovacuum
    def _gc_over(self):
        self.sudo().search([("ends_at", "<", fields.Datetime.now())])._drop()


def _digest(state):
    return hashlib.sha256((state or "").encode()).hexdigest()
