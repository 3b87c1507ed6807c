"""The program dies at any instant, its ledger is hurt, its disk fills up: the next run completes the accounts.

CONSENT_SYNC_CRASHES says how often it is killed (default: 40); CONSENT_SYNC_SEED repeats a run of chance."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from harness import IS_SANITIZED, PATIENCE, PROGRAM, EndToEnd, needs, seeded_random, wait_for_line

FIXTURE = pathlib.Path(__file__).parent.parent / "unit/ledger/fixtures/ledger_v1.sql"
ROWS = 60
OLD_CHANGES = 20_000
ALLOWED = ("essential", "essential|analytics")


class WithChance(EndToEnd):
    def setUp(self):
        super().setUp()
        self.chance = seeded_random()
        self.crashes = int(os.environ.get("CONSENT_SYNC_CRASHES", "40"))

    def database(self):
        return self.directory / "consent-sync.db"

    def kill_within(self, seconds, *arguments, how=signal.SIGKILL, **more):
        """The exit code, or nothing when it was killed first."""
        process = self.start(*arguments, **more)
        killed = False
        try:
            process.communicate(timeout=self.chance.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            process.send_signal(how)
            killed = how == signal.SIGKILL
            process.communicate(timeout=PATIENCE)
        return None if killed and process.returncode == -signal.SIGKILL else process.returncode

    def timed(self, code, *arguments, **more):
        begin = time.monotonic()
        self.expect(code, *arguments, **more)
        return time.monotonic() - begin


class Crashes(WithChance):
    def night(self, store, number):
        """Every customer's choice changes; what the store holds is then known."""
        self.write_customers(ROWS, allow=ALLOWED[number % 2])
        self.expected = set(ALLOWED[number % 2].split("|"))

    def check_night(self, store, nights):
        self.assertEqual(sum(self.counts().values()), ROWS)
        # Killed when all was done but its report, it finds that nothing is left to do.
        self.assertIn(self.counts(), ({"applied": ROWS}, {"unchanged": ROWS}))
        for customer in range(1, ROWS + 1):
            self.assertEqual(store.consent_of(customer)[0], self.expected)
        # Each change was confirmed once: none was skipped, none claimed twice.
        self.assertIn(f"is whole: {ROWS * nights:,} changes", self.expect(0, "history", "--verify").out)

    def test_killed_or_stopped_at_any_instant_the_same_command_completes_the_accounts(self):
        store = self.sandbox("--latency", "5ms")
        flags = ("--http-connections", "4")
        self.night(store, 0)
        whole = self.timed(0, "sync", "customers.csv", *flags, store=store)
        crashes, kills, nights = 0, 0, 1
        while crashes < self.crashes:
            self.night(store, nights)
            nights += 1
            while True:
                how = self.chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
                command = self.chance.choice((("sync", "customers.csv"), ("sync", "customers.csv"), ("resume",)))
                code = self.kill_within(whole * 1.2, *command, *flags, store=store, how=how)
                if code == 0 and command[0] == "resume":
                    continue  # there may have been nothing to resume yet
                if code == 0:
                    break
                # Before it has begun, SIGTERM ends it as it ends any program.
                self.assertIn(code, (None, 143, -signal.SIGTERM))
                crashes += 1
                kills += code is None
            self.check_night(store, nights)
        puts = store.stop()["put"]
        self.assertGreaterEqual(puts, ROWS * nights)
        # Who is stopped commits what was answered: only after a kill is anything sent again. (How much: test_resume.)
        self.assertLessEqual(puts, ROWS * nights + kills * ROWS)

    def test_a_report_that_is_written_again_is_whole_at_every_instant(self):
        store = self.sandbox()
        self.write_customers(2000)
        self.expect(0, "sync", "customers.csv", store=store)
        directory = self.report_directories()[-1]
        whole = self.timed(0, "report", directory.name)
        before = {path.name: path.read_bytes() for path in directory.iterdir()}
        for _ in range(self.crashes // 4):
            self.kill_within(whole, "report", directory.name)
            now = {path.name: path.read_bytes() for path in directory.iterdir() if path.name in before}
            self.assertEqual(now, before)
        self.expect(0, "report", directory.name)
        self.assertEqual({path.name for path in directory.iterdir()}, set(before))

    def old_ledger(self):
        """Of version 1, with a history that takes a while to be made a chain."""
        self.forget_ledger()
        with contextlib.closing(sqlite3.connect(self.database())) as database:
            database.executescript(FIXTURE.read_text())
            database.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                             "INSERT INTO evidence SELECT store, customer + i, before, after, decided_at, confirmed_at, "
                             "run_id, line FROM evidence, n WHERE evidence.rowid = 1", (OLD_CHANGES,))
            database.commit()

    def test_a_migration_that_dies_is_made_again(self):
        self.old_ledger()
        whole = self.timed(0, "runs")
        for _ in range(self.crashes // 4):
            self.old_ledger()
            self.kill_within(whole, "runs")
            self.assertIn("20261124T082256Z-2ae363", self.expect(0, "runs").out)
            self.assertIn(f"is whole: {4 + OLD_CHANGES:,} changes", self.expect(0, "history", "--verify").out)


class Hurt(WithChance):
    def interrupted_run(self, store):
        self.write_customers(ROWS)
        process = self.start("sync", "customers.csv", "--http-connections", "1", store=store)
        wait_for_line(process.stderr, "sending")
        process.kill()
        process.communicate()

    def test_a_ledger_with_altered_bytes_is_never_the_reason_for_a_crash_or_for_a_wrong_allow(self):
        store = self.sandbox("--latency", "5ms")
        self.write_customers(ROWS, allow="essential")
        self.expect(0, "sync", "customers.csv", store=store)
        sound = self.database().read_bytes()
        for _ in range(self.crashes // 2):
            hurt = bytearray(sound)
            for _ in range(self.chance.choice((1, 1, 10, 200))):
                hurt[self.chance.randrange(len(hurt))] = self.chance.randrange(256)
            self.forget_ledger()
            self.database().write_bytes(hurt)
            self.database().chmod(0o600)
            for arguments in (("runs",), ("history", "--verify"), ("sync", "customers.csv")):
                result = self.run_program(*arguments, store=store)
                self.assertIn(result.code, (0, 1, 2, 6), result)
        for customer in range(1, ROWS + 1):
            self.assertEqual(store.consent_of(customer)[0], {"essential"})

    def test_a_cut_log_loses_commits_and_nothing_else(self):
        store = self.sandbox("--latency", "5ms")
        for _ in range(self.crashes // 8):
            self.forget_ledger()
            self.interrupted_run(store)
            log = self.database().with_name("consent-sync.db-wal")
            if log.exists() and log.stat().st_size:
                os.truncate(log, self.chance.randrange(log.stat().st_size))
            self.expect(0, "sync", "customers.csv", store=store)
            self.assertEqual(sum(self.counts().values()), ROWS)
            self.expect(0, "history", "--verify")

    @unittest.skipUnless(os.geteuid() == 0, "becoming somebody else takes root")
    def test_a_ledger_that_may_not_be_written_is_named_and_nothing_is_sent(self):
        store = self.sandbox()
        self.write_customers(3)
        self.expect(0, "sync", "customers.csv", store=store)
        self.directory.chmod(0o755)
        for path in self.directory.glob("consent-sync.db*"):
            path.chmod(0o444)
        self.write_customers(3, allow="essential")
        (self.directory / "reports").chmod(0o777)
        done = subprocess.run([PROGRAM, "sync", "customers.csv"], cwd=self.directory, env=self.environment(store),
                              capture_output=True, text=True, user=65534, group=65534, extra_groups=[], timeout=PATIENCE)
        self.assertEqual(done.returncode, 6, done)
        self.assertIn("consent-sync.db", done.stderr)
        self.assertEqual(store.stop()["put"], 3)

    def test_a_ledger_that_another_program_keeps_locked_is_named_and_nothing_is_sent(self):
        store = self.sandbox()
        self.write_customers(3)
        self.expect(0, "sync", "customers.csv", store=store)
        self.write_customers(3, allow="essential")
        with contextlib.closing(sqlite3.connect(self.database(), isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            result = self.expect(6, "sync", "customers.csv", store=store)
        self.assertIn("locked for more than 10 s", result.err)
        self.assertEqual(store.stop()["put"], 3)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("mount"), "making a small disk takes root")
    def test_a_full_disk_stops_the_run_and_with_room_it_is_completed(self):
        disk = self.directory / "disk"
        disk.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True)
        if made.returncode != 0:
            self.skipTest("a small disk cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        store = self.sandbox()
        self.write_customers(20_000)
        flags = ("--ledger", f"sqlite:{disk}/consent-sync.db")
        result = self.expect(6, "sync", "customers.csv", *flags, store=store)
        self.assertRegex(result.err, "[Nn]o space|disk")
        subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)
        self.expect(0, "sync", "customers.csv", *flags, store=store)
        self.assertEqual(sum(self.counts().values()), 20_000)
        self.assertEqual(set(self.counts()), {"applied"})

    @unittest.skipIf(IS_SANITIZED, "two libraries cannot both come before all others")
    @needs("faketime")
    def test_a_clock_that_jumps_changes_nothing_about_the_accounts(self):
        store = self.sandbox("--latency", "5ms")
        self.write_customers(ROWS)
        for jump in ("-2d", "+30d", "-1y", "+0"):
            process = subprocess.Popen(["faketime", "-f", jump, PROGRAM, "sync", "customers.csv", "--http-connections", "1"],
                                       cwd=self.directory, env=self.environment(store), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if jump != "+0":
                wait_for_line(process.stderr, "sending")
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.expect(0, "history", "--verify").out.count("is whole"), 1)
        self.assertIn(f"{ROWS} changes", self.expect(0, "history", "--verify").out)

    def test_an_input_that_is_gone_is_named_and_the_run_waits_for_it(self):
        store = self.sandbox("--latency", "20ms")
        self.interrupted_run(store)
        rows = (self.directory / "customers.csv").read_bytes()
        (self.directory / "customers.csv").unlink()
        self.assertIn("customers.csv", self.expect(2, "sync", "customers.csv", store=store).err)
        self.write("customers.csv", rows)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(sum(self.counts().values()), ROWS)
        self.assertEqual(json.loads((self.report_directories()[-1] / "summary.json").read_text())["resumptions"], 1)


if __name__ == "__main__":
    unittest.main()
