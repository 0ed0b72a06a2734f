"""Writes statement files, for tests and for demonstrations: the parsers' counterpart.

What is written here is read back equal, apart from ``raw``. One file per family of formats.
"""

from .aeb43 import aeb43
from .bai2 import bai2
from .camt import CAMT_NAMESPACE, camt052, camt053, camt054
from .cfonb120 import cfonb120
from .coda import coda
from .mt94x import mt940, mt942
from .ofx import ofx_sgml, ofx_xml
from .pdf import EXAMPLE_PDF_PROFILE, pdf, pdf_example
from .qif import qif
from .table import csv_demo_bank, csv_table, ods, table_rows, xlsx, xml_workbook
from .xml_profile import xml_csob_finsta, xml_fio_banka
from .zip_archive import gzipped, zip_archive

__all__ = [
    "CAMT_NAMESPACE",
    "EXAMPLE_PDF_PROFILE",
    "aeb43",
    "bai2",
    "camt052",
    "camt053",
    "camt054",
    "cfonb120",
    "coda",
    "csv_demo_bank",
    "csv_table",
    "gzipped",
    "mt940",
    "mt942",
    "ods",
    "ofx_sgml",
    "ofx_xml",
    "pdf",
    "pdf_example",
    "qif",
    "table_rows",
    "xlsx",
    "xml_csob_finsta",
    "xml_fio_banka",
    "xml_workbook",
    "zip_archive",
]
