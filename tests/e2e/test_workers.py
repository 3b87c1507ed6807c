"""Many processes that take stores off a ledger in PostgreSQL. The server is a real one, each store a sandbox; what the
stores counted is the witness. CONSENT_SYNC_STORES says how many stores (default: 24, with a sanitizer 10),
CONSENT_SYNC_SEED repeats chance."""
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import unittest

from harness import IS_SANITIZED, PATIENCE, PROGRAM, TOKEN, Sandbox, needs, seeded_random
from receiver import Receiver
from shared_ledger import SharedLedger

STORES = int(os.environ.get("CONSENT_SYNC_STORES", "10" if IS_SANITIZED else "24"))
ROWS = 30


class Workers(SharedLedger):
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
        self.assertEqual(self.sql("SELECT sum(waiting) FROM change_block"), "0")
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

    def test_a_worker_that_is_asked_to_end_does_once_another_has_the_store_of_a_process_that_stands_still(self):
        rows = 80
        self.begin(count=1, rows=rows, flags=lambda place: ("--quota", "10", "--window", "1s"))
        first = self.worker(0)
        self.freeze(self.wait_for_holder(first))
        first.terminate()
        second = self.worker(1)
        self.assertEqual(first.wait(timeout=PATIENCE), 143, self.log_of(0))
        self.assertIn("store s000: its process stood still, and another has taken the store over", self.log_of(0))
        self.assertEqual(second.wait(timeout=PATIENCE), 0, self.log_of(1))
        self.check_all(rows)

    def test_the_third_signal_ends_processes_that_stand_still(self):
        rows = 80
        self.begin(count=1, rows=rows, flags=lambda place: ("--quota", "10", "--window", "1s"))
        first = self.worker(0)
        self.freeze(self.wait_for_holder(first))
        give_up = time.monotonic() + PATIENCE
        while first.poll() is None:
            self.assertLess(time.monotonic(), give_up, self.log_of(0))
            first.terminate()
        self.assertEqual(first.returncode, 143, self.log_of(0))
        self.assertIn("the stores at work are ended as they are", self.log_of(0))
        self.assertEqual(self.worker(1).wait(timeout=PATIENCE), 0, self.log_of(1))
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

    def test_planning_that_outlasts_the_lease_is_done_once(self):
        self.begin(count=2)
        self.expect(0, "doctor", "-c", "job.yaml")  # makes the tables
        with self.server.transaction(f"LOCK TABLE {self.schema}.change_block IN SHARE MODE"):
            worker = self.worker(0)
            self.wait_for("SELECT count(*) = 2 FROM pg_locks WHERE NOT granted AND relation = 'change_block'::regclass")
            ends = self.sql("SELECT max(expires_at) FROM store_lease")
            self.wait_for(f"SELECT bool_and(expires_at > TIMESTAMPTZ '{ends}' + interval '{self.lease}' * 2) OR EXISTS (SELECT 1 FROM "
                          "work_item WHERE takings > 1) FROM store_lease")
        self.assertEqual(worker.wait(timeout=PATIENCE), 0, self.log_of(0))
        self.assertEqual(self.sql("SELECT max(takings) FROM work_item"), "1", self.log_of(0))
        self.assertEqual(self.sql("SELECT count(*) FROM run"), "2")
        self.check_all()

    def wait_for(self, question):
        give_up = time.monotonic() + PATIENCE
        while self.sql(question) != "t":
            self.assertLess(time.monotonic(), give_up)

    def wait_for_holder(self, worker):
        """The process of a store that has its lease, and will need some seconds yet."""
        give_up = time.monotonic() + PATIENCE
        while True:
            self.assertIsNone(worker.poll(), self.log_of(0))
            self.assertLess(time.monotonic(), give_up, self.log_of(0))
            if self.sql("SELECT to_regclass('store_lease') IS NOT NULL") == "t":
                holder = self.sql("SELECT holder FROM store_lease WHERE expires_at > clock_timestamp() LIMIT 1")
                if holder:
                    return int(re.match(r"process (\d+) ", holder).group(1))

    def test_killed_stopped_and_restarted_at_random_all_rows_are_accounted_for(self):
        chance = seeded_random()
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
            self.assertNotIn(self.password, self.log_of(number))
        self.check_all()

    def test_workers_of_one_batch_need_the_same_stores(self):
        self.begin(count=2)
        self.worker(0).wait(timeout=PATIENCE)
        self.sql("INSERT INTO work_item (batch, store) VALUES ('night', 'stranger')")
        refused = self.expect(2, "work", "job.yaml", "--batch", "night")
        self.assertIn("store stranger is in this batch, and has no entry in this configuration", refused.err)

    def test_what_ends_a_worker_ends_its_stores_gently(self):
        self.begin(count=2, rows=80, flags=lambda place: ("--quota", "10", "--window", "1s"))
        worker = self.worker(0)
        self.wait_for_holder(worker)
        self.wait_for_recorded(1)
        self.sql("INSERT INTO work_item (batch, store) VALUES ('night', 'stranger')")
        self.assertEqual(worker.wait(timeout=PATIENCE), 2, self.log_of(0))
        self.assertRegex(self.log_of(0), r"s00\d .* ended with exit code 143")
        self.assertNotIn("SIGKILL", self.log_of(0))
        self.assertEqual(self.sql("SELECT DISTINCT exit_code FROM work_item WHERE store <> 'stranger'"), "143")

    def test_chosen_stores_are_taken_and_no_others_of_the_batch(self):
        self.begin(count=3)
        self.expect(0, "work", "job.yaml", "--batch", "night", "--only-store", "s000")
        self.sql("INSERT INTO work_item (batch, store) VALUES ('night', 's001')")
        self.expect(0, "work", "job.yaml", "--batch", "night", "--only-store", "s002")
        self.assertEqual(self.sql("SELECT store, takings FROM work_item ORDER BY store").split(), ["s000|1", "s001|0", "s002|1"])

    @needs("openssl")  # makes the receiver's certificate
    def test_who_watches_a_store_is_told_that_its_process_crashed(self):
        receiver = Receiver(self.directory)
        self.addCleanup(receiver.close)
        self.begin(count=2, rows=80, flags=lambda place: ("--quota", "10", "--window", "1s"))
        with open(self.directory / "job.yaml", "a", encoding="utf-8") as job:
            job.write(f"hooks:\n  on_failure: {receiver.url}/failure\n  ca_file: {receiver.ca_file}\n")
        worker = self.worker(0)
        os.kill(self.wait_for_holder(worker), signal.SIGABRT)
        self.assertEqual(worker.wait(timeout=PATIENCE), 10, self.log_of(0))
        self.assertEqual(receiver.events(), ["failure"])
        self.assertEqual(json.loads(receiver.posts[0][2])["exit_code"], 10)

    def test_a_rehearsal_leaves_the_batch_to_the_night(self):
        self.begin(count=2)
        self.expect(0, "work", "job.yaml", "--batch", "night", "--dry-run")
        self.assertEqual(self.worker(0).wait(timeout=PATIENCE), 0, self.log_of(0))
        self.assertEqual([store.stop()["put"] for store in self.stores.values()], [ROWS, ROWS])

    def test_work_needs_a_ledger_that_is_shared_and_several_stores(self):
        self.begin(count=2)
        refused = self.expect(2, "work", "job.yaml", CONSENT_SYNC_LEDGER=None)
        self.assertIn("set ledger to postgresql://", refused.err)
        self.assertIn("--only-store", self.expect(2, "work", "job.yaml", "--store", "s000").err)
        self.write("one.yaml", "command: sync\nstore:\n  hash: abc\ninput:\n  path: in/all.csv\n")
        self.assertIn("for one store there is run", self.expect(2, "work", "one.yaml").err)


if __name__ == "__main__":
    unittest.main()
