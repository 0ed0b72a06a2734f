"""What the jobs of the bank feed share."""


def repeatable(job):
    """Mark a job method that does no harm when it runs again after it was through.

    It is tried again after its connection with the database was cut, even in the commit,
    of which nobody can say then whether it took place (see ``controllers/queue.py``).
    """
    job.repeatable = True
    return job
