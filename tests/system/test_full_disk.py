"""A disk that is full while a big import runs: nothing lost, nothing doubled, states true.

The database is put on a small file system of its own, which takes root. Where none can be made, the
test says so and is skipped.
"""

import contextlib
import os
import pwd
import subprocess

import harness
import pytest

LINES = 3_000
BATCH = 250
ROOM = 1 << 20  # bytes that are left after the first batch: less than the next ones take

RETRY = """
batches = env["bank.import.batch"]
env["bank.import"]._cron_sweep()
env.cr.commit()
batches.search([("state", "=", "failed")]).action_retry()
env["bank.import"].search([("state", "=", "failed")]).action_retry()
env["queue.job"].search([("state", "=", "failed")]).unlink()  # others have taken their place
env.cr.commit()
print("true")
"""


@pytest.fixture
def small_disk(odoo, tmp_path_factory):
    """A tablespace of one gigabyte in memory: its name and its folder."""
    cluster = odoo.cluster
    name = f"small_{os.getpid()}"
    folder = cluster.folder / name
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1g,mode=0777", "none", folder]
    with contextlib.ExitStack() as stack:
        stack.callback(folder.rmdir)
        if subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("No small file system can be made here: mounting one takes root.")
        stack.callback(subprocess.run, ["umount", folder], check=True)
        inside = folder / "tablespace"
        inside.mkdir(mode=0o700)
        owner = pwd.getpwnam(cluster.user) if cluster.user else pwd.getpwuid(os.geteuid())
        os.chown(inside, owner.pw_uid, owner.pw_gid)
        cluster.sql(f"CREATE TABLESPACE {name} LOCATION '{inside}'")
        stack.callback(cluster.sql, f"DROP TABLESPACE {name}")
        yield name, folder


def fill(folder):
    """Leave no more than some room; return the file that takes it."""
    ballast = folder / "ballast"
    free = os.statvfs(folder)
    with open(ballast, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - ROOM)
    return ballast


def test_a_full_disk_loses_and_doubles_nothing(new_books, prepared, small_disk):
    tablespace, folder = small_disk
    books = new_books(batch_size=BATCH)
    file = harness.statement_file(LINES, prepared.invoices)
    settings = {"workers": 4, "channels": "root:2", "max_cron_threads": 0}
    with (
        books.on(tablespace),
        books.odoo.running(books.name, log=books.log("full"), **settings) as node,
    ):
        harness.Person(node).drop(file)
        books.wait(lambda: books.booked() >= BATCH, "line")
        ballast = fill(folder)
        books.wait(lambda: "No space left on device" in books.log("full").read_text(), "full disk")
        booked = books.booked()
        assert booked < LINES, "all was booked before the disk was full"
        assert booked % BATCH == 0, "half a batch is in the books"
        ballast.unlink()
        books.wait(lambda: not books.jobs_in_hand(), "end of what began on a full disk")
        books.read(RETRY)
        books.wait_until_finished()
        books.assert_hold(file)
