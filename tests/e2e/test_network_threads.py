"""Connections on threads of their own: the store and the report see the same run as with one thread, only the cores differ."""
import pathlib
import unittest

from harness import PATIENCE, EndToEnd, wait_for_line

ROWS, CONNECTIONS, THREADS = 120, 9, 3
FLAGS = ("--http-connections", str(CONNECTIONS), "--retry-attempts", "3", "--retry-base-delay", "10ms", "--retry-budget", "10")
THREADED = ("--http-threads", str(THREADS), *FLAGS)
# Each meets its customer alone, whichever connection and whatever order the requests leave in. (A connection that is closed while
# it is idle would be met by whoever comes next.)
FAULTS = ("500@1#20", "500#21", "502@1-2#22", "504@1#23", "html-502@1#24", "409@1#30", "409#31", "423@1#32", "422#33", "404#34",
          "429@1#40", "429-bare@1#41", "reset@1#50", "reset-after-apply@1#51", "fin-after-apply@1#52", "truncate@1#53",
          "close@1#54", "bad-json@1#60", "wrong-echo@1#61", "wrong-echo#62", "slow:50ms@1#70")


class NetworkThreads(EndToEnd):
    def setUp(self):
        super().setUp()
        self.write_customers(ROWS)

    def sync(self, code, store, *flags):
        self.expect(code, "sync", "customers.csv", *flags, store=store)
        rows = {row["customer_id"]: (row["outcome"], row["http_status"]) for row in self.outcomes().values()}
        self.forget_ledger()
        return self.counts(), rows, store.stop()

    def test_outcomes_and_what_the_store_is_asked_are_those_of_one_thread(self):
        faults = [word for fault in FAULTS for word in ("--fault", fault)]
        ends = []
        for flags in (FLAGS, THREADED):
            counts, rows, seen = self.sync(1, self.sandbox("--customers", str(ROWS), *faults), *flags)
            self.assertEqual(sum(counts.values()), ROWS)
            self.assertEqual(counts.keys(), {"applied", "failed", "unknown", "rejected", "not_found", "mismatch"})
            self.assertLessEqual(seen["max_in_flight"], CONNECTIONS)
            self.assertEqual(seen["max_in_flight_per_customer"], 1)
            self.assertEqual(seen["faults"].get("429", 0) + seen["faults"].get("429-bare", 0), seen["throttled"])
            ends.append((counts, rows, *(seen[word] for word in ("put", "get", "applied", "status", "faults"))))
        self.assertEqual(*ends)

    def test_a_quota_is_kept_by_all_threads_together_while_connections_break(self):
        store = self.sandbox("--window", "1s", "--fault", "reset@10", "--fault", "idle-close@0.1", "--fault", "500@30-31", quota=60)
        counts, _, seen = self.sync(0, store, *THREADED)
        self.assertEqual(counts, {"applied": ROWS})
        self.assertEqual(seen["throttled"], 0, seen)
        self.assertGreater(seen["connections"], THREADS, seen)
        for use in seen["windows"]:
            self.assertLessEqual(use["requests"], 54 + 1, seen)

    def test_ctrl_c_lets_requests_in_flight_finish_on_every_thread_and_the_rest_is_resumed(self):
        store = self.sandbox("--latency", "200ms")
        process = self.start("sync", "customers.csv", *THREADED, store=store)
        wait_for_line(process.stderr, "sending")
        self.interrupt(process, at=THREADS)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(self.counts().keys(), {"applied", "pending"})
        self.assertIn("resuming", self.expect(0, "sync", "customers.csv", *THREADED, store=store).err)
        self.assertEqual(self.counts(), {"applied": ROWS})
        self.assertEqual(store.stop()["put"], ROWS, "what was in flight was not let finish")

    def test_ctrl_c_twice_waits_for_no_thread_and_the_run_is_resumed(self):
        store = self.sandbox("--fault", f"stall:600s@2-{1 + CONNECTIONS}")
        process = self.start("sync", "customers.csv", *THREADED, store=store, CONSENT_SYNC_HTTP_TIMEOUT="10m")
        wait_for_line(process.stderr, "sending")
        self.interrupt_twice(process, at=CONNECTIONS)
        self.assertEqual(self.counts(), {"applied": 1, "pending": ROWS - 1})
        store.stop()
        store = self.sandbox("--port", store.url.rsplit(":", 1)[1])
        self.expect(0, "sync", "customers.csv", *THREADED, store=store)
        self.assertEqual(self.counts(), {"applied": ROWS})
        self.assertEqual(store.stop()["put"], ROWS - 1)

    def test_the_threads_have_names_by_which_a_person_tells_them_apart(self):
        store = self.sandbox("--fault", "stall:600s@1")
        process = self.start("sync", "customers.csv", *THREADED, store=store)
        wait_for_line(process.stderr, "sending")
        names = {path.read_text().strip() for path in pathlib.Path(f"/proc/{process.pid}/task").glob("*/comm")}
        self.assertLessEqual({f"network-{number + 1}" for number in range(THREADS)}, names)
        self.interrupt_twice(process)

    def test_more_threads_than_connections_are_as_many_as_connections(self):
        counts, _, seen = self.sync(0, self.sandbox(), "--http-threads", "64", "--http-connections", "2")
        self.assertEqual(counts, {"applied": ROWS})
        self.assertEqual(seen["connections"], 2)


if __name__ == "__main__":
    unittest.main()
