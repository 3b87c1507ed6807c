"""The forms that an input may have, as the command line meets them."""
import gzip
import json
import subprocess

from harness import EndToEnd, needs

CSV = "customer_id,allow,deny\n1,essential,functional|analytics|targeting\n2,essential|analytics,functional|targeting\n"
NDJSON = ('{"customer_id": 1, "allow": ["essential"], "deny": ["functional", "analytics", "targeting"]}\n'
          '{"customer_id": "2", "consent": {"essential": true, "analytics": true, "functional": false, "targeting": false}}\n')


class Inputs(EndToEnd):
    def setUp(self):
        super().setUp()
        self.store = self.sandbox()

    def check(self, *arguments, **more):
        self.expect(0, "sync", *arguments, store=self.store, **more)
        self.assertEqual(self.counts(), {"applied": 2})
        self.assertEqual(self.store.consent_of(1)[0], {"essential"})
        self.assertEqual(self.store.consent_of(2)[0], {"essential", "analytics"})

    def test_csv(self):
        self.write("in.csv", CSV)
        self.check("in.csv")

    def test_csv_with_other_delimiter_bom_and_crlf(self):
        self.write("in.csv", b"\xef\xbb\xbf" + CSV.replace(",", ";").replace("\n", "\r\n").encode())
        self.check("in.csv")

    def test_ndjson(self):
        self.write("in.ndjson", NDJSON)
        self.check("in.ndjson")

    def test_standard_input(self):
        self.check("-", stdin=CSV.encode())

    def test_ndjson_on_standard_input(self):
        self.check("-", stdin=NDJSON.encode())

    def test_gzip(self):
        self.write("in.csv.gz", gzip.compress(CSV.encode()))
        self.check("in.csv.gz")

    @needs("zstd")
    def test_zstd(self):
        self.write("in.ndjson", NDJSON)
        subprocess.run(["zstd", "-q", "in.ndjson"], cwd=self.directory, check=True)
        self.check("in.ndjson.zst")

    def test_a_truncated_gzip_sends_nothing(self):
        self.write("in.csv.gz", gzip.compress(CSV.encode() * 100)[:-20])
        self.assertIn("in.csv.gz", self.expect(2, "sync", "in.csv.gz", store=self.store).err)
        self.assertEqual(self.store.stop()["put"], 0)

    def test_a_header_alone_is_a_quiet_night_unless_rows_are_asked_for(self):
        self.write("in.csv", "customer_id,allow,deny\n")
        self.expect(0, "sync", "in.csv", store=self.store)
        self.expect(3, "sync", "in.csv", "--safety-min-rows", "1", store=self.store)

    def test_rejected_rows_are_an_input_once_mended(self):
        self.write("in.csv", "customer_id,Note,allow,deny\n1,\"a, \"\"b\"\"\",essential,analytics\n2,x,cookies,\n")
        self.expect(1, "sync", "in.csv", store=self.store)
        rejected = (self.report_directories()[0] / "rejected.csv").read_text()
        self.assertEqual(rejected.splitlines()[0], "customer_id,Note,allow,deny,reason")
        self.assertEqual(len(rejected.splitlines()), 2)
        self.write("mended.csv", rejected.replace("cookies,", "essential,", 1))
        self.expect(0, "sync", "mended.csv", store=self.store)
        self.assertEqual(self.counts(), {"applied": 1})

    def test_the_summary_knows_the_input(self):
        self.write("in.csv", CSV)
        self.expect(0, "sync", "in.csv", store=self.store)
        facts = self.summary()["input"]
        expected = subprocess.run(["sha256sum", "in.csv"], cwd=self.directory, capture_output=True, text=True, check=True)
        self.assertEqual(facts["sha256"], expected.stdout.split()[0])
        self.assertEqual((facts["rows"], facts["bytes"]), (2, len(CSV)))


class Jobs(EndToEnd):
    def test_a_job_file_names_its_input_relative_to_itself(self):
        store = self.sandbox()
        (self.directory / "jobs").mkdir()
        self.write("jobs/in.csv", CSV)
        self.write("jobs/night.yaml", "command: sync\ninput:\n  path: in.csv\nsafety:\n  min_rows: 2\n")
        self.expect(0, "run", "jobs/night.yaml", store=store)
        self.assertEqual(self.summary()["rows"], 2)

    def test_flags_win_over_environment_over_job_over_configuration(self):
        self.write("in.csv", CSV)
        self.write("c.yaml", "safety:\n  min_rows: 10\n")
        self.write("job.yaml", "command: sync\ninput:\n  path: in.csv\ndry_run: true\nsafety:\n  min_rows: 20\n")
        minimum = "CONSENT_SYNC_SAFETY_MIN_ROWS"
        self.assertIn("10", self.expect(3, "sync", "in.csv", "--dry-run", "-c", "c.yaml").err)
        self.assertIn("20", self.expect(3, "run", "job.yaml", "-c", "c.yaml").err)
        self.assertIn("30", self.expect(3, "run", "job.yaml", "-c", "c.yaml", **{minimum: "30"}).err)
        self.expect(0, "run", "job.yaml", "-c", "c.yaml", "--safety-min-rows", "1", **{minimum: "30"})

    def test_a_job_without_a_command_is_refused(self):
        self.write("job.yaml", "input:\n  path: in.csv\n")
        self.assertIn("command", self.expect(2, "run", "job.yaml").err)
