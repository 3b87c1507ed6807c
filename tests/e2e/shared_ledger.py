"""A ledger in PostgreSQL, of a real server, for the tests of what is shared by it."""
import contextlib
import os
import pathlib
import platform
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from harness import PATIENCE, EndToEnd
from postgresql import PASSWORD, PostgresServer

EPOLL_WAIT = {"x86_64": {"232", "281"}, "aarch64": {"22"}}[platform.machine()]


def waits_for_the_network(process):
    """Of a process that has been stopped."""
    threads = list(pathlib.Path(f"/proc/{process}/task").iterdir())
    while any((thread / "stat").read_text().rpartition(")")[2].startswith((" R", " S", " D")) for thread in threads):
        pass
    return any((thread / "syscall").read_text().split()[0] in EPOLL_WAIT for thread in threads)


class SharedLedger(EndToEnd):
    lease = "3s"
    password = PASSWORD  # of the URL; never to be told

    @classmethod
    def setUpClass(cls):
        cls.server = PostgresServer()
        cls.addClassCleanup(cls.server.remove)

    def setUp(self):
        super().setUp()
        self.schema = f"test_{os.getpid()}_{random.randrange(10**9)}"
        self.server.sql(f"CREATE SCHEMA {self.schema}")
        self.ledger = self.server.url(options=f"-csearch_path%3D{self.schema}")

    def environment(self, store=None, **more):
        return super().environment(store, **{"CONSENT_SYNC_LEDGER": self.ledger, "CONSENT_SYNC_LEDGER_LEASE": self.lease, **more})

    def sql(self, statement):
        return self.server.sql(f"SET search_path = {self.schema}; {statement}").strip()

    def wait_for_recorded(self, count):
        give_up = time.monotonic() + PATIENCE
        while int(self.sql("SELECT coalesce(sum(rows), 0) FROM outcome_count WHERE outcome = 'applied'") or 0) < count:
            self.assertLess(time.monotonic(), give_up)

    def wait_until_free(self, store):
        give_up = time.monotonic() + PATIENCE
        # A transaction that was cut off holds on to the row for a moment longer.
        free = f"SELECT 1 FROM store_lease WHERE store = '{store}' AND expires_at <= clock_timestamp() FOR UPDATE SKIP LOCKED"
        while not self.sql(free):
            self.assertLess(time.monotonic(), give_up)

    def freeze(self, process):
        """Lets it stand still, but not between its question whether it has the lease and the request that follows: what
        it has begun to write goes out when it goes on, and no question can keep it from that."""
        holds = f"SELECT count(*) FROM store_lease WHERE holder LIKE 'process {process} %' AND expires_at > clock_timestamp()"
        os.kill(process, signal.SIGSTOP)
        while not waits_for_the_network(process) and self.sql(holds) != "0":
            os.kill(process, signal.SIGCONT)
            os.kill(process, signal.SIGSTOP)

    def wake(self, process):
        """Unless its own worker has ended it, and begun another."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)
