"""What lies beside report.html: summary.json after its schema, the line for each row in every format, rejected rows that run
again as they are, and cells that no spreadsheet runs."""
import csv
import gzip
import json
import pathlib
import signal
import subprocess
import unittest

import two_nights
from harness import EndToEnd, needs, wait_for_line

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "summary.schema.json"
FORMULA = tuple("=+-@\t\r\n")


def strict(schema):
    """The schema with no member but those that it describes, so that none goes undescribed."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    if isinstance(closed.get("properties"), dict) and "type" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


@needs(modules=["jsonschema"])
class Summaries(EndToEnd):
    def setUp(self):
        super().setUp()
        schema = json.loads(SCHEMA.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        checker = jsonschema.FormatChecker()
        self.validators = [jsonschema.Draft202012Validator(s, format_checker=checker) for s in (schema, strict(schema))]

    def assert_valid(self, **wanted):
        summary = self.summary()
        for validator in self.validators:
            self.assertEqual([f"{list(error.path)}: {error.message}" for error in validator.iter_errors(summary)], [])
        for name, value in wanted.items():
            self.assertEqual(summary[name], value)
        self.assertEqual(sum(summary["outcomes"].values()), summary["rows"])
        self.assertEqual(summary["ok"] + summary["problems"] + summary["unfinished"], summary["rows"])
        return summary

    def test_a_sync_with_every_outcome_and_the_night_after(self):
        store = self.sandbox(*two_nights.sandbox(), quota=two_nights.QUOTA)
        for name, text in (("first.csv", two_nights.first_night()), ("second.csv", two_nights.second_night())):
            self.write(name, text)
            self.expect(1, "sync", name, "--retry-attempts", "3", "--rate-share", "1", store=store)
            summary = self.assert_valid(mode="sync", state="finished", exit_code=1, accounts_add_up=True)
        self.assertEqual(sum(group["rows"] for group in summary["problem_reasons"]), summary["problems"])
        self.assertGreater(summary["faults"]["server_error"], 0)
        self.assertGreater(summary["faults"]["overloaded"], 0)
        self.assertGreater(summary["faults"]["unavailable"], 0)
        self.assertEqual(summary["faults"]["differs"], 2)
        self.assertEqual(summary["faults"]["locked"], 3)
        self.assertEqual(summary["previous"]["mended"], 2)
        self.assertEqual(summary["previous"]["left_out"], 1)

    def test_a_dry_run_and_the_apply_of_its_plan(self):
        store = self.sandbox()
        self.write_customers(5)
        self.expect(0, "sync", "customers.csv", "--dry-run", store=store)
        plan = self.assert_valid(mode="dry_run", exit_code=0)
        self.assertEqual(plan["forecast"]["requests"], 5)
        self.assertEqual(plan["categories"]["analytics"]["from"]["unspecified"]["allow"], 5)
        self.assertIsNone(plan["forecast"]["late"])
        self.expect(0, "sync", "customers.csv", "--dry-run", "--assumed-quota", "1/1h", "--max-duration", "30m", store=store)
        self.assertGreater(self.assert_valid()["forecast"]["late"]["changes"], 0)
        self.expect(0, "apply", plan["run_id"], "--input-path", "customers.csv", store=store)
        self.assert_valid(mode="sync", plan=plan["run_id"])

    def test_an_audit_that_finds_drift(self):
        store = self.sandbox()
        self.write_customers(20)
        self.expect(0, "sync", "customers.csv", store=store)
        store.shopper_chooses(3, {"essential"}, {"functional", "analytics", "targeting"})
        self.expect(1, "audit", "customers.csv", store=store)
        summary = self.assert_valid(mode="audit", exit_code=1)
        self.assertEqual((summary["drift"]["drifted"], summary["categories"]["analytics"]["drifted"]), (1, 1))

    def test_an_interrupted_run_and_its_end(self):
        store = self.sandbox()
        self.write_customers(200)
        limit = ("--rate-max-requests-per-second", "50")
        run = self.start("sync", "customers.csv", *limit, store=store)
        wait_for_line(run.stderr, "sending 200 changes")
        run.send_signal(signal.SIGINT)
        run.communicate()
        self.assertEqual(run.returncode, 130)
        summary = self.assert_valid(state="open", exit_code=130)
        self.assertGreater(summary["unfinished"], 0)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assert_valid(state="finished", resumptions=1, exit_code=0)

    def test_a_run_that_a_limit_stopped_and_one_that_the_store_refused(self):
        store = self.sandbox("--fault", "403@1")
        self.write_customers(3)
        self.expect(3, "sync", "customers.csv", "--safety-max-changes", "2", store=store)
        self.assert_valid(exit_code=3)
        self.expect(4, "sync", "customers.csv", store=store)
        self.assert_valid(exit_code=4)

    def test_faults_have_their_kinds(self):
        store = self.sandbox("--window", "1s", "--fault", "reset-after-apply@1", "--fault", "truncate@3", "--fault", "stall-after-apply:3s@6", "--fault", "bad-json@9",
                             "--fault", "429@12", quota=100)
        self.write_customers(20)
        self.expect(0, "sync", "customers.csv", "--http-connections", "1", "--http-timeout", "1s", store=store)
        summary = self.assert_valid()
        self.assertEqual({kind: count for kind, count in summary["faults"].items() if count},
                         {"cut_off": 1, "timed_out": 1, "unreadable": 2, "quota_spent": 1})
        # A row may have met two of them.
        self.assertIn(summary["tried_again"], [{"rows": rows, "ok": rows} for rows in range(1, 5)])
        self.assertEqual(summary["requests"]["throttled"], 1)

    def test_a_store_that_is_not_there_is_a_fault_of_its_own(self):
        store = self.sandbox()
        self.write_customers(3)
        store.stop()
        self.expect(5, "sync", "customers.csv", "--retry-give-up-after", "1s", store=store)
        faults = self.assert_valid(exit_code=5)["faults"]
        self.assertGreater(faults.pop("not_connected"), 0)
        self.assertEqual(sum(faults.values()), 0)

    def test_an_undo_of_what_was_a_mistake(self):
        store = self.sandbox()
        self.write_customers(4, allow="essential")
        self.expect(0, "sync", "customers.csv", store=store)
        self.write_customers(4)
        self.expect(0, "sync", "customers.csv", store=store)
        run_id = self.summary()["run_id"]
        self.expect(0, "undo", run_id, store=store)
        summary = self.assert_valid(undoes=run_id, mode="sync", previous=None)
        self.assertEqual(summary["outcomes"]["applied"], 4)
        page = (self.report_directories()[-1] / "report.html").read_text()
        self.assertIn("Undo report", page)
        self.write_customers(4, allow="essential|functional")
        self.expect(0, "sync", "customers.csv", store=store)
        self.assert_valid()
        self.assertEqual(self.summary()["previous"]["run_id"], run_id)


class RowsInEveryFormat(EndToEnd):
    def read(self, directory, name):
        data = (directory / name).read_bytes()
        if name.endswith(".gz"):
            data = gzip.decompress(data)
        if name.endswith(".zst"):
            data = subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=True).stdout
        return data.decode()

    @needs("zstd")
    def test_all_formats_hold_the_same_rows_and_none_of_another_is_left(self):
        store = self.sandbox("--customers", "2")
        self.write("in.csv", "customer_id,allow,deny\n1,essential,analytics\n2,essential|analytics,targeting\n3,essential,\nx,,\n")
        self.expect(1, "sync", "in.csv", "--report-outcomes", "ndjson.zst", store=store)
        directory = self.report_directories()[0]
        run_id = self.summary()["run_id"]
        for kind in ("csv", "csv.gz", "csv.zst", "ndjson", "ndjson.gz", "ndjson.zst"):
            with self.subTest(kind=kind):
                self.expect(0, "report", run_id, "--report-outcomes", kind)
                name = "outcomes." + kind
                self.assertEqual([path.name for path in directory.glob("outcomes.*")], [name])
                self.assertEqual(self.summary()["files"]["outcomes"], name)
                self.assertIn(f'href="{name}"', (directory / "report.html").read_text())
                text = self.read(directory, name)
                rows = list(csv.DictReader(text.splitlines())) if "csv" in kind else \
                    [json.loads(line) for line in text.splitlines()]
                self.assertEqual([(int(row["line"]), row["outcome"]) for row in rows],
                                 [(2, "applied"), (3, "applied"), (4, "not_found"), (5, "invalid")])
        last = rows
        self.assertEqual(last[0]["after"], {"essential": "allow", "functional": "deny", "analytics": "deny", "targeting": "deny"})
        self.assertEqual((last[2]["http_status"], last[2]["after"]), (404, None))
        self.assertEqual((last[3]["customer_id"], last[3]["http_status"]), (None, None))

    def test_a_format_that_is_none_is_refused(self):
        self.write_customers(1)
        self.assertIn("csv.zst", self.expect(2, "sync", "customers.csv", "--report-outcomes", "xml").err)


class RejectedRows(EndToEnd):
    """Each input runs, some rows are rejected; what was written of them runs again by the same settings and is as bad; mended
    it runs well."""

    def run_again(self, name, content, mend, *flags, counts, code=1):
        store = self.sandbox("--customers", "100", "--fault", "422@1#7")
        self.write(name, content)
        self.expect(code, "sync", name, *flags, store=store)
        self.assertEqual(self.counts(), counts)
        directory = self.report_directories()[-1]
        rejected = directory / self.summary()["files"]["rejected"]
        kept = self.directory / ("again" + rejected.suffix)
        kept.write_bytes(rejected.read_bytes())

        # As it is: what the store refused once is taken now, the rest is as bad as it was.
        self.expect(1, "sync", kept, *flags, store=store)
        self.assertEqual(self.counts(), {**{word: n for word, n in counts.items() if word not in ("applied", "rejected")},
                                         "applied": counts["rejected"]})
        text = kept.read_bytes().decode()
        for old, new in mend:
            self.assertIn(old, text)
            text = text.replace(old, new)
        kept.write_text(text)
        self.expect(0, "sync", kept, *flags, store=store)
        return store, directory

    def test_csv(self):
        self.run_again("in.csv", "customer_id,allow,deny,note\n7,essential,,=1+1\nx8,essential|analytics,,-2\n9,essential,,\n",
                       [("x8", "8")], counts={"applied": 1, "rejected": 1, "invalid": 1})

    def test_csv_with_a_delimiter_that_was_set(self):
        store, directory = self.run_again(
            "in.csv", "customer_id;allow;deny;note\n7;essential;;a,b\nx8;essential|analytics;;\n9;essential;;\n", [("x8", "8")],
            "--input-delimiter", ";", counts={"applied": 1, "rejected": 1, "invalid": 1})
        self.assertTrue((directory / "rejected.csv").read_text().startswith("customer_id;allow;deny;note;reason\n"))
        self.assertEqual(store.consent_of(8)[0], {"essential", "analytics"})

    def test_a_presets_export(self):
        self.run_again("in.csv", "customer_id,necessary,preferences,statistics,marketing\n7,true,false,true,false\n"
                                 "8,true,false,perhaps,false\n9,true,true,true,true\n",
                       [("perhaps,false,", "true,false,")], "--input-preset", "cookiebot",
                       counts={"applied": 1, "rejected": 1, "invalid": 1})

    def test_words_of_a_mapping_that_look_like_formulas(self):
        mapping = "{customer: {id: '@id'}, values: {allow: ['+'], deny: ['-']}, categories: {analytics: stats}}"
        store, directory = self.run_again("in.csv", "@id,stats\n7,+\n8,?\n9,-\n", [("8,?", "8,+")], "--input-mapping", mapping,
                                          counts={"applied": 1, "rejected": 1, "invalid": 1})
        self.assertIn("'@id", (directory / "rejected.csv").read_text())
        self.assertIn("analytics", store.consent_of(7)[0])

    def test_ndjson(self):
        store, directory = self.run_again(
            "in.ndjson", '{"customer_id": 7, "consent": {"analytics": true}}\n{"customer_id": "x8", "allow": ["analytics"]}\n'
                         'no object\n{"customer_id": 9, "allow": ["essential"]}\n',
            [('"x8"', "8"), ('"source":"no object"', '"customer_id":10,"allow":["essential"]')],
            counts={"applied": 1, "rejected": 1, "invalid": 2})
        for line in (directory / "rejected.ndjson").read_text().splitlines():
            self.assertTrue(json.loads(line)["reason"])
        self.assertIn("analytics", store.consent_of(7)[0])

    def test_ndjson_that_a_mapping_reads(self):
        mapping = "{customer: {id: who}, values: {allow: [y], deny: [n]}, categories: {analytics: stats}}"
        store, _ = self.run_again("in.ndjson", '{"who": 7, "stats": "y"}\n{"who": 8, "stats": "maybe"}\n{"who": 9, "stats": "n"}\n',
                                  [('"maybe"', '"y"')], "--input-format", "ndjson", "--input-mapping", mapping,
                                  counts={"applied": 1, "rejected": 1, "invalid": 1})
        self.assertIn("analytics", store.consent_of(8)[0])

    def test_where_the_encoding_was_set_the_page_names_the_flag_that_it_takes(self):
        store = self.sandbox("--customers", "100", "--fault", "422@1#7")
        self.write("in.csv", "customer_id,allow,deny,Größe\n7,essential,,ü\n".encode("latin-1"))
        self.expect(1, "sync", "in.csv", "--input-encoding", "latin1", store=store)
        directory = self.report_directories()[-1]
        self.assertIn("ü", (directory / "rejected.csv").read_text())
        page = (directory / "report.html").read_text()
        self.assertIn(f"consent-sync sync reports/{directory.name}/rejected.csv --input-encoding utf-8", page)
        self.expect(0, "sync", directory / "rejected.csv", "--input-encoding", "utf-8", store=store)


class Formulas(EndToEnd):
    def test_no_cell_of_any_csv_starts_as_a_formula(self):
        store = self.sandbox("--customers", "10")
        cells = ["=1+1", "+cmd", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", '"\t=1"', "'=x", "=HYPERLINK(\"\"http://x\"\")"]
        quoted = [cell if cell.startswith('"') else f'"{cell}"' for cell in cells]
        rows = "".join(f"99{n},essential,,{cell}\n{cell},essential,,\n" for n, cell in enumerate(quoted))
        self.write("in.csv", "customer_id,allow,deny,=note\n" + rows)
        self.expect(1, "sync", "in.csv", store=store)
        directory = self.report_directories()[-1]
        for path in directory.glob("*.csv"):
            with open(path, newline="", encoding="utf-8") as file:
                for row in csv.reader(file):
                    self.assertEqual([cell for cell in row if cell.startswith(FORMULA)], [], path)
        with open(directory / "rejected.csv", newline="", encoding="utf-8") as file:
            self.assertEqual(len(list(csv.reader(file))), 1 + 2 * len(cells))


if __name__ == "__main__":
    unittest.main()
