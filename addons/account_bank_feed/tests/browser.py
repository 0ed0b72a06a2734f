"""What browser tests share, those of other addons included."""

import functools
from pathlib import Path
from unittest import SkipTest
from unittest.mock import patch

from odoo.tests import HttpCase
from odoo.tools.misc import file_path

from ..series import user_groups_field
from .common import run_jobs

MISSING_IN_DEBIAN = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
"""Named in web.assets_backend, but left out of Debian's package; a bundle that lacks a
file logs an error in the browser, and any such error fails a tour."""

PATIENCE = 180
"""Seconds that a tour may take; Odoo's minute is not enough on a busy machine."""


class BrowserCase(HttpCase):
    """Tours that fail, and are not skipped, where Chromium or websocket-client is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for path in MISSING_IN_DEBIAN:
            addon, _slash, rest = path.partition("/")
            if not (Path(file_path(addon)) / rest).exists():
                cls.env["ir.asset"].create(
                    {
                        "name": f"Left out: {path}",
                        "bundle": "web.assets_backend",
                        "directive": "remove",
                        "path": path,
                    }
                )

    def start_tour(self, *args, **kwargs):
        kwargs.setdefault("timeout", PATIENCE)
        try:
            return super().start_tour(*args, **kwargs)
        except SkipTest as missing:
            raise AssertionError(f"Install what browser tests need: {missing}") from missing

    @classmethod
    def make_login(cls, role):
        """A user with one role of the bank feed, whose login and password tell it."""
        login = f"bank_feed_{role}"
        return cls.env["res.users"].create(
            {
                "name": role.capitalize(),
                "login": login,
                "password": login,
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                user_groups_field(cls.env): [
                    (6, 0, cls.env.ref(f"account_bank_feed.group_{role}").ids)
                ],
            }
        )

    def serve(self, name, content):
        """Put the file where the tour fetches it from."""
        self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "url": f"/account_bank_feed/tour/{name}",
                "type": "binary",
                "public": True,
                "mimetype": "application/octet-stream",
            }
        )

    def jobs_run_between_questions(self):
        """No worker sees the test's database transaction: run the jobs whenever the screen asks."""
        model = self.registry["bank.import"]
        search_read = model.search_read

        @functools.wraps(search_read)
        def run_and_search_read(records, *args, **kwargs):
            run_jobs(self.env)
            return search_read(records, *args, **kwargs)

        run_and_search_read._readonly = False  # the jobs write
        return patch.object(model, "search_read", run_and_search_read)
