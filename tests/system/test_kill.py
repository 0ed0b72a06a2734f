"""Power or memory run out in the middle of a big import: nothing lost, nothing doubled."""

import contextlib
import os
import signal

import harness

LINES = 2_000
BATCH = 200
FROM, TO = 400, 1_600  # lines in the books when it happens
SETTINGS = {"workers": 4, "channels": "root:2", "max_cron_threads": 0}


@contextlib.contextmanager
def half_way(books, file):
    """A node that has booked some of a file."""
    with books.odoo.running(books.name, log=books.log("first"), **SETTINGS) as node:
        harness.Person(node).drop(file)
        books.wait(lambda: books.booked() >= FROM, "line")
        yield node


def test_a_killed_node_loses_and_doubles_nothing(new_books):
    books = new_books(batch_size=BATCH)
    file = harness.statement_file(LINES)
    with half_way(books, file) as node:
        assert books.jobs_in_hand()
        node.kill()
    books.wait(lambda: not books.connections(), "silence")
    booked = books.booked()
    assert FROM <= booked <= TO
    assert booked % BATCH == 0, "half a batch is in the books"
    with books.odoo.running(books.name, log=books.log("second"), **SETTINGS):
        books.wait_until_finished()
    books.assert_hold(file)


def test_killed_workers_lose_and_double_nothing(new_books):
    """As the kernel does when memory runs out; their node goes on, and the jobs are done again."""
    books = new_books(batch_size=BATCH)
    file = harness.statement_file(LINES)
    with half_way(books, file) as node:
        for pid in harness.busy_workers(node, count=2):
            os.kill(pid, signal.SIGKILL)
        assert books.booked() <= TO
        books.wait_until_finished()
        assert node.process.poll() is None, "the whole node has ended"
    ((tries,),) = books.sql("SELECT max(retry) FROM queue_job")
    assert int(tries) > 1, "no job was interrupted"
    books.assert_hold(file)
