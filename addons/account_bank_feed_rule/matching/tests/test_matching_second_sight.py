"""What is plain, or suspicious, only at second sight."""

import datetime
from decimal import Decimal

import pytest

from ..index import ItemIndex
from ..judge import judge
from ..partners import Partner, PartnerDirectory
from ..strategy import strategies_named
from ..types import Bands, Discount
from .make import ANNA, BERT, DAY, IBAN_ANNA, chosen_ids, item, judged, kinds, payment

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


def test_a_number_that_was_wrapped_is_no_range():
    amounts = {2: "30.00", 6: "-40.00", 7: "10.00"}
    items = [item(i, f"RE/2026/0000{i}", amount) for i, amount in amounts.items()]
    items.append(item(1, "RE/2026/00001", "242.05", partner=BERT))
    items.append(item(109, "RE/2026/00109", "1132.05"))
    decision = judged(payment(text="RE-2026-001- 09", amount="1132.05", iban=IBAN_ANNA), *items)
    assert chosen_ids(decision) == [109]
    assert decision.candidates[0].score > 90


def test_a_credit_note_is_found_though_others_have_the_same_digits():
    """GS-2026-00042 and Bert's bill look like the number that Anna quotes."""
    items = [
        item(1, "2026-00042", "618.06"),
        item(2, "GS2026-00099", "-134.12"),
        item(3, "GS2026-00042", "-70.00", partner=BERT),
        item(4, "2026-00077", "99.00"),
    ]
    text = "2026-00042 abz. Gutschrift"
    decision = judged(payment(text=text, amount="483.94", iban=IBAN_ANNA), *items)
    assert sorted(chosen_ids(decision)) == [1, 2]


def test_what_the_payer_named_was_no_choice():
    items = [item(i, f"INV/2026/000{i}", f"{i}.17") for i in range(40, 52)]
    text = "INV/2026/00040, INV/2026/00045, INV/2026/00047 u.a."
    decision = judged(payment(text=text, amount="180.68", iban=IBAN_ANNA), *items)
    [chosen] = [one for one in decision.candidates[0].evidence if one.kind == "chosen_items"]
    assert chosen.params["choices"] == 9


# ----------------------------------------------------------------------
# Payouts
# ----------------------------------------------------------------------


def test_a_terminal_is_found_by_the_number_in_its_label():
    more = {"kind": "receivable", "partner": None, "date": days(-1), "due_date": None}
    items = [
        item(1, (), "4429.78", source="Terminal 54437086 Nord", **more),
        item(2, (), "4431.20", source="Terminal 68531460 Mitte", **more),
    ]
    text = "KARTENUMSATZ 54437086"
    decision = judged(payment(text=text, amount="4386.19", name="PAYONE GmbH"), *items)
    assert (chosen_ids(decision), "payout_named" in kinds(decision)) == ([1], True)


# ----------------------------------------------------------------------
# How much
# ----------------------------------------------------------------------


@pytest.mark.parametrize(("paid", "band"), [("500.00", "suggest"), ("518.00", "post")])
def test_the_same_figure_in_another_currency_is_a_mistake(paid, band):
    owed = item(1, residual="500.00", currency="CHF", company_residual=Decimal("520.00"))
    decision = judged(payment(text="INV/2026/00042", amount=paid, iban=IBAN_ANNA), owed)
    assert decision.band == band
    assert ("currency_differs" in kinds(decision)) == (band == "suggest")


# ----------------------------------------------------------------------
# What is no number of a document
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Rechnung vom 08.03.", "Rechnung v. 8.3.", "Zahlung Rechnung Nr. 2026-000", "Rechnung 2026-0"],
)
def test_a_day_or_the_beginning_of_its_own_number_names_nothing_else(text):
    decision = judged(payment(text=text, iban=IBAN_ANNA), item(1, "2026-00042"))
    assert decision.band == "post"


def test_the_beginning_of_another_number_is_still_another():
    decision = judged(payment(text="Rechnung Nr. 2026-001", iban=IBAN_ANNA), item(1, "2026-00042"))
    assert kinds(decision) >= {"quotes_unknown"}


def test_an_invoices_number_is_no_account_though_its_check_digits_are_right():
    text, owed = "re423676161756423676", item(1, "RE/423676/161756/423676")
    assert chosen_ids(judged(payment(text=text), owed)) == [1]


def test_a_vendors_series_says_nothing_about_our_own_numbers():
    """ "RE 2026-00042" is an invoice's number, whatever some vendor calls his bills."""
    items = [item(1, "2026-00042"), item(2, "RE4711", "-50.00", partner=BERT)]
    decision = judged(payment(text="RE 2026-00042"), *items)
    assert (decision.band, chosen_ids(decision)) == ("post", [1])


def test_a_series_of_our_own_means_another_document():
    items = [item(i, f"RE2026-000{i}") for i in range(40, 60)]
    decision = judged(payment(text="RE 2026-00077"), item(1, "2026-00077"), *items)
    assert kinds(decision) >= {"hardly_named"}


def test_our_own_series_in_front_of_a_vendors_bare_number_means_our_invoice():
    items = [item(i, f"INV/2026/000{i}", f"{i}.50") for i in range(10, 60)]
    bill = item(99, ("BILL/2026/00001", "2026/00042"), "-80.00", partner=BERT)
    paid = payment(text="INV/2026/00042", reference="INV/2026/00042", amount="42.50")
    decision = judged(paid, *items, bill)
    assert (decision.band, chosen_ids(decision)) == ("post", [42])


def test_our_own_id_settles_whatever_the_payees_number_looks_like():
    out = {"kind": "payment", "partner": BERT, "references": ("PAY20260501",)}
    items = [item(1, "POUT/2026/00007", "-80.00", **out), item(2, "WEB/2026/01561", "12.00")]
    paid = payment(text="Rechnung 2026/01561", amount="-80.00", end_to_end_id="PAY20260501")
    assert chosen_ids(judged(paid, *items)) == [1]


@pytest.mark.parametrize("words", ["abz. Gutschrift", "./. GS", "less credit note", "minus Mängel"])
def test_a_part_is_left_to_a_person_where_the_payer_took_something_off(words):
    text, owed = f"INV/2026/00042 {words}", item(1, residual="900.00")
    decision = judged(payment(text=text, amount="700.00", iban=IBAN_ANNA), owed)
    assert (decision.band, kinds(decision) >= {"amount_differs"}) == ("suggest", True)


def test_of_equal_instalments_the_first_one_due_is_paid():
    items = [item(i, residual="100.00", due_date=days(30 * i)) for i in (3, 1, 2)]
    text = "INV/2026/00042"
    decision = judged(payment(text=text, amount="100.00", iban=IBAN_ANNA), *items)
    assert (decision.band, chosen_ids(decision)) == ("post", [1])


# ----------------------------------------------------------------------
# Who paid
# ----------------------------------------------------------------------

HOLDING = Partner(ANNA, ("Zybartowski Holding GmbH",), (IBAN_ANNA,))
SUBSIDIARY = Partner(BERT, ("Zybartowski Transporte GmbH",))
STRANGER = Partner(SERVICE, ("Kramer Service GmbH",))


def test_a_parent_pays_for_its_subsidiary():
    paid = payment(text="INV/2026/00042", iban=IBAN_ANNA)
    decision = judged_among(paid, [item(1, partner=BERT)], HOLDING, SUBSIDIARY)
    assert (decision.band, "related_partner" in kinds(decision)) == ("post", True)


def test_a_parent_that_owes_as_much_itself_may_have_mixed_up_the_numbers():
    items = [item(1, partner=BERT), item(2, "INV/2026/00077", partner=ANNA)]
    paid = payment(text="INV/2026/00042", iban=IBAN_ANNA)
    assert not judged_among(paid, items, HOLDING, SUBSIDIARY).chosen


def test_what_a_stranger_owes_is_not_posted_among_the_payers_own():
    """One wrong digit, and it is somebody else's invoice of the same amount."""
    items = [
        item(1, "INV/2026/00042", "238.00", partner=ANNA),
        item(2, "INV/2026/00077", "49.00", partner=SERVICE),
        item(3, "INV/2026/00078", "49.00", partner=ANNA),
    ]
    text = "INV/2026/00042, INV/2026/00077"
    paid = payment(text=text, amount="287.00", iban=IBAN_ANNA)
    decision = judged_among(paid, items, HOLDING, STRANGER)
    assert not decision.chosen and "other_partner" in kinds(decision)


# ----------------------------------------------------------------------
# Which of several
# ----------------------------------------------------------------------


def test_a_payment_that_names_only_a_credit_note_settles_no_invoice_by_chance():
    items = [item(1, "RINV/2026/00007", "-49.00"), item(2, "INV/2026/00042", "98.00")]
    text = "Gutschrift RINV/2026/00007"
    decision = judged(payment(text=text, amount="49.00", iban=IBAN_ANNA), *items)
    assert not decision.chosen


def test_the_number_of_an_order_names_all_its_invoices():
    items = [
        item(1, ("INV/2026/00042", "S00123"), "263.30"),
        item(2, ("INV/2026/00051", "S00123"), "1190.00"),
        *(item(i, f"INV/2026/000{i}", f"{i}.90") for i in range(60, 100)),
    ]
    decision = judged(payment(text="Auftrag S00123", amount="1453.30", iban=IBAN_ANNA), *items)
    assert sorted(chosen_ids(decision)) == [1, 2]


def test_a_common_price_less_discount_is_no_rarer_than_another_invoice_of_that_amount():
    discount = Discount(Decimal("3.57"), days(5))
    common = [item(i, f"INV/2026/01{i}", "178.50", partner=SERVICE) for i in range(100, 180)]
    items = [
        item(1, "INV/2026/00042", "178.50", discount=discount),
        item(2, "INV/2026/00077", "174.93"),
    ]
    decision = judged(payment(text="Rechnung", amount="174.93", iban=IBAN_ANNA), *items, *common)
    assert (decision.band, "ambiguous" in kinds(decision)) == ("suggest", False)
    assert decision.score < 80


@pytest.mark.parametrize(
    "text", ["Rechnung vom 12.04.2026", "Rg. v. 12.4.", "facture du 12/04/26", "RE 8 v. 12.4.26"]
)
def test_the_date_of_an_invoice_tells_which_of_two_equal_ones_is_likelier(text):
    dates = {1: datetime.date(2026, 4, 2), 2: datetime.date(2026, 4, 12)}
    items = [item(i, f"INV/2026/0004{i}", date=date) for i, date in dates.items()]
    decision = judged(payment(text=text, iban=IBAN_ANNA), *items)
    assert (decision.band, decision.candidates[0].item.id) == ("suggest", 2)


@pytest.mark.parametrize(("written", "band"), [("20742", "post"), ("20743", "suggest")])
def test_a_wrong_digit_is_mistyped_unless_it_is_a_neighbours_number(written, band):
    owed = item(1, "INV/2026/20142") if band == "post" else item(1, "INV/2026/20742")
    decision = judged(payment(text=f"INV/2026/{written}", iban=IBAN_ANNA), owed)
    assert decision.band == band


@pytest.mark.parametrize(
    ("text", "band"), [("Rechnung 126029", "post"), ("126029", "suggest"), ("Nr 126029", "suggest")]
)
def test_a_short_number_called_invoice_needs_no_known_payer_if_the_amount_is_rare(text, band):
    others = [item(i, f"{i}", f"{i}.13", partner=BERT) for i in range(130_000, 130_500)]
    decision = judged(payment(text=text, amount="418.37"), item(1, "126029", "418.37"), *others)
    assert decision.band == band


def test_a_payment_registered_weeks_later_is_not_what_the_bank_booked_before():
    """It waits for the next instalment of the same amount."""
    invoice = item(1, "INV/2026/00042")
    earlier, later = (
        item(id, "PIN/2026/0001", kind="payment", date=days(offset))
        for id, offset in ((2, -2), (3, 30))
    )
    paid = payment(iban=IBAN_ANNA)
    assert [one.id for one in judged(paid, invoice, earlier).candidates[0].items] == [2]
    after = judged(paid, invoice, later)
    assert [one.id for one in after.candidates[0].items] == [1]
    assert after.band == "suggest"
    both = judged(paid, earlier, later)
    assert ([one.id for one in both.candidates[0].items], both.band) == ([2], "suggest")


@pytest.mark.parametrize("text", ["Rechnung 785", "RE-Nr. 785", "785"])
def test_three_digits_called_invoice_tell_a_vendors_equal_bills_apart(text):
    bills = [item(i, f"{i}", "-615.10") for i in (782, 785)]
    decision = judged(payment(text=text, amount="-615.10", iban=IBAN_ANNA), *bills)
    assert chosen_ids(decision) == [785]


@pytest.mark.parametrize("text", ["Filiale 785", "Rechnung 1785", "Rechnung vom 7.8.5"])
def test_three_digits_that_mean_something_else_tell_nothing(text):
    bills = [item(i, f"{i}", "-615.10") for i in (782, 785)]
    decision = judged(payment(text=text, amount="-615.10", iban=IBAN_ANNA), *bills)
    assert decision.band != "post"


def test_a_number_with_one_more_digit_in_front_is_another_document():
    bill = item(1, "36000/26", "-2045.08")
    paid = payment(text="za 136000/26", amount="-2045.08", iban=IBAN_ANNA)
    decision = judged(paid, bill)
    assert (decision.band, "quotes_unknown" in kinds(decision)) == ("suggest", True)


def test_a_company_called_by_its_first_words_may_be_the_one_with_more_of_them():
    partners = [
        Partner(ANNA, ("Umbelxifen Advies B.V.",)),
        Partner(BERT, ("Umbelxifen Advies Beheer B.V.",)),
    ]
    both = [item(1, "A-1442/26"), item(2, "A-1440/26", partner=BERT)]
    short = payment(name="UMBELXIFEN ADVIES")
    assert judged_among(short, both, *partners).band == "suggest"
    assert chosen_ids(judged_among(short, both[:1], *partners)) == [1]
    whole = payment(name="UMBELXIFEN ADVIES B.V.")
    assert chosen_ids(judged_among(whole, both, *partners)) == [1]


@pytest.mark.parametrize(("paid", "band"), [("1476.61", "post"), ("1476.69", "suggest")])
def test_round_charges_near_a_usual_percentage_are_no_discount(paid, band):
    """One percent would be 14.92."""
    invoice = item(1, "INV/2026/08420", "1491.61")
    named = payment(text="INV/2026/08420", amount=paid, name="Anna Blume", iban="AE070331234567890")
    assert judged(named, invoice).band == band


def test_the_code_of_a_reason_tells_that_it_may_have_come_back():
    settled = item(1, "2026/1949", "994.70", kind="settled")
    receivable = item(2, "WEB/2026/01949", "466.99", partner=None, kind="receivable")
    paid = payment(text="RETURE 2026/1949 AC04", amount="994.70")
    decision = judged(paid, settled, receivable)
    assert [one.id for one in decision.candidates[0].items] == [1]
    assert decision.band == "suggest"


def test_the_digits_of_a_number_may_be_parted_behind_its_year_by_who_is_known():
    two = [item(1, "1000012524", "99.00"), item(2, "20268357", "99.00")]
    said = {"text": "Rechnungsnr. 2026/8357 Mit freundlichen Grüßen", "amount": "99.00"}
    assert chosen_ids(judged(payment(**said, iban=IBAN_ANNA), *two)) == [2]
    assert judged(payment(**said), *two).band != "post"


def test_a_date_that_a_line_wrap_cut_still_tells_which_invoice_is_meant():
    two = [item(1, "INV/2026/00001", date=days(-60)), item(2, "INV/2026/00002", date=days(-50))]
    said = f"Rechnung vom {days(-50):%d.%m.202 %y}"[:-2] + "6"
    decision = judged(payment(text=said, iban=IBAN_ANNA), *two)
    assert [one.id for one in decision.candidates[0].items] == [2]


def test_a_discount_is_likelier_taken_where_it_is_still_allowed():
    def discounted(id, number, last_day):
        discount = Discount(Decimal("2.38"), days(last_day))
        return item(id, number, discount=discount, date=days(-60), due_date=days(id))

    late, kept = discounted(1, "INV/2026/00001", -30), discounted(2, "INV/2026/00002", 3)
    decision = judged(payment(amount="116.62", iban=IBAN_ANNA), late, kept)
    assert [one.id for one in decision.candidates[0].items] == [2]
    assert decision.band == "suggest"


@pytest.mark.parametrize(
    ("number", "written"), [("20260700324", "20250700324"), ("26100324", "25100324")]
)
def test_the_same_number_of_last_year_is_not_mistyped(number, written):
    decision = judged(payment(text=f"Rechnung {written}", iban=IBAN_ANNA), item(number=number))
    assert (decision.band, "perhaps_mistyped" in kinds(decision)) == ("suggest", True)


@pytest.mark.parametrize(
    ("number", "longer"), [("2026/845", "2026/100845"), ("3190/26", "103190/26")]
)
def test_a_vendors_longer_number_with_the_same_end_is_another_bill(number, longer):
    bill = item(1, number, "-992.94")
    paid = payment(text=f"ft. {longer}", amount="-992.94", iban=IBAN_ANNA)
    assert judged(paid, bill).band == "suggest"
    copied = payment(text=f"ft. {number}", amount="-992.94", iban=IBAN_ANNA)
    assert judged(copied, bill).band == "post"


def test_a_word_for_invoice_glued_to_a_paid_number_hides_nothing():
    paid = payment(text="invF2026-8415 21/07/26", iban=IBAN_ANNA)
    decision = judged(paid, item(number="F2026-8416"))
    assert (decision.band, "quotes_unknown" in kinds(decision)) == ("suggest", True)
