"""When a bank is asked again."""

from account_bank_feed_connection.protocol import MAX_ATTEMPTS, RateLimited, wait_before
from account_bank_feed_connection.protocol.errors import LONGEST_PAUSE
from account_bank_feed_connection.protocol.retry import FIRST_WAIT, LONGEST_WAIT


def longest(attempt, wanted=None):
    return wait_before(attempt, wanted, draw=lambda: 1)


def shortest(attempt, wanted=None):
    return wait_before(attempt, wanted, draw=lambda: 0)


def test_waits_grow_up_to_a_limit():
    waits = [longest(attempt) for attempt in range(1, MAX_ATTEMPTS + 1)]
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 4, FIRST_WAIT * 16]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_half_of_a_wait_is_chance():
    assert shortest(1) == FIRST_WAIT / 2
    assert len({wait_before(3) for _ in range(20)}) > 10


def test_what_the_bank_asks_for_is_the_least():
    assert shortest(1, 86_400) == 86_400
    assert longest(1, 86_400) > 86_400  # not all at the same second
    assert longest(8, 5) == LONGEST_WAIT


def test_no_bank_is_left_alone_for_good():
    for after, kept in ((7200, 7200), (0, 0), (None, None), (float("inf"), LONGEST_PAUSE)):
        assert RateLimited("bank.example answers 429", after).after == kept
