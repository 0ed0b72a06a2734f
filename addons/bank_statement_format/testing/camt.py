"""Writes ISO 20022 statements, reports and notifications (camt.053, .052, .054)."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from ..types import Account, Balance, Detail, Statement, Transaction

CAMT_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_NAMESPACE_052 = CAMT_NAMESPACE.replace("053", "052")
_NAMESPACE_054 = CAMT_NAMESPACE.replace("053", "054")

_NO_DATE = datetime.date(2000, 1, 1)


def camt053(statements: Iterable[Statement], *, namespace=CAMT_NAMESPACE, **header) -> bytes:
    """A camt.053 file, version 8 by default, with the statements and their transactions.

    :param statements: with ``transactions`` filled; ``count`` and ``total`` are not
        looked at, so a statement that does not add up is written as it is
    :param header: what stands in the message beside the statements, see :class:`Header`
    """
    return _message("BkToCstmrStmt", "Stmt", statements, namespace, Header(**header))


def camt052(statements: Iterable[Statement], *, namespace=_NAMESPACE_052, **header) -> bytes:
    """The same as a report (camt.052)."""
    return _message("BkToCstmrAcctRpt", "Rpt", statements, namespace, Header(**header))


def camt054(statements: Iterable[Statement], *, namespace=_NAMESPACE_054, **header) -> bytes:
    """The same as a notification (camt.054)."""
    return _message("BkToCstmrDbtCdtNtfctn", "Ntfctn", statements, namespace, Header(**header))


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in a message beside its statements.

    :ivar balances: for each statement its balances beside opening and closing, by their
        codes, such as ``ITAV``
    """

    message_id: str = "1"
    created: datetime.datetime = datetime.datetime(2000, 1, 1)
    balances: Sequence[Mapping[str, Balance]] = ()


def _message(
    message: str, tag: str, statements: Iterable[Statement], namespace: str, header: Header
) -> bytes:
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<Document xmlns="{namespace}"><{message}>\n<GrpHdr>{_tag("MsgId", header.message_id)}',
        f"<CreDtTm>{header.created:%Y-%m-%dT%H:%M:%S}</CreDtTm></GrpHdr>\n",
    ]
    rows = itertools.zip_longest(statements, header.balances, fillvalue={})
    for number, (statement, balances) in enumerate(rows, start=1):
        parts.append(f"<{tag}><Id>{number}</Id>")
        parts.extend(_statement(statement, balances))
        parts.append(f"</{tag}>\n")
    parts.append(f"</{message}></Document>\n")
    return "".join(parts).encode()


def _statement(statement: Statement, balances: Mapping[str, Balance]) -> Iterable[str]:
    yield _tag("ElctrncSeqNb", statement.number)
    if statement.start_date and statement.end_date:
        yield (
            f"<FrToDt><FrDtTm>{statement.start_date}T00:00:00</FrDtTm>"
            f"<ToDtTm>{statement.end_date}T23:59:59</ToDtTm></FrToDt>"
        )
    yield _acct(statement.account, statement.currency)
    yield _bal("OPBD", statement.opening, statement.currency)
    yield _bal("CLBD", statement.closing, statement.currency)
    for kind, balance in balances.items():
        yield _bal(kind, balance, statement.currency)
    yield _summary(statement.transactions)
    for transaction in statement.transactions:
        yield _ntry(transaction)


def _acct(account: Account, currency: str | None) -> str:
    number = f"<Othr><Id>{escape(account.number)}</Id></Othr>" if account.number else ""
    ids = _tag("IBAN", account.iban) + number
    bic = f"<Svcr><FinInstnId><BICFI>{account.bic}</BICFI></FinInstnId></Svcr>"
    return f"<Acct><Id>{ids}</Id>{_tag('Ccy', currency)}{bic if account.bic else ''}</Acct>\n"


def _bal(kind: str, balance: Balance | None, currency: str | None) -> str:
    if balance is None:
        return ""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_signed(balance.amount, currency)}"
        f"<Dt><Dt>{balance.date or _NO_DATE}</Dt></Dt></Bal>\n"
    )


def _summary(transactions: Iterable[Transaction]) -> str:
    amounts = [transaction.amount for transaction in transactions]
    total = sum(map(abs, amounts), Decimal(0))
    return (
        f"<TxsSummry><TtlNtries><NbOfNtries>{len(amounts)}</NbOfNtries>"
        f"<Sum>{total:f}</Sum></TtlNtries></TxsSummry>\n"
    )


def _ntry(transaction: Transaction) -> str:
    value_date = transaction.value_date
    return (
        f"<Ntry>{_signed(transaction.amount, transaction.currency)}"
        f"<Sts><Cd>{'BOOK' if transaction.booked else 'PDNG'}</Cd></Sts>"
        f"<BookgDt><Dt>{transaction.booking_date}</Dt></BookgDt>"
        f"{f'<ValDt><Dt>{value_date}</Dt></ValDt>' if value_date else ''}"
        f"{_tag('AcctSvcrRef', transaction.bank_reference)}"
        f"{_code(transaction.code)}"
        f"<NtryDtls>{_payments(transaction)}</NtryDtls></Ntry>\n"
    )


def _payments(transaction: Transaction) -> str:
    credit = transaction.amount >= 0
    if transaction.details:
        batch = f"<Btch><NbOfTxs>{len(transaction.details)}</NbOfTxs></Btch>"
        return batch + "".join(_batched(detail, credit) for detail in transaction.details)
    return f"<TxDtls>{_payment(transaction, credit)}</TxDtls>"


def _batched(detail: Detail, credit: bool) -> str:
    """One payment of a batch, which tells its own amount, direction, code and reference."""
    own = ""
    if detail.amount is not None:
        credit = detail.amount >= 0
        own = _signed(detail.amount, detail.currency)
    own += _code(detail.code)
    return f"<TxDtls>{_payment(detail, credit, detail.bank_reference)}{own}</TxDtls>"


def _payment(payment: Transaction | Detail, credit: bool, bank_reference: str | None = None) -> str:
    refs = (
        _tag("AcctSvcrRef", bank_reference)
        + _tag("EndToEndId", payment.end_to_end_id)
        + _tag("MndtId", payment.mandate_id)
    )
    texts = _tag("Ustrd", payment.remittance)
    if payment.reference:
        texts += f"<Strd><CdtrRefInf>{_tag('Ref', payment.reference)}</CdtrRefInf></Strd>"
    reason = ""
    if payment.return_reason:
        reason = f"<RtrInf><Rsn>{_tag('Cd', payment.return_reason)}</Rsn></RtrInf>"
        # What comes back names the parties as they were.
        credit = not credit
    return (
        f"<Refs>{refs}</Refs>{_amounts(payment)}{_parties(payment, credit)}"
        f"<RmtInf>{texts}</RmtInf>{reason}"
    )


def _amounts(payment: Transaction | Detail) -> str:
    text = ""
    if payment.original_amount is not None:
        amount, currency = abs(payment.original_amount), payment.original_currency
        text += f'<AmtDtls><InstdAmt><Amt Ccy="{currency}">{amount:f}</Amt></InstdAmt></AmtDtls>'
    if payment.charges:
        record = _signed(-payment.charges, payment.currency)
        text += f"<Chrgs><Rcrd>{record}</Rcrd></Chrgs>"
    return text


def _parties(payment: Transaction | Detail, credit: bool) -> str:
    """:param credit: whether the other side is the debtor"""
    party = payment.counterparty
    tag = "Dbtr" if credit else "Cdtr"
    name = f"<{tag}><Pty>{_tag('Nm', party.name)}</Pty></{tag}>" if party.name else ""
    account = f"<{tag}Acct><Id>{_tag('IBAN', party.iban)}</Id></{tag}Acct>" if party.iban else ""
    creditor = ""
    if payment.creditor_id:
        identifier = _tag("Id", payment.creditor_id)
        creditor = f"<CdtrSchmeId><Id><PrvtId><Othr>{identifier}</Othr></PrvtId></Id></CdtrSchmeId>"
    agent = ""
    if party.bic:
        bank = f"<FinInstnId>{_tag('BICFI', party.bic)}</FinInstnId>"
        agent = f"<RltdAgts><{tag}Agt>{bank}</{tag}Agt></RltdAgts>"
    return f"<RltdPties>{name}{account}{creditor}</RltdPties>{agent}"


def _code(code: str | None) -> str:
    if not code:
        return ""
    parts = code.split("-")
    if len(parts) != 3 or not all(parts):
        return f"<BkTxCd><Prtry>{_tag('Cd', code)}</Prtry></BkTxCd>"
    domain, family, subfamily = map(escape, parts)
    return (
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd>"
        f"<SubFmlyCd>{subfamily}</SubFmlyCd></Fmly></Domn></BkTxCd>"
    )


def _signed(amount: Decimal, currency: str | None) -> str:
    direction = "CRDT" if amount >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{abs(amount):f}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'


def _tag(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""
