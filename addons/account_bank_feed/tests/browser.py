"""What browser tests share, those of other addons included."""

from pathlib import Path
from unittest import SkipTest

from odoo.tests import HttpCase
from odoo.tools.misc import file_path

MISSING_IN_DEBIAN = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
"""Named in web.assets_backend, but left out of Debian's package; a bundle that lacks a
file logs an error in the browser, and any such error fails a tour."""


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
        try:
            return super().start_tour(*args, **kwargs)
        except SkipTest as missing:
            raise AssertionError(f"Install what browser tests need: {missing}") from missing
