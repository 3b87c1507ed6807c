"""kill -9 at any moment, and the same command again: the store's own count is the witness.
CONSENT_SYNC_SEED repeats chance."""
import contextlib
import os
import signal
import sqlite3
import subprocess
import time

from harness import PATIENCE, PROGRAM, TOKEN, EndToEnd, seeded_random, wait_for_line

ROWS = 600


class Resume(EndToEnd):
    def run_until_killed(self, store, seconds):
        process = self.start("sync", "customers.csv", "--rate-max-requests-per-second", "300", store=store)
        wait_for_line(process.stderr, "sending")
        time.sleep(seconds)  # the instant of the crash is the point of the test, not a synchronisation
        process.kill()
        process.communicate()

    def test_after_kill_9_the_same_command_finishes_the_same_run(self):
        instants = seeded_random()
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
        # How many are sent again is told by the next test, which leaves nothing to chance.
        self.assertLessEqual(store.stop()["max_in_flight_per_customer"], 1)

    def recorded(self):
        """Rows whose outcome is committed."""
        with contextlib.closing(sqlite3.connect(self.directory / "consent-sync.db")) as ledger:
            return ledger.execute("SELECT coalesce(sum(rows), 0) FROM outcome_count WHERE outcome = 'applied'").fetchone()[0]

    def test_after_kill_9_what_was_in_flight_is_sent_again_and_nothing_else(self):
        # Replies that do not come hold the run where all that went before is answered.
        held = range(400, 400 + 4)
        store = self.sandbox("--customers", str(ROWS), *(f"--fault=stall:300s@1#{customer}" for customer in held))
        self.write_customers(ROWS)
        process = self.start("sync", "customers.csv", "--http-connections", str(len(held)), store=store,
                             CONSENT_SYNC_HTTP_TIMEOUT="300s")
        wait_for_line(process.stderr, "sending")
        give_up = time.monotonic() + PATIENCE
        # It is committed while the run goes on, though there is nothing more to commit.
        while self.recorded() < held.start - 1:
            self.assertLess(time.monotonic(), give_up, "what was answered is not committed before the run ends")
        process.kill()
        process.communicate()
        # A request that had not yet left meets its silence now, and is sent again after the timeout: the sum is the same.
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": ROWS})
        self.assertEqual(store.stop()["put"], ROWS + len(held))

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

    def test_an_address_that_no_request_reached_is_not_the_stores(self):
        store = self.sandbox()
        self.write_customers(3)
        nowhere = ("--store-api-url", "https://nowhere.invalid", "--retry-give-up-after", "1s")
        self.expect(5, "sync", "customers.csv", *nowhere, store=store)
        self.assertIn("was planned for https://nowhere.invalid", self.expect(2, "resume", store=store).err)
        self.assertIn("abandoned", self.expect(0, "sync", "customers.csv", store=store).err)
        self.assertEqual(self.counts(), {"applied": 3})
        same = ("--store-api-url", store.url.replace("https", "HTTPS") + "/")
        self.expect(0, "sync", "customers.csv", *same, store=store)
        self.assertIn("use another ledger", self.expect(2, "sync", "customers.csv", *nowhere, store=store).err)

    def interrupted_run(self, store, *flags):
        """Its input then holds every customer, and some of them were not reached."""
        self.write_customers(ROWS)
        process = self.start("sync", "customers.csv", "--http-connections", "1", *flags, store=store)
        wait_for_line(process.stderr, "sending")
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.assertEqual(process.returncode, 143)
        self.assertGreater(self.counts()["pending"], 1)

    def test_resume_finishes_a_run_without_its_input(self):
        store = self.sandbox("--latency", "5ms")
        self.interrupted_run(store)
        self.assertIn("consent-sync resume", (self.report_directories()[-1] / "report.html").read_text())
        (self.directory / "customers.csv").unlink()
        refused = self.expect(2, "resume", "--policy-drift", "store", store=store)
        self.assertIn("policy.drift: deny_wins then, store now", refused.err)
        self.expect(2, "resume", "--dry-run", store=store)
        result = self.expect(0, "resume", store=store)
        self.assertIn("resuming run", result.err)
        self.assertEqual(self.counts(), {"applied": ROWS})
        self.assertEqual(len(self.report_directories()), 1)
        self.assertEqual(self.summary()["resumptions"], 1)
        self.assertEqual(store.consent_of(ROWS)[0], {"essential", "analytics"})
        self.assertIn("nothing to resume", self.expect(0, "resume", store=store).err)
        self.assertEqual(store.stop()["put"], ROWS)

    def test_an_input_that_leaves_out_who_was_not_reached_does_not_replace_the_run(self):
        store = self.sandbox("--latency", "5ms")
        self.interrupted_run(store)
        pending = self.counts()["pending"]
        self.write_customers(ROWS - 1, name="shorter.csv", allow="essential")
        refused = self.expect(2, "sync", "shorter.csv", store=store)
        self.assertIn("does not speak for 1 of the customers", refused.err)
        self.assertIn("consent-sync resume", refused.err)
        # A row that is not understood speaks for nobody.
        self.write("broken.csv", (self.directory / "shorter.csv").read_text() + f"{ROWS},perhaps,\n")
        self.assertIn("does not speak for 1 of", self.expect(2, "sync", "broken.csv", store=store).err)
        self.write_customers(ROWS, name="other.csv", allow="essential")
        refused = self.expect(2, "sync", "other.csv", "--unfinished", "refuse", store=store)
        self.assertIn(f"{pending} rows not reached", refused.err)
        self.assertEqual(len(self.report_directories()), 1)
        # What was refused has sent nothing, and has cost the run nothing.
        self.expect(0, "resume", store=store)
        self.assertEqual(self.counts(), {"applied": ROWS})
        self.assertEqual(store.stop()["put"], ROWS)

    def test_a_run_can_be_given_up(self):
        store = self.sandbox("--latency", "5ms")
        self.interrupted_run(store)
        self.write_customers(1, name="shorter.csv", allow="essential")
        self.assertIn("abandoned", self.expect(0, "sync", "shorter.csv", "--unfinished", "abandon", store=store).err)

    def test_a_run_that_is_refused_takes_nobodys_place(self):
        store = self.sandbox("--fault", "401@6")
        self.write_customers(20, "first.csv")
        self.expect(4, "sync", "first.csv", "--http-connections", "1", store=store)
        stopped = self.summary()["run_id"]
        self.write_customers(30, "other.csv", allow="essential")
        self.assertNotIn("abandoned", self.expect(3, "sync", "other.csv", "--safety-max-changes", "10", store=store).err)
        self.assertIn(f"resuming run {stopped}", self.expect(0, "resume", store=store).err)
        self.assertEqual(store.consent_of(20)[0], {"essential", "analytics"})
        self.assertEqual(store.stop()["applied"], 20)

    def blocked_command(self, *arguments, store):
        """The command, at its token_command, and what lets it go on."""
        os.mkfifo(self.directory / "gate")
        process = self.start(*arguments, "--store-token-command", "cat gate", store=store, BIGCOMMERCE_ACCESS_TOKEN=None)
        gate = open(self.directory / "gate", "w")  # returns once it reads

        def go_on():
            gate.write(TOKEN)
            gate.close()
            out, err = process.communicate(timeout=PATIENCE)
            return process.returncode, out + err
        return go_on

    def test_what_somebody_else_finished_meanwhile_is_not_resumed(self):
        store = self.sandbox("--fault", "401@6")
        self.write_customers(20, "first.csv")
        self.expect(4, "sync", "first.csv", "--http-connections", "1", store=store)
        go_on = self.blocked_command("resume", store=store)
        self.expect(0, "resume", store=store)
        code, told = go_on()
        self.assertEqual(code, 0)
        self.assertIn("nothing to resume", told)
        self.assertEqual(store.stop()["applied"], 20)

    def test_a_plan_that_somebody_else_carried_out_meanwhile_is_not_carried_out_again(self):
        store = self.sandbox()
        self.write_customers(20, "first.csv")
        self.expect(0, "sync", "first.csv", "--dry-run")
        plan = self.summary()["run_id"]
        go_on = self.blocked_command("apply", plan, store=store)
        self.expect(0, "apply", plan, store=store)
        code, told = go_on()
        self.assertEqual(code, 2)
        self.assertIn("a plan is carried out once", told)

    def test_a_run_that_could_not_ask_the_store_takes_nobodys_place(self):
        store = self.sandbox("--fault", "401@6-7")
        self.write_customers(20, "first.csv")
        self.expect(4, "sync", "first.csv", "--http-connections", "1", store=store)
        stopped = self.summary()["run_id"]
        self.write_customers(30, "other.csv", allow="essential")
        self.expect(4, "sync", "other.csv", "--policy-check-store", "all", "--http-connections", "1", store=store)
        self.assertIn(f"resuming run {stopped}", self.expect(0, "resume", store=store).err)
        self.assertEqual(store.consent_of(20)[0], {"essential", "analytics"})
        self.assertIn("nothing to resume", self.expect(0, "resume", store=store).err)

    def wait_for_a_run_in_state(self, state):
        give_up = time.monotonic() + PATIENCE
        while True:
            self.assertLess(time.monotonic(), give_up)
            try:
                with contextlib.closing(sqlite3.connect(self.directory / "consent-sync.db")) as ledger:
                    if ledger.execute("SELECT count(*) FROM run WHERE state = ?", (state,)).fetchone() != (0,):
                        return
            except sqlite3.OperationalError:
                pass  # it is being made

    def test_a_run_that_crashed_while_reading_leaves_nothing_behind(self):
        store = self.sandbox()
        process = subprocess.Popen([PROGRAM, "sync", "-", "--dry-run"], cwd=self.directory, env=self.environment(store), stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.stdin.write(b"customer_id,allow,deny\n" + b"1,essential,\n" * 200000)
        process.stdin.flush()
        self.wait_for_a_run_in_state("staging")
        process.kill()
        process.communicate()
        self.write_customers(10)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 10})
        self.assertEqual(len(self.expect(0, "runs").out.strip().splitlines()), 2)
