"""Start a container: `web`, `worker`, `init`, or any command, such as `odoo shell`.

Odoo reads no secret from a file of its own, so they are written into a private configuration
file first: neither the environment nor a command line ever shows them.
"""

import ast
import configparser
import hashlib
import os
import subprocess
import sys
from pathlib import Path

# What is later in the list has the last word.
TEMPLATES = [
    Path(os.environ.get("BANK_FEED_CONF", "/etc/odoo")) / name
    for name in ("odoo.conf", "roles.conf")
]
SECRETS = Path(os.environ.get("BANK_FEED_SECRETS", "/run/secrets"))
HOME = Path(os.environ.get("BANK_FEED_HOME", "/opt/bank-feed"))
ROLES = ("web", "worker", "init")
OPTION_OF_SECRET = {"db_password": "db_password", "odoo_master_password": "admin_passwd"}
KEYS = "bank_feed_keys"
# A worker must be able to run all jobs, if it is alone, and to answer its health check meanwhile.
SPARE_WORKERS = 2


def configuration(role, environ):
    """The configuration of a role, with its secrets."""
    template = configparser.RawConfigParser()
    for path in TEMPLATES:
        with open(path) as file:
            template.read_file(file)
    result = configparser.RawConfigParser()
    result["options"] = {**template["options"], **(template[role] if role in ROLES else {})}
    result["queue_job"] = {**template["queue_job"]}
    for secret, option in OPTION_OF_SECRET.items():
        result["options"][option] = read_secret(secret)
    result["bank_feed"] = {"key_file": str(key_file(environ))}
    capacity = environ.get("JOB_CAPACITY")
    if capacity:
        result["queue_job"]["max_capacity"] = str(int(capacity))
        if role == "worker":
            result["options"]["workers"] = str(int(capacity) + SPARE_WORKERS)
    if environ.get("WEB_WORKERS") and role == "web":
        result["options"]["workers"] = str(int(environ["WEB_WORKERS"]))
    return result


def key_file(environ):
    """Where the bank feed's keys are put: it refuses the secret itself, which others may read."""
    return Path(environ.get("ODOO_RC", "/tmp/bank-feed/odoo.conf")).with_name(KEYS)


def read_secret(name):
    try:
        text = (SECRETS / name).read_text().strip()
    except OSError as error:
        sys.exit(f"The secret {name} cannot be read ({error}): run docker/secrets.sh.")
    if not text:
        sys.exit(f"The secret {name} is empty: run docker/secrets.sh.")
    return text


def write_private(write, path):
    """Have a file written where only this user can read it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        write(file)


# The database


def initialise(database, environ):
    """Create or update the database, unless it has been done for this very image."""
    addons, wanted = our_addons(environ), image_hash(environ)
    known = psql(
        database,
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        "WHERE datname = current_database()",
    )
    if known == wanted:
        print("The database is up to date.", flush=True)
        return
    print(f"Installing or updating {', '.join(addons)} ...", flush=True)
    # Whatever is installed already is left alone by -i.
    words = ["--stop-after-init", "--no-http", "-i", ",".join(addons)]
    if psql(database, "SELECT to_regclass('ir_module_module')::text"):
        words += ["-u", "base"]
    odoo(*words)
    odoo("shell", "--no-http", stdin=SET_PASSWORD.format(path=str(SECRETS / "odoo_password")))
    psql(database, f"COMMENT ON DATABASE \"{database}\" IS '{wanted}'")
    print("The database is ready.", flush=True)


# A new database has Odoo's own admin/admin. The secret is read inside, so that no command line
# has it; a password that somebody has chosen is left alone.
SET_PASSWORD = """\
from odoo.exceptions import AccessDenied

admin = env.ref("base.user_admin")
try:
    known = {{"type": "password", "password": "admin"}}
    admin.with_user(admin)._check_credentials(known, {{"interactive": False}})
except AccessDenied:
    pass
else:
    admin.password = open({path!r}).read().strip()
    env.cr.commit()
"""


def our_addons(environ):
    """All installable addons except the demo company, and what the operator asks for."""
    names = [
        manifest.parent.name
        for manifest in sorted((HOME / "addons").glob("*/__manifest__.py"))
        if ast.literal_eval(manifest.read_text()).get("installable", True)
        and not manifest.parent.name.endswith("_demo")
    ]
    return names + environ.get("EXTRA_ADDONS", "").replace(",", " ").split()


def image_hash(environ):
    digest = hashlib.sha256(environ.get("EXTRA_ADDONS", "").encode())
    files = {path for path in HOME.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    files |= set(HOME.glob("packages/*/__manifest__.py"))  # behind a link: their versions
    for path in sorted(files):
        digest.update(f"\0{path.relative_to(HOME)}\0".encode() + path.read_bytes())
    digest.update(subprocess.run(["odoo", "--version"], stdout=subprocess.PIPE, check=True).stdout)
    return digest.hexdigest()


def psql(database, statement):
    """Run one statement with the configured credentials; return its first value, if any."""
    import psycopg2

    config = configparser.RawConfigParser()
    config.read(os.environ["ODOO_RC"])
    names = {"host": "db_host", "port": "db_port", "user": "db_user", "password": "db_password"}
    parameters = {name: config["options"][option] for name, option in names.items()}
    connection = psycopg2.connect(dbname=database, **parameters)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def odoo(*words, stdin=None):
    done = subprocess.run(["odoo", *words], input=stdin, text=True)
    if done.returncode:
        sys.exit(f"odoo {words[0]} failed: the log above says why.")


def main(words, environ):
    role = words[0] if words else "web"
    path = Path(environ["ODOO_RC"])
    config = configuration(role, environ)
    write_private(config.write, path)
    keys = read_secret(KEYS)
    write_private(lambda file: file.write(keys), key_file(environ))
    if role == "init":
        initialise(config["options"]["db_name"], environ)
        return
    command = ["odoo"] if role in ROLES else words
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
