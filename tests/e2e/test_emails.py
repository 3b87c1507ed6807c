"""Customers that the input knows by their e-mail address."""
import os
import re
import signal
import stat
import unittest

from harness import EndToEnd, PATIENCE, wait_for_line

MAPPING = "{customer: {email: Email}, categories: {analytics: a}}"
ALLOWED = ({"essential", "analytics"}, {"functional", "targeting"})


class ByEmail(EndToEnd):
    def write_emails(self, *addresses, word="yes"):
        self.write("in.csv", "Email,a\n" + "".join(f"{address},{word}\n" for address in addresses))

    def write_many(self, count):
        self.write_emails(*(f"customer{i}@example.com" for i in range(1, count + 1)))

    def by_email(self, code, command="sync", *arguments, store, **more):
        return self.expect(code, command, "in.csv", "--input-mapping", MAPPING, *arguments, store=store, **more)

    def requests(self):
        counts = self.summary()["requests"]
        return counts["get"], counts["put"]

    def files_with_addresses(self):
        """Every file of the directory that an address stands in, but for the input."""
        found = set()
        for path in self.directory.rglob("*"):
            if path.is_file() and path.name != "in.csv" and b"@example.com" in path.read_bytes():
                found.add(path.name)
        return found


class Lookups(ByEmail):
    def test_addresses_become_customers_in_lists_of_250_and_are_remembered(self):
        store = self.sandbox("--customers", "700")
        self.write_many(600)
        self.by_email(0, store=store)
        self.assertEqual(self.counts(), {"applied": 600})
        self.assertEqual(self.requests(), (3, 600))
        self.assertEqual(store.consent_of(600), ALLOWED)
        self.assertEqual(self.outcomes()[2]["customer_id"], "1")
        self.by_email(0, store=store)
        self.assertEqual(self.counts(), {"unchanged": 600})
        self.assertEqual(self.requests(), (0, 0))
        self.by_email(0, "sync", "--policy-email-cache", "0", store=store)
        self.assertEqual(self.requests(), (3, 0))

    def test_spellings_of_an_address_are_one_customer_and_a_plus_stays_a_plus(self):
        store = self.sandbox("--email", "7=Jo+News@Example.org")
        self.write("in.csv", "Email,a\njo+news@example.ORG,yes\ncustomer8@example.com,yes\n JO+NEWS@example.org ,no\n")
        self.by_email(0, store=store)
        self.assertEqual(self.counts(), {"applied": 2, "superseded": 1})
        self.assertEqual(store.consent_of(7)[0], {"essential"})

    def test_nobodys_address_is_not_found_and_asked_about_again(self):
        store = self.sandbox("--customers", "10")
        self.write_emails("customer1@example.com", "gone@example.com")
        self.by_email(1, store=store)
        self.assertEqual(self.counts(), {"applied": 1, "not_found": 1})
        self.assertEqual(self.requests(), (1, 1))
        self.by_email(1, store=store)
        self.assertEqual(self.counts(), {"unchanged": 1, "not_found": 1})
        self.assertEqual(self.requests(), (1, 0))

    def test_an_id_and_an_address_of_one_customer_are_duplicates(self):
        store = self.sandbox()
        self.write("in.csv", "who,a,at\n7,yes,2026-02-01T00:00:00Z\ncustomer7@example.com,no,2026-01-01T00:00:00Z\n"
                             "8,yes,2026-01-01T00:00:00Z\ncustomer8@example.com,no,2026-01-01T00:00:00Z\n")
        self.expect(1, "sync", "in.csv", "--input-mapping",
                    "{customer: {id_or_email: who}, decided_at: at, categories: {analytics: a}}", store=store)
        self.assertEqual(self.counts(), {"applied": 1, "superseded": 1, "conflict": 2})
        self.assertEqual(store.consent_of(7), ALLOWED)

    def test_lists_that_the_store_finds_too_long_are_halved_and_a_429_is_waited_out(self):
        store = self.sandbox("--fault", "413@1", "--fault", "500@2", "--fault", "429@3",
                             "--window", "1s", quota=1000)
        self.write_many(250)
        self.by_email(0, store=store)
        self.assertEqual(self.counts(), {"applied": 250})

    def test_a_refused_token_stops_the_run_before_anything_is_sent(self):
        store = self.sandbox()
        self.write_many(3)
        self.by_email(4, store=store, BIGCOMMERCE_ACCESS_TOKEN="another")
        self.assertEqual(store.stop()["put"], 0)

    def test_a_preflight_asks_only_about_those_who_were_remembered(self):
        store = self.sandbox("--customers", "10")
        self.write_many(10)
        self.by_email(0, "sync", "--policy-preflight", store=store)
        self.assertEqual(self.requests(), (1, 10))
        self.by_email(0, "sync", "--policy-preflight", store=store)
        self.assertEqual(self.requests(), (1, 0))


class SharedAddresses(ByEmail):
    def setUp(self):
        super().setUp()
        self.store = self.sandbox("--customers", "600", "--email", "501=customer1@example.com",
                                  "--email", "502=Customer1@example.com", "--email", "503=customer2@example.com")

    def test_nobody_chooses_among_several_customers(self):
        self.write_emails("customer1@example.com", "customer3@example.com")
        self.by_email(1, store=self.store)
        self.assertEqual(self.counts(), {"applied": 1, "conflict": 1})
        self.assertIn("3 customers of the store have this e-mail address: name the right one", self.outcomes()[2]["reason"])
        self.assertEqual(self.outcomes()[2]["customer_id"], "1|501|502")
        self.assertEqual(self.store.consent_of(1), (set(), set()))

    def test_a_row_that_may_be_any_of_several_customers_is_forgotten_with_each_of_them(self):
        self.write_emails("customer1@example.com", "customer3@example.com")
        self.by_email(1, store=self.store)
        self.assertIn("conflict", self.run_program("history", "502", store=self.store).out)
        erased = self.expect(0, "forget", "502", "--yes", store=self.store)
        self.assertIn("1 rows of 1 runs, 1 of them with what was written", erased.out)
        self.assertEqual(self.files_with_addresses(), set())
        self.assertEqual(self.counts(), {"applied": 1, "conflict": 1})
        self.assertEqual(self.outcomes()[2]["customer_id"], "")

    def test_the_row_may_speak_for_all_of_them_over_more_than_a_page(self):
        self.write_many(250)
        self.by_email(0, "sync", "--policy-shared-email", "all", store=self.store)
        self.assertEqual(self.counts(), {"applied": 250})
        self.assertEqual(self.requests(), (2, 253))
        for customer in (1, 501, 502, 503, 250):
            self.assertEqual(self.store.consent_of(customer), ALLOWED)
        self.assertEqual(self.outcomes()[2]["customer_id"], "1|501|502")
        self.by_email(0, "sync", "--policy-shared-email", "all", store=self.store)
        self.assertEqual(self.counts(), {"unchanged": 250})
        self.assertEqual(self.requests(), (0, 0))

    def test_a_row_ends_as_the_worst_of_its_customers_and_mending_takes_up_only_what_failed(self):
        store = self.sandbox("--customers", "600", "--email", "501=customer1@example.com", "--fault", "422@1#501")
        self.write_emails("customer1@example.com")
        self.by_email(1, "sync", "--policy-shared-email", "all", store=store)
        self.assertEqual(self.counts(), {"rejected": 1})
        self.assertIn('"1" applied, "501" rejected', self.outcomes()[2]["reason"])
        run = self.summary()["run_id"]
        self.expect(0, "sync", "--only-problems-of", run, "--input-mapping", MAPPING, "--policy-shared-email", "all",
                    store=store)
        self.assertEqual(self.counts(), {"applied": 1})
        self.assertEqual(self.requests(), (0, 1))


class Plans(ByEmail):
    def test_a_dry_run_that_does_not_ask_says_what_it_does_not_know(self):
        store = self.sandbox()
        self.write_emails("customer1@example.com")
        self.by_email(0, store=store)
        self.write_many(600)
        self.by_email(1, "sync", "--dry-run", store=store)
        self.assertEqual(self.counts(), {"unchanged": 1, "unresolved": 599})
        self.assertEqual(self.requests(), (0, 0))
        # 599 addresses are three lists.
        self.assertEqual(self.summary()["forecast"]["requests"], 3)
        self.assertEqual(store.stop()["get"], 1)

    def test_a_plan_that_asked_is_applied_exactly_and_what_has_moved_is_not(self):
        store = self.sandbox("--customers", "10")
        self.write_emails("customer1@example.com", "customer2@example.com", "gone@example.com")
        self.by_email(1, "sync", "--dry-run", "--online", store=store)
        self.assertEqual(self.counts(), {"would_apply": 2, "not_found": 1})
        self.expect(1, "apply", self.summary()["run_id"], "--input-mapping", MAPPING, store=store)
        self.assertEqual(self.counts(), {"applied": 2, "not_found": 1})

    def test_an_offline_plan_approves_nothing_of_what_it_did_not_know(self):
        store = self.sandbox("--customers", "10")
        self.write_emails("customer1@example.com")
        self.by_email(1, "sync", "--dry-run", store=store)
        self.expect(1, "apply", self.summary()["run_id"], "--input-mapping", MAPPING, store=store)
        self.assertEqual(self.counts(), {"conflict": 1})
        self.assertEqual(store.stop()["put"], 0)

    def test_an_audit_looks_customers_up_and_compares(self):
        store = self.sandbox("--customers", "10", "--email", "9=customer2@example.com")
        self.write_many(2)
        self.by_email(0, "sync", "--policy-shared-email", "all", store=store)
        store.shopper_chooses(9, {"essential"}, {"functional", "analytics", "targeting"})
        self.by_email(1, "audit", "--policy-shared-email", "all", store=store)
        self.assertEqual(self.counts(), {"in_sync": 1, "drifted": 1})


class Interruptions(ByEmail):
    def test_a_run_killed_while_it_looks_up_asks_only_for_the_rest(self):
        store = self.sandbox("--customers", "1500", "--fault", "stall:60s@3")
        self.write_many(1000)
        process = self.start("sync", "in.csv", "--input-mapping", MAPPING, store=store)
        wait_for_line(process.stderr, "asking .* whose 1,000 e-mail addresses")
        self.wait_for_third_question(process)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        self.by_email(0, store=store)
        self.assertEqual(self.counts(), {"applied": 1000})
        self.assertEqual(self.requests()[0], 2)

    def wait_for_third_question(self, process):
        """It stalls: by then two answers are on disk, since one is asked after another."""
        line = ""
        while not re.search(r"500 of 1,000 .*\b1 in flight", line):
            process.send_signal(signal.SIGUSR1)  # answered with a line about the progress
            line = process.stderr.readline()
            self.assertTrue(line)

    def test_a_run_stopped_while_it_sends_goes_on_without_asking_again(self):
        store = self.sandbox("--customers", "100", "--email", "99=customer1@example.com", "--fault", "401@22")
        self.write_many(50)
        self.by_email(4, "sync", "--policy-shared-email", "all", "--http-connections", "1", store=store)
        self.assertGreater(self.counts()["pending"], 0)
        self.by_email(0, "sync", "--policy-shared-email", "all", store=store)
        self.assertEqual(self.counts(), {"applied": 50})
        self.assertEqual(self.requests()[0], 1)


class OutOfSight(ByEmail):
    def test_addresses_stand_in_rejected_csv_and_nowhere_else(self):
        store = self.sandbox("--customers", "10", "--email", "9=customer2@example.com", "--fault", "422#3")
        self.write("in.csv", "Email,a\ncustomer1@example.com,yes\ncustomer2@example.com,yes\ncustomer3@example.com,yes\n"
                             "gone@example.com,yes\ncustomer5@example.com,x@example.com\nnot@an@address,yes\n")
        result = self.by_email(1, "sync", "--log-level", "trace", store=store)
        self.assertEqual(self.counts(), {"applied": 1, "conflict": 1, "rejected": 1, "not_found": 1, "invalid": 2})
        self.assertNotIn("@", result.out + result.err)
        # The ledger keeps what rejected.csv is made of, for as long as policy.email_cache says.
        self.assertLessEqual(self.files_with_addresses(), {"rejected.csv", "consent-sync.db", "consent-sync.db-wal"})
        rejected = self.report_directories()[-1] / "rejected.csv"
        self.assertEqual(stat.S_IMODE(os.stat(rejected).st_mode), 0o600)
        self.assertIn("gone@example.com", rejected.read_text())
        self.assertEqual(stat.S_IMODE(os.stat(self.directory / "consent-sync.db.email-key").st_mode), 0o600)

    def test_a_run_without_problems_leaves_no_address_in_the_ledger(self):
        store = self.sandbox()
        self.write_many(100)
        self.by_email(0, store=store)
        self.assertEqual(self.files_with_addresses(), set())

    def test_what_rows_said_is_forgotten_and_rejected_csv_stays_as_it_was(self):
        store = self.sandbox("--customers", "10")
        self.write_emails("gone@example.com")
        self.by_email(1, "sync", "--policy-email-cache", "0", store=store)
        run, rejected = self.summary()["run_id"], self.report_directories()[-1] / "rejected.csv"
        self.write_emails("customer1@example.com")
        self.by_email(0, "sync", "--policy-email-cache", "0", store=store)
        self.assertEqual(self.files_with_addresses(), {"rejected.csv"})
        self.expect(0, "report", run)
        self.assertIn("gone@example.com", rejected.read_text())
        error = self.expect(2, "sync", "--only-problems-of", run, "--input-mapping", MAPPING,
                            "--policy-email-cache", "0", store=store).err
        self.assertIn("is not kept any more", error)

    def test_nobodys_rows_are_taken_up_again_unless_a_later_run_may_know_better(self):
        store = self.sandbox("--customers", "10")
        self.write_emails("gone@example.com")
        self.by_email(1, store=store)
        run = self.summary()["run_id"]
        store.stop()
        port = store.url.rsplit(":", 1)[1]
        store = self.sandbox("--customers", "10", "--email", "4=Gone@example.com", "--port", port)
        arguments = ("sync", "--only-problems-of", run, "--input-mapping", MAPPING)
        self.expect(0, *arguments, store=store)
        self.assertEqual(self.counts(), {"applied": 1})
        self.assertEqual(store.consent_of(4), ALLOWED)
        self.assertIn("1 rows", self.expect(0, *arguments, store=store).err)
        self.assertEqual(self.counts(), {})


if __name__ == "__main__":
    unittest.main()
