"""Metrics for Prometheus: in a file, and while a run lasts at an address."""
import re
import shutil
import socket
import subprocess
import time
import unittest
import urllib.request

from harness import PATIENCE, EndToEnd, wait_for_line


def samples(text):
    """Name with labels to value, of the text exposition format."""
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in text.splitlines() if line and not line.startswith("#")}


class Metrics(EndToEnd):
    LABELS = 'mode="sync",store="sandbox"}'

    def value(self, name, **labels):
        text = (self.directory / "run.prom").read_text()
        parts = ",".join([f'{key}="{value}"' for key, value in labels.items()] + [self.LABELS])
        return samples(text).get(f"consent_sync_{name}{{{parts}")

    def test_the_file_tells_how_the_last_run_ended(self):
        store = self.sandbox("--customers", "4", quota=100)
        self.write_customers(5)
        self.expect(1, "sync", "customers.csv", "--metrics-file", "run.prom", store=store)
        self.assertEqual(self.value("run_exit_code"), 1)
        self.assertEqual(self.value("running"), 0)
        self.assertEqual(self.value("run_rows", outcome="applied"), 4)
        self.assertEqual(self.value("run_rows", outcome="not_found"), 1)
        self.assertEqual(self.value("run_requests", method="put"), 5)
        self.assertEqual(self.value("quota_requests"), 100)
        self.assertIsNone(self.value("last_success_timestamp_seconds"))
        self.assertEqual((self.directory / "run.prom").stat().st_mode & 0o777, 0o644)
        self.assertEqual(list(self.directory.glob("run.prom.*")), [])

    def test_the_last_success_outlives_later_failures(self):
        store = self.sandbox()
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", "--metrics-file", "run.prom", store=store)
        success = self.value("last_success_timestamp_seconds")
        self.assertAlmostEqual(success, self.value("run_end_timestamp_seconds"), delta=0.001)
        self.expect(3, "sync", "customers.csv", "--metrics-file", "run.prom", "--safety-min-rows", "100", store=store)
        self.assertEqual(self.value("run_exit_code"), 3)
        self.assertEqual(self.value("last_success_timestamp_seconds"), success)

    def test_a_dry_run_does_not_take_the_place_of_the_last_run(self):
        store = self.sandbox()
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", "--metrics-file", "run.prom", store=store)
        before = (self.directory / "run.prom").read_bytes()
        self.expect(0, "sync", "customers.csv", "--metrics-file", "run.prom", "--dry-run", store=store)
        self.assertEqual((self.directory / "run.prom").read_bytes(), before)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not here (Debian package prometheus: 96 MB and a server that starts at once)")
    def test_promtool_has_nothing_to_complain_of(self):
        store = self.sandbox(quota=1000)
        self.write_customers(5)
        self.expect(0, "sync", "customers.csv", "--metrics-file", "run.prom", store=store)
        with open(self.directory / "run.prom", encoding="utf-8") as metrics:
            check = subprocess.run(["promtool", "check", "metrics"], stdin=metrics, capture_output=True, text=True,
                                   timeout=PATIENCE)
        self.assertEqual((check.returncode, check.stdout, check.stderr), (0, "", ""))

    def test_metrics_are_served_while_it_runs(self):
        store = self.sandbox()
        self.write_customers(2000)
        process = self.start("sync", "customers.csv", "--metrics-listen", "127.0.0.1:0",
                             "--rate-max-requests-per-second", "20", store=store)
        seen = wait_for_line(process.stderr, "metrics are served")
        url = re.search(r"http://127\.0\.0\.1:\d+/metrics", seen).group(0)
        wait_for_line(process.stderr, "sending")
        applied = f'consent_sync_run_rows{{outcome="applied",{self.LABELS}'
        deadline = time.monotonic() + PATIENCE
        found = {}
        while found.get(applied, 0) == 0 and time.monotonic() < deadline:
            with urllib.request.urlopen(url, timeout=PATIENCE) as reply:
                found = samples(reply.read().decode())
        self.assertGreater(found[applied], 0)
        self.assertEqual(found["consent_sync_running{" + self.LABELS], 1)
        self.assertEqual(found["consent_sync_store_available{" + self.LABELS], 1)
        pending = found[f'consent_sync_run_rows{{outcome="pending",{self.LABELS}']
        self.assertEqual(found[applied] + pending, 2000)
        process.terminate()
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 143)

    def test_metrics_that_cannot_be_offered_stop_no_run(self):
        store = self.sandbox()
        self.write_customers(2)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            result = self.expect(0, "sync", "customers.csv", "--metrics-file", "no/such/directory/run.prom",
                                 "--metrics-listen", f"127.0.0.1:{taken.getsockname()[1]}", store=store)
        self.assertIn("metrics.file: ", result.err)
        self.assertIn("metrics.listen: ", result.err)

    def test_what_cannot_work_is_refused_at_once(self):
        self.write_customers(1)
        self.assertIn(".prom", self.expect(2, "sync", "customers.csv", "--metrics-file", "run.txt").err)
        self.assertIn("ADDRESS:PORT", self.expect(2, "sync", "customers.csv", "--metrics-listen", "9464").err)


if __name__ == "__main__":
    unittest.main()
