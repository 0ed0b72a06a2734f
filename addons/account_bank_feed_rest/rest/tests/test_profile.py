"""What a profile may say, and how its mistakes are told."""

import json

import pytest

from account_bank_feed_rest.rest import ProfileError, profile_from, shipped
from account_bank_feed_rest.rest import profile as profile_module

from .samples import listed


def test_shipped_profiles_are_right():
    profiles = shipped()
    assert {"ponto", "ponto_connect", "qonto", "qonto_key", "revolut_business"} <= set(profiles)
    for name, profile in profiles.items():
        assert profile.name == name
        assert profile.documentation.startswith("https://")
    assert len({profile.label for profile in profiles.values()}) == len(profiles)


def test_one_profile_extends_another():
    profiles = shipped()
    assert profiles["qonto_key"].transactions == profiles["qonto"].transactions
    assert profiles["qonto_key"].sign_in.kind == "header"
    with pytest.raises(ProfileError, match="cannot extend 'nobody'"):
        profile_from("bank", {"extends": "nobody"})
    with pytest.raises(ProfileError, match="cannot extend 'b'"):
        profile_from("a", {"extends": "b"}, {"b": {"extends": "c"}})


def test_what_people_enter_is_what_signing_in_takes():
    wants = {name: profile.sign_in.wants for name, profile in shipped().items()}
    by_password = ("client_id", "client_secret")
    assert wants["qonto"] == wants["qonto_key"] == wants["ponto"] == by_password
    assert wants["revolut_business"] == ("client_id", "private_key")
    assert wants["ponto_connect"] == (*by_password, "private_key", "certificate", "key_file")
    token = profile_from("bank", changed("sign_in", {"kind": "header", "value": "{client_secret}"}))
    assert token.sign_in.wants == ("client_secret",)


def changed(path, value):
    data = listed()
    *parents, last = path.split(".")
    part = data
    for name in parents:
        part = part[name]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("label", None, "missing label"),
        ("colour", "red", "unknown colour"),
        ("label", 7, "label must be of type str"),
        ("transactions.source.pagin", {}, "unknown transactions.source.pagin"),
        ("transactions.source", "list", "transactions.source must be a JSON object"),
        ("transactions.fields.amount", None, "missing transactions.fields.amount"),
        ("transactions.fields.amount", "a..b", "transactions.fields.amount: 'a..b' is no path"),
        ("transactions.fields.amount", [1], r"transactions.fields.amount.path\[0\] must be"),
        ("transactions.source.paging", {"kind": "magic"}, "unknown kind 'magic' .known: none"),
        ("transactions.source.paging", {"kind": "cursor", "parameter": "x"}, "needs a path"),
        ("transactions.source.paging", {"kind": "page"}, "parameter does not go"),
        ("transactions.source.paging", {"size": 5}, "size and size_parameter go together"),
        (
            "transactions.source.paging",
            {"kind": "last_item", "parameter": "to", "path": "at"},
            "path of an id",
        ),
        ("transactions.source.days", {}, "either start"),
        ("transactions.source.query", {"a": "{iban}"}, "unknown {iban}"),
        ("transactions.source.path", "{iban}", "unknown {iban}"),
        ("production", {"api": "http://bank.example"}, "production: api must begin with https"),
        ("sign_in", {"kind": "code"}, "needs the address token"),
        ("sign_in", {"kind": "header"}, "sign_in: value is what the header holds"),
        ("sign_in.assertion", {"aud": "x"}, "assertion goes with"),
        ("timezone", "Mars/Base", "the timezone 'Mars/Base' is unknown"),
        ("errors", [{"kind": "sad", "status": 500}], r"errors\[0\]: unknown kind 'sad'"),
        ("errors", [{"kind": "retry"}], "either a status or a path"),
        ("errors", [{"kind": "retry", "path": "code"}], "a path goes with values"),
        ("errors", [{"kind": "period_too_long", "status": 400}], "says earliest"),
        ("balances.values", [{"kind": "booked", "amount": "a"}], r"missing balances.values\[0\]"),
    ],
)
def test_mistakes_are_told_with_their_place(path, value, message):
    with pytest.raises(ProfileError, match=f"^The profile bank is wrong: .*{message}"):
        profile_from("bank", changed(path, value))


def test_no_object():
    with pytest.raises(ProfileError, match="must be a JSON object"):
        profile_from("bank", [])


def test_no_json(tmp_path):
    path = tmp_path / "bank.json"
    path.write_text("{")
    with pytest.raises(ProfileError, match="The profile bank is not JSON"):
        profile_module._read(path)


def test_every_key_is_explained():
    readme = (profile_module.FOLDER.parents[1] / "README.md").read_text()
    parts = [
        part
        for part in vars(profile_module).values()
        if isinstance(part, type) and issubclass(part, profile_module.Part)
    ]
    for part in parts:
        for key in getattr(part, "__dataclass_fields__", ()):
            assert f"`{key}`" in readme, f"{key} of {part.__name__}"


def test_shipped_files_are_tidy():
    for path in profile_module.FOLDER.glob("*.json"):
        assert json.loads(path.read_text()).get("label"), path
