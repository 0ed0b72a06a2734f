"""Runs the demo bank: ``python addons/account_bank_feed_demo/bank --help``."""

import argparse
import json
import signal
import sys
import threading
import types
from pathlib import Path

ADDON = Path(__file__).resolve().parents[1]


def _load():
    """The bank's package. The addon around it is entered without loading its models."""
    sys.path.insert(0, str(ADDON.parent))
    addon = types.ModuleType(ADDON.name)
    addon.__path__ = [str(ADDON)]
    sys.modules.setdefault(ADDON.name, addon)
    from account_bank_feed_demo import bank

    return bank


def _statements(package, path: Path):
    with path.open("rb") as stream:
        return package.read_statements(path.name, stream)[1]


def main() -> None:
    """Serve until interrupted; what a client needs to know is printed as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python addons/account_bank_feed_demo/bank")
    parser.add_argument("--host", default="localhost", help="how clients call it")
    parser.add_argument("--bind", default="127.0.0.1", help="the address to listen at")
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--http", action="store_true", help="plain HTTP, without the web service")
    parser.add_argument("--folder", type=Path, help="keeps keys and certificates over restarts")
    parser.add_argument("--seed", default="demo", help="other transactions")
    parser.add_argument(
        "--statement",
        action="append",
        default=[],
        type=Path,
        help="a file of statements: the bank keeps their accounts instead, and has booked the same",
    )
    parser.add_argument(
        "--redirect-uri", action="append", default=[], help="where OAuth leads back"
    )
    parser.add_argument("--auto-approve", action="store_true", help="consents need no click")
    options = parser.parse_args()
    package = _load()
    bank = package.DemoBank(
        source=package.Retailer(options.seed),
        statements=[each for path in options.statement for each in _statements(package, path)],
        host=options.host,
        bind=options.bind,
        port=options.port,
        tls=not options.http,
        folder=options.folder,
        redirect_uris=options.redirect_uri,
        auto_approve=options.auto_approve,
    )
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with bank:
        print(json.dumps(bank.description()), flush=True)
        done.wait()


if __name__ == "__main__":
    main()
