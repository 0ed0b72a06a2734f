"""One step of the benchmark of formats in a process of its own: write a file, or read it.

bench_formats_child.py write KIND PATH ROWS
bench_formats_child.py read READER PATH      prints seconds, megabytes and count as JSON
"""

import datetime
import json
import re
import sys
import time
from decimal import Decimal
from pathlib import Path


def statement(rows, code="NTRF+166"):
    """A year of a busy account: every transaction another amount, name and text."""
    from bank_statement_format import Account, Balance, Counterparty, Statement, Transaction

    first = datetime.date(2025, 1, 1)
    transactions = []
    for number in range(rows):
        day = first + datetime.timedelta(days=number * 365 // rows)
        amount = Decimal(number % 99_991 - 20_000) / 100
        transactions.append(
            Transaction(
                booking_date=day,
                value_date=day,
                amount=amount,
                currency="EUR",
                counterparty=Counterparty(
                    name=f"Example Customer {number} GmbH",
                    iban=f"DE{number % 90 + 10}37040044{number:010}",
                    bic="COBADEFF",
                ),
                remittance=f"Invoice INV/2025/{number:06} of {day:%d.%m.%Y}, customer {number}",
                end_to_end_id=f"E2E-{number:08}",
                bank_reference=f"REF{number:012}",
                code=code,
            )
        )
    total = sum((transaction.amount for transaction in transactions), Decimal(0))
    return Statement(
        account=Account(iban="DE89370400440532013000", bic="COBADEFF"),
        currency="EUR",
        opening=Balance(Decimal("1000.00"), first),
        closing=Balance(Decimal("1000.00") + total, datetime.date(2025, 12, 31)),
        number="1",
        start_date=first,
        end_date=datetime.date(2025, 12, 31),
        transactions=tuple(transactions),
    )


def write(kind, path, rows):
    from bank_statement_format import testing

    writer, _, layout = WRITERS[kind].partition(" ")
    # OFX knows some words only.
    statements = [statement(int(rows), "OTHER") if kind == "OFX" else statement(int(rows))]
    if writer == "xlsx":
        statements = testing.table_rows(statements)
    data = getattr(testing, writer)(statements)
    Path(path).write_bytes(pretty(data) if layout == "pretty" else data)


def pretty(data):
    """The XML with every element on a line of its own."""
    return re.sub(rb">\s*<", b">\n  <", data)


def ours(path):
    from bank_statement_format import Transaction, detect, parse

    with open(path, "rb") as stream:
        fmt = detect(Path(path).name, stream)
        return sum(isinstance(event, Transaction) for event in parse(fmt, stream))


def lxml_iterparse(path):
    """Nothing but walking the tree: what any reading by lxml costs at least."""
    from lxml import etree

    count = 0
    for _event, entry in etree.iterparse(path, tag="{*}Ntry"):
        count += 1
        entry.clear()
        while entry.getprevious() is not None:
            del entry.getparent()[0]
    return count


def ofxtools(path):
    from ofxtools.Parser import OFXTree

    tree = OFXTree()
    tree.parse(path)
    return sum(len(part.transactions) for part in tree.convert().statements)


def ofxparse(path):
    from ofxparse import OfxParser

    with open(path, "rb") as stream:
        return len(OfxParser.parse(stream).account.statement.transactions)


def quiffen(path):
    from quiffen import Qif

    accounts = Qif.parse(path, day_first=False).accounts.values()
    return sum(len(part) for account in accounts for part in account.transactions.values())


def mt_940(path):
    import mt940

    return len(mt940.parse(path).transactions)


def openpyxl(path):
    from openpyxl import load_workbook

    with open(path, "rb") as stream:
        sheet = load_workbook(stream, read_only=True).active
        rows = sum(any(row) for row in sheet.iter_rows(values_only=True))
    return rows - 1  # the header


WRITERS = {
    "camt.053": "camt053",
    "camt.053 pretty-printed": "camt053 pretty",
    "OFX": "ofx_sgml",
    "QIF": "qif",
    "MT940": "mt940",
    "CSV": "csv_demo_bank",
    "XLSX": "xlsx",
}
"""Functions of ``bank_statement_format.testing``."""

READERS = {
    "bank_statement_format": ours,
    "lxml.iterparse": lxml_iterparse,
    "ofxtools": ofxtools,
    "ofxparse": ofxparse,
    "quiffen": quiffen,
    "mt-940": mt_940,
    "openpyxl": openpyxl,
}
IMPORTS = {
    "bank_statement_format": "bank_statement_format",
    "lxml.iterparse": "lxml.etree",
    "ofxtools": "ofxtools.Parser",
    "mt-940": "mt940",
}


def read(reader, path):
    __import__(IMPORTS.get(reader, reader))
    if reader == "bank_statement_format":
        sys.modules[reader].formats()
    before = memory("VmRSS")
    started = time.perf_counter()
    count = READERS[reader](path)
    seconds = time.perf_counter() - started
    megabytes = (memory("VmHWM") - before) / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "count": count}))


def memory(what):
    """A figure of this process in kB, as Linux gives it."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)[1])


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
