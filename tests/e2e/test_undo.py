"""undo RUN: what a run changed is taken back, unless somebody has changed it since."""
import json
import signal
import unittest

from harness import PATIENCE, EndToEnd, wait_for_line

ALL = {"essential", "functional", "analytics", "targeting"}


class Undo(EndToEnd):
    def setUp(self):
        super().setUp()
        self.store = self.sandbox("--customers", "40")

    def sync(self, code, allow, customers=range(1, 4), store=None):
        lists = f"{'|'.join(sorted(allow))},{'|'.join(sorted(ALL - allow))}"
        self.write("in.csv", "customer_id,allow,deny\n" + "".join(f"{customer},{lists}\n" for customer in customers))
        self.expect(code, "sync", "in.csv", store=store or self.store)
        return self.summary()["run_id"]

    def undo(self, code, run, *flags):
        return self.expect(code, "undo", run, *flags, store=self.store)

    def allowed(self, customer):
        return self.store.consent_of(customer)[0]

    def test_what_a_run_applied_is_taken_back(self):
        self.sync(0, {"essential"})
        bad = self.sync(0, {"essential", "targeting"})
        self.undo(0, bad)
        summary = self.summary()
        self.assertEqual(self.counts(), {"applied": 3})
        self.assertEqual((summary["undoes"], summary["mode"]), (bad, "sync"))
        self.assertEqual([self.allowed(customer) for customer in (1, 2, 3)], [{"essential"}] * 3)
        # It is part of the history like any other run, and can be undone itself.
        self.undo(0, summary["run_id"])
        self.assertEqual(self.allowed(2), {"essential", "targeting"})
        self.expect(0, "history", "--verify")

    def test_the_input_that_was_undone_does_not_come_back_the_next_night_and_a_new_word_does(self):
        self.sync(0, {"essential"})
        bad = self.sync(0, {"essential", "targeting"})
        self.undo(0, bad)
        self.sync(0, {"essential", "targeting"})
        self.assertEqual(self.counts(), {"unchanged": 3})
        self.assertEqual(self.allowed(1), {"essential"})
        self.sync(0, {"essential", "analytics"})
        self.assertEqual(self.allowed(1), {"essential", "analytics"})

    def test_undone_twice_it_is_still_not_taken_up_by_the_same_input(self):
        self.sync(0, {"essential"})
        bad = self.sync(0, {"essential", "targeting"})
        self.undo(0, bad)
        self.undo(0, bad)
        self.assertEqual(self.counts(), {"unchanged": 3})
        self.sync(0, {"essential", "targeting"})
        self.assertEqual(self.allowed(1), {"essential"})

    def test_what_a_later_run_or_a_shopper_changed_is_a_conflict(self):
        self.sync(0, {"essential"})
        bad = self.sync(0, {"essential", "targeting"})
        self.sync(0, {"essential", "analytics"}, customers=[1])
        self.store.shopper_chooses(2, {"essential", "functional"}, {"analytics", "targeting"})
        self.undo(1, bad)
        rows = {row["customer_id"]: row for row in self.outcomes().values()}
        self.assertEqual({customer: row["outcome"] for customer, row in rows.items()},
                         {"1": "conflict", "2": "conflict", "3": "applied"})
        self.assertIn(f"run {bad} left", rows["1"]["reason"])
        self.assertIn("the store has moved since the run that is undone", rows["2"]["reason"])
        self.assertEqual(self.allowed(1), {"essential", "analytics"})
        self.assertEqual(self.allowed(2), {"essential", "functional"})
        self.assertEqual(self.allowed(3), {"essential"})

    def test_a_shopper_who_changed_before_the_undo_wins_whatever_the_policy_for_syncs(self):
        self.sync(0, {"essential"})
        bad = self.sync(0, {"essential", "targeting"})
        self.store.shopper_chooses(1, ALL, set())
        self.undo(1, bad, "--policy-check-store", "never", "--policy-drift", "input")
        self.assertEqual(self.allowed(1), ALL)

    def test_without_a_before_image_nothing_is_guessed(self):
        first = self.sync(0, {"essential", "targeting"})
        result = self.undo(1, first)
        self.assertEqual(self.counts(), {"invalid": 3})
        self.assertIn("policy.check_store=changes does", next(iter(self.outcomes().values()))["reason"])
        self.assertEqual([row["customer_id"] for row in self.outcomes().values()], ["1", "2", "3"])
        self.assertEqual(self.allowed(1), {"essential", "targeting"}, result)
        page = (self.report_directories()[-1] / "report.html").read_text()
        self.assertIn("What the store held before is not known", page)
        self.assertNotIn("Mend the cells", page)

    def test_the_report_of_a_run_says_what_of_it_can_be_taken_back(self):
        self.sync(0, {"essential"}, customers=[1])
        for customers, words in (([1, 2, 3], "It can take back 1 of them"), ([1, 2, 3], None)):
            self.sync(0, {"essential", "targeting"} if words else {"essential"}, customers=customers)
            page = (self.report_directories()[-1] / "report.html").read_text()
            self.assertIn("consent-sync undo", page)
            self.assertIn(words or "where nobody has changed it since", page)
            self.assertEqual("It can take back" in page, words is not None)
        self.sync(0, {"essential", "targeting"}, customers=[4])
        page = (self.report_directories()[-1] / "report.html").read_text()
        self.assertIn("None of these changes could be taken back", page)
        self.assertNotIn("consent-sync undo", page)

    def test_what_an_approved_undo_leaves_alone_keeps_its_own_reason(self):
        self.write("in.csv", "customer_id,allow,deny\n1,essential|targeting,functional|analytics\n")
        self.expect(0, "sync", "in.csv", "--policy-check-store", "changes", store=self.store)
        self.undo(1, self.summary()["run_id"], "--dry-run")
        reason = next(iter(self.outcomes().values()))["reason"]
        self.assertIn("a decision cannot be taken back", reason)
        self.expect(1, "apply", self.summary()["run_id"], store=self.store)
        self.assertEqual(next(iter(self.outcomes().values()))["reason"], reason)

    def test_what_was_undecided_before_is_a_conflict_unless_the_policy_denies_it(self):
        self.write("in.csv", "customer_id,allow,deny\n1,essential|targeting,functional|analytics\n")
        self.expect(0, "sync", "in.csv", "--policy-check-store", "changes", store=self.store)
        run = self.summary()["run_id"]
        before = self.outcomes()[2]["before"]
        self.undo(1, run)
        reason = next(iter(self.outcomes().values()))["reason"]
        self.assertIn("--policy-unspecified=deny", reason, before)
        self.undo(0, run, "--policy-unspecified", "deny")
        self.assertNotIn("targeting", self.allowed(1))

    def test_limits_and_dry_runs_hold_for_an_undo_and_its_plan_can_be_applied(self):
        self.sync(0, ALL)
        bad = self.sync(0, {"essential"})
        puts = 6
        self.undo(3, bad, "--safety-max-grants", "2")
        self.undo(0, bad, "--dry-run")
        self.assertEqual(self.counts(), {"would_apply": 3})
        plan = self.summary()["run_id"]
        self.expect(0, "apply", plan, store=self.store)
        self.assertEqual((self.summary()["undoes"], self.summary()["plan"]), (bad, plan))
        self.assertEqual(self.allowed(3), ALL)
        self.expect(2, "apply", plan, store=self.store)
        self.assertEqual(self.store.stop()["put"], puts + 3)

    def test_an_interrupted_undo_is_taken_up_by_the_same_command(self):
        self.store.stop()
        self.forget_ledger()
        self.store = self.sandbox("--customers", "40", "--latency", "50ms")
        self.sync(0, {"essential"}, customers=range(1, 41))
        bad = self.sync(0, ALL, customers=range(1, 41))
        process = self.start("undo", bad, "--http-connections", "1", store=self.store)
        wait_for_line(process.stderr, "sending")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        self.assertGreater(self.counts()["pending"], 0)
        self.undo(0, bad)
        self.assertEqual(self.summary()["resumptions"], 1)
        self.assertEqual({frozenset(self.allowed(customer)) for customer in range(1, 41)}, {frozenset({"essential"})})

    def test_what_cannot_be_undone_is_refused(self):
        self.sync(0, {"essential"})
        self.expect(0, "sync", "in.csv", "--dry-run", store=self.store)
        for run in (self.summary()["run_id"], "20200101T000000Z-000000"):
            self.assertIn("nothing was sent", self.undo(2, run).err)


if __name__ == "__main__":
    unittest.main()
