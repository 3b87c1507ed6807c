"""Standard output that nobody can read any more: the terminal is gone, or the disk full. What was done is recorded, reported and
told all the same; a run is told of in the end, when nothing depends on it."""
import fcntl
import os
import pty
import subprocess
import termios
import unittest

from harness import PATIENCE, PROGRAM, wait_for_line
from many_stores import ManyStores
from receiver import WithReceiver

UNREAD = "consent-sync: standard output could not be written"


def gone_terminal():
    """A terminal that nobody looks at any more: what is written to it fails at the end of each line."""
    controller, terminal = pty.openpty()
    os.close(controller)
    return terminal


class Unread(WithReceiver, ManyStores):
    def run_unread(self, *arguments, store=None, output=gone_terminal, **more):
        stdout = output()
        try:
            return subprocess.run([PROGRAM, *arguments], cwd=self.directory, env=self.environment(store, **more), stdout=stdout,
                                  stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
        finally:
            os.close(stdout)

    def hang_up(self, *arguments, store=None, **more):
        """As a session that drops: the terminal is that of the process, and goes away while it sends."""
        controller, terminal = pty.openpty()
        process = subprocess.Popen([PROGRAM, *arguments, "--rate-max-requests-per-second", "20"], cwd=self.directory,
                                   env=self.environment(store, **more), stdin=terminal, stdout=terminal, stderr=subprocess.PIPE,
                                   text=True, start_new_session=True,
                                   preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(terminal)
        wait_for_line(process.stderr, "sending")
        os.close(controller)
        _, err = process.communicate(timeout=PATIENCE)
        return process.returncode, err

    def watched(self):
        return {**self.hooks(), "CONSENT_SYNC_METRICS_FILE": "run.prom", "CONSENT_SYNC_STORE_HASH": "sandbox"}

    def exit_code_in_metrics(self):
        (line,) = [line for line in (self.directory / "run.prom").read_text().splitlines()
                   if line.startswith("consent_sync_run_exit_code{")]
        return int(line.split()[-1])


class OneStore(Unread):
    def test_a_run_whose_session_drops_ends_like_any_that_is_stopped(self):
        store = self.sandbox()
        self.write_customers(300)
        code, err = self.hang_up("sync", "customers.csv", store=store, **self.watched())
        self.assertEqual(code, 143, err)
        self.assertEqual((self.summary()["exit_code"], self.summary()["stop_reason"]), (143, "interrupted by SIGHUP"))
        self.assertIn(UNREAD, err)
        self.assertEqual(self.receiver.events(), ["start", "failure"])
        self.assertEqual(self.receiver.posts[1][2], (self.report_directories()[0] / "summary.json").read_bytes())
        self.assertEqual(self.exit_code_in_metrics(), 143)
        self.expect(0, "sync", "customers.csv", store=store, CONSENT_SYNC_STORE_HASH="sandbox")
        self.assertEqual((self.counts(), store.stop()["put"]), ({"applied": 300}, 300))

    def test_a_run_that_ended_well_is_told_of_as_it_ended(self):
        """All but who started it are told that it ended well."""
        store = self.sandbox()
        self.write_customers(30)
        result = self.run_unread("sync", "customers.csv", store=store, **self.watched())
        self.assertEqual((result.returncode, self.summary()["exit_code"]), (6, 0), result.stderr)
        self.assertEqual(result.stderr.count(UNREAD), 1)
        self.assertEqual(self.receiver.events(), ["start", "success"])
        self.assertEqual(self.exit_code_in_metrics(), 0)

    def test_every_kind_of_run_has_its_report(self):
        store = self.sandbox()
        self.write_customers(30)
        named = {"store": store, "CONSENT_SYNC_STORE_HASH": "sandbox"}

        def run(*arguments):
            result = self.run_unread(*arguments, **named)
            self.assertIn(UNREAD, result.stderr)
            self.assertEqual(result.returncode, self.summary()["exit_code"] or 6, result.stderr)
            return self.summary()

        plan = run("sync", "customers.csv", "--dry-run", "--policy-check-store", "changes")
        applied = run("apply", plan["run_id"])
        audit = run("audit", "customers.csv")
        undone = run("undo", applied["run_id"])
        self.assertEqual([each["mode"] for each in (plan, applied, audit, undone)], ["dry_run", "sync", "audit", "sync"])
        self.assertEqual((applied["exit_code"], audit["outcomes"]["in_sync"]), (0, 30))
        self.assertEqual(len(self.report_directories()), 4)

    def test_a_run_that_is_resumed_has_its_report(self):
        store = self.sandbox()
        self.write_customers(300)
        code, err = self.hang_up("sync", "customers.csv", store=store, CONSENT_SYNC_STORE_HASH="sandbox")
        self.assertEqual(code, 143, err)
        result = self.run_unread("resume", store=store, CONSENT_SYNC_STORE_HASH="sandbox")
        self.assertEqual((result.returncode, self.counts()), (6, {"applied": 300}), result.stderr)

    def test_any_other_end_keeps_its_exit_code(self):
        """A full disk is met when the program ends."""
        store = self.sandbox("--customers", "5")
        self.write_customers(6)
        for output in (gone_terminal, lambda: os.open("/dev/full", os.O_WRONLY)):
            result = self.run_unread("sync", "customers.csv", store=store, output=output, **self.watched())
            self.assertEqual((result.returncode, self.summary()["exit_code"]), (1, 1), result.stderr)
            self.assertIn(UNREAD, result.stderr)
        self.assertEqual(self.receiver.events(), ["start", "problem"] * 2)

    def test_a_report_that_cannot_be_written_is_told_of_all_the_same(self):
        store = self.sandbox()
        self.write_customers(30)
        terminal = gone_terminal()
        process = subprocess.Popen([PROGRAM, "sync", "customers.csv", "--rate-max-requests-per-second", "30"],
                                   cwd=self.directory, env=self.environment(store, CONSENT_SYNC_STORE_HASH="sandbox"),
                                   stdout=terminal, stderr=subprocess.PIPE, text=True)
        os.close(terminal)
        wait_for_line(process.stderr, "sending")
        (self.directory / "reports").rmdir()
        self.write("reports", "a file where the directory was")
        _, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 6)
        self.assertIn("consent-sync report", err)


class ManyOfThem(Unread):
    def test_the_whole_of_stores_has_its_report(self):
        self.store("abc")
        self.store("def")
        self.write_job()
        result = self.run_unread("run", "job.yaml")
        self.assertEqual((result.returncode, self.whole()["exit_code"]), (6, 0), result.stderr)
        self.assertEqual(self.statuses(), {"abc": "ok", "def": "ok"})
        self.assertIn(UNREAD, result.stderr)

    def test_a_session_that_drops_stops_the_stores_and_the_whole_says_so(self):
        self.store("abc", rows=300)
        self.write_job()
        self.entry("def", "https://127.0.0.1:1")
        self.write_job("stores_at_once: 1")
        code, err = self.hang_up("run", "job.yaml")
        self.assertEqual((code, self.whole()["exit_code"]), (143, 143), err)
        self.assertEqual(self.statuses(), {"abc": "stopped", "def": "not_started"})


class Erasing(Unread):
    def test_what_remains_of_who_was_erased_is_told(self):
        store = self.sandbox()
        named = {"store": store, "CONSENT_SYNC_STORE_HASH": "sandbox"}
        self.write_customers(3)
        self.expect(0, "sync", "customers.csv", **named)
        self.expect(0, "sync", "customers.csv", "--ledger", "sqlite:other.db", **named)
        result = self.run_unread("forget", "1", "--yes", **named)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("remove them", result.stderr)
        self.assertIn(UNREAD, result.stderr)


if __name__ == "__main__":
    unittest.main()
