"""Which secrets a drill has used, and whether anybody who may not can read them."""

import base64
import contextlib
from unittest.mock import patch
from urllib.parse import parse_qsl, quote

FORM = ("code", "code_verifier", "refresh_token", "client_secret", "client_assertion", "token")
SHORTEST = 12
"""Characters; what is shorter may stand anywhere by chance."""


class Recorder:
    """Notes every secret that this process sends to a bank."""

    def __init__(self):
        self.secrets = set()

    def __enter__(self):
        from requests.adapters import HTTPAdapter

        stock = HTTPAdapter.send

        def send(adapter, request, **kwargs):
            self._note(request)
            return stock(adapter, request, **kwargs)

        self._patch = patch.object(HTTPAdapter, "send", send)
        self._patch.start()
        return self

    def __exit__(self, *_error):
        self._patch.stop()

    def add(self, *texts):
        self.secrets.update(text for text in texts if text and len(text) >= SHORTEST)

    def _note(self, request):
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        self.add(value)
        if scheme == "Basic":
            self.add(base64.b64decode(value).decode().partition(":")[2])
        body = request.body or b""
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
        self.add(*(value for name, value in parse_qsl(text) if name in FORM))


def key_lines(pem):
    """The lines of a private key, each as good as the whole."""
    return [line for line in pem.splitlines() if line and not line.startswith("-----")]


def found_in(text, secrets):
    """Those that are in a text, in whatever way they may be written there.

    :param bytes text: of a dump or a log
    :return: how many
    """
    return sum(any(way in text for way in _ways(secret)) for secret in secrets)


def _ways(secret):
    raw = secret.encode()
    return {
        raw,
        quote(secret, safe="").encode(),
        raw.hex().encode(),
        base64.b64encode(raw).rstrip(b"=")[:-1],
    }


def readable(env, secrets, most):
    """Where a user's fields show secrets.

    :param most: how many records of a model are read, the latest ones
    :return: how many models and fields were read, and those that show one
    """
    models = fields = 0
    shown = []
    for name in sorted(env.registry):
        model = env[name]
        if model._abstract or not model.has_access("read"):
            continue
        models += 1
        for field, text in _values(model, most):
            fields += 1
            if found_in(text, secrets):
                shown.append(f"{name}.{field}")
    return models, fields, shown


def _values(model, most):
    """Each field that can be read, and all that its records show there."""
    records = model
    with _harmless(model.env):
        records = model.with_context(active_test=False, bin_size=False).search(
            [], limit=most, order="id desc"
        )
    if not records:
        return
    for field in model.fields_get(attributes=["type"]):
        with _harmless(model.env):
            rows = records.read([field], load=None)
            yield field, repr([row.get(field) for row in rows]).encode()


@contextlib.contextmanager
def _harmless(env):
    """A field that cannot be read shows nothing."""
    with contextlib.suppress(Exception), env.cr.savepoint():
        yield
