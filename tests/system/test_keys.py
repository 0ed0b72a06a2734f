"""The operator's keys, by the command that operators use: made, changed, missed, given up."""

import subprocess

import pytest

from tools.environment import clean_environ

SECRET = "TopSecret-8f31"
CONTENT = "Statement-8f31"
MANY = 5_000

FILE = """
env["bank.file"]._keep("before.txt", b"@CONTENT@" * 10)
env.cr.commit()
print("true")
"""
SECRETS = """
from odoo.addons.account_bank_feed import vault
journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
for number in range(@MANY@):
    vault.store(journal, f"secret_{number}", f"@SECRET@ {number}")
env["bank.file"]._keep("after.txt", b"@CONTENT@" * 20)
env.cr.commit()
print("true")
"""
READ = """
from odoo.addons.account_bank_feed import vault
journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
for number in range(@MANY@):
    secret = vault.fetch(journal, f"secret_{number}")
    assert vault.reveal(secret) == f"@SECRET@ {number}", number
for name, times in (("before.txt", 10), ("after.txt", 20)):
    file = env["bank.file"].search([("name", "=", name)])
    assert file._open().read() == b"@CONTENT@" * times, name
print("true")
"""


@pytest.fixture
def key_file(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def command(odoo, key_file):
    """Call it with the command's words: it returns the exit code and what was printed."""
    conf = odoo.config(odoo.name("keys"))
    conf.write_text(f"{conf.read_text()}\n[bank_feed]\nkey_file = {key_file}\n")

    def call(*words):
        done = subprocess.run(
            [odoo.python, odoo.venv / "bin" / "odoo", *words],
            env=clean_environ(ODOO_RC=str(conf)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    yield call
    conf.unlink()


def test_keys_are_changed_while_everything_opens(odoo, new_books, command, key_file, monkeypatch):
    books = new_books(batch_size=100)
    status = ("bank_feed_keys", "status", "-d", books.name)
    rotate = ("bank_feed_keys", "rotate", "-d", books.name)

    def shell(code):
        for name, value in (("SECRET", SECRET), ("CONTENT", CONTENT), ("MANY", str(MANY))):
            code = code.replace(f"@{name}@", value)
        assert odoo.shell(books.name, code) == "true"

    def new(key_id):
        code, text = command("bank_feed_keys", "new", "--id", key_id, "--file", str(key_file))
        assert code == 0 and "copy" in text

    def drop_last_key():
        key_file.write_text(key_file.read_text().splitlines(keepends=True)[0])

    # Without keys
    shell(FILE)
    code, text = command(*rotate)
    assert code and "cannot be read" in text

    # The first key
    new("first")
    assert key_file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("BANK_FEED_KEY_FILE", str(key_file))
    shell(SECRETS)
    code, text = command(*status)
    assert (code, text.splitlines()) == (
        0,
        [f"first: {MANY} secrets, 1 files; in use for what is new", "not encrypted: 1 files"],
    )
    assert command(*rotate)[0] == 0
    assert command(*status)[1].splitlines() == [
        f"first: {MANY} secrets, 2 files; in use for what is new"
    ]
    text = odoo.cluster.call("pg_dump", "-h", odoo.cluster.folder, "-U", "owner", books.name)
    for word in (SECRET, CONTENT):
        assert word not in text
        assert word.encode().hex() not in text

    # The second one
    new("second")
    assert "still needed" in command(*status)[1]
    code, text = command(*rotate)
    assert code == 0
    assert f"bank.secret: {MANY} locked anew" in text
    assert "first: 0 secrets, 0 files; can be taken away" in text
    assert "bank.secret: 0 locked anew" in command(*rotate)[1]
    drop_last_key()
    shell(READ)

    # A key that was given up too early
    new("third")
    drop_last_key()
    code, text = command(*status)
    assert code and f"second: {MANY} secrets, 2 files; MISSING" in text
    code, text = command(*rotate)
    assert code and f"{MANY} stay as they are" in text and "“second” is missing" in text
    assert books.sql("SELECT count(*) FROM bank_secret WHERE lock LIKE '1:second:%'") == [
        [str(MANY)]
    ]

    # A copy
    assert command("neutralize", "-d", books.name)[0] == 0
    assert books.sql("SELECT count(*) FROM bank_secret") == [["0"]]
