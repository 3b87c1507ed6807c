"""Exports of other platforms: presets, mappings of one's own, long form."""
import resource
import signal
import subprocess
import unittest

from harness import PROGRAM, EndToEnd

LONG = ("customer_id,service,given,at\n"
        "1,stats,true,2026-01-01T00:00:00Z\n"
        "2,ads,true,2026-01-01T00:00:00Z\n"
        "1,ads,true,2026-01-01T00:00:00Z\n"
        "2,stats,false,2026-01-01T00:00:00Z\n"
        "1,pixels,false,2026-01-01T00:00:00Z\n"
        "2,pixels,true,2026-01-01T00:00:00Z\n"
        "1,stats,false,2026-02-01T00:00:00Z\n"
        "2,chat,maybe,2026-02-01T00:00:00Z\n")
LONG_JOB = """
command: sync
input:
  path: in.csv
  mapping:
    customer: {id: customer_id}
    decided_at: at
    decisions: {rows: {category: service, value: given}}
    values: {allow: ["true"], deny: ["false"]}
    categories:
      analytics: stats
      targeting: {all: [ads, pixels]}
    ignored: [chat]
"""


class Mappings(EndToEnd):
    def setUp(self):
        super().setUp()
        self.store = self.sandbox()

    def test_a_job_spells_the_mapping_out(self):
        self.write("in.csv", "Kunde;Statistik;Werbung\n1;ja;nein\n2;nein;ja\n3;vielleicht;nein\n")
        self.write("job.yaml", "command: sync\ninput:\n  path: in.csv\n  mapping:\n    customer: {id: Kunde}\n"
                               "    values: {allow: [ja], deny: [nein]}\n    categories: {analytics: Statistik, targeting: Werbung}\n")
        self.expect(1, "run", "job.yaml", store=self.store)
        self.assertEqual(self.counts(), {"applied": 2, "invalid": 1})
        self.assertEqual(self.store.consent_of(1), ({"essential", "analytics"}, {"functional", "targeting"}))
        self.assertIn('"vielleicht"', self.outcomes()[4]["reason"])
        rejected = (self.report_directories()[0] / "rejected.csv").read_text().splitlines()
        self.assertEqual(rejected[0], "Kunde,Statistik,Werbung,reason")
        self.write("in.csv", "\n".join(rejected).replace("vielleicht", "ja") + "\n")
        self.expect(0, "run", "job.yaml", store=self.store)
        self.assertEqual(self.counts(), {"applied": 1})

    def test_long_form_makes_one_change_of_a_customers_rows(self):
        self.write("in.csv", LONG)
        self.write("job.yaml", LONG_JOB)
        self.expect(0, "run", "job.yaml", store=self.store)
        self.assertEqual(self.counts(), {"applied": 6, "superseded": 1, "unchanged": 1})
        self.assertEqual(self.summary()["requests"]["put"], 2)
        self.assertEqual(self.store.consent_of(1), ({"essential"}, {"functional", "analytics", "targeting"}))
        self.assertEqual(self.store.consent_of(2), ({"essential", "targeting"}, {"functional", "analytics"}))
        outcomes = self.outcomes()
        self.assertEqual(outcomes[2]["outcome"], "superseded")
        self.assertEqual(outcomes[6]["after"], outcomes[4]["after"])
        self.expect(0, "run", "job.yaml", store=self.store)
        self.assertEqual(self.counts(), {"superseded": 1, "unchanged": 7})

    def test_in_long_form_changes_and_customers_are_counted_and_not_their_rows(self):
        self.write("in.csv", LONG)
        self.write("job.yaml", LONG_JOB)
        categories = {"analytics": {"first_denied": 2}, "targeting": {"first_allowed": 1, "first_denied": 1}}
        plan = self.expect(0, "run", "job.yaml", "--dry-run", "--safety-max-changes", "2").out
        self.assertIn("2 changes would be sent", plan)
        self.assert_changes(categories)
        done = self.expect(0, "apply", self.summary()["run_id"], store=self.store).out
        self.assertIn("2 changes were confirmed", done)
        self.assertEqual(self.summary()["changes"]["planned"], 2)
        self.assert_changes(categories)
        audit = self.expect(0, "audit", "in.csv", "-c", "job.yaml", store=self.store).out
        self.assertIn("agrees with the input on all 2 customers", audit)
        self.assertEqual(self.summary()["drift"]["compared"], 2)

    def assert_changes(self, expected):
        for category, counts in expected.items():
            found = self.summary()["categories"][category]
            self.assertEqual({name: found[name] for name in counts}, counts)

    def test_every_row_of_a_customer_that_the_store_does_not_know_is_a_problem(self):
        self.write("in.csv", "customer_id,service,given,at\n999999999,stats,true,\n999999999,ads,false,\n")
        self.write("job.yaml", LONG_JOB)
        self.expect(1, "run", "job.yaml", store=self.store)
        self.assertEqual(self.counts(), {"not_found": 2})

    def test_an_invalid_row_holds_its_customer_back_in_long_form(self):
        self.write("in.csv", LONG.replace("2,chat,maybe", "2,stats,maybe"))
        self.write("job.yaml", LONG_JOB)
        self.expect(1, "run", "job.yaml", store=self.store)
        self.assertEqual(self.counts(), {"applied": 3, "superseded": 1, "invalid": 1, "conflict": 3})

    def test_a_preset_reads_an_export_from_anywhere(self):
        self.write("in.csv", 'customer_id,groups\n1,"C0001:1,C0002:1,C0003:0,C0004:0"\n')
        self.expect(0, "sync", "in.csv", "--input-preset", "onetrust", store=self.store)
        self.assertEqual(self.store.consent_of(1), ({"essential", "analytics"}, {"functional", "targeting"}))

    def test_rows_that_only_their_order_decides_between_are_warned_of(self):
        self.write("in.csv", "customer_id,allow\n1,analytics\n1,targeting\n2,analytics\n2,analytics\n")
        self.assertIn("of 1 customers with several rows the last one counts", self.expect(0, "sync", "in.csv", store=self.store).err)
        self.write("in.csv", "customer_id,allow,decided_at\n1,analytics,2026-11-02T00:00:00Z\n1,targeting,\n")
        self.assertNotIn("the last one counts", self.expect(0, "sync", "in.csv", store=self.store).err)

    def test_a_preset_may_be_a_file_beside_the_job_that_names_it(self):
        (self.directory / "jobs").mkdir()
        preset = self.expect(0, "presets", "onetrust").out
        self.write("jobs/ours.yaml", preset.replace("decisions: {pairs: groups}", "decisions: {pairs: g}"))
        self.write("jobs/in.csv", 'customer_id,g\n1,"C0001:1,C0002:0,C0003:0,C0004:0"\n')
        self.write("jobs/job.yaml", "command: sync\ninput:\n  path: in.csv\n  preset: ./ours.yaml\n")
        self.expect(0, "run", "jobs/job.yaml", store=self.store)
        self.assertEqual(self.store.consent_of(1), ({"essential"}, {"functional", "analytics", "targeting"}))

    def test_another_mapping_is_other_work(self):
        self.write("in.csv", "customer_id,a\n1,yes\n")
        one, other = "{customer: {id: customer_id}, categories: {analytics: a}}", "{customer: {id: customer_id}, categories: {targeting: a}}"
        self.expect(0, "sync", "in.csv", "--input-mapping", one, store=self.store)
        self.expect(0, "sync", "in.csv", "--input-mapping", other, store=self.store)
        self.assertEqual(self.counts(), {"applied": 1})
        self.assertEqual(self.store.consent_of(1)[0], {"essential", "analytics", "targeting"})


class Refusals(EndToEnd):
    def refusal(self, *arguments):
        self.write("in.csv", "customer_id,a\n1,yes\n")
        return self.expect(2, "sync", "in.csv", "--dry-run", *arguments).err

    def test_a_mapping_that_cannot_be_names_its_line(self):
        self.write("in.csv", "customer_id,a\n1,yes\n")
        self.write("job.yaml", "command: sync\ninput:\n  path: in.csv\n  mapping:\n    customer: {id: customer_id}\n    categories:\n      marketing: a\n")
        self.assertIn("job.yaml:7: input.mapping: categories has no key marketing", self.expect(2, "run", "job.yaml").err)

    def test_a_preset_says_what_it_leaves_to_the_user(self):
        self.assertIn("say in input.mapping where PERSONALIZATION, STORAGE, OPT_OUT go", self.refusal("--input-preset", "osano"))
        self.assertIn("bigcommerce-storefront-old", self.refusal("--input-preset", "bigcommerce-storefront"))
        self.assertIn("there is no preset onetrsut", self.refusal("--input-preset", "onetrsut"))

    def test_a_file_without_the_mapped_columns_is_refused(self):
        self.assertIn('no column "groups"', self.refusal("--input-preset", "onetrust"))


class Inspection(EndToEnd):
    """What `inspect` says, and the job it writes."""

    def test_a_file_that_a_preset_knows_becomes_a_job_that_runs(self):
        store = self.sandbox()
        (self.directory / "exports").mkdir()
        self.write("exports/in.csv", 'Customer No,groups\n1,"C0001:1,C0002:1,C0003:0,C0004:0"\n1002,"C0001:1,C0002:0,C0003:0,C0004:0"\n')
        said = self.expect(0, "inspect", "exports/in.csv", "--write-job", "exports/job.yaml").out
        self.assertIn("onetrust", said)
        self.assertIn("not verified:", said)
        self.expect(0, "run", "exports/job.yaml", store=store)
        self.assertEqual(self.summary(next((self.directory / "reports").iterdir()))["outcomes"]["would_apply"], 2)

    def test_a_job_that_cannot_be_written_whole_is_not_there(self):
        self.write("in.csv", "Kunde;Statistik\n" + "".join(f"{100 + i};ja\n" for i in range(30)))

        def leave_little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        done = subprocess.run([PROGRAM, "inspect", "in.csv", "--write-job", "job.yaml"], cwd=self.directory,
                              env=self.environment(), preexec_fn=leave_little_room, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (2, "consent-sync: job.yaml cannot be written: File too large\n"))
        self.assertFalse((self.directory / "job.yaml").exists())
        self.expect(0, "inspect", "in.csv", "--write-job", "job.yaml")

    def test_a_job_that_is_there_is_left_as_it_is(self):
        self.write("in.csv", "Kunde;Statistik\n1;ja\n")
        self.write("job.yaml", "mine")
        self.assertIn("job.yaml cannot be written: File exists", self.expect(2, "inspect", "in.csv", "--write-job", "job.yaml").err)
        self.assertEqual((self.directory / "job.yaml").read_text(), "mine")

    def test_what_a_preset_lacks_is_proposed_from_the_file(self):
        store = self.sandbox()
        self.write("in.csv", "Customer No,groups,Date\n"
                             '1,"C0001:1,C0002:0,C0003:0,C0004:0,V2STACK42:0",2026-11-20T10:00:00Z\n'
                             '1,"C0001:1,C0002:1,C0003:0,C0004:0,V2STACK42:1",2026-11-10T10:00:00Z\n'
                             '2,"C0001:1,C0002:1,C0003:0,C0004:0,V2STACK42:1",2026-11-10T10:00:00Z\n')
        said = self.expect(0, "inspect", "in.csv", "--write-job", "job.yaml").out
        self.assertIn("Customers with several rows: 1 of 2; with different choices: 1", said)
        job = (self.directory / "job.yaml").read_text()
        self.assertRegex(job, r'    decided_at: \{from: "Date", formats: \[rfc3339\]\} +# \?')
        self.assertRegex(job, r'    ignored: \["V2STACK42"\] +# \?')
        self.write("job.yaml", job.replace("dry_run: true", "dry_run: false"))
        self.expect(0, "run", "job.yaml", store=store)
        self.assertEqual(self.counts(), {"applied": 2, "superseded": 1})
        self.assertEqual(store.consent_of(1)[0], {"essential"})

    def test_times_that_leave_a_question_are_proposed_as_comments(self):
        rows = "".join(f"{customer},yes,no,no,no,{{}}\n" for customer in range(1, 10))
        for columns, times in (("Timestamp", "03/04/2026"), ("Given,Seen", "2026-11-20T10:00:00Z,2026-11-20T10:00:00Z")):
            self.write("in.csv", f"customer_id,necessary,preferences,statistics,marketing,{columns}\n" + rows.format(*[times] * 9))
            self.expect(0, "inspect", "in.csv", "--write-job", f"{columns}.yaml")
            for column in columns.split(","):
                self.assertRegex((self.directory / f"{columns}.yaml").read_text(), f'    # \\? decided_at: {{from: "{column}"')

    def test_a_file_that_no_preset_knows_becomes_a_job_to_fill_in(self):
        store = self.sandbox()
        self.write("in.csv", "Kunde;Statistik;Werbung\n" + "".join(f"{100 + i};{'ja' if i % 2 else 'nein'};nein\n" for i in range(30)))
        said = self.expect(0, "inspect", "in.csv", "--write-job", "job.yaml").out
        self.assertIn('"nein" 30', said)
        job = (self.directory / "job.yaml").read_text()
        self.assertIn('customer: {id: "Kunde"}', job)
        self.assertIn("categories is not set", self.expect(2, "run", "job.yaml").err)
        job = job.replace("allow: []", "allow: [ja]").replace("deny: []", "deny: [nein]")
        job = job.replace("# analytics:", "analytics: Statistik").replace("# targeting:", "targeting: Werbung")
        self.write("job.yaml", job)
        self.expect(0, "run", "job.yaml", store=store)
        self.assertEqual(self.counts(), {"would_apply": 30})

    def test_addresses_and_ids_with_addresses_among_them_are_proposed_as_keys(self):
        for values, key in ((["jo@example.com"] * 9, "email"), (["7", "8", "jo@example.com"] * 9, "id_or_email")):
            self.write("in.csv", "Wer,Statistik\n" + "".join(f"{value},ja\n" for value in values))
            self.expect(0, "inspect", "in.csv", "--write-job", f"{key}.yaml")
            self.assertIn('customer: {%s: "Wer"}' % key, (self.directory / f"{key}.yaml").read_text())

    def test_a_job_file_is_never_overwritten(self):
        self.write("in.csv", "customer_id,allow\n1,analytics\n")
        self.write("job.yaml", "mine")
        self.assertIn("job.yaml cannot be written", self.expect(2, "inspect", "in.csv", "--write-job", "job.yaml").err)
        self.assertEqual((self.directory / "job.yaml").read_text(), "mine")

    def test_a_canonical_file_needs_no_mapping(self):
        self.write("in.csv", "customer_id,allow\n1,analytics\n1,targeting\n2,cookies\n")
        said = self.expect(0, "inspect", "in.csv").out
        self.assertIn("It needs no mapping for 2 of its 3 rows", said)
        self.assertIn("2 of 3 rows understood", said)
        self.assertIn("Customers with several rows: 1 of 1; with different choices: 1", said)

    def test_what_it_says_of_a_mapping_is_what_a_run_makes_of_the_file(self):
        for name, content, needs in (
                ("ok.csv", "customer_id,allow\n1,analytics\n", False), ("case.ndjson", '{"Customer_ID":1,"ALLOW":["analytics"]}\n', False),
                ("words.csv", "customer_id,allow\n1,yes\n2,no\n", True), ("ja.csv", "customer_id,analytics\n1,ja\n2,nein\n", True),
                ("mail.csv", "customer_id,allow\njo@example.com,analytics\n", True), ("kunde.csv", "kunde,allow\n1,analytics\n", True),
                ("both.csv", "customer_id,allow,analytics\n1,analytics,no\n", True),
                ("mail.ndjson", '{"customer_id":"jo@example.com","consent":{"analytics":true}}\n', True),
                ("stats.ndjson", '{"customer_id":1,"consent":{"stats":true}}\n', True), ("user.ndjson", '{"user":1,"allow":[]}\n', True)):
            with self.subTest(name):
                self.write(name, content)
                said = self.expect(0, "inspect", name, "--write-job", f"{name}.yaml").out
                self.assertEqual("It needs no mapping." in said, not needs, said)
                self.assertEqual("As it is, it cannot be used" in said or "Proposed preset" in said, needs, said)
                self.assertEqual("mapping:" in (self.directory / f"{name}.yaml").read_text(), needs)
                run = self.run_program("sync", name, "--dry-run")
                self.assertEqual(run.code != 0, needs, run)

    def test_no_address_is_shown(self):
        self.write("in.csv", "mail,allow\njo@example.com,analytics\nflo@example.com,jo@example.com\n")
        said = self.expect(0, "inspect", "in.csv").out
        self.assertNotIn("@", said)
        self.assertIn("e-mail addresses", said)

    def test_no_address_is_shown_nor_written_wherever_it_stands(self):
        address = "jo@example.com"
        for name, content in (
                ("contact.csv", f"customer_id,contact,analytics\n1,Jo <{address}>,ja\n2,mailto:{address},nein\n"),
                ("headerless.csv", f"1,{address},yes\n2,{address},no\n"), ("value.csv", f"customer_id,analytics\n1,{address}\n"),
                ("pairs.csv", f'customer_id,prefs\n1,"{address}:1,x{address}:0"\n'),
                ("onetrust.csv", f'Customer No,groups\n1,"C0001:1,{address}:1"\n'),
                ("json.csv", f'customer_id,prefs\n1,"{{""{address}"":true}}"\n'),
                ("keys.ndjson", f'{{"{address}":{{"analytics":true,"{address}":"{address}"}}}}\n'),
                ("mixed.ndjson", f'{{"customer_id":"{address} x","allow":["{address}"],"consent":{{"{address}":true}}}}\n')):
            with self.subTest(name):
                self.write(name, content)
                said = self.expect(0, "inspect", name, "--write-job", f"{name}.yaml").out
                self.assertNotIn("example.com", said)
                self.assertNotIn("example.com", (self.directory / f"{name}.yaml").read_text())

    def test_what_cannot_be_read_is_exit_code_2(self):
        self.write("in.csv", b"PK\x03\x04")
        self.assertIn("xlsx", self.expect(2, "inspect", "in.csv").err)
        self.expect(2, "inspect", "missing.csv")
        self.assertIn("standard input", self.expect(2, "inspect", "-", stdin=b"").err)

    def test_presets_are_listed_and_printed(self):
        self.assertIn("onetrust-cookie", self.expect(0, "presets").out)
        self.assertIn("mapping:", self.expect(0, "presets", "tcf").out)
        self.assertIn("there is no preset", self.expect(2, "presets", "nothing").err)


if __name__ == "__main__":
    unittest.main()
