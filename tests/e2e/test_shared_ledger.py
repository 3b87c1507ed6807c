"""One store whose ledger is in PostgreSQL: what SQLite does and more, since another machine may take it over. What the
store counted is the witness."""
import bisect
import os
import signal
import subprocess
import time
import unittest

from harness import PATIENCE, PROGRAM, wait_for_line
from shared_ledger import SharedLedger


class OneStore(SharedLedger):
    def start_sending(self, *flags, store, recorded=20):
        process = self.start("sync", "customers.csv", *flags, store=store)
        wait_for_line(process.stderr, "sending")
        self.wait_for_recorded(recorded)
        return process

    def test_a_run_and_all_that_is_asked_of_its_ledger(self):
        store = self.sandbox("--customers", "50")
        self.write_customers(50)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 50})
        again = self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"unchanged": 50})
        self.assertEqual(store.stop()["put"], 50)
        runs = self.expect(0, "runs", store=store)
        self.assertEqual(runs.out.count(" finished "), 2)
        self.assertIn("50 changes", self.expect(0, "history", "--verify", store=store).out)
        self.assertIn("Last confirmed by the store", self.expect(0, "history", "7", store=store).out)
        erased = self.expect(0, "forget", "7", "--yes", store=store)
        self.assertIn("PostgreSQL", erased.out)
        self.assertNotIn("Last confirmed", self.run_program("history", "7", store=store).out)
        self.assertIn("50 changes, 1 erased on request", self.expect(0, "history", "--verify", store=store).out)
        self.assertNotIn(self.password, again.out + again.err)

    def test_the_password_is_told_to_nobody(self):
        store = self.sandbox("--customers", "5")
        self.write_customers(5)
        ran = self.expect(0, "sync", "customers.csv", "--log-level", "debug", store=store)
        said = ran.out + ran.err
        for arguments in (("runs",), ("doctor",), ("report", self.report_directories()[0].name), ("undo", "no-such-run"),
                          ("apply", "no-such-run"), ("history", "99")):
            done = self.run_program(*arguments, store=store)
            said += done.out + done.err
        wrong = self.ledger.replace(self.password, "another-" + self.password)
        refused = self.run_program("runs", store=store, CONSENT_SYNC_LEDGER=wrong)
        self.assertEqual(refused.code, 6, refused)
        self.assertIn("password authentication failed", refused.err)
        unreadable = self.run_program("runs", store=store, CONSENT_SYNC_LEDGER=f"postgresql://u:{self.password}%zz@host/db")
        self.assertEqual(unreadable.code, 2, unreadable)
        said += refused.out + refused.err + unreadable.out + unreadable.err
        self.assertNotIn(self.password, said)
        for path in self.directory.rglob("*"):
            if path.is_file():
                self.assertNotIn(self.password, path.read_text(errors="replace"), path)
        self.assertNotIn(self.password, self.sql("SELECT settings FROM run"))

    def test_no_ledger_is_made_by_a_question(self):
        asked = self.run_program("runs")
        self.assertEqual(asked.code, 2, asked)
        self.assertIn("there is no ledger at postgresql://127.0.0.1/ledger", asked.err)
        self.assertEqual(self.sql(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{self.schema}'"), "0")

    def test_killed_again_and_again_and_resumed_elsewhere(self):
        # A reply that does not come holds each run where all that went before is recorded, and nothing else is under way.
        held = (60, 140, 220)
        store = self.sandbox("--customers", "300", *(f"--fault=stall:300s@1#{customer}" for customer in held))
        self.write_customers(300)
        for customer in held:
            process = self.start_sending("--http-connections", "1", store=store, recorded=customer - 1)
            process.kill()
            process.communicate()
            self.wait_until_free("sandbox")
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 300})
        seen = store.stop()
        # What was in flight is sent again, and nothing else.
        self.assertEqual(seen["put"], 300 + len(held))
        self.assertEqual(seen["status"], {"200": seen["put"] + seen["get"] - 3})  # those that got no reply

    def test_who_stood_still_for_longer_than_the_lease_neither_sends_nor_records(self):
        store = self.sandbox("--customers", "400", "--latency", "5ms")
        self.write_customers(400)
        late = self.start_sending("--http-connections", "1", store=store)
        self.freeze(late.pid)
        self.wait_until_free("sandbox")
        self.expect(0, "sync", "customers.csv", "--http-connections", "1", store=store)
        self.assertEqual(self.counts(), {"applied": 400})
        requests = self.sql("SELECT sum(put) FROM run")
        late.send_signal(signal.SIGCONT)
        _, said = late.communicate(timeout=PATIENCE)
        if late.returncode == 6:  # it stood still within a transaction, and the server has ended that session
            self.assertIn("cannot be reached", said)
        else:
            self.assertEqual(late.returncode, 7, said)
            self.assertIn("was lost", said)
        self.assertEqual(self.sql("SELECT sum(put) FROM run"), requests)
        seen = store.stop()
        self.assertEqual(seen["by_older_connection"], 0)
        self.assertEqual(seen["max_in_flight"], 1)

    def test_a_server_that_goes_away_stops_the_run_before_anything_more_is_sent(self):
        store = self.sandbox("--customers", "2000", "--latency", "5ms")
        self.write_customers(2000)
        process = self.start_sending("--http-connections", "2", store=store)
        self.server.kill()
        _, said = process.communicate(timeout=PATIENCE)
        self.server.start()
        self.assertEqual(process.returncode, 6, said)
        self.assertIn("cannot be reached", said)
        self.wait_until_free("sandbox")
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 2000})

    def test_a_server_that_says_nothing_stops_the_sending_before_the_lease_ends(self):
        store = self.sandbox("--customers", "1000", "--latency", "5ms")
        self.write_customers(1000)
        process = self.start_sending("--rate-max-requests-per-second", "100", store=store)
        self.server.freeze()
        self.addCleanup(self.server.thaw)
        sent = self.sent(store)
        # A lease of 3 s has been renewed before, and a run sends no more than 100 a second: the store need not be timed.
        self.assertLessEqual(self.sent_when_quiet(store) - sent, 3 * 100)
        self.server.thaw()
        process.communicate(timeout=PATIENCE)
        self.assertIn(process.returncode, (0, 6))
        if process.returncode:
            self.wait_until_free("sandbox")
            self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 1000})

    def sent(self, store):
        """Customers that the store has been told about: they are sent in their order."""
        return bisect.bisect(range(1, 1001), False, key=lambda customer: not store.consent_of(customer)[0])

    def sent_when_quiet(self, store):
        sent, since = self.sent(store), time.monotonic()
        while time.monotonic() - since < 2:
            now = self.sent(store)
            if now != sent:
                sent, since = now, time.monotonic()
        return sent


class Network(SharedLedger):
    """A worker in a network of its own, whose way to the database is cut."""

    def setUp(self):
        super().setUp()
        self.name = f"cs{os.getpid() % 10000}"
        if os.geteuid() != 0 or subprocess.run(["ip", "netns", "add", self.name], capture_output=True, check=False).returncode != 0:
            self.skipTest("a network of one's own is not permitted here")
        self.addCleanup(subprocess.run, ["ip", "netns", "del", self.name], check=False)
        for place, link in enumerate(("d", "s")):  # to the database, to the store
            here, there = f"{self.name}{link}h", f"{self.name}{link}n"
            self.ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", self.name)
            self.addCleanup(subprocess.run, ["ip", "link", "del", here], capture_output=True, check=False)
            self.ip("addr", "add", f"10.213.{place}.1/30", "dev", here)
            self.ip("link", "set", here, "up")
            self.ip("-n", self.name, "addr", "add", f"10.213.{place}.2/30", "dev", there)
            self.ip("-n", self.name, "link", "set", there, "up")
        self.ip("-n", self.name, "link", "set", "lo", "up")

    def ip(self, *words):
        subprocess.run(["ip", *words], check=True)

    def start_in_network(self, *arguments, store):
        environment = self.environment(store, CONSENT_SYNC_LEDGER=self.ledger.replace("127.0.0.1", "10.213.0.1"))
        return subprocess.Popen(["ip", "netns", "exec", self.name, PROGRAM, *arguments], cwd=self.directory, text=True,
                                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_who_is_cut_off_stops_and_another_takes_over(self):
        store = self.sandbox("--customers", "1000", "--latency", "5ms", "--host", "10.213.1.1")
        self.write_customers(1000)
        late = self.start_in_network("sync", "customers.csv", "--http-connections", "1", store=store)
        wait_for_line(late.stderr, "sending")
        self.wait_for_recorded(20)
        self.ip("link", "set", f"{self.name}dh", "down")
        self.wait_until_free("sandbox")
        self.expect(0, "sync", "customers.csv", "--http-connections", "1", store=store)
        self.assertEqual(self.counts(), {"applied": 1000})
        self.ip("link", "set", f"{self.name}dh", "up")
        _, said = late.communicate(timeout=PATIENCE)
        self.assertIn(late.returncode, (6, 7), said)
        seen = store.stop()
        self.assertEqual(seen["by_older_connection"], 0)
        self.assertEqual(seen["max_in_flight"], 1)


if __name__ == "__main__":
    unittest.main()
