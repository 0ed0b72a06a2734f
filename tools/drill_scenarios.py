"""What a bank does wrong in `make drill`, one after the other, and who is to hear of it."""

from dataclasses import dataclass

REST, XML = "NextGenPSD2", "ISO 20022"
READING = {REST: "/v1/accounts*", XML: "/ws/*"}
LISTS = {REST: "/v1/accounts/*/transactions*", XML: "/ws/*"}


@dataclass(frozen=True)
class Scenario:
    """One thing that a bank does wrong, from just before a scheduled fetch on.

    :param fault: of the demo bank, with its options; ``{}`` for none
    :param told: how many problems somebody is to hear of: none where it heals by itself in time
    :param person: what a person has to do, after being told and when the bank is well again
    :param before: what happens before the fetch, such as ``RACE``
    :param announced: so many days before its end a consent or certificate is to be announced
    :param short: whether it is in the short form, too
    """

    name: str
    bank: str
    fault: dict
    told: int = 0
    person: str = ""
    before: str = ""
    announced: tuple[int, ...] = ()
    short: bool = False


def _on(bank, kind, times=2, path=READING, **options):
    return {"kind": kind, "times": times, "path": path[bank], **options}


def _status(bank, status, times=2, **options):
    return _on(bank, "status", times, status=status, **options)


SIGNS_IN, TRIES_AGAIN = "signs in", "tries again"
REFUSES, WITH_WRONG_STATE = "refuses", "comes with a wrong state"
"""How the way to the bank leads to nothing, the first time."""
NEW_CERTIFICATE = "new certificate"
RACE = "workers ask at once"
ENDS, RENEWED, LEFT_OPEN = "it ends", "it is renewed", "its renewal is left open"
"""What becomes of a consent or certificate that ends soon."""
FOR_GOOD = None  # until the person has looked after it

SCENARIOS = (
    Scenario("401 once", REST, _status(REST, 401, 1), short=True),
    Scenario("401", REST, _status(REST, 401, FOR_GOOD), 1, SIGNS_IN),
    Scenario("403", REST, _status(REST, 403, FOR_GOOD), 1, SIGNS_IN),
    Scenario("429, Retry-After 2 h", REST, _status(REST, 429, 1, retry_after=7200), short=True),
    Scenario(
        "429, Retry-After as a date", REST, _status(REST, 429, 1, retry_after=5400, as_date=True)
    ),
    Scenario("500", REST, _status(REST, 500), short=True),
    Scenario("503", REST, _status(REST, 503, 5)),
    Scenario("503 until given up", REST, _status(REST, 503, FOR_GOOD), 1, TRIES_AGAIN, short=True),
    Scenario("503 for tokens", REST, {**_status(REST, 503, 2), "path": "/oauth/token"}),
    Scenario("time-out", REST, _on(REST, "timeout", 1)),
    Scenario("connection reset", REST, _on(REST, "reset"), short=True),
    Scenario("half a page", REST, _on(REST, "half_page")),
    Scenario("malformed JSON", REST, _on(REST, "malformed")),
    Scenario("repeated page", REST, _on(REST, "repeated_page", path=LISTS)),
    # Each try is one of the four fetches a day that the consent allows.
    Scenario("repeated page, always", REST, _on(REST, "repeated_page", FOR_GOOD, LISTS), 1,
             TRIES_AGAIN),
    Scenario("changed ids", REST, _on(REST, "changed_ids", path=LISTS), short=True),
    Scenario("back-dated entry", REST, _on(REST, "backdated", 1, LISTS)),
    Scenario("expired consent", REST, _on(REST, "expired_consent", 1), 1, SIGNS_IN),
    Scenario("revoked token", REST, _on(REST, "revoked_token", 1), 1, SIGNS_IN, short=True),
    Scenario("wrong certificate", REST, {"kind": "wrong_certificate", "times": 2}),
    Scenario("bank closed for a day", REST, _on(REST, "closed", hours=24)),
    Scenario("workers refresh at once", REST, {}, before=RACE, short=True),
    Scenario("consent ends", REST, {}, 1, SIGNS_IN, ENDS, (14, 7, 1), short=True),
    Scenario("consent is renewed in time", REST, {}, before=RENEWED, announced=(14, 7)),
    Scenario("consent ends, its renewal is left open", REST, {}, 1, SIGNS_IN, LEFT_OPEN,
             (14, 7, 1)),
    Scenario("consent refused, then given", REST, _on(REST, "expired_consent", 1), 1,
             f"{REFUSES}, {SIGNS_IN}", short=True),
    Scenario("sign-in with a wrong state", REST, _on(REST, "revoked_token", 1), 1,
             f"{WITH_WRONG_STATE}, {SIGNS_IN}", short=True),
    Scenario("401", XML, _status(XML, 401, FOR_GOOD), 1, SIGNS_IN),
    Scenario("403", XML, _status(XML, 403, FOR_GOOD), 1, SIGNS_IN),
    Scenario("429, Retry-After 2 h", XML, _status(XML, 429, 1, retry_after=7200)),
    Scenario("500", XML, _status(XML, 500)),
    Scenario("503", XML, _status(XML, 503)),
    Scenario("500 until given up", XML, _status(XML, 500, FOR_GOOD), 1, TRIES_AGAIN),
    Scenario("time-out", XML, _on(XML, "timeout", 1)),
    Scenario("connection reset", XML, _on(XML, "reset")),
    Scenario("half a page", XML, _on(XML, "half_page")),
    Scenario("malformed XML", XML, _on(XML, "malformed"), short=True),
    Scenario("changed ids", XML, _on(XML, "changed_ids")),
    Scenario("back-dated entry", XML, _on(XML, "backdated", 1)),
    Scenario("wrong certificate", XML, {"kind": "wrong_certificate", "times": 2}, short=True),
    Scenario("bank closed for a day", XML, _on(XML, "closed", hours=24)),
    Scenario("own certificate refused", XML, {"kind": "refused_certificate", "times": FOR_GOOD}, 1,
             SIGNS_IN),
    Scenario("own certificate ends", XML, {}, 1, f"{NEW_CERTIFICATE}, {SIGNS_IN}", ENDS,
             (14, 7, 1), short=True),
    Scenario("own certificate is renewed in time", XML, {}, before=RENEWED, announced=(14, 7)),
)  # fmt: skip
