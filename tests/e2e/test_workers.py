"""A ledger in PostgreSQL, and many processes that take stores off it. The server is a real one, each store a sandbox; what
the stores counted is the witness. CONSENT_SYNC_STORES says how many stores (default: 24, with a sanitizer 10),
CONSENT_SYNC_SEED repeats chance."""
import contextlib
import os
import platform
import random
import re
import signal
import subprocess
import sys
import time
import pathlib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from harness import IS_SANITIZED, PATIENCE, PROGRAM, TOKEN, EndToEnd, Sandbox, wait_for_line
from postgresql import PASSWORD, PostgresServer

STORES = int(os.environ.get("CONSENT_SYNC_STORES", "10" if IS_SANITIZED else "24"))
ROWS = 30
EPOLL_WAIT = {"x86_64": {"232", "281"}, "aarch64": {"22"}}[platform.machine()]


def waits_for_the_network(process):
    """Of a process that has been stopped."""
    threads = list(pathlib.Path(f"/proc/{process}/task").iterdir())
    while any((thread / "stat").read_text().rpartition(")")[2].startswith((" R", " S", " D")) for thread in threads):
        pass
    return any((thread / "syscall").read_text().split()[0] in EPOLL_WAIT for thread in threads)


class Shared(EndToEnd):
    lease = "3s"

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
        while self.sql(f"SELECT count(*) FROM store_lease WHERE store = '{store}' AND expires_at > clock_timestamp()") != "0":
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


class OneStore(Shared):
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
        self.assertNotIn(PASSWORD, again.out + again.err)

    def test_the_password_is_told_to_nobody(self):
        store = self.sandbox("--customers", "5")
        self.write_customers(5)
        ran = self.expect(0, "sync", "customers.csv", "--log-level", "debug", store=store)
        said = ran.out + ran.err
        for arguments in (("runs",), ("doctor",), ("report", self.report_directories()[0].name), ("undo", "no-such-run"),
                          ("apply", "no-such-run"), ("history", "99")):
            done = self.run_program(*arguments, store=store)
            said += done.out + done.err
        wrong = self.ledger.replace(PASSWORD, "another-" + PASSWORD)
        refused = self.run_program("runs", store=store, CONSENT_SYNC_LEDGER=wrong)
        self.assertEqual(refused.code, 6, refused)
        self.assertIn("password authentication failed", refused.err)
        unreadable = self.run_program("runs", store=store, CONSENT_SYNC_LEDGER=f"postgresql://u:{PASSWORD}%zz@host/db")
        self.assertEqual(unreadable.code, 2, unreadable)
        said += refused.out + refused.err + unreadable.out + unreadable.err
        self.assertNotIn(PASSWORD, said)
        for path in self.directory.rglob("*"):
            if path.is_file():
                self.assertNotIn(PASSWORD, path.read_text(errors="replace"), path)
        self.assertNotIn(PASSWORD, self.sql("SELECT settings FROM run"))

    def test_no_ledger_is_made_by_a_question(self):
        asked = self.run_program("runs")
        self.assertEqual(asked.code, 2, asked)
        self.assertIn("there is no ledger at postgresql://127.0.0.1/ledger", asked.err)
        self.assertEqual(self.sql(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{self.schema}'"), "0")

    def test_killed_again_and_again_and_resumed_elsewhere(self):
        # A reply that does not come keeps each run from ending before it is killed.
        store = self.sandbox("--customers", "300", *(f"--fault=stall:300s@{request}" for request in (60, 140, 220)))
        self.write_customers(300)
        for recorded in (40, 90, 140):
            process = self.start_sending("--http-connections", "1", store=store, recorded=recorded)
            process.kill()
            process.communicate()
            self.wait_until_free("sandbox")
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 300})
        seen = store.stop()
        # What was in flight is sent again: at most a page of changes that were handed out and not recorded.
        self.assertLessEqual(seen["put"], 300 + 3 * 300)
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
        store = self.sandbox("--customers", "3000", "--latency", "5ms")
        self.write_customers(3000)
        process = self.start_sending(store=store)
        self.server.freeze()
        self.addCleanup(self.server.thaw)
        quiet_after = self.when_quiet(store)
        self.server.thaw()
        self.assertLess(quiet_after, 3)  # the lease
        process.communicate(timeout=PATIENCE)
        self.assertIn(process.returncode, (0, 6))
        if process.returncode:
            self.wait_until_free("sandbox")
            self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 3000})

    def when_quiet(self, store):
        """Seconds until the store gets no more requests."""
        began = time.monotonic()
        changed_at, before = began, None
        while time.monotonic() - changed_at < 2:
            held = [store.consent_of(customer)[0] for customer in range(1, 3001, 150)]
            if held != before:
                changed_at, before = time.monotonic(), held
        return changed_at - began


class Network(Shared):
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


class Workers(Shared):
    def begin(self, count=STORES, rows=ROWS, flags=lambda place: ()):
        self.stores, entries = {}, ""
        (self.directory / "in").mkdir()
        self.write_customers(rows, name="in/all.csv")
        for place in range(count):
            name = f"s{place:03}"
            directory = self.directory / "stores" / name
            directory.mkdir(parents=True)
            store = Sandbox(directory, "--store-hash", name, "--customers", str(rows), "--latency", "5ms", *flags(place))
            self.addCleanup(store.process.stdout.close)
            self.addCleanup(store.stop)
            (self.directory / "in" / f"{name}.csv").symlink_to("all.csv")
            entries += f"  - hash: {name}\n    api_url: {store.url}\n    ca_file: {store.ca_file}\n"
            self.stores[name] = store
        self.write("job.yaml", "command: sync\ninput:\n  path: in/{store}.csv\nhttp:\n  connections: 1\nstores_at_once: 3\n"
                               f"stores:\n{entries}")

    def environment(self, store=None, **more):
        return super().environment(store, **{"CONSENT_SYNC_STORE_HASH": None, **more})

    def worker(self, number, *flags):
        with open(self.directory / f"worker-{number}.log", "w", encoding="utf-8") as log:
            process = subprocess.Popen([PROGRAM, "work", "job.yaml", "--batch", "night", "--report-dir", f"reports-{number}", *flags],
                                       cwd=self.directory, text=True, env=self.environment(), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def log_of(self, number):
        return (self.directory / f"worker-{number}.log").read_text()

    def ended(self):
        return int(self.sql("SELECT count(*) FROM work_item WHERE is_ended"))

    def wait_for_ended(self, count):
        give_up = time.monotonic() + PATIENCE * 3
        while self.sql("SELECT to_regclass('work_item') IS NOT NULL") == "f" or self.ended() < count:
            self.assertLess(time.monotonic(), give_up)

    def children_of(self, process):
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [int(child) for child in children]

    def check_all(self, rows=ROWS):
        """Every row of every store is accounted for, and no store ever had two senders."""
        self.assertEqual(self.ended(), len(self.stores))
        applied = dict(line.split("|") for line in self.sql(
            "SELECT store, sum(rows) FROM run JOIN outcome_count ON run = key WHERE outcome = 'applied' AND mode = 'sync' "
            "GROUP BY store").splitlines())
        self.assertEqual(applied, {name: str(rows) for name in self.stores})
        self.assertEqual(self.sql("SELECT count(*) FROM queue"), "0")
        for name, store in self.stores.items():
            for customer in (1, rows):
                self.assertEqual(store.consent_of(customer), ({"essential", "analytics"}, {"functional", "targeting"}))
            seen = store.stop()
            self.assertEqual(seen["applied"], seen["put"])
            self.assertGreaterEqual(seen["put"], rows)
            with self.subTest(store=name):
                self.assertEqual(seen["by_older_connection"], 0)
                self.assertLessEqual(seen["max_in_flight"], 1)

    def test_each_store_is_worked_on_once(self):
        self.begin(flags=lambda place: ("--quota", str(15 + 5 * (place % 4)), "--window", "1s"))
        self.lease = "30s"
        workers = [self.worker(number) for number in range(4)]
        for number, worker in enumerate(workers):
            self.assertEqual(worker.wait(timeout=PATIENCE * 3), 0, self.log_of(number))
        self.check_all()
        shares = [len(set(re.findall(r"^(s\d+) .* ended with exit code 0", self.log_of(number), re.M))) for number in range(4)]
        self.assertEqual(sum(shares), STORES)
        self.assertGreater(min(shares), 0, shares)
        for store in self.stores.values():
            self.assertEqual(store.counters["put"], ROWS)
            self.assertEqual(store.counters["throttled"], 0)

    def test_a_batch_that_is_done_is_not_done_again(self):
        self.begin(count=2)
        self.assertEqual(self.worker(0).wait(timeout=PATIENCE), 0, self.log_of(0))
        done = self.expect(0, "work", "job.yaml", "--batch", "night")
        self.assertIn("Nothing was left to do here", done.out)
        self.sql("UPDATE work_item SET exit_code = 6 WHERE store = 's001'")
        hidden = self.expect(6, "work", "job.yaml", "--batch", "night")
        self.assertIn("the worst exit code is 6", hidden.out)
        self.check_all()

    def test_a_store_whose_process_stands_still_is_done_by_another_process(self):
        rows = 80
        self.begin(count=2, rows=rows, flags=lambda place: ("--quota", "10", "--window", "1s"))
        workers = [self.worker(0)]
        asleep = self.wait_for_holder(workers[0])
        self.freeze(asleep)
        workers.append(self.worker(1))
        self.wait_for_ended(2)
        self.wake(asleep)
        for number, worker in enumerate(workers):
            self.assertEqual(worker.wait(timeout=PATIENCE), 0, self.log_of(number))
        self.check_all(rows)

    def test_a_process_that_stands_still_before_it_has_the_lease_is_begun_anew(self):
        """By its own worker too, where there is no other."""
        self.begin(count=2)
        with open(self.directory / "job.yaml", "a", encoding="utf-8") as job:
            job.write(f"store:\n  token_command: 'mkdir stopped 2>/dev/null && kill -STOP $PPID; echo {TOKEN}'\n")
        worker = self.worker(0)
        self.assertEqual(worker.wait(timeout=PATIENCE), 0, self.log_of(0))
        self.assertTrue((self.directory / "stopped").exists())
        self.check_all()

    def wait_for_holder(self, worker):
        """The process of a store that has its lease, and will need some seconds yet."""
        while True:
            self.assertIsNone(worker.poll(), self.log_of(0))
            if self.sql("SELECT to_regclass('store_lease') IS NOT NULL") == "t":
                holder = self.sql("SELECT holder FROM store_lease WHERE expires_at > clock_timestamp() LIMIT 1")
                if holder:
                    return int(re.match(r"process (\d+) ", holder).group(1))

    def test_killed_stopped_and_restarted_at_random_all_rows_are_accounted_for(self):
        seed = int(os.environ.get("CONSENT_SYNC_SEED", random.SystemRandom().randrange(2**32)))
        print(f"seed {seed}", end=" ", flush=True)
        chance = random.Random(seed)
        self.begin(flags=lambda place: ("--quota", "40", "--window", "1s"))
        workers = {number: self.worker(number) for number in range(4)}
        next_number, asleep = 4, []
        for milestone in range(2, STORES - 4, max(1, STORES // 8)):
            self.wait_for_ended(milestone)
            number = chance.choice(list(workers))
            worker = workers[number]
            how = chance.choice(["kill worker", "kill child", "stop child", "terminate", "restart server", "freeze server"])
            if how == "kill worker":
                worker.kill()
            elif how == "terminate":
                worker.send_signal(signal.SIGTERM)
            elif how == "restart server":
                self.server.stop()
                self.server.start()
            elif how == "freeze server":
                self.addCleanup(self.server.thaw)
                self.server.freeze()
                time.sleep(chance.uniform(1, 5))  # the lease is 3 s: the passing of time is what is tried
                self.server.thaw()
            else:
                children = self.children_of(worker)
                if children:
                    child = chance.choice(children)
                    with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # it may have ended meanwhile
                        if how == "kill child":
                            os.kill(child, signal.SIGKILL)
                        else:
                            self.freeze(child)
                            asleep.append(child)
            if how in ("kill worker", "terminate"):
                worker.wait(timeout=PATIENCE)
                del workers[number]
                workers[next_number] = self.worker(next_number)
                next_number += 1
        # Who sleeps holds up its worker, and nobody else.
        self.wait_for_ended(STORES)
        for child in asleep:
            self.wake(child)
        for number, worker in workers.items():
            worker.wait(timeout=PATIENCE)
            self.assertNotIn("defect", self.log_of(number))
            self.assertNotIn(TOKEN, self.log_of(number))
            self.assertNotIn(PASSWORD, self.log_of(number))
        self.check_all()

    def test_workers_of_one_batch_need_the_same_stores(self):
        self.begin(count=2)
        self.worker(0).wait(timeout=PATIENCE)
        self.sql("INSERT INTO work_item (batch, store) VALUES ('night', 'stranger')")
        refused = self.expect(2, "work", "job.yaml", "--batch", "night")
        self.assertIn("store stranger is in this batch, and has no entry in this configuration", refused.err)

    def test_work_needs_a_ledger_that_is_shared_and_several_stores(self):
        self.begin(count=2)
        refused = self.expect(2, "work", "job.yaml", CONSENT_SYNC_LEDGER=None)
        self.assertIn("set ledger to postgresql://", refused.err)
        self.write("one.yaml", "command: sync\nstore:\n  hash: abc\ninput:\n  path: in/all.csv\n")
        self.assertIn("for one store there is run", self.expect(2, "work", "one.yaml").err)


if __name__ == "__main__":
    unittest.main()
