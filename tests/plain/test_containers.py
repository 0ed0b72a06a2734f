"""What must hold of the containers, whoever changes them: read with parsers, not run."""

import configparser
import importlib.util
import os
import re
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml
from account_bank_feed.envelope import new_key, parse_keys, read_key_file

PROJECT = Path(__file__).resolve().parents[2]
DOCKER = PROJECT / "docker"
ONE_SHOT = {"init"}
JOB_SECONDS = 3600


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((PROJECT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


@pytest.fixture
def entrypoint(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("entrypoint", DOCKER / "odoo" / "entrypoint.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in (*module.OPTION_OF_SECRET, module.KEYS):
        (tmp_path / name).write_text(f"%{name}%\n")
    templates = [PROJECT / "odoo.conf", DOCKER / "odoo" / "roles.conf"]
    monkeypatch.setattr(module, "TEMPLATES", templates)
    monkeypatch.setattr(module, "SECRETS", tmp_path)
    monkeypatch.setattr(module, "HOME", PROJECT)
    return module


@pytest.fixture
def conf(entrypoint):
    """What Odoo gets to read, by role."""
    return {role: entrypoint.configuration(role, {}) for role in entrypoint.ROLES}


def nginx(name):
    """An nginx configuration as nested lists: [word, ..., block] or [word, ...]."""
    text = (DOCKER / name / "nginx.conf").read_text()
    lexer = shlex.shlex(text, posix=True, punctuation_chars="{};")
    lexer.whitespace_split = True
    tokens = iter(token for run in lexer for token in _single(run))
    return _block(tokens)


def _single(token):
    return list(token) if set(token) <= set("{};") and token else [token]


def _block(tokens):
    block, words = [], []
    for token in tokens:
        if token == "}":
            return block
        if token == "{":
            block.append([*words, _block(tokens)])
            words = []
        elif token == ";":
            block.append(words)
            words = []
        else:
            words.append(token)
    return block


def find(block, *words):
    """The blocks or the values of the directives that start with these words."""
    found = [one[len(words) :] for one in block if one[: len(words)] == list(words)]
    return [one[0] if len(one) == 1 else one for one in found]


def public_server():
    (http,) = find(nginx("proxy"), "http")
    (server,) = (one for one in find(http, "server") if find(one, "ssl_certificate"))
    return http, server


# Compose


def test_every_lasting_service_has_a_health_check_and_comes_back(services):
    for name in services.keys() - ONE_SHOT:
        assert services[name]["healthcheck"]["test"], name
        assert services[name]["restart"] == "unless-stopped", name
        assert services[name]["deploy"]["resources"]["limits"]["memory"], name
    assert all(services[name]["restart"] == "no" for name in ONE_SHOT)


def test_whoever_depends_waits_for_health_or_for_the_end(services):
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            assert how["condition"] == wanted, (name, other)


def test_secrets_are_files_and_in_no_environment(compose, services):
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"docker/secrets/{name}"}
    for name, service in services.items():
        for key, value in service.get("environment", {}).items():
            suspicious = re.search("password|passwd|secret|token|key", key, re.IGNORECASE)
            assert not suspicious or value.startswith("/run/secrets/"), (name, key)
        assert set(service.get("secrets", [])) <= compose["secrets"].keys(), name
    made = (DOCKER / "secrets.sh").read_text()
    assert all(name in made for name in compose["secrets"])
    assert (DOCKER / "secrets" / ".gitignore").read_text().split() == ["*", "!.gitignore"]


def test_a_service_gets_no_secret_that_it_does_not_read(services):
    assert services["proxy"]["secrets"] == ["tls_certificate", "tls_key"]
    assert "secrets" not in services["dispatcher"]
    for name in ("web", "worker"):
        assert set(services[name]["secrets"]) == {
            "db_password",
            "odoo_master_password",
            "bank_feed_keys",
        }


def test_workers_can_be_scaled(services):
    worker = services["worker"]
    assert not worker.keys() & {"container_name", "hostname", "ports", "network_mode"}
    for service in services.values():
        for network in service["networks"]:
            assert isinstance(network, str), "a fixed address"


def test_web_and_workers_are_one_image_and_share_the_filestore(services):
    for key in ("image", "build", "volumes"):
        assert services["web"][key] == services["worker"][key] == services["init"][key]


def test_only_the_proxy_is_reachable(compose, services):
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert set(services["proxy"]["networks"]) == {"front"}
    assert set(services["db"]["networks"]) == {"data"}
    assert compose["networks"]["data"]["internal"]
    assert compose["networks"]["jobs"]["internal"]
    assert not set(services["worker"]["networks"]) & set(services["proxy"]["networks"])


def test_nobody_is_root(services):
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if "build" in service:
            build = service["build"]
            path = build["dockerfile"] if isinstance(build, dict) else f"{build}/Dockerfile"
            lines = (PROJECT / path).read_text().splitlines()
            users = [line.split()[1] for line in lines if line.startswith("USER ")]
            assert users[-1] not in ("root", "0"), name
            assert service["read_only"], name
        else:
            assert service["user"] not in ("root", "0"), name


def test_images_are_pinned(services):
    images = [service["image"] for service in services.values() if "build" not in service]
    for path in DOCKER.glob("*/Dockerfile"):
        images += [
            line.split()[1] for line in path.read_text().splitlines() if line.startswith("FROM ")
        ]
    for image in images:
        assert re.search(r":\d", image), image


def test_a_job_in_hand_may_end(services):
    assert services["worker"]["stop_grace_period"] == "5m"


# Odoo


def test_jobs_are_not_killed_by_the_limits_for_people(conf):
    for option in ("limit_time_cpu", "limit_time_real", "limit_time_real_cron"):
        assert conf["worker"].getint("options", option) >= JOB_SECONDS
    assert conf["web"].getint("options", "limit_time_real") <= 300


@pytest.mark.parametrize(("role", "runs"), [("web", False), ("worker", True)])
def test_jobs_and_the_clock_run_on_workers_only(conf, role, runs):
    options = conf[role]["options"]
    assert ("queue_job" in options["server_wide_modules"].split(",")) is runs
    assert (int(options["max_cron_threads"]) > 0) is runs


def test_odoo_trusts_the_proxy_and_shows_no_databases(conf):
    for role in conf:
        options = conf[role]["options"]
        assert options["proxy_mode"] == "True"
        assert options["list_db"] == "False"
        assert re.fullmatch(options["dbfilter"], options["db_name"])


@pytest.mark.parametrize("name", ["odoo.conf", "docker/odoo/roles.conf"])
def test_no_secret_is_in_a_file_that_everybody_has(name):
    parser = configparser.RawConfigParser()
    parser.read(PROJECT / name)
    for section in parser.sections():
        assert not {"admin_passwd", "db_password"} & set(parser[section])


def test_odoo_looks_for_database_and_dispatcher_where_they_are(conf, services):
    worker = conf["worker"]
    networks = set(services["worker"]["networks"])
    assert set(services[worker["options"]["db_host"]]["networks"]) <= networks
    assert set(services[worker["queue_job"]["host"]]["networks"]) <= networks


def test_the_entrypoint_adds_secrets_in_a_private_file(entrypoint, tmp_path):
    path = tmp_path / "private" / "odoo.conf"
    for _again in range(2):
        entrypoint.write_private(entrypoint.configuration("web", {}).write, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    written = configparser.RawConfigParser()
    written.read(path)
    assert written["options"]["db_password"] == "%db_password%"
    assert written["options"]["admin_passwd"] == "%odoo_master_password%"


def test_the_bank_feed_gets_its_keys_as_it_wants_them(entrypoint, tmp_path, monkeypatch):
    made = f"2026-11 {new_key()}"
    (tmp_path / "bank_feed_keys").write_text(f"{made}\n")
    (tmp_path / "bank_feed_keys").chmod(0o644)
    monkeypatch.setattr(entrypoint.os, "execvp", lambda *_words: None)
    environ = {"ODOO_RC": str(tmp_path / "private" / "odoo.conf")}
    for _again in range(2):
        entrypoint.main(["web"], environ)
    written = configparser.RawConfigParser()
    written.read(environ["ODOO_RC"])
    path = Path(written["bank_feed"]["key_file"])
    assert path.read_text() == made
    assert read_key_file(path).current == "2026-11"


def test_secrets_are_made_once(tmp_path):
    shutil.copy(DOCKER / "secrets.sh", tmp_path)
    (tmp_path / "secrets").mkdir()
    for _again in range(2):
        subprocess.run([tmp_path / "secrets.sh"], check=True, capture_output=True)
        keys = (tmp_path / "secrets" / "bank_feed_keys").read_text()
        assert len(parse_keys(keys).ids) == 1
    assert keys == (tmp_path / "secrets" / "bank_feed_keys").read_text()


def test_a_missing_or_empty_secret_stops_the_container(entrypoint, tmp_path):
    (tmp_path / "db_password").write_text("\n")
    with pytest.raises(SystemExit, match="db_password is empty"):
        entrypoint.configuration("web", {})
    (tmp_path / "db_password").unlink()
    with pytest.raises(SystemExit, match="db_password cannot be read"):
        entrypoint.configuration("web", {})


@pytest.mark.parametrize("environ", [{}, {"JOB_CAPACITY": "7"}])
def test_a_lone_worker_can_take_every_job_and_answer_its_health_check(entrypoint, environ):
    config = entrypoint.configuration("worker", environ)
    capacity = config.getint("queue_job", "max_capacity")
    assert capacity == int(environ.get("JOB_CAPACITY", 4))
    assert config.getint("options", "workers") > capacity
    assert not config["queue_job"]["channels"], "it would have precedence over the capacity"


def test_roles_are_told_apart_and_leave_no_trace(entrypoint):
    web = entrypoint.configuration("web", {"WEB_WORKERS": "9", "JOB_CAPACITY": "3"})
    assert web["options"]["workers"] == "9"
    for role in ("web", "odoo"):
        config = entrypoint.configuration(role, {})
        assert set(config.sections()) == {"options", "queue_job", "bank_feed"}


def test_the_database_gets_every_addon_but_the_demo(entrypoint):
    addons = entrypoint.our_addons({"EXTRA_ADDONS": "l10n_de, sale"})
    assert {"account_bank_feed", "bank_statement_format", "l10n_de", "sale"} <= set(addons)
    assert not any(name.endswith("_demo") for name in addons)


# nginx


def test_the_proxy_blocks_jobs_and_database_management():
    _http, server = public_server()
    for path in ("/queue_job", "/web/database"):
        # "^~": no regular expression can take the request away from it.
        assert find(server, "location", "^~", path) == [[["return", "404"]]]
    assert not [one for one in server if one[:2] in (["location", "~"], ["location", "~*"])]


def test_the_proxy_logs_no_codes_of_banks():
    callback = "/account_bank_feed/oauth/callback"
    source = PROJECT / "addons/account_bank_feed_connection/models/bank_connection.py"
    assert f'CALLBACK = "{callback}"' in source.read_text()
    http, server = public_server()
    (location,) = find(server, "location", "=", callback)
    (log,) = find(location, "access_log")
    (words,) = (one for one in find(http, "log_format") if one[0] == log[-1])
    assert not {"$request", "$request_uri", "$args"} & set(re.findall(r"\$\w+", " ".join(words)))


def test_the_proxy_speaks_tls_only():
    http, server = public_server()
    assert find(server, "listen") == [["8443", "ssl"]]
    assert set(find(server, "ssl_protocols")[0]) == {"TLSv1.2", "TLSv1.3"}
    (plain,) = (one for one in find(http, "server") if find(one, "listen") == ["8080"])
    assert [one for one in plain if one[0] == "location"] == [
        ["location", "/", [["return", "308", "https://$host$request_uri"]]]
    ]


@pytest.mark.parametrize("path", ["/", "/websocket"])
def test_odoo_learns_who_asks_from_the_proxy_alone(path):
    _http, server = public_server()
    location = next(one for one in server if one[0] == "location" and path in one)[-1]
    # A location with one such header of its own inherits none.
    headers = find(location, "proxy_set_header") or find(server, "proxy_set_header")
    assert {
        ("Host", "$http_host"),
        ("X-Forwarded-Host", "$http_host"),
        ("X-Forwarded-Proto", "$scheme"),
        ("X-Forwarded-For", "$remote_addr"),
    } <= {tuple(header) for header in headers}


def test_websockets_reach_the_port_for_them():
    http, server = public_server()
    (location,) = find(server, "location", "=", "/websocket")
    assert ["Upgrade", "$http_upgrade"] in find(location, "proxy_set_header")
    assert ["proxy_pass", "http://websocket"] in location
    (upstream,) = find(http, "upstream", "websocket")
    assert ["server", "web:8072", "resolve"] in upstream


def test_uploads_are_limited_and_the_proxy_waits_longer_than_odoo(conf):
    http, _server = public_server()
    assert find(http, "client_max_body_size") == ["200m"]
    waits = int(find(http, "proxy_read_timeout")[0].removesuffix("s"))
    assert waits > conf["web"].getint("options", "limit_time_real")


def test_the_dispatcher_spreads_jobs_and_keeps_count(conf):
    (http,) = find(nginx("dispatcher"), "http")
    (upstream,) = find(http, "upstream", "workers")
    assert ["least_conn"] in upstream
    assert ["server", "worker:8069", "resolve"] in [one[:3] for one in upstream]
    jobs, _health = find(http, "server")
    assert find(jobs, "listen") == [conf["worker"]["queue_job"]["port"]]
    (location,) = find(jobs, "location", "=", "/queue_job/runjob")
    assert ["proxy_ignore_client_abort", "on"] in location
    waits = int(find(location, "proxy_read_timeout")[0].removesuffix("s"))
    assert waits > conf["worker"].getint("options", "limit_time_real")
    assert find(jobs, "location", "/") == [[["return", "404"]]]


@pytest.mark.parametrize("name", ["proxy", "dispatcher"])
def test_nginx_needs_no_root(name, services):
    (http,) = find(nginx(name), "http")
    ports = [find(server, "listen")[0] for server in find(http, "server")]
    numbers = [(port[0] if isinstance(port, list) else port).split(":")[-1] for port in ports]
    assert all(int(number) >= 1024 for number in numbers)
    assert "/tmp" in services[name]["tmpfs"]
    assert all(
        find(http, f"{kind}_temp_path")[0].startswith("/tmp/") for kind in ("proxy", "client_body")
    )


def test_scripts_can_be_run():
    for path in (DOCKER / "secrets.sh", DOCKER / "db" / "create-odoo.sh"):
        assert os.access(path, os.X_OK), path
