"""An erased customer is in no report any more, also where erasing them ended halfway."""
import shutil

from harness import EndToEnd


class Forgetting(EndToEnd):
    def two_nights(self, *flags):
        """Customers 1 to 3, and 77 whom the store does not know; and a row that nobody understands, which has a 1 in it."""
        store = self.sandbox("--customers", "10")
        for night in ("essential", "essential|analytics"):
            self.write("in.csv", "customer_id,allow,deny\n" +
                       "".join(f"{customer},{night},targeting\n" for customer in (1, 2, 3, 77)) + "x1 1,essential,\n")
            self.expect(1, "sync", "in.csv", *flags, store=store)
        return store

    def telling_of(self, customer, *flags):
        """How many reports still do."""
        return len(self.expect(0, "forget", str(customer), "--yes", *flags).out.split("Written again")) - 1

    def test_what_ended_halfway_is_done_by_the_next(self):
        for fmt in ("csv", "csv.gz", "ndjson", "ndjson.zst"):
            with self.subTest(format=fmt):
                self.forget_ledger()
                for left in ("reports", "before"):
                    shutil.rmtree(self.directory / left, ignore_errors=True)
                self.two_nights("--report-outcomes", fmt)
                shutil.copytree(self.directory / "reports", self.directory / "before")
                self.assertEqual(self.telling_of(77, "--report-outcomes", fmt), 2)
                first, second = self.report_directories()
                shutil.rmtree(second)
                shutil.move(self.directory / "before" / second.name, second)  # it had not come to that one
                (first / "report.html").unlink()  # and was at this one
                self.assertEqual(self.telling_of(77, "--report-outcomes", fmt), 2)
                for report in (first, second):
                    self.assertNotIn("\n77,", (report / "rejected.csv").read_text())
                    self.assertTrue((report / "report.html").exists())
                self.assertEqual(self.telling_of(77, "--report-outcomes", fmt), 0)

    def test_reports_of_runs_that_the_ledger_let_go_are_named(self):
        self.two_nights()
        pruned = self.report_directories()[0]
        self.expect(0, "prune", "--ledger-keep", "1ms", "--yes")
        self.assertIn(pruned.name, self.expect(1, "forget", "2", "--yes").err)
        self.assertIn(pruned.name, self.expect(1, "forget", "2", "--yes").err)
        self.assertEqual(self.telling_of(4), 0)
        shutil.rmtree(pruned)
        self.assertEqual(self.telling_of(2), 0)

    def test_rows_by_address_that_are_nobodys_yet_are_named_for_a_person_to_look_at(self):
        store = self.sandbox("--customers", "10")
        mapping = "{customer: {email: Email}, categories: {analytics: a}}"
        self.write("in.csv", "Email,a\ncustomer3@example.com,no\n")
        self.expect(1, "sync", "in.csv", "--input-mapping", mapping, "--dry-run", store=store)
        self.expect(0, "sync", "in.csv", "--input-mapping", mapping, store=store)
        plan, run = (report.name for report in self.report_directories())
        for night in range(2):  # the second time the ledger has nothing any more, and the plan's report still has
            told = self.expect(0, "forget", "3", "--yes").out
            self.assertIn(f"the files: reports/{plan}/rejected.csv.", told, night)
            self.assertNotIn(f"{run}/rejected.csv", told)
            self.assertNotIn("example.com", told)
        (self.directory / "reports" / plan / "rejected.csv").unlink()
        self.assertNotIn("rejected.csv", self.expect(0, "forget", "3", "--yes").out)

    def test_reports_of_other_stores_are_left_alone(self):
        self.two_nights()
        store = self.sandbox("--store-hash", "other")
        self.expect(1, "sync", "in.csv", store=store, CONSENT_SYNC_STORE_HASH="other", CONSENT_SYNC_LEDGER="sqlite:other.db")
        self.expect(0, "forget", "1", "--yes")
        self.assertEqual(self.outcomes(self.report_directories()[-1])[2]["customer_id"], "1")
