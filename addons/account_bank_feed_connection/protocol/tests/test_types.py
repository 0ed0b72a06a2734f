"""Periods and accounts."""

import datetime

import pytest

from account_bank_feed_connection.protocol import Period, RemoteAccount


def day(text):
    return datetime.date.fromisoformat(text)


def test_a_period_in_pieces_leaves_no_day_out():
    period = Period(day("2026-01-30"), day("2026-02-05"))
    assert list(period.pieces(3)) == [
        Period(day("2026-01-30"), day("2026-02-01")),
        Period(day("2026-02-02"), day("2026-02-04")),
        Period(day("2026-02-05"), day("2026-02-05")),
    ]
    assert list(period.pieces(100)) == [period]


def test_a_period_does_not_end_before_it_starts():
    with pytest.raises(ValueError, match="cannot end"):
        Period(day("2026-01-02"), day("2026-01-01"))


def test_an_account_is_called_by_the_best_that_is_known():
    assert RemoteAccount("x", iban="DE02").label == "DE02"
    assert RemoteAccount("x", number="47").label == "47"
    assert RemoteAccount("x").label == "x"
