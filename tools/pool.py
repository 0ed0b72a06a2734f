"""Many commands at once, as many as there are processors; each line of theirs with its label."""

import contextlib
import itertools
import os
import signal
import subprocess
import threading
import time

from .common import attend, say


class Pool:
    """Runs tasks, the lowest rank first; a task may add others while it runs.

    :param int at_once: so many run at the same time; with 1, commands have the terminal
    :param float deadline: of `time.monotonic`; no task that may be left out is begun after it
    """

    def __init__(self, at_once, deadline=None):
        self.at_once = at_once
        self.deadline = deadline
        self.left_out = []
        self._waiting = []
        self._turn = itertools.count()
        self._running = 0
        self._commands = set()
        self._error = None
        self._changed = threading.Condition()

    def add(self, rank, call, *arguments, left_out=None):
        """Let ``call(*arguments)`` run; ``left_out`` names it where it may be left out."""
        with self._changed:
            self._waiting.append((rank, next(self._turn), call, arguments, left_out))
            self._changed.notify_all()

    def run(self):
        """Run what was added, and what that adds; raise the first error after the last task."""
        threads = [threading.Thread(target=self._work) for _ in range(self.at_once)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException as error:
            self._stop(error)
            for thread in threads:
                thread.join()
            raise
        if self._error:
            raise self._error

    def attend(self, command, label, **options):
        """Run a command and return its exit code; its lines bear the label if others run, too."""
        if self.at_once == 1:
            return attend(command, **options)
        with self._changed:
            if self._error:
                raise self._error
            process = subprocess.Popen(
                [str(word) for word in command],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,  # Ctrl-C ends this program, and this program ends them
                **options,
            )
            self._commands.add(process)
        try:
            for line in process.stdout:
                say(f"{label:<14} {line.rstrip()}")
            return process.wait()
        finally:
            self._commands.discard(process)

    def _work(self):
        while task := self._next():
            call, arguments = task
            try:
                call(*arguments)
            except BaseException as error:
                self._stop(error)
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()

    def _next(self):
        """The task whose turn it is; nothing when all is done."""
        with self._changed:
            while not self._error:
                while self._waiting:
                    task = min(self._waiting, key=lambda task: task[:2])
                    self._waiting.remove(task)
                    *_, call, arguments, left_out = task
                    if left_out and self.deadline and time.monotonic() > self.deadline:
                        self.left_out.append(left_out)
                        continue
                    self._running += 1
                    return call, arguments
                if not self._running:
                    return None
                self._changed.wait(1)  # not for ever: a signal must be able to come through
        return None

    def _stop(self, error):
        """Begin nothing more, and let the commands end as after Ctrl-C."""
        with self._changed:
            self._error = self._error or error
            commands = list(self._commands)
        for process in commands:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
