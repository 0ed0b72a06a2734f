"""The company of `make drill`: its journals, its people, its connections with the demo bank."""

import base64
import datetime
import secrets
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

from odoo.addons.account_bank_feed.series import user_groups_field
from odoo.addons.account_bank_feed_connection.models.bank_feed_problem import CONSENT_DAYS
from odoo.addons.account_bank_feed_connection.protocol import tls
from odoo.addons.account_bank_feed_demo.bank import ACCOUNTS, difference
from odoo.addons.account_bank_feed_demo.bank.certificates import Authority
from odoo.tools import html2plaintext

from . import drill_secrets
from .common import Missing
from .drill_scenarios import REFUSES, REST, WITH_WRONG_STATE, XML

HISTORY = 30
"""Days that the first fetch takes."""
BEGAN = datetime.date(2024, 1, 1)
MAIL = "treasurer@drill.example"
LOGIN = "drill-"
LONG = 180
"""Days that a consent or certificate is for, unless it is to end soon."""
LONG_AGO = 1000
"""Days since when a new certificate counts: TLS does not know about the drill's clock."""
ROLES = ("viewer", "operator", "accountant", "approver", "manager", "auditor")
FEEDS = {REST: ACCOUNTS[:2], XML: ACCOUNTS[2:3]}
"""Which accounts are fetched by whom."""
CONNECTORS = {REST: "bank.connector.nextgenpsd2", XML: "bank.connector.iso20022"}


class World:
    """What the company has, and what its people do.

    :param environment: gives an environment of its own, committed at the end
    :param site: where its people meet Odoo
    :param add_secret: takes what must not be seen anywhere
    """

    def __init__(self, site, environment, bank, clock, feeds=FEEDS, add_secret=lambda *_: None):
        self.site, self.environment, self.add_secret = site, environment, add_secret
        add_secret(site.password)
        self.bank, self.clock, self.accounts = bank, clock, feeds
        self.first = clock.today - datetime.timedelta(days=HISTORY)
        self.connections, self.feeds = {}, {}

    # Make it

    def make(self):
        with self.environment() as env:
            env["ir.config_parameter"].set_param("web.base.url", self.site.url)
            self._company(env)
            self._people(env)

    def open(self, bank):
        """Make the journals of a bank's accounts; connect, and start to fetch."""
        with self.environment() as env:
            if CONNECTORS[bank] not in env:
                raise Missing(f"The connector {CONNECTORS[bank]} is not installed.")
            admin = env.ref("base.user_admin")
            self.user_id, self.login = admin.id, admin.login
            for account in self.accounts[bank]:
                self._journal(env, account, bank)
            connection = env["bank.connection"].create(self._connection(bank))
            self.connections[bank] = connection.id
        self.sign_in(bank)
        with self.as_person() as env:
            connection = env["bank.connection"].browse(self.connections[bank])
            connection.action_find_accounts()
            ibans = [account.iban for account in self.accounts[bank]]
            feeds = connection.feed_ids.filtered(lambda feed: feed.iban in ibans)
            feeds.history_start = self.first
            feeds.action_start()
            self.feeds[bank] = dict(zip(feeds.ids, feeds.mapped("iban"), strict=True))

    def _company(self, env):
        values = {"country_id": env.ref("base.de").id, "currency_id": env.ref("base.EUR").id}
        env.company.write(values)
        env["account.chart.template"].try_loading("de_skr03", env.company)
        names = [account.currency for each in FEEDS.values() for account in each]
        currencies = env["res.currency"].with_context(active_test=False)
        currencies.search([("name", "in", names)]).active = True

    def _people(self, env):
        groups = user_groups_field(env)
        admin = env.ref("base.user_admin")
        roles = [env.ref(f"account_bank_feed.group_{role}").id for role in ("manager", "approver")]
        roles.append(env.ref("account.group_account_manager").id)
        admin.write(
            {
                groups: [(4, role) for role in roles],
                "email": MAIL,
                "password": self.site.password,
            }
        )
        env.company.bank_feed_user_id = admin
        env["res.users"].create(
            [
                {
                    "name": role,
                    "login": f"{LOGIN}{role}",
                    groups: [(4, env.ref(f"account_bank_feed.group_{role}").id)],
                }
                for role in ROLES
            ]
        )

    def _journal(self, env, account, bank):
        currency = env["res.currency"].search([("name", "=", account.currency)])
        journal = env["account.journal"].create(
            {
                "name": account.name,
                "type": "bank",
                "code": f"D{env['account.journal'].search_count([]):03}",
                "bank_acc_number": account.iban,
                # What the web service tells of today comes again in tomorrow's statement.
                "bank_feed_book_reports": bank == XML,
                "currency_id": currency != env.company.currency_id and currency.id,
            }
        )
        before = self.bank.truth(account.iban, BEGAN, self.first - datetime.timedelta(days=1))
        balance = sum((amount for _day, amount, _text in before), account.opening)
        journal._bank_feed_confirm_start(self.first, float(balance))

    def _connection(self, bank):
        known = self.bank.known
        values = {
            "name": f"Demo Bank, {bank}",
            "connector": CONNECTORS[bank],
            "url": self.bank.url,
            "client_id": known["client_id"],
            "authorities": Path(known["ca_file"]).read_text(),
            "user_id": self.user_id,
        }
        if bank == REST:
            password = {"client_secret": known["client_secret"]}
            return {**values, **password, "xs2a_auth_method": "client_secret_basic"}
        return {
            **values,
            "url": f"{self.bank.url}/ws/accounts",
            "iso20022_wsdl": f"{self.bank.url}/ws/accounts?wsdl",
            "certificate": Path(known["certificate"]).read_text(),
            "private_key": Path(known["key"]).read_text(),
        }

    # What people do

    def as_person(self):
        return self.environment(self.user_id)

    def sign_in(self, bank, how=None):
        """Press *Connect*, agree on the bank's pages, and come back.

        :param how: ``REFUSES`` there, or comes back ``WITH_WRONG_STATE``
        :return: the status of the last page
        """
        visit, address = self.begin_sign_in(bank)
        back = self._of(bank, "redirect_uri")
        status = None
        while address:
            returned = self.bank.decide(address, back, how != REFUSES)
            if how == WITH_WRONG_STATE:
                returned = f"{back}?{urlencode({'code': 'any', 'state': secrets.token_hex()})}"
            answer = visit.come_back(returned)
            status, address = answer.status_code, answer.headers.get("Location", "")
            if not address.startswith(self.bank.url):
                address = None
        return status

    def begin_sign_in(self, bank):
        """Press *Connect*.

        :return: the visit, and the bank's address to which it leads
        """
        visit = self.site.visit(self.login)
        action = visit.press("bank.connection", self.connections[bank], "action_connect")
        return visit, action and action["url"]

    def renew(self, bank, days=LONG):
        """Have the next consent, or a new certificate, end after some days.

        :return: whether it is a certificate
        """
        values = {"xs2a_days": days}
        if bank == XML:
            password = secrets.token_urlsafe(16)
            authority = Authority(Path(self.bank.known["ca_file"]).parent)
            content = authority.client_p12("customer", password, days, age=LONG_AGO)
            key = tls.from_file(content, password)[1]
            self.add_secret(password, *drill_secrets.key_lines(key))
            values = {"key_file": base64.b64encode(content), "key_file_password": password}
        with self.as_person() as env:
            env["bank.connection"].browse(self.connections[bank]).write(values)
        return bank == XML

    def ends_at(self, bank):
        """When its consent or certificate ends, as people see it."""
        return self._of(bank, "valid_until")

    def state(self, bank):
        return self._of(bank, "state")

    def _of(self, bank, field):
        with self.as_person() as env:
            return env["bank.connection"].browse(self.connections[bank])[field]

    def try_again(self):
        """Requeue whatever was given up."""
        with self.as_person() as env:
            env["bank.dead.letter"].action_requeue_all()

    # What is in the books

    def astray(self, bank, until=None):
        """What is lost, and what is there more often than at the bank.

        :param until: the last day that is looked at; today by default
        """
        last = str(until or self.clock.today)
        lost, doubled = [], []
        with self.environment() as env:
            for iban in self.feeds[bank].values():
                truth = self.bank.truth(iban, self.first, last)
                for booked in self._booked(env, iban):
                    found = [one for one in booked if one[0] <= last]
                    missing, more = difference(truth, found, key=lambda one: one)
                    lost += missing
                    doubled += more
        return lost, doubled

    def _booked(self, env, iban):
        """The transactions of an account, and what the ledger's lines say."""
        journal = env["account.journal"].search([("bank_account_id.acc_number", "=", iban)])
        env.cr.execute(
            "SELECT booking_date::text, amount::text, COALESCE(remittance, '')"
            " FROM bank_transaction WHERE journal_id = %s AND state IN ('processed', 'reconciled')",
            [journal.id],
        )
        transactions = _exact(env.cr.fetchall())
        env.cr.execute(
            "SELECT move.date::text, line.amount::text, COALESCE(one.remittance, '')"
            " FROM account_bank_statement_line AS line"
            " JOIN account_move AS move ON move.id = line.move_id AND move.state = 'posted'"
            " LEFT JOIN bank_transaction AS one ON one.id = line.bank_transaction_id"
            " WHERE line.journal_id = %s",
            [journal.id],
        )
        return transactions, _exact(env.cr.fetchall())

    # Who may read what

    def readable(self, secrets, most):
        """What each role can read, and where a secret is in it.

        :param most: how many records of a model are read
        :return: of each role the models and fields that were read, and those that show a secret
        """
        with self.environment() as env:
            users = env["res.users"].search([("login", "=like", f"{LOGIN}%")])
            users |= env.ref("base.user_admin")
            logins = {user.id: user.login for user in users}
        found = {}
        for user, login in logins.items():
            with self.environment(user) as env:
                found[login.removeprefix(LOGIN)] = drill_secrets.readable(env, secrets, most)
        return found

    # Who was told

    def told(self, since=None):
        """What people heard of since a mark; without one, the mark of this moment.

        Announcements of an end that is still to come are apart.
        """
        with self.environment() as env:
            names = ("bank.feed.problem", "mail.mail", "mail.message")
            if since is None:
                return {n: env[n].search([], order="id desc", limit=1).id or 0 for n in names}
            problems, mails, messages = (env[n].search([("id", ">", since[n])]) for n in names)
            ending = problems.filtered(lambda problem: problem.kind == "consent").sorted("id")
            texts = [html2plaintext(message.body).strip() for message in messages]
            days = [
                _days_before(message.date, problem)
                for problem in ending
                for message, text in zip(messages.sorted("id"), reversed(texts), strict=True)
                if text == problem.text
            ]
            return {
                "problems": [
                    {
                        "text": problem.text,
                        "times": problems.mapped("text").count(problem.text),
                        "over": bool(problem.closed_at),
                        "chatter": texts.count(problem.text),
                        "mails": len(mails.filtered(lambda m, p=problem: p.text in m.subject)),
                        "announced": problem in ending,
                    }
                    for problem in problems
                ],
                "announced": days,
                "mails": [mail.subject for mail in mails],
            }

    def is_told(self, bank):
        """Whether somebody knows now that the bank does not let us in."""
        with self.environment() as env:
            where = ("model", "=", "bank.connection"), ("res_id", "=", self.connections[bank])
            known = [*where, ("kind", "=", "connection"), ("closed_at", "=", False)]
            return bool(env["bank.feed.problem"].search_count(known))


def _days_before(moment, problem):
    """Before how many days an end was announced, as the health check counts them."""
    end = datetime.date.fromisoformat(problem.key.rpartition(".")[2])
    return min(days for days in CONSENT_DAYS if (end - moment.date()).days <= days)


def _exact(rows):
    return [(day, Decimal(amount), text) for day, amount, text in rows]
