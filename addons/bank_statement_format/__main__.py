"""Try statement files without Odoo: one JSON document per file and line.

Exit status: 0 when all files were read, 1 when any was refused, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import codecs
import datetime
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from . import (
    Balance,
    Detail,
    Format,
    Statement,
    StatementError,
    Transaction,
    detect,
    docs,
    formats_with,
    parse,
    profile_from,
    recoded,
)
from .profile import Profile

Formats = Mapping[str, Format]


def main(arguments: list[str] | None = None, output: TextIO | None = None) -> int:
    """Read the files that are named, print what is in them, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bank_statement_format",
        description="Print what is in bank statement files, one JSON document per file.",
        epilog="Exit status: 0 all files read, 1 a file refused, 2 wrong usage.",
    )
    parser.add_argument("--formats", action=_PrintFormats, help="print what can be read, and exit")
    parser.add_argument("files", metavar="FILE", nargs="+", help="a bank statement file")
    parser.add_argument(
        "--encoding", type=_encoding, help="in which the text files are, if unclear"
    )
    parser.add_argument(
        "--profile",
        metavar="JSON",
        type=_profile,
        action="append",
        default=[],
        help="a file that describes a bank's own kind of file, as in the folder profiles",
    )
    options = parser.parse_args(arguments)
    output = output or _standard_output()
    known = formats_with(options.profile)
    refused = False
    for path in options.files:
        pieces, failed = _document(path, known, options.encoding)
        refused |= failed
        for piece in pieces:
            output.write(piece)
        output.write("\n")
        output.flush()
    return int(refused)


class _PrintFormats(argparse.Action):
    """Prints the formats in words instead of reading files."""

    def __init__(self, option_strings, dest, **options):
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **options)

    def __call__(self, parser, *_values):
        _standard_output().write(docs.markdown())
        parser.exit()


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise argparse.ArgumentTypeError(f"Python knows no encoding {name!r}") from None


def _profile(path: str) -> Profile:
    try:
        return profile_from(Path(path).stem, json.loads(Path(path).read_text("utf-8")))
    except (OSError, ValueError, StatementError) as error:
        raise argparse.ArgumentTypeError(f"{path}: {error}") from None


def _standard_output() -> TextIO:
    """Standard output, able to print any file name whatever the locale."""
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    return sys.stdout


def _document(path: str, known: Formats, encoding: str | None) -> tuple[Iterable[str], bool]:
    """The pieces of a file's JSON document, and whether the file was refused."""
    try:
        return _read(path, known, encoding), False
    except StatementError as error:
        prefix = f"line {error.line}: "
        return _refusal(path, str(error).removeprefix(prefix), error.line), True
    except OSError as error:
        return _refusal(path, error.strerror or str(error), None), True
    except Exception as error:
        # A format's own slip must neither be a traceback nor keep other files from being read.
        return _refusal(path, f"The file cannot be read ({error!r})", None), True


def _refusal(path: str, message: str, line: int | None) -> list[str]:
    return [_json({"file": path, "error": {"message": message, "line": line}})]


def _read(path: str, known: Formats, encoding: str | None) -> list[str]:
    # A pipe or a device could block for ever and cannot be read twice.
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise StatementError("This is not a regular file")
    with open(path, "rb") as stream:
        if encoding:
            stream = recoded(stream, encoding)
        fmt = detect(os.path.basename(path), stream, known)
        head = f'{{"file": {_json(path)}, "format": {_json(fmt.name)}, "statements": ['
        return [head, *_statements(parse(fmt, stream)), "]}"]


def _statements(events: Iterable[Transaction | Statement]) -> Iterator[str]:
    """Pieces of JSON; transactions become text at once, which is smaller than objects."""
    transactions: list[str] = []
    separator = ""
    for event in events:
        if isinstance(event, Transaction):
            transactions.append(_json(transaction_data(event)))
            continue
        head = _json(statement_data(event)).removesuffix("}")
        yield f'{separator}{head}, "transactions": ['
        yield from _separated(transactions)
        yield "]}"
        transactions, separator = [], ", "


def _separated(texts: list[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield f", {text}" if number else text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def statement_data(statement: Statement) -> dict:
    """A statement without its transactions, as JSON data."""
    account = statement.account
    return {
        "account": {"iban": account.iban, "number": account.number},
        "kind": statement.kind,
        "dialect": statement.dialect,
        "guessed": statement.guessed,
        "number": statement.number,
        "currency": statement.currency,
        "opening": _balance(statement.opening),
        "closing": _balance(statement.closing),
        "balanced": statement.balanced,
    }


def transaction_data(transaction: Transaction) -> dict:
    """A transaction as JSON data: amounts as decimal strings, dates as ISO 8601."""
    return {
        "booking_date": _date(transaction.booking_date),
        "value_date": _date(transaction.value_date),
        **_payment_data(transaction),
        "clean_remittance": transaction.clean_remittance,
        "booked": transaction.booked,
        "details": [_payment_data(detail) for detail in transaction.details],
    }


def _payment_data(payment: Transaction | Detail) -> dict:
    """What a transaction and a detail of a batch booking have in common."""
    party = payment.counterparty
    return {
        "amount": _amount(payment.amount),
        "currency": payment.currency,
        "original_amount": _amount(payment.original_amount),
        "original_currency": payment.original_currency,
        "charges": _amount(payment.charges),
        "counterparty": {
            "name": party.name,
            "clean_name": party.clean_name,
            "iban": party.iban,
            "bic": party.bic,
        },
        "remittance": payment.remittance,
        "reference": payment.reference,
        "end_to_end_id": payment.end_to_end_id,
        "mandate_id": payment.mandate_id,
        "creditor_id": payment.creditor_id,
        "bank_reference": payment.bank_reference,
        "code": payment.code,
        "return_reason": payment.return_reason,
    }


def _balance(balance: Balance | None) -> dict | None:
    return balance and {"amount": _amount(balance.amount), "date": _date(balance.date)}


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _date(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        # The reader has gone; keep the interpreter from complaining when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
