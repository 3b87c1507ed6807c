"""Each outcome of the design, as a row of a real run ends in it, with the store as witness."""
from harness import EndToEnd

HEADER = "customer_id,allow,deny,decided_at\n"
DENY_REST = "functional|analytics|targeting"


class Outcomes(EndToEnd):
    def one_row(self, fault, *flags, row=f"7,essential,{DENY_REST},\n", code=1, **more):
        store = self.sandbox("--customers", "100", *(f for name in fault.split() for f in ("--fault", name)))
        self.write("in.csv", HEADER + row)
        self.expect(code, "sync", "in.csv", *flags, store=store, **more)
        return store, self.outcomes()[2]

    def test_applied_means_the_store_holds_it(self):
        store, row = self.one_row("", code=0)
        self.assertEqual(row["outcome"], "applied")
        self.assertEqual(row["http_status"], "200")
        self.assertEqual(store.consent_of(7), ({"essential"}, {"functional", "analytics", "targeting"}))

    def test_unchanged_rows_cost_no_request(self):
        store, _ = self.one_row("", code=0)
        self.expect(0, "sync", "in.csv", store=store)
        self.assertEqual(self.counts(), {"unchanged": 1})
        self.assertEqual(store.stop()["put"], 1)

    def test_superseded_by_the_newer_decision_wherever_it_stands(self):
        store = self.sandbox()
        self.write("in.csv", HEADER + f"7,essential|analytics,functional|targeting,2026-02-01T00:00:00Z\n"
                                      f"7,essential,{DENY_REST},2026-01-01T00:00:00Z\n")
        self.expect(0, "sync", "in.csv", store=store)
        rows = self.outcomes()
        self.assertEqual((rows[2]["outcome"], rows[3]["outcome"]), ("applied", "superseded"))
        self.assertEqual(store.consent_of(7)[0], {"essential", "analytics"})
        self.assertEqual(store.stop()["put"], 1)

    def test_conflict_when_two_rows_contradict_each_other_at_the_same_time(self):
        store = self.sandbox()
        time = "2026-01-01T00:00:00Z"
        self.write("in.csv", HEADER + f"7,essential|analytics,functional|targeting,{time}\n7,essential,{DENY_REST},{time}\n")
        self.expect(1, "sync", "in.csv", store=store)
        self.assertEqual(self.counts(), {"conflict": 2})
        self.assertEqual(store.stop()["put"], 0)

    def test_invalid_rows_say_why_and_cost_nobody_else(self):
        store = self.sandbox()
        self.write("in.csv", HEADER + f"1.2E+07,essential,,\n8,essential,{DENY_REST},\n9,cookies,,\n")
        self.expect(1, "sync", "in.csv", store=store)
        rows = self.outcomes()
        self.assertEqual([rows[line]["outcome"] for line in (2, 3, 4)], ["invalid", "applied", "invalid"])
        self.assertIn("cookies", rows[4]["reason"])

    def test_not_found(self):
        _, row = self.one_row("", row=f"101,essential,{DENY_REST},\n")
        self.assertEqual((row["outcome"], row["http_status"], row["attempts"]), ("not_found", "404", "1"))

    def test_rejected_carries_the_stores_reason(self):
        _, row = self.one_row("422#7")
        self.assertEqual((row["outcome"], row["http_status"]), ("rejected", "422"))
        self.assertTrue(row["reason"])

    def test_mismatch_after_a_second_try(self):
        store, row = self.one_row("wrong-echo#7")
        self.assertEqual((row["outcome"], row["attempts"]), ("mismatch", "2"))
        self.assertEqual(store.stop()["put"], 2)

    def test_failed_when_no_try_can_have_been_applied(self):
        store, row = self.one_row("409#7", "--retry-attempts", "3")
        self.assertEqual((row["outcome"], row["attempts"]), ("failed", "3"))
        self.assertEqual(store.stop()["put"], 3)

    def test_unknown_when_a_try_may_have_been_applied(self):
        store, row = self.one_row("500#7", "--retry-attempts", "3")
        self.assertEqual((row["outcome"], row["attempts"]), ("unknown", "3"))
        # That it was no outage the store had to be asked; the next nights are not held up by it.
        self.assertEqual(self.summary()["requests"]["get"], 1)
        self.write("next.csv", HEADER + f"8,essential,{DENY_REST},\n")
        self.expect(0, "sync", "next.csv", store=store)
        self.assertEqual(store.stop()["put"], 4)

    def test_what_is_unknown_is_sent_again_the_next_night(self):
        store, _ = self.one_row("", code=0)
        self.write("other.csv", HEADER + f"7,essential|functional,analytics|targeting,\n")
        store.stop()
        store = self.sandbox("--fault", "500@1-3#7", "--port", store.url.rsplit(":", 1)[1])
        self.expect(1, "sync", "other.csv", "--retry-attempts", "3", store=store)
        self.assertEqual(self.counts(), {"unknown": 1})
        # The ledger confirmed this very choice once, but the store may hold the other one by now.
        self.expect(0, "sync", "in.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 1})

    def test_pending_when_the_run_stops_before_the_row(self):
        store = self.sandbox("--fault", "401@1")
        self.write_customers(5)
        self.expect(4, "sync", "customers.csv", "--http-connections", "1", store=store)
        self.assertEqual(self.counts(), {"pending": 5})

    def test_would_apply_in_a_dry_run_which_opens_no_connection(self):
        store = self.sandbox()
        self.write_customers(5)
        self.expect(0, "sync", "customers.csv", "--dry-run", store=store, BIGCOMMERCE_ACCESS_TOKEN=None)
        self.assertEqual(self.counts(), {"would_apply": 5})
        self.assertEqual(store.stop()["connections"], 0)

    def test_a_dry_run_leaves_the_real_run_all_its_work(self):
        store = self.sandbox()
        self.write_customers(5)
        self.expect(0, "sync", "customers.csv", "--dry-run", store=store)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 5})

    def test_what_the_input_leaves_open_is_denied_and_essential_allowed(self):
        store = self.sandbox()
        self.write("in.csv", HEADER + "7,analytics,,\n")
        self.expect(0, "sync", "in.csv", store=store)
        self.assertEqual(store.consent_of(7), ({"essential", "analytics"}, {"functional", "targeting"}))
