"""What the screens ask of the server, call by call, as `make bench-ui` asks it too."""

import datetime
import xml.etree.ElementTree as ElementTree

TRANSACTION = "bank.transaction"
PAGE = 80
COUNTED = 10_001
"""So far Odoo's lists count."""

WAITING = [
    *("|", ["state", "in", ["processed", "error"]], "&", ["state", "=", "quarantined"]),
    *("|", ["duplicate_of_id", "!=", False], ["duplicate_of_line_id", "!=", False]),
]
GROUPS = (
    *("journal_id", "state", "booking_date:month", "create_date:day", "reason", "import_id"),
    *("source_format", "counterparty_name", "partner_id", "assigned_user_id"),
)
"""What the list of transactions offers to group by."""

NAMED = {"fields": {"display_name": {}}}
QUEUE = {
    **dict.fromkeys(("booking_date", "counterparty_name", "remittance", "amount", "state"), {}),
    "currency_id": {},
    "best_score": {},
    "assigned_user_id": NAMED,
}


def screens(client, series):
    """What is asked, in words; a function that asks it; if need be, one that takes it back.

    :param client: a `tools.demo.Client`
    """
    asked = Screens(client, series)
    yield from asked.dashboard()
    yield from asked.transactions()
    yield from asked.grouped()
    yield from asked.search()
    yield from asked.review()
    yield from asked.closing()
    yield from asked.lists()


class Screens:
    def __init__(self, client, series):
        self.call = client.call
        self.series = series

    def dashboard(self):
        """Its four parts are asked at the same time; each has its second."""
        for part in ("cards", "work", "waiting"):
            yield f"dashboard: {part}", self._asks("bank.feed.dashboard", part)
        for period in ("7", "30", "90", "last_month", "year"):
            call = self._asks("bank.feed.dashboard", "period", period)
            yield f"dashboard: figures of {period.replace('_', ' ')}", call

    def transactions(self):
        count = self.call(TRANSACTION, "search_count", [])
        month = [["booking_date", ">=", f"{datetime.date.today():%Y-%m-01}"]]
        yield "transactions: first page", self._list(TRANSACTION)
        yield "transactions: page 100", self._list(TRANSACTION, offset=99 * PAGE)
        far = count * 4 // 5
        yield f"transactions: from {far:,} on", self._list(TRANSACTION, offset=far)
        settled = [["state", "=", "reconciled"]]
        call = self._list(TRANSACTION, settled, offset=far)
        yield f"transactions: reconciled, from {far:,} on", call
        yield "transactions: count all", self._asks(TRANSACTION, "search_count", [])
        yield "transactions: to review", self._list(TRANSACTION, WAITING)
        yield "transactions: this month", self._list(TRANSACTION, month)
        yield "transactions: money out", self._list(TRANSACTION, [["amount", "<", 0]])
        errors = [["state", "=", "error"]]
        yield "transactions: errors", self._list(TRANSACTION, errors)
        by_amount = self._list(TRANSACTION, order="amount desc, id desc")
        yield "transactions: sorted by amount", by_amount

    def grouped(self):
        aggregates = self._aggregates(TRANSACTION)
        for name in GROUPS:
            call = self._groups(TRANSACTION, [name], aggregates)
            yield f"transactions: grouped by {name}", call
        both = ["journal_id", "booking_date:month", "state"]
        yield "transactions: pivot", self._pivot(TRANSACTION, both)
        yield "transactions: graph by day", self._pivot(TRANSACTION, ["booking_date:day", "state"])

    def search(self):
        sale = self._some("sale")
        words = {
            "a text that one has": sale["remittance"].partition(" ")[2],
            "a text that many have": "Kontofuehrung",
            "a name": "Kunde 00042",
            "a text that none has": "Wertberichtigung",
        }
        for what, word in words.items():
            fields = ("remittance", "counterparty_name", "reference", "end_to_end_id")
            domain = [*"|||", *([field, "ilike", word] for field in fields)]
            yield f"search: {what}", self._list(TRANSACTION, domain)
        amount = [["amount", "=", sale["amount"]]]
        yield "search: an amount", self._list(TRANSACTION, amount)

    def review(self):
        page = {"limit": 40, "order": "booking_date desc, ledger_order desc, id desc"}
        yield "review: queue", self._page(TRANSACTION, WAITING, QUEUE, **page)
        surest = {"limit": 40, "order": "score desc, booking_date desc, id desc"}
        yield "review: queue, best first", self._page(TRANSACTION, WAITING, QUEUE, **surest)
        one, ids = self._some("waiting"), self._ids([*WAITING], 3)
        first = one["id"]
        proposal = {"suggestion_id": one["suggestion_ids"][0]}
        account = self.call("account.account", "search", [["account_type", "=", "expense"]], 0, 1)
        parts = {"parts": [{"account_id": account[0], "amount": one["amount"]}]}
        yield "review: read one", self._asks(TRANSACTION, "review_read", [first])
        yield "review: read three", self._asks(TRANSACTION, "review_read", ids)
        for what, text in {
            "by name": "Kunde 00042",
            "by a name that all have": "Kunde",
            "by number": "INV/2026/0",
            "by amount": "1.234,50",
            "for nothing": "Wertberichtigung",
            "of the partner": "",
        }.items():
            call = self._asks(TRANSACTION, "review_search", [first], text)
            yield f"review: search {what}", call
        for what, text in {"used": "", "by code": "4", "by name": "Neben"}.items():
            call = self._asks(TRANSACTION, "review_accounts", [first], text)
            yield f"review: accounts {what}", call
        yield "review: taxes", self._asks(TRANSACTION, "review_taxes", [first], "19")
        for what, each in (("a match", proposal), ("an account", parts)):
            call = self._asks(TRANSACTION, "review_preview", [first], each)
            yield f"review: preview of {what}", call
        accept = self._asks(TRANSACTION, "review_accept", [first], proposal)
        undo = self._asks(TRANSACTION, "action_undo", [first], "asked by the benchmark")
        yield "review: accept a match", accept, undo
        yield "review: alike", self._asks(TRANSACTION, "review_alike", [first])
        yield "review: comments", self._asks(TRANSACTION, "review_comments", [first])

    def closing(self):
        today = datetime.date.today()
        last = today.replace(day=1) - datetime.timedelta(days=1)
        year = last - datetime.timedelta(days=365)
        for what, day in (("last month", last), ("this month", today), ("a year ago", year)):
            call = self._asks("bank.feed.closing", "overview", f"{day:%Y-%m}")
            yield f"closing: {what}", call

    def lists(self):
        yield "imports: first page", self._list("bank.import")
        held = [["state", "=", "quarantined"]]
        yield "statements in quarantine", self._list("bank.import.statement", held)
        yield "rules", self._list("bank.feed.rule")
        yield "audit log: first page", self._list("bank.audit.log")

    # ------------------------------------------------------------------
    # As the web client asks
    # ------------------------------------------------------------------

    def _asks(self, model, method, *arguments, **named):
        return lambda: self.call(model, method, *arguments, **named)

    def _list(self, model, domain=(), offset=0, order=None):
        columns = _columns(self._views(model), model)
        return self._page(model, list(domain), columns, offset, PAGE, order)

    def _views(self, model):
        return self.call(model, "get_views", [[False, "list"], [False, "search"]])

    def _page(self, model, domain, specification, offset=0, limit=PAGE, order=None):
        named = {"offset": offset, "limit": limit, "order": order or "", "count_limit": COUNTED}
        return self._asks(model, "web_search_read", domain, specification, **named)

    def _aggregates(self, model):
        """What the list sums up of each group: whatever can be, also of hidden columns."""
        found = self._views(model)
        fields = found["models"][model]["fields"]
        names = {element.get("name") for element in _list_fields(found)}
        sums = [name for name in sorted(names) if fields[name].get("aggregator")]
        return self._with_currencies([f"{name}:{fields[name]['aggregator']}" for name in sums])

    def _with_currencies(self, aggregates):
        """Since 19.0 also the count, and amounts of several currencies in the company's."""
        if self.series == "18.0":
            return aggregates
        return ["__count", *aggregates, "currency_id:array_agg_distinct", "amount:sum_currency"]

    def _groups(self, model, groupby, aggregates):
        if self.series == "18.0":
            return self._asks(model, "web_read_group", [], aggregates, groupby, limit=PAGE)
        return self._asks(model, "web_read_group", [], groupby, aggregates, limit=PAGE)

    def _pivot(self, model, groupby):
        if self.series == "18.0":
            return self._asks(model, "read_group", [], ["amount:sum"], groupby, lazy=False)
        aggregates = self._with_currencies(["amount:sum"])
        return self._asks(model, "formatted_read_group", [], groupby, aggregates)

    def _some(self, kind):
        """One that a person would look for."""
        if kind == "waiting":
            domain = [["state", "=", "processed"], ["suggestion_ids", "!=", False]]
        else:
            domain = [["remittance", "=like", "Kartenumsatz Beleg%"]]
        fields = ["amount", "remittance", "suggestion_ids"]
        return self.call(TRANSACTION, "search_read", domain, fields, 0, 1)[0]

    def _ids(self, domain, count):
        return self.call(TRANSACTION, "search", domain, 0, count)


def _columns(found, model):
    """What a list reads: its columns, but for those that are hidden until somebody wants them."""
    fields = found["models"][model]["fields"]
    columns = {}
    for element in _list_fields(found):
        name = element.get("name")
        if element.get("optional") != "hide":
            relation = fields[name]["type"] in ("many2one", "many2many")
            columns[name] = NAMED if relation else {}
    return columns


def _list_fields(found):
    return ElementTree.fromstring(found["views"]["list"]["arch"]).iter("field")
