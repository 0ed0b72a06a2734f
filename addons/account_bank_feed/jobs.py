"""What the jobs of the bank feed share."""

AHEAD = 5
"""Priority of jobs that others wait for: files are read, admitted and matched by one worker each,
and only then there is work for all of them. Booking has the queue's usual 10."""


def repeatable(job):
    """Mark a job method that does no harm when it runs again after it was through.

    It is tried again after its connection with the database was cut, even in the commit,
    of which nobody can say then whether it took place (see ``controllers/queue.py``).
    """
    job.repeatable = True
    return job
