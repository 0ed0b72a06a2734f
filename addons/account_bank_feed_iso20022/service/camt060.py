"""What we ask: an account reporting request, camt.060."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True, slots=True)
class Release:
    """The versions of the messages that go together."""

    request: str
    report: str
    statement: str


RELEASES = {
    "2009": Release("camt.060.001.03", "camt.052.001.02", "camt.053.001.02"),
    "2019": Release("camt.060.001.05", "camt.052.001.08", "camt.053.001.08"),
}


def request(version, wanted, account, period=None, party=None):
    """The Document that asks for a message about an account.

    Elements and their order as in the schemas of versions 03 and 05, which agree in these:
    https://www.iso20022.org/iso-20022-message-definitions (camt.060).

    :param str version: of the request itself
    :param str wanted: the name of the message that is to be the answer
    :param account: the :class:`RemoteAccount`
    :param period: the :class:`Period`, or None for what is now
    :param party: how the bank knows us, where it wants to be told
    """
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{version}"
    document = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    message = _add(document, "AcctRptgReq")
    _add(message, "GrpHdr/MsgId", uuid.uuid4().hex)
    _add(message[0], "CreDtTm", now.isoformat(timespec="seconds"))
    asked = _add(message, "RptgReq")
    _add(asked, "Id", uuid.uuid4().hex)
    _add(asked, "ReqdMsgNmId", wanted)
    held = _add(asked, "Acct")
    if account.iban:
        _add(held, "Id/IBAN", account.iban)
    else:
        _add(held, "Id/Othr/Id", account.number or account.id)
    if account.currency:
        _add(held, "Ccy", account.currency)
    owner = _add(asked, "AcctOwnr/Pty")
    if party:
        _add(owner, "Id/OrgId/Othr/Id", party)
    if period:
        days = _add(asked, "RptgPrd")
        _add(days, "FrToDt/FrDt", period.start.isoformat())
        _add(days[0], "ToDt", period.end.isoformat())
        _add(days, "FrToTm/FrTm", "00:00:00")
        _add(days[1], "ToTm", "23:59:59")
        _add(days, "Tp", "ALLL")
    return document


def _add(parent, path, text=None):
    """Add the elements of a path, one within the other, and give the last."""
    namespace = etree.QName(parent).namespace
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{namespace}}}{name}")
    parent.text = text
    return parent
