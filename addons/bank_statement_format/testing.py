"""Writes statement files, for tests and for demonstrations: the parsers' counterpart.

What is written here is read back equal, apart from ``raw``.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable
from decimal import Decimal
from xml.sax.saxutils import escape

from .types import Account, Balance, Statement, Transaction

CAMT_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

_NO_DATE = datetime.date(2000, 1, 1)


def camt053(statements: Iterable[Statement], *, namespace: str = CAMT_NAMESPACE) -> bytes:
    """A camt.053 file, version 8 by default, with the statements and their transactions.

    :param statements: with ``transactions`` filled; ``count`` and ``total`` are not
        looked at, so a statement that does not add up is written as it is
    """
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<Document xmlns="{namespace}"><BkToCstmrStmt>\n',
        "<GrpHdr><MsgId>1</MsgId><CreDtTm>2000-01-01T00:00:00</CreDtTm></GrpHdr>\n",
    ]
    for number, statement in enumerate(statements, start=1):
        parts.extend(_stmt(statement, number))
    parts.append("</BkToCstmrStmt></Document>\n")
    return "".join(parts).encode()


def _stmt(statement: Statement, number: int) -> Iterable[str]:
    yield f"<Stmt><Id>{number}</Id>"
    yield _tag("ElctrncSeqNb", statement.number)
    if statement.start_date and statement.end_date:
        yield (
            f"<FrToDt><FrDtTm>{statement.start_date}T00:00:00</FrDtTm>"
            f"<ToDtTm>{statement.end_date}T23:59:59</ToDtTm></FrToDt>"
        )
    yield _acct(statement.account, statement.currency)
    yield _bal("OPBD", statement.opening, statement.currency)
    yield _bal("CLBD", statement.closing, statement.currency)
    yield _summary(statement.transactions)
    for transaction in statement.transactions:
        yield _ntry(transaction)
    yield "</Stmt>\n"


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
        f"<NtryDtls><TxDtls>{_details(transaction)}</TxDtls></NtryDtls></Ntry>\n"
    )


def _details(transaction: Transaction) -> str:
    refs = _tag("EndToEndId", transaction.end_to_end_id) + _tag("MndtId", transaction.mandate_id)
    texts = _tag("Ustrd", transaction.remittance)
    if transaction.reference:
        texts += f"<Strd><CdtrRefInf>{_tag('Ref', transaction.reference)}</CdtrRefInf></Strd>"
    return (
        f"<Refs>{refs}</Refs>{_amounts(transaction)}{_parties(transaction)}<RmtInf>{texts}</RmtInf>"
    )


def _amounts(transaction: Transaction) -> str:
    text = ""
    if transaction.original_amount is not None:
        amount, currency = abs(transaction.original_amount), transaction.original_currency
        text += f'<AmtDtls><InstdAmt><Amt Ccy="{currency}">{amount:f}</Amt></InstdAmt></AmtDtls>'
    if transaction.charges:
        record = _signed(-transaction.charges, transaction.currency)
        text += f"<Chrgs><Rcrd>{record}</Rcrd></Chrgs>"
    return text


def _parties(transaction: Transaction) -> str:
    party = transaction.counterparty
    tag = "Dbtr" if transaction.amount >= 0 else "Cdtr"
    name = f"<{tag}><Pty>{_tag('Nm', party.name)}</Pty></{tag}>" if party.name else ""
    account = f"<{tag}Acct><Id>{_tag('IBAN', party.iban)}</Id></{tag}Acct>" if party.iban else ""
    creditor = ""
    if transaction.creditor_id:
        identifier = _tag("Id", transaction.creditor_id)
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


_DEMO_BANK_HEADER = (
    "Auftragskonto",
    "Buchungstag",
    "Valuta",
    "Empfänger/Auftraggeber",
    "IBAN",
    "BIC",
    "Buchungsart",
    "Verwendungszweck",
    "Referenz",
    "Ende-zu-Ende",
    "Mandat",
    "Gläubiger-ID",
    "Bankreferenz",
    "Status",
    "Betrag",
    "Währung",
    "Saldo",
)


def csv_demo_bank(statements: Iterable[Statement], *, encoding: str = "cp1252") -> bytes:
    """A CSV as the profile ``demo_bank`` declares it: newest row first.

    Original amounts and charges have no column there. The running balance starts
    from the statement's opening balance and is left out when that is not known.

    :raises UnicodeEncodeError: for texts that the encoding cannot write
    """
    text = io.StringIO()
    text.write("Demo Bank;Umsatzexport\r\n\r\n")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_DEMO_BANK_HEADER)
    count = 0
    for statement in statements:
        rows = list(_demo_bank_rows(statement))
        count += len(rows)
        writer.writerows(reversed(rows))
    writer.writerow(("Anzahl Umsätze", count))
    return text.getvalue().encode(encoding)


def _demo_bank_rows(statement: Statement) -> Iterable[tuple]:
    """The statement's rows, oldest first."""
    balance = statement.opening.amount if statement.opening else None
    for transaction in statement.transactions:
        if balance is not None and transaction.booked:
            balance += transaction.amount
        party = transaction.counterparty
        yield (
            statement.account.label,
            _german_date(transaction.booking_date),
            _german_date(transaction.value_date),
            party.name,
            party.iban,
            party.bic,
            transaction.code,
            transaction.remittance,
            transaction.reference,
            transaction.end_to_end_id,
            transaction.mandate_id,
            transaction.creditor_id,
            transaction.bank_reference,
            "gebucht" if transaction.booked else "vorgemerkt",
            _german_amount(transaction.amount),
            transaction.currency,
            _german_amount(balance) if transaction.booked else "",
        )


def _german_date(date: datetime.date | None) -> str:
    return f"{date:%d.%m.%Y}" if date else ""


def _german_amount(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    return f"{amount:,f}".translate({ord(","): ".", ord("."): ","})
