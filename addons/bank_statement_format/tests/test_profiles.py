"""Every shipped profile reads its bank's layout.

The folder ``bank_tables`` holds small files in the layouts of the banks, named after the
profile, and beside each what it says. The layouts are the banks', the contents are made up.
"""

from pathlib import Path

import pytest

from bank_statement_format import InvalidStatement, Statement, Transaction
from bank_statement_format.profile import shipped

from .helpers import parse_as, read

FOLDER = Path(__file__).parent / "bank_tables"
EXAMPLES = sorted(FOLDER.glob("*.csv"))
TESTED_ELSEWHERE = {"demo_bank", "demo_savings", "generic"}
TEXTS = (
    "code",
    "reference",
    "end_to_end_id",
    "mandate_id",
    "creditor_id",
    "bank_reference",
    "remittance",
)

PROFILES = {profile.name: profile for profile in shipped("table")}
each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def profile_name(path: Path) -> str:
    """Further files of one profile are numbered."""
    return path.name.partition(".")[0]


def last_row(path: Path) -> tuple[int, int]:
    """Where the last transaction's bytes begin and end."""
    data = path.read_bytes()
    raws = [event.raw for event in parse_as("csv", data) if isinstance(event, Transaction)]
    encodings = ("utf-8", "utf-16-le", *PROFILES[profile_name(path)].encodings)
    fragments = {raw.encode(encoding) for raw in raws for encoding in encodings}
    return max((data.rindex(one), data.rindex(one) + len(one)) for one in fragments if one in data)


def told(event: Transaction | Statement) -> str:
    """All that an event says, on one line."""
    if isinstance(event, Statement):
        return f"= {'; '.join(_of_statement(event))}"
    return "; ".join(_of_transaction(event))


def _of_statement(statement: Statement):
    yield f"account {statement.account.label or '-'} {statement.currency}"
    for name in ("opening", "closing"):
        if balance := getattr(statement, name):
            yield f"{name} {balance.amount}"


def _of_transaction(transaction: Transaction):
    yield f"{transaction.booking_date} {transaction.amount} {transaction.currency}"
    if not transaction.booked:
        yield "pending"
    if transaction.value_date:
        yield f"value_date {transaction.value_date}"
    if transaction.original_amount is not None:
        yield f"original {transaction.original_amount} {transaction.original_currency}"
    if transaction.charges is not None:
        yield f"charges {transaction.charges}"
    for name in ("name", "iban", "bic"):
        if text := getattr(transaction.counterparty, name):
            yield f"{name} {text}"
    for name in TEXTS:
        if text := getattr(transaction, name):
            yield f"{name} {' / '.join(text.splitlines())}"


@each_example
def test_example_says_what_is_written_beside_it(path):
    events = parse_as("csv", path.read_bytes())
    expected = path.with_suffix(".txt").read_text("utf-8").splitlines()
    assert [told(event) for event in events] == expected


@each_example
def test_example_is_recognised_by_its_own_profile_and_as_nothing_else(path):
    statements = read(path.read_bytes())
    assert {statement.dialect for statement in statements} == {profile_name(path)}
    assert not any(statement.guessed for statement in statements)


@each_example
def test_example_adds_up_as_far_as_it_states_balances(path):
    for statement in read(path.read_bytes()):
        assert statement.balanced is not False


@each_example
def test_file_that_ends_within_its_last_row_is_refused(path):
    start, end = last_row(path)
    with pytest.raises(InvalidStatement):
        parse_as("csv", path.read_bytes()[: (start + end) // 2])


@pytest.mark.parametrize(
    "path",
    [path for path in EXAMPLES if PROFILES[profile_name(path)].footer_required],
    ids=lambda path: path.stem,
)
def test_file_without_its_footer_is_refused(path):
    end = last_row(path)[1]
    with pytest.raises(InvalidStatement, match="cut off"):
        parse_as("csv", path.read_bytes()[:end] + b"\n")


def test_every_shipped_profile_has_an_example():
    named = {profile_name(path) for path in EXAMPLES}
    assert named == set(PROFILES) - TESTED_ELSEWHERE
