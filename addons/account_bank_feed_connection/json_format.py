"""Answers of REST services, kept and read as files: the pages of one period, as they came."""

from __future__ import annotations

import datetime
import json
from abc import abstractmethod
from decimal import Decimal, InvalidOperation

from odoo.addons.bank_statement_format import Account, InvalidStatement, Statement
from odoo.addons.bank_statement_format.registry import Format

from .protocol import Document


def document(kind, name, account, period, pages):
    """The pages of a period as one document.

    :param str kind: the name of the format that reads it
    :param account: the :class:`~.protocol.RemoteAccount`
    :param period: the :class:`~.protocol.Period` that was asked for
    :param pages: the bodies of the answers, each a JSON text in bytes
    """
    content = {
        "format": kind,
        "account": {
            "id": account.id,
            "iban": account.iban,
            "number": account.number or account.id,
        },
        "currency": account.currency,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "pages": [page.decode(json.detect_encoding(page)) for page in pages],
    }
    return Document(f"{name}.json", json.dumps(content, ensure_ascii=False, indent=1).encode())


class JsonFormat(Format):
    """The transactions of one account in a document that :func:`document` has made.

    Not among the formats for uploads: a connector tells which one reads its documents.
    """

    extensions = (".json",)
    registered = False

    def sniff(self, name, head):
        return head.startswith(f'{{\n "format": "{self.name}",'.encode())

    def parse(self, stream):
        content = json.load(stream)
        total, count, pending = Decimal(0), 0, 0
        for number, page in enumerate(content["pages"], 1):
            for transaction in self._transactions_of(number, page, content):
                if transaction.booked:
                    total += transaction.amount
                    count += 1
                else:
                    pending += 1
                yield transaction
        yield Statement(
            account=Account(iban=content["account"]["iban"], number=content["account"]["number"]),
            currency=content["currency"],
            count=count,
            total=total,
            pending_count=pending,
            start_date=datetime.date.fromisoformat(content["start"]),
            end_date=datetime.date.fromisoformat(content["end"]),
        )

    def _transactions_of(self, number, page, content):
        try:
            yield from self.transactions(json.loads(page, parse_float=Decimal), content)
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            raise InvalidStatement(
                "A page is not as the bank's interface describes it",
                element=f"page {number}",
                found=f"{type(error).__name__}: {error}",
            ) from error

    @abstractmethod
    def transactions(self, page, content):
        """Each transaction of a page.

        :param page: the bank's answer
        :param content: the whole document
        """
