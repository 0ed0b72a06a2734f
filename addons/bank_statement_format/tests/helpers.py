"""Small files to try the parsers on, and ways to read them."""

import dataclasses
import io

from bank_statement_format import Transaction, formats, parse, read_statements

IBAN = "DE02120300000000202051"
OTHER_IBAN = "DE02500105170137075030"
CUSTOMER_IBAN = "DE89370400440532013000"
VERSION_2 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"


def read(data: bytes, name: str = "file"):
    """The statements of a file, in whatever format it is recognised as."""
    return read_statements(name, io.BytesIO(data))[1]


def read_one(data: bytes):
    """The only statement of a file."""
    (statement,) = read(data)
    return statement


def parse_as(name: str, data: bytes) -> list:
    """All events of a file that is taken to be of one format."""
    return list(parse(formats()[name], io.BytesIO(data)))


def statements_of(fmt, data: bytes | str) -> list:
    """The statements of a file that is taken to be of one format, with their transactions."""
    statements, transactions = [], []
    for event in parse(fmt, io.BytesIO(data.encode() if isinstance(data, str) else data)):
        if isinstance(event, Transaction):
            transactions.append(event)
        else:
            statements.append(dataclasses.replace(event, transactions=tuple(transactions)))
            transactions = []
    assert not transactions
    return statements


def document(*statements: str, namespace: str = VERSION_2, message: str = "BkToCstmrStmt") -> bytes:
    body = "\n".join(statements)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{namespace}">\n<{message}>\n'
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr>\n{body}\n</{message}>\n</Document>\n"
    ).encode()


def stmt(*content: str, iban: str = IBAN, currency: str | None = "EUR") -> str:
    ccy = f"<Ccy>{currency}</Ccy>" if currency else ""
    body = "\n".join(content)
    return f"<Stmt><Id>S</Id><Acct><Id><IBAN>{iban}</IBAN></Id>{ccy}</Acct>\n{body}\n</Stmt>"


def bal(kind: str, amount: str, sign="CRDT", currency="EUR", date="2024-01-31") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Dt><Dt>{date}</Dt></Dt></Bal>"
    )


def ntry(
    more: str = "",
    *,
    amount: str = "10.00",
    currency: str = "EUR",
    sign: str = "CRDT",
    status: str = "BOOK",
    dates: str = "<BookgDt><Dt>2024-01-15</Dt></BookgDt>",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Sts>{status}</Sts>{dates}{more}</Ntry>"
    )


def details(*contents: str) -> str:
    inner = "".join(f"<TxDtls>{content}</TxDtls>" for content in contents)
    return f"<NtryDtls>{inner}</NtryDtls>"


def ustrd(*texts: str) -> str:
    return "<RmtInf>" + "".join(f"<Ustrd>{text}</Ustrd>" for text in texts) + "</RmtInf>"


def one_entry(*args, **kwargs):
    """The transaction that a statement with only this entry gives."""
    (transaction,) = read_one(document(stmt(ntry(*args, **kwargs)))).transactions
    return transaction


def cuts(data: bytes) -> list[bytes]:
    """The file cut off after 10 % to 90 %."""
    return [data[: len(data) * tenth // 10] for tenth in range(1, 10)]
