"""A run ends by its deadline, whatever it is at: with what matters most done, and resumably."""
import re
import subprocess

from harness import PATIENCE, PROGRAM, EndToEnd

DENY_ALL = ("essential", "functional|analytics|targeting")
ALLOW_ALL = ("essential|functional|analytics|targeting", "")
TOO_SLOW = 8  # exit code


class Deadline(EndToEnd):
    def write_rows(self, name, rows):
        """rows: (customer, (allow, deny), decided_at)"""
        lines = "".join(f"{customer},{allow},{deny},{when}\n" for customer, (allow, deny), when in rows)
        return self.write(name, "customer_id,allow,deny,decided_at\n" + lines)

    def write_two_nights(self, withdrawals, grants):
        """In the second night the withdrawals lie among the grants, and the newest decisions come first."""
        customers = range(1, withdrawals + grants + 1)
        withdraws = {customer for customer in customers if customer * withdrawals // len(customers)
                     != (customer - 1) * withdrawals // len(customers)}

        def when(customer):
            minutes = len(customers) - customer
            return f"2026-11-23T{minutes // 60:02}:{minutes % 60:02}:00Z"

        self.write_rows("first.csv", [(customer, ALLOW_ALL if customer in withdraws else DENY_ALL, "2026-11-01T00:00:00Z")
                                      for customer in customers])
        self.write_rows("second.csv", [(customer, DENY_ALL if customer in withdraws else ALLOW_ALL, when(customer))
                                       for customer in customers])
        return withdraws

    def test_withdrawals_make_it_then_the_oldest_grants_and_the_same_command_finishes_the_run(self):
        store = self.sandbox()
        withdraws = self.write_two_nights(withdrawals=20, grants=400)
        self.expect(0, "sync", "first.csv", store=store)
        result = self.expect(TOO_SLOW, "sync", "second.csv", "--max-duration", "8s", "--rate-max-requests-per-second", "20",
                             store=store)
        self.assertRegex(result.err, r"420 changes take about 21 s; the end of max_duration 8s \([^)]*Z\) comes in \d s: "
                                     r"about \d+ grants will not make it, no withdrawals")
        self.assertRegex(result.err, r"warning: the end of max_duration 8s \S+ comes in \d s: nothing new is sent")
        self.assertIn("end of max_duration 8s", self.summary()["stop_reason"])
        self.assertEqual(self.summary()["exit_code"], TOO_SLOW)
        rows = {int(row["customer_id"]): row["outcome"] for row in self.outcomes().values()}
        self.assertEqual({rows[customer] for customer in withdraws}, {"applied"})
        granted = [customer for customer in rows if customer not in withdraws and rows[customer] == "applied"]
        left = [customer for customer in rows if rows[customer] == "pending"]
        self.assertEqual(len(withdraws) + len(granted) + len(left), 420)
        self.assertGreater(len(left), 0)
        # The later a customer stands in the file, the older the decision.
        self.assertTrue(not granted or min(granted) > max(left), (granted, left))
        self.assertIn("stopped", self.expect(0, "runs").out)
        # A new deadline is no other work.
        result = self.expect(0, "sync", "second.csv", "--deadline", "2099-01-01T06:00:00Z", store=store)
        self.assertIn("resuming run", result.err)
        self.assertRegex(result.err, rf"how long {len(left)} changes take cannot be told without a quota|"
                                     rf"{len(left)} changes take about")
        self.assertEqual(self.counts(), {"applied": 420})
        self.assertEqual(store.stop()["put"], 420 + 420, "nothing was cut off, so nothing was sent twice")

    def test_requests_that_are_not_answered_in_time_are_cut_off_and_stay_in_doubt(self):
        store = self.sandbox("--fault", "stall-after-apply:600s@1")
        self.write_customers(40)
        result = self.expect(TOO_SLOW, "sync", "customers.csv", "--max-duration", "4s", store=store,
                             CONSENT_SYNC_HTTP_TIMEOUT="10m")
        self.assertIn("was not answered in time", result.err)
        left = [row for row in self.outcomes().values() if row["outcome"] == "pending"]
        self.assertEqual(sum("may have been applied" in row["reason"] for row in left), 1, left)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 40})

    def test_while_the_store_is_down(self):
        store = self.sandbox("--fault", "503")
        self.write_customers(40)
        result = self.expect(TOO_SLOW, "sync", "customers.csv", "--max-duration", "4s", store=store)
        self.assertIn("the store is in trouble", result.err)
        self.assertEqual(self.counts(), {"pending": 40})

    def test_while_rows_wait_for_their_next_try(self):
        store = self.sandbox("--fault", "423")
        self.write_customers(3)
        self.expect(TOO_SLOW, "sync", "customers.csv", "--max-duration", "4s", "--retry-base-delay", "1h",
                    "--retry-max-delay", "1h", store=store)
        self.assertEqual(self.counts(), {"pending": 3})

    def test_while_waiting_for_the_next_window_of_the_quota(self):
        store = self.sandbox("--window", "10m", quota=20)
        self.write_customers(40)
        self.expect(TOO_SLOW, "sync", "customers.csv", "--max-duration", "4s", "--rate-shape", "burst", store=store)
        self.assertGreaterEqual(self.counts()["pending"], 40 - 18)
        self.assertEqual(store.stop()["throttled"], 0)

    def test_before_the_plan_is_made_what_was_asked_is_not_asked_again(self):
        store = self.sandbox("--customers", "300", "--fault", "stall:600s@2")
        self.write_customers(600)
        self.expect(TOO_SLOW, "sync", "customers.csv", "--policy-preflight", "--max-duration", "5s", store=store,
                    CONSENT_SYNC_HTTP_TIMEOUT="10m")
        self.assertEqual(self.summary()["requests"]["put"], 0)
        result = self.expect(1, "sync", "customers.csv", "--policy-preflight", store=store)
        self.assertIn("its answers are used", result.err)
        self.assertEqual(self.counts(), {"applied": 300, "not_found": 300})

    def test_a_canary_that_the_deadline_stops_is_no_dead_canary(self):
        store = self.sandbox("--fault", "stall:600s@3")
        self.write_customers(40)
        self.expect(TOO_SLOW, "sync", "customers.csv", "--safety-canary", "20", "--max-duration", "4s", store=store,
                    CONSENT_SYNC_HTTP_TIMEOUT="10m")
        self.expect(0, "sync", "customers.csv", "--safety-canary", "20", store=store)
        self.assertEqual(self.counts(), {"applied": 40})

    def test_while_it_reads_a_slow_pipe(self):
        store = self.sandbox()
        process = subprocess.Popen([PROGRAM, "sync", "-", "--max-duration", "2s"], cwd=self.directory, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment(store))
        process.stdin.write("customer_id,allow,deny\n1,essential,analytics\n")
        process.stdin.flush()  # and the rest never comes
        process.wait(timeout=PATIENCE)
        error = process.stderr.read()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
        self.assertEqual(process.returncode, TOO_SLOW, error)
        self.assertRegex(error, r"the end of max_duration 2s \S+ came while the input was being read or planned: nothing was "
                                "sent")
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(store.stop()["put"], 2)

    def test_a_run_that_is_done_in_time_is_none_the_wiser(self):
        store = self.sandbox()
        self.write_customers(5)
        result = self.expect(0, "sync", "customers.csv", "--max-duration", "36500d", "--deadline", "9999-12-31T06:00:00Z",
                             store=store)
        self.assertIn("the end of max_duration 36500d", result.err)
        self.assertEqual(self.counts(), {"applied": 5})

    def test_what_the_store_told_the_last_run_of_its_quota_tells_how_long_this_one_takes(self):
        store = self.sandbox("--window", "1s", quota=600)
        self.write_customers(5, allow="essential")
        self.expect(0, "sync", "customers.csv", store=store)
        self.write_customers(5)
        result = self.expect(0, "sync", "customers.csv", "--max-duration", "1h", store=store)
        self.assertRegex(result.err, r"5 changes take about 0 s at 0\.9 of the store's 600 requests in 1 s; the end of "
                                     r"max_duration 1h \S+ comes in .*: all of them will make it")

    def test_a_dry_run_tells_what_will_be_late(self):
        store = self.sandbox()
        self.write_two_nights(withdrawals=2, grants=8)
        self.expect(0, "sync", "first.csv", store=store)
        # 3.6 requests in an hour
        slow = ("sync", "second.csv", "--dry-run", "--rate-max-requests-per-second", "0.001")
        result = self.expect(0, *slow, "--max-duration", "1h")
        late = self.summary()["forecast"]["late"]
        self.assertRegex(late.pop("deadline"), r"^20\d\d-.*Z$")
        self.assertEqual(late, {"changes": 7, "withdrawals": 0, "grants": 7})
        self.assertRegex(result.out, r"late +7   0 withdrawals, 7 grants for 20")
        self.assertIn("Not sent by", (self.report_directories()[-1] / "report.html").read_text())
        self.expect(0, *slow, "--max-duration", "1000s")
        self.assertEqual(self.summary()["forecast"]["late"]["withdrawals"], 2)
        self.expect(0, *slow)
        self.assertIsNone(self.summary()["forecast"]["late"])

    def test_an_audit_ends_by_its_deadline_too(self):
        store = self.sandbox("--fault", "stall:600s@11-1000")
        self.write_customers(40)
        self.expect(TOO_SLOW, "audit", "customers.csv", "--max-duration", "4s", store=store, CONSENT_SYNC_HTTP_TIMEOUT="10m")
        self.assertGreater(self.counts()["pending"], 0)

    def test_what_is_no_deadline_or_past_is_an_error(self):
        store = self.sandbox()
        self.write_customers(1)
        for value, sentence in (("25:00", "expected a time of day"), ("2026-01-01T06:00:00Z", "is past")):
            result = self.expect(2, "sync", "customers.csv", "--deadline", value, store=store)
            self.assertIn(sentence, result.err)
        self.assertEqual(store.stop()["requests"], 0)

    def test_help_and_manual_have_the_exit_code(self):
        for arguments in (("--help",), ("manual",)):
            text = re.sub(r"\\", "", self.expect(0, *arguments).out)
            self.assertRegex(text, r"8 +the deadline came before every row was reached; the run can be resumed")
