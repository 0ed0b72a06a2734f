import base64
import json
import logging
import os
import tempfile
import tracemalloc
from unittest.mock import patch

from odoo.addons.bank_statement_format.testing import camt053
from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .. import keys, vault
from ..envelope import Secret, new_key, parse_keys, reveal
from ..models import bank_file
from . import secret_owner
from .common import BankFeedAloneCase, statement, transaction

SECRET = "TopSecret-8f31"
ROLES = ("viewer", "operator", "accountant", "approver", "manager", "auditor")


class KeysCase(BankFeedAloneCase):
    """With one key, in a file."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.key_file = os.path.join(folder.name, "keys")
        environ = patch.dict(os.environ)
        environ.start()
        self.addCleanup(environ.stop)
        os.environ.pop(keys.VARIABLE_KEYS, None)
        os.environ[keys.VARIABLE_FILE] = self.key_file
        self.old, self.new = f"old {new_key()}\n", f"new {new_key()}\n"
        self.use_keys(self.old)

    def use_keys(self, *lines):
        with open(self.key_file, "w") as file:
            file.writelines(lines)
        os.chmod(self.key_file, 0o600)

    @staticmethod
    def no_keys():
        return patch.dict(os.environ, {keys.VARIABLE_FILE: ""})


@tagged("post_install", "-at_install")
class TestSecrets(KeysCase):
    """What a connection needs to sign in: written by people, read by nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(secret_owner.add(cls.env))

    def setUp(self):
        super().setUp()
        self.owners = self.env[secret_owner.NAME]

    def own(self, **values):
        return self.owners.create({"name": "Bank", "client_secret": SECRET, **values})

    def rows(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM bank_secret")
        return self.env.cr.dictfetchall()

    def secret(self, record, field="client_secret"):
        found = vault.fetch(record, field)
        return found and reveal(found)

    def test_what_is_written_is_there_for_python_only(self):
        record = self.own()
        self.assertEqual(self.secret(record), SECRET)
        self.assertEqual(repr(vault.fetch(record, "client_secret")), "***")
        self.assertFalse(record.client_secret)
        self.assertEqual(record.secrets_set, "|client_secret|")
        self.assertIsNone(vault.fetch(record, "private_key"))
        record.write({"private_key": Secret("-----BEGIN\nKEY-----"), "name": "Other"})
        self.assertEqual(self.secret(record, "private_key"), "-----BEGIN\nKEY-----")
        self.assertEqual(record.secrets_set, "|client_secret|private_key|")
        self.assertTrue(vault.is_set(record, "private_key"))

    def test_it_can_be_replaced_and_an_empty_value_changes_nothing(self):
        record = self.own()
        for value, expected in ((False, SECRET), ("", SECRET), ("Another", "Another")):
            record.client_secret = value
            self.assertEqual(self.secret(record), expected)
        self.assertEqual(len(self.rows()), 1)

    def test_it_can_be_forgotten(self):
        record, other = self.own(), self.own()
        vault.forget(record, "client_secret")
        self.assertFalse(record.secrets_set)
        self.assertIsNone(vault.fetch(record, "client_secret"))
        self.assertEqual(self.secret(other), SECRET)

    def test_it_goes_with_its_owner_and_not_with_a_copy(self):
        record = self.own()
        self.assertFalse(record.copy().secrets_set)
        record.unlink()
        self.assertFalse(self.rows())

    def test_what_was_deleted_past_odoo_leaves_none_behind(self):
        record, other = self.own(), self.own()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM bank_secret_test_owner WHERE id = %s", [record.id])
        self.env.invalidate_all()
        self.env["bank.secret"].sudo()._gc_ownerless()
        self.assertEqual([row["res_id"] for row in self.rows()], [other.id])

    def test_the_table_has_no_value(self):
        self.own()
        dump = repr(self.rows())
        self.assertIn("client_secret", dump)
        for writing in (SECRET, base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex()):
            self.assertNotIn(writing, dump)

    def test_nothing_in_the_database_has_it(self):
        """All tables: chatter, tracking, audit log, jobs, properties."""
        record = self.own()
        record.client_secret = SECRET + "2"
        record.with_delay().write({"name": "By a job"})
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (table,) in self.env.cr.fetchall():
            self.env.cr.execute(
                f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{SECRET}%"]
            )
            self.assertFalse(self.env.cr.fetchone()[0], table)

    def test_no_field_of_any_role_has_it(self):
        record = self.own(private_key=SECRET)
        for role in ROLES:
            env = self.env_of(self.make_user(role, groups=("base.group_allow_export",)))
            mine = record.with_env(env)
            with self.subTest(role=role):
                shown = [
                    mine.read(),
                    mine.search_read([]),
                    mine.web_read({"client_secret": {}, "secrets_set": {}, "display_name": {}}),
                    mine.export_data(["name", "client_secret", "secrets_set"]),
                    mine.copy_data(),
                    mine.name_search("")[:5],
                    mine.fields_get(),
                ]
                self.assertNotIn(SECRET, repr(shown))
                self.assertIn("|client_secret|", repr(shown))
                with self.assertRaises(AccessError):
                    env["bank.secret"].search([])
                with self.assertRaises(AccessError):
                    env["bank.secret"].name_search("")

    def test_the_superuser_finds_nothing_but_ciphertext(self):
        self.own()
        found = self.env["bank.secret"].sudo().search([])
        shown = [found.read(), found.export_data(["lock", "sealed"]), found.name_search("")]
        self.assertNotIn(SECRET, repr([*shown, found.mapped("display_name")]))

    def test_the_orm_remembers_nothing(self):
        record = self.own()
        record.client_secret = SECRET + "2"
        unsaved = self.owners.new({"client_secret": SECRET})
        fields = [record._fields[name] for name in ("client_secret", "hint")]
        self.assertEqual(record.hint, "<>")
        self.assertEqual(unsaved.hint, "<>")
        for field in fields:
            cached = [record._cache.get(field.name), unsaved._cache.get(field.name)]
            self.assertNotIn(SECRET, repr(cached))

    def test_a_form_sends_it_and_gets_nothing_back(self):
        env = self.env_of(self.make_user("manager"))
        spec = {"name": {}, "client_secret": {}, "hint": {}, "secrets_set": {}}
        model = env[secret_owner.NAME]
        changed = model.onchange({"name": "x", "client_secret": SECRET}, ["client_secret"], spec)
        self.assertNotIn(SECRET, repr(changed))
        saved = model.web_save({"name": "x", "client_secret": SECRET}, spec)
        self.assertNotIn(SECRET, repr(saved))
        self.assertEqual(saved[0]["secrets_set"], "|client_secret|")
        record = self.owners.browse(saved[0]["id"])
        saved = record.with_env(env).web_save({"client_secret": SECRET + "2"}, spec)
        self.assertNotIn(SECRET, repr(saved))
        self.assertEqual(self.secret(record), SECRET + "2")

    def test_who_may_not_write_the_record_sets_nothing(self):
        record = self.own()
        env = self.env_of(self.make_user("viewer"))
        with self.assertRaises(AccessError):
            record.with_env(env).client_secret = "Mine"
        with self.assertRaises(AccessError):
            record.with_env(env).write({"private_key": "Mine"})
        with self.assertRaises(AccessError):
            env[secret_owner.NAME].create({"client_secret": "Mine"})
        with self.assertRaises(AccessError):
            record.with_env(env).unlink()
        self.assertEqual(self.secret(record), SECRET)
        self.assertEqual(record.secrets_set, "|client_secret|")

    def test_expressions_that_users_write_do_not_reach_it(self):
        record = self.own()
        secret = vault.fetch(record, "client_secret")
        for expression in (
            "record.sudo().client_secret",
            "record.sudo().read()",
            "record.env['bank.secret'].sudo().search([]).read()",
            "'%s %r' % (secret, secret)",
            "secret._Secret__text",
            "secret.__slots__",
            "type(secret)",
            "record.env['bank.secret'].vault",
        ):
            with self.subTest(expression):
                try:
                    shown = repr(safe_eval(expression, {"record": record, "secret": secret}))
                except Exception as error:
                    shown = f"{error!r} {error}"
                self.assertNotIn(SECRET, shown)

    def test_the_audit_log_says_that_it_changed(self):
        record = self.own()
        vault.forget(record)
        rows = self.trail("secret", record).sorted("id")
        self.assertEqual(
            [json.loads(row.after) for row in rows],
            [{"client_secret": "set"}, {"client_secret": "forgotten"}],
        )

    def test_logs_and_errors_do_not_have_it(self):
        with self.assertLogs("odoo", logging.DEBUG) as logs:
            record = self.own()
            with self.no_keys(), self.assertRaises(UserError) as refused:
                record.client_secret = SECRET
            self.env.cr.execute("UPDATE bank_secret SET sealed = lock")
            self.env.invalidate_all()
            with self.assertRaises(keys.SecretLost) as lost:
                vault.fetch(record, "client_secret")
        self.assertNotIn(SECRET, "\n".join(logs.output))
        self.assertNotIn(SECRET, f"{refused.exception} {lost.exception}")

    def test_without_keys_it_is_refused_with_what_to_do(self):
        with self.no_keys(), self.assertRaises(keys.KeysNeeded) as caught:
            self.own()
        for word in ("“Client secret”", "bank_feed_keys new", "[bank_feed]"):
            self.assertIn(word, str(caught.exception))

    def test_keys_that_cannot_be_used_are_said(self):
        record = self.own()
        os.chmod(self.key_file, 0o644)
        with self.assertRaises(keys.KeysNeeded) as caught:
            vault.fetch(record, "client_secret")
        self.assertIn("chmod", str(caught.exception))

    def test_keys_may_stand_in_the_environment(self):
        with patch.dict(os.environ, {keys.VARIABLE_KEYS: self.new}):
            record = self.own()
            self.assertEqual(self.secret(record), SECRET)
        with self.assertRaises(keys.KeysNeeded) as caught:
            vault.fetch(record, "client_secret")
        self.assertIn("“new”", str(caught.exception))

    def test_one_moved_by_sql_is_refused(self):
        record, other = self.own(), self.owners.create({"name": "Other"})
        for change in ("res_id = %(other)s", "field = 'private_key'", "model = 'res.partner'"):
            with self.subTest(change), self.forgotten():
                self.env.cr.execute(f"UPDATE bank_secret SET {change}", {"other": other.id})
                self.env.invalidate_all()
                row = self.env["bank.secret"].sudo().search([])
                with self.assertRaises(keys.SecretLost):
                    vault.fetch(self.env[row.model].browse(row.res_id), row.field)
        self.assertEqual(self.secret(record), SECRET)

    def test_neutralized_copies_have_none(self):
        self.own()
        self.env.flush_all()
        for query in get_neutralization_queries(["account_bank_feed"]):
            self.env.cr.execute(query)
        self.assertFalse(self.rows())

    def test_ten_thousand_are_put_under_a_new_key(self):
        quiet = self.owners.with_context(tracking_disable=True)
        owners = quiet.create([{} for _ in range(10_000)])
        ring = parse_keys(self.old)
        places = [(record._name, record.id, "client_secret") for record in owners]
        names = ("model", "res_id", "field", "lock", "sealed")
        secrets = self.env["bank.secret"].sudo()
        secrets.create(
            [
                dict(zip(names, (*place, *ring.lock(b"Secret %d" % n, place)), strict=True))
                for n, place in enumerate(places)
            ]
        )
        self.env.flush_all()
        damaged = secrets.search([("res_id", "=", owners[50].id)])
        sealed = damaged.mapped("sealed")
        damaged.lock = damaged.lock[:-4] + "AAAA"
        self.use_keys(self.new, self.old)
        after, total, troubles = 0, 0, {}
        while after is not None:
            after, done, failed = secrets._rewrap(keys.keyring(), after)
            total += done
            troubles.update(failed)
            if total == 1_999:  # stopped, and begun again
                after = 0
        self.assertEqual((total, list(troubles)), (9_999, damaged.ids))
        self.assertEqual(secrets._keys_in_use(), {"new": 9_999, "old": 1})
        self.use_keys(self.new)
        self.assertEqual(damaged.mapped("sealed"), sealed)
        for number, record in enumerate(owners):
            if number != 50:
                self.assertEqual(self.secret(record), f"Secret {number}")


@tagged("post_install", "-at_install")
class TestLockedFiles(KeysCase):
    """Statement files are encrypted once there are keys."""

    def keep(self, content):
        return self.env["bank.file"]._keep("bytes.bin", content)

    def small_pieces(self):
        pieces = {"PIECE": 6, "ENCODED": 8, "SEALED": 6 + bank_file.OVERHEAD}
        return patch.multiple(bank_file, **pieces)

    def stored(self, file):
        self.env.cr.execute("SELECT data, lock FROM bank_file WHERE id = %s", [file.id])
        data, lock = self.env.cr.fetchone()
        return bytes(data or b""), lock

    def put(self, file, data):
        self.env.cr.execute("UPDATE bank_file SET data = %s WHERE id = %s", [data, file.id])
        self.env.invalidate_all()

    def test_every_length_is_kept_to_the_byte(self):
        with self.small_pieces():
            for size in (0, 1, 5, 6, 7, 12, 100):
                content = bytes(range(size))
                file = self.keep(content)
                self.assertEqual(file._open().read(), content)
                data, lock = self.stored(file)
                self.assertEqual(bool(lock), bool(size))
                pieces = -(-size // 6)
                self.assertEqual(len(data), size + pieces * bank_file.OVERHEAD)

    def test_the_table_has_nothing_of_it(self):
        content = camt053([statement([transaction("2026-01-02", 5, "Confidential")])])
        record = self.receive(content=content)
        data, lock = self.stored(record.file_id)
        self.assertTrue(lock.startswith("1:old:"))
        for part in (b"Confidential", base64.b64encode(content[:300])[:80], content[:20]):
            self.assertNotIn(part, data)
        self.assertEqual(record.state, "done")
        self.assertEqual(record.file_id._open().read(), content)

    def test_pieces_cannot_be_swapped_dropped_or_moved(self):
        with self.small_pieces():
            file, other = self.keep(b"abcdefghijklmnop"), self.keep(b"ABCDEFGHIJKLMNOP")
            data, lock = self.stored(file)
            size = 6 + bank_file.OVERHEAD
            first, second, third = data[:size], data[size : 2 * size], data[2 * size :]
            for wrong in (
                second + first + third,
                first + second,
                first + third,
                first,
                b"",
                self.stored(other)[0],
                data[:-1],
                data[:5] + bytes([data[5] ^ 1]) + data[6:],
            ):
                with self.subTest(wrong), self.forgotten():
                    self.put(file, wrong)
                    with self.assertRaises(keys.SecretLost):
                        file._open()
            with self.forgotten():  # as if it had been shorter from the start
                self.env.cr.execute("UPDATE bank_file SET size = 12 WHERE id = %s", [file.id])
                self.put(file, first + second)
                with self.assertRaises(keys.SecretLost):
                    file._open()
            with self.forgotten():  # another file's bytes with their lock
                self.put(file, self.stored(other)[0])
                self.env.cr.execute(
                    "UPDATE bank_file SET lock = %s WHERE id = %s", [self.stored(other)[1], file.id]
                )
                with self.assertRaises(keys.SecretLost):
                    file._open()

    def test_files_of_before_stay_readable_and_are_encrypted_later(self):
        contents = [b"", b"abc", bytes(range(100))]
        with self.small_pieces():
            with self.no_keys():
                files = [self.keep(content) for content in contents]
            self.assertFalse(any(self.stored(file)[1] for file in files))
            self.assertEqual([file._open().read() for file in files], contents)
            files.append(self.keep(b"locked at once"))
            after, done = files[0].id - 1, []
            while file := self.env["bank.file"]._lock_plain(after):
                after = file.id
                done.append(file)
            self.assertEqual(done, files[1:3])
            self.assertTrue(all(self.stored(file)[1] for file in files[1:]))
            contents.append(b"locked at once")
            self.assertEqual([file._open().read() for file in files], contents)
            self.use_keys(self.new, self.old)
            self.env["bank.file"]._rewrap(keys.keyring(), files[0].id - 1)
            self.use_keys(self.new)
            self.assertEqual([file._open().read() for file in files], contents)

    def test_the_settings_say_what_is_not_encrypted(self):
        def said():
            return self.env["res.config.settings"].create({}).bank_feed_unencrypted or ""

        before = self.env["bank.file"]._count_plain()
        with self.no_keys():
            self.keep(b"abc")
            self.assertIn("unencrypted", said())
            self.assertIn("bank_feed_keys new", said())
        self.assertIn(f": {before + 1}.", said())
        self.assertIn("rotate", said())
        self.env.cr.execute("UPDATE bank_file SET lock = 'any' WHERE lock IS NULL")
        self.assertFalse(said())
        os.chmod(self.key_file, 0o644)
        self.assertIn("cannot be used", said())

    def test_without_its_key_a_file_says_what_is_missing(self):
        file = self.keep(b"abc")
        self.use_keys(self.new)
        with self.assertRaisesRegex(keys.KeysNeeded, "“old”"):
            file._open()
        with self.no_keys(), self.assertRaisesRegex(keys.KeysNeeded, "odoo.conf"):
            file._open()

    def test_unusable_keys_store_nothing_in_plain(self):
        os.chmod(self.key_file, 0o644)
        with self.assertRaisesRegex(keys.KeysNeeded, "chmod"):
            self.keep(b"abc")

    def test_a_large_file_takes_little_memory(self):
        size = 100 * 10**6
        content = (b"0123456789" * (size // 10 + 1))[:size]
        for locked in (False, True):
            with patch.dict(os.environ, {} if locked else {keys.VARIABLE_FILE: ""}):
                tracemalloc.start()
                file = self.keep(content)
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.reset_peak()
                stream = file._open()
                reading = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
            self.assertEqual(stream.getbuffer().nbytes, size)
            self.assertEqual(stream.read(30), content[:30])
            self.assertLess(peak, 100 * 10**6)
            self.assertLess(reading, 200 * 10**6)
