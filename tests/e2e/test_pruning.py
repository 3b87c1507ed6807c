"""Runs go from the ledger once they are older than somebody wants to keep them; what they did stays known."""
import time
import unittest

from harness import PATIENCE, EndToEnd, wait_for_line


class Pruning(EndToEnd):
    def nights(self, store, count, *flags, code=0, **settings):
        for night in range(count):
            self.write_customers(5, allow=("essential", "essential|analytics")[night % 2])
            self.expect(code, "sync", "customers.csv", *flags, store=store, **settings)

    def listed(self, store):
        return self.run_program("runs", store=store).out.count(" finished ")

    def test_by_hand_after_a_look_at_what_would_go(self):
        store = self.sandbox("--customers", "5")
        self.nights(store, 3)
        first = self.report_directories()[0]
        asked = self.expect(2, "prune", store=store)
        self.assertIn("--ledger-keep 90d", asked.err)
        self.assertIn("Nothing to remove", self.expect(0, "prune", "--ledger-keep", "1d", store=store).out)

        looked = self.expect(2, "prune", "--ledger-keep", "1ms", store=store)
        self.assertIn("Would remove the runs of store sandbox that ended more than 1ms ago: 2, with 10 rows in all", looked.out)
        self.assertIn("nothing was removed yet: --yes", looked.err)
        self.assertEqual(self.listed(store), 3)

        done = self.expect(0, "prune", "--ledger-keep", "1ms", "--yes", store=store)
        self.assertIn("Removed the runs of store sandbox that ended more than 1ms ago: 2", done.out)
        self.assertEqual(self.listed(store), 1)
        self.assertTrue((first / "report.html").exists())
        self.assertIn("has no run", self.run_program("report", first.name, store=store).err)
        self.assertIn("15 changes", self.expect(0, "history", "--verify", store=store).out)
        self.assertIn(first.name, self.expect(0, "history", "3", store=store).out)
        # What is confirmed is still known: nothing is sent again.
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"unchanged": 5})
        self.assertEqual(store.stop()["put"], 15)

    def test_each_run_removes_what_is_too_old_and_a_dry_run_nothing(self):
        store = self.sandbox("--customers", "5")
        self.write("consent-sync.yaml", "ledger_keep: 1s\n")
        self.nights(store, 1)
        time.sleep(1.1)  # the passing of time is what is tried
        self.expect(0, "sync", "customers.csv", "--dry-run", store=store)
        self.assertEqual(self.listed(store), 2)
        time.sleep(1.1)
        self.nights(store, 1)
        listed = self.run_program("runs", store=store).out
        self.assertEqual(listed.count(" finished "), 1, listed)
        self.assertNotIn("dry", listed)

    def test_what_can_be_taken_up_again_stays(self):
        store = self.sandbox("--customers", "5", "--fault", "401@3")
        self.write_customers(5)
        self.expect(4, "sync", "customers.csv", store=store)
        self.assertIn("Nothing to remove", self.expect(0, "prune", "--ledger-keep", "1ms", "--yes", store=store).out)
        self.expect(0, "resume", store=store)
        self.assertEqual(self.counts(), {"applied": 5})

    def test_a_store_at_work_is_left_alone(self):
        store = self.sandbox("--customers", "5", "--latency", "300ms")
        self.nights(store, 1)
        self.write_customers(5)
        process = self.start("sync", "customers.csv", "--http-connections", "1", store=store)
        wait_for_line(process.stderr, "sending")
        held = self.expect(7, "prune", "--ledger-keep", "1ms", "--yes", store=store)
        self.assertIn("process", held.err)
        process.communicate(timeout=PATIENCE)


if __name__ == "__main__":
    unittest.main()
