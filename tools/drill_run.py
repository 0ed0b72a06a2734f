"""The part of `make drill` that runs inside Odoo, with a clock of its own.

    python -m tools.drill_run TASK CONFIGURATION_FILE DATABASE GIVEN ANSWER

Given and answer are JSON files. Jobs are done here one after the other when they are due, and the
two scheduled actions of bank connections run every quarter of an hour, as they do in real life.
"""

import datetime
import functools
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

os.environ["TZ"] = "UTC"
time.tzset()

import odoo  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402

from .bench_run import environment  # noqa: E402
from .drill_scenarios import (  # noqa: E402
    ENDS,
    LEFT_OPEN,
    NEW_CERTIFICATE,
    RACE,
    REFUSES,
    RENEWED,
    SCENARIOS,
    SIGNS_IN,
    TRIES_AGAIN,
    WITH_WRONG_STATE,
)

QUARTER = timedelta(minutes=15)
CALM = timedelta(hours=2)
"""Between two looks of the scheduler while nothing is wrong; nothing is due then."""
LONGEST = timedelta(days=3)
"""In which a bank that is well again must have been fetched."""
TIMEOUTS = (5, 2)
"""Seconds, instead of the ten and sixty that the drill does not wait for."""
SOON = 16
"""Days after which a consent ends that ends soon."""
DAYS_BEFORE = {RENEWED: 5, LEFT_OPEN: 10}
"""So many days before its end somebody goes to the bank."""
SEED = 20022
"""Chance decides half of each wait; it is the same in every drill."""
CRONS = ("cron_fetch", "cron_check")
DUE = """
SELECT uuid FROM queue_job WHERE state = 'pending' AND (eta IS NULL OR eta <= %s)
 ORDER BY priority, id LIMIT 1
"""
NEXT = "SELECT min(eta) FROM queue_job WHERE state = 'pending'"


def main(task, conf, database, source, target):
    odoo.tools.config.parse_config(["-c", conf, "-d", database, "--no-http"], setup_logging=True)
    given = json.loads(Path(source).read_text())
    answer = TASKS[task](Registry(database), **given)
    Path(target).write_text(json.dumps(answer))


def run(registry, bank, base_url, names, short, command=None, searched=0):
    """Play the scenarios.

    :param dict bank: how the demo bank describes itself
    :param base_url: under which people reach Odoo
    :param names: words of the scenarios to play; all when empty
    :param command: Odoo's program and its configuration, to change the keys; None not to
    :param searched: how many records of each model all roles search for the secrets
    """
    from odoo.addons.account_bank_feed_connection.protocol import http, oauth

    from . import drill_keys, drill_secrets
    from .demo_bank import Bank
    from .drill_clock import Clock
    from .drill_site import Site
    from .drill_world import World

    random.seed(SEED)
    http.TIMEOUTS = oauth.TIMEOUTS = TIMEOUTS
    bank = Bank(bank)
    wanted = [each for each in SCENARIOS if _is_wanted(each, names, short)]
    with (
        Clock(bank) as clock,
        drill_secrets.Recorder() as recorder,
        Site(base_url, registry.db_name) as site,
    ):
        recorder.add(bank.known["client_secret"])
        recorder.add(*drill_secrets.key_lines(Path(bank.known["key"]).read_text()))
        within = functools.partial(environment, registry)
        world = World(site, within, bank, clock, add_secret=recorder.add)
        drill = Drill(world, Worker(registry, clock))
        world.make()
        for each in dict.fromkeys(each.bank for each in wanted):
            world.open(each)
        drill.settle()
        answer = {"rows": [drill.play(each) for each in wanted]}
        if command:
            answer["keys"] = drill_keys.change(drill, command, recorder)
        if searched:
            answer["readers"] = world.readable(recorder.secrets, searched)
        return {**answer, "slips": bank.slips(), "secrets": sorted(recorder.secrets)}


def _is_wanted(scenario, names, short):
    said = f"{scenario.bank} {scenario.name}".lower()
    return (scenario.short or not short) and (not names or any(n.lower() in said for n in names))


class Worker:
    """Does jobs when they are due, and notes what becomes of the periods that they fetch."""

    def __init__(self, registry, clock):
        from odoo.addons.queue_job.controllers.main import RunJobController

        self.environment = functools.partial(environment, registry)
        self.controller = RunJobController
        self.clock = clock
        self.waits, self.kinds, self.faults = [], Counter(), []
        self._look_at = clock.now

    def forget(self):
        self.waits, self.kinds, self.faults = [], Counter(), []

    # Time

    def pass_until(self, is_over, until, pause=QUARTER):
        """Let time pass until something is so, or some moment has come.

        :param pause: between two looks of the scheduler
        :return: whether it is so
        """
        self.work()
        while not is_over() and self.clock.now < until:
            self.clock.move_to(min(self._next_event(), until))
            if self.clock.now >= self._look_at:
                self.look(pause)
            self.work()
        return is_over()

    def pass_to(self, moment, pause=QUARTER):
        self.pass_until(lambda: False, moment, pause)

    def _next_event(self):
        with self.environment() as env:
            env.cr.execute(NEXT)
            eta = env.cr.fetchone()[0]
        return min(eta or self._look_at, self._look_at)

    def look(self, pause=QUARTER):
        """What the scheduler does every quarter of an hour."""
        self._look_at = self.clock.now + pause
        for name in CRONS:
            with self.environment() as env:
                cron = env.ref(f"account_bank_feed_connection.{name}")
                cron.ir_actions_server_id.with_user(cron.user_id).run()

    # Jobs

    def work(self):
        while uuid := self._due():
            self.perform(uuid)

    def _due(self):
        with self.environment() as env:
            env.cr.execute(DUE, [self.clock.now])
            found = env.cr.fetchone()
            return found and found[0]

    def perform(self, uuid):
        from odoo.addons.queue_job.job import Job

        with self.environment() as env:
            job = Job.load(env, uuid)
            job.set_enqueued()
            job.store()
            env.cr.commit()
            job = self.controller._acquire_job(env, uuid)
            try:
                self.controller._runjob(env, job)
            except Exception as error:
                env.cr.rollback()
                self.faults.append(f"{job.method_name}: {type(error).__name__}: {error}")
            if job.method_name == "_job_fetch":
                self._note(env, job.recordset.id)

    def _note(self, env, window):
        env.cr.execute(
            "SELECT error_kind, next_try_at FROM bank_feed_window WHERE id = %s AND state IN"
            " ('waiting', 'dead') AND attempts > 0",
            [window],
        )
        for kind, again in env.cr.fetchall():
            self.kinds[kind] += 1
            if again:
                self.waits.append(round((again - self.clock.now).total_seconds()))


class Drill:
    """Plays scenarios one after the other, on the same feeds."""

    def __init__(self, world, worker):
        self.world, self.worker = world, worker
        self.bank, self.clock = world.bank, world.clock

    def play(self, scenario):
        before = self._begin(scenario)
        self._come_to_the_fetch(scenario)
        before["day"] = self.clock.today
        self._go_wrong(scenario)
        did = self._mend(scenario)
        self.bank.clear()
        windows = self._windows(scenario.bank, before["windows"])
        later = self._is_fetched(scenario, before["day"], windows)
        self._next_day(scenario.bank)
        row = self._judge(scenario, before, did, later)
        print(f"  {row['ok']} {scenario.bank}: {scenario.name}, {row['why']}", flush=True)
        return row

    def ordinary_day(self, bank):
        """A day on which nothing goes wrong.

        :return: what does
        """
        self.worker.forget()
        self._next_day(bank)
        lost, doubled = self.world.astray(bank)
        if lost or doubled or self._waiting(bank) or self.worker.kinds:
            yield f"{bank}: {len(lost)} lost, {len(doubled)} doubled, {dict(self.worker.kinds)}"
        yield from self.worker.faults

    def settle(self):
        """Until nothing waits any more."""
        self.worker.pass_until(lambda: not self._waiting(), self.clock.now + LONGEST)

    # What happens

    def _begin(self, scenario):
        """Just before the next scheduled fetch."""
        self.worker.pass_to(self._next_fetch(scenario.bank) - timedelta(minutes=1), CALM)
        self.worker.forget()
        with self.world.environment() as env:
            last = env["bank.feed.window"].search([], order="id desc", limit=1).id
        lost, doubled = self.world.astray(scenario.bank)
        return {
            "windows": last,
            "log": len(self.bank.log()),
            "told": self.world.told(),
            "doubled": len(doubled),
        }

    def _come_to_the_fetch(self, scenario):
        """What happens before the fetch that meets the fault; most often nothing."""
        if scenario.before == RACE:
            self._race(scenario.bank)
        elif scenario.before:
            self._end_soon(scenario.bank, scenario.before)

    def _end_soon(self, bank, what):
        """Consent or certificate ends in some days, and these go by."""
        self.world.renew(bank, SOON)
        self.world.sign_in(bank)
        end = self.world.ends_at(bank)
        if what != ENDS:
            self.worker.pass_to(end - timedelta(days=DAYS_BEFORE[what]), CALM)
        if what == RENEWED:
            self.world.renew(bank)
            self.world.sign_in(bank)
        else:
            if what == LEFT_OPEN:
                self.world.begin_sign_in(bank)
            self.worker.pass_to(end + timedelta(minutes=1), CALM)
        self.worker.pass_to(self._next_fetch(bank) - timedelta(minutes=1), CALM)

    def _go_wrong(self, scenario):
        if scenario.fault:
            self.bank.order(scenario.fault)
        until = self.clock.now + LONGEST
        self.worker.pass_to(self.clock.now + timedelta(minutes=1))
        self.worker.look()
        self.worker.work()
        self.worker.pass_until(lambda: self._is_still(scenario.bank), until)
        self.worker.pass_to(self.clock.now + QUARTER)

    def _mend(self, scenario):
        """What a person does who was told, when the bank is well again."""
        did = []
        bank, state = scenario.bank, self.world.state(scenario.bank)
        with self.world.environment() as env:
            dead = env["bank.dead.letter"].search_count([])
        if state != "connected" or dead:
            self.bank.clear()
        if state != "connected":
            did += [how for how in (REFUSES, WITH_WRONG_STATE) if how in scenario.person]
            for how in did:
                self._sign_in_in_vain(bank, how)
            if scenario.before and self.world.renew(bank):
                did.append(NEW_CERTIFICATE)
            self.world.sign_in(bank)
            did.append(SIGNS_IN)
        if dead:
            self.world.try_again()
            did.append(TRIES_AGAIN)
        if did:
            self.settle()
        return did

    def _sign_in_in_vain(self, bank, how):
        """Nothing is let in by it, and nobody may think that all is well again."""
        status = self.world.sign_in(bank, how)
        if status != (403 if how == WITH_WRONG_STATE else 303):
            self.worker.faults.append(f"who {how} gets a page of {status}")
        self.worker.pass_to(self.clock.now + QUARTER)
        self.worker.look()
        if self.world.state(bank) == "connected":
            self.worker.faults.append(f"who {how} is connected")
        if not self.world.is_told(bank):
            self.worker.faults.append(f"when somebody {how}, it counts as over")

    def _next_day(self, bank):
        self.worker.pass_to(self._next_fetch(bank, of=max), CALM)
        self.worker.look()
        self.settle()
        self.worker.look()

    def _race(self, bank):
        """Several workers and a person at the same time, long after the token has ended."""
        self.worker.look()
        with self.world.environment() as env:
            env["bank.feed"].browse(self.world.feeds[bank])._fetch_due()
        with self.world.environment() as env:
            env.cr.execute("SELECT uuid FROM queue_job WHERE state = 'pending'")
            jobs = [uuid for (uuid,) in env.cr.fetchall()]
        calls = [functools.partial(self.worker.perform, uuid) for uuid in jobs]
        calls += [functools.partial(self._balances, feed) for feed in self.world.feeds[bank]]
        barrier = threading.Barrier(len(calls))

        def at_once(call):
            barrier.wait()
            try:
                call()
            except Exception as error:
                self.worker.faults.append(f"{type(error).__name__}: {error}")

        threads = [threading.Thread(target=at_once, args=(call,)) for call in calls]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    def _balances(self, feed):
        with self.world.as_person() as env:
            refusal = env["bank.feed"].browse(feed).action_get_balances()
        if refusal:
            raise RuntimeError(refusal["params"]["message"])

    # What there is

    def _next_fetch(self, bank, of=min):
        """Of a bank's feeds, which may be seconds apart, the first one or the last."""
        with self.world.environment() as env:
            feeds = env["bank.feed"].browse(self.world.feeds[bank])
            return max(of(feeds.mapped("next_fetch_at")), self.clock.now)

    def _waiting(self, bank=None):
        domain = [("state", "=", "waiting")]
        if bank:
            domain.append(("connection_id", "=", self.world.connections[bank]))
        with self.world.environment() as env:
            return env["bank.feed.window"].search_count(domain)

    def _is_still(self, bank):
        """Nothing happens any more unless a person does something."""
        return self.world.state(bank) != "connected" or not self._waiting(bank)

    def _windows(self, bank, last):
        with self.world.environment() as env:
            windows = env["bank.feed.window"].search(
                [("id", ">", last), ("connection_id", "=", self.world.connections[bank])]
            )
            return windows.mapped("state")

    def _is_fetched(self, scenario, day, windows):
        """Whether the periods that met the fault are there, before any other is fetched."""
        if not windows or set(windows) != {"fetched"}:
            return False
        # What is booked after the bank has answered can only be in its next answer.
        late = scenario.fault.get("kind") == "backdated"
        return late or not self.world.astray(scenario.bank, day - datetime.timedelta(days=1))[0]

    # Whether it is well

    def _judge(self, scenario, before, did, later):
        lost, doubled = self.world.astray(scenario.bank)
        told = self.world.told(before["told"])
        log = self.bank.log()[before["log"] :]
        faults = Counter(f"{one['fault']} {one['status']}" for one in log if one["fault"])
        row = {
            "name": scenario.name,
            "bank": scenario.bank,
            "did": dict(faults),
            "refreshes": sum(one["path"] == "/oauth/token" for one in log),
            "race": scenario.before == RACE,
            "attempts": sum(self.worker.kinds.values()),
            "kinds": dict(self.worker.kinds),
            "waits": self.worker.waits,
            "person": ", ".join(did),
            "lost": len(lost),
            "doubled": len(doubled) - before["doubled"],
            "example": str((lost or doubled)[:1] + doubled[:1]),
            "announced": told["announced"],
            "told": sum(not problem["announced"] for problem in told["problems"]),
            "mails": len(told["mails"]),
            "later": later,
        }
        why = list(self._complaints(scenario, row, told, did))
        return {**row, "ok": "FAILED" if why else "OK", "why": "; ".join(why)}

    def _complaints(self, scenario, row, told, did):
        if scenario.fault and not row["did"]:
            yield "the bank did nothing wrong"
        if row["lost"]:
            yield f"{row['lost']} lost, such as {row['example']}"
        if row["doubled"]:
            yield f"{row['doubled']} doubled, such as {row['example']}"
        if not row["later"]:
            yield "not fetched later"
        if row["person"] != scenario.person:
            yield f"a person {row['person'] or 'does nothing'}, not {scenario.person or 'nothing'}"
        if row["told"] != scenario.told:
            yield f"{row['told']} problems told, not {scenario.told}: " + " | ".join(
                problem["text"] for problem in told["problems"]
            )
        if tuple(row["announced"]) != scenario.announced:
            yield f"announced {row['announced']} days before, not {list(scenario.announced)}"
        for problem in told["problems"]:
            times = {problem["chatter"], problem["mails"]}
            if len(times) > 1 or not (problem["announced"] or times == {problem["times"]}):
                yield "{text}: {chatter} times in chatter, {mails} mails".format(**problem)
            if not problem["over"]:
                yield f"{problem['text']}: nobody says that it is over"
        if row["mails"] != row["told"] + len(row["announced"]):
            yield f"{row['mails']} mails: {' | '.join(map(str, told['mails']))}"
        yield from self.worker.faults


def prepare_many(registry, banks, base_url, slow):
    """Connect with many banks, and let their accounts wait to be fetched.

    :param banks: how they describe themselves
    :param slow: seconds for each answer of the first one
    :return: the ids of the connections
    """
    from types import SimpleNamespace

    from odoo.addons.account_bank_feed_demo.bank import Account

    from .demo_bank import Bank
    from .drill_scenarios import REST
    from .drill_site import Site
    from .drill_world import World

    today = SimpleNamespace(today=datetime.date.today())
    found = []
    with Site(base_url, registry.db_name) as site:
        for described in banks:
            bank = Bank(described)
            accounts = [
                Account(one["iban"], one["currency"], one["iban"], Decimal(0))
                for one in bank.accounts()
            ]
            feeds = {REST: accounts}
            world = World(site, functools.partial(environment, registry), bank, today, feeds)
            if not found:
                world.make()
            world.open(REST)
            if not found:
                bank.order({"kind": "slow", "times": None, "path": "/v1/*", "seconds": slow})
            found.append(world.connections[REST])
    return found


TASKS = {"faults": run, "many": prepare_many}

if __name__ == "__main__":
    main(*sys.argv[1:])
