"""One job over many stores, each a sandbox of its own: what the stores counted is the witness, not the clock."""
import csv
import json
import re
import unittest

from harness import TOKEN
from many_stores import ManyStores


class Together(ManyStores):
    def test_each_store_gets_its_own_rows_at_its_own_pace(self):
        quick = self.store("quick", rows=40)
        paced = self.store("paced", "--window", "1s", quota=50, rows=30)
        strict = self.store("strict", "--customers", "5", rows=6)
        self.write_job()
        result = self.run_job(1)
        self.assertEqual(self.statuses(), {"strict": "problems", "quick": "ok", "paced": "ok"})
        whole = self.whole()
        self.assertEqual([entry["store"] for entry in whole["stores"]], ["strict", "quick", "paced"])
        self.assertEqual((whole["exit_code"], whole["rows"], whole["problems"]), (1, 76, 1))
        self.assertEqual(whole["outcomes"]["applied"], 75)
        self.assertIn("1 store has rows that need attention; 2 stores ended well.", result.out)
        self.assertRegex(result.err, r"(?m)^quick   \S+ info: .*sending")
        self.assertRegex(result.err, r"(?m)^strict  \S+ warning: run \S+ ended with exit code 1")
        for store, rows in ((quick, 40), (paced, 30), (strict, 6)):
            self.assertEqual(store.consent_of(1)[0], {"essential", "analytics"})
            counters = store.stop()
            self.assertEqual(counters["put"], rows)
            self.assertEqual(counters.get("throttled", 0), 0)

    def test_the_report_of_the_whole_leads_to_that_of_each_store(self):
        self.store("abc")
        self.store("def")
        self.write_job()
        result = self.run_job(0)
        page = self.directory / re.search(r"Report: (.*stores.html)", result.out).group(1)
        for entry in self.whole()["stores"]:
            report = page.parent / entry["run"]["report"]
            self.assertTrue(report.is_file(), report)
            self.assertIn(f'href="{entry["run"]["report"]}"', page.read_text())
            summary = json.loads((report.parent / "summary.json").read_text())
            self.assertEqual((summary["store"], summary["outcomes"]["applied"]), (entry["store"], 20))
        with open(page.parent / "stores.csv", newline="", encoding="utf-8") as file:
            rows = {row["store"]: row for row in csv.DictReader(file)}
        self.assertEqual((rows["abc"]["applied"], rows["def"]["status"]), ("20", "ok"))

    def test_the_next_night_has_nothing_left_to_send(self):
        store = self.store("abc")
        self.store("def")
        self.write_job()
        self.run_job(0)
        result = self.run_job(0)
        self.assertIn("All 2 stores ended well: nothing had to be sent.", result.out)
        self.assertEqual(store.stop()["put"], 20)

    def test_a_dry_run_sends_nothing_and_an_audit_changes_nothing(self):
        store = self.store("abc")
        self.store("def")
        self.write_job()
        result = self.run_job(0, "--dry-run")
        self.assertIn("all stores can be brought in line, with 40 changes", result.out)
        self.assertEqual((self.whole()["mode"], self.whole()["outcomes"]["would_apply"]), ("dry_run", 40))
        result = self.expect(1, "audit", "in/{store}.csv", "-c", "job.yaml")
        self.assertEqual((self.whole()["mode"], self.whole()["outcomes"]["drifted"]), ("audit", 40))
        self.assertEqual(store.stop()["put"], 0)

    def test_only_some_stores(self):
        first, second = self.store("abc"), self.store("def")
        self.store("ghi")
        self.write_job()
        self.run_job(0, "--only-store", "ghi", "--only-store", "def")
        self.assertEqual(self.statuses(), {"def": "ok", "ghi": "ok"})
        self.assertEqual((first.stop()["put"], second.stop()["put"]), (0, 20))

    def test_one_store_alone_is_a_run_like_any_other(self):
        self.store("abc")
        other = self.store("def")
        self.write_job()
        result = self.run_job(0, "--store", "abc")
        self.assertIn("reports/abc/", re.search("Report: (.*)", result.out).group(1))
        self.assertEqual(list((self.directory / "reports").glob("*/stores.json")), [])
        self.assertEqual(other.stop()["put"], 0)

    def test_the_other_commands_ask_which_store(self):
        self.store("abc", rows=3)
        self.store("def", rows=4)
        self.write_job()
        self.run_job(0)
        for command in (("runs",), ("history",), ("report", "x"), ("undo", "x")):
            result = self.expect(2, *command, "-c", "job.yaml")
            self.assertIn("there are several stores (abc, def): name one of them with --store", result.err)
        run = self.by_store()["def"]["run"]["run_id"]
        self.assertIn(run, self.expect(0, "runs", "-c", "job.yaml", "--store", "def").out)
        self.assertNotIn(run, self.expect(0, "runs", "-c", "job.yaml", "--store", "abc").out)
        self.assertIn("quota", self.expect(0, "doctor", "-c", "job.yaml", "--store", "abc").out)
        self.assertIn("/def/", self.expect(0, "report", run, "-c", "job.yaml", "--store", "def").out)
        self.assertIn(f"run {run}", self.expect(1, "undo", run, "-c", "job.yaml", "--store", "def").err)

    def test_the_doctor_examines_each_store_and_ends_with_the_worst(self):
        first = self.store("abc", quota=150)
        self.store("def", own="token_env: NO_SUCH_TOKEN")
        self.store("ghi")
        self.entry("jkl", "https://127.0.0.1:1")
        self.write_job()
        result = self.expect(2, "doctor", "job.yaml", "--stores-at-once", "2")
        said = re.split(r"^store (\w+) \(.*job.yaml:\d+\)$", result.out, flags=re.MULTILINE)
        self.assertEqual(said[1::2], ["abc", "def", "ghi", "jkl"], result)
        abc, missing, ghi, gone = said[2::2]
        self.assertIn("  ok       quota: 150 requests", abc)
        self.assertIn("  PROBLEM  ", missing)
        self.assertIn("NO_SUCH_TOKEN", missing)
        self.assertNotIn("PROBLEM", abc + ghi)
        self.assertIn("  PROBLEM  ", gone)
        self.assertIn("2 of 4 stores are ready; look at def, jkl", gone)
        well = self.expect(0, "doctor", "-c", "job.yaml", "--only-store", "abc", "--only-store", "ghi")
        self.assertIn("2 of 2 stores are ready\n", well.out)
        self.assertNotIn("store def", well.out)
        self.assertEqual(first.stop()["requests"], 2)

    def test_logs_for_programs_name_the_store(self):
        self.store("abc")
        self.store("def", own="token_env: NO_SUCH_TOKEN")
        self.write_job()
        result = self.run_job(2, "--log-format", "json")
        lines = [json.loads(line) for line in result.err.splitlines()]
        self.assertEqual({line.get("store") for line in lines}, {None, "abc", "def"})
        last = [line for line in lines if line.get("store") == "def"][-1]
        self.assertEqual((last["level"], last["exit_code"]), ("critical", 2))
        self.assertIn("NO_SUCH_TOKEN", self.by_store()["def"]["story"])

    def test_each_process_has_its_own_token_alone(self):
        self.store("abc", own="token_env: TOKEN_ABC")
        self.store("def", own="token_command: 'env > def.env; cat token'")
        self.write("token", TOKEN)
        self.write_job()
        self.run_job(0, TOKEN_ABC=TOKEN)
        environment = (self.directory / "def.env").read_text()
        self.assertIn("PATH=", environment)
        self.assertNotIn("TOKEN", environment)


class OneFile(ManyStores):
    def write_all(self, rows):
        self.write("all.csv", "store_hash,customer_id,allow,deny\n" +
                   "".join(f"{store},{customer},essential,analytics\n" for store, customer in rows))

    def job(self, path="all.csv"):
        self.write_job()
        text = (self.directory / "job.yaml").read_text()
        self.write("job.yaml", text.replace("path: in/{store}.csv", f"path: {path}\n  store_column: store_hash"))

    def reports_of(self, store):
        return sorted((self.directory / "reports" / store).glob("*/summary.json"), key=lambda path: path.stat().st_mtime_ns)

    def outcomes_of(self, store):
        """Of its last run, line number to outcome."""
        return {line: row["outcome"] for line, row in self.outcomes(self.reports_of(store)[-1].parent).items()}

    def write_all_with_a_damaged_withdrawal(self):
        # The comma in the note of line 3 moves what follows.
        self.write("all.csv", "customer_id,allow,deny,decided_at,note,store_hash\n"
                              "7,analytics,,2026-01-05T00:00:00Z,,abc\n"
                              "7,,analytics,2026-06-05T00:00:00Z,called, twice,abc\n"
                              "7,analytics,,2026-01-05T00:00:00Z,,def\n"
                              "8,analytics,,2026-01-05T00:00:00Z,,def\n")

    def test_each_store_takes_its_own_rows(self):
        first, second = self.store("abc"), self.store("def")
        self.write_all([("abc", 1), ("def", 1), ("abc", 2), ("def", 3), ("def", 4)])
        self.job()
        result = self.run_job(0)
        self.assertIn("3 rows of other stores were passed over", result.err)
        self.assertEqual({name: entry["run"]["rows"] for name, entry in self.by_store().items()}, {"abc": 2, "def": 3})
        self.assertEqual((first.stop()["put"], second.stop()["put"]), (2, 3))
        outcomes = next((self.directory / "reports" / "abc").glob("*/outcomes.csv"))
        self.assertEqual(list(self.outcomes(outcomes.parent)), [2, 4])

    def test_rows_of_no_store_are_accounted_for(self):
        self.store("abc")
        other = self.store("def")
        self.write_all([("abc", 1), ("xyz", 1), ("", 2), ("def", 3), ("xyz", 4)])
        self.job()
        result = self.run_job(1, "--only-store", "abc")
        whole = self.whole()
        self.assertEqual((whole["rows"], whole["stray_rows"]), (1, 3))
        self.assertEqual({stray["store"]: stray["rows"] for stray in whole["strays"]}, {None: 1, "xyz": 2})
        self.assertIn("1 store ended well; 3 rows are of no store of this job.", result.out)
        self.assertRegex(result.err, "warning: .*all.csv: 2 rows are of store xyz, which has no entry")
        self.assertIn("Rows of no store of this job", next((self.directory / "reports").glob("*/stores.html")).read_text())
        self.assertEqual(other.stop()["put"], 0)

    def test_what_cannot_be_a_store_is_counted_and_never_repeated(self):
        self.store("abc")
        self.store("def")
        self.write_all([("abc", 1), ("somebody@example.com", 2), ("two words", 3), ("xyz", 4)])
        self.job()
        result = self.run_job(1)
        whole = self.whole()
        self.assertEqual({stray["store"]: stray["rows"] for stray in whole["strays"]}, {None: 2, "xyz": 1})
        written = [result.out, result.err, *(path.read_text() for path in (self.directory / "reports").glob("*/stores.*"))]
        for text in written:
            self.assertNotIn("somebody", text)
            self.assertNotIn("two words", text)

    def test_a_row_that_does_not_tell_its_store_holds_its_customer_back_in_one_store_alone(self):
        store = self.store("abc")
        self.store("def")
        self.write_all_with_a_damaged_withdrawal()
        self.job()
        result = self.run_job(1, "--store", "abc")
        self.assertEqual(self.outcomes_of("abc"), {2: "conflict", 3: "invalid"})
        self.assertIn("warning: 1 rows do not tell which store they are of", result.err)
        self.assertIn("2 rows of other stores were passed over", result.err)
        self.assertEqual(store.consent_of(7), (set(), set()))
        self.assertEqual(store.stop()["put"], 0)

    def test_a_row_that_does_not_tell_its_store_holds_its_customer_back_in_every_store(self):
        first, second = self.store("abc"), self.store("def")
        self.write_all_with_a_damaged_withdrawal()
        self.job()
        self.run_job(1)
        self.assertEqual(self.outcomes_of("abc"), {2: "conflict", 3: "invalid"})
        self.assertEqual(self.outcomes_of("def"), {3: "invalid", 4: "conflict", 5: "applied"})
        self.assertEqual(self.whole()["stray_rows"], 0)
        reason = self.outcomes(self.reports_of("def")[-1].parent)[3]["reason"]
        self.assertIn("the row has 7 fields where the header row has 6", reason)
        self.assertIn("which store it is of is not told", reason)
        self.assertEqual((first.stop()["put"], second.stop()["put"]), (0, 1))

    def test_a_rejected_row_that_does_not_tell_its_store_is_of_one_store_once_mended(self):
        first, second = self.store("abc"), self.store("def")
        self.write_all_with_a_damaged_withdrawal()
        self.job()
        self.run_job(1)
        for store in ("abc", "def"):
            rejected = self.reports_of(store)[-1].parent / "rejected.csv"
            self.run_job(1, "--store", store, "--input-path", rejected)
            self.assertEqual(list(self.outcomes_of(store).values()).count("invalid"), 1)
            mended = re.sub(r"called,twice,.*,abc\n", '"called, twice",abc,\n', rejected.read_text())
            self.run_job(0, "--store", store, "--input-path", self.write("mended.csv", mended))
        self.assertIn("analytics", first.consent_of(7)[1])
        self.assertIn("analytics", second.consent_of(7)[0])

    def test_of_ndjson_a_row_that_is_no_json_is_in_every_store_s_accounts(self):
        first, second = self.store("abc"), self.store("def")
        self.write("all.ndjson", '{"customer_id": 1, "allow": ["essential"], "store_hash": "abc"}\n'
                                 '{"customer_id": 1, "deny": ["essential"], "store_hash": "abc"\n'
                                 '{"customer_id": 2, "allow": ["essential"], "store_hash": "def"}\n')
        self.job("all.ndjson")
        self.run_job(1)
        self.assertEqual(self.outcomes_of("abc"), {1: "conflict", 2: "invalid"})
        self.assertEqual(self.outcomes_of("def"), {2: "invalid", 3: "applied"})
        self.assertEqual(self.whole()["stray_rows"], 0)
        rejected = self.reports_of("abc")[-1].parent / "rejected.ndjson"
        self.run_job(1, "--store", "abc", "--input-path", rejected)
        self.assertEqual(self.outcomes_of("abc"), {1: "conflict", 2: "invalid"})
        self.assertEqual((first.stop()["put"], second.stop()["put"]), (0, 1))

    def test_of_ndjson_a_long_row_tells_its_store_too(self):
        first, second = self.store("abc"), self.store("def")
        rows = [{"customer_id": 1, "allow": ["analytics"], "decided_at": "2026-01-05T00:00:00Z", "store_hash": "abc"},
                {"customer_id": 1, "deny": ["analytics"], "decided_at": "2026-06-05T00:00:00Z", "note": "x" * 100_000,
                 "store_hash": "abc"},
                {"customer_id": 2, "allow": ["essential"], "store_hash": "def"}]
        self.write("all.ndjson", "".join(json.dumps(row) + "\n" for row in rows))
        self.job("all.ndjson")
        self.run_job(0)
        self.assertEqual(self.outcomes_of("abc"), {1: "superseded", 2: "applied"})
        self.assertIn("analytics", first.consent_of(1)[1])
        self.assertEqual((first.stop()["put"], second.stop()["put"]), (1, 1))

    def test_rejected_rows_run_again(self):
        store = self.store("abc", "--customers", "1")
        self.store("def")
        self.write_all([("abc", 1), ("abc", 2), ("def", 1)])
        self.job()
        self.run_job(1)
        rejected = next((self.directory / "reports" / "abc").glob("*/rejected.csv"))
        self.run_job(1, "--store", "abc", "--input-path", rejected)
        self.assertEqual(store.stop()["put"], 3)

    def test_a_file_without_the_column_sends_nothing(self):
        store = self.store("abc")
        self.write_customers(3, name="all.csv")
        self.job()
        result = self.run_job(2)
        self.assertIn('the header row has the column "store_hash" nowhere', result.err)
        self.assertEqual(store.stop()["put"], 0)


class Mistakes(ManyStores):
    def test_a_mistake_in_one_entry_stops_all_before_anything_is_sent(self):
        store = self.store("abc")
        self.store("def", own="retry:\n  atempts: 3")
        self.write_job()
        result = self.run_job(2)
        self.assertRegex(result.err, r"job.yaml:\d+: retry.atempts is no setting; did you mean retry.attempts\?")
        self.entries = self.entries.replace("atempts: 3", "max_delay: 1ms")
        self.write_job()
        result = self.run_job(2)
        self.assertRegex(result.err, r"job.yaml:\d+: store def: retry.base_delay is longer than retry.max_delay")
        self.assertEqual(store.stop()["put"], 0)

    def test_an_unknown_store_is_refused_with_those_there_are(self):
        self.store("abc")
        self.write_job()
        result = self.run_job(2, "--only-store", "acb")
        self.assertIn("--only-store: there is no store acb; did you mean abc? (there are abc)", result.err)

    def test_standard_input_is_of_one_store(self):
        self.store("abc")
        self.write_job()
        result = self.run_job(2, "--input-path", "-")
        self.assertIn("is of one store", result.err)


if __name__ == "__main__":
    unittest.main()
