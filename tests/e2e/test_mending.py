"""sync --only-problems-of: the rows that ended as a problem in an earlier run are taken up again, and nothing else; or they are
mended in a file."""
import json
import re
import signal
import unittest

from harness import PATIENCE, EndToEnd, wait_for_line


class OnlyProblems(EndToEnd):
    def failed_run(self, store, *flags, rows="1,essential,analytics\n2,essential,analytics\n3,essential|analytics,\n"):
        self.write("in.csv", "customer_id,allow,deny\n" + rows)
        self.expect(1, "sync", "in.csv", "--retry-attempts", "1", *flags, store=store)
        return self.summary()["run_id"]

    def mend(self, code, run_id, *flags, **more):
        return self.expect(code, "sync", "--only-problems-of", run_id, *flags, **more)

    def test_only_the_rows_that_failed_are_sent_with_their_own_lines(self):
        store = self.sandbox("--fault", "409@1#2")
        run_id = self.failed_run(store)
        self.mend(0, run_id, store=store)
        self.assertEqual({line: row["outcome"] for line, row in self.outcomes().items()}, {3: "applied"})
        self.assertIn(run_id, self.summary()["input"]["path"])
        self.assertEqual(store.stop()["put"], 4)

    def test_rows_that_were_not_understood_are_left_out_with_a_word(self):
        store = self.sandbox("--fault", "409@1#2")
        run_id = self.failed_run(store, rows="2,essential,analytics\nnobody,essential,\n")
        result = self.mend(0, run_id, store=store)
        self.assertIn("1 rows of run", result.err)
        self.assertEqual(len(self.outcomes()), 1)

    def test_a_customer_with_a_row_that_was_not_understood_is_left_out_whole(self):
        store = self.sandbox("--fault", "409@1#2")
        rows = "1,analytics,\n1,,analytics|targetting\n2,essential,analytics\n"
        run_id = self.failed_run(store, rows=rows)
        self.assertEqual({line: row["outcome"] for line, row in self.outcomes().items()},
                         {2: "conflict", 3: "invalid", 4: "failed"})
        self.assertIn("line 3 of this customer is invalid", self.outcomes()[2]["reason"])
        result = self.mend(0, run_id, store=store)
        self.assertIn("2 rows of run", result.err)
        self.assertEqual({line: row["outcome"] for line, row in self.outcomes().items()}, {4: "applied"})
        self.assertEqual(store.consent_of(1), (set(), set()))

    def test_rejected_rows_that_nobody_mended_are_rejected_again(self):
        store = self.sandbox("--customers", "9")
        rows = "1,analytics\n1,analytics,targetting\n2,essential,analytics\n3,essential,\"analytics\n4,,analytics\n5,analytics,x\"\n"
        self.failed_run(store, rows=rows)
        requests = 0
        for _ in range(2):
            outcomes = sorted(row["outcome"] for row in self.outcomes().values() if row["outcome"] != "applied")
            self.assertEqual(outcomes, ["invalid"] * 4)
            rejected = next(self.directory.glob(f"reports/{self.summary()['run_id']}/rejected.csv"))
            self.expect(1, "sync", rejected, "--retry-attempts", "1", store=store)
        self.assertEqual(store.stop()["put"], 2)

    def test_a_choice_that_a_later_run_replaced_does_not_come_back(self):
        # The grant fails; the withdrawal of a later run is applied, or fails too.
        for fault, ends in (("409@1#2", 0), ("409@1-2#2", 1)):
            with self.subTest(fault=fault):
                store = self.sandbox("--fault", fault)
                run_id = self.failed_run(store, rows="1,essential,analytics\n2,essential|analytics|targeting,\n")
                self.write("in.csv", "customer_id,allow,deny\n2,essential,analytics|targeting\n")
                self.expect(ends, "sync", "in.csv", "--retry-attempts", "1", store=store)
                result = self.mend(0, run_id, store=store)
                self.assertIn("later runs have other choices", result.err)
                self.assertEqual(self.counts(), {})
                self.assertNotIn("targeting", store.consent_of(2)[0])
                self.assertEqual(store.stop()["put"], 3)
                self.forget_ledger()

    def test_taken_up_twice_it_goes_on_where_it_failed(self):
        store = self.sandbox("--customers", "1")
        run_id = self.failed_run(store, rows="1,essential,analytics\n2,essential,analytics\n")
        self.mend(1, run_id, store=store)
        self.mend(1, run_id, store=store)
        self.assertEqual(self.counts(), {"not_found": 1})

    def test_the_limits_for_exports_do_not_stand_in_its_way_and_the_others_do(self):
        store = self.sandbox("--fault", "409@1#2")
        run_id = self.failed_run(store)
        limits = {"CONSENT_SYNC_SAFETY_MIN_ROWS": "1000", "CONSENT_SYNC_SAFETY_MAX_CHANGE_RATIO": "1%"}
        self.mend(3, run_id, "--safety-max-changes", "0", store=store, **limits)
        self.mend(0, run_id, store=store, **limits)

    def test_ndjson_is_taken_up_as_it_was_written(self):
        store = self.sandbox("--fault", "409@1#2")
        self.write("in.ndjson", '{"customer_id": 1, "allow": ["essential"], "deny": ["analytics"]}\n'
                                '{"customer_id": 2, "consent": {"essential": true, "analytics": false}}\n')
        self.expect(1, "sync", "in.ndjson", "--retry-attempts", "1", store=store)
        self.mend(0, self.summary()["run_id"], store=store)
        self.assertEqual({line: row["outcome"] for line, row in self.outcomes().items()}, {2: "applied"})

    def test_cells_with_line_breaks_and_quotes_are_read_as_they_were(self):
        store = self.sandbox("--fault", "409@1#2")
        self.write("in.csv", 'customer_id;"na ""me";allow;deny\n1;"a\nb";essential;analytics\n2;"c ""d"";\ne";essential;analytics\n')
        self.expect(1, "sync", "in.csv", "--retry-attempts", "1", store=store)
        self.mend(0, self.summary()["run_id"], store=store)
        self.assertEqual({line: row["outcome"] for line, row in self.outcomes().items()}, {4: "applied"})

    def test_lines_of_a_cell_that_look_like_rows_are_no_rows(self):
        # With commas between its cells, as the rows are kept, each line of the note has as many cells as the header row.
        store = self.sandbox("--fault", "423@1#7", "--fault", "423@1#9")
        self.write("in.csv", 'customer_id;allow;deny;note\n'
                             '7;essential;analytics|functional|targeting;"x\nq,r,s,t"\n'
                             '8;essential;analytics;\n'
                             '9;essential;analytics;"y\n8,analytics,,\nq,r,s,t"\n')
        self.expect(1, "sync", "in.csv", "--retry-attempts", "1", store=store)
        self.assertEqual(self.counts(), {"applied": 1, "failed": 2})
        self.mend(0, self.summary()["run_id"], store=store)
        self.assertEqual({line: (row["customer_id"], row["outcome"]) for line, row in self.outcomes().items()},
                         {2: ("7", "applied"), 5: ("9", "applied")})
        self.assertEqual(store.consent_of(8)[0], {"essential"})
        self.assertEqual(store.stop()["put"], 5)

    def test_without_a_place_for_the_rows_it_says_which_one_is_missing(self):
        store = self.sandbox("--fault", "409@1#2")
        run_id = self.failed_run(store)
        self.write("file", "")
        for place in ("missing", "file"):
            directory = self.directory / place
            result = self.expect(6, "sync", "--only-problems-of", run_id, store=store, TMPDIR=str(directory))
            self.assertIn(f"a temporary file cannot be made in {directory} (", result.err)
            self.assertIn("TMPDIR", result.err)
        place = self.directory / "place"
        place.mkdir()
        self.expect(0, "sync", "--only-problems-of", run_id, store=store, TMPDIR=str(place))
        self.assertEqual(list(place.iterdir()), [])

    def test_interrupted_the_same_command_finishes_it(self):
        store = self.sandbox("--customers", "1")
        self.write_customers(300)
        self.expect(1, "sync", "customers.csv", store=store)
        run_id = self.summary()["run_id"]
        arguments = ("sync", "--only-problems-of", run_id)
        process = self.start(*arguments, "--rate-max-requests-per-second", "50", store=store)
        wait_for_line(process.stderr, "sending")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        stopped = self.summary()["run_id"]
        self.assertIn(f"resuming run {stopped}", self.expect(1, *arguments, store=store).err)
        self.assertEqual(self.counts(), {"not_found": 299})

    def test_another_run_that_is_not_finished_is_not_given_up_for_it(self):
        store = self.sandbox("--fault", "409@1#2")
        run_id = self.failed_run(store)
        self.write_customers(400)
        process = self.start("sync", "customers.csv", "--rate-max-requests-per-second", "50", store=store)
        wait_for_line(process.stderr, "sending")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.assertIn("not finished", self.mend(2, run_id, store=store).err)
        self.assertIn("resuming", self.expect(0, "sync", "customers.csv", store=store).err)

    def test_what_cannot_be_taken_up_says_why(self):
        store = self.sandbox()
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", "--dry-run", store=store)
        dry_run = self.summary()["run_id"]
        self.expect(0, "sync", "customers.csv", store=store)
        for run_id, word in (("no-such-run", "no run"), (dry_run, "no sync")):
            self.assertIn(word, self.mend(2, run_id, store=store).err)
        self.assertIn("two inputs", self.expect(2, "sync", "customers.csv", "--only-problems-of", "x", store=store).err)
        self.mend(0, self.summary(self.report_directories()[-1])["run_id"], store=store)
        self.assertEqual(json.loads((self.report_directories()[-1] / "summary.json").read_text())["rows"], 0)


class Rejected(EndToEnd):
    def test_the_command_for_mended_rows_passes_the_limits_of_a_whole_export(self):
        store = self.sandbox()
        self.write_customers(50)
        with open(self.directory / "customers.csv", "a", encoding="utf-8") as file:
            file.write("nobody,essential,\n51x,essential,\n")
        self.write("job.yaml", "command: sync\ninput: {path: customers.csv}\n"
                               "safety: {min_rows: 40, max_change_ratio: 1, max_invalid_ratio: 0.1}\n")
        self.expect(1, "run", "job.yaml", store=store)
        directory = self.report_directories()[-1]
        command = re.search("consent-sync (run job.yaml .*?)</code>", (directory / "report.html").read_text()).group(1)
        self.assertTrue(command.endswith("/rejected.csv --safety-min-rows 0 --safety-max-invalid-ratio 1"), command)
        rejected = (directory / "rejected.csv").read_text()
        (directory / "rejected.csv").write_text(rejected.replace("51x", "51"))
        self.expect(1, *command.split(), store=store)
        self.assertEqual(self.counts(), {"applied": 1, "invalid": 1})


if __name__ == "__main__":
    unittest.main()
