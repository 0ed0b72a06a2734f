"""Time for a drill: the bank's clock and Odoo's go on together, and nobody sleeps."""

import datetime

import freezegun

import odoo.sql_db


class Clock:
    """It goes on by itself, and jumps ahead when told to; the bank's jumps along.

    PostgreSQL's own clock stays as it is; Odoo asks it for the dates of records only.
    """

    def __init__(self, bank):
        self.bank = bank
        self._ahead = datetime.timedelta()

    def __enter__(self):
        self._freezer = freezegun.freeze_time(datetime.datetime.now(), tick=True)
        self._time = self._freezer.start()
        self._stock = odoo.sql_db.Cursor.now
        odoo.sql_db.Cursor.now = lambda _cursor: self.now
        return self

    def __exit__(self, *_error):
        odoo.sql_db.Cursor.now = self._stock
        self._freezer.stop()

    @property
    def now(self):
        return datetime.datetime.now()

    @property
    def today(self):
        return self.now.date()

    def move_to(self, moment):
        ahead = moment - self.now
        if ahead > datetime.timedelta():
            self.bank.advance(ahead)
            self._time.time_to_freeze += ahead
