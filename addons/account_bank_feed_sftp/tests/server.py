"""A real SFTP server, within the process: asyncssh, in a folder of its own."""

import asyncio
import logging
import os
import tempfile
import threading
import time
from pathlib import Path

import asyncssh

logging.getLogger("asyncssh").setLevel(logging.ERROR)


class SftpServer:
    """Lets in ``user`` with a password or key, to the folder ``root``.

    :ivar broken: the method of the next request that breaks the connection off
    """

    def __init__(self, password="hunter2"):
        self._folder = tempfile.TemporaryDirectory()
        self.root = Path(self._folder.name)
        self.inbox = self.root / "inbox"
        self.inbox.mkdir()
        self.password = password
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.reads, self.broken, self.when_read, self.port = [], None, None, 0
        self._loop = asyncio.new_event_loop()

    def start(self):
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._run(self._listen())

    def stop(self):
        self._run(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._folder.cleanup()

    def change_host_key(self, kind="ssh-ed25519"):
        """As if it were another server, at the same address."""
        self._run(self._hang_up())
        self.host_key = asyncssh.generate_private_key(kind)
        self._run(self._listen())

    def put(self, name, content, changed=None):
        """Leave a file in the inbox, by default one that was left there long ago."""
        path = self.inbox / name
        path.write_bytes(content)
        changed = changed or time.time() - 7200
        os.utime(path, (changed, changed))
        return path

    @property
    def url(self):
        return f"sftp://127.0.0.1:{self.port}/inbox"

    @property
    def private_key(self):
        return self.client_key.export_private_key().decode()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self):
        outer = self

        class Door(asyncssh.SSHServer):
            def begin_auth(self, username):
                return True

            def password_auth_supported(self):
                return True

            def validate_password(self, username, password):
                return (username, password) == ("user", outer.password)

            def public_key_auth_supported(self):
                return True

            def validate_public_key(self, username, key):
                return username == "user" and key == outer.client_key.convert_to_public()

        class Files(asyncssh.SFTPServer):
            def __init__(self, channel):
                super().__init__(channel, chroot=str(outer.root).encode())
                self._channel = channel

            def open(self, path, pflags, attrs):
                outer.reads.append(Path(path.decode()).name)
                if outer.when_read:
                    outer.when_read(outer.reads[-1])
                return super().open(path, pflags, attrs)

            def read(self, file_obj, offset, size):
                if outer.broken == "read":
                    outer.broken = None
                    self._channel.get_connection().abort()
                return super().read(file_obj, offset, size)

            def rename(self, oldpath, newpath):
                if outer.broken == "rename":
                    raise asyncssh.SFTPPermissionDenied("no")
                return super().rename(oldpath, newpath)

        self._listening = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_host_keys=[self.host_key],
            server_factory=Door,
            sftp_factory=Files,
        )
        self.port = self._listening.get_port()

    async def _hang_up(self):
        self._listening.close()
        await self._listening.wait_closed()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
