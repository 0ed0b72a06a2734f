from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tools import SQL, mute_logger

COME_BACK_AFTER = 2
"""Seconds until a job that lost its turn is tried again."""


class BankFeedTurn(models.Model):
    """Whose turn it is: one row per thing that only one job may settle at a time.

    A plain lock would not do. Jobs run in snapshots (REPEATABLE READ), so a job that
    waited for another one would go on without seeing what that one wrote. Writing the
    same row makes PostgreSQL refuse the second job, and the queue starts it again.
    """

    _name = "bank.feed.turn"
    _description = "Bank Feed Turn"
    _log_access = False

    key = fields.Char(required=True)
    turn = fields.Integer()

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS bank_feed_turn_key_unique ON bank_feed_turn (key)"
        )

    @api.model
    def _take(self, key):
        """Be the only one to settle ``key`` until this database transaction ends.

        :raises psycopg2.OperationalError: when another one did since our snapshot began; Odoo then
            tries a person's request again
        """
        self._lock("pg_advisory_xact_lock", key)
        with mute_logger("odoo.sql_db"):  # to lose a turn is no error
            self._write_turn(key)

    @api.model
    def _take_or_come_back(self, key):
        """As ``_take``, for jobs: one that waited for another would keep a worker from booking.

        :return: whether it has the turn; else the same job waits once more, and will see all that
            there is to see now
        :raises RetryableJobError: when another one has the turn, or had it since our snapshot began
        """
        why = f"Another job has the turn: {key}"
        if not self._lock("pg_try_advisory_xact_lock", key):
            self._come_back(why)
            return False
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self._write_turn(key)
        except SerializationFailure as error:
            self._come_back(why, error)
            return False
        return True

    def _come_back(self, why, error=None):
        """End this job here: it is tried again, unless the same one waits once more anyway."""
        if not self._waits_once_more():
            raise RetryableJobError(why, seconds=COME_BACK_AFTER, ignore_retry=True) from error

    def _waits_once_more(self):
        """Whether a job that does the same as this one is still to begin.

        Of hundreds of files dropped together each has such jobs made; all but one may go.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT EXISTS (
                    SELECT FROM queue_job job JOIN queue_job other USING (func_string)
                     WHERE job.uuid = %(uuid)s
                       AND other.uuid != job.uuid AND other.state = 'pending'
                )
                """,
                uuid=self.env.context.get("job_uuid"),
            )
        )
        return self.env.cr.fetchone()[0]

    def _lock(self, function, key):
        """Besides writing the row: one that is not there yet can't be asked who is writing it."""
        self.env.cr.execute(
            SQL("SELECT %s(hashtext(%s), hashtext(%s))", SQL.identifier(function), self._name, key)
        )
        return self.env.cr.fetchone()[0]

    def _write_turn(self, key):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO bank_feed_turn (key, turn) VALUES (%s, 1)
                ON CONFLICT (key) DO UPDATE SET turn = bank_feed_turn.turn + 1
                """,
                key,
            )
        )
