"""kill -9 at any moment, and the same command again: the store's own count is the witness."""
import os
import random
import time

from harness import EndToEnd, wait_for_line

ROWS = 600
CONNECTIONS = 10


class Resume(EndToEnd):
    def run_until_killed(self, store, seconds):
        process = self.start("sync", "customers.csv", "--rate-max-requests-per-second", "300", store=store)
        wait_for_line(process.stderr, "sending")
        time.sleep(seconds)  # the instant of the crash is the point of the test, not a synchronisation
        process.kill()
        process.communicate()

    def test_after_kill_9_the_same_command_finishes_the_same_run(self):
        seed = int(os.environ.get("CONSENT_SYNC_TEST_SEED", random.randrange(10**6)))
        print(f"CONSENT_SYNC_TEST_SEED={seed}")
        instants = random.Random(seed)
        store = self.sandbox("--customers", str(ROWS - 1))
        self.write_customers(ROWS)
        kills = 3
        for _ in range(kills):
            self.run_until_killed(store, instants.uniform(0.05, 0.6))
        result = self.expect(1, "sync", "customers.csv", store=store)
        self.assertIn("resuming run", result.err)
        self.assertEqual(len(self.report_directories()), 1)
        self.assertEqual(self.counts(), {"applied": ROWS - 1, "not_found": 1})
        self.assertEqual(self.summary()["resumptions"], kills)
        for customer in (1, ROWS // 2, ROWS - 1):
            self.assertEqual(store.consent_of(customer)[0], {"essential", "analytics"})
        # Sent again: at most what was in flight or not yet committed at each crash (200 ms at 300 a second).
        self.assertLessEqual(store.stop()["put"], ROWS + kills * (CONNECTIONS + 300))
        self.assertLessEqual(store.counters["max_in_flight_per_customer"], 1)

    def test_another_input_after_a_crash_is_another_run_and_doubts_what_was_handed_out(self):
        store = self.sandbox()
        self.write_customers(ROWS, name="old.csv", allow="essential")
        self.expect(0, "sync", "old.csv", store=store)
        self.write_customers(ROWS)
        self.run_until_killed(store, 0.5)
        # Back to the old choices: the ledger once confirmed them all, but some customers may hold the new ones.
        result = self.expect(0, "sync", "old.csv", store=store)
        self.assertIn("abandoned", result.err)
        self.assertEqual(self.counts().get("unchanged", 0) + self.counts().get("applied", 0), ROWS)
        for customer in range(1, ROWS + 1, 7):
            self.assertEqual(store.consent_of(customer)[0], {"essential"}, f"customer {customer}")

    def test_a_run_that_crashed_while_reading_leaves_nothing_behind(self):
        store = self.sandbox()
        self.write_customers(300000)
        process = self.start("sync", "customers.csv", "--dry-run", store=store)
        time.sleep(0.3)
        process.kill()
        process.communicate()
        self.write_customers(10)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 10})
        self.assertEqual(len(self.expect(0, "runs").out.strip().splitlines()), 2)
