"""The labelled benchmark is sound: its truths add up, and hold against all that is in the books."""

import ast
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain, combinations
from pathlib import Path

import pytest

from tools.world import all_situations, build, check_digits
from tools.world.names import keys
from tools.world.text import digits, plain

PROJECT = Path(__file__).parents[2]
SIZE = {"partners": 500, "documents": 2_000, "payments": 2_000}
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def world():
    return build(seed=7, **SIZE)


@pytest.fixture(scope="module")
def documents(world):
    return {document.id: document for document in world.documents}


@pytest.fixture(scope="module")
def partners(world):
    return {partner.id: partner for partner in world.partners}


@pytest.fixture(scope="module")
def open_of(world):
    found = defaultdict(list)
    for document in world.documents:
        if document.kind != "settled":
            found[document.partner].append(document)
    return found


def cases(world, *situations):
    """Payment and truth of these situations; never none."""
    payments = {payment.id: payment for payment in world.payments}
    found = [(payments[one.payment_id], one) for one in world.truths if one.situation in situations]
    assert {truth.situation for _, truth in found} == set(situations)
    return found


def payer_of(truth, documents, partners):
    (owner,) = {documents[id].partner for id, _ in truth.settles}
    return partners[owner]


# the world as a whole


def test_a_seed_gives_the_same_world():
    assert build(seed=3, partners=200, documents=300, payments=600) == build(
        seed=3, partners=200, documents=300, payments=600
    )


def test_another_seed_gives_another_world():
    assert (
        build(seed=3, partners=200, documents=300, payments=600).payments
        != build(seed=4, partners=200, documents=300, payments=600).payments
    )


def test_a_world_does_not_depend_on_the_hash_seed(tmp_path):
    written = []
    for hash_seed in "1", "2":
        out = tmp_path / hash_seed
        command = [sys.executable, "-m", "tools.world", "--out", str(out), "--payments", "600"]
        command += ["--partners", "200", "--documents", "300"]
        environment = {"PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"}
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True)
        written.append({path.name: path.read_text() for path in sorted(out.iterdir())})
    assert written[0] == written[1]
    assert len(written[0]["payments.jsonl"].splitlines()) == 600
    assert json.loads(written[0]["truths.jsonl"].splitlines()[0])["payment_id"] == "P000001"


def test_sizes_are_kept(world):
    assert len(world.payments) == len(world.truths) == SIZE["payments"]
    assert len(world.partners) >= SIZE["partners"]
    assert len(world.documents) >= SIZE["documents"]


def test_every_situation_occurs(world):
    found = Counter(truth.situation for truth in world.truths)
    assert set(found) == {one.name for one in all_situations()}
    assert len(found) >= 25


def test_four_to_six_percent_are_for_a_person(world):
    nobody = sum(truth.answer == "nobody" for truth in world.truths)
    assert 0.04 <= nobody / len(world.truths) <= 0.06


def test_about_a_seventh_of_what_is_open_is_never_paid(world):
    paid = {id for truth in world.truths for id, _ in truth.settles}
    open_items = [document for document in world.documents if document.kind != "settled"]
    never = sum(document.id not in paid for document in open_items)
    assert 0.12 <= never / len(open_items) <= 0.30


def test_it_knows_nothing_of_the_engine():
    for path in (PROJECT / "tools" / "world").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            else:
                continue
            assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names, path


# records


def test_ids_are_unique_and_refer_to_something(world, documents, partners):
    assert len(documents) == len(world.documents)
    assert len(partners) == len(world.partners)
    accounts = {account.id for account in world.own_accounts}
    for document in world.documents:
        assert document.partner is None or document.partner in partners
        assert all(id in documents for id in document.covers)
    for payment, truth in zip(world.payments, world.truths, strict=True):
        assert payment.id == truth.payment_id
        assert payment.account in accounts
        named = [id for id, _ in truth.settles] + list(chain.from_iterable(truth.plausible))
        assert all(id in documents for id in named), truth


def test_document_numbers_are_unique(world):
    ours = [document.number for document in world.documents]
    assert [number for number, count in Counter(ours).items() if count > 1] == []


def test_accounts_have_valid_check_digits(world):
    ibans = {payment.iban for payment in world.payments if payment.iban}
    ibans |= set(chain.from_iterable(partner.ibans for partner in world.partners))
    assert ibans
    for iban in ibans:
        assert check_digits.mod97(iban[4:] + iban[:4]) == 1, iban


def test_amounts_are_cents_and_never_nothing(world):
    for payment in world.payments:
        assert payment.amount and payment.amount == payment.amount.quantize(CENT), payment
    for document in world.documents:
        assert document.residual and document.residual == document.residual.quantize(CENT)


def test_signs_follow_the_kind(world):
    positive = {"invoice", "order", "vendor_refund", "receivable", "transfer"}
    negative = {"refund", "bill"}
    for document in world.documents:
        if document.kind in positive | negative:
            assert (document.residual > 0) == (document.kind in positive), document


def test_documents_are_older_than_what_pays_them(world, documents):
    for payment, truth in zip(world.payments, world.truths, strict=True):
        for id, _ in truth.settles:
            assert documents[id].date <= payment.date, (payment, documents[id])


# truths


def in_euro(document, amount, rates):
    if document.currency == "EUR":
        return amount
    return (amount / rates[document.currency, document.date]).quantize(CENT, ROUND_HALF_UP)


def test_truths_agree_with_payments_to_the_cent(world, documents):
    rates = {(rate.currency, rate.date): rate.rate for rate in world.rates}
    for payment, truth in zip(world.payments, world.truths, strict=True):
        if truth.answer == "settle" or truth.settles:
            settled = sum(in_euro(documents[id], amount, rates) for id, amount in truth.settles)
            total = settled + sum(truth.taken_off.values()) + truth.rest
            assert payment.amount == total, (payment, truth)
            assert truth.settles


def test_nothing_is_settled_beyond_what_is_open(world, documents):
    settled = defaultdict(Decimal)
    for truth in world.truths:
        for id, amount in truth.settles:
            for part in documents[id].covers:
                settled[part] += documents[part].residual
            settled[id] += amount
    for id, amount in settled.items():
        residual = documents[id].residual
        assert amount / residual > 0 and abs(amount) <= abs(residual), documents[id]


def test_details_add_up(world):
    found = [payment for payment in world.payments if payment.details]
    assert found
    for payment in found:
        assert sum(detail.amount for detail in payment.details) == payment.amount
        for detail in payment.details:
            if detail.charges:
                assert detail.amount == detail.original_amount - detail.charges


def test_batches_hold_what_one_booking_pays(world, documents):
    names = "batch_of_transfers", "batch_of_collections", "collection_with_details"
    members = defaultdict(set)
    for document in world.documents:
        members[document.batch].add(document.id)
    for _, truth in cases(world, *names):
        (batch,) = {documents[id].batch for id, _ in truth.settles}
        assert {id for id, _ in truth.settles} == members[batch]


def test_covered_documents_add_up(world, documents):
    covering = [document for document in world.documents if document.covers]
    assert covering
    for payment in covering:
        assert sum(documents[id].residual for id in payment.covers) == payment.residual


def test_transfers_name_each_other(world):
    payments = {payment.id: payment for payment in world.payments}
    notes = {truth.payment_id: truth.note for truth in world.truths if truth.answer == "transfer"}
    assert notes
    for id, other in notes.items():
        assert notes[other] == id
        assert payments[id].amount == -payments[other].amount
        assert payments[id].account != payments[other].account


def test_bookings_name_an_account(world):
    found = {truth.account for truth in world.truths if truth.answer == "book"}
    assert found == {"bank_fees", "interest", "tax", "salary", "rent"}
    assert not any(truth.account for truth in world.truths if truth.answer != "book")


def test_discounts_are_in_time_unless_a_person_decides(world, documents):
    names = "discount", "discount_on_several", "bill_discount", "discount_late"
    for payment, truth in cases(world, *names):
        taken = [documents[id].discount for id, _ in truth.settles]
        in_time = [one for one in taken if one.last_day >= payment.date]
        assert bool(in_time) == (truth.answer == "settle")
        if truth.answer == "settle":
            assert truth.taken_off["discount"] == sum(one.amount for one in in_time)


# what is claimed to be unique is unique, against everything in the books


def sums(items):
    sets = chain.from_iterable(combinations(items, n) for n in range(1, len(items) + 1))
    return Counter(sum(item.residual for item in some) for some in sets)


def test_amount_is_open_once_for_the_account(world, documents, partners, open_of):
    owners = defaultdict(list)
    for partner in world.partners:
        for iban in partner.ibans:
            owners[iban].append(partner.id)
    names = "account_and_amount", "number_truncated", "number_mistyped", "bill_without_number"
    for payment, truth in cases(world, *names):
        assert payer_of(truth, documents, partners).id in owners[payment.iban]
        items = chain.from_iterable(open_of[id] for id in owners[payment.iban])
        assert [item.residual for item in items].count(payment.amount) == 1, truth


def test_amount_is_open_once_for_the_name(world, documents, partners, open_of):
    alike = defaultdict(set)
    for partner in world.partners:
        for key in keys(partner.name, partner.kind):
            alike[key].add(partner.id)
    for payment, truth in cases(world, "name_and_amount"):
        payer = payer_of(truth, documents, partners)
        owners = set().union(*(alike[key] for key in keys(payer.name, payer.kind)))
        items = chain.from_iterable(open_of[id] for id in owners)
        assert [item.residual for item in items].count(payment.amount) == 1, truth


def test_amount_is_open_once_for_the_customer_number(world, documents, partners, open_of):
    for payment, truth in cases(world, "customer_number"):
        payer = payer_of(truth, documents, partners)
        assert plain(payer.number) in plain(payment.remittance)
        assert [item.residual for item in open_of[payer.id]].count(payment.amount) == 1


def test_subsets_are_the_only_ones(world, documents, partners, open_of):
    for payment, truth in cases(world, "only_subset", "all_open"):
        payer = payer_of(truth, documents, partners)
        assert sums(open_of[payer.id])[payment.amount] == 1
        if truth.situation == "all_open":
            assert len(truth.settles) == len(open_of[payer.id])


def test_exact_numbers_stand_in_the_text(world, documents):
    names = "exact_number", "webshop_invoice", "several_numbers", "other_payer", "partial_payment"
    for payment, truth in cases(world, *names):
        for id, _ in truth.settles:
            numbers = (documents[id].number, *documents[id].other_numbers)
            assert any(number.lower() in payment.remittance.lower() for number in numbers), payment


def test_damaged_numbers_are_damaged(world, documents):
    for payment, truth in cases(world, "number_mistyped", "number_truncated", "number_wrapped"):
        number = documents[truth.settles[0][0]].number
        assert number not in payment.remittance, payment


def test_mistyped_numbers_are_no_other_number(world):
    known = {document.number for document in world.documents}
    for payment, _ in cases(world, "number_mistyped"):
        assert not known & set(re.split(r"[\s,;]", payment.remittance)), payment


# what only a person can decide


def test_what_was_meant_is_among_what_is_offered(world):
    for truth in world.truths:
        if truth.answer == "nobody" and truth.settles:
            assert {id for id, _ in truth.settles} in truth.plausible


def test_equal_readings_are_equal(world, documents):
    for payment, truth in cases(world, "twin_partners", "subscription"):
        assert len(truth.plausible) >= 2
        for (id,) in truth.plausible:
            assert documents[id].residual == payment.amount


def words_of(name):
    return tuple(sorted(plain(word) for word in re.split(r"[\s,]+", name)))


def test_strangers_have_no_name_or_account_of_ours(world):
    names = {words_of(partner.name) for partner in world.partners}
    ibans = set(chain.from_iterable(partner.ibans for partner in world.partners))
    for payment, truth in cases(world, "stranger", "digits_inside", "stranger_debits"):
        assert payment.iban not in ibans
        assert words_of(payment.name) not in names, payment
        assert not truth.plausible and not truth.settles


def test_strangers_digits_are_some_of_ours(world):
    ours = [digits(document.number) for document in world.documents if document.kind == "invoice"]
    tails = {number[-length:].lstrip("0") for number in ours for length in (4, 5, 6, 8)}
    for payment, _ in cases(world, "digits_inside"):
        assert any(tail and tail in digits(payment.remittance) for tail in tails), payment


def test_one_of_two_payments_is_right(world):
    found = defaultdict(list)
    for _, truth in cases(world, "paid_twice"):
        assert truth.note == "either"
        ids = [id for id, _ in truth.settles] or [id for (id,) in truth.plausible]
        found[ids[0]].append(truth.answer)
    assert all(sorted(answers) == ["nobody", "settle"] for answers in found.values())


def test_a_short_payment_without_number_equals_nothing(world, documents, open_of):
    for payment, truth in cases(world, "short_without_number"):
        owner = documents[truth.settles[0][0]].partner
        assert payment.amount not in sums(open_of[owner])
