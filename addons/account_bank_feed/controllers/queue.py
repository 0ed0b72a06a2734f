"""Jobs whose connection with the database is cut."""

from psycopg2 import InterfaceError, OperationalError

from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.exception import RetryableJobError

AGAIN_AFTER = 10
"""Seconds that a database is given to come back."""


class JobController(RunJobController):
    @classmethod
    def _try_perform_job(cls, env, job):
        """Try a repeatable job again whose connection is cut: the queue calls it failed for ever.

        Not round the job's method: leaving its savepoint and the commit raise as well.
        """
        try:
            return super()._try_perform_job(env, job)
        except (InterfaceError, OperationalError) as error:
            if not (env.cr.connection.closed and getattr(job.func, "repeatable", False)):
                raise
            raise RetryableJobError(
                "The connection with the database was lost", seconds=AGAIN_AFTER
            ) from error
