"""The commands behind the Makefile: `python3 -m tools COMMAND`."""

import argparse
import shutil
import signal
import sys

from . import bench as benchmark
from . import (
    bench_formats,
    bench_matching,
    bench_ui,
    drill,
    environment,
    odoo_source,
    postgres,
    screenshots,
    testing,
)
from . import demo as demonstration
from . import translations as translators
from .common import ADDONS, CACHE, PROJECT, SERIES, Ended, Missing, attend, locked, say
from .server import Odoo

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def odoo(arguments):
    """Run Odoo itself on the private cluster, for developers: `odoo 18.0 -- -d mine -i account`."""
    words = [word for word in arguments.words if word != "--"]
    with postgres.cluster() as cluster:
        node = Odoo(arguments.series, cluster)
        say(node.description)
        return attend(node.command(*words), env=environment.clean_environ())


def pytest(arguments):
    """Run pytest inside Odoo on a database of the developer's own, without installing anything."""
    with postgres.cluster() as cluster:
        node = Odoo(arguments.series, cluster)
        words = [word for word in arguments.words if word != "--"]
        command = testing.inside(node, words.pop(0))
        return attend([*command, *words], env=environment.clean_environ())


def clean(_arguments):
    """Remove databases and environments; the sources of Odoo stay."""
    server = postgres.Cluster()
    with locked(CACHE / "postgresql.lock"):
        if server.running():
            server.stop()
    folders = [
        server.folder,
        *CACHE.glob("venv-*"),
        *CACHE.glob("oca-*"),
        *CACHE.glob("data-*"),
        CACHE / "conf",
    ]
    for folder in [*folders, CACHE / "log"]:
        shutil.rmtree(folder, ignore_errors=True)


def psql(arguments):
    """Open psql on the private cluster."""
    with postgres.cluster() as cluster:
        words = [word for word in arguments.words if word != "--"]
        return attend([cluster.bin / "psql", "-h", cluster.folder, "-U", postgres.ROLE, *words])


def demo(arguments):
    """Fetch and import what the demo company's banks have, and show what became of it."""
    series = arguments.series or odoo_source.preferred()
    with postgres.cluster() as cluster:
        demonstration.demo(Odoo(series, cluster))


def serve(arguments):
    """Serve the demo company, with the demo bank beside it, until Ctrl-C."""
    series = arguments.series or odoo_source.preferred()
    with postgres.cluster() as cluster:
        demonstration.serve(Odoo(series, cluster), arguments.port)


def test(arguments):
    """Run the tests; see testing.py for the groups."""
    groups = arguments.group.split(",") if arguments.group else testing.GROUPS
    unknown = set(groups) - set(testing.GROUPS)
    if unknown:
        raise Missing(f"GROUP={arguments.group} is unknown: choose of {', '.join(testing.GROUPS)}.")
    series = testing.choose(arguments.series, groups)
    return testing.test(series, groups, arguments.args, int(arguments.minutes or 0))


def bench(arguments):
    """Measure how fast transactions get into the books, and whether all is right."""
    return benchmark.bench(arguments.series or odoo_source.preferred(), arguments.args.split())


def ui(arguments):
    """Measure how fast the screens get their data."""
    return bench_ui.bench(arguments.series or odoo_source.preferred(), arguments.args.split())


def pictures(arguments):
    """Take pictures of the demo company's screens."""
    series = arguments.series or odoo_source.preferred()
    return screenshots.screenshots(series, arguments.args.split())


def fault_drill(arguments):
    """Have the demo bank do wrong, and see what becomes of it."""
    return drill.drill(arguments.series or odoo_source.preferred(), arguments.args.split())


def formats(arguments):
    """Measure how fast files are read."""
    return bench_formats.bench(arguments.rows, arguments.repeat)


def matching(arguments):
    """Measure how many payments are posted, and how many rightly."""
    return bench_matching.bench(arguments.args.split())


def oca(arguments):
    """The same beside OCA's engine."""
    return bench_matching.bench_oca(arguments.args.split())


def docs(arguments):
    """Write docs/formats.md anew."""
    venv = environment.ensure(arguments.series or odoo_source.preferred())
    command = [venv / "bin" / "python", "-m", "bank_statement_format", "--formats"]
    environ = environment.clean_environ(PYTHONPATH=str(ADDONS))
    with open(PROJECT / "docs" / "formats.md", "w") as page:
        return attend(command, env=environ, stdout=page)


def translations(_arguments):
    """Write the templates of translation anew, and merge them into the translations."""
    with postgres.cluster() as cluster:
        return translators.update(cluster)


def end(number, _frame):
    """End as Ctrl-C does: every `with` on the way stops what it has started, undisturbed."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Ended(number)


def main():
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("odoo", help="run Odoo of a series with any arguments")
    command.add_argument("series", choices=SERIES)
    command.add_argument("words", nargs=argparse.REMAINDER)
    command.set_defaults(call=odoo)
    command = commands.add_parser("pytest", help="run pytest inside Odoo on a database of yours")
    command.add_argument("series", choices=SERIES)
    command.add_argument("words", nargs=argparse.REMAINDER, help="-- DATABASE FILE...")
    command.set_defaults(call=pytest)
    command = commands.add_parser("clean", help="remove databases and environments")
    command.set_defaults(call=clean)
    command = commands.add_parser("psql", help="open psql on the private cluster")
    command.add_argument("words", nargs=argparse.REMAINDER)
    command.set_defaults(call=psql)
    command = commands.add_parser("demo", help="fetch and import transactions of a demo company")
    command.add_argument("--series", default="")
    command.set_defaults(call=demo)
    command = commands.add_parser("serve", help="serve the demo company in the browser")
    command.add_argument("--series", default="")
    command.add_argument("--port", default="")
    command.set_defaults(call=serve)
    command = commands.add_parser("bench", help="measure import, matching and posting")
    command.add_argument("--series", default="")
    command.add_argument("--args", default="", help="--quick, --only PART, --oca-again")
    command.set_defaults(call=bench)
    command = commands.add_parser("bench-ui", help="measure the screens on a million transactions")
    command.add_argument("--series", default="")
    command.add_argument("--args", default="", help="--quick, --calls N")
    command.set_defaults(call=ui)
    command = commands.add_parser("screenshots", help="take pictures of every screen")
    command.add_argument("--series", default="")
    command.add_argument("--args", default="", help="names of screens")
    command.set_defaults(call=pictures)
    command = commands.add_parser("drill", help="have the demo bank do wrong in many ways")
    command.add_argument("--series", default="")
    command.add_argument("--args", default="", help="--short, --only PART or words of a scenario")
    command.set_defaults(call=fault_drill)
    command = commands.add_parser("bench-formats", help="measure how fast files are read")
    command.add_argument("--rows", type=int, default=bench_formats.ROWS)
    command.add_argument("--repeat", type=int, default=3)
    command.set_defaults(call=formats)
    command = commands.add_parser("bench-matching", help="measure what is posted, and how rightly")
    command.add_argument("--args", default="", help="seed, sizes, cases to show")
    command.set_defaults(call=matching)
    command = commands.add_parser("bench-oca", help="the same beside OCA's engine on 18.0")
    command.add_argument("--args", default="", help="seed and sizes")
    command.set_defaults(call=oca)
    command = commands.add_parser("docs", help="write the generated pages of docs anew")
    command.add_argument("--series", default="")
    command.set_defaults(call=docs)
    command = commands.add_parser("translations", help="bring addons/*/i18n up to date")
    command.set_defaults(call=translations)
    command = commands.add_parser("test", help="run the tests")
    command.add_argument("--series", default="", help="18.0, 19.0 or all")
    command.add_argument("--group", default="", help="of " + ", ".join(testing.GROUPS))
    command.add_argument("--args", default="", help="more arguments for pytest")
    command.add_argument("--minutes", default="", help="begin no portion of a series after these")
    command.set_defaults(call=test)

    for number in SIGNALS:
        signal.signal(number, end)
    arguments = parser.parse_args()
    try:
        sys.exit(arguments.call(arguments))
    except Missing as error:
        sys.exit(f"Error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


main()
