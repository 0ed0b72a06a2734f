"""What is plain, or suspicious, only at second sight."""

import datetime

import pytest

from ..index import ItemIndex
from ..judge import judge
from ..partners import PartnerDirectory
from ..strategy import strategies_named
from ..types import Bands
from .make import DAY, IBAN_ANNA, chosen_ids, item, judged, payment

SERVICE = 3


def days(count):
    return DAY + datetime.timedelta(days=count)


def judged_among(one, items, *partners):
    index = ItemIndex(items, PartnerDirectory(partners))
    return judge(one, index, Bands(), strategies_named())


# ----------------------------------------------------------------------
# Which numbers are meant
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "INV/2026/00041 bis INV/2026/00043",
        "INV/2026/00041 - INV/2026/00043",
        "INV/2026/00041 bis 00043",
        "INV/2026/00041-43",
    ],
)
def test_a_range_means_what_lies_between_however_its_end_is_written(text):
    items = [item(i, f"INV/2026/000{i}", f"{i}.17") for i in (41, 42, 43, 44)]
    decision = judged(payment(text=text, amount="126.51", iban=IBAN_ANNA), *items)
    assert sorted(chosen_ids(decision)) == [41, 42, 43]
