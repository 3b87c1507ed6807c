"""What the people who run it rely on: quota, faults survived, logs, secrets, doctor, runs and report."""
import csv
import json
import signal

from harness import PATIENCE, TOKEN, EndToEnd, wait_for_line


class Quota(EndToEnd):
    def test_a_small_quota_is_used_without_a_single_429(self):
        store = self.sandbox("--window", "2s", quota=30)
        self.write_customers(75)
        self.expect(0, "sync", "customers.csv", "--rate-share", "1", store=store)
        counters = store.stop()
        self.assertEqual((counters["put"], counters["throttled"]), (75, 0), counters)

    def test_burst_spends_the_share_as_the_window_turns(self):
        store = self.sandbox("--window", "5s", quota=60)
        self.write_customers(54)
        self.expect(0, "sync", "customers.csv", "--rate-shape", "burst", store=store)
        counters = store.stop()
        self.assertEqual([use["requests"] for use in counters["windows"]], [54], counters)
        self.assertEqual(counters["throttled"], 0)

    def test_the_report_tells_the_use_of_each_window_as_the_store_counted_it(self):
        store = self.sandbox("--window", "2s", quota=30)
        self.write_customers(70)
        self.expect(0, "sync", "customers.csv", "--rate-share", "1", store=store)
        with open(self.report_directories()[-1] / "windows.csv", newline="", encoding="utf-8") as file:
            windows = list(csv.DictReader(file))
        counted = [use["requests"] for use in store.stop()["windows"]]
        self.assertEqual(sum(int(window["used"]) for window in windows), 70)
        self.assertEqual([window["quota"] for window in windows], ["30"] * len(counted))
        for window, requests in zip(windows, counted, strict=True):
            self.assertLessEqual(abs(int(window["used"]) - requests), 1, (windows, counted))
        self.assertEqual(self.summary()["quota"]["all"]["used"], 70)

    def test_all_phases_of_a_run_share_one_pace(self):
        store = self.sandbox("--window", "4s", "--customers", "200", quota=60)
        self.write_customers(100)
        self.expect(0, "sync", "customers.csv", "--policy-preflight", "--safety-canary", "15", "--policy-check-store", "all",
                    store=store)
        summary = self.summary()
        counters = store.stop()
        self.assertEqual(summary["quota"]["all"]["others"], 0, "the run took its own requests for another client's")
        self.assertEqual(summary["quota"]["all"]["used"], counters["requests"])
        for use in counters["windows"]:
            self.assertLessEqual(use["requests"], 54 + 1, counters)

    def test_a_429_costs_no_row_an_attempt_and_is_never_followed_by_another(self):
        store = self.sandbox("--window", "1s", "--fault", "drain:60@5", "--fault", "drain:60@40", quota=60)
        self.write_customers(100)
        # With one connection nothing is under way when a 429 is heard.
        self.expect(0, "sync", "customers.csv", "--retry-attempts", "1", "--http-connections", "1", store=store)
        self.assertEqual(self.counts(), {"applied": 100})
        counters = store.stop()
        self.assertGreater(counters["throttled"], 0, "no 429 was met")
        self.assertEqual(counters["max_consecutive_throttled"], 1, counters)

    def test_a_429_without_headers_pauses_the_store(self):
        store = self.sandbox("--fault", "429-bare@10")
        self.write_customers(60)
        self.expect(0, "sync", "customers.csv", "--retry-attempts", "1", store=store)
        self.assertEqual(store.stop()["throttled"], 1)


class Faults(EndToEnd):
    def test_faults_of_the_way_are_survived(self):
        for fault in ("reset@0.05", "reset-after-apply@0.05", "fin-after-apply@0.05", "truncate@0.05", "bad-json@0.05",
                      "close@0.2", "idle-close@0.2", "502@0.05", "504@0.05", "html-502@0.05", "423@0.05"):
            with self.subTest(fault=fault):
                store = self.sandbox("--fault", fault)
                self.write_customers(150)
                self.expect(0, "sync", "customers.csv", "--retry-attempts", "10", store=store)
                self.assertEqual(self.counts(), {"applied": 150})
                self.assertEqual(store.consent_of(150)[0], {"essential", "analytics"})
                self.assertEqual(store.stop()["max_in_flight_per_customer"], 1)
                self.forget_ledger()

    def test_a_reply_that_never_comes_is_a_timeout_with_its_name(self):
        store = self.sandbox("--fault", "stall:60s#7")
        self.write("in.csv", "customer_id,allow,deny\n7,essential,analytics\n")
        self.expect(1, "sync", "in.csv", "--retry-attempts", "2", store=store, CONSENT_SYNC_HTTP_TIMEOUT="200ms")
        row = self.outcomes()[2]
        self.assertEqual(row["outcome"], "unknown")
        self.assertIn("Reading the reply", row["reason"])
        self.assertIn("within 200 ms", row["reason"])


class Watching(EndToEnd):
    def test_json_logs_are_one_object_a_line_and_name_the_run(self):
        store = self.sandbox()
        self.write_customers(3)
        result = self.expect(0, "sync", "customers.csv", "--log-format", "json", store=store)
        lines = [json.loads(line) for line in result.err.splitlines()]
        self.assertIn(self.summary()["run_id"], [line.get("run") for line in lines])
        self.assertTrue(all({"time", "level", "message"} <= set(line) for line in lines))

    def test_sigusr1_prints_the_state_of_a_live_run(self):
        store = self.sandbox("--fault", "stall:60s@2")
        self.write_customers(3)
        process = self.start("sync", "customers.csv", "--http-connections", "1", store=store)
        wait_for_line(process.stderr, "sending")
        process.send_signal(signal.SIGUSR1)
        self.assertIn("in flight", wait_for_line(process.stderr, "in flight"))
        process.kill()
        process.communicate(timeout=PATIENCE)

    def test_quiet_is_quiet(self):
        store = self.sandbox()
        self.write_customers(3)
        result = self.expect(0, "sync", "customers.csv", "--quiet", "--log-level", "warn", store=store)
        self.assertEqual((result.out, result.err), ("", ""))

    def test_runs_and_report_tell_again_what_happened(self):
        store = self.sandbox()
        self.write_customers(3)
        self.expect(0, "sync", "customers.csv", store=store)
        run_id = self.summary()["run_id"]
        self.assertIn(run_id, self.expect(0, "runs").out)
        before = (self.report_directories()[0] / "outcomes.csv").read_bytes()
        (self.report_directories()[0] / "outcomes.csv").unlink()
        self.expect(0, "report", run_id)
        self.assertEqual((self.report_directories()[0] / "outcomes.csv").read_bytes(), before)


class Runs(EndToEnd):
    def test_programs_read_the_list_of_runs_as_csv_or_ndjson(self):
        store = self.sandbox("--customers", "3")
        self.write_customers(4)
        self.assertEqual(self.expect(0, "sync", "customers.csv", "--dry-run", store=store).code, 0)
        self.expect(1, "sync", "customers.csv", store=store)
        rows = list(csv.DictReader(self.expect(0, "runs", "--format", "csv").out.splitlines()))
        lines = [json.loads(line) for line in self.expect(0, "runs", "--format", "ndjson").out.splitlines()]
        self.assertEqual([row["kind"] for row in rows], ["sync", "dry_run"])
        newest = {name: lines[0][name] for name in ("run", "state", "exit_code", "rows", "changes", "problems", "unfinished")}
        self.assertEqual(newest, {"run": self.summary()["run_id"], "state": "finished", "exit_code": 1, "rows": 4, "changes": 4,
                                  "problems": 1, "unfinished": 0})
        for row, line in zip(rows, lines, strict=True):
            self.assertEqual({name: value for name, value in row.items() if value},
                             {name: str(value) for name, value in line.items()})
        self.assertEqual(len(self.expect(0, "runs", "--format", "ndjson", "--limit", "1").out.splitlines()), 1)


class Doctor(EndToEnd):
    def test_all_is_well(self):
        store = self.sandbox(quota=150)
        result = self.expect(0, "doctor", store=store)
        self.assertIn("quota: 150", result.out)
        self.assertEqual(store.stop()["requests"], 1)

    def test_what_is_wrong_is_named(self):
        store = self.sandbox()
        self.assertIn("401", self.expect(4, "doctor", store=store, BIGCOMMERCE_ACCESS_TOKEN="wrong").out)
        self.assertIn("certificate", self.expect(2, "doctor", store=store, CONSENT_SYNC_STORE_CA_FILE=None).out)

    def test_all_that_is_wrong_is_named_not_only_the_first(self):
        self.write("file", "")
        self.write("job.yaml", "command: sync\ninput: {path: missing.csv}\nreport: {dir: file/reports}\n")
        said = self.expect(2, "doctor", "job.yaml", BIGCOMMERCE_ACCESS_TOKEN=None).out
        for problem in ("there is no access token", "input.path: ", "report.dir: "):
            self.assertIn("PROBLEM  " + problem, said)
        self.assertIn("ok       the ledger", said)

    def test_what_it_looks_at_can_be_named_as_for_the_run(self):
        store = self.sandbox()
        self.write("file", "")
        self.write("job.yaml", "command: sync\ninput: {path: missing.csv}\nreport: {dir: file/reports}\n")
        self.write_customers(1)
        flags = ("--report-dir", "elsewhere", "--input-path", "customers.csv")
        said = self.expect(0, "doctor", "job.yaml", *flags, store=store).out
        self.assertIn("ok       reports can be written to elsewhere", said)
        self.assertIn("ok       the input customers.csv is there", said)
        self.assertIn("PROBLEM  report.dir: ", self.expect(2, "doctor", "--report-dir", "file/reports", store=store).out)

    def test_what_the_next_run_would_meet_is_named(self):
        store = self.sandbox()
        self.write_customers(300)
        process = self.start("sync", "customers.csv", "--rate-max-requests-per-second", "20", store=store)
        wait_for_line(process.stderr, "sending")
        self.assertIn("PROBLEM  another run holds store sandbox", self.expect(7, "doctor", store=store).out)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        self.expect(0, "doctor", store=store)
        elsewhere = self.sandbox()
        self.assertIn("use another ledger", self.expect(2, "doctor", store=elsewhere).out)


class Secrets(EndToEnd):
    def test_no_token_and_no_address_in_any_output(self):
        store = self.sandbox("--customers", "3", "--fault", "500#2")
        self.write("in.csv", "customer_id,allow,deny\n1,essential,analytics\n2,essential,analytics\n9,essential,analytics\n"
                             "shopper@example.com,essential,analytics\n3,shopper@example.com,\n")
        result = self.expect(1, "sync", "in.csv", "--log-level", "trace", "--retry-attempts", "2", store=store)
        texts = {"stdout": result.out, "stderr": result.err}
        self.assertEqual((self.directory / "reports").stat().st_mode & 0o777, 0o700)
        for path in self.report_directories()[0].iterdir():
            texts[path.name] = path.read_text()
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path.name)
        for name, text in texts.items():
            self.assertNotIn(TOKEN, text, name)
            if name != "rejected.csv":
                self.assertNotIn("shopper@", text, name)
        self.assertIn("shopper@", texts["rejected.csv"])
        self.assertNotIn(TOKEN.encode(), (self.directory / "consent-sync.db").read_bytes())
