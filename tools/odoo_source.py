"""Find the source of an Odoo series, or get it from where this machine can reach.

18.0 is in no package registry: it comes from `ODOO_HOME`, from the cache folder or from git.
19.0 is also a Debian package, so a machine with nothing but its registries can run a real Odoo.
"""

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

from .common import CACHE, SERIES, Missing, locked, run, say, step

GIT_URL = "https://github.com/odoo/odoo"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# The package, and what its links point to: fonts and JavaScript libraries. Two of them from a
# released suite, since the newer ones no longer have the files that Odoo links to.
DEBIAN_PACKAGES = (
    "odoo-19/unstable",
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata/bookworm",
    "fonts-montserrat/unstable",
    "fonts-ocr-b/unstable",
    "fonts-roboto-unhinted/unstable",
    "libjs-jquery/unstable",
    "libjs-jquery-form/unstable",
    "libjs-underscore/unstable",
)

# Debian leaves this one out for its licence, but Odoo's bundle asks for it: without any such file
# the web client logs an error, and every browser test fails.
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def series_of(home):
    """The series that the source in this folder says it is, or None when it is no Odoo."""
    try:
        release = (home / "odoo" / "release.py").read_text()
    except OSError:
        return None
    match = re.search(r"^version_info = \((\d+), (\d+)", release, re.MULTILINE)
    return match and f"{match[1]}.{match[2]}"


def at_hand(series):
    """The folder of this series on this machine, or None."""
    if os.environ.get("ODOO_HOME"):
        home = Path(os.environ["ODOO_HOME"]).expanduser().resolve()
        found = series_of(home)
        if not found:
            raise Missing(
                f"ODOO_HOME={home} is no Odoo source: point it at a folder with odoo-bin."
            )
        if found == series:
            return home
    home = CACHE / f"odoo-{series}"
    return home if series_of(home) == series else None


@functools.lru_cache(maxsize=None)
def find(series):
    """The folder of this series, fetched when it is not at hand yet."""
    if series not in SERIES:
        raise Missing(f"SERIES={series} is unknown: choose one of {', '.join(SERIES)}.")
    home = at_hand(series)
    if home:
        return home
    with locked(CACHE / f"odoo-{series}.lock"):
        home = at_hand(series)
        if not home and not _clone(series):
            if series != "19.0":
                raise Missing(
                    f"Odoo {series} is not at hand: put its source into "
                    f"{CACHE}/odoo-{series}, set ODOO_HOME, or let this machine reach {GIT_URL}."
                )
            with step("getting Odoo 19.0 from Debian unstable (120 MB)"):
                _unpack_debian()
    return home or at_hand(series)


def preferred():
    """The product's own series where it can be had, else the other one."""
    if not at_hand(SERIES[0]) and (at_hand(SERIES[1]) or not _clone(SERIES[0])):
        say(f"Odoo {SERIES[0]} is not at hand; taking {SERIES[1]}.")
        return SERIES[1]
    return SERIES[0]


def available():
    """Every series that this machine has or can get, the product's own (18.0) first."""
    found = []
    for series in SERIES:
        try:
            find(series)
        except Missing as error:
            last = error
        else:
            found.append(series)
    if not found:
        raise last
    return found


def _clone(series):
    """Clone from git where the network allows; a machine without says so within seconds."""
    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    branch = ["--branch", series, GIT_URL]
    try:
        subprocess.run(
            ["git", "ls-remote", "--exit-code", GIT_URL, f"refs/heads/{series}"],
            env=quiet,
            timeout=10,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    target = CACHE / f"odoo-{series}"
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with step(f"cloning Odoo {series}"):
        run(
            ["git", "clone", "--quiet", "--depth", "1", *branch, partial],
            f"Odoo {series} could not be cloned: try again.",
            env=quiet,
        )
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return True


def _debian_mirror():
    """The mirror of Debian itself that this machine's own apt uses."""
    release = Path("/etc/os-release")
    codename = re.search(r"^VERSION_CODENAME=(\w+)", release.read_text(), re.MULTILINE)
    apt = Path("/etc/apt")
    for path in [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]:
        if path.suffix in (".list", ".sources") and path.is_file() and codename:
            mirror = mirror_in(path.read_text(errors="replace"), codename[1])
            if mirror:
                return mirror
    raise Missing("apt knows no Debian mirror: add one to /etc/apt/sources.list.")


def mirror_in(text, codename):
    """The mirror in a file of apt's, in either notation: the one with the release itself."""
    for uri, suite, component in re.findall(
        r"^deb(?:\s+\[.*?\])?\s+(\S+)\s+(\S+)\s+(\S+)", text, re.MULTILINE
    ):
        if (suite, component) == (codename, "main"):
            return uri
    for paragraph in re.split(r"\n\s*\n", text):
        words = {
            key: value.split()
            for key, value in re.findall(r"^(\w+):[ \t]*(.*)$", paragraph, re.MULTILINE)
        }
        if codename in words.get("Suites", ()) and "main" in words.get("Components", ()):
            return words["URIs"][0]
    return None


def _unpack_debian():
    """Download Debian's packages without installing them, and unpack them into one folder.

    apt gets folders of its own, so this needs no root and leaves the machine's apt alone.
    """
    target = CACHE / "odoo-19.0"
    work = CACHE / "odoo-19.0.partial"
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("state/lists/partial", "cache/archives/partial", "home"):
        (work / folder).mkdir(parents=True)
    uri = _debian_mirror()
    sources = work / "debian.list"
    suites = sorted({name.partition("/")[2] for name in DEBIAN_PACKAGES})
    lines = [f"deb [signed-by={KEYRING}] {uri} {suite} main\n" for suite in suites]
    sources.write_text("".join(lines))
    options = [
        f"Dir::State={work / 'state'}",
        f"Dir::Cache={work / 'cache'}",
        f"Dir::Etc::sourcelist={sources}",
        "Dir::Etc::sourceparts=-",
        "Acquire::Languages=none",
        "APT::Sandbox::User=",
    ]
    apt = ["apt-get", "-qq", *(word for option in options for word in ("-o", option))]
    complaint = (
        "Odoo 19.0 could not be fetched from Debian unstable: check apt's network and retry."
    )
    run([*apt, "update"], complaint)
    run([*apt, "download", *DEBIAN_PACKAGES], complaint, cwd=work)
    for package in work.glob("*.deb"):
        run(["dpkg-deb", "-x", package, work / "home"], complaint)
    home = work / "home"
    for name in ("odoo", "addons"):
        (home / name).symlink_to(f"usr/lib/python3/dist-packages/{name}")
    (home / LEFT_OUT).parent.mkdir(parents=True, exist_ok=True)
    (home / LEFT_OUT).touch()
    broken = [link for link in home.rglob("*") if link.is_symlink() and not link.exists()]
    if broken:
        say(f"  {len(broken)} links of Debian's odoo-19 lead nowhere, such as {broken[0].name}")
    shutil.rmtree(target, ignore_errors=True)
    home.rename(target)
    shutil.rmtree(work)
