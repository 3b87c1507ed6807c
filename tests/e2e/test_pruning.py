"""Runs go from the ledger once they are older than somebody wants to keep them; what they did stays known."""
import os
import pathlib
import re
import subprocess
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

    def test_the_command_for_old_reports_removes_them_and_nothing_else(self):
        guide = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text()
        command = re.search(r"^ +(find REPORTS .*)$", guide, re.MULTILINE).group(1).replace("REPORTS", "reports")
        long_ago = time.time() - 500 * 86400
        # Of one store, of one among many, of a job over many; a store's directory is as old as its first report.
        for name, file in (("old run", "summary.json"), ("new", "summary.json"), ("abc123/old", "summary.json"),
                           ("abc123/new", "summary.json"), ("old-job", "stores.json"), ("new-job", "stores.json")):
            directory = self.directory / "reports" / name
            directory.mkdir(parents=True, exist_ok=True)
            for path in (directory / file, directory / "outcomes.csv"):
                path.write_text("{}")
                if "old" in name:
                    os.utime(path, (long_ago, long_ago))
        os.utime(self.directory / "reports" / "abc123", (long_ago, long_ago))
        done = subprocess.run(["sh", "-c", command], cwd=self.directory, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        left = {str(path.relative_to(self.directory / "reports")) for path in (self.directory / "reports").rglob("*")}
        self.assertEqual(left, {name + file for name in ("new", "abc123/new") for file in ("", "/summary.json", "/outcomes.csv")} |
                         {"abc123"} | {"new-job" + file for file in ("", "/stores.json", "/outcomes.csv")})


if __name__ == "__main__":
    unittest.main()
