"""Tokens that nobody signs in for."""

import time

from authlib.jose import jwt

from odoo.addons.account_bank_feed_connection.protocol import RetryLater
from odoo.tests import tagged

from ..rest import shipped
from ..session import ClientToken, SignedToken
from .banks import CLIENT, PASSWORD, Ponto, private_key
from .common import RestCase


@tagged("post_install", "-at_install")
class TestSession(RestCase):
    def test_half_a_token_is_kept_nowhere(self):
        bank = Ponto()
        self.addCleanup(bank.close)
        answer = b'{"access_token": "Access-1234567890", "token_ty'
        self.patch(bank, "answer", lambda asked: (200, answer))
        sign_in = shipped()["ponto"].sign_in
        token = ClientToken(f"{bank.url}/oauth2/token", (CLIENT, PASSWORD), sign_in, None)
        with self.assertRaisesRegex(RetryLater, "no valid JSON") as caught:
            token()
        self.assertFalse(caught.exception.payload)

    def test_a_signed_token_is_good_for_a_clock_that_is_behind(self):
        key = private_key()
        token = SignedToken(key, "app-1", {"iss": "us"}, 3600)()
        claims = jwt.decode(token, key)
        self.assertLessEqual(claims["iat"], time.time() - 30)
        self.assertEqual(claims["exp"] - claims["iat"], 3600)
