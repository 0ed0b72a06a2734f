"""XML from a stranger."""

from __future__ import annotations

from lxml import etree

from .errors import Permanent, RetryLater


def parse_xml(data: bytes):
    """The root of a document, read without entities, network or document types.

    :raises RetryLater: for what is no XML: a bank that is in order sends none such
    :raises Permanent: for a document type, which could make it anything
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise RetryLater("The bank's answer is no valid XML", payload=data) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Permanent("The bank's answer has a DOCTYPE, which is refused", data)
    return root
