import base64
import binascii
import contextlib
import math
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.addons.account_bank_feed import vault
from odoo.addons.account_bank_feed.models.bank_secret import SecretField
from odoo.exceptions import UserError
from odoo.http import request

from ..notice import said
from ..protocol import (
    ConnectorError,
    ConsentExpired,
    NotAuthorised,
    Person,
    RetryLater,
    tls,
)

NEEDS_A_PERSON = {ConsentExpired.kind: "expired", NotAuthorised.kind: "refused"}
"""The state that follows an error which waiting does not mend."""

CALLBACK = "/account_bank_feed/oauth/callback"
"""Where people come back to from a bank's page."""

PERSON = "bank_feed_person"
"""In the context: the person for whom a bank is asked later than he asked us."""

OF_PEOPLE = (
    "User-Agent",
    "Referer",
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
)
"""What banks may want to know of a person's browser."""


class KeyFile(fields.Binary):
    """A file that is taken apart when it is written, and is never kept itself."""

    def convert_to_cache(self, value, record, validate=True):
        return None


class BankConnection(models.Model):
    """A company's access to a bank: who we are there, and which accounts it opens to us."""

    _name = "bank.connection"
    _description = "Bank Connection"
    _inherit = ["mail.thread", "mail.activity.mixin", "bank.guarded.state", "bank.secret.owner"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    connector = fields.Selection(
        "_connectors", required=True, tracking=True, help="How to speak with the bank."
    )
    url = fields.Char("Address", tracking=True, help="Of the bank's interface, beginning https://")
    client_id = fields.Char("Client", tracking=True, help="How the bank knows us.")
    client_secret = SecretField(help="The password or token that the bank has given you.")
    private_key = SecretField(help="In PEM format.")
    certificate = fields.Text(help="In PEM format; what the bank has of ours, nothing secret.")
    asks_for = fields.Char(
        compute="_compute_connector_says",
        help="The fields that the connector needs, each in bars: |url|client_id|",
    )
    how_to = fields.Text(compute="_compute_connector_says")
    url_example = fields.Char("Example of an address", compute="_compute_connector_says")
    next_step = fields.Selection(
        [
            ("connect", "Connect"),
            ("agree", "Agree at the bank"),
            ("find", "Find accounts"),
            ("link", "Choose journals"),
            ("start", "Start the feeds"),
        ],
        compute="_compute_next_step",
    )
    redirect_uri = fields.Char(
        "Comes back to",
        compute="_compute_redirect_uri",
        help="Where the bank sends people back to; it must be registered there.",
    )
    key_file = KeyFile(
        compute="_compute_key_file",
        inverse="_inverse_no_secret",
        copy=False,
        exportable=False,
        help="A .p12, .pfx or .pem file with both the private key and the certificate: they are "
        "taken out of it, and the file is not kept.",
    )
    key_file_password = SecretField("Its password", help="Opens the key file, and is not kept.")
    authorities = fields.Text(
        "The bank's authorities",
        help="In PEM format, where the bank's certificate is by an authority of its own: then "
        "only these are trusted.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
        help="Is told when the bank wants something, or fails for good.",
    )
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("waiting", "Waiting for consent"),
            ("connected", "Connected"),
            ("expired", "Consent expired"),
            ("refused", "Refused by the bank"),
            ("disconnected", "Disconnected"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    consent_until = fields.Datetime(readonly=True, copy=False, help="When the consent ends.")
    valid_until = fields.Datetime(
        compute="_compute_valid_until",
        store=True,
        help="When the consent, or the certificate, ends.",
    )
    not_before = fields.Datetime(
        "Not asked before",
        readonly=True,
        copy=False,
        help="The bank has said that we ask too often, or that it is down until then. Only a "
        "person asks sooner.",
    )
    error = fields.Char(readonly=True, copy=False, help="What the bank said last, if it refused.")
    feed_ids = fields.One2many("bank.feed", "connection_id", readonly=True)

    _state_transitions = {
        "draft": {"waiting", "connected", "expired", "refused"},
        "waiting": {"connected", "expired", "refused", "draft", "disconnected"},
        "connected": {"waiting", "expired", "refused", "disconnected"},
        "expired": {"waiting", "connected", "refused", "disconnected"},
        "refused": {"waiting", "connected", "expired", "disconnected"},
        "disconnected": {"waiting", "connected"},
    }

    def _compute_key_file(self):
        self.key_file = False

    def write(self, vals):
        """Secrets are for whom they were given: where that changes, they are forgotten.

        What the program itself has learnt of the bank, it writes as superuser.
        """
        if not self.env.su:
            for connection in self.filtered(lambda one: one._is_for_others(vals)):
                connection._forget_secrets()
        return super().write(vals)

    def _recipients(self):
        """The fields that decide who is sent the secrets."""
        return ("connector", "url")

    def _is_for_others(self, values):
        named = values.keys() & set(self._recipients())
        return any(_whose(values[name]) != _whose(self[name]) for name in named)

    def _forget_secrets(self):
        """Certificates too: alone they stand in the way, and the next connector may hide them."""
        if vault.kept_of(self) or self.certificate or self.authorities:
            self.sudo().message_post(
                body=self.env._(
                    "The former keys, passwords and certificates were forgotten: they were for"
                    " another address. Enter what is missing, and connect."
                )
            )
        vault.forget(self)
        self.write({"certificate": False, "authorities": False, "not_before": False})

    def _keep_secrets(self, values):
        """A key file becomes the private key and the certificate."""
        password = values.get("key_file_password") or ""
        values = {name: value for name, value in values.items() if name != "key_file_password"}
        if values.get("key_file"):
            try:
                content = base64.b64decode(values["key_file"])
                self.certificate, values["private_key"] = tls.from_file(content, password)
            except (ValueError, binascii.Error):
                text = self.env._(
                    "The key file does not open. Has it the key and the certificate (.p12 or .pem),"
                    " and is the password right?"
                )
                raise UserError(text) from None
        if values.get("private_key"):
            values["private_key"] = tls.in_lines(values["private_key"])
        super()._keep_secrets(values)

    def _tls(self):
        """How to speak TLS with the bank; see :func:`~.protocol.tls.client_context`.

        Where there is no certificate of ours, the private key is for other ends.
        """
        if not self.certificate:
            return tls.client_context(authorities=self.authorities or None)
        self._require_certificate()
        key = self._secret("private_key")
        return tls.client_context(self.certificate, key, self.authorities or None)

    def _require_certificate(self):
        """Nobody is asked with a certificate that has ended: not all banks say what is wrong then.

        :raises NotAuthorised: when there is none with its key, or it has ended
        """
        if not self.certificate or not vault.is_set(self, "private_key"):
            raise NotAuthorised("The bank wants a certificate and its private key")
        _begin, end = tls.validity(self.certificate)
        if end <= fields.Datetime.now():
            raise NotAuthorised(f"Our certificate ended on {end:%Y-%m-%d}")

    @api.depends("consent_until", "certificate", "state")
    def _compute_valid_until(self):
        for connection in self:
            ends = {connection.consent_until or None}
            if connection.certificate and connection.state not in ("draft", "disconnected"):
                with contextlib.suppress(NotAuthorised):
                    ends.add(tls.validity(connection.certificate)[1])
            connection.valid_until = min(ends - {None}, default=False)

    @api.model
    def _connectors(self):
        return self.env["bank.connector"]._labels()

    @api.depends(lambda self: self._described_in())
    def _compute_redirect_uri(self):
        for connection in self:
            back = connection._described_by()._leads_back(connection)
            connection.redirect_uri = back and f"{connection.get_base_url()}{CALLBACK}"

    @api.depends(lambda self: self._described_in())
    def _compute_connector_says(self):
        for connection in self:
            connector = connection._described_by()
            asks_for = connector._wants(connection) if connection.connector else ()
            connection.asks_for = "".join(["|", *(f"{name}|" for name in asks_for)])
            connection.how_to = connector._how_to()
            connection.url_example = connector._url_example

    @api.model
    def _described_in(self):
        """The fields that decide what a connector wants; addons add their own."""
        return ("connector",)

    def _described_by(self):
        """Its connector; any one's ancestor, where none is chosen or there is none any more."""
        known = self.connector and self.connector in self.env
        return self.env[self.connector if known else "bank.connector"]

    @api.depends("state", "feed_ids.state", "feed_ids.journal_id", "feed_ids.is_inbox")
    def _compute_next_step(self):
        """What a person has to do before the accounts are fetched by themselves."""
        for connection in self:
            waiting = connection.feed_ids.filtered(lambda feed: feed.state == "draft")
            if connection.state != "connected":
                step = "agree" if connection.state == "waiting" else "connect"
            elif not connection.feed_ids:
                step = "find"
            elif waiting._ready_to_start():
                step = "start"
            else:
                step = "link" if waiting else False
            connection.next_step = step

    def _secret(self, field):
        """One of its secrets, for the moment in which it is used; None where it is not set."""
        kept = vault.fetch(self, field)
        return kept and vault.reveal(kept)

    @api.model
    def _person(self):
        """Who asks the bank, as long as somebody waits for the answer.

        :rtype: Person | None
        """
        person = self.env.context.get(PERSON)
        if isinstance(person, Person):  # which no remote caller can send: contexts are JSON
            return person
        if not request or not request.session.uid or not request.httprequest.remote_addr:
            return None
        told = request.httprequest.headers
        headers = {name: told[name] for name in OF_PEOPLE if told.get(name)}
        return Person(request.httprequest.remote_addr, headers)

    @contextlib.contextmanager
    def _apart(self):
        """The connection in a database transaction of its own, committed at the end."""
        with self.env.registry.cursor() as cr:
            yield self.with_env(self.env(cr=cr)), cr

    def _connector(self):
        """The connector itself.

        :raises UserError: when its addon is not there any more
        """
        self.ensure_one()
        if self.connector not in self.env:
            raise UserError(
                self.env._("The addon of %s is not installed any more.", self.display_name)
            )
        return self.env[self.connector]

    # ------------------------------------------------------------------
    # In and out
    # ------------------------------------------------------------------

    def action_connect(self):
        """Sign in; sends the person to the bank where somebody must agree there."""
        connection = self._authorise("manager")
        connection.ensure_one()
        try:
            address = connection._connector()._sign_in(connection)
        except ConnectorError as error:
            raise UserError(connection._in_words(error)) from error
        if address:
            connection._set_state("waiting", "the bank is asked for consent")
            return {"type": "ir.actions.act_url", "url": address, "target": "self"}
        return connection._check()

    def _signed_in(self, answer):
        """A person comes back from the bank.

        :return: the address to which the bank wants the person next, or None
        """
        connection = self._authorise("manager")
        connection.ensure_one()
        try:
            address = connection._connector()._signed_in(connection, answer)
        except ConnectorError as error:
            raise UserError(connection._in_words(error)) from error
        if not address:
            connection._check()
        return address

    def action_check(self):
        """Ask again: at some banks a second person must agree, too."""
        refusals = [connection._check() for connection in self._authorise("manager")]
        return next(filter(None, refusals), None)

    def _check(self):
        """Ask the bank whether it lets us in, and keep the answer.

        :return: an action that tells people why it does not, or None
        """
        self.ensure_one()
        try:
            consent = self._connector()._consent(self)
        except ConnectorError as error:
            return self._refused(error)
        if consent.state == "valid":
            self._become_connected(consent)
        elif consent.state == "waiting":
            if self.state == "connected":
                self._set_state("waiting", "the bank waits for consent")
        elif (self.state, consent.state) != ("waiting", "missing"):
            return self._consent_over(consent)
        return None

    def _consent_over(self, consent):
        """The bank says that it does not let us in any more, though no request has failed yet.

        :return: an action that tells it
        """
        why = {
            "missing": self.env._("Nobody has consented"),
            "expired": self.env._("The consent has ended"),
            "revoked": self.env._("The consent was revoked"),
        }
        error = ConsentExpired(why[consent.state])
        self.sudo().feed_ids._pause(error.message)
        return self._refused(error, noted=True)

    def _become_connected(self, consent):
        self._set_state(
            "connected",
            "the bank lets us in",
            error=False,
            consent_until=consent.valid_until,
            not_before=False,
        )
        self.sudo().feed_ids._resume()
        try:
            self._find_accounts()
        except ConnectorError as error:  # connected it is; people can ask for them again
            self.error = error.message

    def action_disconnect(self):
        """Sign out, and forget the keys. Feeds stay, with their history."""
        for connection in self._authorise("manager"):
            try:
                connection._connector()._sign_out(connection)
            except (ConnectorError, UserError) as error:
                connection.message_post(
                    body=connection.env._(
                        "The bank could not be told that we have signed out: %s. What it has given"
                        " us may stay good there; take it back at the bank.",
                        error,
                    )
                )
            vault.forget(connection)
            connection.feed_ids._pause("disconnected")
            connection._set_state("disconnected", "by a user", consent_until=False, error=False)

    # ------------------------------------------------------------------
    # What the bank says
    # ------------------------------------------------------------------

    def _note(self, error):
        """Keep that the bank does not let us in, where that is what an error says.

        Whoever is at the bank's page at the moment is still expected back from there.
        """
        state = NEEDS_A_PERSON.get(error.kind)
        if state in self._state_transitions[self.state]:
            self._set_state(state, error.message, error=error.message)

    def _keep_limit(self, error):
        """No account is asked for before the moment that the bank has named with an error."""
        if isinstance(error, RetryLater) and error.after:
            until = fields.Datetime.now() + timedelta(seconds=math.ceil(error.after))
            self.not_before = max(until, self.not_before or until)

    def _refused(self, error, noted=False):
        """Keep what the bank has said when a person has asked it.

        :param bool noted: that it is said of a consent that there was; else, as long as somebody
            is at the bank to give one, there is just none yet
        :return: an action that tells it; an exception would undo what is kept
        """
        if noted or self.state != "waiting" or not isinstance(error, ConsentExpired):
            self._note(error)
        self.error = error.message
        return said(self._in_words(error), "danger")

    def _in_words(self, error):
        return self.env._("%(bank)s: %(what)s", bank=self.name, what=error.message)

    def action_feeds(self):
        """The bank's accounts, to be linked with journals."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank feeds"),
            "res_model": "bank.feed",
            "view_mode": "list,form",
            "domain": [("connection_id", "in", self.ids)],
        }

    def action_find_accounts(self):
        """Ask the bank for its accounts, and make a feed of each that is new."""
        found, refusal = self.env["bank.feed"], None
        for connection in self._authorise("manager"):
            try:
                found += connection._find_accounts()
            except ConnectorError as error:
                refusal = connection._refused(error)
            else:
                connection.error = False
        if found or refusal:
            return refusal  # the accounts are on the form
        return said(self.env._("The bank shows no accounts that are not here already."))

    def _find_accounts(self):
        """Feeds of the accounts that are new.

        Each is linked with the journal that has its number, where there is exactly one.
        """
        accounts = self._connector()._accounts(self)
        return self.env["bank.feed"].sudo()._link(self, accounts)

    def action_start_feeds(self):
        """Start all feeds that know where their transactions belong."""
        feeds = self._authorise("manager").feed_ids
        feeds.filtered(lambda feed: feed.state == "draft")._ready_to_start().action_start()


def _whose(value):
    """The host of an address; what it is, where it is none."""
    try:
        parts = urlsplit(value)
        return (parts.scheme, parts.netloc.lower()) if parts.netloc else value or False
    except (AttributeError, ValueError):
        return value
