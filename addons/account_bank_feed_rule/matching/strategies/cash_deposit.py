"""Cash of the shops, paid in at a counter or a machine, or brought by a carrier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..amounts import Fit
from ..index import ItemIndex
from ..normalise import compact, fold
from ..payouts import Run, is_cash, phrase, providers_named, runs, stands_in
from ..points import (
    CASH_DEPOSIT,
    CASH_EQUAL,
    CASH_NAMED,
    CASH_OTHER_SHOP,
    CASH_SEVERAL_DAYS,
    CASH_SHOP,
    PART_NAMED,
    choices_points,
)
from ..quotations import remittance_tokens
from ..strategy import Proposal, Strategy
from ..types import Allocation, Evidence, OpenItem, Payment

MOST_DAYS = 10
"""Cash waits so long in a safe before it is paid in."""
MOST_SHOWN = 6
_LONGEST_RUN = 4
_LEAST = 5
"""Characters of a bag's number."""

_CODE = re.compile(r"-CDPT\b|(?:^|\+)082$")
_WORDS = re.compile(
    r"\b(?:BAR|SB|MUENZ|MUNZ|CASH|GELD)?[- ]?EINZAHLUNG|\bGELDTRANSPORT|\bSAFEBAG|\bNACHTTRESOR"
    r"|\bCASH[- ]?(?:DEPOSIT|PAYMENT IN)|\bBARGELD|\bEINZAHLG|\bVERSEMENT ESPECES"
    r"|\bINGRESO EFECTIVO"
)
_HINT = re.compile(r"EINZAHL|GELD|SAFEBAG|NACHTTRESOR|CASH|VERSEMENT|INGRESO")
"""One of these is in all that the words above find; most payments say nothing of the kind."""
_MACHINE = re.compile(r"TID|TERMINAL|KARTE|CARD")


class CashDeposit(Strategy):
    """A deposit is just what a till held, on one day or some days in a row."""

    name = "cash_deposit"
    label = "Cash deposits"

    def proposals(self, payment: Payment, index: ItemIndex) -> Iterable[Proposal]:
        if payment.amount <= 0 or not _is_deposit(payment):
            return
        tills = index.made(_tills)
        named = list(_named(payment, index.made(_bags)))
        yield from named
        if named:
            return
        found = list(_deposited(payment, tills))
        shops = {source for source in tills if stands_in(phrase(source), payment.text)}
        choices = choices_points(_choices(payment, tills))
        for source, run in found[:MOST_SHOWN]:
            yield _proposal(payment, source, run, shops, choices)


def _is_deposit(payment: Payment) -> bool:
    if payment.code and _CODE.search(payment.code):
        return True
    text = fold(payment.text)
    return bool(_HINT.search(text)) and bool(_WORDS.search(text))


def _tills(index: ItemIndex) -> dict[str, list[OpenItem]]:
    """Cash by the shop that it comes from, whether still in the till or on its way."""
    found: dict[str, list[OpenItem]] = {}
    for item in (*index.of_kind("receivable"), *index.of_kind("transfer")):
        source = item.source
        if source and item.residual > 0 and (is_cash(source) or not _is_card(item)):
            found.setdefault(source, []).append(item)
    return found


def _bags(index: ItemIndex) -> dict[str, list[OpenItem]]:
    """Cash by the numbers of its bag or slip."""
    found: dict[str, list[OpenItem]] = {}
    for items in index.made(_tills).values():
        for item in items:
            for reference in dict.fromkeys(map(compact, item.references)):
                found.setdefault(reference, []).append(item)
    return found


def _is_card(item: OpenItem) -> bool:
    """Whether a terminal or a provider owes it."""
    if item.kind == "transfer":
        return False
    return bool(providers_named(item.source)) or bool(_MACHINE.search(fold(item.source)))


def _named(payment: Payment, bags: dict[str, list[OpenItem]]) -> Iterator[Proposal]:
    """The cash whose bag or slip has its number in the text, all of it together."""
    tokens = remittance_tokens(payment.text)
    words = {value: place for place, value in enumerate(tokens.values) if len(value) >= _LEAST}
    if not any(map(str.isdigit, words)):
        return
    for reference, place in words.items():
        items = bags.get(reference, ())
        if not items:
            continue
        params = {"quoted": reference, "field": "text"}
        params |= {"start": tokens.starts[place], "end": tokens.ends[place]}
        yield Proposal(
            tuple(items), (Evidence("cash_named", CASH_NAMED, params),), _counted(payment, items)
        )


def _counted(payment: Payment, items: list[OpenItem]) -> Fit:
    """All of the bag; where somebody counted wrong, a person looks at it."""
    whole = tuple(Allocation(item, item.residual) for item in items)
    total = sum(item.residual for item in items)
    params = {"amount": str(payment.amount), "currency": payment.currency}
    if total == payment.amount:
        return Fit(whole, (Evidence("cash_equal", CASH_EQUAL, params),))
    params |= {"residual": str(total), "difference": str(payment.amount - total)}
    evidence = Evidence("amount_differs", PART_NAMED, params)
    return Fit(whole, (evidence,), (), payment.amount - total, False)


def _deposited(payment: Payment, tills: dict[str, list[OpenItem]]) -> Iterator[tuple[str, Run]]:
    for source, items in tills.items():
        recent = [item for item in items if _is_recent(payment, item)]
        for item in recent:
            if item.residual == payment.amount:
                yield source, Run((item,), item.date, item.date, 1, item.residual)
        for run in runs(recent, payment.date, payment.amount):
            if run.total == payment.amount and len(run.items) > 1 and run.days <= _LONGEST_RUN:
                yield source, run


def _is_recent(payment: Payment, item: OpenItem) -> bool:
    return item.currency == payment.currency and 0 <= (payment.date - item.date).days <= MOST_DAYS


def _choices(payment: Payment, tills: dict[str, list[OpenItem]]) -> int:
    """How many tills and days there were to choose from."""
    return sum(_is_recent(payment, item) for items in tills.values() for item in items)


def _proposal(payment: Payment, source: str, run: Run, shops: set[str], choices: int) -> Proposal:
    params = {"source": source, "first": run.first.isoformat(), "last": run.last.isoformat()}
    points = CASH_DEPOSIT if run.days == 1 else CASH_DEPOSIT + CASH_SEVERAL_DAYS
    evidence = [Evidence("cash_deposit", points + choices, params)]
    if source in shops:
        evidence.append(Evidence("cash_shop", CASH_SHOP, {"source": source}))
    elif shops:
        evidence.append(Evidence("cash_other_shop", CASH_OTHER_SHOP, {"source": min(shops)}))
    params = {"amount": str(payment.amount), "currency": payment.currency}
    whole = tuple(Allocation(item, item.residual) for item in run.items)
    return Proposal(
        run.items, tuple(evidence), Fit(whole, (Evidence("cash_equal", CASH_EQUAL, params),))
    )
