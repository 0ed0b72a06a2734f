"""Two nodes on one database share the work, and one goes on when the other dies."""

import harness

LINES = 600
BATCH = 30
JOBS = 2


def test_both_nodes_work_and_one_survives(new_books):
    books = new_books(batch_size=BATCH)
    file = harness.statement_file(LINES)
    with harness.nodes(books, count=2, jobs=JOBS) as nodes:
        by_pid = {node.process.pid: node for node in nodes}
        harness.Person(nodes[0]).drop(file)
        books.wait(lambda: set(books.jobs().values()) == set(by_pid), "job on both nodes")

        leader = books.leader()
        before = books.jobs()
        assert len(before) < LINES // BATCH, "nothing is left to be done"
        by_pid.pop(leader).kill()
        (survivor,) = by_pid
        books.wait(lambda: books.leader() == survivor, "new leader")

        books.wait_until_finished()
    after = books.jobs()
    assert len(after) == LINES // BATCH
    assert {after[uuid] for uuid in after.keys() - before.keys()} >= {survivor}
    books.assert_hold(file)
